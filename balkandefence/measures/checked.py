"""Measures of the back-test: figures that others printed beside the ones that this book computes.

`published` is the table published_figures. Ours come from the newest release known on the
edition's day, so a difference may be a revision made since the figure was printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from balkandefence.measures.spending import full, known
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: What ours can be: within the rounding of what was printed, or how far off, in percent.
VERDICTS = ("as printed", "within 2%", "within 10%", "further off")

#: The ways of recomputing, in the families under which they are shown.
FAMILY = {
    "sipri_share": "Spending, SIPRI's count",
    "sipri_current": "Spending, SIPRI's count",
    "sipri_local": "Spending, SIPRI's count",
    "sipri_growth": "Spending, SIPRI's count",
    "nato_share": "Spending, NATO's count",
    "nato_current": "Spending, NATO's count",
    "nato_local": "Spending, NATO's count",
    "nato_equipment": "Spending, NATO's count",
    "nato_personnel": "Spending, NATO's count",
    "arms_volume": "Arms received",
    "arms_share": "Arms received",
    "cfsp_rate": "Alignment",
    "ledger_exercises": "Exercises",
}

_SIPRI = {
    "sipri_share": "share_of_gdp_pct",
    "sipri_current": "current_usd_millions",
    "sipri_local": "local_currency_millions",
}
_NATO = {
    "nato_share": "share_of_gdp_real_pct",
    "nato_current": "nato_current_usd_millions",
    "nato_local": "nato_local_currency_millions",
    "nato_equipment": "equipment_share_pct",
    "nato_personnel": "personnel_share_pct",
}


@dataclass(frozen=True)
class Asked:
    """Which figure is wanted: country, years, and a supplier or part of a year."""

    iso3: str
    first: int
    last: int
    of: str


def _one(rows: pd.DataFrame, column: str) -> float:
    found = rows[column].dropna()
    return float(found.iloc[0]) if len(found) == 1 else float("nan")


def _sipri(milex: pd.DataFrame, column: str, asked: Asked) -> float:
    return _one(known(milex, [asked.iso3], asked.last, asked.last, column), column)


def _growth(milex: pd.DataFrame, asked: Asked) -> float:
    column = "constant_usd_millions"
    rows = known(milex, [asked.iso3], asked.last - 1, asked.last, column).sort_values("year")
    values = rows[column].tolist()
    return 100 * (values[1] / values[0] - 1) if len(values) == 2 else float("nan")


def _nato(nato: pd.DataFrame, column: str, asked: Asked) -> float:
    return _one(nato[(nato["iso3"] == asked.iso3) & (nato["year"] == asked.last)], column)


def _volume(totals: pd.DataFrame, asked: Asked, supplier: str) -> float:
    rows = totals[totals["method"].eq("register_derived")]
    if rows.empty:
        return float("nan")
    rows = rows[rows["recipient_iso3"].eq(asked.iso3)]
    rows = rows[rows["year"].between(asked.first, asked.last)]
    if supplier != "ALL":
        rows = rows[rows["supplier_iso3"] == supplier]
    return float(rows["derived_tiv"].sum())


def _arms_share(totals: pd.DataFrame, asked: Asked) -> float:
    whole = _volume(totals, asked, "ALL")
    return 100 * _volume(totals, asked, asked.of) / whole if whole else float("nan")


def _rate(cfsp: pd.DataFrame, asked: Asked) -> float:
    rows = cfsp[(cfsp["iso3"] == asked.iso3) & (cfsp["year"] == asked.last)]
    rows = rows[rows["period"].eq(asked.of)]
    rows = rows.dropna(subset=["declarations_aligned_count", "declarations_count"])
    if len(rows) != 1:
        return float("nan")
    row = rows.iloc[0]
    return float(100 * row["declarations_aligned_count"] / row["declarations_count"])


def _exercises(held: pd.DataFrame, asked: Asked) -> float:
    rows = held[held["status"].eq("held") & held["date_start"].str[:4].eq(str(asked.last))]
    joined = rows["participants"].map(
        lambda who: isinstance(who, tuple) and asked.iso3 in who and len(who) > 1
    )
    return float(joined.sum())


def recomputed(
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    totals: pd.DataFrame,
    cfsp: pd.DataFrame,
    held: pd.DataFrame,
) -> dict[str, Callable[[Asked], float]]:
    """Return each way of recomputing by its name in published_figures."""

    def sipri(column: str) -> Callable[[Asked], float]:
        return lambda asked: _sipri(milex, column, asked)

    def members(column: str) -> Callable[[Asked], float]:
        return lambda asked: _nato(nato, column, asked)

    return {
        **{name: sipri(column) for name, column in _SIPRI.items()},
        **{name: members(column) for name, column in _NATO.items()},
        "sipri_growth": lambda asked: _growth(milex, asked),
        "arms_volume": lambda asked: _volume(totals, asked, asked.of),
        "arms_share": lambda asked: _arms_share(totals, asked),
        "cfsp_rate": lambda asked: _rate(cfsp, asked),
        "ledger_exercises": lambda asked: _exercises(held, asked),
    }


def verdict(theirs: float, ours: float, rounding: float) -> str:
    """Return how far ours is off: within half the step of rounding, 2%, 10%, or further."""
    if abs(ours - theirs) <= rounding / 2 + 1e-9:
        return VERDICTS[0]
    off = abs(ours / theirs - 1) if theirs else float("inf")
    return VERDICTS[1] if off <= 0.02 else VERDICTS[2] if off <= 0.1 else VERDICTS[3]


def _then(releases: dict[str, pd.DataFrame], way: str, asked: Asked, day: pd.Timestamp) -> float:
    """Return ours from the newest release that our tables hold of the day; unknown if none."""
    table = releases.get(way.partition("_")[0])
    if table is None or pd.isna(day):
        return float("nan")
    rows = table[table["release"] <= day]
    rows = rows[rows["release"] == rows["release"].max()]
    if way == "sipri_growth":
        return _growth(rows, asked)
    column = _SIPRI.get(way) or _NATO[way]
    return _sipri(rows, column, asked) if way in _SIPRI else _nato(rows, column, asked)


@measure
def compared(
    published: pd.DataFrame,
    names: pd.DataFrame,
    milex: pd.DataFrame,
    nato: pd.DataFrame,
    totals: pd.DataFrame,
    cfsp: pd.DataFrame,
    held: pd.DataFrame,
    milex_releases: pd.DataFrame,
    nato_releases: pd.DataFrame,
) -> pd.DataFrame:
    """Return each printed figure beside ours, largest difference first within a family.

    Columns: figure_id, family, country, iso3, what, publisher, theirs, ours, then (ours from the
    newest release of SIPRI's spending or NATO's on the day of the figure), unit, ratio (ours over
    theirs), verdict, verdict_then, reason (where ours is not as printed), source. A figure that
    our tables could not answer on the edition's day is left out.
    """
    releases = {"sipri": milex_releases, "nato": nato_releases}
    calls, ways, found = full(names), recomputed(milex, nato, totals, cfsp, held), []
    for _, row in published.iterrows():
        first, last = int(row["first_year"]), int(row["last_year"])
        of = "" if pd.isna(row["recomputed_of"]) else str(row["recomputed_of"])
        asked, way = Asked(row["iso3"], first, last, of), row["recomputed_by"]
        ours, then = ways[way](asked), _then(releases, way, asked, row["known_from"])
        if np.isnan(ours):
            continue
        theirs, years = float(row["value"]), str(last) if first == last else f"{first}–{last}"
        said = verdict(theirs, ours, float(row["rounding"]))
        known_reason = "" if pd.isna(row["note"]) else str(row["note"])
        found.append(
            {
                "figure_id": row["figure_id"],
                "family": FAMILY[row["recomputed_by"]],
                "country": calls[row["iso3"]],
                "iso3": row["iso3"],
                "what": f"{calls[row['iso3']]}: {row['what']}, {years}",
                "publisher": row["publisher"],
                "theirs": theirs,
                "ours": ours,
                "then": then,
                "unit": row["unit"],
                "ratio": ours / theirs,
                "verdict": said,
                "verdict_then": ""
                if np.isnan(then)
                else verdict(theirs, then, float(row["rounding"])),
                "reason": "" if said == VERDICTS[0] else known_reason or "Not known",
                "source": row["source"],
            }
        )
    made = pd.DataFrame(found)
    order = made["family"].map({name: i for i, name in enumerate(dict.fromkeys(FAMILY.values()))})
    off = (made["ratio"] - 1).abs()
    made = made.assign(order=order, off=-off).sort_values(["order", "off", "figure_id"])
    return made.drop(columns=["order", "off"]).reset_index(drop=True)


@measure
def count(made: pd.DataFrame, verdicts: tuple[str, ...] = VERDICTS) -> Quantity:
    """Return how many comparisons ended with one of the verdicts."""
    return quantity(float(made["verdict"].isin(verdicts).sum()))


@measure
def then_story(made: pd.DataFrame) -> Words:
    """Say how many figures agree with the release that was the newest when they were printed."""
    asked = made[made["verdict_then"] != ""]
    if asked.empty:
        return words("Our tables hold no release of the days on which the figures were printed")
    same = int((asked["verdict_then"] == VERDICTS[0]).sum())
    near = int(asked["verdict_then"].isin(VERDICTS[:2]).sum())
    return words(
        f"{len(asked)} figures can be asked of the release that was the newest in our tables when "
        f"they were printed; of these {same} are as printed and {near} within two percent"
    )


@measure
def left_out(made: pd.DataFrame, published: pd.DataFrame) -> Words:
    """Say how many printed figures could not be answered on the edition's day."""
    missing = len(published) - len(made)
    if not missing:
        return words("Our tables could answer every figure")
    return words(f"Our tables could not answer {missing} further figures on the edition's day")


