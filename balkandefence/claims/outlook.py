"""Views and proposals: what the data show that bears on them, without a verdict of truth."""

from __future__ import annotations

from balkandefence.claims.evidence import Evidence, Known, context
from balkandefence.claims.ledger import Claim, tests_claim
from balkandefence.claims.spending import SIPRI, SIX
from balkandefence.measures import (
    alliances_exercises,
    alliances_voting,
    procurement_types,
    spending,
)
from balkandefence.measures import claims_alliances as allied
from balkandefence.measures import claims_procurement as bought
from balkandefence.measures import claims_spending as own

_BALTIC = ("EST", "LVA", "LTU")
#: Balkan members of NATO and the year in which each joined; the Baltic states joined in 2004.
_JOINED = {"ALB": ("Albania", 2009), "MNE": ("Montenegro", 2017), "MKD": ("North Macedonia", 2020)}
_BALTIC_JOINED = 2004
_BURDEN = "share_of_gdp_pct"
_EXERCISES = "Ledger of exercises"
_REGISTER = "SIPRI arms transfers"


@tests_claim
def imbalance(claim: Claim, known: Known) -> list[Evidence]:
    """Serbia beside the other five: money, share of output and per head, in several years."""
    milex = known("military_expenditure")
    last = int(spending.latest_year(milex, SIX, known.day.year))
    found = []
    for year in dict.fromkeys((last - 10, last - 5, last)):
        rows = (
            ("spending over the other five together", "current US dollars",
             own.others_together(milex, SIX, "SRB", year, "current")),
            ("share of GDP over the others' mean", "",
             own.others_mean(milex, SIX, "SRB", year, _BURDEN)),
            ("spending per head over the others' mean", "current US dollars",
             own.others_mean(milex, SIX, "SRB", year, "per_capita_usd")),
        )  # fmt: skip
        found += [
            context(value, SIPRI, what, prices=prices, window=str(year), unit="times", decimals=2)
            for what, prices, value in rows
        ]
    return found


@tests_claim
def baltic_model(claim: Claim, known: Known) -> list[Evidence]:
    """Burdens at the same distance from accession, and what the Baltic burden would cost now."""
    milex = known("military_expenditure")
    found = []
    for iso3, (name, joined) in _JOINED.items():
        last = int(spending.latest_year(milex, [iso3], known.day.year))
        years = min(5, last - joined)
        then = spending.value(milex, iso3, joined + years, _BURDEN)
        baltic = own.mean_value(milex, _BALTIC, _BALTIC_JOINED + years, _BURDEN)
        found += [
            context(then, SIPRI, f"share of GDP {years} years after joining NATO",
                    window=str(joined + years), unit="%", decimals=2, part=name),
            context(baltic, SIPRI, f"Baltic mean {years} years after joining NATO",
                    window=str(_BALTIC_JOINED + years), unit="%", decimals=2, part=name),
        ]  # fmt: skip
        now = own.mean_value(milex, _BALTIC, last, _BURDEN)
        cost = own.cost_to_reach(milex, iso3, last, float(now))
        found.append(context(cost, SIPRI, "extra cost of the Baltic mean",
                             prices="current US dollars", window=str(last),
                             unit="million US dollars", decimals=0, part=name))  # fmt: skip
    return found


@tests_claim
def uncoordinated(claim: Claim, known: Known) -> list[Evidence]:
    """How many orders match another country's in type and time, joint orders, common types."""
    transfers, industry = known("arms_transfers"), known("defence_industry")
    last = int(transfers["data_to_year"].max())
    window = f"2014–{last}"
    return [
        context(procurement_types.coordination_index(transfers, SIX, 2014, last), _REGISTER,
                "orders matched by another country's within two years", window=window, unit="%",
                says="An upper bound: a match in time need not be meant"),
        context(procurement_types.common_count(transfers, SIX, 2014, last), _REGISTER,
                "types that two or more hold or ordered", window=window, unit="types", decimals=0),
        context(procurement_types.types_count(transfers, SIX, 2014, last), _REGISTER,
                "types in all", window=window, unit="types", decimals=0),
        context(procurement_types.joint_count(industry, SIX), "Ledger of defence industry",
                "joint orders that join two of the six", unit="orders", decimals=0),
    ]  # fmt: skip


def _serbia_and(known: Known, bloc: str, partner: str, name: str, since: int) -> list[Evidence]:
    transfers, exercises = known("arms_transfers"), known("exercises")
    last = int(transfers["data_to_year"].max())
    part = {"part": name}
    return [
        context(bought.volume_share(transfers, ["SRB"], [bloc], (since - 5, since - 1)), _REGISTER,
                "share of deliveries", window=f"{since - 5}–{since - 1}", unit="%", **part),
        context(bought.volume_share(transfers, ["SRB"], [bloc], (since, last)), _REGISTER,
                "share of deliveries", window=f"{since}–{last}", unit="%", **part),
        context(allied.exercises_with(exercises, ["SRB", partner], "2014", str(since - 1)),
                _EXERCISES, "joint exercises held", window=f"2014–{since - 1}", decimals=0,
                unit="exercises", **part),
        context(allied.exercises_with(exercises, ["SRB", partner], str(since), "9999"),
                _EXERCISES, "joint exercises held", window=f"since {since}", decimals=0,
                unit="exercises", **part),
        context(allied.texts_since(known("agreements"), ["SRB", partner], since),
                "Ledger of agreements", "defence texts concluded", window=f"since {since}",
                unit="texts", decimals=0, **part),
    ]  # fmt: skip


