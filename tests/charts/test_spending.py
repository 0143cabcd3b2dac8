"""Charts of spending: each draws wide and narrow on real and on tiny data, and is told in words."""

import itertools
from builtins import id as builtins_id

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from balkandefence import editions, style
from balkandefence.charts import spending as charts
from balkandefence.charts import spending_china, spending_nato, spending_sources
from balkandefence.findings import spending as findings
from balkandefence.findings import spending_looks
from balkandefence.measures import spending


def frames(edition):
    """Return chart id to (module, function, frame) for an edition, as the chapter draws them."""
    t = findings.Tables.of(edition)
    year = int(spending.latest_year(t.milex, edition.countries, edition.last_year))
    made = findings.frames(t, edition, year)
    facts = findings.chapter(t, made, edition, year)
    drawn = {
        id: (module, function, made[id])
        for module, functions in {
            charts: {"level": "level", "ranks": "ranks", "growth": "growth", "burden": "burden",
                     "government": "panels", "head": "then_and_now"},
            spending_nato: {"soldier": "per_soldier", "equipment": "equipment",
                            "categories": "categories"},
            spending_sources: {"sources": "side_by_side", "steps": "budget_steps", "fan": "fan",
                               "missing": "availability"},
            spending_china: {"investment": "investment", "trade": "trade"},
        }.items()
        for id, function in functions.items()
    }  # fmt: skip
    titles, options = spending_looks.titles(facts), spending_looks.options(facts, edition)
    looks = {id: {"title": titles[id], **options.get(id, {})} for id in drawn}
    return drawn, looks, spending.short(t.names)


NAMED = {"level", "burden", "ranks", "growth", "panels", "then_and_now", "per_soldier",
         "equipment", "categories", "side_by_side", "budget_steps", "fan",
         "availability"}  # fmt: skip


@pytest.fixture(scope="module")
def current():
    return frames(editions.load())


@pytest.fixture(scope="module")
def small():
    changes = {"countries": ["XKX", "ALB"], "highlight": "ALB", "first_year": 2014,
               "last_year": 2024, "as_of": "2025-09-30", "comparators": []}  # fmt: skip
    return frames(editions.load(changes=changes))


_DRAWN = {}


def draw(given, id, *, narrow):
    """Return a chart, each drawn once for all tests."""
    drawn, looks, names = given
    module, function, frame = drawn[id]
    options = dict(looks[id])
    if function in NAMED:
        options["names"] = names
    key = (builtins_id(given), id, narrow)
    if key not in _DRAWN:
        _DRAWN[key] = getattr(module, function)(frame, narrow=narrow, **options)
    return _DRAWN[key]


def told(given, id):
    drawn, looks, names = given
    module, function, frame = drawn[id]
    options = {key: v for key, v in looks[id].items() if key != "title"}
    if function in NAMED:
        options["names"] = names
    return getattr(module, f"describe_{function}")(frame, **options)


IDS = ["burden", "categories", "equipment", "fan", "government", "growth", "head", "investment",
       "level", "missing", "ranks", "soldier", "sources", "steps", "trade"]  # fmt: skip


def texts(figure):
    """Return the boxes of the texts that a reader sees, in pixels."""
    if not isinstance(figure.canvas, FigureCanvasAgg):
        FigureCanvasAgg(figure).draw()
    renderer = figure.canvas.get_renderer()
    found = [*figure.texts]
    for axes in figure.axes:
        if axes.get_visible():
            found += [*axes.texts, axes.title, axes._left_title]
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                ticks = axis.get_major_ticks()
                found += [tick.label1 for tick in ticks if low <= tick.get_loc() <= high]
    shown = [text for text in found if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown]


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("id", IDS)
def test_a_chart_keeps_its_texts_inside_the_picture(current, id, narrow):
    figure = draw(current, id, narrow=narrow)
    assert figure.get_size_inches()[0] == style.WIDTH[narrow]
    box = figure.bbox
    for text, extent in texts(figure):
        assert extent.x0 >= box.x0 - 1, text
        assert extent.x1 <= box.x1 + 1, text


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize(
    "id", ["burden", "categories", "growth", "head", "level", "ranks", "steps"]
)
def test_no_two_texts_of_a_chart_overlap(current, id, narrow):
    found = texts(draw(current, id, narrow=narrow))
    for (one, first), (other, second) in itertools.combinations(found, 2):
        width = min(first.x1, second.x1) - max(first.x0, second.x0)
        height = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert not (width > 1 and height > 3), f"{one!r} lies on {other!r}"


