"""Measures of the incident ledger: what is counted, where, when, of which kind, by whom.

Frames in, number, word or frame out. The ledger is built from searches: a count says what was
found, not how much happened. A row counts in headlines when it rests on more than one origin and
its confidence is not low; other rows are shown, marked, and left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: Plain names of the eleven categories, each fit to stand within a sentence.
CATEGORY = {
    "unrest": "unrest",
    "law_enforcement": "police or court action",
    "explosive_sabotage": "explosives or sabotage",
    "attack": "attack on persons",
    "institutional": "institutional act",
    "military_posture": "military posture",
    "cyber": "cyber operation",
    "blockade": "blockade",
    "armed_clash": "armed clash",
    "plot": "alleged plot",
    "boundary_incident": "boundary incident",
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

_SPLIT = re.compile(r"\s+and\s+|[/(),]")


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


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    found = rows[rows["counted"]]
    found.attrs = rows.attrs
    return found


def _left_out(rows: pd.DataFrame) -> pd.DataFrame:
    found = rows[~rows["counted"]]
    found.attrs = rows.attrs
    return found


def listed(items: Iterable[str]) -> str:
    """Return 'a, b and c', or 'none'."""
    found = list(items)
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


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
    return quantity(int(rows["counted"].sum()), _counted(rows))


@measure
def left_out_count(rows: pd.DataFrame, why: str = "") -> Quantity:
    """Return how many rows are left out of headlines, or those for one reason ("single source")."""
    found = _left_out(rows)
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
    found = _counted(rows)
    return quantity((found["iso3"] == iso3).mean() * 100, found)


@measure
def contested_share(rows: pd.DataFrame) -> Quantity:
    """Return the share of counted rows that a party contests, in %; unknown for no rows."""
    found = _counted(rows)
    return quantity(found["contested"].astype(bool).mean() * 100, found)


@measure
def contested_count(rows: pd.DataFrame) -> Quantity:
    """Return how many counted rows a party contests: author, right, place or purpose."""
    found = _counted(rows)
    found = found[found["contested"].astype(bool)]
    return quantity(len(found), found)


@measure
def without_reply_count(rows: pd.DataFrame) -> Quantity:
    """Return how many contested counted rows give no answer of the accused side that was found."""
    found = _counted(rows)
    found = found[found["contested"].astype(bool)]
    reply = found["reply"].fillna("none")
    return quantity(int(reply.str.match(r"none\b").sum()), found)


@measure
def status_count(rows: pd.DataFrame, status: str) -> Quantity:
    """Return how many counted rows have one attribution status, such as convicted or unknown."""
    found = _counted(rows)
    found = found[found["attribution_status"] == status]
    return quantity(len(found), found)


def _most(values: pd.Series) -> list[str]:
    counts = values.value_counts()
    return sorted(counts.index[counts == counts.max()]) if len(counts) else []


@measure
def most_common_category(rows: pd.DataFrame) -> Words:
    """Return the category with most counted rows, or several that tie, by their plain names."""
    found = _counted(rows)
    top = [CATEGORY[code] for code in CATEGORY if code in _most(found["category"])]
    return words(listed(top) or "none", found)


@measure
def most_common_count(rows: pd.DataFrame) -> Quantity:
    """Return how many counted rows the most common category (each, where several tie) has."""
    found = _counted(rows)
    counts = found["category"].value_counts()
    return quantity(int(counts.max()) if len(counts) else 0, found)


@measure
def busiest_years(rows: pd.DataFrame) -> Words:
    """Return the year or years with most counted rows, with their number, as '2025 (19)'."""
    found = _counted(rows)
    top = _most(found["year"].astype(str))
    number = int((found["year"].astype(str) == top[0]).sum()) if top else 0
    each = " each" if len(top) > 1 else ""
    return words(f"{listed(top)} ({number}{each})" if top else "none", found)


@measure
def leading_kinds(rows: pd.DataFrame, countries: pd.DataFrame, chosen: Sequence[str]) -> Words:
    """Return which category has most counted rows in which countries, most countries first.

    `countries` is the table countries. Countries with a tie or with no counted row are left out.
    """
    names = countries.set_index("iso3")["short_name"]
    found = _counted(rows)
    leads: dict[str, list[str]] = {}
    for code in chosen:
        top = _most(found.loc[found["iso3"] == code, "category"])
        if len(top) == 1:
            leads.setdefault(CATEGORY[top[0]], []).append(str(names[code]))
    ordered = sorted(leads.items(), key=lambda lead: -len(lead[1]))
    told = [f"{kind} leads in {listed(where)}" for kind, where in ordered]
    return words("; ".join(told) or "no single kind leads in any country", found)


@measure
def by_year(rows: pd.DataFrame, until: dt.date, begins: int) -> pd.DataFrame:
    """Return the number of rows a year, counted and left out, from `begins` to `until`'s year.

    Columns year, counted_count, left_out_count. A year without any row is missing, not zero: the
    searches found nothing, which is no evidence that nothing happened.
    """
    years = pd.RangeIndex(begins, until.year + 1, name="year")
    sums = rows.groupby(["year", "counted"]).size().unstack(fill_value=0)
    sums = sums.reindex(columns=[True, False], fill_value=0).reindex(years).astype("Int64")
    sums.columns = ["counted_count", "left_out_count"]
    return sums.reset_index()


def _place_of(group: pd.DataFrame) -> str:
    """Return the name that most rows at a point share, of those that tie the municipality's."""
    names: Counter[str] = Counter()
    for location in group["location"]:
        parts = (part.strip().removesuffix(" area") for part in _SPLIT.split(location))
        names.update(dict.fromkeys(part for part in parts if part))
    units = {u.strip() for unit in group["admin_unit"].dropna() for u in _SPLIT.split(unit)}
    most = max(names.values())
    tied = [name for name, number in names.items() if number == most]
    return next((name for name in tied if name in units), tied[0])


