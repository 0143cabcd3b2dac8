"""The project's tables: load one as it was known on a day, or check them all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import pandas as pd

from balkandefence import recording
from balkandefence.tables.asof import answer, holding, known, stamp
from balkandefence.tables.checking import check, state, vouch
from balkandefence.tables.dates import bounds, day
from balkandefence.tables.pickled import bound
from balkandefence.tables.reading import DataError, Problem
from balkandefence.tables.sidecar import Column, Sidecar, SidecarError, names
from balkandefence.tables.sidecar import load as sidecar

__all__ = [
    "Column",
    "DataError",
    "Problem",
    "Sidecar",
    "SidecarError",
    "bound",
    "bounds",
    "check",
    "day",
    "holding",
    "known",
    "load",
    "names",
    "sidecar",
    "stamp",
    "state",
    "vouch",
]


def load(
    name: str,
    as_of: str | dt.date | None = None,
    *,
    vintages: bool = False,
    where: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return a table as it was known on `as_of`, by default the day it was compiled.

    The frame has the sidecar's columns and, as index "line", each row's line in the data file as
    it stood on that day; `attrs["tables"]` names the table. Unknown is missing, never zero; lists
    and keys are tuples. With `vintages`, a table of releases answers with every release published
    by `as_of` and not only the newest. Sources that appeared after `as_of` are left out of the
    rows' keys. With `where`, it answers with the rows alone that hold a value in each of some
    columns, in a list among others: a run that asks so does not depend on the rest.

    Raises SidecarError for an unknown table, DataError (listing every offender at once) where
    the table breaks its own sidecar, ValueError for a malformed `as_of`; for a column of `where`
    what `holding` raises.
    """
    described = sidecar(name)
    moment = day(as_of or described.compiled)
    chosen = [json.dumps(dict(where), sort_keys=True)] if where else []
    recording.note("table", name, moment.isoformat(), *chosen)
    with recording.covered():
        problems = check(name)
        if problems:
            raise DataError(problems)
        then, lines = answer(described, moment, vintages=vintages)
    then = holding(then.set_axis(lines, axis="index"), described, where or {})
    then.attrs = {"tables": (name,)}
    return then
