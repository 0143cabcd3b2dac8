"""Charts of procurement draw, wide and narrow, on the book's data and on the smallest."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from balkandefence import style, tables
from balkandefence.charts import procurement as charts
from balkandefence.charts import procurement_deals as deal_charts
from balkandefence.charts import procurement_timeline as timelines
from balkandefence.measures import procurement as flows
from balkandefence.measures import procurement_deals as ledger
from balkandefence.measures import procurement_money as money
from balkandefence.measures import procurement_types as types

SIX = ["SRB", "ALB", "BIH", "XKX", "MNE", "MKD"]
Drawn = tuple[Callable[..., Figure], pd.DataFrame, dict[str, Any]]


@cache
def drawn(name: str, codes: tuple[str, ...] = tuple(SIX)) -> Drawn:
    register, deals = tables.load("arms_transfers"), tables.load("arms_deals")
    windows = flows.windows(register, 2006, 2025)[-2:]
    first, many = codes[0], list(codes)
    rest = {
        "industry": tables.load("defence_industry"), "exports": tables.load("arms_exports"),
        "rates": tables.load("exchange_rates"), "names": tables.load("countries"),
    }  # fmt: skip
    kinds: dict[str, Callable[[], Drawn]] = {
        "blocs": lambda: (charts.blocs, flows.blocs(register, many, windows),
                          {"unit": "Million TIV"}),
        "deal-blocs": lambda: (charts.blocs, ledger.blocs(deals, many, windows),
                               {"unit": "Orders"}),
        "suppliers": lambda: (charts.highlight_suppliers,
                              flows.by_year(register, first, 2006, 2025), {}),
        "arrivals": lambda: (charts.arrivals, flows.arrivals(register, first, 2022, 2025),
                             {"after": 2022}),
        "concentration": lambda: (charts.concentration,
                                  flows.concentration(register, many, windows), {}),
        "commonality": lambda: (deal_charts.commonality,
                                types.common_types(register, SIX, 2006, 2025), {}),
        "coordination": lambda: (
            deal_charts.coordination,
            types.coordination(register, rest["industry"], many, 2006, 2025), {}),
        "standards": lambda: (deal_charts.standards, ledger.standards(deals, many), {}),
        "channels": lambda: (deal_charts.channels, ledger.channels(deals, many), {}),
        "money": lambda: (deal_charts.money,
                          money.money(deals, rest["rates"], many, rest["names"]), {}),
        "trade": lambda: (deal_charts.trade,
                          types.trade(register, rest["exports"], many, 2021, 2025), {}),
        "timeline": lambda: (timelines.timeline, ledger.timeline(deals, many), {}),
        "one": lambda: (timelines.deals_of_one, ledger.timeline(deals, [first]), {}),
        "revisions": lambda: (
            timelines.revisions,
            types.revised_orders(tables.load("arms_transfers", vintages=True), SIX), {}),
    }  # fmt: skip
    return kinds[name]()


NAMES = [
    "blocs", "deal-blocs", "suppliers", "arrivals", "concentration", "commonality",
    "coordination", "standards", "channels", "money", "trade", "timeline", "one", "revisions",
]  # fmt: skip


def names() -> dict[str, str]:
    codes = tables.load("countries")
    return dict(zip(codes["iso3"], codes["short_name"], strict=True))


def draw(chart: Callable[..., Figure], frame: pd.DataFrame, narrow: bool, **options: Any) -> Figure:
    if "names" in inspect.signature(chart).parameters:
        options["names"] = names()
    figure = chart(frame, title="A title of some length about arms", narrow=narrow, **options)
    style.footer(figure, "Source: SIPRI. Edition of a test. CC BY 4.0.")
    figure.draw_without_rendering()
    return figure


def describe(chart: Callable[..., Figure], frame: pd.DataFrame, **options: Any) -> str:
    function = getattr(inspect.getmodule(chart), f"describe_{chart.__name__}")
    known = {"names": names(), **options}
    return str(function(frame, **{k: known[k] for k in inspect.signature(function).parameters
                                  if k in known}))  # fmt: skip


def texts(figure: Figure) -> Iterator[Text]:
    """Yield what is written; a tick beyond its axis has a label that is not drawn."""
    beyond = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
            beyond |= {id(label) for tick in ticks for label in (tick.label1, tick.label2)}
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and id(text) not in beyond:
            yield text


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_chart_keeps_all_its_letters_inside(name: str, narrow: bool) -> None:
    chart, frame, options = drawn(name)
    figure = draw(chart, frame, narrow, **options)
    width, height = figure.bbox.width, figure.bbox.height
    for text in texts(figure):
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.x1 <= width + 2 and box.y0 >= -1 and box.y1 <= height + 2
        assert inside, text.get_text()


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_title_legend_and_panels_do_not_overlap(name: str, narrow: bool) -> None:
    chart, frame, options = drawn(name)
    figure = draw(chart, frame, narrow, **options)
    heads = [text for text in figure.texts if text.get_gid() in ("title", "subtitle")]
    boxes = [text.get_window_extent() for text in heads]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    boxes += [axes.get_tightbbox() for axes in figure.axes]
    for one, other in combinations(boxes, 2):
        shared = min(one.y1, other.y1) - max(one.y0, other.y0)
        beside = min(one.x1, other.x1) - max(one.x0, other.x0)
        assert shared <= 2 or beside <= 2


@pytest.mark.parametrize("name", NAMES)
def test_no_letter_is_too_small_for_a_phone(name: str) -> None:
    chart, frame, options = drawn(name)
    figure = draw(chart, frame, True, **options)
    for text in texts(figure):
        assert text.get_fontsize() >= 8.5 or text.get_gid() == "footer", text.get_text()


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("commonality", "revisions")])
def test_a_chart_draws_for_the_smallest_selection(name: str) -> None:
    chart, frame, options = drawn(name, ("XKX",))
    for narrow in (False, True):
        assert draw(chart, frame, narrow, **options).axes
    assert len(describe(chart, frame, **options).split()) > 8


def test_texts_tell_the_numbers_drawn() -> None:
    chart, frame, options = drawn("blocs")
    told = describe(chart, frame, **options)
    serbia = frame[(frame["iso3"] == "SRB") & (frame["window"] == "2021–2025")]
    assert f"Serbia {serbia['amount'].sum():,.0f}, {serbia['share_pct'].max():.0f}%" in told
    chart, frame, options = drawn("money")
    assert f"France {frame['eur_millions'].max():,.0f}" in describe(chart, frame)
    assert "No public price: China (" in describe(chart, frame)
    chart, frame, options = drawn("timeline")
    assert f"Timeline of {len(frame)} deals" in describe(chart, frame)


def test_equal_first_blocs_are_both_told() -> None:
    frame = pd.DataFrame({
        "iso3": ["MKD", "MKD"], "window": ["2021–2025"] * 2, "bloc": ["US", "Turkey"],
        "amount": [2.0, 2.0], "share_pct": [50.0, 50.0],
    })  # fmt: skip
    told = charts.describe_blocs(frame, names=names(), unit="Orders")
    assert "50% each from the United States and Turkey" in told


def test_no_bar_stands_for_a_price_or_an_export_that_is_not_known() -> None:
    chart, frame, _ = drawn("money")
    figure = draw(chart, frame[frame["supplier"] == "China"], False)
    assert "no price public" in {text.get_text() for text in figure.axes[0].texts}
    assert not [bar for bar in figure.axes[0].patches if bar.get_width()]
    unknown = pd.DataFrame({"iso3": ["SRB"], "received": [5.0], "supplied": [float("nan")]})
    figure = draw(deal_charts.trade, unknown, False)
    assert len(figure.axes[0].patches) == 1
    assert "not known" in describe(deal_charts.trade, unknown)


def test_each_bloc_keeps_its_colour() -> None:
    assert set(charts.LEGEND) == set(style.BLOC)
    assert charts.shade("China") == style.BLOC["China"]
    assert charts.short("1999–2003") == "1999–2003"
    assert charts.short("2016–2020") == "2016–20"


@pytest.mark.parametrize("name", ["arrivals", "timeline", "one", "revisions"])
def test_points_and_legend_show_each_bloc_in_its_shape(name: str) -> None:
    chart, frame, options = drawn(name)
    figure = draw(chart, frame, False, **options)
    single = {
        (line.get_markeredgecolor(), line.get_marker())
        for axes in figure.axes
        for line in axes.get_lines()
    }
    together = {
        (to_hex(edge), str(dots.get_label())[1:])
        for axes in figure.axes
        for dots in axes.collections
        for edge in dots.get_edgecolor()
    }
    shapes = style.BLOC_MARK.values()
    points = {(colour, shape) for colour, shape in single | together if shape in shapes}
    told = {
        text.get_text(): handle.get_marker()
        for text, handle in zip(
            figure.legends[0].get_texts(), figure.legends[0].legend_handles, strict=True
        )
        if isinstance(handle, Line2D)
    }
    assert points
    for bloc, tone in style.BLOC.items():
        assert {shape for colour, shape in points if colour == tone} <= {style.BLOC_MARK[bloc]}
        assert told.get(charts.LEGEND[bloc], style.BLOC_MARK[bloc]) == style.BLOC_MARK[bloc]
    assert set(told) & set(charts.LEGEND.values())
