"""A table's sidecar: what its rows and columns are, when they became known, who may reuse them.

The vocabulary is that of the Frictionless Data Package (title, schema.fields, primaryKey,
foreignKeys, sources, licenses) with four additions: what one row is, the clock, what may be
redistributed, and known exceptions, each with a reason.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from balkandefence import BookError, paths, recording, yamls
from balkandefence.tables import dates
from balkandefence.yamls import Fault

Type = Literal[
    "string", "integer", "number", "boolean", "date", "year", "partial-date", "list", "keys"
]


#: YAML files in data/ that are no sidecars: the claims ledger has a loader of its own.
_NOT_TABLES = frozenset({"claims"})


class SidecarError(BookError, ValueError):
    """A sidecar is missing or does not say what it must; the message names file and entry.

    `faults` are the same reasons one by one, each with its line.
    """

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        self.faults = list(faults) or [Fault(message, 1)]
        super().__init__(message)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _with_dates_as_text(values: Any) -> Any:
    """Return a mapping with YAML's dates as text; pydantic refuses anything else."""
    if not isinstance(values, dict):
        return values
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items()}


class Constraints(_Strict):
    """What a column's values must satisfy."""

    required: bool = False
    unique: bool = False
    enum: tuple[str | int | float, ...] | None = None
    pattern: str | None = None
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None

    @model_validator(mode="before")
    @classmethod
    def _dates_as_text(cls, values: Any) -> Any:
        return _with_dates_as_text(values)


_DATED = ("date", "partial-date")
_ORDERED = {"minimum", "maximum"}

#: The constraints that a check of each type knows; any other would be declared but never held.
_KNOWN: dict[str, set[str]] = {
    "string": {"unique", "enum", "pattern"},
    "integer": {"unique", "enum", *_ORDERED},
    "number": {"unique", "enum", *_ORDERED},
    "year": {"unique", "enum", *_ORDERED},
    "date": {"unique", *_ORDERED},
    "partial-date": {"unique", "enum", "pattern", *_ORDERED},
    "boolean": {"unique"},
    "list": {"enum"},
    "keys": {"enum"},
}


class Column(_Strict):
    """One column: its type, unit, label and meaning."""

    name: str
    type: Type
    title: str
    description: str
    unit: str = ""
    constraints: Constraints = Constraints()

    @model_validator(mode="after")
    def _constraints_fit(self) -> Column:
        limits = self.constraints
        declared = {name for name, limit in limits if limit is not None and limit is not False}
        useless = sorted(declared - _KNOWN[self.type] - {"required"})
        if useless:
            raise ValueError(f"{self.name}: type {self.type} has no {', '.join(useless)}")
        if limits.pattern is not None:
            try:
                re.compile(limits.pattern)
            except re.error as error:
                raise ValueError(f"{self.name}: pattern {limits.pattern!r}: {error}") from error
        for limit in (limits.minimum, limits.maximum):
            if limit is not None:
                self._read_bound(limit)
        return self

    def _read_bound(self, limit: float | str) -> None:
        """Raise ValueError where a bound is not a value of the column's type."""
        if self.type in _DATED:
            dates.day(str(limit)) if self.type == "date" else dates.bounds(str(limit))
        else:
            float(limit)


class Reference(_Strict):
    """The table and column that a foreign key points to."""

    resource: str
    fields: str


class ForeignKey(_Strict):
    """A column whose values (each element, in a list) must stand in another table."""

    fields: str
    reference: Reference


class Schema(_Strict):
    """Columns, key, links and order of dates."""

    fields: tuple[Column, ...]
    primaryKey: tuple[str, ...]  # noqa: N815 (the Data Package's spelling)
    foreignKeys: tuple[ForeignKey, ...] = ()  # noqa: N815
    ordered: tuple[tuple[str, str], ...] = ()

    @model_validator(mode="after")
    def _columns_exist(self) -> Schema:
        names = [column.name for column in self.fields]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"fields declared twice: {', '.join(doubled)}")
        used = [*self.primaryKey, *(key.fields for key in self.foreignKeys)]
        used += [name for pair in self.ordered for name in pair]
        unknown = sorted(set(used) - set(names))
        if unknown:
            raise ValueError(f"primaryKey, foreignKeys or ordered name no field: {unknown}")
        return self


class Later(_Strict):
    """Fields that became known only on the date in another column.

    `undated` says what an earlier day sees of them where that date is not known.
    """

    when: str
    clear: tuple[str, ...]
    undated: Literal["show", "hide"] = "show"


#: The columns from which the rule "deal_status" tells a deal's status on an earlier day.
DEAL_COLUMNS = {
    "status",
    "order_status",
    "status_known_from",
    "delivery_start_known_from",
    "order_known_from",
}


