"""How a figure becomes SVG and PNG: matplotlib's own renderers, walked through once for both.

By itself matplotlib walks through all parts of a figure for each format and lays every text out
anew. Here a text is laid out once for its letters and typeface, whatever its size and place, and
the dots are drawn beside the shapes. The SVG is the one that matplotlib writes, byte for byte.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

from matplotlib import rcParams
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends import backend_svg
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import RendererSVG, XMLWriter
from matplotlib.colors import rgb2hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import Kerning, LoadFlags
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox, TransformedPath

from balkandefence import raster

#: SVG counts in points.
_SVG_DPI = 72


class _Letter(NamedTuple):
    """A letter of a typeface, at matplotlib's scale for outlines."""

    name: str
    outline: str  # the element that defines it
    glyph: int  # its number in the typeface
    advance: float  # how far the next one is
    width: int  # the same as texts are measured: whole 64ths of a dot
    low: int  # in 64ths of a dot, from the line on which it stands
    high: int


class _Letters(NamedTuple):
    """A text in a typeface, at matplotlib's scale for outlines: what it takes and how it is put."""

    extent: tuple[float, float, float]  # width, height and descent
    outlines: dict[str, str]  # the element that defines each letter, by its id
    places: list[str]  # the elements that put the letters side by side


@cache
def _apart() -> RendererSVG:
    """Return a renderer of which nothing is kept, for what one alone can tell."""
    return RendererSVG(1, 1, io.StringIO())


def _element(tag: str, **attributes: str) -> str:
    written = io.StringIO()
    XMLWriter(written).element(tag, attrib=attributes)
    return written.getvalue()


def _typeface(face: raster.Face) -> Any:
    """Return matplotlib's typeface, at its scale for outlines."""
    plain: Any = TextToPath()
    return plain._get_font(FontProperties(size=TextToPath.FONT_SCALE, **dict(face)))


@cache
def _letter(character: str, face: raster.Face) -> _Letter:
    """Return a letter as matplotlib takes it from a typeface, or from another that has it."""
    base = _typeface(face)
    font = base._get_fontmap(character).get(character, base)
    index = font.get_char_index(ord(character))
    glyph = font.load_glyph(index, flags=LoadFlags.NO_HINTING)
    plain: Any = TextToPath()
    name = plain._get_char_id(font, ord(character))
    vertices, codes = font.get_path()
    d = _apart()._convert_path(Path(vertices * 64, codes), simplify=False)
    shrunk = backend_svg._generate_transform([("scale", (1 / 64,))])
    outline = _element("path", id=_apart()._adjust_char_id(name), d=d, transform=shrunk)
    width = int(glyph.horiAdvance / rcParams["text.hinting_factor"] + 0.5)
    _, low, _, high = glyph.bbox
    advance = glyph.linearHoriAdvance / 65536
    return _Letter(name, outline, index, advance, width, low, high)


@cache
def _kerning(before: int, index: int, face: raster.Face) -> int:
    """Return by how many 64ths of a dot two letters stand closer, or further apart."""
    return int(_typeface(face).get_kerning(before, index, Kerning.DEFAULT))


@lru_cache(raster.TEXTS)
def _letters(text: str, face: raster.Face) -> _Letters:
    """Put a text together from its letters, as matplotlib would lay it out and measure it."""
    letters = [_letter(character, face) for character in text]
    outlines = {letter.name: letter.outline for letter in letters}
    places = []
    x, wide, before = 0.0, 0, None
    for letter in letters:
        closer = 0 if before is None else _kerning(before, letter.glyph, face)
        x += closer / 64
        to = backend_svg._generate_transform([("translate", (x, 0)), ("scale", (1.0,))])
        moved = f' transform="{to}"' if to else ""
        places.append(f'<use xlink:href="#{letter.name}"{moved}/>\n')
        x, before = x + letter.advance, letter.glyph
        wide += closer + letter.width
    low = min((letter.low for letter in letters), default=0)
    high = max((letter.high for letter in letters), default=0)
    return _Letters((wide / 64, (high - low) / 64, -low / 64), outlines, places)