@measure
def places(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the points of a selection, gathered by place: one row a place, most rows first.

    Columns iso3, place, latitude, longitude, counted_count, left_out_count. Several incidents
    share the point of a municipal seat, so points are added up instead of drawn over each other.
    Rows without a point are not in it.
    """
    located = rows.dropna(subset=["latitude", "longitude"])
    found = []
    for (iso3, latitude, longitude), group in located.groupby(["iso3", "latitude", "longitude"]):
        counted = int(group["counted"].sum())
        found.append((iso3, _place_of(group), latitude, longitude, counted, len(group) - counted))
    names = ["iso3", "place", "latitude", "longitude", "counted_count", "left_out_count"]
    frame = pd.DataFrame(found, columns=names)
    frame = frame.sort_values("counted_count", ascending=False, kind="stable")
    gathered = frame.groupby(["iso3", "place"], as_index=False, sort=False).agg(
        latitude=("latitude", "first"),
        longitude=("longitude", "first"),
        counted_count=("counted_count", "sum"),
        left_out_count=("left_out_count", "sum"),
    )
    order = ["counted_count", "left_out_count", "place"]
    return gathered.sort_values(order, ascending=[False, False, True], ignore_index=True)


@measure
def located_count(rows: pd.DataFrame) -> Quantity:
    """Return how many counted rows have a point on the map."""
    found = _counted(rows)
    found = found[found["latitude"].notna()]
    return quantity(len(found), found)


@measure
def unlocated_count(rows: pd.DataFrame) -> Quantity:
    """Return how many rows, marked ones included, have no point: only a country is known."""
    found = rows[rows["latitude"].isna()]
    return quantity(len(found), found)


@measure
def busiest_places(found: pd.DataFrame, most: int = 3) -> Words:
    """Return the places with most counted rows and their numbers; `found` is that of `places`.

    As many as `most`, fewer where a tie would make the choice arbitrary.
    """
    counts = found.loc[found["counted_count"] > 0, ["place", "counted_count"]]
    if len(counts) > most and counts["counted_count"].iloc[most] == counts["counted_count"].iloc[
        most - 1
    ]:
        above = counts[counts["counted_count"] > counts["counted_count"].iloc[most - 1]]
        counts = above if len(above) else counts.head(0)
    shown = [f"{p} ({n})" for p, n in counts.head(most).itertuples(index=False)]
    return words(listed(shown) or "no single place")


@measure
def in_units_count(rows: pd.DataFrame, units: Sequence[str]) -> Quantity:
    """Return how many counted rows lie in one of some municipalities, or in them and others."""
    found = _counted(rows)
    pattern = "|".join(map(re.escape, units))
    found = found[found["admin_unit"].fillna("").str.contains(pattern)]
    return quantity(len(found), found)


@measure
def moments(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each row with the days between which it began, for timelines.

    Columns incident_id, iso3, category (plain name), from, to, precision, counted, title. A row
    known to the month has the month's first and last day, so that it is drawn as a stretch.
    """
    starts = rows["date_start"]
    begun = pd.to_datetime(starts.where(starts.str.len() > 7, starts + "-01"))
    month = rows["date_precision"] == "month"
    frame = pd.DataFrame(
        {
            "incident_id": rows["incident_id"],
            "iso3": rows["iso3"],
            "category": rows["category"].map(CATEGORY),
            "from": begun,
            "to": begun.where(~month, begun + pd.offsets.MonthEnd(0)),
            "precision": rows["date_precision"],
            "counted": rows["counted"],
            "title": rows["title"],
        }
    )
    return frame.sort_values(["from", "incident_id"], ignore_index=True)


@measure
def threads(rows: pd.DataFrame, least: int = 4) -> pd.DataFrame:
    """Return the moments of rows that a topic links to at least `least` rows, one row a link.

    Columns as in `moments`, with topic; topics of the ledger's column tags, most rows first. Left
    out is the tag that marks a legal term used by prosecutors, which is no topic.
    """
    links = rows[["incident_id", "tags"]].explode("tags").rename(columns={"tags": "topic"})
    links = links[links["topic"].notna() & (links["topic"] != "terrorism charge")]
    sizes = links["topic"].value_counts()
    kept = sizes[sizes >= least]
    links = links[links["topic"].isin(kept.index)]
    joined = links.merge(moments(rows), on="incident_id")
    order = joined["topic"].map({t: i for i, t in enumerate(sorted(kept.index, key=_by(kept)))})
    return joined.assign(order=order).sort_values(["order", "from"]).drop(columns="order")


def _by(sizes: pd.Series) -> object:
    return lambda topic: (-sizes[topic], topic)


@measure
def longest_thread(linked: pd.DataFrame) -> Words:
    """Return the topic that links most rows, with their number; `linked` is that of `threads`."""
    if linked.empty:
        return words("none")
    first = linked["topic"].iloc[0]
    return words(f"{first} ({(linked['topic'] == first).sum()} rows)")


@measure
def kinds(rows: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return counted rows by category (plain name, most first) and country, with a column all.

    A pair without a counted row is missing: none was found.
    """
    found = _counted(rows)
    table = found.groupby(["category", "iso3"]).size().unstack()
    table = table.reindex(index=list(CATEGORY), columns=list(countries)).astype("Int64")
    table["all"] = table.sum(axis=1, min_count=1)
    table.index = pd.Index([CATEGORY[code] for code in table.index], name="category")
    return table.sort_values("all", ascending=False, kind="stable").reset_index()


@measure
def authors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return counted rows by attribution status, from the firmest down, and whether contested.

    Columns status (plain name), uncontested_count, contested_count. A status that the edition's
    day did not yet know is shown as open.
    """
    found = _counted(rows)
    status = found["attribution_status"].map(ATTRIBUTION).fillna(OPEN)
    contested = found["contested"].astype(bool)
    names = [*ATTRIBUTION.values(), OPEN]
    frame = pd.DataFrame({"status": names})
    for column, wanted in (("uncontested_count", False), ("contested_count", True)):
        frame[column] = frame["status"].map(status[contested == wanted].value_counts())
    frame = frame.fillna(0).astype({"uncontested_count": int, "contested_count": int})
    keep = (frame["status"] != OPEN) | (frame["uncontested_count"] + frame["contested_count"] > 0)
    return frame[keep].reset_index(drop=True)


@measure
def ledger_table(rows: pd.DataFrame, countries: pd.DataFrame) -> pd.DataFrame:
    """Return every row for reading: date, country, place, kind, what, attribution, confidence.

    `countries` is the table countries. Columns date, country, location, category, title,
    attribution, contested, confidence, mark, source; newest first. `mark` says why a row stays
    out of headline counts.
    """
    names = countries.set_index("iso3")["short_name"]
    frame = pd.DataFrame(
        {
            "date": rows["date_start"],
            "country": rows["iso3"].map(names),
            "location": rows["location"],
            "category": rows["category"].map(CATEGORY),
            "title": rows["title"],
            "attribution": rows["attribution_status"].map(ATTRIBUTION).fillna(OPEN),
            "contested": rows["contested"].map({True: "yes", False: "no"}),
            "confidence": rows["confidence"],
            "mark": rows["mark"].replace("", "yes").where(rows["counted"], "no: " + rows["mark"]),
            "source": rows["source"],
        }
    )
    return frame.sort_values(["date", "country", "title"], ascending=[False, True, True])
