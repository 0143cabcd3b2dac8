"""Axes whose ticks are copies draw what matplotlib's own draw, to the byte."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import AutoMinorLocator, MultipleLocator
from matplotlib.transforms import Affine2D

from balkandefence import style
from balkandefence.axes import BookAxes


def numbers(axes):
    axes.plot([2010, 2024], [1.5, 8000])


def dates(axes):
    axes.plot([dt.date(2020, 1, 1), dt.date(2025, 6, 1)], [1, 2])


def logarithms(axes):
    axes.loglog([1, 10, 10_000], [0.1, 3, 50])


def minor_ticks(axes):
    axes.plot([0, 10], [0, 1])
    axes.xaxis.set_minor_locator(AutoMinorLocator(4))
    axes.grid(visible=True, which="minor", axis="x")
    axes.tick_params(which="minor", length=2, color="red")


def names_of_rows(axes):
    style.rows(axes, ["Serbia", "Albania", "Kosovo"])
    axes.get_yticklabels()[1].set(weight="bold", fontsize=14, color="#b3402a")


def turned_labels(axes):
    axes.set_xticks([1, 2, 3], ["one", "two", "three"], rotation=40, ha="right")
    axes.tick_params(axis="y", labelright=True, right=True, direction="inout", pad=9)


def other_ticks_after_a_drawing(axes):
    axes.plot([0, 10], [0, 1])
    axes.get_figure().draw_without_rendering()
    axes.set_xlim(-30, 50)
    axes.xaxis.set_major_locator(MultipleLocator(5))
    axes.tick_params(labelsize=7, grid_linestyle="--")


def texts_that_change_after_a_drawing(axes):
    said = [axes.text(0.1 * at, 0.1 * at, "the same") for at in range(1, 9)]
    noted = axes.annotate("noted", (0.9, 0.1), xytext=(4, 4), textcoords="offset points")
    axes.get_figure().draw_without_rendering()
    said[0].set_text("another")
    said[1].get_fontproperties().set_size(20)
    said[2].set_rotation(30)
    said[3].set(horizontalalignment="right", verticalalignment="top")
    said[4].set(text="on two\nlines", linespacing=2, multialignment="right")
    said[5].set(rotation=45, transform_rotates_text=True, transform=Affine2D().rotate(0.2))
    said[6].set(wrap=True, text="a long text that goes on and on until it has to be wrapped " * 3)
    said[7].set(text="$x^2$", parse_math=False)
    noted.set(fontsize=15, rotation_mode="anchor")


DRAWINGS = [
    numbers, dates, logarithms, minor_ticks, names_of_rows, turned_labels,
    other_ticks_after_a_drawing, texts_that_change_after_a_drawing,
]  # fmt: skip


def drawn(fill, kind) -> str:
    style.apply()
    figure = Figure(figsize=(5, 3), layout="constrained")
    fill(figure.add_subplot(axes_class=kind))
    written = io.StringIO()
    FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})
    return written.getvalue()


@pytest.mark.parametrize("fill", DRAWINGS, ids=lambda fill: fill.__name__)
def test_the_same_is_drawn_as_with_matplotlibs_own_axes(fill):
    assert drawn(fill, BookAxes) == drawn(fill, Axes)


def test_a_label_that_is_set_leaves_the_others_as_they_were():
    axes = Figure().add_subplot(axes_class=BookAxes)
    first, second, third = axes.get_xticklabels()[:3]
    second.set_fontsize(30)
    second.set_text("changed")
    assert first.get_fontsize() == third.get_fontsize() != 30
    assert first.get_text() != "changed" != third.get_text()


def test_every_chart_is_drawn_on_such_axes():
    figure, axes = style.canvas("Title", rows=2, columns=2)
    style.legend_row(figure, axes, [style.mark("o", "black", "All")], columns=1)
    assert {type(each) for each in figure.axes} == {BookAxes}
