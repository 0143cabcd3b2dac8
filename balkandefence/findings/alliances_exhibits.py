"""The figures and tables of the chapter on alliances: data, title, caption, what the chart takes.

Each function returns the arguments of `publishing.figure` or `publishing.table` but the id and
the chart. Titles are computed, so that they hold in every edition; captions are in CAPTIONS.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import publishing
from balkandefence.findings.alliances import SUSPENDED
from balkandefence.measures import (
    alliances,
    alliances_profile,
    alliances_texts,
    alliances_voting,
)
from balkandefence.measures import alliances_exercises as exercising
from balkandefence.measures.alliances import NEIGHBOUR, POWERS, full_names
from balkandefence.publishing import Heading
from balkandefence.spelling import listed

_NUMBER_WORDS = ("none", "one", "two", "three", "four", "five", "six")
_SOURCES = Heading("Sources", keys=True)

#: What stands below each figure and above each table.
CAPTIONS = {
    "ladder": "Steps towards NATO and the EU. A step known by month or year only is drawn at the "
    "middle of it. Dots say that the table has no earlier row, not that there was no step.",
    "bodies": "Other bodies and programmes: last status found and since when. A dash: no row.",
    "ties": "Signed and adopted texts with powers and organisations, by the years of the first "
    "and last one found. Unilateral decisions, drafts and declarations of many states are left "
    "out; contracts and gifts are in.",
    "ties_by_family": "Signed and adopted texts by partner and kind. One text may stand under two "
    "kinds.",
    "unilateral": "Decisions that one side took alone; they are no agreements and no ties.",
    "treaties": "States to which a formal treaty obligation is recorded at the end of the data "
    "set ATOP. Accessions to NATO after that year are not in it; Kosovo is not in it.",
    "exercises": "Exercises held that name the country, from a ledger that is a sample. The bloc "
    "says who was there, not what for.",
    "suspension": "Published numbers of Serbia's exercises. A star marks a range of which one "
    "count covers the year only to the end of October; the two counts also differ in what they "
    "include.",
    "totals": "Published yearly numbers of exercises with all foreign partners. Bosnia and "
    "Herzegovina and Kosovo have none.",
    "activities": "Published numbers of Serbia's joint activities, which include visits, courses "
    "and talks: never to be compared with numbers of exercises.",
    "tilt": "Distance to Russia, and to China, minus distance to Germany on the ideal-point line. "
    "Kosovo is not a UN member and has no votes there.",
    "releases": "Distance to Russia minus distance to Germany, years that stand on enough votes.",
    "shift": "Change of the mean of each state's own point and of its distances.",
    "alignment": "Published shares of EU foreign-policy declarations and measures joined when "
    "invited. Bars cover the period that the value is about; periods overlap.",
    "contributions": "Personnel in missions as single reports give it. Every number rests on one "
    "source; lists are incomplete, so a missing country proves nothing.",
    "profile": "Six components of alignment. Each is a direction, not a merit; missing data are "
    "left empty.",
    "components": "The components: how each is made and where it falls short.",
    "weightings": "Weighted means of the components over all sets of weights tried. Where a "
    "component is missing its weight goes to the others.",
}


def draw(id: str, chart: Callable[..., Figure], found: Mapping[str, Any]) -> None:
    """Publish a figure, where an edition leaves it data; the text says so where it does not."""
    if len(found["data"]):
        publishing.figure(id, chart, **found)


def _spelled(count: int) -> str:
    return _NUMBER_WORDS[count] if count < len(_NUMBER_WORDS) else str(count)


def _few(names: Sequence[str], total: int, most: int = 3) -> str:
    """Return a few names as a list, more as a number: 'four of the six countries'."""
    if len(names) <= most:
        return listed(names)
    return f"{_spelled(len(names))} of the {_spelled(total)} countries"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def ladder(
    members: pd.DataFrame, countries: Sequence[str], first: int, as_of: dt.date, highlight: str
) -> dict[str, Any]:
    """Return the steps towards NATO and the EU, Croatia's for scale."""
    shown = [*countries, NEIGHBOUR]
    frame = alliances.ladder(members, shown, first, as_of)
    top = frame[frame["iso3"].isin(list(countries)) & (frame["step"] == "member")]
    inside = [int((top["track"] == track).sum()) for track in ("NATO", "EU")]
    verbs = ["is" if count == 1 else "are" for count in inside]
    of = f"of the {_spelled(len(countries))} countries"
    title = (
        f"{_capital(_spelled(inside[0]))} {of} {verbs[0]} in NATO, {_spelled(inside[1])} in the EU"
    )
    return {
        "caption": CAPTIONS["ladder"],
        "data": frame,
        "title": title,
        "countries": shown,
        "first": first,
        "highlight": highlight,
    }


