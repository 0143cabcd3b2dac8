"""The project's tables: load one as it was known on a day, or check them all."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from balkandefence import recording
from balkandefence.tables.asof import answer, known
from balkandefence.tables.checking import check, vouch
from balkandefence.tables.dates import bounds, day
from balkandefence.tables.reading import DataError, Problem
from balkandefence.tables.sidecar import Column, Sidecar, SidecarError, names
from balkandefence.tables.sidecar import load as sidecar

__all__ = [
    "Column",
    "DataError",
    "Problem",
    "Sidecar",
    "SidecarError",
    "bounds",
    "check",
    "day",
    "known",
    "load",
    "names",
    "sidecar",
    "vouch",
]


def load(name: str, as_of: str | dt.date | None = None, *, vintages: bool = False) -> pd.DataFrame:
    """Return a table as it was known on `as_of`, by default the day it was compiled.

    The frame has the sidecar's columns and, as index "line", each row's line in the data file as
    it stood on that day; `attrs["tables"]` names the table. Unknown is missing, never zero; lists
    and keys are tuples. With `vintages`, a table of releases answers with every release published
    by `as_of` and not only the newest. Sources that appeared after `as_of` are left out of the
    rows' keys.

    Raises SidecarError for an unknown table, DataError (listing every offender at once) where
    the table breaks its own sidecar, ValueError for a malformed `as_of`.
    """
    described = sidecar(name)
    moment = day(as_of or described.compiled)
    recording.note("table", name, moment.isoformat())
    with recording.covered():
        problems = check(name)
        if problems:
            raise DataError(problems)
        then, lines = answer(described, moment, vintages=vintages)
    then = then.set_axis(lines, axis="index")
    then.attrs = {"tables": (name,)}
    return then
