"""Measures of exercises, published counts and contributions to missions.

The ledger of exercises is a sample: its rows say that an exercise took place, not how many did.
Published yearly counts and the ledger are never added, nor exercises and "activities".
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.alliances import NEIGHBOUR, full_names, short_names, span, where
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: Blocs of the ledger: those with NATO or the EU, and those with Russia, Belarus or China.
WEST, EAST = ("NATO/US", "EU"), ("RUS/BLR", "CHN")


def _held(exercises: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> pd.DataFrame:
    year = exercises["date_start"].str[:4].astype(int)
    rows = exercises[(exercises["status"] == "held") & year.between(first, last)]
    return where(rows, [bool(set(named) & set(countries)) for named in rows["wb6_participants"]])


def firm(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with two or more origins and no low confidence."""
    return rows[~rows["single_source"].astype(bool) & (rows["confidence"] != "low")]


@measure
def listed_exercises(
    exercises: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return the exercises held that name each country, one row a country and exercise.

    `exercises` is the table of that name. Columns: iso3, year (of its start), bloc, name, firm
    (two or more origins and no low confidence). Exercises only announced are left out.
    """
    rows = _held(exercises, countries, first, last)
    sure = set(firm(rows)["exercise_id"])
    found = [
        [code, int(row["date_start"][:4]), row["bloc"], row["name"], row["exercise_id"] in sure]
        for code in countries
        for _, row in rows.iterrows()
        if code in row["wb6_participants"]
    ]
    return pd.DataFrame(found, columns=["iso3", "year", "bloc", "name", "firm"])


@measure
def exercises_count(
    exercises: pd.DataFrame,
    countries: Sequence[str],
    blocs: Sequence[str],
    first: int,
    last: int,
) -> Quantity:
    """Return how many exercises held in the ledger name one of the countries, with these blocs."""
    rows = _held(exercises, countries, first, last)
    rows = rows[rows["bloc"].isin(list(blocs))]
    return quantity(len(rows), rows)


@measure
def exercises_firm_count(
    exercises: pd.DataFrame,
    countries: Sequence[str],
    blocs: Sequence[str],
    first: int,
    last: int,
) -> Quantity:
    """Return the count of `exercises_count` without single-source and low-confidence rows."""
    rows = firm(_held(exercises, countries, first, last))
    rows = rows[rows["bloc"].isin(list(blocs))]
    return quantity(len(rows), rows)


@measure
def verdict(exercises: pd.DataFrame, iso3: str, first: int, last: int) -> Words:
    """Return whether the ledger can say with whom a country exercised more often, as a clause.

    It can where all rows and the rows with two or more origins point the same way.
    """
    rows = _held(exercises, [iso3], first, last)
    leads = [
        int(some["bloc"].isin(["NATO/US"]).sum()) - int(some["bloc"].isin(EAST).sum())
        for some in (rows, firm(rows))
    ]
    if min(leads) > 0:
        return words("either way more with NATO or the United States", rows)
    if max(leads) < 0:
        return words("either way more with Russia, Belarus or China", rows)
    return words("so the ledger cannot say which were more", rows)


@measure
def exercises_single_source(
    exercises: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> Quantity:
    """Return which share of the exercises held that name the countries has one source, percent."""
    rows = _held(exercises, countries, first, last)
    return quantity(100 * rows["single_source"].mean() if len(rows) else 0.0, rows)


@measure
def exercises_complete(
    exercises: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> Quantity:
    """Return in which share of these exercises the list of participants is complete, percent."""
    rows = _held(exercises, countries, first, last)
    share = (rows["participants_complete"] == True).fillna(False).mean()  # noqa: E712
    return quantity(100 * share if len(rows) else 0.0, rows)


@measure
def east_partners(
    exercises: pd.DataFrame,
    countries: Sequence[str],
    first: int,
    last: int,
    codes: pd.DataFrame,
) -> Words:
    """Return which of the countries the ledger names in exercises with Russia, Belarus or China."""
    rows = _held(exercises, countries, first, last)
    rows = rows[rows["bloc"].isin(EAST)]
    named = {code for found in rows["wb6_participants"] for code in found}
    inside = [code for code in countries if code in named]
    return words(listed(full_names(codes, inside)) or "none of them", rows)


@measure
def later_exercises(exercises: pd.DataFrame, countries: Sequence[str], last: int) -> Words:
    """Return the exercises held after a year that name the countries, with month or year."""
    rows = _held(exercises, countries, last + 1, 9999)
    told = [f"{row['name']} ({row['date_start'][:7]})" for _, row in rows.iterrows()]
    return words(listed(told) or "none", rows)


@measure
def since(exercises: pd.DataFrame, iso3: str, first: int) -> Words:
    """Return the names of the exercises held from a year on that name a country, or "none"."""
    rows = _held(exercises, [iso3], first, 9999).sort_values("date_start", kind="stable")
    return words(listed(list(rows["name"])) or "none", rows)


@measure
def last_with(exercises: pd.DataFrame, iso3: str, bloc: str) -> Words:
    """Return name and month of a country's last exercise held with a bloc, or "none"."""
    rows = _held(exercises, [iso3], 0, 9999)
    rows = rows[rows["bloc"] == bloc].sort_values("date_start", kind="stable").tail(1)
    told = [f"{row['name']} ({span(row['date_start'])[0]:%B %Y})" for _, row in rows.iterrows()]
    return words("".join(told) or "none", rows)


def _exercise_totals(counts: pd.DataFrame) -> pd.DataFrame:
    return counts[(counts["measure"] == "exercises") & (counts["arrangement"] == "all partners")]


@measure
def published_totals(
    counts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return published yearly numbers of exercises with all foreign partners, with Croatia's.

    `counts` is the table exercise_counts. Columns: country, year, exercises, kind (exact or the
    publisher's estimate), sources_count ("one" or "several"), source.
    """
    rows = _exercise_totals(counts)
    rows = rows[rows["iso3"].isin([*countries, NEIGHBOUR])]
    order = {code: place for place, code in enumerate([*countries, NEIGHBOUR])}
    rows = rows.assign(place=rows["iso3"].map(order)).sort_values(["place", "year"], kind="stable")
    return pd.DataFrame(
        {
            "country": full_names(codes, list(rows["iso3"])),
            "year": rows["year"],
            "exercises": rows["events_count"],
            "kind": rows["count_kind"],
            "origins": rows["single_source"].map({True: "one", False: "several"}),
            "source": rows["source"],
        }
    )


@measure
def published_ranges(counts: pd.DataFrame, iso3: str) -> pd.DataFrame:
    """Return a country's published yearly numbers of exercises by partner, as ranges.

    Columns: year, partner (NATO, RUS or ALL), low and high of the counts published for that year,
    part_year (whether one of them covers only a part of it). Activities are left out.
    """
    rows = counts[(counts["measure"] == "exercises") & (counts["iso3"] == iso3)]
    partner = rows["partner_iso3"].where(rows["arrangement"] != "all partners", "ALL")
    rows = rows.assign(partner=partner)
    rows = rows[rows["partner"].isin(["NATO", "RUS", "ALL"]) & rows["events_count"].notna()]
    grouped = rows.groupby(["year", "partner"], sort=True)
    frame = grouped["events_count"].agg(low="min", high="max").reset_index()
    part = grouped["period"].agg(lambda periods: bool((periods != "year").any()))
    frame["part_year"] = list(part)
    return frame


@measure
def published_range(counts: pd.DataFrame, iso3: str, partner: str, year: int) -> Words:
    """Return a published yearly number of exercises with a partner, as "13 to 23" if it differs."""
    rows = counts[(counts["measure"] == "exercises") & (counts["iso3"] == iso3)]
    named = rows["partner_iso3"] == partner
    if partner == "ALL":
        named = rows["arrangement"] == "all partners"
    rows = rows[named & (rows["year"] == year) & rows["events_count"].notna()]
    if rows.empty:
        return words("no published number of", rows)
    low, high = int(rows["events_count"].min()), int(rows["events_count"].max())
    return words(f"{low} to {high}" if low != high else str(low), rows)


@measure
def activities(counts: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return published numbers of joint activities, which are wider than exercises, by year.

    Columns: country, period, year, with_whom, activities (text; "more than" for a bound), kind,
    source. They are never comparable with numbers of exercises.
    """
    rows = counts[counts["measure"] != "exercises"].sort_values(["year", "scope"], kind="stable")
    count = [
        f"{int(row['events_count']):,}"
        if pd.notna(row["events_count"])
        else f"more than {int(row['events_low_count'])}"
        for _, row in rows.iterrows()
    ]
    partners = short_names(codes, list(rows["partner_iso3"]))
    return pd.DataFrame(
        {
            "country": full_names(codes, list(rows["iso3"])),
            "year": rows["year"],
            "period": rows["period"],
            "with_whom": partners,
            "activities": count,
            "kind": rows["count_kind"],
            "source": rows["source"],
        }
    )


@measure
def contributions(missions: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return contributions to missions of the countries and Croatia, one row a report.

    `missions` is the table of that name. Columns: group (KFOR, EUFOR Althea, UN and others),
    iso3, mission, date (as known), personnel (missing where a list gives no number), kind.
    """
    rows = missions[missions["iso3"].isin([*countries, NEIGHBOUR])]
    group = rows["mission"].where(rows["mission"].isin(["KFOR", "EUFOR Althea"]), "UN and others")
    places = {"KFOR": 0, "EUFOR Althea": 1, "UN and others": 2}
    order = {code: place for place, code in enumerate([*countries, NEIGHBOUR])}
    rows = rows.assign(group=group, first=group.map(places), second=rows["iso3"].map(order))
    rows = rows.sort_values(["first", "second", "date"], na_position="first", kind="stable")
    return pd.DataFrame(
        {
            "group": rows["group"],
            "iso3": rows["iso3"],
            "mission": rows["mission"],
            "date": rows["date"].fillna(""),
            "personnel": rows["personnel_count"],
            "kind": rows["count_kind"],
        }
    ).reset_index(drop=True)


@measure
def largest(missions: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> Words:
    """Return the largest contribution found of one of the countries, as a phrase, or ""."""
    rows = missions[missions["iso3"].isin(list(countries)) & missions["personnel_count"].notna()]
    best = rows.sort_values("personnel_count", kind="stable").tail(1)
    told = [
        f"{full_names(codes, [row['iso3']])[0]}, {int(row['personnel_count'])} in "
        f"{row['mission']}, {row['date'][:4]}"
        for _, row in best.iterrows()
    ]
    return words("".join(told), best)


@measure
def kfor_part(missions: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> Words:
    """Return who of the countries stands in the newest list of KFOR, with numbers, as a phrase."""
    rows = missions[(missions["mission"] == "KFOR") & missions["personnel_count"].notna()]
    rows = rows[rows["date"] == rows["date"].max()]
    mine = rows[rows["iso3"].isin([*countries, NEIGHBOUR])]
    mine = mine.sort_values("personnel_count", ascending=False, kind="stable")
    told = [
        f"{full_names(codes, [row['iso3']])[0]} {int(row['personnel_count'])}"
        for _, row in mine.iterrows()
    ]
    return words(listed(told) or "none of them", mine)
