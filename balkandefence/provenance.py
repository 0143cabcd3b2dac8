"""From a published value back to the function that computed it and the rows it read.

A measure is a pure function over frames. The decorator notes on each result which function gave
it, with which arguments, from which tables; `quantity` adds the very rows that entered a number.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar

import pandas as pd

P = ParamSpec("P")
R = TypeVar("R")

#: Name of the index that the loader gives each frame: the line of the row in its CSV file.
LINE = "line"


@dataclass(frozen=True)
class Provenance:
    """How a value came about."""

    function: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Quantity(float):
    """A number that remembers how it was computed; arithmetic on it gives a plain float."""

    provenance: Provenance

    def __new__(cls, value: float, provenance: Provenance | None = None) -> Quantity:
        """Return the number with its provenance, an empty one by default."""
        made = super().__new__(cls, value)
        made.provenance = provenance or Provenance()
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Quantity, (float(self), self.provenance))


class Words(str):
    """A computed word or name, such as the leader's, that remembers how it was computed."""

    provenance: Provenance

    def __new__(cls, value: str, provenance: Provenance | None = None) -> Words:
        """Return the text with its provenance, an empty one by default."""
        made = super().__new__(cls, value)
        made.provenance = provenance or Provenance()
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Words, (str(self), self.provenance))


@dataclass(frozen=True)
class Fact:
    """A computed value under the name by which prose will call it.

    `what` says in a few words what it is; `unit` is written behind a number, "%" without a space;
    `grouped` is off for years. Values of Words take neither unit nor decimals.
    """

    id: str
    value: Quantity | Words
    what: str
    unit: str = ""
    decimals: int = 0
    grouped: bool = True


def _lines(frames: Iterable[pd.DataFrame]) -> dict[str, tuple[int, ...]]:
    lines: dict[str, set[int]] = {}
    for frame in frames:
        tables = frame.attrs.get("tables", ())
        if frame.index.name == LINE and len(tables) == 1:
            lines.setdefault(tables[0], set()).update(int(n) for n in frame.index)
    return {table: tuple(sorted(found)) for table, found in sorted(lines.items())}


def quantity(value: float, *rows: pd.DataFrame) -> Quantity:
    """Return `value` as a Quantity that names the rows it was computed from.

    `rows` are selections of loaded tables that still carry the loader's line index; others add
    nothing.
    """
    return Quantity(value, Provenance(rows=_lines(rows)))


def words(value: str, *rows: pd.DataFrame) -> Words:
    """Return a computed name or phrase as Words that name the rows it was computed from."""
    return Words(value, Provenance(rows=_lines(rows)))


def tables_of(value: object) -> tuple[str, ...]:
    """Return the names of the tables that a frame or value was made from, sorted."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return tuple(value.attrs.get("tables", ()))
    if isinstance(value, Quantity | Words):
        return value.provenance.tables
    return ()


def _shown(value: object) -> str:
    if isinstance(value, pd.DataFrame | pd.Series):
        origin = value.attrs.get("function") or "".join(value.attrs.get("tables", ())[:1])
        return origin.removeprefix("balkandefence.measures.") or "frame"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(str(v) for v in value) + "]"
    return str(value)


def _tell_columns(error: KeyError, name: str, given: Mapping[str, object]) -> None:
    """Note on the error the nearest columns, where a measure asked for one that no frame has."""
    frames = {key: value for key, value in given.items() if isinstance(value, pd.DataFrame)}
    columns = {str(column) for frame in frames.values() for column in frame.columns}
    asked = error.args[0] if error.args else None
    if not isinstance(asked, str) or asked in columns or not frames or _is_noted(error):
        return
    near = difflib.get_close_matches(asked, sorted(columns), n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    listed = "; ".join(f"{key}: {', '.join(map(str, f.columns))}" for key, f in frames.items())
    short = name.removeprefix("balkandefence.measures.")
    error.add_note(f"no frame given to {short} has {asked!r}; {hint}it got {listed}")


def _is_noted(error: BaseException) -> bool:
    return bool(getattr(error, "__notes__", ()))


def measure(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a pure function as a measure: its results say where they come from.

    Frames returned carry `attrs` "tables", "function" and "arguments"; a Quantity or Words gets
    the same in its provenance. Other results pass unchanged.
    """
    name = f"{function.__module__}.{function.__name__}"
    signature = inspect.signature(function)

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs).arguments
        tables = tuple(sorted({t for value in given.values() for t in tables_of(value)}))
        arguments = {key: _shown(value) for key, value in given.items()}
        try:
            result = function(*args, **kwargs)
        except KeyError as error:
            _tell_columns(error, name, given)
            raise
        if isinstance(result, pd.DataFrame | pd.Series):
            tables = tuple(sorted({*tables, *tables_of(result)}))
            result.attrs = {"tables": tables, "function": name, "arguments": arguments}
        elif isinstance(result, Quantity | Words):
            inner = result.provenance
            tables = tuple(sorted({*tables, *inner.tables, *inner.rows}))
            made = replace(inner, function=name, arguments=arguments, tables=tables)
            result.provenance = made
        return result

    return run
