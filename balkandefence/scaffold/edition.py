"""A new edition: a file like that of the edition before it, with its own id and day."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from balkandefence import editions, paths
from balkandefence.scaffold import ScaffoldError, write

_ID = re.compile(r"(\d{4})\.([1-9]|1[0-2])\.(\d+)")


def _parts(id: str) -> tuple[int, int, int]:
    found = _ID.fullmatch(id)
    if not found:
        raise ScaffoldError(f"{id!r} is no edition's id: YEAR.MONTH.PATCH, such as 2026.12.0")
    return int(found[1]), int(found[2]), int(found[3])


def _base(parts: tuple[int, int, int], there: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Return the edition that a new one follows: the newest, or that which it patches."""
    if parts in there:
        raise ScaffoldError(f"edition {'.'.join(map(str, parts))} is there already")
    same_month = [p for p in there if p[:2] == parts[:2]]
    followed = same_month or there
    if not followed:
        raise ScaffoldError("there is no edition to begin from in editions/")
    if parts < max(followed):
        newest = ".".join(map(str, max(followed)))
        raise ScaffoldError(f"{'.'.join(map(str, parts))} is not later than edition {newest}")
    return max(followed)


def _day(text: str, base: dt.date, parts: tuple[int, int, int]) -> dt.date:
    try:
        day = dt.date.fromisoformat(text) if text else base
    except ValueError as error:
        raise ScaffoldError(f"--as-of {text!r} is not a date: YYYY-MM-DD") from error
    end = dt.date(parts[0], parts[1], calendar.monthrange(parts[0], parts[1])[1])
    limit = editions.declarations()["as_of"].maximum
    if day < base:
        raise ScaffoldError(f"--as-of {day} lies before that of the edition it follows, {base}")
    if day > end:
        raise ScaffoldError(f"--as-of {day} lies after the month of the edition, {end}")
    if isinstance(limit, dt.date) and day > limit:
        raise ScaffoldError(
            f"--as-of {day} lies after {limit}, the last day that the tables know; compile them "
            "later, then raise as_of's maximum in editions/parameters.yml"
        )
    return day


def new(id: str, as_of: str = "") -> list[str]:
    """Write editions/<id>.yml after the edition that it follows and return the file.

    An id is later than every other, or the next patch of an edition. Raises ScaffoldError for
    any other id, one that is there, and a day before the followed edition's, after the id's month
    or beyond what the tables know.
    """
    parts = _parts(id)
    base = _base(parts, [_parts(known) for known in editions.ids()])
    followed = editions.load(".".join(map(str, base)))
    day = _day(as_of, followed.as_of, parts)
    path = paths.editions() / f"{id}.yml"
    text = (paths.editions() / f"{followed.id}.yml").read_text(encoding="utf-8")
    title = f"{calendar.month_name[parts[1]]} {parts[0]}" + (
        f", patch {parts[2]}" if parts[2] else ""
    )
    shown = f"{day.day} {calendar.month_name[day.month]} {day.year}"
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    kept = re.sub(r"^title: .*$", f"title: {title}", kept, flags=re.MULTILINE)
    kept = re.sub(r"^as_of: .*$", f"as_of: {day}", kept, flags=re.MULTILINE)
    head = f"# Edition {id}: what was known on {shown}.\n"
    return write({path: f"{head}{kept}\n"})
