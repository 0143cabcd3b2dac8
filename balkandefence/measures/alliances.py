"""Measures of memberships and signed texts: who stands where, and tied to whom.

Frames in, number or frame out; no files, no clock. The tables are samples of what archived pages
hold: absence of a row is absence of evidence, so ties are read as present or not, never counted.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence

import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The neighbour that the tables of this theme carry beside the six, for scale.
NEIGHBOUR = "HRV"

#: Steps on the two ladders: (track, organisation, status) to (rung, name of the rung).
STEPS = {
    ("NATO", "NATO Partnership for Peace", "not a participant"): (0, "outside the partnership"),
    ("NATO", "NATO Partnership for Peace", "participant"): (1, "Partnership for Peace"),
    ("NATO", "NATO", "Intensified Dialogue"): (2, "deepened partnership"),
    ("NATO", "NATO", "IPAP agreed"): (2, "deepened partnership"),
    ("NATO", "NATO", "invited to Membership Action Plan, conditional"): (2, "deepened partnership"),
    ("NATO", "NATO", "MAP activated"): (3, "action plan active"),
    ("NATO", "NATO", "member"): (4, "member"),
    ("EU", "EU", "potential candidate"): (1, "potential candidate"),
    ("EU", "EU", "application for membership submitted"): (1, "potential candidate"),
    ("EU", "EU", "candidate"): (2, "candidate"),
    ("EU", "EU", "decision to open accession negotiations"): (3, "talks decided"),
    ("EU", "EU", "accession negotiations opened"): (4, "talks opened"),
    ("EU", "EU", "member"): (5, "member"),
}
#: How the years of texts are written of which none has a date.
UNDATED = "n.d."
#: The last rung of each ladder.
TOP = {"NATO": 4, "EU": 5}

#: Powers and organisations whose ties the chapter compares, in the order of the chart.
POWERS = ("USA", "NATO", "EU", "GBR", "FRA", "DEU", "ITA", "TUR", "RUS", "BLR", "CHN")

#: Statuses of a text that both sides have concluded; drafts and consents are not.
CONCLUDED = ("signed", "adopted", "signed, ratification under way")

#: What kinds of text there are, gathered in families.
FAMILIES = {
    "Partnership": ("strategic partnership", "security and defence partnership",
                    "NATO partnership", "joint declaration"),
    "Cooperation": ("defence cooperation", "defence cooperation and status of forces",
                    "security cooperation"),
    "Forces' status": ("status of forces", "defence cooperation and status of forces"),
    "Secrecy": ("classified information", "communications security"),
    "Missions, air": ("EU crisis management", "air policing"),
    "Industry, arms": ("military-technical", "industrial cooperation", "procurement contract",
                       "procurement framework"),
    "Donation": ("donation agreement",),
    "Yearly plan": ("annual cooperation plan",),
}  # fmt: skip

_ELSEWHERE = ("NATO", "EU")
_ORGANISATION_BLOC = {"NATO": "EU-NATO", "EU": "EU-NATO"}


def short_names(codes: pd.DataFrame, wanted: Sequence[str]) -> list[str]:
    """Return the short names of codes, in the order given; `codes` is the table countries."""
    known = dict(zip(codes["iso3"], codes["short_name"], strict=True))
    return [str(known.get(code, code)) for code in wanted]


def full_names(codes: pd.DataFrame, wanted: Sequence[str]) -> list[str]:
    """Return the full names of codes, in the order given; `codes` is the table countries."""
    known = dict(zip(codes["iso3"], codes["name"], strict=True))
    return [str(known.get(code, code)) for code in wanted]


def where(rows: pd.DataFrame, flags: Iterable[bool]) -> pd.DataFrame:
    """Return the rows with a true flag; of a frame without rows, that frame with its columns."""
    return rows[pd.Series(list(flags), index=rows.index, dtype=bool)]


def span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day that a date such as 2014, 2014-06 or 2014-06-02 may mean."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    if day:
        return dt.date(year, month, day), dt.date(year, month, day)
    end = month or 12
    return dt.date(year, month or 1, 1), dt.date(year, end, calendar.monthrange(year, end)[1])


def decimal(day: dt.date) -> float:
    """Return a day as a decimal year."""
    length = 366 if calendar.isleap(day.year) else 365
    return day.year + (day.timetuple().tm_yday - 1) / length


def middle(text: str) -> float:
    """Return the middle of what a partial date may mean, as a decimal year.

    A month or a year is thereby not drawn as if its first day were known.
    """
    first, last = span(text)
    return (decimal(first) + decimal(last)) / 2


def ladder_steps(members: pd.DataFrame, iso3: str, track: str) -> pd.DataFrame:
    """Return a country's rows on one ladder with their rung, undated first, then by date.

    `members` is the table memberships; rows keep their line index. Columns added: rung, step.
    """
    rows = members[members["iso3"] == iso3]
    keys = [(track, *k) for k in zip(rows["organisation"], rows["status"], strict=True)]
    rows = where(rows, [key in STEPS for key in keys])
    found = [STEPS[key] for key in keys if key in STEPS]
    rows = rows.assign(rung=[rung for rung, _ in found], step=[step for _, step in found])
    return rows.sort_values("date_start", na_position="first", kind="stable")


@measure
def ladder(
    members: pd.DataFrame, countries: Sequence[str], first: int, as_of: dt.date
) -> pd.DataFrame:
    """Return each country's spells on the NATO and the EU ladder, one row a spell.

    Columns: track, iso3, rung (0 upwards), step, start and end (decimal years, from `first` to
    `as_of`), date (as known, empty where no page read gives one), firm (two or more origins and
    no low confidence). Time before a country's first row is not in the frame: it is not known.
    """
    spells = []
    for track in TOP:
        for code in countries:
            spells += _spells(ladder_steps(members, code, track), track, code)
    columns = ["track", "iso3", "rung", "step", "start", "end", "date", "firm"]
    frame = pd.DataFrame(spells, columns=columns)
    frame["end"] = frame["end"].fillna(decimal(as_of))
    frame["start"] = frame["start"].clip(lower=float(first))
    return frame[frame["end"] > first].reset_index(drop=True)


def _spells(rows: pd.DataFrame, track: str, code: str) -> list[list[object]]:
    """Return one list a spell; a step that does not raise the rung opens none."""
    spells: list[list[object]] = []
    for _, row in rows.iterrows():
        if spells and row["rung"] <= int(str(spells[-1][2])):
            continue
        dated = isinstance(row["date_start"], str)
        start = middle(row["date_start"]) if dated else float("-inf")
        if spells:
            spells[-1][5] = start
        firm = not row["single_source"] and row["confidence"] != "low"
        date = row["date_start"] if dated else ""
        spells.append([track, code, row["rung"], row["step"], start, None, date, firm])
    return spells


def _members(members: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    is_member = (members["organisation"] == "NATO") & (members["status"] == "member")
    return members[is_member & members["iso3"].isin(list(countries))]


@measure
def nato_members_count(members: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return how many of the countries are members of NATO; `members` as known on the day."""
    rows = _members(members, countries)
    return quantity(rows["iso3"].nunique(), rows)


