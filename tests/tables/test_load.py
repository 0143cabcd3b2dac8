"""Every table in data/, by being there: it loads, keeps its rules, and never runs ahead."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pandas as pd
import pytest

from balkandefence import sources, tables

NAMES = tables.names()
DAYS = ["2024-12-31", "2025-09-30", None]
#: The order of a deal's life; a later day never sees it at an earlier step.
STEPS = ["announced", "approved", "ordered", "delivering", "delivered"]


@pytest.fixture(autouse=True)
def real_data(monkeypatch):
    """Read the real checkout."""
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)
    monkeypatch.delenv("BALKANDEFENCE_CHECKED", raising=False)


def test_there_are_tables():
    assert {"countries", "military_expenditure", "arms_deals", "incidents"} <= set(NAMES)


def test_every_table_keeps_every_rule():
    assert [str(problem) for problem in tables.check()] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_rows_and_the_columns_of_its_sidecar(name):
    described, frame = tables.sidecar(name), tables.load(name)

    assert len(frame) > 0
    declared = [column.name for column in described.columns]
    assert list(frame)[: len(declared)] == declared
    assert set(frame) - set(declared) == ({"geometry"} if described.format == "geojson" else set())


@pytest.mark.parametrize("name", NAMES)
def test_every_row_names_sources_that_exist(name):
    described, frame = tables.sidecar(name), tables.load(name)
    known = sources.load()

    assert {o.key for o in described.sources if o.key} <= set(known)
    if described.format == "csv":
        assert described.column("source").type == "keys"
        assert [line for line, keys in frame["source"].items() if not keys] == []
        assert {key for keys in frame["source"] for key in keys} <= set(known)


def test_a_name_means_the_same_quantity_in_every_table():
    units = defaultdict(lambda: defaultdict(list))
    for name in NAMES:
        for column in tables.sidecar(name).columns:
            units[column.name][column.unit].append(name)

    assert {name: dict(found) for name, found in units.items() if len(found) > 1} == {}


def test_a_name_means_the_same_kind_of_value_in_every_table():
    kinds = defaultdict(set)
    alike = {"partial-date": "date", "year": "date", "integer": "number", "keys": "list"}
    for name in NAMES:
        for column in tables.sidecar(name).columns:
            kinds[column.name].add(alike.get(column.type, column.type))

    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("ending", "word"),
    [("_usd_millions", "million US dollars"), ("_pct", "percent"), ("_tiv", "TIV")],
)
def test_a_unit_at_a_names_end_is_the_unit_declared(ending, word):
    columns = [c for name in NAMES for c in tables.sidecar(name).columns]
    ending_so = [c for c in columns if c.name.endswith(ending)]

    assert ending_so
    assert [(c.name, c.unit) for c in ending_so if word.lower() not in c.unit.lower()] == []


def by_key(name, as_of=None, **more):
    """Return a table as it was known, by its key and not by line: lines are those of the day."""
    key = list(tables.sidecar(name).table_schema.primaryKey)
    return tables.load(name, as_of, **more).set_index(key, drop=False)


@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.parametrize("name", NAMES)
def test_no_row_is_known_before_its_clock_and_none_is_more_than_today(name, as_of):
    described = tables.sidecar(name)
    today = by_key(name, vintages=True)
    for vintages in (False, True):
        then = by_key(name, as_of, vintages=vintages)

        assert set(then.index) <= set(today.index)
        assert list(then) == list(today)
        if described.clock.kind != "static":
            limit = pd.Timestamp(as_of or described.compiled)
            assert (then[described.clock.column].dropna() <= limit).all()
        if described.clock.kind == "release" and not vintages:
            by = list(described.clock.by)
            releases = (
                then.reset_index(drop=True).groupby(by)[described.clock.column] if by else None
            )
            count = releases.nunique().max() if releases is not None else then[
                described.clock.column
            ].nunique()  # fmt: skip
            assert pd.isna(count) or count <= 1


@pytest.mark.parametrize("name", NAMES)
def test_a_later_day_knows_every_fact_of_an_earlier_one(name):
    lines = [set(by_key(name, day, vintages=True).index) for day in DAYS]

    assert lines[0] <= lines[1] <= lines[2]


@pytest.mark.parametrize("name", [n for n in NAMES if tables.sidecar(n).clock.kind == "known_from"])
@pytest.mark.parametrize("as_of", DAYS[:2])
def test_a_cell_of_an_earlier_day_is_todays_or_empty(name, as_of):
    then, today = by_key(name, as_of), by_key(name)
    cleared = {field for late in tables.sidecar(name).clock.later for field in late.clear}
    ruled = {"status"} if tables.sidecar(name).clock.rule else set()
    keys = {c.name for c in tables.sidecar(name).columns if c.type == "keys"}  # tested with known
    for column in set(then) - ruled - keys:
        now = today.loc[then.index, column]
        same = [
            (pd.isna(a) and pd.isna(b)) if not isinstance(a, tuple) and pd.isna(a) else a == b
            for a, b in zip(then[column], now, strict=True)
        ]
        if column in cleared:
            empty = then[column].map(lambda v: v == () if isinstance(v, tuple) else pd.isna(v))
            same = [s or e for s, e in zip(same, empty, strict=True)]
        assert all(same), column


@pytest.mark.parametrize(
    ("as_of", "release", "current", "constant", "share"),
    [
        ("2024-12-31", "2024-04-30", 2135.7671, 1844.6083, 2.853246),
        ("2025-09-30", "2025-04-30", 1796.8794, 1796.8794, 2.208073),
        (None, "2026-04-27", 1796.1055, 1883.3802, 2.208037),
    ],
)
def test_serbias_figure_for_2023_is_that_of_the_release_then_out(
    as_of, release, current, constant, share
):
    frame = tables.load("military_expenditure", as_of)
    (row,) = frame[(frame["iso3"] == "SRB") & (frame["year"] == 2023)].to_dict("records")

    assert row["release"] == pd.Timestamp(release)
    assert row["current_usd_millions"] == pytest.approx(current, abs=1e-4)
    assert row["constant_usd_millions"] == pytest.approx(constant, abs=1e-4)
    assert row["share_of_gdp_pct"] == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("as_of", ["2016-06-30", "2020-01-01", *DAYS])
def test_a_deal_has_a_status_that_the_sidecar_knows_on_every_day(as_of):
    allowed = tables.sidecar("arms_deals").column("status").constraints.enum

    statuses = set(tables.load("arms_deals", as_of)["status"])

    assert statuses
    assert statuses <= set(allowed)


def test_deals_are_at_an_earlier_step_on_an_earlier_day():
    first, second, today = (tables.load("arms_deals", d).set_index("deal_id") for d in DAYS)

    moved = 0
    for then, later in ((first, second), (second, today), (first, today)):
        for deal in then.index:
            before, after = then.at[deal, "status"], later.at[deal, "status"]
            if before in STEPS and after in STEPS:
                assert STEPS.index(before) <= STEPS.index(after), deal
                moved += before != after
    assert moved > 0


def test_a_deals_status_of_today_is_that_of_the_file():
    frame = by_key("arms_deals")
    dated = frame[frame["status_known_from"] <= pd.Timestamp("2024-12-31")].index

    then = by_key("arms_deals", dt.date(2024, 12, 31))

    assert len(dated) > 0
    assert then.loc[dated, "status"].tolist() == frame.loc[dated, "status"].tolist()
