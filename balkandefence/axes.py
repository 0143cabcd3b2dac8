"""Axes as matplotlib has them, whose ticks and texts are made sooner.

A tick is three lines and two texts. matplotlib makes every one anew, one of the minor ones for each
axis even where none is drawn, copies all properties of the first onto it, and puts it in its place
again whenever ticks are asked for. Here a tick is a copy of the first, minor ones are made and
looked for where they are drawn, and each is put in its place once. A text is laid out once for each
renderer, and not each time that one asks for its size. What is drawn is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Tick, XAxis, XTick, YAxis, YTick
from matplotlib.text import Annotation, Text
from matplotlib.ticker import NullLocator

_PARTS = ("tick1line", "tick2line", "gridline", "label1", "label2")
_Part = TypeVar("_Part", bound=Artist)


def _copy(artist: _Part) -> _Part:
    """Return a copy that shares what an artist replaces, and never changes, when it is set."""
    made = type(artist).__new__(type(artist))
    vars(made).update(vars(artist))
    return made


class _Placed(Tick):
    """A tick that is moved only where it is not there yet."""

    def update_position(self, loc: float) -> None:
        if loc != self.get_loc():
            super().update_position(loc)


class _XTick(_Placed, XTick):
    pass


class _YTick(_Placed, YTick):
    pass


class _Once:
    """A text that is laid out once by each renderer, however often that one asks."""

    def _get_layout(self: Any, renderer: Any) -> Any:
        plain: Callable[[Any], Any] = super()._get_layout  # type: ignore[misc]
        if self._wrap or self._transform_rotates_text:
            return plain(renderer)  # its place decides too
        font, others = self._fontproperties, (
            self._text, self._rotation, self._rotation_mode, self._horizontalalignment,
            self._verticalalignment, self._multialignment, self._linespacing, self._usetex,
            self._parse_math, self.get_figure(root=True).dpi,
        )  # fmt: skip
        known = vars(renderer).setdefault("balkandefence_layouts", {})
        found = known.get((font, others))
        if found is None:
            found = known[font.copy(), others] = plain(renderer)
        return found


class _Text(_Once, Text):
    pass


class _Annotation(_Once, Annotation):
    pass


_ONCE: Mapping[type, type] = {Text: _Text, Annotation: _Annotation}


def _lay_out_once(text: Text) -> None:
    text.__class__ = _ONCE.get(type(text), type(text))


class _None:
    """No minor ticks, until one is drawn."""

    def __get__(self, axis: Any, owner: Any = None) -> Any:
        axis.minorTicks = []
        return axis.minorTicks


class _Copying:
    """An axis whose further ticks are copies of its first."""

    axes: Any
    minor: Any
    minorTicks = _None()  # noqa: N815 - matplotlib's name

    def _get_tick(self, major: bool) -> Any:
        held = vars(self).get("majorTicks" if major else "minorTicks")
        if not held:
            first = super()._get_tick(major)  # type: ignore[misc]
            _lay_out_once(first.label1)
            _lay_out_once(first.label2)
            if not major:  # of the others, the axis does it once
                first.set_clip_path(self.axes.patch)
            return first
        made = _copy(held[0])
        for name in _PARTS:
            part = _copy(getattr(made, name))
            if name.startswith("label"):  # the one thing that a text changes in itself
                part._fontproperties = part._fontproperties.copy()
            setattr(made, name, part)
        return made

    def _copy_tick_props(self, src: Any, dest: Any) -> None:
        """Leave a copy as it is."""

    def get_minorticklocs(self) -> Any:
        """Return no places where there are none, without asking where the major ones are."""
        if isinstance(self.minor.locator, NullLocator):
            return np.array([])
        return super().get_minorticklocs()  # type: ignore[misc]


class _XAxis(_Copying, XAxis):
    _tick_class = _XTick


class _YAxis(_Copying, YAxis):
    _tick_class = _YTick


class BookAxes(Axes):
    """Axes with numbers or names along x and y."""

    def _init_axis(self) -> None:
        spines: Any = self.spines
        self.xaxis = _XAxis(self, clear=False)
        spines["bottom"].register_axis(self.xaxis)
        spines["top"].register_axis(self.xaxis)
        self.yaxis = _YAxis(self, clear=False)
        spines["left"].register_axis(self.yaxis)
        spines["right"].register_axis(self.yaxis)

    def _add_text(self, txt: Any) -> Any:
        _lay_out_once(txt)
        return super()._add_text(txt)  # type: ignore[misc]
