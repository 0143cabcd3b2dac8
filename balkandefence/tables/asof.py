"""A table's file as it would have been on a day: what an edition publishes and records.

The rows are those of `tables.load(…, vintages=True)`, so that older releases stay beside the
newest; cells that became known later are empty, and sources that appeared later are left out.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from balkandefence import paths, sources
from balkandefence.provenance import LINE
from balkandefence.tables import clock, dates, pickled, reading, verdicts
from balkandefence.tables.checking import check
from balkandefence.tables.sidecar import Sidecar, load

#: The line of a file's first row: the one before it names the columns.
_FIRST = 2


@dataclass(frozen=True)
class Known:
    """The text of a data file, and its cells as text by their line in it."""

    text: str
    rows: pd.DataFrame


def appeared(key: str, as_of: dt.date) -> bool:
    """Return whether a source was there on a day; an undated or unknown one counts as there."""
    reference = sources.load().get(key)
    if reference is None or not reference.date:
        return True
    try:
        return dates.bounds(reference.date)[0] <= as_of
    except ValueError:
        return True


def without_later_sources(frame: pd.DataFrame, sidecar: Sidecar, as_of: dt.date) -> pd.DataFrame:
    """Return the rows without the sources that appeared after `as_of`.

    Where all of a row's sources appeared later they stay: the row was known then, by a public act
    or a running series, and these are the pages in which we read it.
    """
    columns = [column.name for column in sidecar.columns if column.type == "keys"]
    there: dict[str, bool] = {}
    kept = frame.copy()
    for column in columns:
        for key in {key for keys in frame[column] for key in keys}:
            there.setdefault(key, appeared(key, as_of))
        cells = [tuple(k for k in keys if there[k]) or keys for keys in frame[column]]
        kept[column] = pd.Series(cells, index=frame.index, dtype="object")
    return kept


def holding(frame: pd.DataFrame, sidecar: Sidecar, where: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows that hold a value in each of some columns, in one of lists among others.

    The frame's cells are typed, or text as in the file. Raises KeyError for a column that the
    table does not have, ValueError for one that is neither of text nor of lists.
    """
    for column, value in where.items():
        cells, kind = frame[column], sidecar.column(column).type
        if kind not in ("string", "list", "keys"):
            raise ValueError(
                f"{sidecar.name}.{column} is of type {kind}; rows are chosen by text or lists"
            )
        if kind != "string":
            parts = (c.split(";") if isinstance(c, str) else c for c in cells)
            frame = frame[[value in part for part in parts]]
        else:
            frame = frame[(cells == value).to_numpy(dtype=bool)]
    return frame


def answer(
    sidecar: Sidecar, moment: dt.date, *, vintages: bool
) -> tuple[pd.DataFrame, pd.Index[int]]:
    """Return the rows known on a day by their line in today's file, and their lines in that day's.

    That day's file holds every release then published, so a line is the same with `vintages` and
    without.
    """
    then, lines = _answered(sidecar, moment, vintages, stamp(sidecar.name))
    return then.copy(), lines


@lru_cache(maxsize=128)
def _answered(
    sidecar: Sidecar, moment: dt.date, vintages: bool, _stamp: tuple[int, ...]
) -> tuple[pd.DataFrame, pd.Index[int]]:
    _, frame, _ = reading.read(sidecar)
    published = frame
    if sidecar.clock.kind == "release":
        published = frame[frame[sidecar.clock.column] <= pd.Timestamp(moment)]
        then = published if vintages else clock.as_known(frame, sidecar, moment)
    else:
        published = then = clock.as_known(frame, sidecar, moment)
    if moment < dates.day(sidecar.compiled):
        then = without_later_sources(then, sidecar, moment)
    if sidecar.format != "csv":
        return then, then.index
    lines = published.index.get_indexer(then.index) + _FIRST
    return then, pd.Index(lines, name=LINE, dtype="int64")


def _text(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _is_unknown(value: object) -> bool:
    return value == () if isinstance(value, tuple) else bool(pd.isna(value))  # type: ignore[call-overload]


def _cell(written: str, now: object, then: object) -> str:
    """Return a cell as it stood in the day's file: as it is written, save what was otherwise."""
    if _is_unknown(then):
        return ""
    return _text(then) if isinstance(then, tuple | str) and then != now else written


def _cells(sidecar: Sidecar, known: pd.DataFrame) -> pd.DataFrame:
    """Return the known rows as text: as in the file, save what was otherwise on the day."""
    raw, typed, _ = reading.read(sidecar)
    raw, typed = raw.loc[known.index], typed.loc[known.index]
    for name in raw.columns:
        if not typed[name].equals(known[name]):  # as few columns of few tables are
            then = [_cell(*cell) for cell in zip(raw[name], typed[name], known[name], strict=True)]
            raw[name] = pd.Series(then, index=raw.index, dtype=raw[name].dtype)
    return raw


@lru_cache(maxsize=128)
def _made(name: str, as_of: dt.date, _stamp: tuple[int, ...]) -> Known:
    problems = check(name)
    if problems:
        raise reading.DataError(problems)
    sidecar = load(name)
    path = paths.data() / sidecar.file
    if sidecar.format != "csv":
        return Known(path.read_text(encoding="utf-8"), reading.read(sidecar)[0])
    return pickled.remembered(
        f"{name}@{as_of}",
        lambda: verdicts.keying()(f"known {as_of} {sidecar!r}", [path, paths.references()]),
        lambda: _worked_out(sidecar, as_of),
    )


def _worked_out(sidecar: Sidecar, as_of: dt.date) -> Known:
    known, lines = answer(sidecar, as_of, vintages=True)
    cells = _cells(sidecar, known).set_axis(lines, axis="index")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(cells.columns)
    writer.writerows(cells.to_numpy().tolist())
    return Known(text.getvalue(), cells)


def _changed(file: str) -> int:
    """Return when a file changed, 0 where there is none; this is asked thousands of times."""
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0


def stamp(name: str) -> tuple[int, ...]:
    """Return what changes whenever a table's file, its sidecar or references.bib does."""
    own = [f"{paths.data()}/{name}.{ending}" for ending in ("yml", "csv", "geojson")]
    return (hash(paths.root()), *map(_changed, [*own, str(paths.references())]))


def known(name: str, as_of: dt.date) -> Known:
    """Return a table's file as it would have been on `as_of`.

    Raises what `tables.load` raises.
    """
    return _made(name, as_of, stamp(name))
