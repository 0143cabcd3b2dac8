"""Measures of revisions: what earlier releases of SIPRI said of the same years.

`vintages` is military_expenditure with every release known (`edition.load(…, vintages=True)`).
Releases differ in their base year, so they are compared in current US dollars.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.spending import full, short
from balkandefence.provenance import Quantity, Words, measure, quantity, words

_AMOUNT = "current_usd_millions"


@measure
def fan(vintages: pd.DataFrame, iso3: str, first: int, last: int) -> pd.DataFrame:
    """Return spending by release: release, year, value in million current US dollars."""
    rows = vintages[(vintages["iso3"] == iso3) & vintages["year"].between(first, last)]
    rows = rows[rows[_AMOUNT].notna() & rows["territory"].isna()]
    made = rows.rename(columns={_AMOUNT: "value"})[["release", "year", "value"]]
    return made.astype({"year": int}).sort_values(["release", "year"])


@measure
def revised(vintages: pd.DataFrame, codes: Sequence[str], first: int, last: int) -> pd.DataFrame:
    """Return how the newest release changed what the oldest said, largest change first.

    Columns: iso3, year, before, before_release, now, now_release, change_pct. A year with one
    release only has no row.
    """
    rows = vintages[vintages["iso3"].isin(list(codes)) & vintages["year"].between(first, last)]
    rows = rows[rows[_AMOUNT].notna()].sort_values("release")
    grouped = rows.groupby(["iso3", "year"])
    ends = pd.DataFrame(
        {
            "before": grouped[_AMOUNT].first(),
            "before_release": grouped["release"].first(),
            "now": grouped[_AMOUNT].last(),
            "now_release": grouped["release"].last(),
        }
    )
    made = ends[ends["before_release"] < ends["now_release"]].reset_index()
    made = made.astype({"year": int})
    made["change_pct"] = 100 * (made["now"] / made["before"] - 1)
    return made.sort_values("change_pct", key=lambda s: -s.abs()).reset_index(drop=True)


@measure
def largest(changes: pd.DataFrame, names: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """Return the largest of `revised` for a table, with country and releases in words."""
    made = changes.head(most).copy()
    made["country"] = made["iso3"].map(short(names))
    for column in ("before_release", "now_release"):
        made[column] = [f"{day:%B %Y}" for day in made[column]]
    return made


def _told(row: pd.Series) -> str:
    way = "up" if row["change_pct"] > 0 else "down"
    return (
        f"from {row['before']:,.0f} to {row['now']:,.0f} million dollars, "
        f"{way} {abs(row['change_pct']):.0f}%"
    )


@measure
def revision_story(changes: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say which year of a country changed most between releases, by `revised`."""
    own = changes[changes["iso3"] == iso3]
    name = full(names)[iso3]
    if own.empty:
        return words(f"Only one release covers {name}")
    top = own.iloc[0]
    if abs(top["change_pct"]) < 0.5:
        return words(f"SIPRI hardly changed what it first printed for {name}")
    return words(f"SIPRI changed {name}'s {top['year']} most, {_told(top)}")


@measure
def revised_elsewhere(changes: pd.DataFrame, names: pd.DataFrame, besides: str) -> Words:
    """Say which figure of the other countries changed most between releases, by `revised`."""
    others = changes[changes["iso3"] != besides]
    if others.empty:
        return words("Of the other countries only one release is known")
    top = others.iloc[0]
    name = full(names)[top["iso3"]]
    if abs(top["change_pct"]) < 0.5:
        return words("SIPRI hardly changed what it first printed for the other countries")
    return words(f"Of the other countries {name}'s {top['year']} changed most, {_told(top)}")


@measure
def large_share(changes: pd.DataFrame, percent: float = 5.0) -> Quantity:
    """Return the share of country-years whose figure moved by more than `percent`, in percent."""
    moved = changes["change_pct"].abs() > percent
    return quantity(100 * float(moved.mean()) if len(changes) else 0.0)


@measure
def releases(vintages: pd.DataFrame) -> Quantity:
    """Return the number of releases known."""
    return quantity(float(vintages["release"].nunique()))
