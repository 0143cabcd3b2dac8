"""Every rule that a table must keep, checked at once: the loader's gate.

pandera holds the rules of single columns and of the key; links between tables, sources, the
order of dates and the clock are added here. Nothing stops at the first offender.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from balkandefence import paths, sources
from balkandefence.tables import dates, reading, sidecar, verdicts
from balkandefence.tables.reading import DataError, Problem
from balkandefence.tables.sidecar import Column, Constraints, Exemption, Sidecar

if TYPE_CHECKING:
    import pandera.pandas as pa  # imported where it is used: it costs half a second

#: Set by a build whose checks passed: the state of the data for which its kernels need not repeat
#: them.
_VOUCHED = "BALKANDEFENCE_CHECKED"


def _rule_text(column: Column, rule: str) -> str:
    limits = column.constraints
    return {
        "required": "must not be empty",
        "unique": "must stand only once",
        "enum": f"expected one of {', '.join(map(str, limits.enum or ()))}",
        "pattern": f"must match {limits.pattern}",
        "minimum": f"must be at least {limits.minimum}",
        "maximum": f"must be at most {limits.maximum}",
    }[rule]


def _bound(column: Column, limit: float | str) -> float | pd.Timestamp | str:
    if column.type == "date":
        return pd.Timestamp(str(limit))
    return str(limit) if column.type == "partial-date" else float(limit)


def _column_checks(column: Column) -> pa.Column:
    """Return the pandera column of a declared column; each check is named after its rule."""
    import pandera.pandas as pa

    limits = column.constraints
    checks = []
    if limits.enum is not None:
        checks.append(pa.Check.isin(list(limits.enum), error="enum"))
    if limits.pattern is not None:
        checks.append(pa.Check.str_matches(f"^(?:{limits.pattern})$", error="pattern"))
    if limits.minimum is not None:
        checks.append(pa.Check.ge(_bound(column, limits.minimum), error="minimum"))
    if limits.maximum is not None:
        checks.append(pa.Check.le(_bound(column, limits.maximum), error="maximum"))
    return pa.Column(
        checks=checks, nullable=not limits.required, unique=limits.unique, name=column.name
    )


_NAMED_BY_PANDERA = {"not_nullable": "required", "field_uniqueness": "unique"}


def _by_column(frame: pd.DataFrame, described: Sidecar) -> Iterator[tuple[str, str, int]]:
    """Yield rule, column and line of each cell that breaks a rule of its column."""
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    ruled = [c for c in described.columns if c.constraints != Constraints()]
    scalar = [c for c in ruled if c.type not in ("list", "keys")]
    schema = pa.DataFrameSchema({column.name: _column_checks(column) for column in scalar})
    try:
        schema.validate(frame[[column.name for column in scalar]], lazy=True)
    except SchemaErrors as errors:
        for case in errors.failure_cases.to_dict("records"):
            rule = _NAMED_BY_PANDERA.get(str(case["check"]), str(case["check"]))
            yield rule, str(case["column"]), int(case["index"])
    for column in described.columns:
        if column.type in ("list", "keys"):
            yield from _by_element(frame[column.name], column)


def _by_element(values: pd.Series, column: Column) -> Iterator[tuple[str, str, int]]:
    limits = column.constraints
    for line, elements in values.items():
        if limits.required and not elements:
            yield "required", column.name, int(str(line))
        if limits.enum is not None and set(elements) - set(limits.enum):
            yield "enum", column.name, int(str(line))


def _exempt(described: Sidecar, raw: pd.DataFrame) -> set[tuple[str, str, int]]:
    """Return rule, column and line of all declared exceptions."""
    exempt = set()
    for exception in described.known_exceptions:
        for line in _matching(exception, raw):
            exempt.add((exception.rule, exception.column, line))
    return exempt


def _matching(exception: Exemption, raw: pd.DataFrame) -> list[int]:
    fits = pd.Series(True, index=raw.index)
    for column, value in exception.where.items():
        fits &= raw[column] == str(value) if column in raw else False
    return [int(line) for line in raw.index[fits]]


class _Table:
    """One table under check: its frames and a way to note a problem."""

    def __init__(self, described: Sidecar) -> None:
        self.described = described
        self.file = f"data/{described.file}"
        self.raw, self.frame, found = reading.read(described)
        self.problems = list(found)
        self._exempt = _exempt(described, self.raw)

    def note(self, rule: str, column: str, line: int, text: str) -> None:
        if (rule, column, line) not in self._exempt:
            value = str(self.raw.at[line, column]) if column in self.raw else ""
            self.problems.append(Problem(self.file, line, column, value, text))

    def _note_sidecar(self, column: str, value: str, text: str, *place: str | int) -> None:
        name = self.described.name
        line = sidecar.line(name, *place)
        self.problems.append(Problem(f"data/{name}.yml", line, column, value, text))

    def check_columns(self) -> None:
        for rule, column, line in _by_column(self.frame, self.described):
            if rule == "required" and self.raw.at[line, column] != "":
                continue  # its text does not parse, which is listed already
            self.note(rule, column, line, _rule_text(self.described.column(column), rule))

    def check_key(self) -> None:
        key = list(self.described.table_schema.primaryKey)
        cells = self.raw[key]
        for line in self.raw.index[cells.duplicated(keep="first")]:
            shown = ", ".join(map(str, cells.loc[line]))
            first = self.raw.index[(cells == cells.loc[line]).all(axis=1)][0]
            self.problems.append(
                Problem(self.file, int(line), "+".join(key), shown, f"same key as line {first}")
            )
        for column in key:
            for line in self.raw.index[self.raw[column] == ""]:
                self.note("required", column, int(line), "part of the key, must not be empty")

    def check_links(self) -> None:
        for number, link in enumerate(self.described.table_schema.foreignKeys):
            resource, field = link.reference.resource, link.reference.fields
            try:
                known = _values(resource, field)
            except (sidecar.SidecarError, DataError, KeyError):
                text = f"the foreign key points to {resource}.{field}, which cannot be read"
                self._note_sidecar("", "", text, "schema", "foreignKeys", number)
                continue
            if known.issuperset(e for cell in self.frame[link.fields] for e in _elements(cell)):
                continue
            for line, cell in self.frame[link.fields].items():
                for element in _elements(cell):
                    if element not in known:
                        text = f"{element!r} is not in {resource}.{field}"
                        self.note("foreignKey", link.fields, int(str(line)), text)

    def check_sources(self) -> None:
        known = sources.keys()
        for column in self.described.columns:
            if column.type != "keys":
                continue
            for line, keys in self.frame[column.name].items():
                for key in keys:
                    if key not in known:
                        text = f"{key!r} is not in references.bib"
                        self.note("source", column.name, int(str(line)), text)
        for number, origin in enumerate(self.described.sources):
            if origin.key and origin.key not in known:
                text = "is not in references.bib"
                self._note_sidecar("sources", origin.key, text, "sources", number, "key")

    def check_order(self) -> None:
        for before, after in self.described.table_schema.ordered:
            for line, early, late in zip(
                self.raw.index, self.raw[before], self.raw[after], strict=True
            ):
                if early and late and _backwards(early, late):
                    self.note("ordered", after, int(line), f"lies before {before} {early}")

    def check_clock(self) -> None:
        clock = self.described.clock
        if clock.kind == "static":
            return
        limit = pd.Timestamp(self.described.compiled)
        for line in self.frame.index[self.frame[clock.column] > limit]:
            text = f"known only after the table was compiled, {self.described.compiled}"
            self.note("clock", clock.column, int(line), text)

    def check_exceptions(self) -> None:
        for number, exception in enumerate(self.described.known_exceptions):
            if not _matching(exception, self.raw):
                text = "this known exception fits no row; remove it"
                where = ", ".join(f"{k}={v}" for k, v in exception.where.items())
                place = ("known_exceptions", number)
                self._note_sidecar("known_exceptions", where, text, *place)

    def check_source_column(self) -> None:
        if self.described.format == "csv" and "source" not in self.raw.columns:
            text = "every row names its sources: add a column 'source' of type keys"
            self.problems.append(Problem(self.file, 1, "source", "", text))


def _elements(cell: object) -> Iterable[str]:
    if isinstance(cell, tuple):
        return cell
    return () if pd.isna(cell) else (str(cell),)  # type: ignore[call-overload]


def _values(table: str, field: str) -> frozenset[str]:
    raw, _, _ = reading.read(sidecar.load(table))
    return frozenset(raw[field])


def _backwards(early: str, late: str) -> bool:
    """Return whether `late` surely lies before `early`."""
    try:
        return dates.bounds(late)[1] < dates.bounds(early)[0]
    except ValueError:
        return False  # the text's own fault is listed already


def _stamp() -> tuple[tuple[str, int], ...]:
    """Return what changes whenever a table, a sidecar or references.bib does."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        references = paths.references()
        found.append((str(references), references.stat().st_mtime_ns))
    with contextlib.suppress(FileNotFoundError), os.scandir(paths.data()) as entries:
        found += [(entry.path, entry.stat().st_mtime_ns) for entry in entries if entry.is_file()]
    return tuple(sorted(found))


