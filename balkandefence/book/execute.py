"""Run notebooks by papermill, several at once, each in a kernel of its own.

A failed run is kept aside for its author and never reaches a page.
"""

from __future__ import annotations

import contextlib
import json
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat

from balkandefence import paths, pictures, sealed, tables
from balkandefence.book import failures, forks, inputs, kernels, running, warming
from balkandefence.book.failures import Failure
from balkandefence.book.plan import Job
from balkandefence.book.running import Event, Ran, Report
from balkandefence.book.store import INJECTED, Found, Store, spliced

#: What is told of each good run, by the name of its job, while others still run.
Made = Callable[[str, nbformat.NotebookNode], None]


def unheeded(name: str, notebook: nbformat.NotebookNode) -> None:
    """Do nothing with a run before all are made."""


class Runner(Protocol):
    """Where notebooks run: in threads of this process, or on machines of a cluster."""

    def submit(self, job: Job, folder: Path, first: Event, report: Report) -> Future[Ran]:
        """Take a job in turn; what it reads, or how it failed, comes into `folder`.

        `first` is told when it begins.
        """

    def stop(self) -> None:
        """Give up all that still runs, and return when it has ended."""


class Threads:
    """Runs notebooks on this machine, `count` at once, each in a kernel of its own."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="notebook")
        self._taken: list[Future[Ran]] = []

    def submit(self, job: Job, folder: Path, first: Event, report: Report) -> Future[Ran]:
        """Take a job in turn."""

        def run() -> Ran:
            report(first)
            running.get_ready()  # while the warm process does
            warming.wait_until_warm()
            return running.run_one(job, folder, report)

        self._taken.append(self._pool.submit(run))
        return self._taken[-1]

    def stop(self) -> None:
        """Drop what waits and kill the kernels that run."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        while not all(future.done() for future in self._taken):  # one may just be starting a kernel
            kernels.kill_all()
            wait(self._taken, timeout=0.1)
        self._pool.shutdown()


@dataclass(frozen=True)
class _Written:
    """A job with its notebook as written, and what is known of its inputs."""

    job: Job
    notebook: nbformat.NotebookNode
    fixed: inputs.Inputs


@dataclass(frozen=True)
class _Planned(_Written):
    """The same with what the store has for it."""

    found: Found


def _written(job: Job, now: inputs.Now) -> _Written:
    notebook = nbformat.read(job.notebook, as_version=4)
    return _Written(job, notebook, now.fixed(notebook, job.parameters))


def _length(of: _Written, store: Store) -> float:
    """Return how long a run is likely to take: as the last time, else by its figures or code."""
    return store.seconds(of.job.page) or 0.4 * of.job.figures or len(of.fixed.code) / 10


def _planned(of: _Written, store: Store, now: inputs.Now, *, fresh: bool) -> _Planned:
    found = store.find(of.job.page, of.notebook, of.fixed, now)
    if fresh and found.get is not None:
        found = Found(None, ("all are run anew",))
    return _Planned(of.job, of.notebook, of.fixed, found)


def _surroundings(*, fresh: bool) -> dict[str, str]:
    """Return what kernels are told: where the project is, that its tables are checked, pictures."""
    told = {"BALKANDEFENCE_ROOT": str(paths.root()), **tables.vouch()}
    tables.bound()
    if not fresh:
        folder = paths.build() / "drawn"
        sealed.bound(folder, pictures.LIMIT)
        told[pictures.FOLDER] = str(folder)
    return told


def execute(
    jobs: list[Job],
    *,
    count: int,
    folder: Path,
    store: Store,
    fresh: bool,
    report: Report,
    runner: Runner | None = None,
    made: Made = unheeded,
) -> tuple[dict[str, nbformat.NotebookNode], list[Failure]]:
    """Run every job, `count` at once; return the executed notebooks and all failures.

    `folder` takes the raw outputs while they are made. Runs in `store` of which no input changed
    are taken from it, and pictures that are drawn of the same, unless all are to be made afresh.
    The longest begin first, each as soon as it is known that it must run. Every notebook is tried,
    whatever happens to the others: one that fails, hangs or is killed. They run on this machine
    unless there is a `runner`. `made` is told of each good run.
    """
    now = inputs.Now()
    done: dict[str, nbformat.NotebookNode] = {}
    kept: list[_Planned] = []

    def to_run() -> Iterator[_Planned]:
        written = [_written(job, now) for job in jobs]
        for each in sorted(written, key=lambda each: _length(each, store), reverse=True):
            planned = _planned(each, store, now, fresh=fresh)
            if planned.found.get is None:
                yield planned
                continue
            kept.append(planned)
            total = len(each.notebook.cells) + bool(each.job.parameters)
            report(Event(each.job.name, total, total, reused=True))

    def good(name: str, notebook: nbformat.NotebookNode) -> None:
        done[name] = notebook
        made(name, notebook)

    def read_kept() -> None:
        for planned in kept:
            good(planned.job.name, _kept(planned))

    running.limit()  # refused before any kernel starts
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    with forks.surrounded(_surroundings(fresh=fresh)):
        where = runner or Threads(max(1, min(count, len(jobs))))
        for planned, ended in _all(to_run(), where, folder, report, read_kept):
            name = planned.job.name
            result = (
                ended if isinstance(ended, BaseException) else _result(planned, ended, store, now)
            )
            if isinstance(result, BaseException):
                left, _ = running.places(name, folder)
                failed.append(failures.of(name, left, running.told(result)))
            else:
                good(name, result)
    return done, sorted(failed, key=lambda failure: failure.page)


def _kept(planned: _Planned) -> nbformat.NotebookNode:
    assert planned.found.notebook is not None
    return planned.found.notebook


def _result(
    planned: _Planned, ran: Ran, store: Store, now: inputs.Now
) -> nbformat.NotebookNode | BaseException:
    """Return what a run gave, as the store would give it back, and put it there.

    Not kept is a run where its notebook, or anything that it read, changed since `now` was looked
    at or while it ran.
    """
    notebook = running.cleaned(ran.notebook)
    if running.has_errors(notebook):
        return RuntimeError("a cell left an error")
    as_ran = inputs.code(notebook)
    as_ran.pop(INJECTED, None)
    made = spliced(planned.notebook, notebook)
    if made is None or as_ran != planned.fixed.code:
        return notebook
    if ran.reads.is_file():
        read = json.loads(ran.reads.read_text(encoding="utf-8"))
        made_of = now.of_run(planned.fixed, read["modules"], read["reads"])
        if not now.changed_since(made_of, min(now.begun, ran.begun)):
            store.put(planned.job.page, made, made_of, ran.seconds)
    return made


def _all(
    left: Iterable[_Planned],
    runner: Runner,
    folder: Path,
    report: Report,
    meanwhile: Callable[[], None],
) -> Iterator[tuple[_Planned, Ran | BaseException]]:
    """Yield each run as it ends, or the error that ended it, passing progress on.

    `meanwhile` is done once all have been handed to the runner.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    waiting: dict[Future[Ran], _Planned] = {}
    try:
        for planned in left:
            job = planned.job
            total = len(planned.notebook.cells) + bool(job.parameters)  # papermill adds a cell
            first = Event(job.name, 0, total, why=planned.found.reasons)
            waiting[runner.submit(job, folder, first, events.put)] = planned
        meanwhile()
        while waiting:
            ended, _ = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            with contextlib.suppress(queue.Empty):
                while True:
                    report(events.get_nowait())
            for future in sorted(ended, key=lambda f: waiting[f].job.name):
                yield waiting.pop(future), future.exception() or future.result()
    finally:
        runner.stop()
