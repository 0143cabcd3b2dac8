"""The outlook: distance from accession, the Baltic range, costs and joint steps on small frames."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from balkandefence.measures import outlook, outlook_costs


def table(name: str, columns: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return a frame like a loaded table."""
    frame = pd.DataFrame(rows, columns=columns.split())
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    frame.attrs["tables"] = (name,)
    return frame


NAMES = table(
    "countries", "iso3 name short_name role",
    [
        ("SRB", "Serbia", "Serbia", "western_balkans"),
        ("ALB", "Albania", "Albania", "western_balkans"),
        ("MKD", "North Macedonia", "N. Macedonia", "western_balkans"),
        *((c, c, c, "comparator") for c in outlook.BALTIC),
    ],
)  # fmt: skip
MEMBERS = table(
    "memberships", "iso3 organisation status date_start known_from",
    [
        ("ALB", "NATO", "member", "2009-04-01", pd.Timestamp("2009-04-01")),
        ("SRB", "NATO", "IPAP agreed", "2015-01-15", pd.Timestamp("2015-01-15")),
    ],
)  # fmt: skip


def milex(*rows: tuple[str, int, float, float]) -> pd.DataFrame:
    """Return military expenditure of (country, year, amount, share of GDP)."""
    return table(
        "military_expenditure",
        "iso3 year current_usd_millions constant_usd_millions share_of_gdp_pct per_capita_usd "
        "sipri_estimate territory",
        [(c, y, a, a, s, a / 10, False, None) for c, y, a, s in rows],
    )


def nato(*rows: tuple[str, int, float]) -> pd.DataFrame:
    """Return NATO's table of (country, year, share of GDP)."""
    return table(
        "nato_defence_expenditure",
        "iso3 year share_of_gdp_real_pct equipment_share_pct military_personnel_thousands estimate",
        [(c, y, s, 20.0, 5.0, False) for c, y, s in rows],
    )


BALTIC = [(c, 2014, 100.0, s) for c, s in zip(outlook.BALTIC, (1.0, 2.0, 3.0), strict=True)]


def test_members_stand_beside_the_baltic_states():
    entry = outlook.entered(MEMBERS, ["SRB", "ALB"])
    assert list(entry["iso3"]) == ["ALB", *outlook.BALTIC]
    assert list(entry["joined"]) == [2009, 2004, 2004, 2004]


def test_without_a_member_nothing_is_compared_and_a_sentence_says_so():
    entry = outlook.entered(MEMBERS, ["SRB"])
    assert entry.empty
    assert "none is a member" in outlook.members_story(entry, NAMES, ["SRB"])


def test_a_member_is_set_beside_the_baltic_states_at_its_own_distance():
    spent = milex(*BALTIC, ("ALB", 2019, 50.0, 1.5))
    entry = outlook.entered(MEMBERS, ["ALB"])
    stood = outlook.standing(outlook.distance(spent, nato(), entry, 2025), NAMES).iloc[0]
    assert (stood["distance"], stood["own"], stood["low"], stood["mean"]) == (10, 1.5, 1.0, 2.0)
    assert stood["series"] == "SIPRI"


def test_nato_answers_where_sipri_lacks_the_baltic_states():
    counted = nato(("ALB", 2020, 1.3), *((c, 2014, 1.0) for c in outlook.BALTIC))
    entry = outlook.entered(MEMBERS, ["ALB"])
    found = outlook.distance(milex(("ALB", 2020, 50.0, 9.0)), counted, entry, 2025)
    assert set(found["series"]) == {"NATO"}
    stood = outlook.standing(found, NAMES)
    assert stood["mean"].isna().all()
    assert "no Baltic year to compare" in outlook.standing_story(stood)


def test_an_unchanged_share_and_a_path_start_together_and_end_at_the_goal():
    walked = outlook_costs.paths(milex(("ALB", 2025, 100.0, 1.0)), ["ALB"], 2025, 2.0, 2027, 0.0)
    assert list(walked["unchanged"]) == [100.0, 100.0, 100.0]
    assert list(walked["path"]) == [100.0, 150.0, 200.0]


@pytest.mark.parametrize(("growth", "extra"), [(0.0, 100.0), (10.0, 121.0)])
def test_the_extra_cost_grows_with_the_economy(growth, extra):
    priced = outlook_costs.costs(
        milex(("ALB", 2025, 100.0, 1.0)), NAMES, ["ALB"], 2025, {"target": 2.0}, 2027, growth
    )
    row = priced.iloc[0]
    assert row["extra"] == pytest.approx(extra)
    assert row["low"] < row["extra"] < row["high"]
    assert pd.isna(row["past_pct"])


def test_a_goal_that_is_met_costs_nothing():
    priced = outlook_costs.costs(
        milex(("ALB", 2025, 100.0, 3.0)), NAMES, ["ALB"], 2025, {"target": 2.0}, 2030, 3.0
    )
    assert priced.iloc[0][["extra", "low", "high", "total"]].tolist() == [0, 0, 0, 0]
    assert outlook_costs.cost_story(priced, "target") == "already there: Albania"
    assert "All countries chosen" in outlook_costs.cost_title(priced, NAMES, "target", 2030)


def test_a_country_without_figures_has_no_cost():
    assert outlook_costs.costs(milex(), NAMES, ["ALB"], 2025, {"target": 2.0}, 2030, 3.0).empty


def test_imbalance_needs_every_country_of_a_year():
    spent = milex(("SRB", 2010, 300.0, 2.0), ("ALB", 2010, 100.0, 1.0), ("SRB", 2011, 300.0, 2.0))
    found = outlook.imbalance(spent, ["SRB", "ALB"], "SRB", 2006, 2025)
    assert set(found["year"]) == {2010}
    assert dict(zip(found["kind"], found["value"], strict=True)) == {
        "money": 3.0, "share of GDP": 2.0, "money per head": 3.0,
    }  # fmt: skip


def test_only_small_groups_with_two_of_the_five_count_as_joint_steps():
    day = pd.Timestamp("2025-12-01")
    texts = table(
        "agreements", "title parties status known_from source",
        [
            ("pact", ("ALB", "XKX"), "signed", day, ("a",)),
            ("deal", ("ALB", "ITA"), "signed", day, ("a",)),
            ("summit", ("ALB", "XKX", "HRV", "MNE", "USA"), "signed", day, ("a",)),
        ],
    )  # fmt: skip
    held = table("exercises", "name participants status known_from source", [])
    split = dt.date(2025, 9, 30)
    steps = outlook_costs.joint_steps(texts, held, NAMES, dt.date(2025, 1, 1), split)
    assert list(steps["what"]) == ["pact"]
    assert "one joint step" in outlook_costs.joint_story(steps)


def test_a_start_that_differs_between_the_sources_is_named():
    priced = outlook_costs.costs(
        milex(("ALB", 2025, 100.0, 2.0)), NAMES, ["ALB"], 2025, {"target": 2.5}, 2030, 3.0
    )
    entry = outlook.entered(MEMBERS, ["ALB"])
    lines = outlook.beside(nato(("ALB", 2025, 1.5)), entry, 2014, 2025, "share_of_gdp_real_pct")
    assert "Albania 2.0% by SIPRI, 1.5% by NATO" in outlook_costs.two_starts(priced, lines, NAMES)
