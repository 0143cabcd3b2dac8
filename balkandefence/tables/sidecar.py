"""A table's sidecar: what its rows and columns are, when they became known, who may reuse them.

The vocabulary is that of the Frictionless Data Package (title, schema.fields, primaryKey,
foreignKeys, sources, licenses) with four additions: what one row is, the clock, what may be
redistributed, and known exceptions, each with a reason.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from balkandefence import BookError, paths

Type = Literal[
    "string", "integer", "number", "boolean", "date", "year", "partial-date", "list", "keys"
]


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast


class SidecarError(BookError, ValueError):
    """A sidecar is missing or does not say what it must; the message names file and entry."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Constraints(_Strict):
    """What a column's values must satisfy."""

    required: bool = False
    unique: bool = False
    enum: tuple[str | int | float, ...] | None = None
    pattern: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None

    @model_validator(mode="before")
    @classmethod
    def _dates_as_text(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items()}


class Column(_Strict):
    """One column: its type, unit, label and meaning."""

    name: str
    type: Type
    title: str
    description: str
    unit: str = ""
    constraints: Constraints = Constraints()


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
    format: Literal["csv", "geojson"] = "csv"

    @model_validator(mode="before")
    @classmethod
    def _compiled_as_text(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items()}

    @model_validator(mode="after")
    def _clock_names_columns(self) -> Sidecar:
        names = {column.name for column in self.columns}
        used = {*self.clock.by, *(late.when for late in self.clock.later)}
        used |= {name for late in self.clock.later for name in late.clear}
        if self.clock.kind != "static":
            used.add(self.clock.column)
        if used - names:
            raise ValueError(f"clock names no field: {sorted(used - names)}")
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
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        sidecar = Sidecar.model_validate(content)
    except yaml.YAMLError as error:
        raise SidecarError(f"data/{path.name}: not valid YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'sidecar'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise SidecarError(f"data/{path.name}: {faults}") from error
    if sidecar.name != path.stem:
        raise SidecarError(f"data/{path.name}: name is {sidecar.name!r}, expected {path.stem!r}")
    return sidecar


def names() -> list[str]:
    """Return the names of all tables, sorted: each sidecar in data/ is one."""
    return sorted(path.stem for path in paths.data().glob("*.yml"))


def load(name: str) -> Sidecar:
    """Return the sidecar of a table.

    Raises SidecarError where there is no such table (with the nearest names) or where the sidecar
    lacks something.
    """
    path = paths.data() / f"{name}.yml"
    if not path.is_file():
        raise SidecarError(f"no table {name!r}: data/ has {', '.join(names()) or 'none'}")
    return _parsed(path, path.stat().st_mtime_ns)
