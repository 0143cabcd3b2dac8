"""Measures of harm in the incident ledger: the killed, the injured, and what UCDP counts instead.

`rows` is always the frame of `incidents.selection`. An empty cell is unknown or none reported,
never zero; a sum is one of the filled cells alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.incidents import (
    ATTRIBUTION,
    CATEGORY,
    OPEN,
    counted,
    left_out,
    spoken,
)
from balkandefence.measures.incidents_views import named
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The four groups of the ledger, in plain words.
GROUP = {
    "security": "police, soldiers, guards of the six",
    "international": "KFOR, EULEX and UN personnel",
    "attackers": "armed attackers or suspects",
    "civilians": "civilians",
}


def _killed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["killed_total_count"].notna()]


@measure
def deaths(rows: pd.DataFrame) -> Quantity:
    """Return the killed in counted rows: the sum of the filled cells, so those on record."""
    found = _killed(counted(rows))
    return quantity(int(found["killed_total_count"].sum()), found)


@measure
def deaths_left_out(rows: pd.DataFrame) -> Quantity:
    """Return the killed in rows left out of headline counts, the sum of the filled cells."""
    found = _killed(left_out(rows))
    return quantity(int(found["killed_total_count"].sum()), found)


@measure
def deadly_count(rows: pd.DataFrame) -> Quantity:
    """Return in how many counted rows at least one death is on record."""
    found = _killed(counted(rows))
    return quantity(len(found), found)


@measure
def deaths_by_group(rows: pd.DataFrame) -> Words:
    """Return the killed in counted rows by group, in words; a group without any is so named."""
    found = _killed(counted(rows))
    sums = {name: found[f"killed_{group}_count"].sum() for group, name in GROUP.items()}
    some = [f"{number} {name}" for name, number in sums.items() if number]
    none = [name for name, number in sums.items() if not number]
    told = ([listed(some)] if some else []) + ([f"none on record: {listed(none)}"] if none else [])
    return words("; ".join(told), found)


@measure
def deadliest(rows: pd.DataFrame) -> Words:
    """Return place, month and number of the counted row with most killed, or 'none'."""
    found = _killed(counted(rows))
    if found.empty:
        return words("none", found)
    row = found.loc[[found["killed_total_count"].astype(int).idxmax()]]
    number = row["killed_total_count"].iloc[0]
    where, when = named(row["location"].iloc[0]), spoken(row["date_start"].iloc[0][:7])
    return words(f"{where} in {when} ({number})", row)


@measure
def last_killing(rows: pd.DataFrame) -> Words:
    """Return the month of the last counted row with a death on record, or 'none'."""
    found = _killed(counted(rows)).sort_values("date_start").tail(1)
    return words(spoken(found["date_start"].iloc[0][:7]) if len(found) else "none", found)


@measure
def most_in_a_year(rows: pd.DataFrame) -> Quantity:
    """Return the most killed on record in any one country in any one year, all rows included."""
    found = _killed(rows)
    sums = found.groupby(["iso3", "year"])["killed_total_count"].sum()
    return quantity(int(sums.max()) if len(sums) else 0, found)


@measure
def killed_by_year(rows: pd.DataFrame, until: dt.date, begins: int) -> pd.DataFrame:
    """Return the killed a year by group, from `begins` to `until`'s year.

    Columns year, then one a group (counted rows), then left_out_count (all groups, marked rows).
    A cell is missing where no death is on record: unknown or none, which the ledger cannot tell
    apart.
    """
    frame = pd.DataFrame({"year": range(begins, until.year + 1)})
    columns = {f"{g}_count": (f"killed_{g}_count", counted(rows)) for g in GROUP}
    columns["left_out_count"] = ("killed_total_count", left_out(rows))
    for name, (column, found) in columns.items():
        sums = found.groupby("year")[column].sum(min_count=1)
        frame[name] = frame["year"].map(sums).astype("Int64")
    return frame


def _by_group(row: pd.Series) -> str:
    """Return 'police 8, attackers 10' of a row's filled cells."""
    short = {"security": "police or soldiers", "international": "KFOR, EULEX, UN"}
    parts = ((short.get(g, g), row[f"killed_{g}_count"]) for g in GROUP)
    return "; ".join(f"{name} {number}" for name, number in parts if pd.notna(number))