class _Texts(TextToPath):
    """Tells what a text takes without laying it out again."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        scale = prop.get_size_in_points() / self.FONT_SCALE
        return tuple(part * scale for part in _letters(s, raster.face(prop)).extent)


class _Shapes(RendererSVG):
    """Writes SVG as matplotlib does, and texts from what is known of their letters."""

    def __init__(self, figure: Figure, out: io.StringIO) -> None:
        width, height = (float(side) * _SVG_DPI for side in figure.get_size_inches())
        unsigned = {"Date": None, "Creator": None}
        super().__init__(width, height, out, image_dpi=figure.dpi, metadata=unsigned)
        self._text2path = _Texts()
        self._write, self._depth = out.write, 1

    def open_group(self, s: str, gid: str | None = None) -> None:
        super().open_group(s, gid)
        self._depth += 1

    def close_group(self, s: str) -> None:
        super().close_group(s)
        self._depth -= 1

    def _draw_text_as_path(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any, mtext: Any = None,
    ) -> None:  # fmt: skip
        if ismath:
            super()._draw_text_as_path(gc, x, y, s, prop, angle, ismath, mtext)
            return
        self.writer.comment(s)  # which also ends what was begun before
        style = {"fill": colour} if (colour := rgb2hex(gc.get_rgb())) != "#000000" else {}
        alpha = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        if alpha != 1:
            style["opacity"] = backend_svg._short_float_fmt(alpha)
        size = prop.get_size_in_points() / TextToPath.FONT_SCALE
        to = backend_svg._generate_transform(
            [("translate", (x, y)), ("rotate", (-angle,)), ("scale", (size, -size))]
        )
        look = f' style="{backend_svg._generate_css(style)}"' if style else ""
        known = _letters(s, raster.face(prop))
        new = [known.outlines[name] for name in known.outlines if name not in self._glyph_map]
        self._glyph_map.update(known.outlines)
        defined = ["<defs>\n", *(f" {line}" for line in new), "</defs>\n"] if new else []
        indent = " " * self._depth
        inside = [f"{indent} {line}" for line in (*defined, *known.places)]
        self._write("".join([f'{indent}<g{look} transform="{to}">\n', *inside, f"{indent}</g>\n"]))


class _ShapesAndDots(_Shapes):
    """Writes SVG and draws the same into dots."""

    def __init__(self, figure: Figure, out: io.StringIO) -> None:
        super().__init__(figure, out)
        self._scale = raster.DPI / _SVG_DPI
        self._grow = Affine2D().scale(self._scale)
        width, height = (float(side) * raster.DPI for side in figure.get_size_inches())
        self.dots: raster.Dots | None = raster.Dots(width, height, raster.DPI)

    def _grown(self, gc: Any) -> Any:
        """Return what a shape is drawn with, its clips at the scale of the dots."""
        assert self.dots
        grown: Any = self.dots.new_gc()
        grown.copy_properties(gc)
        if (box := gc.get_clip_rectangle()) is not None:
            grown.set_clip_rectangle(TransformedBbox(box, self._grow))
        path, to = gc.get_clip_path()
        if path is not None:
            grown.set_clip_path(TransformedPath(path, to + self._grow))
        return grown

    def draw_path(self, gc: Any, path: Path, transform: Any, *fill: Any) -> None:
        super().draw_path(gc, path, transform, *fill)
        if self.dots:
            self.dots.draw_path(self._grown(gc), path, transform + self._grow, *fill)

    def draw_markers(
        self, gc: Any, marker_path: Path, marker_trans: Any, path: Path, trans: Any, *fill: Any
    ) -> None:
        super().draw_markers(gc, marker_path, marker_trans, path, trans, *fill)
        if self.dots:
            self.dots.draw_markers(
                self._grown(gc), marker_path, marker_trans + self._grow, path, trans + self._grow,
                *fill,
            )  # fmt: skip

    @contextmanager
    def _shapes_alone(self) -> Iterator[raster.Dots | None]:
        """Keep from the dots what is written in parts; yield the dots, which take it whole."""
        dots, self.dots = self.dots, None
        yield dots
        self.dots = dots

    def draw_path_collection(
        self, gc: Any, master_transform: Any, paths: Any, all_transforms: Any, offsets: Any,
        offset_trans: Any, *look: Any, **more: Any,
    ) -> None:  # fmt: skip
        with self._shapes_alone() as dots:
            super().draw_path_collection(
                gc, master_transform, paths, all_transforms, offsets, offset_trans, *look, **more
            )
        if dots:
            dots.draw_path_collection(
                self._grown(gc), master_transform + self._grow, paths, all_transforms, offsets,
                offset_trans + self._grow, *look, **more,
            )  # fmt: skip

    def draw_quad_mesh(
        self, gc: Any, master_transform: Any, width: int, height: int, coordinates: Any,
        offsets: Any, offset_trans: Any, *look: Any,
    ) -> None:  # fmt: skip
        with self._shapes_alone() as dots:
            super().draw_quad_mesh(
                gc, master_transform, width, height, coordinates, offsets, offset_trans, *look
            )
        if dots:
            dots.draw_quad_mesh(
                self._grown(gc), master_transform + self._grow, width, height, coordinates,
                offsets, offset_trans + self._grow, *look,
            )  # fmt: skip

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        if self.dots:
            at = (x * self._scale, y * self._scale)
            self.dots.draw_text(self._grown(gc), *at, s, prop, angle, ismath, mtext)

    # Pictures within a picture are scaled for the one renderer that draws them.
    def draw_image(self, *asked: Any, **more: Any) -> None:
        super().draw_image(*asked, **more)
        self.dots = None

    def draw_gouraud_triangles(self, *asked: Any, **more: Any) -> None:
        super().draw_gouraud_triangles(*asked, **more)
        self.dots = None


@cache
def _ruler() -> RendererSVG:
    """Return a renderer that tells what texts take; what it told of one figure serves the next."""
    ruler: Any = RendererSVG(1, 1, io.StringIO())
    ruler._text2path = _Texts()
    return ruler


class _Measuring(FigureCanvasBase):
    """A canvas that lays a figure out, by the letters that are drawn later."""

    def get_renderer(self) -> RendererSVG:
        return _ruler()


def settle(figure: Figure) -> None:
    """Fix the layout that matplotlib found, without the digits in which its solver varies.

    The solver works through its constraints in the order of addresses in memory, so equal charts
    differ at the thirteenth digit, and the ids of clipping paths are made from all digits.
    """
    figure.set_dpi(_SVG_DPI)
    _Measuring(figure)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        found = axes.get_position(original=True).bounds
        axes.set_position(Bbox.from_bounds(*(round(part, 6) for part in found)))


def _drawn(figure: Figure, shapes: _Shapes) -> None:
    figure.draw(shapes)
    shapes.finalize()


def svg(figure: Figure) -> str:
    """Return a settled figure as SVG text, the same each time."""
    out = io.StringIO()
    _drawn(figure, _Shapes(figure, out))
    return out.getvalue()


def svg_and_png(figure: Figure) -> tuple[str, bytes]:
    """Return a settled figure as SVG text and as PNG bytes, the same each time."""
    out = io.StringIO()
    shapes = _ShapesAndDots(figure, out)
    _drawn(figure, shapes)
    if shapes.dots is None:
        figure.set_dpi(raster.DPI)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return out.getvalue(), raster.png(canvas.get_renderer())
    return out.getvalue(), raster.png(shapes.dots)
