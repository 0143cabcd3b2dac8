"""The two clocks: what a table said on an earlier day."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from balkandefence.tables import dates
from balkandefence.tables.sidecar import Clock, Later, Sidecar


def _happened(values: pd.Series, as_of: dt.date) -> pd.Series:
    """Return where a date or partial date has surely passed on `as_of`; unknown counts as not."""

    def passed(value: object) -> bool:
        if isinstance(value, pd.Timestamp):
            return value.date() <= as_of
        return isinstance(value, str) and dates.bounds(value)[1] <= as_of

    return values.map(passed, na_action="ignore").fillna(False).astype(bool)


def _newest_release(frame: pd.DataFrame, clock: Clock, as_of: dt.date) -> pd.DataFrame:
    published: pd.DataFrame = frame[frame[clock.column] <= pd.Timestamp(as_of)]
    if not clock.by:
        return published[published[clock.column] == published[clock.column].max()]
    newest = published.groupby(list(clock.by), dropna=False)[clock.column].transform("max")
    return published[published[clock.column] == newest]


def _clear(frame: pd.DataFrame, later: Later, as_of: dt.date) -> pd.DataFrame:
    """Empty the fields that were known only after `as_of`."""
    hidden = ~_happened(frame[later.when], as_of)
    if later.undated == "show":
        hidden &= frame[later.when].notna()
    if not hidden.any():
        return frame
    frame = frame.copy()
    for column in later.clear:
        values = frame[column]
        if values.map(lambda value: isinstance(value, tuple)).any():
            frame[column] = pd.Series(
                [() if gone else v for v, gone in zip(values, hidden, strict=True)],
                index=frame.index,
                dtype="object",
            )
        else:
            frame[column] = values.mask(hidden)
    return frame


def _deal_status_then(deal: pd.Series, as_of: dt.date) -> str:
    """Return a deal's status on `as_of`: that of the newest step then known."""

    def known(column: str) -> bool:
        since = deal[column]
        return isinstance(since, pd.Timestamp) and since.date() <= as_of

    if known("status_known_from"):
        return str(deal["status"])
    if known("delivery_start_known_from"):
        return "delivering"
    if known("order_known_from"):
        return str(deal["order_status"])
    return "announced"


def _deals_then(frame: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the deals with the status that their dates give for `as_of`."""
    frame = frame.copy()
    then = [_deal_status_then(deal, as_of) for _, deal in frame.iterrows()]
    frame["status"] = pd.Series(then, index=frame.index, dtype=frame["status"].dtype)
    return frame


def as_known(frame: pd.DataFrame, sidecar: Sidecar, as_of: dt.date) -> pd.DataFrame:
    """Return what the table said on a day: same columns, the rows then known.

    Of statistics, the newest release then published answers (within the columns that the sidecar
    names in `by`). Of facts, those known by then, with the fields emptied that became known
    later. A fact that cannot be dated answers only from the day the table was compiled.
    """
    clock = sidecar.clock
    if clock.kind == "static":
        return frame
    if clock.kind == "release":
        return _newest_release(frame, clock, as_of)
    since = frame[clock.column].fillna(pd.Timestamp(sidecar.compiled))
    frame = frame[since <= pd.Timestamp(as_of)]
    if as_of >= dates.day(sidecar.compiled):
        return frame  # nothing recorded lies ahead of the day of recording
    if clock.rule == "deal_status":
        frame = _deals_then(frame, as_of)
    for later in clock.later:
        frame = _clear(frame, later, as_of)
    return frame
