"""The facts, titles and tables of a country's page.

Measures compute; here their results get the names by which the page's text and the grid of
countries call them. What is not known for a country is told in a sentence and published as none.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from balkandefence.findings.page import EditionLike, Page
from balkandefence.measures import (
    alliances,
    country,
    country_gaps,
    country_key,
    country_ledgers,
    incidents,
    incidents_harm,
    incidents_views,
    procurement,
    procurement_deals,
    spending,
)
from balkandefence.measures.procurement import Window
from balkandefence.provenance import Fact, Quantity
from balkandefence.publishing import Heading

_SOURCES = Heading("Sources", keys=True)

#: Columns of the page's tables.
COLUMNS: dict[str, dict[str, Heading | str]] = {
    "key": {"indicator": "Indicator", "value": Heading("Value"), "period": "Year",
            "rank": "Rank"},
    "deals": {"system": "System", "seller": "Seller", "status": "Status", "order": "Order",
              "delivery": "Delivery", "number": "Came, of ordered", "doubt": "Doubt",
              "source": _SOURCES},
    "memberships": {"organisation": "Body", "status": "Status or step", "since": "Since",
                    "doubt": "Doubt", "source": _SOURCES},
    "agreements": {"title": "Text", "partners": "With", "year": "Year", "kind": "Kind",
                   "status": "Status", "doubt": "Doubt", "source": _SOURCES},
    "notable": {"date": "Date", "title": "What happened", "place": "Place and kind",
                "killed": "Killed", "attribution": "Who did it, and how sure",
                "source": _SOURCES},
    "gaps": {"topic": "Data", "held": "Held", "missing": "Missing or doubtful"},
}  # fmt: skip

#: What stands below the key numbers.
SAMPLES = (
    "Rank: among the countries of this edition with a figure, largest first. The ledgers of deals "
    "and incidents are samples, so their numbers are not ranked."
)


#: Of these tables a page reads the rows of its country alone, which this column names: a change
#: of another country's rows leaves the page as it is.
_OWN = {
    "national_budgets": "iso3",
    "arms_deals": "recipient_iso3",
    "memberships": "iso3",
    "agreements": "parties",
    "exercises": "participants",
    "un_voting": "iso3",
    "cfsp_alignment": "iso3",
    "incidents": "iso3",
}


@dataclass(frozen=True)
class Tables:
    """The tables that a page reads, under their own names."""

    countries: pd.DataFrame
    military_expenditure: pd.DataFrame
    military_expenditure_scope: pd.DataFrame
    nato_defence_expenditure: pd.DataFrame
    national_budgets: pd.DataFrame
    arms_transfers: pd.DataFrame
    arms_deals: pd.DataFrame
    memberships: pd.DataFrame
    agreements: pd.DataFrame
    exercises: pd.DataFrame
    un_voting: pd.DataFrame
    cfsp_alignment: pd.DataFrame
    incidents: pd.DataFrame


def page(edition: EditionLike, iso3: str) -> Page:
    """Return all that a country's page publishes.

    Raises ValueError for a code that the book is not about.
    """
    names = [field.name for field in fields(Tables)]
    own = {name: {column: iso3} for name, column in _OWN.items()}
    t = Tables(*(edition.load(name, where=own.get(name)) for name in names))
    # refuses an unknown code before anything else
    called = country.name(t.countries, iso3, edition.countries)
    codes = edition.countries
    year = int(spending.latest_year(t.military_expenditure, codes, edition.last_year))
    windows = procurement.windows(t.arms_transfers, edition.first_year, edition.last_year)[-2:]
    until = incidents.last_day(edition.last_year, edition.as_of)
    rows = country_ledgers.incident_rows(t.incidents, iso3, edition.first_year, until)
    unit = spending.unit(t.military_expenditure, edition.price_basis)
    facts = [
        Fact("name", called, "country"),
        Fact("part", country.part(t.countries, iso3, codes), "whether it is ranked"),
        *_money(t, edition, iso3, year),
        *_arms(t, iso3, codes, windows),
        *_ties(t, iso3),
        *_incidents(t, rows, iso3),
    ]
    frames = {
        **_yearly(t, edition, iso3, year),
        **_supplies(t, edition, iso3, windows),
        "ties": country_ledgers.ties(t.agreements, iso3, alliances.POWERS, t.countries),
        "memberships": country_ledgers.memberships(t.memberships, iso3),
        "agreements": country_ledgers.agreements(t.agreements, t.countries, iso3),
        "key": country_key.key_numbers(
            t.military_expenditure, t.arms_transfers, t.arms_deals, t.memberships, rows,
            t.countries, iso3, codes, year, edition.price_basis, windows[-1],
        ),
        "gaps": _gaps(t, edition, rows, iso3, year, until),
        "incidents": incidents_views.moments(rows),
        "notable": country_ledgers.notable(rows, t.countries),
    }  # fmt: skip
    facts.append(
        Fact("gaps-story", country_gaps.story(frames["gaps"], t.countries, iso3),
             "of which data nothing is held"),
    )  # fmt: skip
    looks: dict[str, dict[str, Any]] = {
        "level": {"country": iso3, "unit": str(unit)},
        "burden": {"country": iso3, "unit": "percent of GDP", "decimals": 1},
        "suppliers": {"unit": "Million TIV delivered"},
        "sellers": {"unit": "Orders"},
        "ties": {"families": list(alliances.FAMILIES)},
        "incidents": {"by": "category", "until": until},
    }
    return Page(facts, frames, _titles(facts, frames, year), COLUMNS, looks)


def _known(*facts: Fact) -> list[Fact]:
    """Return the facts without the numbers that are not known, which no page can publish."""
    return [f for f in facts if not (isinstance(f.value, Quantity) and math.isnan(f.value))]


def _money(t: Tables, edition: EditionLike, iso3: str, year: int) -> list[Fact]:
    milex, names, codes = t.military_expenditure, t.countries, edition.countries
    basis = edition.price_basis
    amount, burden = spending.AMOUNT[basis], "share_of_gdp_pct"
    grown = spending.growth(milex, [iso3], year, basis)
    first = edition.first_year
    return _known(
        Fact("year", spending.latest_year(milex, codes, year), "newest year of spending",
             grouped=False),
        Fact("spending", spending.value(milex, iso3, year, amount), "military expenditure",
             spending.unit(milex, basis)),
        Fact("spending-rank", country.spending_rank(milex, iso3, codes, year, amount),
             "rank by military expenditure"),
        Fact("burden", spending.value(milex, iso3, year, burden),
             "military expenditure, share of GDP", "%", 1),
        Fact("burden-rank", country.spending_rank(milex, iso3, codes, year, burden),
             "rank by share of GDP"),
        Fact("growth", country.growth(milex, iso3, year, basis, 5),
             "change in spending over five years", "%"),
        Fact("spending-story", country.spending_story(milex, names, iso3, codes, year, basis),
             "spending and burden, with ranks"),
        Fact("head-story", country.head_story(milex, names, iso3, codes, year),
             "spending per head, with rank"),
        Fact("change-story", country.change_story(grown, names, iso3, basis),
             "change over one, five and ten years"),
        Fact("marks-story",
             country.marks_story(milex, t.military_expenditure_scope, names, iso3, first, year),
             "what SIPRI estimates and leaves out"),
    )  # fmt: skip


def _arms(t: Tables, iso3: str, codes: tuple[str, ...], windows: list[Window]) -> list[Fact]:
    transfers, deals, names, recent = t.arms_transfers, t.arms_deals, t.countries, windows[-1]
    told = [
        Fact("window", procurement.period(transfers, recent), "the last window of deliveries"),
        Fact("received", procurement.received(transfers, [iso3], recent),
             "TIV delivered", "million TIV", 1),
        Fact("received-rank", country.received_rank(transfers, iso3, codes, recent),
             "rank by TIV delivered"),
        Fact("arms-story", country.arms_story(transfers, names, iso3, codes, recent),
             "what was delivered, and by whom most"),
        Fact("shift", procurement.shift(transfers, iso3, windows, names),
             "who delivered most, in two windows"),
        Fact("outstanding", procurement.outstanding(transfers, iso3, recent, names),
             "how much of the TIV ordered has not come"),
        Fact("largest-item", procurement.largest_item(transfers, iso3, recent),
             "largest item with its share of TIV"),
        Fact("deals-story", country.deals_story(deals, names, iso3), "what the ledger holds"),
    ]  # fmt: skip
    if country.is_covered(names, iso3):
        told += [
            Fact("orders", procurement_deals.headline_count(deals, [iso3]),
                 "orders in the ledger, thin evidence left out"),
            Fact("first-seller", procurement_deals.first_blocs(deals, [iso3], recent),
                 "bloc with most orders"),
        ]  # fmt: skip
    return told


def _ties(t: Tables, iso3: str) -> list[Fact]:
    names = t.countries
    return [
        Fact("nato-step", country_ledgers.step(t.memberships, iso3, "NATO"),
             "furthest step with NATO"),
        Fact("eu-step", country_ledgers.step(t.memberships, iso3, "EU"),
             "furthest step with the EU"),
        Fact("ties-story", country_ledgers.ties_story(t.memberships, names, iso3),
             "furthest steps with NATO and the EU"),
        Fact("texts-story", country_ledgers.texts_story(t.agreements, names, iso3),
             "texts found and partners"),
        Fact("partners",
             country_ledgers.partners_count(t.agreements, iso3, alliances.POWERS, names),
             "partners outside the six with a concluded text"),
    ]  # fmt: skip


def _incidents(t: Tables, rows: pd.DataFrame, iso3: str) -> list[Fact]:
    told = [
        Fact("incidents-story", country_ledgers.incidents_story(rows, t.countries, iso3),
             "what the ledger holds, and of which kind"),
        Fact("deaths-story", country_ledgers.deaths_story(rows, t.countries, iso3),
             "killed on record"),
    ]  # fmt: skip
    if country.is_covered(t.countries, iso3) and len(rows):
        told += [
            Fact("incidents", incidents.headline_count(rows),
                 "incidents in the ledger, thin evidence left out"),
            Fact("deaths", incidents_harm.deaths(rows), "killed on record in them"),
        ]  # fmt: skip
    return told


def _yearly(t: Tables, edition: EditionLike, iso3: str, year: int) -> dict[str, pd.DataFrame]:
    """Return the frames of the figures on spending, empty where the country has no figure."""
    shown = list(dict.fromkeys([*edition.countries, iso3]))
    columns = {"level": spending.AMOUNT[edition.price_basis], "burden": "share_of_gdp_pct"}
    made = {
        id: spending.series(t.military_expenditure, shown, edition.first_year, year, column)
        for id, column in columns.items()
    }
    return {id: frame if iso3 in set(frame["iso3"]) else frame.iloc[:0]
            for id, frame in made.items()}  # fmt: skip


def _supplies(
    t: Tables, edition: EditionLike, iso3: str, windows: list[Window]
) -> dict[str, pd.DataFrame]:
    transfers, deals = t.arms_transfers, t.arms_deals
    span = (edition.first_year, windows[-1][1])
    made = {
        "suppliers": procurement.blocs(transfers, [iso3], windows),
        "sellers": procurement_deals.blocs(deals, [iso3], windows),
        "flows": procurement.by_year(transfers, iso3, *span),
        "timeline": procurement_deals.timeline(deals, [iso3]),
        "deals": procurement_deals.ledger(deals, [iso3], t.countries),
    }
    for id in ("suppliers", "sellers"):  # a frame of nothing but zeros would draw empty panels
        frame = made[id]
        thin = frame["thin"].sum() if "thin" in frame else 0
        made[id] = frame if frame["amount"].sum() + thin else frame.iloc[:0]
    return made


def _gaps(
    t: Tables,
    edition: EditionLike,
    rows: pd.DataFrame,
    iso3: str,
    year: int,
    until: dt.date,
) -> pd.DataFrame:
    first, last, gaps = edition.first_year, edition.last_year, country_gaps
    money = gaps.spending_gaps(
        t.military_expenditure, t.nato_defence_expenditure, t.national_budgets, iso3, first, year
    )
    arms = gaps.arms_gaps(t.arms_transfers, t.arms_deals, t.countries, iso3)
    ties = gaps.ties_gaps(t.memberships, t.agreements, t.exercises, iso3, first)
    votes = gaps.by_year(t.un_voting, "UN votes", iso3, first, last)
    alignment = gaps.by_year(
        t.cfsp_alignment, "Alignment with EU foreign policy", iso3, first, last
    )
    begins = max(first, incidents.COVERED_FROM)
    found = gaps.incident_gaps(rows, t.countries, iso3, begins, until)
    return gaps.together(money, arms, ties, votes, alignment, found)


def _titles(facts: list[Fact], frames: dict[str, pd.DataFrame], year: int) -> dict[str, str]:
    """Return the title of each figure that can be drawn, computed from the page's facts."""
    v: dict[str, Any] = {fact.id: fact.value for fact in facts}
    called, window = v["name"], v["window"]

    def behind(id: str) -> str:
        return f", {v[id]}" if v[id] != "not ranked" else ""

    made = {
        "suppliers": f"{v['shift']}".partition(";")[0].removesuffix("."),
        "flows": f"{v['outstanding']}".partition(";")[0].removesuffix("."),
        "ties": f"{called} has concluded texts with {v['partners']:.0f} "
        f"{'partner' if v['partners'] == 1 else 'partners'} outside the six",
    }
    if "spending" in v:
        made["level"] = f"{called} spent {v['spending']:,.0f} million dollars in {year}" + behind(
            "spending-rank"
        )
    if "burden" in v:
        made["burden"] = f"{called} spent {v['burden']:.1f}% of its GDP in {year}" + behind(
            "burden-rank"
        )
    if "orders" in v:
        deals, seller = frames["timeline"], v["first-seller"]
        made["sellers"] = f"{called}'s first seller by number of orders in {window}: {seller}"
        made["timeline"] = f"{called}: {len(deals)} deals from order to last delivery"
    if "incidents" in v:
        rows = frames["incidents"]
        made["incidents"] = f"{called}: {len(rows)} incidents found, by kind"
    return made
