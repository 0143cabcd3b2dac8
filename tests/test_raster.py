"""Dots are those that matplotlib draws, and all of them are in the PNG."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from PIL import Image

from balkandefence import raster


def drawn(kind, texts) -> np.ndarray:
    """Return the dots of some texts, each with its typeface, colour, place and angle."""
    dots = kind(400, 160, raster.DPI)
    for text, font, colour, smooth, place, angle in texts:
        look = dots.new_gc()
        look.set_foreground(colour)
        look.set_antialiased(smooth)
        dots.draw_text(look, *place, text, font, angle, ismath="$" in text)
    return np.array(dots.buffer_rgba())


PLAIN = FontProperties(family="Source Sans Pro", size=11)
BOLD = FontProperties(family="Source Sans Pro", size=11, weight="semibold")
SMALL = FontProperties(family="Source Sans Pro", size=7.5)


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@pytest.mark.parametrize("text", ["Đakovica (gj) 2,5 %", "", " ", "ж 战 ∞", "$x^2$ squared"])
@pytest.mark.parametrize("angle", [0, 90, -35.5])
def test_a_text_is_drawn_as_by_matplotlib_whatever_is_known_of_it(text, angle):
    asked = [
        (text, PLAIN, "#b3402a", True, (20.4, 100.6), angle),
        (text, BOLD, "#1f5f99", True, (20.4, 140), angle),
        (text, SMALL, "black", True, (200, 60), angle),
        (text, SMALL, "black", False, (200, 100), angle),
        (text, PLAIN, "#444444", True, (140.9, 80.1), angle + 10),
    ]
    expected = drawn(RendererAgg, asked)
    assert np.array_equal(drawn(raster.Dots, asked), expected)
    assert np.array_equal(drawn(raster.Dots, asked), expected)


def test_a_text_is_put_into_dots_once_for_all_places_colours_and_angles():
    raster._ink.cache_clear()
    drawn(raster.Dots, [
        ("once", PLAIN, "black", True, (20, 60), 0),
        ("once", PLAIN.copy(), "#b3402a", True, (90, 60), 45),
        ("once", PLAIN, "black", True, (200, 100), 90),
    ])  # fmt: skip
    assert raster._ink.cache_info().misses == 1


def test_the_png_has_every_dot_that_was_drawn():
    dots = RendererAgg(7, 5, raster.DPI)
    seen = np.asarray(dots.buffer_rgba())
    seen[:] = np.arange(seen.size, dtype=np.uint8).reshape(seen.shape)
    png = Image.open(io.BytesIO(raster.png(dots)))
    assert png.verify() is None  # its checksums hold
    png = Image.open(io.BytesIO(raster.png(dots)))
    assert np.array_equal(np.asarray(png), seen[:, :, :3])
