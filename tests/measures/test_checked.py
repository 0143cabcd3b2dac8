"""Printed figures beside ours: verdicts by tolerance, ways of recomputing, the real table."""

from __future__ import annotations

import pandas as pd
import pytest

from balkandefence import tables
from balkandefence.measures import checked

TABLES = (
    "countries", "military_expenditure", "nato_defence_expenditure", "arms_transfer_totals",
    "cfsp_alignment", "exercises",
)  # fmt: skip


def real(as_of: str | None = None) -> pd.DataFrame:
    """Return all comparisons as of a day."""
    day = as_of or "2026-11-21"
    releases = [tables.load(name, day, vintages=True) for name in TABLES[1:3]]
    loaded = [tables.load(name, day) for name in TABLES]
    return checked.compared(tables.load("published_figures", day), *loaded, *releases)


@pytest.mark.parametrize(
    ("theirs", "ours", "rounding", "said"),
    [
        (2.0, 2.04, 0.1, "as printed"),
        (2.0, 2.05, 0.1, "as printed"),
        (100.0, 101.9, 1.0, "within 2%"),
        (100.0, 91.0, 1.0, "within 10%"),
        (100.0, 89.0, 1.0, "further off"),
        (0.0, 3.0, 1.0, "further off"),
    ],
)
def test_a_verdict_follows_from_rounding_and_distance(theirs, ours, rounding, said):
    assert checked.verdict(theirs, ours, rounding) == said


def test_at_least_twenty_five_figures_are_compared_and_misses_are_kept():
    made = real()
    assert len(made) == 74
    assert checked.count(made) == 74
    assert set(made["verdict"]) == set(checked.VERDICTS)
    assert made.loc[made["verdict"] != checked.VERDICTS[0], "reason"].str.len().gt(0).all()


def test_natos_figures_of_june_2024_are_met_by_natos_edition_of_june_2024():
    made = real("2025-09-30").set_index("figure_id")
    rows = made[made.index.str.startswith("nato-june-2024")]
    assert len(rows) == 7
    assert set(rows["verdict"]) == {"as printed"}
    assert set(rows["verdict_then"]) == {"as printed"}


def test_the_edition_of_2026_misses_albania_by_a_third_and_says_why():
    row = real().set_index("figure_id").loc["nato-june-2024-alb"]
    assert (row["theirs"], row["ours"], row["verdict"]) == (2.03, 1.35, "further off")
    assert row["then"] == pytest.approx(2.0295)
    assert "core defence" in row["reason"]


def test_what_was_not_known_is_left_out():
    made, published = real("2025-09-30"), tables.load("published_figures", "2025-09-30")
    assert not made["family"].eq("Arms received").any()
    assert f"{len(published) - len(made)} further" in checked.left_out(made, published)


def test_the_families_add_up():
    made = real()
    counts = checked.families(made)
    assert counts["count"].sum() == len(made)
    assert (counts[["printed", "two", "ten", "further"]].sum(axis=1) == counts["count"]).all()


def test_rate_of_alignment_is_counted_from_its_declarations():
    row = real().set_index("figure_id").loc["cfsp-2019"]
    assert row["ours"] == pytest.approx(100 * 52 / 91)
