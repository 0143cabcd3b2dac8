"""Pictures kept between runs: a chart of the same data, words and code is not drawn again.

Drawing is most of what a notebook does. A picture is taken only where everything that it was drawn
from is the same: the frame, the options, the title and the footer, the modules that the chart is
made of, the locked packages and Python. Charts are pure functions of these, as tests hold them to.
Outside a build, where no folder is named, everything is drawn.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import importlib
import json
import os
import platform
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from balkandefence import paths, pictures, rendering, style
from balkandefence.pictures import Picture

#: Charts of these modules know nothing but what they are given.
_PURE = "balkandefence.charts."
#: What a module imports of the package, as ruff lays it out: a module, or names from one.
_IMPORTS = re.compile(
    r"^[ \t]*(?:import (balkandefence[\w.]*)"
    r"|from (balkandefence[\w.]*) import (\([^)]*\)|[^\n]*))",
    re.MULTILINE,
)
_NAME = re.compile(r"\w+")


class _NotPlainError(TypeError):
    """A value whose whole content cannot be written down."""


def _plain(value: Any) -> Any:
    """Return a value as text and lists that are equal only for equal values."""
    if isinstance(value, pd.DataFrame):
        columns = [_plain(value.iloc[:, at].tolist()) for at in range(len(value.columns))]
        head = [_plain(list(value.columns)), list(map(str, value.dtypes)), _plain(value.index)]
        return ["frame", head, columns]
    if isinstance(value, pd.Series):
        return ["series", _plain(value.name), _plain(value.index), _plain(value.tolist())]
    if isinstance(value, pd.Index):
        return ["index", str(value.dtype), _plain(list(value.names)), _plain(value.tolist())]
    if isinstance(value, Mapping):
        return ["mapping", [[_plain(k), _plain(v)] for k, v in value.items()]]
    if isinstance(value, list | tuple):
        return [type(value).__name__, [_plain(item) for item in value]]
    if isinstance(value, float) and not isinstance(value, np.floating):
        return ["float", float.__repr__(value)]  # a quantity shows itself otherwise
    if isinstance(value, str):
        return ["text", str(value)]
    missing = value is None or value is pd.NA or value is pd.NaT
    if missing or isinstance(value, bool | int | np.generic | dt.date | pd.Timedelta):
        return repr(value)
    raise _NotPlainError(type(value).__name__)


def _source(module: str) -> Path | None:
    """Return the file of a module of the package, None where there is no such module."""
    inside = Path(*module.split(".")[1:]) if "." in module else Path()
    base = Path(__file__).parent / inside
    found = (base.with_suffix(".py"), base / "__init__.py")
    return next((path for path in found if path.is_file()), None)


@cache
def _module(name: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the hash of a module of the package and the names it imports, None for any other."""
    path = _source(name) if name.startswith("balkandefence") else None
    if path is None:
        return None
    content = path.read_bytes()
    names: list[str] = []
    for plain, source, several in _IMPORTS.findall(content.decode("utf-8")):
        names += (plain or source, *(f"{source}.{name}" for name in _NAME.findall(several)))
    return hashlib.sha256(content).hexdigest(), tuple(names)


@cache
def _made_of(module: str) -> dict[str, str]:
    """Return the hash of each module of the package that a chart is made of."""
    found: dict[str, str] = {}
    left = [module, __name__]
    while left:
        name = left.pop()
        if name not in found and (known := _module(name)):
            found[name] = known[0]
            left += known[1]
    return found


@cache
def _surroundings() -> list[str]:
    lock = paths.root() / "requirements.txt"
    locked = hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else ""
    return [platform.python_version(), locked]


def _key(chart: Callable[..., object], drawn_from: list[Any]) -> str | None:
    """Return what is equal for equal pictures alone; None where that cannot be known."""
    if not chart.__module__.startswith(_PURE):
        return None
    try:
        content = _plain(drawn_from)
    except _NotPlainError:
        return None
    made_of = _made_of(chart.__module__)
    whole = [
        chart.__module__,
        chart.__qualname__,
        sorted(made_of.items()),
        _surroundings(),
        content,
    ]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _draw(
    chart: Callable[..., Figure], data: pd.DataFrame, foot: str, settings: Mapping[str, Any]
) -> Picture:
    """Return a chart as it is published: wide and narrow as SVG, wide as PNG."""
    drawn = {}
    bare = data.copy(deep=False)
    bare.attrs = {}  # where it comes from is copied with every row and column taken of it
    for narrow in (False, True):
        made = chart(bare, narrow=narrow, **settings)
        style.footer(made, foot)
        rendering.settle(made)
        drawn[narrow] = made
    svg, png = rendering.svg_and_png(drawn[False])
    narrow_svg = rendering.svg(drawn[True])
    return {"svg": svg, "narrow": narrow_svg, "png": base64.b64encode(png).decode("ascii")}


def drawn(
    chart: Callable[..., Figure], data: pd.DataFrame, foot: str, settings: Mapping[str, Any]
) -> Picture:
    """Return a chart of `data` with its footer, drawn now or the same one from an earlier run.

    The chart is called with the data, whether it is narrow, and the `settings`.
    """
    folder = os.environ.get(pictures.FOLDER)
    key = _key(chart, [data, foot, settings]) if folder else None
    if folder is None or key is None:
        return _draw(chart, data, foot, settings)
    path = Path(folder) / f"{key}.json"
    found = pictures.taken(path)
    if found is None:
        found = _draw(chart, data, foot, settings)
        pictures.keep(path, found)
    else:
        for module in _made_of(chart.__module__):  # so that the run is known to depend on them
            importlib.import_module(module)
    return found
