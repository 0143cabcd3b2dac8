"""Several books in one run: each combination of editions and parameters, or those of a file.

All notebooks of all books go into one pool, the longest first; those of equal inputs run once.
The books are put together several at once. One that fails is told by name; the rest are made.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

import nbformat
import yaml

from balkandefence import CURRENT, BookError, editions, paths, yamls
from balkandefence.book import build, compile, plan, publish, unchanged
from balkandefence.book.failures import Failure
from balkandefence.book.plan import Job
from balkandefence.book.running import Event, Report
from balkandefence.book.workshop import Place
from balkandefence.editions import Edition, EditionError

#: The axis that names editions, and more books than this are surely a slip.
_EDITION, _MOST = "edition", 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: Books that are put together at once; each reads and writes its pages in processes of its own.
_AT_ONCE = max(1, min(os.cpu_count() or 1, 4))
#: Python's own parser, which staging calls for the code of measures, fails in threads at once.
_staging = Lock()


class GridError(BookError, ValueError):
    """The grid cannot be built as asked for; `faults` lists every reason."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("--grid:\n" + "\n".join(f"  {fault}" for fault in faults))


@dataclass(frozen=True)
class Cell:
    """One book of a grid: its name, by which its folder is called, and its edition."""

    name: str
    edition: Edition


@dataclass(frozen=True)
class Book:
    """What came of one cell: where its book is, or why there is none."""

    cell: Cell
    out: Path
    ran: int
    shared: int
    failure: str = ""
    failures: tuple[Failure, ...] = ()
    stood: bool = False

    def told(self) -> str:
        """Return in a line what came of it."""
        if self.failure:
            return self.failure
        if self.stood:
            return f"nothing changed. Open {self.out / 'index.html'}"
        runs = f"{self.ran} notebooks run, {self.shared} shared or reused"
        return f"{runs}. Open {self.out / 'index.html'}"


def _axis(text: str) -> tuple[str, list[Any]]:
    """Return the name and the values of NAME=[VALUE, …]; raise ValueError where it is none."""
    name, sign, written = text.partition("=")
    if not sign or not name.strip():
        raise ValueError(f"{text!r} is neither a file nor NAME=[VALUE, …]")
    try:
        values = yamls.read(written)
    except (yaml.YAMLError, ValueError) as error:
        raise ValueError(f"{text!r}: the values are not YAML, such as [2014, 2018]") from error
    if not isinstance(values, list) or not values:
        raise ValueError(f"{text!r}: expected a list of values, such as [2014, 2018]")
    return name.strip(), values


def _part(name: str, value: Any) -> str:
    """Return what a value adds to the name of a book."""
    if name == _EDITION:
        return str(value)
    shown = "-".join(map(str, value)).lower() if isinstance(value, list) else str(value)
    return shown if name == "countries" else f"{name}-{shown}"


def _crossed(axes: Mapping[str, list[Any]]) -> dict[str, dict[str, Any]]:
    """Return every combination of the axes' values by its name; equal ones are one."""
    found = {}
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        ordered = sorted(chosen, key=lambda name: name != _EDITION)
        found["-".join(_part(name, chosen[name]) for name in ordered)] = chosen
    return found


