"""Marks that are drawn together look as they would one by one."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

from balkandefence import style
from balkandefence.charts.batches import Boxes, Dots, Strokes

SHAPES = sorted({*style.BLOC_MARK.values(), *style.COUNTRY_MARK.values()})


def pixels(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)


@pytest.fixture
def panel():
    """Return bare axes, and how to draw what is on them as dots."""

    def made(draw):
        figure, axes = style.canvas("Title")
        figure.set_dpi(400)  # at few dots an inch lone points are moved onto them
        axes.set(xlim=(0, 10), ylim=(0, 10))
        axes.set_axis_off()
        draw(axes)
        return pixels(figure)

    return made


def test_boxes_are_drawn_at_once_each_in_its_tone_and_the_axes_hold_them():
    _, axes = style.canvas("Title")
    shown = Boxes()
    shown.add(1, 2, 3, 4, tone="#b3402a")
    shown.add(4, 0, 1, 1, tone="#1f5f99")
    shown.draw(axes, width=0.5)
    (drawn,) = axes.collections
    extents = [path.get_extents().extents.tolist() for path in drawn.get_paths()]
    assert extents == [[1, 2, 4, 6], [4, 0, 5, 1]]
    assert [to_hex(tone) for tone in drawn.get_facecolors()] == ["#b3402a", "#1f5f99"]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert left <= 1 < 5 <= right
    assert low <= 0 < 6 <= high


@pytest.mark.parametrize("shape", [*SHAPES, "|"])
@pytest.mark.parametrize("fill", ["#b3402a", style.PAPER])
def test_a_dot_is_as_large_and_as_dark_as_one_drawn_by_itself(panel, shape, fill):
    def alone(axes):
        axes.plot(
            5, 5, markeredgecolor="#b3402a", markerfacecolor=fill, markeredgewidth=1.1,
            **style.point(shape, 6.0),
        )  # fmt: skip

    def together(axes):
        dots = Dots()
        dots.add(5, 5, shape, 6.0, edge="#b3402a", fill=fill)
        dots.draw(axes, width=1.1)

    inked = [int((255 - panel(draw)).sum()) for draw in (alone, together)]
    assert inked[1] == pytest.approx(inked[0], rel=0.02)


def test_dots_are_drawn_shape_by_shape_each_where_it_belongs():
    _, axes = style.canvas("Title")
    dots = Dots()
    dots.add(1, 2, "o", 4.0, edge="#b3402a", fill="#b3402a")
    dots.add(3, 4, "s", 4.0, edge="#1f5f99", fill="none")
    dots.add(5, 6, "o", 8.0, edge="#1f5f99", fill="#1f5f99", alpha=0.5)
    dots.draw(axes, width=1.0)
    circles, squares = axes.collections
    assert (circles.get_label(), squares.get_label()) == ("_o", "_s")
    assert circles.get_offsets().tolist() == [[1, 2], [5, 6]]
    assert [side**0.5 for side in circles.get_sizes()] == [4, 8]
    assert [round(colour[3], 2) for colour in circles.get_facecolors()] == [1, 0.5]
    assert squares.get_facecolors()[0][3] == 0


@pytest.mark.parametrize("dashes", [(), (1.5, 1.2)])
def test_a_stroke_is_as_long_and_as_wide_as_one_drawn_by_itself(panel, dashes):
    def alone(axes):
        axes.plot(
            [2, 8], [5, 5], color="#b3402a", lw=2, alpha=0.5, solid_capstyle="butt",
            ls=(0, dashes) if dashes else "-",
        )  # fmt: skip

    def together(axes):
        strokes = Strokes()
        strokes.add(2, 8, 5, tone="#b3402a", alpha=0.5, dashes=dashes)
        strokes.draw(axes, width=2)

    inked = [int((255 - panel(draw)).sum()) for draw in (alone, together)]
    assert inked[1] == pytest.approx(inked[0], rel=0.02)


def test_nothing_is_drawn_of_nothing():
    _, axes = style.canvas("Title")
    Dots().draw(axes, width=1)
    assert not axes.collections
