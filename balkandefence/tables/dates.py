"""Partial dates: text such as 2018, 2018-07 or 2018-07-03 that says just what is known."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def bounds(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a partial date may mean.

    Raises ValueError where the text is no date, as 2018-02-30.
    """
    match = _PARTIAL.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a date: expected YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    first = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    if day:
        return first, first
    last_month = month or 12
    return first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1])


def day(value: str | dt.date) -> dt.date:
    """Return a full date from its text; ValueError says what was expected."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a date: expected YYYY-MM-DD") from error
