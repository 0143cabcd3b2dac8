"""The chart contract: one look, one colour a country, one colour a bloc, two sizes.

Every chart is a function `chart(frame, *, title, narrow=False, …) -> Figure`. It draws on a
`canvas`, once wide for a laptop and print, once narrow for a phone, and never shows or saves
itself. Publishing adds the footer (source, edition, licence) and writes the files.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text

from balkandefence.axes import BookAxes
from balkandefence.spelling import listed

__all__ = ["listed"]

INK = "#1f2933"
MUTED = "#616e7c"
GRID = "#dfe3e8"
PAPER = "#ffffff"
FAINT = "#b8c0c8"

#: One colour a country through the whole book: the Okabe-Ito order, darkened where white text or
#: thin lines need it; they differ in lightness too, so they survive print in grey.
COUNTRY = {
    "SRB": "#b3402a",
    "ALB": "#0b6aa8",
    "BIH": "#c98a00",
    "XKX": "#3d3580",
    "MNE": "#2a8c82",
    "MKD": "#8f4a7d",
    "HRV": "#6b7785",
    "SVN": "#8a94a0",
    "BGR": "#7d8794",
    "ROU": "#98a1ab",
    "GRC": "#747e8a",
    "HUN": "#8d969f",
    "EST": "#9aa5b1",
    "LVA": "#7b8794",
    "LTU": "#52606d",
}

#: One colour a supplier bloc through the whole book.
BLOC = {
    "US": "#1f5f99",
    "EU-NATO": "#6fa8d6",
    "Turkey": "#c98a00",
    "Israel": "#8c8f3f",
    "China": "#a3262a",
    "Russia": "#5b2a4e",
    "Belarus": "#a9789b",
    "domestic": "#2a8c82",
    "other": "#8a94a0",
    "unknown": "#cbd2d9",
}

#: One shape a bloc and one a country of the six where points carry no name, so that they can be
#: told apart without colour: in print in grey, and by readers who confuse colours. Every shape is
#: closed, because full and hollow have a meaning of their own.
BLOC_MARK = {
    "US": "o",
    "EU-NATO": "s",
    "Turkey": "^",
    "Israel": "*",
    "China": "D",
    "Russia": "v",
    "Belarus": "<",
    "domestic": "P",
    "other": ">",
    "unknown": "h",
}
COUNTRY_MARK = {"SRB": "o", "ALB": "s", "BIH": "^", "XKX": "D", "MNE": "v", "MKD": "*"}

#: What makes a shape look as large as a circle of the same size.
_EVEN = {"s": 0.9, "D": 0.85, "^": 1.1, "v": 1.1, "<": 1.1, ">": 1.1, "P": 1.15, "*": 1.5}

#: Inches: wide fills the page's column, narrow a phone.
WIDTH = {False: 7.4, True: 3.9}

_RC: Any = {
    "font.family": ["Source Sans Pro"],
    "font.size": 10.0,
    "axes.titlesize": 10.5,
    "axes.titley": 1.0,  # where it is put anyway: saves a search for ticks above at each drawing
    "axes.labelsize": 9.5,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.8,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.facecolor": PAPER,
    "figure.facecolor": PAPER,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "xtick.major.width": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "lines.linewidth": 2.0,
    "lines.solid_capstyle": "round",
    "text.hinting": "none",  # letters keep their places at every size, and are placed sooner
    "svg.fonttype": "path",
    "svg.hashsalt": "balkandefence",
    "path.simplify": True,
    "figure.dpi": 100.0,
    "savefig.dpi": 200.0,
    "date.autoformatter.year": "%Y",
}


@functools.cache
def _fonts() -> None:
    """Make the book's typeface known to matplotlib, from the package that ships it."""
    folder = files("font_source_sans_pro") / "files"
    for name in ("Regular", "Semibold", "Bold", "It"):
        font_manager.fontManager.addfont(str(folder / f"SourceSansPro-{name}.ttf"))


def apply() -> None:
    """Set the book's look for all charts drawn from here on."""
    _fonts()
    mpl.rcParams.update(dict(_RC))


def _engine(figure: Figure) -> ConstrainedLayoutEngine:
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    return engine


#: Names that no line may break.
_WHOLE = ("N. Macedonia", "Bosnia & Herz.", "CC BY 4.0")