@tests_claim
def serbia_east(claim: Claim, known: Known) -> list[Evidence]:
    """Russia and China apart: deliveries, exercises and texts before and since 2022."""
    found = _serbia_and(known, "Russia", "RUS", "Russia", 2022)
    return found + _serbia_and(known, "China", "CHN", "China", 2022)


@tests_claim
def destabilise(claim: Claim, known: Known) -> list[Evidence]:
    """Indicators that bear on it: spending, incidents a year, strength of the missions."""
    milex, incidents = known("military_expenditure"), known("incidents")
    last = int(spending.latest_year(milex, ["SRB"], known.day.year))
    found = [
        context(spending.amount(milex, "SRB", year, "constant"), SIPRI, "Serbia, spending",
                prices="constant US dollars", window=str(year), unit="million US dollars",
                decimals=0)
        for year in (last - 5, last)
    ]  # fmt: skip
    for year in range(known.day.year - 4, known.day.year):
        count = allied.incidents_in(incidents, ("XKX", "BIH", "SRB"), year)
        found.append(context(count, "Ledger of incidents",
                             "incidents in Kosovo, Bosnia and Herzegovina and Serbia",
                             window=str(year), unit="incidents", decimals=0,
                             says="What was found, not a census"))  # fmt: skip
    missions = known("mission_strength")
    for mission in ("KFOR", "EUFOR_ALTHEA"):
        found.append(context(allied.strength(missions, mission), "Mission strengths",
                             mission.replace("_", " ").replace("ALTHEA", "Althea")))  # fmt: skip
    return found


@tests_claim
def kosovo_nato(claim: Claim, known: Known) -> list[Evidence]:
    """Kosovo's formal steps towards NATO and ties with the United States on record."""
    members, exercises = known("memberships"), known("exercises")
    groups = ("NATO", "NATO Partnership for Peace", "Adriatic Charter (A5)")
    return [
        context(allied.statuses(members, "XKX", groups), "Memberships", "steps towards NATO"),
        context(allied.statuses(members, "XKX", ("US State Partnership Program",)), "Memberships",
                "partnership with the United States"),
        context(allied.exercises_with(exercises, ["XKX", "USA"], "2014", "9999"), _EXERCISES,
                "exercises held with the United States", unit="exercises", decimals=0),
        context(allied.texts_since(known("agreements"), ["XKX", "USA"], 2008),
                "Ledger of agreements", "defence texts with the United States", unit="texts",
                decimals=0),
    ]  # fmt: skip


@tests_claim
def envoy(claim: Claim, known: Known) -> list[Evidence]:
    """What the tables hold on an envoy: none of them records NATO's appointments."""
    members = known("memberships")
    return [
        context("no table of this book records NATO's appointments", "This book", "NATO envoy"),
        context(allied.statuses(members, "SRB", ("NATO", "NATO Partnership for Peace")),
                "Memberships", "Serbia's formats with NATO"),
        context(allied.statuses(members, "BIH", ("NATO", "NATO Partnership for Peace")),
                "Memberships", "formats of Bosnia and Herzegovina with NATO"),
    ]  # fmt: skip


@tests_claim
def neutrality(claim: Claim, known: Known) -> list[Evidence]:
    """Serbia's alignment with EU declarations, votes, suppliers and exercises."""
    transfers = known("arms_transfers")
    last = int(transfers["data_to_year"].max())
    exercises, window = known("exercises"), (last - 4, last)
    votes = alliances_voting.lean(known("un_voting"), ["SRB"], 2006, last, known("countries"))
    found = [
        context(allied.alignment(known("cfsp_alignment"), "SRB"), "EU declarations, as published",
                "rate of alignment"),
        context(votes, "UN General Assembly votes", "voting"),
    ]  # fmt: skip
    for name, blocs in (("Western", bought.WESTERN), ("China", ["China"]), ("Russia", ["Russia"])):
        found.append(context(bought.volume_share(transfers, ["SRB"], blocs, window), _REGISTER,
                             f"share of deliveries, {name}", window=f"{window[0]}–{window[1]}",
                             unit="%"))  # fmt: skip
    for name, sides in (("NATO states or the EU", alliances_exercises.WEST),
                        ("Russia, Belarus or China", alliances_exercises.EAST)):  # fmt: skip
        count = alliances_exercises.exercises_count(exercises, ["SRB"], sides, 2022, 9999)
        found.append(context(count, _EXERCISES, f"exercises held with {name}", window="since 2022",
                             unit="exercises", decimals=0))  # fmt: skip
    return found
