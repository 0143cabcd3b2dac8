"""Measures of the incident ledger: what is counted, where, when, of which kind, by whom.

Frames in, number, word or frame out. The ledger is built from searches: a count says what was
found, not how much happened. A row counts in headlines when it rests on more than one origin and
its confidence is not low; other rows are shown, marked, and left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The first year that the ledger covers.
COVERED_FROM = 2008

#: Plain names of the eleven categories, each fit to stand within a sentence.
CATEGORY = {
    "unrest": "unrest",
    "law_enforcement": "police or court action",
    "explosive_sabotage": "explosives or sabotage",
    "attack": "attacks on persons",
    "institutional": "institutional acts",
    "military_posture": "military posture",
    "cyber": "cyber operations",
    "blockade": "blockades",
    "armed_clash": "armed clashes",
    "plot": "alleged plots",
    "boundary_incident": "boundary incidents",
}

#: Plain names of how firmly an author is named, from the firmest step down.
ATTRIBUTION = {
    "convicted": "a court convicted",
    "charged": "charged, no verdict found",
    "claimed": "claimed by an actor",
    "public_act": "done in the open",
    "disputed": "parties name different actors",
    "attributed": "named, no denial on record",
    "unknown": "nobody is named",
}
#: Where the step that holds today was taken only after the edition's day.
OPEN = "open on the edition's day"


def last_day(last_year: int, as_of: dt.date) -> dt.date:
    """Return the day to which incidents are shown: the edition's own, or an earlier year's end.

    Statistics for a year come out in the next, events are known at once. So an edition whose last
    year is its own or the one before shows events to its day; one that looks back, to 31 December
    of its last year.
    """
    return as_of if last_year >= as_of.year - 1 else dt.date(last_year, 12, 31)


@measure
def selection(
    ledger: pd.DataFrame, countries: Sequence[str], first_year: int, until: dt.date
) -> pd.DataFrame:
    """Return the ledger's rows in some countries that began from 1 January `first_year` to `until`.

    `ledger` is the table incidents. Added: `year`; `counted`, whether the row enters headline
    counts; `mark`, why it does not (empty where it does). Raises ValueError for a selection
    without any row, which no chapter could be written about.
    """
    year = ledger["date_start"].str[:4].astype(int)
    begun = ledger["date_start"] <= until.isoformat()
    rows = ledger[ledger["iso3"].isin(list(countries)) & (year >= first_year) & begun].copy()
    if rows.empty:
        asked = f"{', '.join(countries)} from {first_year} to {until}"
        raise ValueError(f"the ledger holds no incident in {asked}; choose more countries or years")
    single, low = rows["single_source"].astype(bool), rows["confidence"] == "low"
    rows["year"] = year
    rows["counted"] = ~(single | low)
    reason = single.map({True: "single source", False: ""})
    reason += (single & low).map({True: ", ", False: ""})
    rows["mark"] = reason + low.map({True: "low confidence", False: ""})
    return rows


@measure
def whole(ledger: pd.DataFrame, first_year: int, until: dt.date) -> pd.DataFrame:
    """Return the ledger's rows in all six countries, as `selection` gives them."""
    return selection(ledger, sorted(set(ledger["iso3"])), first_year, until)


@measure
def first_shown(ledger: pd.DataFrame, first_year: int) -> Quantity:
    """Return the first year that charts show: the edition's, or the ledger's where that is later.

    Years before the ledger begins are not covered, so they are not shown as calm.
    """
    start = ledger["date_start"].min()
    return quantity(max(first_year, int(start[:4])), ledger[ledger["date_start"] == start])


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a selection that enter headline counts."""
    found = rows[rows["counted"]]
    found.attrs = rows.attrs
    return found


def left_out(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a selection that are shown, marked, and counted in no headline."""
    found = rows[~rows["counted"]]
    found.attrs = rows.attrs
    return found


def spoken(date: str) -> str:
    """Return '2023-09-24' as '24 September 2023' and '2008-06' as 'June 2008'."""
    year, month, *day = date.split("-")
    name = dt.date(2000, int(month), 1).strftime("%B")
    return f"{int(day[0])} {name} {year}" if day else f"{name} {year}"


@measure
def count(rows: pd.DataFrame) -> Quantity:
    """Return how many rows of the ledger a selection holds, the marked ones included."""
    return quantity(len(rows), rows)


@measure
def headline_count(rows: pd.DataFrame) -> Quantity:
    """Return how many rows count in headlines: several origins, and not of low confidence."""
    return quantity(int(rows["counted"].sum()), counted(rows))


@measure
def left_out_count(rows: pd.DataFrame, why: str = "") -> Quantity:
    """Return how many rows are left out of headlines, or those for one reason ("single source")."""
    found = left_out(rows)
    return quantity(len(found[found["mark"].str.contains(why)]), found)