@measure
def families(made: pd.DataFrame) -> pd.DataFrame:
    """Return counts by family: family, count, and one column a verdict."""
    wide = made.groupby(["family", "verdict"], sort=False).size().unstack(fill_value=0)
    wide = wide.reindex(columns=list(VERDICTS), fill_value=0)
    wide.insert(0, "count", wide.sum(axis=1))
    wide.columns = ["count", *("printed", "two", "ten", "further")]
    return wide.rename_axis("family").reset_index()


@measure
def furthest(made: pd.DataFrame, most: int = 3) -> Words:
    """Name the comparisons that are furthest off."""
    far = made[made["verdict"] == VERDICTS[3]]
    far = far.assign(off=np.log(far["ratio"].clip(lower=0.01)).abs())
    far = far.sort_values(["off", "figure_id"], ascending=[False, True]).head(most)
    if far.empty:
        return words("no figure is more than a tenth off")
    told = [f"{row['what']} ({row['ratio']:.2f} times theirs)" for _, row in far.iterrows()]
    return words(listed(told))


@measure
def title(made: pd.DataFrame) -> Words:
    """Say in a title how many of the printed figures ours meet."""
    near = int(made["verdict"].isin(VERDICTS[:3]).sum())
    return words(f"{near} of {len(made)} printed figures lie within a tenth of ours")