@pytest.mark.parametrize("id", IDS)
def test_letters_are_large_enough_for_a_phone(current, id):
    figure = draw(current, id, narrow=True)
    sizes = [text.get_fontsize() for axes in figure.axes for text in axes.texts]
    assert all(size >= 8.5 for size in sizes)


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("id", IDS)
def test_a_chart_draws_a_small_selection_too(small, id, narrow):
    assert draw(small, id, narrow=narrow).axes


def test_text_alternatives_name_countries_and_numbers(current):
    level, latest = told(current, "level"), current[0]["level"][2]["value"].max()
    assert level.startswith("Line chart of military expenditure by country")
    assert f"{latest:,.0f}" in level
    assert "Dashed stretches are estimates by SIPRI: Serbia" in level
    for id in IDS:
        words = told(current, id)
        assert len(words.split()) >= 15, id
        assert any(letter.isdigit() for letter in words), id
        assert "nan" not in words, id


def test_text_alternatives_tell_small_selections_too(small):
    assert "For comparison" not in told(small, "burden")
    for id in IDS:
        assert len(told(small, id).split()) >= 8


def test_every_chart_has_a_title_that_ends_without_a_full_stop(current, small):
    for _, looks, _ in (current, small):
        assert sorted(looks) == IDS
        assert not [id for id, look in looks.items() if look["title"].endswith(".")]


def test_amounts_start_at_zero(current):
    for id in ("level", "burden", "fan", "government", "sources"):
        for axes in draw(current, id, narrow=False).axes:
            if axes.get_visible() and axes.axison:
                assert axes.get_ylim()[0] == 0, id


def bars(figure):
    """Return foot, height and paleness of each layer of bars."""
    boxes = [
        (patch.get_path().get_extents(), patch.get_alpha()) for patch in figure.axes[0].patches
    ]
    return {(box.y0, box.height, alpha) for box, alpha in boxes}


def test_equipment_stands_at_the_foot_of_its_bar_and_estimates_are_pale():
    shares = {"equipment": 30.0, "infrastructure": 5.0, "other": 25.0, "personnel": 40.0}
    frame = pd.DataFrame(
        [("ALB", year, name, share, year == 2025, False)
         for year in (2024, 2025) for name, share in shares.items()],
        columns=["iso3", "year", "category", "share_pct", "estimate", "comparator"],
    )  # fmt: skip
    figure = spending_nato.categories(
        frame, title="Four", names={"ALB": "Albania"}, equipment_line=20.0
    )
    found = bars(figure)
    assert {(0.0, 30.0, None), (0.0, 30.0, 0.55), (60.0, 40.0, None)} <= found
    line = figure.axes[0].get_lines()[0]
    assert set(line.get_ydata()) == {20.0}
    numbers = {text.get_text() for text in figure.axes[0].texts}
    assert numbers == {"30", "25", "40"}, "a layer of 5% has no room for its number"
    told_ = spending_nato.describe_categories(frame, names={"ALB": "Albania"}, equipment_line=20.0)
    assert "Albania in 2024 equipment 30%" in told_
    assert "in 2025 equipment 30%" in told_


def test_a_gap_in_the_years_breaks_the_line():
    frame = pd.DataFrame(
        {"iso3": "SRB", "year": [2006, 2007, 2010, 2011], "value": [1.0, 2.0, 3.0, 4.0],
         "estimate": [False, False, False, True]}
    )  # fmt: skip
    figure = charts.level(
        frame, title="Gap", names={"SRB": "Serbia"}, unit="million US dollars", highlight="SRB"
    )
    lines = [list(line.get_xdata()) for line in figure.axes[0].get_lines()]
    assert lines == [[2006, 2007], [2010, 2011]]


def test_the_stretch_to_an_estimate_is_dashed():
    frame = pd.DataFrame(
        {"iso3": "SRB", "year": [2010, 2011, 2012, 2013], "value": [1.0, 2.0, 3.0, 4.0],
         "estimate": [False, False, True, True]}
    )  # fmt: skip
    figure = charts.level(
        frame, title="Dash", names={"SRB": "Serbia"}, unit="million US dollars", highlight="SRB"
    )
    drawn = [(list(line.get_xdata()), line.get_linestyle()) for line in figure.axes[0].get_lines()]
    assert drawn == [([2010, 2011], "-"), ([2011, 2012, 2013], "--")]


def test_a_single_year_is_drawn_as_a_dot():
    frame = pd.DataFrame({"iso3": ["SRB"], "year": [2025], "value": [1.0], "estimate": [False]})
    figure = charts.level(
        frame, title="One", names={"SRB": "Serbia"}, unit="million US dollars", highlight="SRB"
    )
    assert any(line.get_marker() == "o" for line in figure.axes[0].get_lines())