@lru_cache(maxsize=256)
def _checked(name: str, _stamp: tuple[tuple[str, int], ...]) -> tuple[Problem, ...]:
    described = sidecar.load(name)
    try:
        table = _Table(described)
    except DataError as error:
        return tuple(error.problems)
    table.check_source_column()
    table.check_columns()
    table.check_key()
    table.check_links()
    table.check_sources()
    table.check_order()
    table.check_clock()
    table.check_exceptions()
    return tuple(sorted(set(table.problems)))


def state() -> str:
    """Return what changes whenever any table, sidecar or source does."""
    return hashlib.sha256(repr(_stamp()).encode()).hexdigest()


def vouch() -> dict[str, str]:
    """Return the environment that spares a child process the checks which have just passed.

    It holds only as long as no table, sidecar or source changes.
    """
    return {_VOUCHED: state()}


#: So many tables are checked by two processes: a fork, and pandera imported twice, take as long as
#: five of them.
_MANY = 8

#: The newest state of the data that passed all checks in this process.
_passed: list[str] = []


def check(*names: str) -> list[Problem]:
    """Return every offender in the named tables, or in all of them.

    A sidecar that cannot be read is itself an offender. A data file without a sidecar is one,
    where all tables are checked. Raises SourcesError where references.bib is not sound.
    """
    if names and state() in (os.environ.get(_VOUCHED), *_passed):
        return []
    keys, sound = ({}, frozenset[str]()) if names else (_keys(), verdicts.kept())
    asked = [name for name in names or sidecar.names() if keys.get(name) not in sound]
    found = _found(asked, lambda: keys.get(_SOURCES) in sound or sources.load())
    problems = [problem for name in asked for problem in found[name]]
    if not names:
        problems += _undescribed()
        if not sound.issuperset(keys.values()):
            _remember(keys, {Path(problem.file).stem for problem in problems})
        if not problems:
            _passed[:] = [state()]
    return problems


