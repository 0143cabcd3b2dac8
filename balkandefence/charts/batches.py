"""Many marks of a chart drawn together: one by one they would take several times as long.

Boxes move the limits of their axes; points and lines leave them to the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import IdentityTransform

from balkandefence import style

_Colour = tuple[float, float, float, float]


class Boxes:
    """Boxes such as the parts of stacked bars."""

    def __init__(self) -> None:
        self._corners: list[list[tuple[float, float]]] = []
        self._tones: list[str] = []

    def add(self, left: float, bottom: float, wide: float, high: float, *, tone: str) -> None:
        """Put a box, in data units."""
        right, top = left + wide, bottom + high
        self._corners.append([(left, bottom), (right, bottom), (right, top), (left, top)])
        self._tones.append(tone)

    def draw(self, axes: Axes, *, width: float) -> None:
        """Draw all boxes, apart by lines of the paper's colour, so many points wide."""
        look: dict[str, Any] = {"facecolors": self._tones, "edgecolors": style.PAPER}
        boxes = PolyCollection(self._corners, linewidths=width, joinstyle="miter", **look)
        axes.add_collection(boxes)
        axes.autoscale_view()


@dataclass
class _Alike:
    """Points of one shape."""

    at: list[tuple[float, float]] = field(default_factory=list)
    areas: list[float] = field(default_factory=list)
    edges: list[_Colour] = field(default_factory=list)
    fills: list[_Colour] = field(default_factory=list)


class Dots:
    """Points of one or several shapes, full or hollow."""

    def __init__(self) -> None:
        self._alike: dict[str, _Alike] = {}

    def add(
        self, x: float, y: float, shape: str, size: float, *, edge: str, fill: str, alpha: float = 1
    ) -> None:
        """Put a point, in data units, as large as a circle so many points across."""
        alike = self._alike.setdefault(shape, _Alike())
        alike.at.append((x, y))
        alike.areas.append(style.point(shape, size)["markersize"] ** 2)
        alike.edges.append(to_rgba(edge, alpha))
        alike.fills.append(to_rgba(fill, alpha))

    def draw(self, axes: Axes, *, width: float, order: float = 2.0) -> None:
        """Draw all points, shape by shape, with edges so many points wide.

        A shape's points have it as their label, which no legend shows: "_o" for circles.
        """
        for shape, alike in self._alike.items():
            look = MarkerStyle(shape)
            drawn = PathCollection(
                [look.get_path().transformed(look.get_transform())], alike.areas,
                offsets=alike.at, offset_transform=axes.transData, facecolors=alike.fills,
                edgecolors=alike.edges, linewidths=width, joinstyle=look.get_joinstyle(),
                zorder=order, label=f"_{shape}",
            )  # fmt: skip
            drawn.set_transform(IdentityTransform())
            axes.add_collection(drawn, autolim=False)


class Strokes:
    """Level lines, each in its colour, unbroken or with dashes."""

    def __init__(self) -> None:
        self._lines: list[list[tuple[float, float]]] = []
        self._colours: list[_Colour] = []
        self._dashes: list[Any] = []

    def add(
        self, first: float, last: float, y: float, *, tone: str, alpha: float = 1,
        dashes: Sequence[float] = (),
    ) -> None:  # fmt: skip
        """Put a line from first to last at a height, in data units."""
        self._lines.append([(first, y), (last, y)])
        self._colours.append(to_rgba(tone, alpha))
        self._dashes.append((0, tuple(dashes)) if dashes else "-")

    def draw(self, axes: Axes, *, width: float) -> None:
        """Draw all lines, so many points wide."""
        drawn = LineCollection(
            self._lines, colors=self._colours, linestyles=self._dashes, linewidths=width,
            capstyle="butt", zorder=2,
        )  # fmt: skip
        axes.add_collection(drawn, autolim=False)
