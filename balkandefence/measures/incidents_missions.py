"""Measures of the strength of KFOR and EUFOR Althea as reported, beside the incidents there.

The reports are exact counts, round numbers, bounds and one plan, with whole years missing, so
they are points and never a line. `strength` is the table mission_strength.
"""

from __future__ import annotations

import calendar
import datetime as dt

import pandas as pd

from balkandefence.measures.incidents import counted, spoken, whole
from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: Where each mission serves, and how the book calls it.
MISSION = {"KFOR": "KFOR", "EUFOR_ALTHEA": "EUFOR Althea"}
HOST = {"KFOR": "XKX", "EUFOR_ALTHEA": "BIH"}

_QUALIFIED = {
    "exact": "{}",
    "rounded": "about {}",
    "upper bound": "under {}",
    "lower bound": "more than {}",
    "planned": "{} planned",
}


def _within(strength: pd.DataFrame, first_year: int, until: dt.date) -> pd.DataFrame:
    begun = strength["date"] <= until.isoformat()
    return strength[(strength["year"] >= first_year) & begun]


def _when(date: str) -> str:
    """Return 'on 30 June 2008', 'in June 2008' or 'in 2025'."""
    if len(date) == 4:
        return f"in {date}"
    return ("on " if len(date) > 7 else "in ") + spoken(date)


def middle(date: str) -> float:
    """Return where a day, the middle of a month, or of a year lies on an axis of years."""
    year, month, day = (int(part) for part in [*date.split("-"), "0", "0"][:3])
    if not month:
        return year + 0.5
    days = calendar.monthrange(year, month)[1]
    passed = (dt.date(year, month, 1) - dt.date(year, 1, 1)).days + (day - 0.5 if day else days / 2)
    return year + passed / (366 if calendar.isleap(year) else 365)


@measure
def beside_incidents(
    strength: pd.DataFrame, ledger: pd.DataFrame, first_year: int, until: dt.date
) -> pd.DataFrame:
    """Return reported strengths and yearly incidents where each mission serves, one row each.

    `ledger` is the table incidents. Columns mission, iso3, series ("strength" or
    "incidents"), date, at (position on an axis of years), value, kind (exact, rounded, upper
    bound, lower bound, planned; "counted" for incidents). Reports without a total are left out.
    """
    found = []
    reports = _within(strength, first_year, until)
    for _, report in reports[reports["strength_count"].notna()].iterrows():
        date, mission, value = str(report["date"]), str(report["mission"]), report["strength_count"]
        kind = str(report["count_kind"])
        found.append((mission, HOST[mission], "strength", date, middle(date), int(value), kind))
    for mission, host in HOST.items():
        here = counted(whole(ledger, first_year, until))
        for year, number in here.loc[here["iso3"] == host, "year"].value_counts().items():
            at = float(str(year)) + 0.5
            found.append((mission, host, "incidents", str(year), at, int(number), "counted"))
    names = ["mission", "iso3", "series", "date", "at", "value", "kind"]
    return pd.DataFrame(found, columns=names).sort_values(
        ["mission", "series", "at"], ascending=[False, False, True], ignore_index=True
    )


def _told(report: pd.Series) -> str:
    number = _QUALIFIED[report["count_kind"]].format(f"{report['strength_count']:,}")
    return f"{number} {_when(report['date'])}"


def _reports(strength: pd.DataFrame, mission: str, first: int, until: dt.date) -> pd.DataFrame:
    found = _within(strength, first, until)
    kept = (found["mission"] == mission) & found["strength_count"].notna()
    found = found[kept & (found["count_kind"] != "planned")]
    return found.assign(at=found["date"].map(middle)).sort_values("at", kind="stable")


@measure
def first_report(strength: pd.DataFrame, mission: str, first: int, until: dt.date) -> Words:
    """Return a mission's first strength in some years, as it was qualified and dated."""
    found = _reports(strength, mission, first, until).head(1)
    return words(_told(found.iloc[0]) if len(found) else "not on record", found)


@measure
def last_report(strength: pd.DataFrame, mission: str, first: int, until: dt.date) -> Words:
    """Return a mission's last strength in some years, as it was qualified and dated."""
    found = _reports(strength, mission, first, until).tail(1)
    return words(_told(found.iloc[0]) if len(found) else "not on record", found)


def _ranges(years: list[int]) -> str:
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in spans)


@measure
def years_without(strength: pd.DataFrame, mission: str, first: int, until: dt.date) -> Words:
    """Return the years without any strength of a mission (plans do not count), or 'none'."""
    found = _reports(strength, mission, first, until)
    missing = [y for y in range(first, until.year + 1) if y not in set(found["year"])]
    return words(_ranges(missing) or "none", found)


@measure
def one_source_count(strength: pd.DataFrame) -> Quantity:
    """Return how many reports of a mission's strength rest on one source."""
    found = strength[strength["single_source"].astype(bool)]
    return quantity(len(found), found)


@measure
def report_count(strength: pd.DataFrame) -> Quantity:
    """Return how many reports of strength, or of a change of it, there are."""
    return quantity(len(strength), strength)


@measure
def reports(strength: pd.DataFrame, first_year: int, until: dt.date) -> pd.DataFrame:
    """Return the reports for reading: mission, date, strength, kind, as reported, source, marks.

    Columns mission, date, strength_count, kind ("one source" added where a single one carries
    it), basis and source; by mission, oldest first.
    """
    found = _within(strength, first_year, until)
    single = found["single_source"].astype(bool).map({True: "; one source", False: ""})
    frame = pd.DataFrame(
        {
            "mission": found["mission"].map(MISSION),
            "date": found["date"],
            "strength_count": found["strength_count"],
            "kind": found["count_kind"].fillna("no number") + single,
            "basis": found["basis"],
            "source": found["source"],
        }
    )
    return frame.sort_values(["mission", "date"], ascending=[False, True], kind="stable")