def bodies(members: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> dict[str, Any]:
    """Return other bodies and programmes by country."""
    frame = alliances.bodies(members, countries)
    names = dict(zip(countries, full_names(codes, countries), strict=True))
    columns = {"organisation": "Body or programme"} | {c: names[c] for c in countries if c in frame}
    return {"caption": CAPTIONS["bodies"], "data": frame, "columns": columns}


def ties(texts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> dict[str, Any]:
    """Return which powers the countries have signed with."""
    frame = alliances.ties(texts, countries, POWERS, codes)
    east = [c for c in countries if _has(frame, c, ("RUS", "BLR", "CHN"))]
    turkey = [c for c in countries if _has(frame, c, ("TUR",))]
    found = f"for {_few(full_names(codes, east), len(countries))}" if east else "for no country"
    only = " only" if len(east) == 1 else ""
    every = "for all" if len(turkey) == len(countries) else f"for {_spelled(len(turkey))}"
    title = f"Texts with Russia, Belarus or China were found {found}{only}, with Turkey {every}"
    return {
        "caption": CAPTIONS["ties"],
        "data": frame,
        "title": title,
        "countries": list(countries),
        "powers": POWERS,
    }


def _has(frame: pd.DataFrame, code: str, partners: Sequence[str]) -> bool:
    return bool(((frame["iso3"] == code) & frame["partner"].isin(list(partners))).any())


def ties_by_family(texts: pd.DataFrame, highlight: str, codes: pd.DataFrame) -> dict[str, Any]:
    """Return what kinds of text the country brought forward has signed with whom."""
    frame = alliances.ties_by_family(texts, highlight, POWERS, codes)
    count = frame["partner"].nunique()
    name = full_names(codes, [highlight])[0]
    partners = f"{count} partner{'s' if count != 1 else ''} outside the region"
    title = f"{name} has signed defence texts with at least {partners}"
    return {
        "caption": CAPTIONS["ties_by_family"],
        "data": frame,
        "title": title,
        "families": list(alliances.FAMILIES),
    }


def unilateral(
    texts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> dict[str, Any]:
    """Return decisions of one side."""
    columns = {
        "date": "Date",
        "decided_by": "Decided by",
        "concerning": "Concerning",
        "title": "Decision",
        "status": "Status",
        "source": _SOURCES,
    }
    return {
        "caption": CAPTIONS["unilateral"],
        "data": alliances_texts.unilateral(texts, countries, codes),
        "columns": columns,
    }


def treaties(spells: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> dict[str, Any]:
    """Return formal treaty obligations by country."""
    columns = {
        "country": "Country",
        "year": Heading("Year", grouped=False),
        "defense": Heading("To defend", "states"),
        "consul": Heading("To consult", "states"),
        "nonagg": Heading("Not to attack", "states"),
    }
    return {
        "caption": CAPTIONS["treaties"],
        "data": alliances_texts.treaty_partners(spells, countries, codes),
        "columns": columns,
    }


def exercises(
    held: pd.DataFrame, countries: Sequence[str], first: int, last: int, codes: pd.DataFrame
) -> dict[str, Any]:
    """Return the ledger of exercises by bloc."""
    frame = exercising.listed_exercises(held, countries, first, last)
    east = frame.loc[frame["bloc"].isin(exercising.EAST), "iso3"]
    named = full_names(codes, [c for c in countries if c in set(east)])
    who = f"only {named[0]}" if len(named) == 1 else _few(named, len(countries)) or "no country"
    title = f"The ledger shows {who} exercising with Russia, Belarus or China"
    return {
        "caption": CAPTIONS["exercises"],
        "data": frame,
        "title": title,
        "countries": list(countries),
    }


def suspension(counts: pd.DataFrame) -> dict[str, Any]:
    """Return Serbia's published numbers of exercises as ranges."""
    before = exercising.published_range(counts, "SRB", "NATO", SUSPENDED - 1)
    after = exercising.published_range(counts, "SRB", "ALL", SUSPENDED)
    title = (
        f"Serbia's exercises with NATO states: {before} in {SUSPENDED - 1}; "
        f"with any foreign partner: {after} in {SUSPENDED}"
    )
    return {
        "caption": CAPTIONS["suspension"],
        "data": exercising.published_ranges(counts, "SRB"),
        "title": title,
        "since": SUSPENDED,
    }


def totals(counts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> dict[str, Any]:
    """Return published yearly numbers of exercises with all partners."""
    columns = {
        "country": "Country",
        "year": Heading("Year", grouped=False),
        "exercises": Heading("Exercises", "number"),
        "kind": "Kind of number",
        "origins": "Origins",
        "source": _SOURCES,
    }
    return {
        "caption": CAPTIONS["totals"],
        "data": exercising.published_totals(counts, countries, codes),
        "columns": columns,
    }


def activities(counts: pd.DataFrame, codes: pd.DataFrame) -> dict[str, Any]:
    """Return published numbers of joint activities."""
    columns = {
        "period": "Period",
        "year": Heading("Year", grouped=False),
        "with_whom": "With",
        "activities": "Activities",
        "kind": "Kind of number",
        "source": _SOURCES,
    }
    return {
        "caption": CAPTIONS["activities"],
        "data": exercising.activities(counts, codes),
        "columns": columns,
    }


def tilt(
    un: pd.DataFrame,
    countries: Sequence[str],
    years: tuple[int, int],
    codes: pd.DataFrame,
    highlight: str,
) -> dict[str, Any]:
    """Return the tilt against Russia and against China."""
    least = alliances_voting.least_tilted(un, countries, *years, codes)
    title = f"{least} tilts least towards Germany" if least else "Votes between Germany and Russia"
    return {
        "caption": CAPTIONS["tilt"],
        "data": alliances_voting.tilt(un, countries, *years),
        "title": title + " in the UN General Assembly",
        "countries": list(countries),
        "highlight": highlight,
    }


def releases(un: pd.DataFrame, countries: Sequence[str], years: tuple[int, int]) -> dict[str, Any]:
    """Return the tilt against Russia in both releases."""
    correlation = alliances_voting.releases_correlation(un, countries, *years)
    title = "Two releases of the voting data compared"
    if correlation != correlation:
        title = "Only one release of the voting data was out by then"
    elif correlation > 0.7:
        title = "Two releases rise and fall together, but differ in level"
    frame = alliances_voting.tilt_by_release(un, countries, *years)
    return {
        "caption": CAPTIONS["releases"],
        "data": frame,
        "title": title,
        "countries": list(countries),
    }


def shift(un: pd.DataFrame, countries: Sequence[str], last: int) -> dict[str, Any]:
    """Return what moved in 2022: the states or Russia."""
    frame = alliances_voting.shift(un, countries, last)
    clear = len(frame) > 0 and frame["point"].abs().max() < frame["russia"].min() / 2
    title = (
        "After 2022 Russia's votes moved away; those of the region hardly changed"
        if clear
        else "What moved after 2022: own votes and distances"
    )
    return {"caption": CAPTIONS["shift"], "data": frame, "title": title}


def alignment(
    cfsp: pd.DataFrame, countries: Sequence[str], years: tuple[int, int], codes: pd.DataFrame
) -> dict[str, Any]:
    """Return published alignment with EU declarations."""
    newest = alliances_voting.newest_alignment(cfsp, countries, years[1])
    top = newest["alignment_pct"].max()
    best = [c for c in countries if c in set(newest.loc[newest["alignment_pct"] == top, "iso3"])]
    rest = newest[newest["alignment_pct"] < top].sort_values("alignment_pct")
    title = f"{_capital(_few(full_names(codes, best), len(countries), 2))} joined {top:.0f}%"
    title += " of EU declarations when last counted"
    if len(rest):
        low = rest.iloc[0]
        title += f", {full_names(codes, [low['iso3']])[0]} {low['alignment_pct']:.0f}%"
    frame = alliances_voting.alignment(cfsp, countries, *years)
    return {
        "caption": CAPTIONS["alignment"],
        "data": frame,
        "title": title,
        "countries": list(countries),
    }


def contributions(
    missions: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> dict[str, Any]:
    """Return contributions to missions, Croatia's for scale."""
    frame = exercising.contributions(missions, countries)
    largest = exercising.largest(missions, countries, codes)
    title = f"Largest contribution found: {largest}" if largest else "No number found"
    return {"caption": CAPTIONS["contributions"], "data": frame, "title": title}


def profile(components: pd.DataFrame, countries: Sequence[str]) -> dict[str, Any]:
    """Return the six components by country."""
    component = alliances_profile.widest(components)
    title = f"The countries lie furthest apart on one component: {component}"
    return {
        "caption": CAPTIONS["profile"],
        "data": components,
        "title": title,
        "countries": list(countries),
    }


def components(profile: pd.DataFrame) -> dict[str, Any]:
    """Return each component with its method and its gap."""
    return {
        "caption": CAPTIONS["components"],
        "data": alliances_profile.components_table(profile),
        "columns": {"component": "Component", "method": "Method", "gap": "Gap or limit"},
    }


def weightings(profile: pd.DataFrame, codes: pd.DataFrame) -> dict[str, Any]:
    """Return what weights change and what they do not."""
    first = alliances_profile.leaders(profile, codes)
    verb = "lead" if " and " in first.replace("Bosnia and", "") else "leads"
    title = f"Whatever the weights, {first} {verb}" if first else "The order depends on the weights"
    return {
        "caption": CAPTIONS["weightings"],
        "data": alliances_profile.weightings(profile),
        "title": title,
    }