def _faults(name: str) -> list[Problem]:
    """Return every offender in a table, or in its sidecar where that cannot be read."""
    try:
        return list(_checked(name, _stamp()))
    except sidecar.SidecarError as error:
        return [Problem(f"data/{name}.yml", f.line, "", "", f) for f in error.faults]


def _found(names: Sequence[str], first: Callable[[], object]) -> dict[str, list[Problem]]:
    """Return the offenders in each of some tables; before them, do what comes `first`.

    Where many are checked, as in a fresh checkout, a second process begins with the tables at once
    and this one goes on from their end. None is forked off a process with other threads: what they
    hold would be held in it for ever.
    """
    if len(names) < _MANY or sys.platform != "linux" or threading.active_count() > 1:
        first()
        return {name: _faults(name) for name in names}
    taken, found = {}, {}
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))
    try:
        with contextlib.suppress(BrokenProcessPool):  # it was killed: all is done here
            for name in names:
                taken[name] = pool.submit(_faults, name)
        first()
        with contextlib.suppress(BrokenProcessPool):  # the rest is
            for name in reversed(taken):
                found[name] = _faults(name) if taken[name].cancel() else taken[name].result()
        return found | {name: _faults(name) for name in names if name not in found}
    finally:
        pool.shutdown(cancel_futures=True)


def _undescribed() -> list[Problem]:
    """Return the data files that no sidecar describes."""
    described = set(sidecar.names())
    found = [path for path in paths.data().iterdir() if path.suffix in (".csv", ".geojson")]
    return [
        Problem(f"data/{path.name}", 1, "", "", f"no sidecar: write data/{path.stem}.yml")
        for path in sorted(found)
        if path.stem not in described
    ]


#: Under this name the sources stand among the tables' keys; no table can be called so.
_SOURCES = "references.bib"


def _keys() -> dict[str, str]:
    """Return the keys of the verdicts on each table that can be read, and on the sources.

    A table's rests on itself, on the tables that it links to, and on which sources there are.
    """
    key = verdicts.keying()
    there = hashlib.sha256(repr(sorted(sources.keys())).encode()).hexdigest()
    found = {_SOURCES: key(_SOURCES, [paths.references()])}
    for name in sidecar.names():
        with contextlib.suppress(sidecar.SidecarError):
            described = sidecar.load(name)
            linked = {link.reference.resource for link in described.table_schema.foreignKeys}
            every = [described, *(sidecar.load(other) for other in sorted(linked))]
            files = [paths.data() / f for d in every for f in (d.file, f"{d.name}.yml")]
            found[name] = key(f"{name} {there}", files)
    return found


def _remember(before: Mapping[str, str], faulty: Container[str]) -> None:
    """Keep the verdicts on what passed, unless it changed while it was checked."""
    after = _keys()
    verdicts.keep(k for name, k in before.items() if name not in faulty and after.get(name) == k)
