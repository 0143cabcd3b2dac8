"""Evidence: what each basis says of a claim, one row a basis.

A basis is one way in which a statement can be computed: source, release, definition, price basis
and window. Claims enumerate bases; the rule in `rule.py` then judges all rows alike.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import pandas as pd

from balkandefence import tables
from balkandefence.provenance import Provenance, Quantity, Words
from balkandefence.spelling import spelled

#: like: a basis on which the statement can be read, so it counts for the verdict. mixed: parts of
#: different bases (or another unit), shown apart, never counted. context: bears on the statement.
Role = Literal["like", "mixed", "context"]

Relation = Literal["equal", "at_least", "at_most", "more_than", "first", "is_true"]


@dataclass(frozen=True)
class Expectation:
    """What must be so for a row to agree: a relation to a value, `step` its last quoted digit."""

    relation: Relation
    value: float = 1.0
    step: float = 0.0


#: For facts: the row's value is 1 where the fact is on record, 0 where the record says otherwise.
TRUE = Expectation("is_true")
FIRST = Expectation("first")


@dataclass(frozen=True)
class Basis:
    """One way to compute a statement."""

    source: str
    definition: str = ""
    release: dt.date | None = None
    prices: str = ""
    window: str = ""

    @property
    def label(self) -> str:
        """Return the basis in words, such as 'SIPRI (April 2025), spending, current US dollars'."""
        named = f" ({self.release:%B %Y})" if self.release else ""
        rest = [part for part in (self.definition, self.prices, self.window) if part]
        return ", ".join([f"{self.source}{named}", *rest])


@dataclass(frozen=True)
class Evidence:
    """What one basis says; `value` is None where the data at hand cannot tell.

    `part` names the part of a statement with several; `expects` what the row must show to agree,
    the claim's own expectation if it is None.
    """

    basis: Basis
    value: float | str | None
    role: Role = "like"
    part: str = ""
    expects: Expectation | None = None
    unit: str = ""
    decimals: int = 1
    says: str = ""
    sources: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def number(self) -> float | None:
        """Return the value where it is a known number."""
        if isinstance(self.value, int | float) and math.isfinite(self.value):
            return float(self.value)
        return None

    @property
    def shown(self) -> str:
        """Return the value as readers see it."""
        if isinstance(self.value, str):
            return str(self.value)
        if self.number is None:
            return "not known"
        if self.expects is not None and self.expects.relation == "is_true":
            return "yes" if self.number else "no"
        if self.unit == "rank":
            return f"place {self.number:.0f}"
        return spelled(self.number, unit=self.unit, decimals=self.decimals)


def row(
    value: float | str | None,
    source: str,
    definition: str = "",
    *,
    release: Any = None,
    prices: str = "",
    window: str = "",
    **others: Any,
) -> Evidence:
    """Return an evidence row; the provenance is that of the measure that gave the value."""
    if isinstance(value, Quantity | Words):
        others.setdefault("provenance", value.provenance)
    day = release.date() if isinstance(release, pd.Timestamp) else release
    plain: float | str | None = value
    if isinstance(value, str):
        plain = str(value)
    elif value is not None:
        plain = float(value) if math.isfinite(value) else None
    basis = Basis(source, definition, day, prices, window)
    return Evidence(basis, plain, **others)


def fact(value: float | None, source: str, definition: str, says: str, **others: Any) -> Evidence:
    """Return a row on whether something is on record: 1 yes, 0 no, None not known."""
    return row(value, source, definition, says=says, expects=TRUE, **others)


def context(value: float | str | None, source: str, definition: str, **others: Any) -> Evidence:
    """Return a row that bears on a statement and never counts for its verdict."""
    return row(value, source, definition, role="context", **others)


def superseded(row: Evidence, rows: Iterable[Evidence]) -> bool:
    """Return whether a newer release of the same source stands among the rows."""
    if row.basis.release is None:
        return False
    newer = [other.basis.release for other in rows if other.basis.source == row.basis.source]
    return any(release is not None and release > row.basis.release for release in newer)


class Known:
    """The tables as they were known on a day; it remembers which were asked for."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self.used: set[str] = set()
        self._load = cache(lambda name, vintages: tables.load(name, day, vintages=vintages))
        self._by_release = cache(self._releases)

    def __call__(self, name: str, *, vintages: bool = False) -> Any:
        """Return a table as known on the day, or all its releases published by then."""
        self.used.add(name)
        return self._load(name, vintages)

    def releases(self, name: str) -> list[tuple[dt.date, Any]]:
        """Return each release of a table published by the day with its rows, oldest first."""
        self.used.add(name)
        return self._by_release(name)

    def _releases(self, name: str) -> list[tuple[dt.date, Any]]:
        frame = self._load(name, True)
        found = []
        for release in sorted(frame["release"].dropna().unique()):
            part = frame[frame["release"] == release]
            part.attrs = frame.attrs
            found.append((pd.Timestamp(release).date(), part))
        return found


def frame(rows: Iterable[Evidence], used: Iterable[str]) -> pd.DataFrame:
    """Return evidence rows as a frame that names the tables behind it."""
    made = pd.DataFrame(
        [
            {
                "part": row.part,
                "source": row.basis.source,
                "definition": row.basis.definition,
                "release": row.basis.release.isoformat() if row.basis.release else "",
                "prices": row.basis.prices,
                "window": row.basis.window,
                "role": row.role,
                "value": row.number,
                "shown": row.shown,
                "unit": row.unit,
                "says": row.says,
            }
            for row in rows
        ]
    )
    made.attrs = {"tables": tuple(sorted(used))}
    return made
