"""Charts of spending: each draws wide and narrow on real and on tiny data, and is told in words."""

import itertools
from builtins import id as builtins_id

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from balkandefence import editions, style
from balkandefence.charts import spending as charts
from balkandefence.charts import spending_china, spending_sources
from balkandefence.findings import spending as findings
from balkandefence.findings import spending_looks
from balkandefence.measures import spending, spending_nato, spending_revisions
from balkandefence.measures import spending_china as china
from balkandefence.measures import spending_sources as sources


def frames(edition):
    """Return chart id to (module, function, frame) for an edition, as the chapter draws them."""
    t = findings.Tables.of(edition)
    codes, beside = list(edition.countries), list(edition.comparators)
    year = int(spending.latest_year(t.milex, codes, edition.last_year))
    span = (codes, edition.first_year, year)
    everyone = codes + beside
    grown = spending.growth(t.milex, codes, year, edition.price_basis)
    shares = spending.series(t.milex, everyone, edition.first_year, year, "share_of_gdp_pct")
    government = spending.series(t.milex, *span, "share_of_government_spending_pct")
    heads = spending.then_and_now(t.milex, codes, beside, year, 10, "per_capita_usd")
    soldiers = spending_nato.per_soldier(t.milex, t.nato, t.economy, codes, beside, year)
    equipment = spending_nato.equipment(t.nato, codes, beside, edition.first_year, year)
    side = sources.side_by_side(*t.amounts, codes, 2014, year)
    steps = sources.budget_steps(*t.amounts, findings.cases(year))
    missing = sources.availability(t.milex, t.nato, t.budgets, *span)
    level = spending.level(t.milex, *span, edition.price_basis)
    drawn = {
        "level": (charts, "level", level),
        "ranks": (charts, "ranks", spending.ranks(t.milex, *span)),
        "growth": (charts, "growth", grown),
        "burden": (charts, "burden", shares),
        "government": (charts, "panels", government),
        "head": (charts, "then_and_now", heads),
        "soldier": (spending_sources, "per_soldier", soldiers),
        "equipment": (spending_sources, "equipment", equipment),
        "sources": (spending_sources, "side_by_side", side),
        "steps": (spending_sources, "budget_steps", steps),
        "fan": (spending_sources, "fan",
                spending_revisions.fan(t.releases, edition.highlight, edition.first_year, year)),
        "missing": (spending_sources, "availability", missing),
        "investment": (spending_china, "investment", china.investment(t.ties, t.names)),
        "trade": (spending_china, "trade", china.trade(t.ties)),
    }  # fmt: skip
    looks = spending_looks.charts(findings.chapter(t, edition, year), edition)
    return drawn, looks, spending.short(t.names)


NAMED = {"level", "burden", "ranks", "growth", "panels", "then_and_now", "per_soldier",
         "equipment", "side_by_side", "budget_steps", "fan", "availability"}  # fmt: skip


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
    options = {key: value for key, value in looks[id].items() if key != "caption"}
    if function in NAMED:
        options["names"] = names
    key = (builtins_id(given), id, narrow)
    if key not in _DRAWN:
        _DRAWN[key] = getattr(module, function)(frame, narrow=narrow, **options)
    return _DRAWN[key]


def told(given, id):
    drawn, looks, names = given
    module, function, frame = drawn[id]
    options = {key: v for key, v in looks[id].items() if key not in ("caption", "title")}
    if function in NAMED:
        options["names"] = names
    return getattr(module, f"describe_{function}")(frame, **options)


IDS = sorted(spending_looks.CAPTIONS)


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
@pytest.mark.parametrize("id", sorted({"level", "ranks", "growth", "head", "steps", "burden"}))
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
        assert set(looks) == set(spending_looks.CAPTIONS)
        assert not [id for id, look in looks.items() if look["title"].endswith(".")]


def test_amounts_start_at_zero(current):
    for id in ("level", "burden", "fan", "government", "sources"):
        for axes in draw(current, id, narrow=False).axes:
            if axes.get_visible() and axes.axison:
                assert axes.get_ylim()[0] == 0, id


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