def _bound(text: str) -> str:
    """Return a text whose short names hold together when it is wrapped."""
    for name in _WHOLE:
        text = text.replace(name, name.replace(" ", "\N{NO-BREAK SPACE}"))
    return text


def colour(iso3: str) -> str:
    """Return a country's colour, grey for one that has none of its own."""
    return COUNTRY.get(iso3, "#8a94a0")


def canvas(
    title: str,
    subtitle: str = "",
    *,
    narrow: bool = False,
    height: float = 4.2,
    rows: int = 1,
    columns: int = 1,
    **layout: Any,
) -> tuple[Figure, Any]:
    """Return a figure with its title set and its axes, as `subplots` gives them.

    `height` is that of the plotting area in inches; room for the title, which says the chart's
    one message, and for the footer is added. `layout` goes to `Figure.subplots`.
    """
    apply()
    width = WIDTH[narrow]
    letters = int(width * (11.8 if not narrow else 11.3))
    heading = textwrap.wrap(_bound(title), letters)
    below = textwrap.wrap(_bound(subtitle), int(width * 16.6))
    head = 0.12 + 0.235 * len(heading) + 0.185 * len(below) + 0.12
    foot = 0.34
    total = height + head + foot
    figure = Figure(figsize=(width, total), layout="constrained")
    _engine(figure).set(
        rect=(0.0, foot / total, 1.0, 1.0 - (head + foot) / total), w_pad=0.08, h_pad=0.04
    )
    left = 0.08 / width
    figure.text(
        left, 1 - 0.1 / total, "\n".join(heading), va="top", fontsize=13, weight="semibold",
        linespacing=1.15, gid="title",
    )  # fmt: skip
    if below:
        top = 1 - (0.14 + 0.235 * len(heading)) / total
        figure.text(
            left, top, "\n".join(below), va="top", fontsize=9.5, color=MUTED, gid="subtitle"
        )
    own: Any = {"axes_class": BookAxes}
    return figure, figure.subplots(rows, columns, subplot_kw=own, **layout)


def footer(figure: Figure, text: str) -> None:
    """Write source, edition and licence at the foot of a chart, in as many lines as needed."""
    _release_empty_labels(figure)
    width, total = figure.get_size_inches()
    lines = textwrap.wrap(_bound(text), int(width * 19.0))
    extra = max(0.0, 0.15 * (len(lines) - 2))
    if extra:
        _grow(figure, extra)
        total += extra
    figure.text(
        0.08 / width, 0.05 / total, "\n".join(lines), va="bottom", fontsize=7.5, color=MUTED,
        linespacing=1.2, gid="footer",
    )  # fmt: skip


def _release_empty_labels(figure: Figure) -> None:
    """Stop axis labels without text from being placed, which measures every tick label anew."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0.5, 0.0)


def _grow(figure: Figure, inches: float) -> None:
    """Add room at the foot, keeping the title's distance from the top."""
    width, total = figure.get_size_inches()
    grown = total + inches
    figure.set_size_inches(width, grown)
    for text in figure.texts:
        x, y = text.get_position()
        text.set_position((x, 1 - (1 - float(y)) * total / grown))
    engine = _engine(figure)
    left, bottom, wide, high = engine.get()["rect"]
    foot = (bottom * total + inches) / grown
    engine.set(rect=(left, foot, wide, high * total / grown))


def end_labels(
    axes: Axes, labels: Sequence[tuple[float, float, str, str]], *, gap: float | None = None
) -> list[Text]:
    """Write names beside the ends of lines, moved apart so that none overlaps.

    `labels` are (x, y, text, colour) in data units; `gap` is the least distance between two
    labels in data units of y, by default the height of a line of text.
    """
    if not labels:
        return []
    low, high = axes.get_ylim()
    figure = axes.get_figure(root=True)
    size = float(figure.get_size_inches()[1]) if figure else 4.0
    step = gap if gap is not None else (high - low) * 0.155 / max(size - 1.0, 1.0)
    placed: list[float] = []
    ordered = sorted(labels, key=lambda label: label[1])
    for _, y, _, _ in ordered:
        placed.append(max(y, placed[-1] + step) if placed else y)
    overflow = placed[-1] - high
    if overflow > 0:
        placed[-1] -= overflow
        for i in range(len(placed) - 2, -1, -1):
            placed[i] = min(placed[i], placed[i + 1] - step)
    return [
        axes.annotate(
            text, (x, y), xytext=(6, 0), textcoords="offset points", va="center",
            color=colour, fontsize=9, annotation_clip=False,
        )
        for (x, _, text, colour), y in zip(ordered, placed, strict=True)
    ]  # fmt: skip