class Clock(_Strict):
    """Which column says when a row became known, and how an earlier day is answered."""

    kind: Literal["release", "known_from", "static"]
    column: str = ""
    by: tuple[str, ...] = ()
    later: tuple[Later, ...] = ()
    rule: Literal["", "deal_status"] = ""


class License(_Strict):
    """Terms of reuse."""

    name: str
    title: str
    path: str = ""


class Origin(_Strict):
    """A main source; `key` is its entry in references.bib."""

    title: str
    path: str = ""
    key: str = ""


class Audit(_Strict):
    """What a blind audit found among rows drawn from the table; empty where it was not counted."""

    rows: int
    confirmed: int | None = None
    imprecise: int | None = None
    contradicted: int | None = None
    note: str = ""


class Exemption(_Strict):
    """A row that a rule does not bind, with the reason."""

    rule: str
    column: str = ""
    where: dict[str, Any]
    reason: str = Field(min_length=10)


class Sidecar(_Strict):
    """All that a table says of itself."""

    name: str
    title: str
    description: str
    row: str
    credit: str
    processing: str
    coverage: str
    compiled: str
    clock: Clock
    redistribute: Literal["rows", "aggregates"]
    licenses: tuple[License, ...] = Field(min_length=1)
    sources: tuple[Origin, ...] = Field(min_length=1)
    table_schema: Schema = Field(alias="schema")
    known_exceptions: tuple[Exemption, ...] = ()
    audit: Audit | None = None
    format: Literal["csv", "geojson"] = "csv"

    @model_validator(mode="before")
    @classmethod
    def _compiled_as_text(cls, values: Any) -> Any:
        return _with_dates_as_text(values)

    @model_validator(mode="after")
    def _compiled_on_a_day(self) -> Sidecar:
        dates.day(self.compiled)
        return self

    @model_validator(mode="after")
    def _clock_names_columns(self) -> Sidecar:
        names = {column.name for column in self.columns}
        used = {*self.clock.by, *(late.when for late in self.clock.later)}
        used |= {name for late in self.clock.later for name in late.clear}
        if self.clock.kind != "static":
            used.add(self.clock.column)
        if self.clock.rule == "deal_status":
            used |= DEAL_COLUMNS
        if used - names:
            raise ValueError(f"clock names no field: {sorted(used - names)}")
        if self.clock.kind != "static" and self.column(self.clock.column).type != "date":
            raise ValueError(f"clock column {self.clock.column} must be of type date")
        undated = [
            late.when for late in self.clock.later if self.column(late.when).type not in _DATED
        ]
        if undated:
            raise ValueError(f"clock.later.when must be dates or partial dates: {undated}")
        return self

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the declared columns in the order of the file."""
        return self.table_schema.fields

    def column(self, name: str) -> Column:
        """Return one declared column; KeyError where there is none of that name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def file(self) -> str:
        """Return the name of the data file."""
        return f"{self.name}.{self.format}"


@lru_cache(maxsize=256)
def _parsed(path: Path, _stamp: int) -> Sidecar:
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        sidecar = Sidecar.model_validate(yamls.read(text))
    except ValidationError as error:
        raise _refused(path, *(_fault(text, fault) for fault in error.errors())) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: 2026-02-30, or not UTF-8
        raise _refused(path, yamls.broken(error)) from error
    if sidecar.name != path.stem:
        fault = f"name is {sidecar.name!r}, expected {path.stem!r}"
        raise _refused(path, Fault(fault, yamls.line(text, ["name"])))
    return sidecar


def _fault(text: str, found: Any) -> Fault:
    """Return one of pydantic's complaints with the line of what it complains of."""
    place = found["loc"]
    words = f"{'.'.join(str(part) for part in place) or 'sidecar'}: {found['msg']}"
    return Fault(words, yamls.line(text, place))


def _refused(path: Path, *faults: Fault) -> SidecarError:
    return SidecarError(f"data/{path.name}: {'; '.join(faults)}", faults)


def line(name: str, *place: str | int) -> int:
    """Return the line of an entry of a sidecar, or of the nearest one around it."""
    return yamls.line((paths.data() / f"{name}.yml").read_text(encoding="utf-8"), place)


def names() -> list[str]:
    """Return the names of all tables, sorted: each sidecar in data/ is one."""
    found = (path.stem for path in paths.data().glob("*.yml"))
    return sorted(name for name in found if name not in _NOT_TABLES)


def load(name: str) -> Sidecar:
    """Return the sidecar of a table.

    Raises SidecarError where there is no such table (with the nearest names) or where the sidecar
    lacks something.
    """
    path = paths.data() / f"{name}.yml"
    if not path.is_file() or name in _NOT_TABLES:
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f"; did you mean {near[0]!r}? Tables:" if near else ": data/ has"
        raise SidecarError(f"no table {name!r}{hint} {', '.join(names()) or 'none'}")
    recording.note("file", f"{paths.data().name}/{path.name}")  # it may be read already
    return _parsed(path, path.stat().st_mtime_ns)