@measure
def month_count(rows: pd.DataFrame) -> Quantity:
    """Return how many rows are dated to a month only; they are never plotted as days."""
    found = rows[rows["date_precision"] == "month"]
    return quantity(len(found), found)


@measure
def period(rows: pd.DataFrame) -> Words:
    """Return the months of a selection's first and last incident, as 'June 2008 to May 2020'."""
    months = [spoken(date[:7]) for date in (rows["date_start"].min(), rows["date_start"].max())]
    return words(" to ".join(dict.fromkeys(months)), rows)


@measure
def half_since(rows: pd.DataFrame) -> Quantity:
    """Return the latest year from which on at least half of a selection's rows date."""
    return quantity(int(rows["year"].sort_values().iloc[len(rows) // 2]), rows)


@measure
def share_in(rows: pd.DataFrame, iso3: str) -> Quantity:
    """Return the share of counted rows that lie in one country, in %; unknown for no rows."""
    found = counted(rows)
    return quantity((found["iso3"] == iso3).mean() * 100, found)


@measure
def contested_share(rows: pd.DataFrame) -> Quantity:
    """Return the share of counted rows that a party contests, in %; unknown for no rows."""
    found = counted(rows)
    return quantity(found["contested"].astype(bool).mean() * 100, found)


@measure
def contested_count(rows: pd.DataFrame) -> Quantity:
    """Return how many counted rows a party contests: author, right, place or purpose."""
    found = counted(rows)
    found = found[found["contested"].astype(bool)]
    return quantity(len(found), found)


@measure
def without_reply_count(rows: pd.DataFrame) -> Quantity:
    """Return how many contested counted rows give no answer of the accused side that was found."""
    found = counted(rows)
    found = found[found["contested"].astype(bool)]
    reply = found["reply"].fillna("none")
    return quantity(int(reply.str.match(r"none\b").sum()), found)


@measure
def status_count(rows: pd.DataFrame, status: str) -> Quantity:
    """Return how many counted rows have one attribution status, such as convicted or unknown."""
    found = counted(rows)
    found = found[found["attribution_status"] == status]
    return quantity(len(found), found)


def _most(values: pd.Series) -> list[str]:
    counts = values.value_counts()
    return sorted(counts.index[counts == counts.max()]) if len(counts) else []


@measure
def most_common_category(rows: pd.DataFrame) -> Words:
    """Return the category with most counted rows, or several that tie, by their plain names."""
    found = counted(rows)
    top = [CATEGORY[code] for code in CATEGORY if code in _most(found["category"])]
    return words(listed(top) or "none", found)


@measure
def most_common_count(rows: pd.DataFrame) -> Quantity:
    """Return how many counted rows the most common category (each, where several tie) has."""
    found = counted(rows)
    counts = found["category"].value_counts()
    return quantity(int(counts.max()) if len(counts) else 0, found)


@measure
def busiest_years(rows: pd.DataFrame) -> Words:
    """Return the year or years with most counted rows, with their number, as '2025 (19)'."""
    found = counted(rows)
    top = _most(found["year"].astype(str))
    number = int((found["year"].astype(str) == top[0]).sum()) if top else 0
    each = " each" if len(top) > 1 else ""
    return words(f"{listed(top)} ({number}{each})" if top else "none", found)


@measure
def leading_kinds(rows: pd.DataFrame, countries: pd.DataFrame, chosen: Sequence[str]) -> Words:
    """Return which category has most counted rows in which countries, most countries first.

    `countries` is the table countries. Countries with a tie or with no counted row are left out.
    """
    names = countries.set_index("iso3")["name"]
    found = counted(rows)
    leads: dict[str, list[str]] = {}
    for code in chosen:
        top = _most(found.loc[found["iso3"] == code, "category"])
        if len(top) == 1:
            leads.setdefault(CATEGORY[top[0]], []).append(str(names[code]))
    ordered = sorted(leads.items(), key=lambda lead: -len(lead[1]))
    told = [f"{kind} in {listed(where)}" for kind, where in ordered]
    return words("; ".join(told) or "no single kind in any country", found)


@measure
def located_count(rows: pd.DataFrame) -> Quantity:
    """Return how many counted rows have a point on the map."""
    found = counted(rows)
    found = found[found["latitude"].notna()]
    return quantity(len(found), found)


@measure
def unlocated_count(rows: pd.DataFrame) -> Quantity:
    """Return how many rows, marked ones included, have no point: only a country is known."""
    found = rows[rows["latitude"].isna()]
    return quantity(len(found), found)


@measure
def in_units_count(rows: pd.DataFrame, units: Sequence[str]) -> Quantity:
    """Return how many counted rows lie in one of some municipalities, or in them and others."""
    found = counted(rows)
    pattern = "|".join(map(re.escape, units))
    found = found[found["admin_unit"].fillna("").str.contains(pattern)]
    return quantity(len(found), found)