def _filed(path: Path) -> dict[str, dict[str, Any]]:
    """Return the books that a file names; raise ValueError where it names none."""
    try:
        content = yamls.read(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    fine = isinstance(content, dict) and content
    if not fine or not all(isinstance(book, dict) for book in content.values()):
        raise ValueError(f"{path}: expected NAME: {{edition: ID, PARAMETER: VALUE, …}} entries")
    return {str(name): book for name, book in content.items()}


def _named(given: Iterable[str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return all books by name, each with its edition and parameters, and all faults."""
    axes: dict[str, list[Any]] = {}
    found: dict[str, dict[str, Any]] = {}
    faults = []
    for text in given:
        try:
            if "=" not in text or Path(text).is_file():
                found |= _filed(Path(text))
                continue
            name, values = _axis(text)
        except ValueError as error:
            faults.append(str(error))
            continue
        if name in axes:
            faults.append(f"{text!r}: {name} is given twice")
        axes[name] = values
    if axes:
        found |= _crossed(axes)
    return found, faults


def _chosen(name: str, asked: Mapping[str, Any], changes: Mapping[str, Any]) -> Edition:
    """Return the edition of one book.

    Where nothing says which country charts bring forward and the edition's own is not among the
    book's countries, it is the first of them.
    """
    values = {**changes, **asked}
    id = str(values.pop(_EDITION, CURRENT))
    countries = values.get("countries")
    if isinstance(countries, list) and countries and "highlight" not in values:
        own = editions.load(id).highlight
        if own not in countries:
            values["highlight"] = countries[0]
    return editions.load(id, values)


def cells(given: Iterable[str], edition: str, changes: Mapping[str, Any]) -> list[Cell]:
    """Return the books that `given` asks for: NAME=[VALUE, …] for each axis, or files of books.

    What a book does not say itself, `edition` and `changes` say. Raises GridError with every
    fault of every book at once.
    """
    asked, faults = _named(given)
    if len(asked) > _MOST:
        raise GridError([f"{len(asked)} books are asked for, {_MOST} at most can be made at once"])
    found = []
    for name, values in asked.items():
        if not _NAME.fullmatch(name):
            faults.append(f"{name!r} cannot be a folder's name; use letters, digits, '.', '-', '_'")
        try:
            found.append(Cell(name, _chosen(name, values, {_EDITION: edition, **changes})))
        except EditionError as error:
            faults += [f"{name}: {fault}" for fault in error.faults]
    for cell in found:
        try:
            plan.pages(cell.edition)
        except plan.PlanError as error:
            faults.append(f"{cell.name}: {error}")
    if faults:
        raise GridError(list(dict.fromkeys(faults)))
    return found


def _key(job: Job) -> str:
    """Return what is equal for two jobs if, and only if, their runs give the same."""
    return json.dumps([job.page, str(job.notebook), job.parameters], sort_keys=True)


@dataclass(frozen=True)
class _Runs:
    """The runs of a grid: each page of each book, and the one run that makes it."""

    of_pages: dict[tuple[str, str], str]
    jobs: list[Job]


def _runs(grid: Sequence[Cell]) -> _Runs:
    of_pages: dict[tuple[str, str], str] = {}
    jobs: dict[str, Job] = {}
    for cell in grid:
        for job in plan.jobs(cell.edition):
            first = jobs.setdefault(_key(job), replace(job, book=cell.name))
            of_pages[cell.name, job.page] = first.name
    return _Runs(of_pages, list(jobs.values()))


def make(
    grid: Sequence[Cell],
    out: Path,
    *,
    jobs: int,
    force: bool,
    report: Report,
    cluster: str = "",
) -> Iterator[Book]:
    """Build all books of a grid, each into the folder of its name below `out`; yield each in turn.

    A book that stands and was made of just what it would be made of now is left as it is. Raises
    BookError before any kernel starts where a folder holds something else or a check
    fails. A book that cannot be made stays as it was and says why.
    """
    _refuse(grid, out)
    made_of = {cell.name: unchanged.digest("grid", repr(cell.edition)) for cell in grid}
    left = []
    for cell in grid:
        if not force and unchanged.stands(out / cell.name, made_of[cell.name]):
            yield Book(cell, out / cell.name, 0, 0, stood=True)
        else:
            left.append(cell)
    if not left:
        return
    runs = _runs(left)
    ran: set[str] = set()

    def noted(event: Event) -> None:
        if not event.reused:
            ran.add(event.page)
        report(event)

    with build.workplace() as folder, compile.warmed():
        made, failed = build.run(
            runs.jobs, folder / "runs", jobs=jobs, force=force, report=noted, cluster=cluster
        )
        stopped = {failure.page: failure for failure in failed}

        def book(cell: Cell) -> Book:
            done = _book(cell, out / cell.name, runs, made, stopped, ran, folder)
            now = unchanged.digest("grid", repr(cell.edition))
            if not done.failure and now == made_of[cell.name]:  # else it changed while we built
                unchanged.note(done.out, now)
            return done

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="book") as pool:
            yield from pool.map(book, left)


def _refuse(grid: Sequence[Cell], out: Path) -> None:
    faults = []
    for cell in grid:
        try:
            publish.refuse(out / cell.name)
            publish.recover(out / cell.name)
        except publish.PublishError as error:
            faults.append(f"{cell.name}: {error}")
    if faults:
        raise GridError(faults)


def _book(
    cell: Cell,
    out: Path,
    runs: _Runs,
    made: Mapping[str, nbformat.NotebookNode],
    stopped: Mapping[str, Failure],
    ran: set[str],
    folder: Path,
) -> Book:
    """Put one book together, unless a notebook of it stopped."""
    of_pages = {page: run for (name, page), run in runs.of_pages.items() if name == cell.name}
    own = [run for run in of_pages.values() if run in ran and run.startswith(f"{cell.name}/")]
    result = Book(cell, out, len(own), len(of_pages) - len(own))
    failures = tuple(stopped[run] for run in of_pages.values() if run in stopped)
    if failures:
        pages = ", ".join(failure.page.rpartition("/")[2] for failure in failures)
        return replace(result, failure=f"stopped at {pages}", failures=failures)
    try:
        notebooks = {page: made[run] for page, run in of_pages.items()}
        place = Place(folder / f"{cell.name}-pages")
        with _staging:
            build.lay_out(cell.edition, notebooks, folder / cell.name)
        html = build.compiled(cell.edition, folder / cell.name, place, folder / f"{cell.name}-html")
        publish.publish(html, out)
    except BookError as error:
        return replace(result, failure=str(error))
    except Exception as error:  # a fault of ours in one book must not cost the others
        return replace(result, failure=f"{type(error).__name__}: {error}")
    return result


def place() -> Path:
    """Return the folder of grids, unless another is asked for."""
    return paths.build() / "grid"
