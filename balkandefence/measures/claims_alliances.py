"""Measures that only the claims ledger needs: statuses, texts and exercises on record.

A value of 1 means that the tables, as known on the day, hold such a row; 0 that they hold none.
The ledgers of texts and exercises are samples: what they lack may still have been.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.alliances import concluded
from balkandefence.provenance import Quantity, Words, measure, quantity, words


@measure
def has_status(
    members: pd.DataFrame, iso3: str, organisations: Sequence[str], wanted: Sequence[str]
) -> Quantity:
    """Return 1 where a country has a status in an organisation that starts with a wanted word."""
    rows = members[(members["iso3"] == iso3) & members["organisation"].isin(list(organisations))]
    hits = rows[rows["status"].str.startswith(tuple(wanted))]
    return quantity(float(bool(len(hits))), hits if len(hits) else rows)


@measure
def statuses(members: pd.DataFrame, iso3: str, organisations: Sequence[str]) -> Words:
    """Return a country's statuses in some organisations as a phrase, or "none on record"."""
    rows = members[(members["iso3"] == iso3) & members["organisation"].isin(list(organisations))]
    told = [f"{row['organisation']}: {row['status']}" for _, row in rows.iterrows()]
    return words("; ".join(told) or "none on record", rows)


def _with(frame: pd.DataFrame, column: str, codes: Sequence[str]) -> pd.DataFrame:
    return frame[[set(codes) <= set(named) for named in frame[column]]]


@measure
def exercises_with(
    exercises: pd.DataFrame, codes: Sequence[str], first: str, last: str
) -> Quantity:
    """Return how many exercises held name all the states and begin between two partial dates."""
    rows = _with(exercises[exercises["status"] == "held"], "participants", codes)
    begun = rows["date_start"].str[: len(first)].between(first, last[: len(first)])
    return quantity(float(begun.sum()), rows[begun])


@measure
def texts_since(texts: pd.DataFrame, codes: Sequence[str], first: int) -> Quantity:
    """Return how many concluded texts name all the states and date from a year on."""
    rows = _with(concluded(texts), "parties", codes)
    dated = rows["date_signed"].fillna(rows["date_reported"]).fillna(rows["date_latest"])
    rows = rows[dated.str[:4].astype(float) >= first]
    return quantity(float(len(rows)), rows)


@measure
def text_known(texts: pd.DataFrame, agreement_id: str) -> Quantity:
    """Return 1 where a text of the ledger was known and concluded, else 0."""
    rows = concluded(texts)
    rows = rows[rows["agreement_id"] == agreement_id]
    return quantity(float(bool(len(rows))), rows)


@measure
def exercise_known(exercises: pd.DataFrame, exercise_id: str) -> Quantity:
    """Return 1 where an exercise, held or announced, was known, else 0."""
    rows = exercises[exercises["exercise_id"] == exercise_id]
    return quantity(float(bool(len(rows))), rows)


@measure
def published_count(counts: pd.DataFrame, iso3: str, year: int) -> Quantity:
    """Return a published number of a country's exercises in a year; not a number where none is."""
    rows = counts[(counts["iso3"] == iso3) & (counts["year"] == year)]
    rows = rows[(rows["measure"] == "exercises") & rows["events_count"].notna()]
    return quantity(float(rows["events_count"].max()) if len(rows) else float("nan"), rows)


@measure
def alignment(cfsp: pd.DataFrame, iso3: str) -> Words:
    """Return a country's published rates of alignment with EU declarations, whole years."""
    rows = cfsp[(cfsp["iso3"] == iso3) & (cfsp["value_kind"] == "published")]
    rows = rows[rows["alignment_pct"].notna()].sort_values(["year", "period"])
    told = [
        f"{row['year']}{' ' + row['period'] if row['period'] != 'year' else ''}: "
        f"{row['alignment_pct']:.0f}%"
        for _, row in rows.iterrows()
    ]
    return words("; ".join(told) or "none published", rows)


@measure
def incident_text(ledger: pd.DataFrame, incident_id: str, column: str) -> Words:
    """Return what the incident ledger says of one incident in a column, or "not on record"."""
    rows = ledger[ledger["incident_id"] == incident_id]
    value = rows[column].iloc[0] if len(rows) else None
    return words("not on record" if value is None or pd.isna(value) else str(value), rows)


@measure
def incident_is(ledger: pd.DataFrame, incident_id: str, category: str) -> Quantity:
    """Return 1 where an incident is on record in a category, else 0."""
    rows = ledger[(ledger["incident_id"] == incident_id) & (ledger["category"] == category)]
    return quantity(float(bool(len(rows))), rows)


@measure
def incidents_in(ledger: pd.DataFrame, codes: Sequence[str], year: int) -> Quantity:
    """Return how many incidents that count in headlines began in some countries in a year."""
    rows = ledger[ledger["iso3"].isin(list(codes)) & ledger["date_start"].str.startswith(str(year))]
    rows = rows[~rows["single_source"].astype(bool) & (rows["confidence"] != "low")]
    return quantity(float(len(rows)), rows)


@measure
def strength(missions: pd.DataFrame, mission: str) -> Words:
    """Return the newest strength of a mission on record, with its date."""
    rows = missions[(missions["mission"] == mission) & missions["strength_count"].notna()]
    rows = rows.sort_values("date").tail(1)
    told = [f"{int(row['strength_count']):,} ({row['date']})" for _, row in rows.iterrows()]
    return words("".join(told) or "not on record", rows)
