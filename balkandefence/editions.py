"""Editions: what may vary, what one edition chose, and the strict gate in between.

Everything is refused here, before any kernel starts: papermill itself only warns of an unknown
name and injects wrong types as they come.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from balkandefence import CURRENT, BookError, paths, recording, tables, yamls

#: Files beside the editions that are none.
_NO_EDITION = ("parameters", "corrections")
_ID = re.compile(r"\d{4}\.(?:[1-9]|1[0-2])\.\d+")


class EditionError(BookError, ValueError):
    """An edition or its parameters cannot be used; `faults` lists every reason.

    `where` names the file or the option that holds them.
    """

    def __init__(self, where: str, faults: Sequence[str]) -> None:
        self.where = where
        self.faults = list(faults)
        listed = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"{where}:\n{listed}")


class Declaration(BaseModel):
    """One parameter as editions/parameters.yml declares it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(pattern="^(date|year|number|countries|country|choice)$")
    description: str
    scope: str = Field("", pattern="^([a-z][a-z0-9-]*)?$")  # the one page it is for; else all
    minimum: int | float | dt.date | None = None
    maximum: int | float | dt.date | None = None
    choices: tuple[str, ...] = ()
    role: str = ""
    also: tuple[str, ...] = ()  # codes of other roles that may be chosen too
    default: Any

    @model_validator(mode="after")
    def _bounds_fit(self) -> Declaration:
        kinds = {"date": dt.date, "year": int, "number": int | float, "countries": int}
        kind = kinds.get(self.type)
        bounds = [self.minimum] if self.type == "countries" else [self.minimum, self.maximum]
        if kind and not all(isinstance(bound, kind) for bound in bounds):
            raise ValueError(f"type {self.type} needs bounds of its own kind")
        if self.type in ("country", "countries") and not self.role:
            raise ValueError(f"type {self.type} needs a role")
        if self.type == "choice" and not self.choices:
            raise ValueError("type choice needs choices")
        return self

    def allowed(self) -> str:
        """Return in words what values the parameter takes."""
        match self.type:
            case "choice":
                return f"one of {', '.join(self.choices)}"
            case "country":
                return f"one of {', '.join(self.codes())}"
            case "countries":
                codes = ", ".join(self.codes())
                return f"a list without repeats, at least {self.minimum} of {codes}"
            case "date" | "number":
                return f"a {self.type} from {self.minimum} to {self.maximum}"
        return f"a year from {self.minimum} to {self.maximum}"

    def fault(self, value: object) -> str | None:
        """Return why a value is refused, or None where it is allowed."""
        match self.type:
            case "choice":
                fine = isinstance(value, str) and value in self.choices
            case "country":
                fine = isinstance(value, str) and value in self.codes()
            case "countries":
                fine = self._is_list_of_codes(value)
            case "date":
                whole = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
                fine = whole and self._is_within(value)
            case "number":
                real = isinstance(value, int | float) and not isinstance(value, bool)
                fine = real and self._is_within(value)
            case _:
                whole = isinstance(value, int) and not isinstance(value, bool)
                fine = whole and self._is_within(value)
        return None if fine else f"is {_shown(value)}, expected {self.allowed()}"

    def _is_within(self, value: Any) -> bool:
        return bool(self.minimum <= value <= self.maximum)

    def _is_list_of_codes(self, value: object) -> bool:
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            return False
        enough = isinstance(self.minimum, int) and len(value) >= self.minimum
        return enough and len(set(value)) == len(value) and set(value) <= set(self.codes())

    def codes(self) -> list[str]:
        """Return the codes of the countries that may be chosen, sorted."""
        countries = tables.load("countries")
        chosen = (countries["role"] == self.role) | countries["iso3"].isin(self.also)
        return sorted(countries.loc[chosen, "iso3"])


def _shown(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value!r} ({type(value).__name__})"