def mark(marker: str, colour: str, label: str, *, hollow: bool = False, **look: Any) -> Line2D:
    """Return a legend's entry that shows one marker."""
    face = PAPER if hollow else colour
    return Line2D(
        [], [], marker=marker, linestyle="", color=colour, markerfacecolor=face, label=label, **look
    )


def point(marker: str, size: float) -> dict[str, Any]:
    """Return a point's shape and its size, such that all shapes look equally large."""
    return {"marker": marker, "markersize": size * _EVEN.get(marker, 1.0)}


def country_mark(iso3: str) -> str:
    """Return a country's shape, a circle for one that has none of its own."""
    return COUNTRY_MARK.get(iso3, "o")


def country_points(codes: Iterable[str], size: float) -> dict[str, Any]:
    """Return what seaborn maps countries to: colours, shapes, and areas that look equally large."""
    given = list(dict.fromkeys(codes))
    shapes = {code: country_mark(code) for code in given}
    areas = {code: point(shape, size)["markersize"] ** 2 for code, shape in shapes.items()}
    return {"palette": {code: colour(code) for code in given}, "markers": shapes, "sizes": areas}


def country_marks(codes: Iterable[str], names: Mapping[str, str]) -> list[Line2D]:
    """Return one point a country for a legend, in the book's order of countries."""
    given = set(codes)
    return [
        mark(colour=colour(code), label=names[code], **point(country_mark(code), 6.0))
        for code in COUNTRY
        if code in given
    ]


def legend(
    axes: Axes,
    handles: Sequence[Any],
    *,
    columns: int,
    at: tuple[float, float] = (0.0, 1.0),
    free: bool = False,
    **look: Any,
) -> Legend:
    """Put a close-set legend with its upper left corner at `at`, in parts of the axes.

    `free` keeps it out of the layout, where its panel already has the room. `look` goes to
    `Axes.legend`.
    """
    close = {"loc": "upper left", "handletextpad": 0.1, "columnspacing": 1.0, "borderpad": 0.0}
    made = axes.legend(handles=list(handles), bbox_to_anchor=at, ncols=columns, **{**close, **look})
    made.set_in_layout(not free)
    return made


def on_paper(fill: str = PAPER) -> dict[str, Any]:
    """Return the `bbox` that keeps a label readable on lines, without outlining its letters."""
    return {"facecolor": fill, "edgecolor": "none", "pad": 0.6, "alpha": 0.85}


def legend_row(figure: Figure, drawn: Any, handles: Sequence[Any], *, columns: int) -> None:
    """Put a legend into the last row of a grid of axes, which it replaces."""
    grid = drawn.flat[0].get_gridspec()
    for axes in drawn[-1]:
        axes.remove()
    foot = figure.add_subplot(grid[-1, :], axes_class=BookAxes)
    foot.set_axis_off()
    foot.legend(
        handles=list(handles), loc="upper left", ncols=columns, borderaxespad=0.0,
        handletextpad=0.4, columnspacing=1.4, labelcolor=INK,
    )  # fmt: skip


def rows(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a chart of one row a label, the first at the top, with lines across."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def whole_years(axes: Axes, first: int, last: int, *, most: int = 10) -> None:
    """Put ticks on whole years, evenly spaced and ending with the last."""
    span = max(last - first, 1)
    step = max(1, -(-span // most))
    axes.set_xticks(range(last, first - 1, -step))
    axes.set_xticklabels([str(year) for year in range(last, first - 1, -step)])


def from_zero(axes: Axes) -> None:
    """Let the amounts' axis start at zero."""
    axes.set_ylim(bottom=0)


def thousands(axes: Axes, axis: str = "y") -> None:
    """Write an axis's numbers with thousands separators and no needless decimals."""
    target = axes.yaxis if axis == "y" else axes.xaxis
    target.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f"{value:,.10g}"))
