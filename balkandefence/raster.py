"""Dots: how texts are drawn into them as matplotlib does, and how they become PNG."""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from math import cos, radians, sin
from typing import Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray
from zlib_ng import zlib_ng

#: Dots an inch: twice what a screen needs at the figures' width on a page.
DPI = 200
#: So many texts are remembered; a notebook has fewer.
TEXTS = 8192
#: How hard zlib-ng tries: a fifth of the time that Pillow takes, and fewer bytes.
_LEVEL = 2

#: All of a typeface but its size, by name.
Face = tuple[tuple[str, Any], ...]


def face(font: FontProperties) -> Face:
    """Return all of a typeface but its size, by which texts in it are remembered."""
    return (
        ("family", tuple(font.get_family())), ("style", font.get_style()),
        ("variant", font.get_variant()), ("weight", font.get_weight()),
        ("stretch", font.get_stretch()), ("fname", font.get_file()),
    )  # fmt: skip


class _Ink(NamedTuple):
    """A text in dots: how much of each it covers, and where that begins, in dots."""

    covered: NDArray[np.uint8]
    at: tuple[float, float]
    descent: float


@lru_cache(TEXTS)
def _ink(text: str, typeface: Face, size: float, smooth: bool) -> _Ink:
    """Put a text into dots as matplotlib does, for every place and colour that it comes to have."""
    dots: Any = _dots()
    font = dots._prepare_font(FontProperties(size=size, **dict(typeface)))
    font.set_text(text, 0, flags=get_hinting_flag())
    font.draw_glyphs_to_bitmap(antialiased=smooth)
    x, y = font.get_bitmap_offset()
    return _Ink(np.array(font.get_image()), (x / 64, y / 64), font.get_descent() / 64)


class Dots(RendererAgg):
    """Draws into dots as matplotlib does, and texts from what is known of them."""

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        """Draw a text, which all that have the same words and typeface share."""
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        known = _ink(s, face(prop), prop.get_size_in_points(), gc.get_antialiased())
        x += known.at[0] + known.descent * sin(radians(angle))
        y += known.at[1] + known.descent * cos(radians(angle))
        self._renderer.draw_text_image(known.covered, round(x), round(y) + 1, angle, gc)


@cache
def _dots() -> Dots:
    """Return a renderer of which nothing is kept, for its typefaces."""
    return Dots(1, 1, DPI)


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib_ng.crc32(checked))


def png(dots: RendererAgg) -> bytes:
    """Return what is drawn as PNG, its rows unfiltered: filters make flat colours no smaller.

    The paper is white all over, so that nothing is lost without the fourth channel.
    """
    seen = np.asarray(dots.buffer_rgba())
    high, wide = seen.shape[:2]
    rows = np.zeros((high, 1 + 3 * wide), np.uint8)  # each begins with 0, which is no filter
    for channel in range(3):
        rows[:, 1 + channel :: 3] = seen[:, :, channel]
    dots_a_metre = round(DPI / 0.0254)
    return b"".join([
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)),
        _chunk(b"pHYs", struct.pack(">IIB", dots_a_metre, dots_a_metre, 1)),
        _chunk(b"IDAT", zlib_ng.compress(rows, _LEVEL)),
        _chunk(b"IEND", b""),
    ])  # fmt: skip