@measure
def nato_members(members: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> Words:
    """Return the names of the countries that are members of NATO, or "none of them"."""
    rows = _members(members, countries)
    inside = [code for code in countries if code in set(rows["iso3"])]
    return words(listed(full_names(codes, inside)) or "none of them", rows)


@measure
def not_in_nato(members: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> Words:
    """Return the names of the countries that are not members of NATO, or "none of them"."""
    rows = _members(members, countries)
    outside = [code for code in countries if code not in set(rows["iso3"])]
    return words(listed(full_names(codes, outside)) or "none of them", rows)


@measure
def outside_steps(members: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> Words:
    """Return where on the NATO ladder the countries that are no members stand, as a phrase."""
    inside = set(_members(members, countries)["iso3"])
    told, used = [], members.iloc[:0]
    for code in countries:
        if code in inside:
            continue
        rows = ladder_steps(members, code, "NATO")
        if rows.empty:
            step = "no step in the table"
        else:
            best = rows.loc[rows["rung"] == rows["rung"].max()].tail(1)
            used = members.loc[used.index.union(best.index)]
            row = best.iloc[0]
            step = row["step"] + (
                f" since {row['date_start'][:4]}" if isinstance(row["date_start"], str) else ""
            )
        told.append(f"{full_names(codes, [code])[0]} ({step})")
    return words(listed(told) or "none of them", used)


def _brief(status: str) -> str:
    """Return a status without what its column already says."""
    brief = status.removeprefix("paired with ").removesuffix(" National Guard")
    return brief.replace("framework participation agreement", "agreement")


@measure
def bodies(members: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return other bodies and programmes by country: one row a body, one column a country.

    A cell holds the country's last status and the year since when, where known; a body in which
    none of the countries has a row is left out. A missing cell means that there is no row.
    """
    rows = members[~members["organisation"].isin(_ELSEWHERE)]
    rows = rows[rows["iso3"].isin(list(countries))]
    rows = rows.sort_values("date_start", na_position="first", kind="stable")
    rows = rows.drop_duplicates(["organisation", "iso3"], keep="last")
    since = rows["date_start"].map(lambda date: f", {date[:4]}", na_action="ignore").fillna("")
    rows = rows.assign(cell=rows["status"].map(_brief) + since)
    wide = rows.pivot(index="organisation", columns="iso3", values="cell")
    wide = wide.reindex(columns=[code for code in countries if code in wide])
    return wide.sort_index(key=lambda names: names.str.lower()).reset_index()


def concluded(texts: pd.DataFrame) -> pd.DataFrame:
    """Return the texts that two or three sides concluded; `texts` is the table agreements.

    Unilateral decisions, drafts, consents, texts still in parliament and the summit declaration
    of eleven states are left out.
    """
    fine = texts["status"].isin(CONCLUDED) & (texts["type"] != "unilateral decision")
    return texts[fine & (texts["parties_count"] <= 3)]


#: What says when a text was concluded; and what, with that, a tie is told from.
_DAYS = ["date_signed", "date_decided", "date_reported", "date_earliest", "date_latest"]
_TIE = ["parties", "type", "single_source", "confidence", *_DAYS]


def bounds(row: pd.Series) -> tuple[int | None, int | None]:
    """Return the first and last year in which a text may have been concluded, None if unknown."""
    for column in _DAYS[:3]:
        if isinstance(row[column], str):
            return int(row[column][:4]), int(row[column][:4])
    ends = [row[column] for column in _DAYS[3:]]
    first, last = (int(e[:4]) if isinstance(e, str) else None for e in ends)
    return first, last


def _when(rows: pd.DataFrame) -> str:
    """Return the years of some texts as one label: 2013–16, to 2015 or n.d."""
    found = [bounds(row) for _, row in rows[_DAYS].iterrows()]
    firsts = [first for first, _ in found if first]
    lasts = [last for _, last in found if last]
    if not lasts:
        return UNDATED
    low, high = min(firsts, default=None), max(lasts)
    if low is None:
        return f"by {high}"
    if low == high:
        return str(high)
    return f"{low}–{high % 100:02d}"


def with_partner(texts: pd.DataFrame, iso3: str, partner: str) -> pd.DataFrame:
    """Return the concluded texts that name both sides, with the loader's line index."""
    rows = concluded(texts)
    both = [iso3 in parties and partner in parties for parties in rows["parties"]]
    return where(rows, both)


def bloc_of(codes: pd.DataFrame, partner: str) -> str:
    """Return the bloc of a partner: that of the countries table; NATO and the EU are EU-NATO."""
    known = dict(zip(codes["iso3"], codes["supplier_bloc"], strict=True))
    found = _ORGANISATION_BLOC.get(partner, known.get(partner))
    return found if isinstance(found, str) else "other"


@measure
def ties(
    texts: pd.DataFrame, countries: Sequence[str], powers: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return which powers each country has concluded a defence text with, one row a tie.

    Columns: iso3, partner, bloc, when (years of the first and last text), firm (at least one text
    has two or more origins and no low confidence). Presence only; no row means none was found.
    """
    found = []
    for code in countries:
        for partner in powers:
            rows = with_partner(texts, code, partner)
            if len(rows):
                firm = bool((~rows["single_source"] & (rows["confidence"] != "low")).any())
                found.append([code, partner, bloc_of(codes, partner), _when(rows), firm])
    return pd.DataFrame(found, columns=["iso3", "partner", "bloc", "when", "firm"])


@measure
def ties_by_family(
    texts: pd.DataFrame, iso3: str, powers: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return one country's texts by partner and family of text, one row a pair of these.

    Partners are the powers first, then other states and organisations, the six among themselves
    left out. Columns as in `ties`, with family in place of iso3.
    """
    six = set(codes.loc[codes["role"] == "western_balkans", "iso3"])
    mine = concluded(texts)
    mine = where(mine[_TIE], [iso3 in parties for parties in mine["parties"]])
    named = {party for parties in mine["parties"] for party in parties} - six - {"SCG"}
    others = sorted(named - set(powers), key=lambda code: full_names(codes, [code]))
    sides, kinds = list(mine["parties"]), list(mine["type"])
    found = []
    for partner in [*(p for p in powers if p in named), *others]:
        for family, types in FAMILIES.items():
            held = [partner in s and k in types for s, k in zip(sides, kinds, strict=True)]
            if any(held):
                some = where(mine, held)
                firm = bool((~some["single_source"] & (some["confidence"] != "low")).any())
                found.append([family, partner, bloc_of(codes, partner), _when(some), firm])
    return pd.DataFrame(found, columns=["family", "partner", "bloc", "when", "firm"])


@measure
def tied_with(
    texts: pd.DataFrame, countries: Sequence[str], powers: Sequence[str], codes: pd.DataFrame
) -> Words:
    """Return which countries have a concluded text with any of the powers, or "none of them"."""
    found, used = [], texts.iloc[:0]
    for code in countries:
        for partner in powers:
            rows = with_partner(texts, code, partner)
            used = texts.loc[used.index.union(rows.index)]
            if len(rows) and code not in found:
                found.append(code)
    return words(listed(full_names(codes, found)) or "none of them", used)


@measure
def partners_count(
    texts: pd.DataFrame, iso3: str, powers: Sequence[str], codes: pd.DataFrame
) -> Quantity:
    """Return with how many partners outside the six a country has a concluded text."""
    found = ties_by_family(texts, iso3, powers, codes)
    rows = concluded(texts)
    partners = set(found["partner"])
    rows = where(rows, [bool(set(parties) & partners) for parties in rows["parties"]])
    rows = where(rows, [iso3 in parties for parties in rows["parties"]])
    return quantity(found["partner"].nunique(), rows)


@measure
def texts_listed(texts: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return how many concluded texts of the ledger name at least one of the countries."""
    rows = concluded(texts)
    rows = where(rows, [bool(set(parties) & set(countries)) for parties in rows["parties"]])
    return quantity(len(rows), rows)


@measure
def texts_single_source(texts: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return how many of the texts that `texts_listed` counts rest on one source, in percent."""
    rows = concluded(texts)
    rows = where(rows, [bool(set(parties) & set(countries)) for parties in rows["parties"]])
    return quantity(100 * rows["single_source"].mean() if len(rows) else 0.0, rows)
