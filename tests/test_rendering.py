"""What is drawn here at once is what matplotlib draws in two goes: the SVG to the byte."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle
from matplotlib.textpath import TextToPath
from PIL import Image

from balkandefence import raster, rendering, style


def texts(axes):
    axes.text(0.2, 0.8, "Ärmee & <Flotte> -- 'so' \"genannt\"", color="#b3402a", alpha=0.4)
    axes.text(0.3, 0.3, "leaning\non two lines", rotation=35, style="italic", weight="semibold")
    axes.text(0.6, 0.6, "", fontsize=20)
    axes.annotate("named", (0.5, 0.5), xytext=(6, 0), textcoords="offset points", color="black")
    axes.text(0.5, 0.1, "on paper", bbox=style.on_paper())
    axes.text(0.1, 0.5, "$x^2$ squared")


def lines(axes):
    axes.plot([0, 1, 2], [0, 3, 1], marker="D", label="Line", dashes=(2, 1))
    axes.plot([0, 2], [2, 2], marker="$?$", alpha=0.5, url="https://example.org/")
    axes.axhspan(0.5, 1, color="#eef1f4")
    axes.legend(title="What they are")


def shapes(axes):
    axes.bar([1, 2, 3], [3, 1, 2], hatch="//", edgecolor="#b3402a", facecolor="none")
    axes.fill_between([1, 2, 3], [1, 2, 1], alpha=0.3)
    patch = axes.add_patch(Circle((2, 1), 0.5, facecolor="#1f5f99"))
    patch.set_clip_path(Circle((2, 1), 0.4, transform=axes.transData))


def points(axes):
    rng = np.linspace(0, 1, 40)
    axes.scatter(rng, rng**2, s=rng * 60 + 5, c=rng, cmap="viridis")
    axes.scatter(rng, 1 - rng, s=30, marker="s", edgecolors="black")
    axes.vlines([0.2, 0.4], 0, 1, linestyles="dashed")


def mesh(axes):
    axes.pcolormesh([0, 1, 2], [0, 1, 2], np.array([[1, 2], [3, 4]]), edgecolors="white")


def image(axes):
    axes.imshow(np.arange(12).reshape(3, 4))
    axes.text(1, 1, "over the image")


def shaded(axes):
    axes.tripcolor([0, 1, 0.5], [0, 0, 1], [1, 2, 3], shading="gouraud")


DRAWINGS = [texts, lines, shapes, points, mesh, image, shaded]


def figure(fill) -> Figure:
    made, axes = style.canvas("A title of two words", "Below it", height=2.713)
    fill(axes)
    style.footer(made, "Source: a test.")
    rendering.settle(made)
    return made


@pytest.mark.parametrize("fill", DRAWINGS, ids=lambda fill: fill.__name__)
def test_the_svg_is_the_one_that_matplotlib_writes_alone_or_beside_the_png(fill):
    written = io.StringIO()
    FigureCanvasSVG(figure(fill)).print_svg(written, metadata={"Date": None, "Creator": None})
    assert rendering.svg(figure(fill)) == written.getvalue()
    assert rendering.svg_and_png(figure(fill))[0] == written.getvalue()


@pytest.mark.parametrize("fill", DRAWINGS, ids=lambda fill: fill.__name__)
def test_the_png_shows_what_matplotlib_draws_by_itself(fill):
    alone = figure(fill)
    alone.set_dpi(raster.DPI)
    canvas = FigureCanvasAgg(alone)
    canvas.draw()
    expected = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
    png = Image.open(io.BytesIO(rendering.svg_and_png(figure(fill))[1]))
    assert png.mode == "RGB"
    assert [round(dots) for dots in png.info["dpi"]] == [raster.DPI] * 2
    drawn = np.asarray(png).astype(int)
    assert drawn.shape == expected.shape
    # A letter may stand a dot further; a shape that is missing or elsewhere changes far more.
    assert (np.abs(drawn - expected).max(axis=2) > 64).mean() < 0.004


def test_a_figure_is_laid_out_by_the_letters_that_are_drawn():
    made, axes = style.canvas("Title", height=2)
    label = axes.set_ylabel("A long label that stands beside the axes")
    rendering.settle(made)
    shapes = rendering._Shapes(made, io.StringIO())
    assert label.get_window_extent(shapes).bounds == label.get_window_extent().bounds
    assert label.get_window_extent(shapes).x0 == pytest.approx(0.08 * made.dpi, abs=0.1)


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@pytest.mark.parametrize("weight", ["normal", "semibold"])
@pytest.mark.parametrize(
    "text",
    ["", " ", "AVATAR To. 1,024 – 2.5%", "Kragujevac, Đakovica, Črnomelj", "ж 战 ∞ ✕", "x" * 300],
)
def test_a_text_takes_what_matplotlib_says_it_takes(text, weight):
    font = FontProperties(size=TextToPath.FONT_SCALE, weight=weight, family="Source Sans Pro")
    takes = TextToPath().get_text_width_height_descent(text, font, False)
    assert rendering._letters(text, raster.face(font)).extent == takes


def test_a_text_is_laid_out_once_for_all_sizes_and_places():
    rendering._letters.cache_clear()
    made, axes = style.canvas("Title", height=1)
    axes.set_axis_off()
    for size in (6, 9, 12):
        axes.text(0.1 * size / 6, 0.5, "once", fontsize=size)
    rendering.svg(made)
    known = rendering._letters.cache_info()
    laid_out = {"Title", "once", "lp"}  # the last by matplotlib, for the height of a line
    assert known.misses == len(laid_out) + 1  # in two weights
    assert known.hits > 0


def test_charts_that_differ_only_in_the_digits_of_the_layouts_solver_give_the_same_bytes():
    def drawn(noise):
        made, axes = style.canvas("A title", "Below it", narrow=True, height=3)
        axes.plot([1, 2], [3, 4])
        made.draw_without_rendering()
        made.set_layout_engine("none")
        box = [part + noise for part in axes.get_position(original=True).bounds]
        axes.set_position(box)
        rendering.settle(made)
        return rendering.svg_and_png(made)

    assert drawn(0.0) == drawn(3e-14)
