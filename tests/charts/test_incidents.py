"""Charts of incidents, on the real ledger and on tiny selections."""

from __future__ import annotations

import datetime as dt
import sys
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from balkandefence import editions, style, tables
from balkandefence.charts import incidents as charts
from balkandefence.charts import incidents_harm as harm
from balkandefence.charts import incidents_map
from balkandefence.measures import incidents as m
from balkandefence.measures import incidents_harm, incidents_missions
from balkandefence.measures import incidents_views as views

NAMES = {"SRB": "Serbia", "ALB": "Albania", "BIH": "Bosnia & Herz.", "XKX": "Kosovo",
         "MNE": "Montenegro", "MKD": "N. Macedonia"}  # fmt: skip
EDITIONS: dict[str, dict[str, Any]] = {
    "current": {},
    "past": {"as_of": "2025-09-30", "last_year": 2024},
    "before-ucdp": {"as_of": "2024-04-30", "last_year": 2023},
    "two": {"countries": ["XKX", "ALB"], "highlight": "ALB"},
    "tiny": {
        "countries": ["MNE", "MKD"], "highlight": "MNE", "first_year": 2023, "last_year": 2025,
    },
}  # fmt: skip
Drawing = tuple[Callable[..., Figure], pd.DataFrame, dict[str, Any]]


@cache
def drawings(edition: str) -> dict[str, Drawing]:
    """Return every chart of the chapter with its frame and options, for an edition."""
    e = editions.load(changes=EDITIONS[edition])
    ledger, until = e.load("incidents"), m.last_day(e.last_year, e.as_of)
    begins = int(m.first_shown(ledger, e.first_year))
    rows = m.selection(ledger, e.countries, e.first_year, until)
    ucdp, strength = e.load("conflict_deaths"), e.load("mission_strength")
    when: dict[str, Any] = {"names": NAMES, "until": until}
    found: dict[str, Drawing] = {
        "coverage": (charts.coverage, views.by_year(rows, until, begins),
                     {"until": until, "half": int(m.half_since(rows))}),
        "map": (incidents_map.places, views.places(rows),
                {"names": NAMES, "base": e.load("boundaries")}),
        "timeline": (charts.timeline, views.moments(rows), {**when, "by": "iso3"}),
        "by-kind": (charts.timeline, views.moments(rows), {**when, "by": "category"}),
        "threads": (charts.timeline, views.threads(rows), {**when, "by": "topic"}),
        "kinds": (charts.kinds, views.kinds(rows, e.countries), {"names": NAMES}),
        "authors": (charts.authors, views.authors(rows), {}),
        "killed": (harm.killed, incidents_harm.killed_by_year(rows, until, begins),
                   {"until": until}),
        "injured": (harm.injured, incidents_harm.injured_ranges(rows), {}),
        "ucdp": (harm.ucdp, incidents_harm.beside_ucdp(rows, ucdp, e.countries, until, begins),
                 {"until": until, "begins": begins}),
        "missions": (harm.missions,
                     incidents_missions.beside_incidents(strength, ledger, begins, until),
                     {"names": NAMES, "first": begins, "until": until}),
    }  # fmt: skip
    return {name: drawing for name, drawing in found.items() if len(drawing[1])}


CHARTS = [
    "coverage", "map", "timeline", "by-kind", "threads", "kinds", "authors", "killed", "injured",
    "ucdp", "missions",
]  # fmt: skip
#: The editions that `make test` draws; the long tests draw the others too.
SOON = ("current", "tiny")
ALL = [
    pytest.param(edition, name, marks=[] if edition in SOON else pytest.mark.long)
    for edition in EDITIONS
    for name in CHARTS
]


def describe(chart: Callable[..., Figure], frame: pd.DataFrame, options: dict[str, Any]) -> str:
    function = getattr(sys.modules[chart.__module__], f"describe_{chart.__name__}")
    return str(function(frame, **options))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(("edition", "name"), ALL)
def test_a_chart_draws_wide_and_narrow_without_a_warning(
    edition: str, name: str, narrow: bool
) -> None:
    if name not in drawings(edition):
        pytest.skip("nothing to draw in this edition")
    chart, frame, options = drawings(edition)[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = chart(frame, title="A title with its message", narrow=narrow, **options)
        figure.draw_without_rendering()
    sizes = [t.get_fontsize() for t in figure.findobj(lambda a: hasattr(a, "get_fontsize"))]
    assert min(sizes) >= 8.5
    assert len(describe(chart, frame, options).split()) >= 8


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("coverage", "No row was found for 2009"),
        ("map", "line between Serbia and Kosovo dashed"),
        ("timeline", "Montenegro 8 counted and 0 marked"),
        ("kinds", "Bosnia & Herz. 11"),
        ("authors", "nobody is named 9, 0 of them contested"),
        ("killed", "2015: 11"),
        ("injured", "Zvečan, May 2023: KFOR or UN 25 to 93, preferred 93"),
        ("ucdp", "the last above zero in 2001"),
        ("missions", "2011-02-16 5,000 (planned)"),
    ],
)
def test_the_text_alternative_tells_the_numbers(name: str, told: str) -> None:
    assert told in describe(*drawings("current")[name])


