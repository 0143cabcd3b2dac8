"""Measures that lay the incident ledger out for charts and tables: one frame each.

Frames in, frame out, and the few words that are read from such a frame. `rows` is always the
frame of `incidents.selection`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.incidents import ATTRIBUTION, CATEGORY, OPEN, counted
from balkandefence.provenance import Words, measure, words
from balkandefence.spelling import listed

_SPLIT = re.compile(r"\s+and\s+|[/(),]")


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


def named(location: str) -> str:
    """Return the first place that a location names: 'Banjska (Zvečan)' gives 'Banjska'."""
    return _SPLIT.split(location)[0].strip().removesuffix(" crossing")


def _place_of(group: pd.DataFrame) -> str:
    """Return the name that most rows at a point share, of those that tie the first.

    A row that is known to its municipality names that too, if some location does.
    """
    names: Counter[str] = Counter()
    for location in group["location"]:
        parts = [part.strip().removesuffix(" area") for part in _SPLIT.split(location)]
        names.update(list(dict.fromkeys(part for part in parts if part)))
    wide = group[group["location_precision"].isin(["municipality", "area"])]
    units = [_SPLIT.split(unit)[0].strip() for unit in wide["admin_unit"].dropna()]
    names.update([unit for unit in units if unit in names])
    return max(names, key=lambda name: names[name])


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
def busiest_places(found: pd.DataFrame, most: int = 3) -> Words:
    """Return the places with most counted rows and their numbers; `found` is that of `places`.

    As many as `most`, fewer where a tie would make the choice arbitrary.
    """
    counts = found.loc[found["counted_count"] > 0, ["place", "counted_count"]]
    if (
        len(counts) > most
        and counts["counted_count"].iloc[most] == counts["counted_count"].iloc[most - 1]
    ):
        above = counts[counts["counted_count"] > counts["counted_count"].iloc[most - 1]]
        counts = above if len(above) else counts.head(0)
    shown = [f"{p} ({n})" for p, n in counts.head(most).itertuples(index=False)]
    return words(listed(shown) or "no single place")


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
    topics = sorted(((-int(size), str(topic)) for topic, size in kept.items()))
    order = joined["topic"].map({topic: place for place, (_, topic) in enumerate(topics)})
    return joined.assign(order=order).sort_values(["order", "from"]).drop(columns="order")


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
    found = counted(rows)
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
    found = counted(rows)
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
    """Return every row for reading, newest first: date, place and kind, what, attribution, source.

    `countries` is the table countries. Columns date, place (with country and category), title,
    attribution (whether contested, how confident, and why a row is not counted), source.
    """
    country = rows["iso3"].map(countries.set_index("iso3")["short_name"])
    status = rows["attribution_status"].map(ATTRIBUTION).fillna(OPEN)
    contested = rows["contested"].astype(bool).map({True: "; contested", False: ""})
    single = rows["single_source"].astype(bool).map({True: ", single source", False: ""})
    mark = rows["counted"].map({True: "", False: "; not counted"})
    frame = pd.DataFrame(
        {
            "date": rows["date_start"],
            "place": rows["location"] + ", " + country + ": " + rows["category"].map(CATEGORY),
            "title": rows["title"],
            "attribution": status
            + contested
            + ". Confidence: "
            + rows["confidence"]
            + single
            + mark,
            "source": rows["source"],
        }
    )
    return frame.sort_values(["date", "place", "title"], ascending=[False, True, True])