@dataclass(frozen=True)
class Edition:
    """One edition's choices, validated; the id is empty for values that no edition file holds."""

    id: str
    title: str
    as_of: dt.date
    first_year: int
    last_year: int
    countries: tuple[str, ...]
    comparators: tuple[str, ...]
    price_basis: str
    highlight: str
    #: What was chosen, other than the default, for parameters that one page alone has.
    of_pages: tuple[tuple[str, Any], ...] = ()

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the values as papermill injects them: plain text, numbers and lists."""
        return {name: _plain(getattr(self, name)) for name in declarations()}

    def told(self, page: str) -> dict[str, Any]:
        """Return the values of the parameters that this page alone has."""
        chosen = dict(self.of_pages)
        return {name: chosen.get(name, value) for name, value in defaults(page).items()}

    def load(
        self, table: str, *, vintages: bool = False, where: Mapping[str, str] | None = None
    ) -> Any:
        """Return a table as it was known on this edition's day; see `tables.load`."""
        return tables.load(table, self.as_of, vintages=vintages, where=where)


#: The names of an edition's choices, each of which parameters.yml declares.
_CHOSEN = tuple(f.name for f in fields(Edition) if f.name not in ("id", "title", "of_pages"))


def _plain(value: object) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _yaml(path: Path) -> Any:
    try:
        return yamls.read(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EditionError(f"editions/{path.name}", ["the file is missing"]) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: 2026-02-30, or not UTF-8
        raise EditionError(f"editions/{path.name}", [yamls.broken(error)]) from error


def _all_declarations() -> dict[str, Declaration]:
    """Return every declared parameter by name; EditionError where the declaration is unusable."""
    path = paths.editions() / "parameters.yml"
    text = path.read_bytes() if path.is_file() else b""
    return dict(_declared(path, text))


@lru_cache(maxsize=8)
def _declared(path: Path, _content: bytes) -> dict[str, Declaration]:
    """Return what one content of parameters.yml declares; every fault of it is raised at once."""
    found = _yaml(path)
    if not isinstance(found, dict):
        raise EditionError(f"editions/{path.name}", ["expected name: declaration entries"])
    declared = {}
    faults = [f"{name} must be declared" for name in _CHOSEN if name not in found]
    faults += [
        f"{name} is not something an Edition knows"
        for name, content in found.items()
        if name not in _CHOSEN and not (isinstance(content, dict) and content.get("scope"))
    ]
    for name, content in found.items():
        try:
            declared[name] = Declaration.model_validate(content)
        except ValidationError as error:
            for fault in error.errors():
                place = ".".join(map(str, (name, *fault["loc"])))
                faults.append(f"{place}: {fault['msg']}")
    if faults:
        raise EditionError(f"editions/{path.name}", faults)
    return declared


def declarations(scope: str = "") -> dict[str, Declaration]:
    """Return the parameters of every page by name, or those that the page `scope` has besides.

    Raises EditionError where the declaration is unusable.
    """
    return {name: d for name, d in _all_declarations().items() if d.scope == scope}


def scopes() -> list[str]:
    """Return the pages that have parameters of their own, in the order of their declaration."""
    return list(dict.fromkeys(d.scope for d in _all_declarations().values() if d.scope))


def defaults(scope: str = "") -> dict[str, Any]:
    """Return each parameter's default as a notebook's parameters cell must hold it."""
    return {name: _plain(declared.default) for name, declared in declarations(scope).items()}


def _parse_dates(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with text in date parameters read as dates, where it is one."""
    declared = declarations()
    read = dict(values)
    for name, value in values.items():
        if name in declared and declared[name].type == "date" and isinstance(value, str):
            try:
                read[name] = dt.date.fromisoformat(value)
            except ValueError:
                continue
    return read


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    found = []
    if values["first_year"] >= values["last_year"]:
        years = f"{values['first_year']} is not before last_year {values['last_year']}"
        found.append(f"first_year {years}")
    if values["last_year"] > values["as_of"].year:
        found.append(f"last_year {values['last_year']} lies after as_of {values['as_of']}")
    if values["highlight"] not in values["countries"]:
        chosen = ", ".join(values["countries"])
        found.append(f"highlight {values['highlight']} is not among countries {chosen}")
    both = [code for code in values["countries"] if code in values["comparators"]]
    if both:
        found.append(f"{', '.join(both)} cannot be among countries and comparators at once")
    return found


def validated(
    values: Mapping[str, Any], *, id: str = "", title: str = "", where: str = "parameters"
) -> Edition:
    """Return an Edition of the given values, or raise EditionError with every fault at once.

    Misspelt, missing, mistyped, out of range and contradictory values are refused, each with the
    values that are allowed.
    """
    declared = _all_declarations()
    values = _parse_dates(values)
    faults = []
    for name in values:
        if name not in declared:
            near = difflib.get_close_matches(str(name), declared, n=1)
            hint = f"; did you mean {near[0]}?" if near else "."
            faults.append(f"{name} is not a parameter{hint} Parameters: {', '.join(declared)}")
    for name, declaration in declared.items():
        if name not in values and declaration.scope:
            continue  # a page's own parameter has its default
        if name not in values:
            faults.append(f"{name} is missing, expected {declaration.allowed()}")
        elif fault := declaration.fault(values[name]):
            faults.append(f"{name} {fault}")
    faults = faults or _contradictions(values)
    if faults:
        raise EditionError(where, faults)
    frozen = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    scoped = {k: frozen.pop(k) for k, d in declared.items() if d.scope and k in frozen}
    chosen = tuple((k, v) for k, v in scoped.items() if v != declared[k].default)
    return Edition(id=id, title=title, of_pages=chosen, **frozen)  # type: ignore[arg-type]  # checked


def ids() -> list[str]:
    """Return the ids of all editions, oldest first."""
    stems = [path.stem for path in paths.editions().glob("*.yml")]
    found = [stem for stem in stems if stem not in _NO_EDITION]
    return sorted(found, key=lambda id: [int(p) if p.isdigit() else 0 for p in id.split(".")])


def overrides(assignments: Sequence[str]) -> dict[str, Any]:
    """Return NAME=VALUE texts as values; VALUE is YAML, such as 2014 or [XKX, ALB]."""
    values: dict[str, Any] = {}
    faults = []
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        name = name.strip()
        if not sign or not name:
            faults.append(f"{assignment!r} is not NAME=VALUE, such as first_year=2014")
            continue
        if name in values:
            faults.append(f"{assignment!r}: {name} is given twice")
        try:
            values[name] = yamls.read(text)
        except (yaml.YAMLError, ValueError):  # ValueError: a date that cannot be, 2026-02-30
            faults.append(f"{assignment!r}: the value is not YAML, such as 2014 or [XKX, ALB]")
    if faults:
        raise EditionError("--param", faults)
    return values


def load(id: str = CURRENT, changes: Mapping[str, Any] | None = None) -> Edition:
    """Return an edition, with some parameters changed where `changes` says so.

    Raises EditionError for a malformed or unknown id and for every value that is refused.
    """
    if not _ID.fullmatch(id):
        raise EditionError(f"edition {id!r}", ["an id is YEAR.MONTH.PATCH, such as 2026.11.0"])
    path = paths.editions() / f"{id}.yml"
    if not path.is_file():
        raise EditionError(f"edition {id!r}", [f"unknown; there are: {', '.join(ids())}"])
    values = _yaml(path)
    if not isinstance(values, dict):
        raise EditionError(f"editions/{path.name}", ["expected name: value lines"])
    title = str(values.pop("title", id))
    where = f"editions/{path.name}" + (" with --param" if changes else "")
    changed = {**values, **(changes or {})}
    same = _parse_dates(changed) == _parse_dates(values)
    shown_id = id if same else f"{id} (changed)"
    return validated(changed, id=shown_id, title=title, where=where)


def of_notebook(names: Mapping[str, Any]) -> Edition:
    """Return the Edition of a notebook from its global names, as `of_notebook(globals())`.

    The id is that of the edition that chose the same values, if there is one. Raises
    EditionError as `validated` does, so a stock papermill run is held to the same rules.
    """
    with recording.covered():
        values = {name: names[name] for name in _all_declarations() if name in names}
        made = validated(values, where="the notebook's parameters")
        for id in reversed(ids()):
            known = load(id)
            if (known.parameters, known.of_pages) == (made.parameters, made.of_pages):
                made = known
                break
    recording.note("edition", json.dumps(values, sort_keys=True, default=str))
    return made