def test_without_a_ucdp_release_the_chart_and_its_words_say_so() -> None:
    chart, frame, options = drawings("before-ucdp")["ucdp"]
    assert "UCDP had no release yet" in describe(chart, frame, options)
    figure = chart(frame, title="A title", **options)
    assert any("no release" in t.get_text() for t in figure.axes[0].texts)


def test_a_file_without_any_death_is_zero_to_its_last_year() -> None:
    frame = pd.DataFrame({"year": [2019, 2020], "ucdp_count": [0, 0], "ledger_count": [1, None]})
    told = harm.describe_ucdp(frame.astype("Int64"), until=dt.date(2020, 12, 31), begins=2019)
    assert "zero in every year to 2020" in told


def test_the_projection_keeps_angles_and_scale_over_the_six() -> None:
    for longitude, latitude in ((15.7, 44.9), (19.3, 43.0), (22.9, 42.2), (20.0, 39.7)):
        step = 1e-4
        origin, east, north = incidents_map.project(
            [longitude, longitude + step, longitude], [latitude, latitude, latitude + step]
        )
        degree = np.radians(step) * 6371.0
        across = np.hypot(*(east - origin)) / (degree * np.cos(np.radians(latitude)))
        up = np.hypot(*(north - origin)) / degree
        assert across == pytest.approx(up, rel=1e-4)  # conformal
        assert up == pytest.approx(1, abs=2e-3)  # true to scale
    assert incidents_map.project(19.3, 43.0) == pytest.approx([0, 0])


def test_the_map_fills_the_six_alike_and_dashes_one_line() -> None:
    chart, frame, options = drawings("current")["map"]
    axes = chart(frame, title="A title", **options).axes[0]
    base = tables.load("boundaries")
    kinds = dict(zip(base["feature_id"], base["kind"], strict=True))
    fills = {patch.get_label(): patch.get_facecolor() for patch in axes.patches}
    six = [fill for name, fill in fills.items() if kinds.get(name) == "country"]
    others = {fill for name, fill in fills.items() if kinds.get(name) == "neighbour"}
    assert len(six) == 6
    assert others
    six = set(six)
    assert len(six) == 1
    assert not six & others
    dashed = [c for c in axes.collections if c.get_linestyle()[0][1] is not None]
    assert any(len(c.get_segments()) for c in dashed if hasattr(c, "get_segments"))


def test_names_of_places_do_not_overlap() -> None:
    chart, frame, options = drawings("current")["map"]
    for narrow in (False, True):
        figure = chart(frame, title="A title", narrow=narrow, **options)
        figure.draw_without_rendering()
        for axes in figure.axes:
            boxes = [t.get_window_extent() for t in axes.texts if t.get_text()]
            pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
            assert not any(a.overlaps(b) for a, b in pairs)


def test_incidents_close_in_time_take_different_slots() -> None:
    assert charts._slots([0.0, 0.1, 0.2, 1.0], 0.5) == [0, 1, -1, 0]


def test_the_star_explains_an_unfinished_year() -> None:
    assert charts.star(dt.date(2026, 11, 21)) == " * to 21 November 2026."
    assert charts.star(dt.date(2018, 12, 31)) == ""


def test_lanes_that_mix_countries_give_each_its_shape_and_a_legend() -> None:
    chart, frame, options = drawings(next(iter(EDITIONS)))["by-kind"]
    axes = chart(frame, title="A title", **options).axes[0]
    shapes = {
        (to_hex(edge), dots.get_label())
        for dots in axes.collections
        for edge in dots.get_edgecolor()
    }
    for code in set(frame["iso3"]):
        assert (style.colour(code), f"_{style.COUNTRY_MARK[code]}") in shapes
    assert axes.get_legend() is not None


def test_lanes_of_one_country_need_neither_shapes_nor_a_legend() -> None:
    chart, frame, options = drawings(next(iter(EDITIONS)))["by-kind"]
    axes = chart(frame[frame["iso3"] == "XKX"], title="A title", **options).axes[0]
    assert {dots.get_label() for dots in axes.collections} == {"_o"}
    assert axes.get_legend() is None