@measure
def deadly(rows: pd.DataFrame, countries: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with deaths on record for reading, most killed first.

    `countries` is the table countries. Columns date, title (with the country), killed (by group),
    attribution (and whether contested; "not counted" where marked) and source.
    """
    found = _killed(rows)
    country = found["iso3"].map(countries.set_index("iso3")["short_name"])
    status = found["attribution_status"].map(ATTRIBUTION).fillna(OPEN)
    contested = found["contested"].astype(bool).map({True: "; contested", False: ""})
    mark = found["counted"].map({True: "", False: "; not counted: "})
    frame = pd.DataFrame(
        {
            "date": found["date_start"],
            "title": country + ": " + found["title"],
            "killed": [_by_group(row) for _, row in found.iterrows()],
            "attribution": status + contested + mark + found["mark"],
            "source": found["source"],
            "order": -found["killed_total_count"].astype(int),
        }
    )
    return frame.sort_values(["order", "date"]).drop(columns="order")


@measure
def injured_ranges(rows: pd.DataFrame, most: int = 14) -> pd.DataFrame:
    """Return the injured of counted rows whose sources differ, widest disagreement first.

    One row a group of an incident: label, month, group, low_count, preferred_count, high_count,
    ratio of high to low. At most `most` rows, the largest ratios.
    """
    found = []
    for _, row in counted(rows).iterrows():
        for group in ("security", "international", "civilians"):
            low, high = (row[f"injured_{group}_{end}_count"] for end in ("low", "high"))
            if pd.notna(low) and pd.notna(high) and high > low:
                name = named(row["location"])
                month = row["date_start"][:7]
                preferred = int(row[f"injured_{group}_count"])
                found.append((name, month, group, int(low), preferred, int(high), high / low))
    names = ["label", "month", "group", "low_count", "preferred_count", "high_count", "ratio"]
    frame = pd.DataFrame(found, columns=names).sort_values(
        ["ratio", "high_count", "label"], ascending=[False, False, True], ignore_index=True
    )
    frame["group"] = frame["group"].map(
        {"security": "police", "international": "KFOR or UN", "civilians": "civilians"}
    )
    return frame.head(most)


@measure
def widest_range(found: pd.DataFrame) -> Words:
    """Return the widest disagreement of `injured_ranges`, as '12 times', or 'none'."""
    return words(f"{found['ratio'].iloc[0]:.0f} times" if len(found) else "none")


def _ucdp_sum(ucdp: pd.DataFrame, countries: Sequence[str]) -> pd.Series:
    rows = ucdp[ucdp["iso3"].isin(list(countries))]
    return rows.groupby("year")["deaths_total_best_count"].sum(min_count=1)


@measure
def beside_ucdp(
    rows: pd.DataFrame, ucdp: pd.DataFrame, countries: Sequence[str], until: dt.date, begins: int
) -> pd.DataFrame:
    """Return deaths a year in UCDP and in the ledger, for the same countries.

    `ucdp` is the table conflict_deaths. Columns year, ucdp_count (best estimate, all organised
    violence) and ledger_count (counted rows). The years run from UCDP's first, or from `begins`
    where no release was known; missing where a file has no row or no death on record.
    """
    best = _ucdp_sum(ucdp, countries)
    first = min([begins, *best.index.astype(int)])
    frame = pd.DataFrame({"year": range(first, until.year + 1)})
    found = counted(rows).groupby("year")["killed_total_count"].sum(min_count=1)
    frame["ucdp_count"] = frame["year"].map(best).astype("Int64")
    frame["ledger_count"] = frame["year"].map(found).astype("Int64")
    return frame


@measure
def ucdp_deaths(ucdp: pd.DataFrame, countries: Sequence[str], begins: int, until: dt.date) -> Words:
    """Return UCDP's best estimate of deaths since `begins` in words: 'no death', '3 deaths'."""
    wanted = ucdp["iso3"].isin(list(countries)) & ucdp["year"].between(begins, until.year)
    found = ucdp[wanted]
    total = int(found["deaths_total_best_count"].sum())
    told = f"{total:,} deaths" if total else "no death"
    return words(told if len(found) else "no figure, since no release was out", found)


@measure
def ucdp_last_deadly(ucdp: pd.DataFrame) -> Words:
    """Return the last year in which UCDP's best estimate for any of the six is above zero."""
    found = ucdp[ucdp["deaths_total_best_count"] > 0]
    found = found[found["year"] == found["year"].max()]
    return words(str(found["year"].iloc[0]) if len(found) else "no year on file", found)


@measure
def ucdp_last_year(ucdp: pd.DataFrame) -> Words:
    """Return the last year that UCDP's release covers, or that there was none."""
    found = ucdp[ucdp["year"] == ucdp["year"].max()]
    return words(str(found["year"].iloc[0]) if len(found) else "no year yet", found)


@measure
def deaths_within_ucdp(rows: pd.DataFrame, ucdp: pd.DataFrame) -> Quantity:
    """Return the killed in counted rows of country-years that UCDP's release covers."""
    covered = pd.MultiIndex.from_frame(ucdp[["iso3", "year"]].astype({"year": int}))
    found = _killed(counted(rows))
    found = found[pd.MultiIndex.from_frame(found[["iso3", "year"]]).isin(covered)]
    return quantity(int(found["killed_total_count"].sum()), found)


def _row(ledger: pd.DataFrame, incident_id: str) -> pd.DataFrame:
    found = ledger[ledger["incident_id"] == incident_id]
    if len(found) != 1:
        raise ValueError(f"the ledger has no incident {incident_id}")
    return found


@measure
def case_number(ledger: pd.DataFrame, incident_id: str, column: str) -> Quantity:
    """Return one number of one incident, by its id and the ledger's column."""
    row = _row(ledger, incident_id)
    value = row[column].iloc[0]
    return quantity(float("nan") if pd.isna(value) else int(value), row)


@measure
def case_date(ledger: pd.DataFrame, incident_id: str) -> Words:
    """Return the day (or month) on which an incident began, in words."""
    row = _row(ledger, incident_id)
    return words(spoken(row["date_start"].iloc[0]), row)


@measure
def case_spread(ledger: pd.DataFrame, incident_id: str, group: str) -> Words:
    """Return the lowest and highest count of one group's injured, as '25 to 93'."""
    row = _row(ledger, incident_id)
    ends = [row[f"injured_{group}_{end}_count"].iloc[0] for end in ("low", "high")]
    told = " to ".join(str(end) for end in ends if pd.notna(end))
    return words(told or "no range on record", row)


@measure
def thread_count(ledger: pd.DataFrame, topic: str) -> Quantity:
    """Return how many rows of the ledger a topic of its column tags links."""
    found = ledger[ledger["tags"].map(lambda tags: topic in tags)]
    return quantity(len(found), found)


@measure
def cases(ledger: pd.DataFrame, incident_ids: Sequence[str]) -> pd.DataFrame:
    """Return incidents side by side: one row a question, one column an incident's id.

    Every cell is the ledger's own: dates, counts with their range, who counted, who names whom,
    the positions, the reply, the latest outcome, and how many pages and publishers it rests on.
    """
    told = {}
    for incident_id in incident_ids:
        row = _row(ledger, incident_id).iloc[0]
        told[incident_id] = {
            "When": spoken(row["date_start"]),
            "Where": row["location"],
            "Kind": CATEGORY[row["category"]],
            "Killed": _counts(row, "killed"),
            "Injured": _counts(row, "injured"),
            "Where the counts differ": row["casualty_note"],
            "Who names whom": row["attribution_detail"],
            "The positions": row["disputed_note"],
            "Reply of the accused side": row["reply"],
            "Latest outcome found": row["outcome"],
            "Sources": f"{row['sources_count']} pages, {row['publishers_count']} publishers",
        }
    return pd.DataFrame(told).rename_axis("question").reset_index()


def _counts(row: pd.Series, harm: str) -> str:
    """Return an incident's counts by group, each with its range, or that none is on record."""
    parts = []
    for group, name in GROUP.items():
        value = row.get(f"{harm}_{group}_count")
        if value is None or pd.isna(value):
            continue
        low, high = (row.get(f"{harm}_{group}_{end}_count") for end in ("low", "high"))
        spread = "" if low is None or pd.isna(low) else f" ({low} to {high})"
        parts.append(f"{name}: {value}{spread}")
    return "; ".join(parts) or "none on record"
