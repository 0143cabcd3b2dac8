"""Run notebooks by papermill, several at once, each in a kernel of its own.

A failed run is kept aside for its author and never reaches a page.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import paths
from balkandefence.book import failures, inputs, kernels
from balkandefence.book.failures import Failure
from balkandefence.book.store import Found, Store

#: Cell metadata that says when or how long, and is no part of a run's result.
_TIMINGS = ("papermill", "execution", "ExecuteTime")
#: Seconds that one cell may take; the name by which the environment may set others.
_LIMIT, _LIMIT_NAME = 600, "BALKANDEFENCE_CELL_SECONDS"


@dataclass(frozen=True)
class Job:
    """One run of a notebook: the page it makes and the parameters it gets."""

    page: str
    notebook: Path
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Progress of one page: cells done of cells in all, or taken from an earlier run.

    `why` says of a page that begins to run what changed since its last run.
    """

    page: str
    done: int
    total: int
    reused: bool = False
    why: tuple[str, ...] = ()


Report = Callable[[Event], None]


@dataclass(frozen=True)
class Ran:
    """What a run left behind: its file, what it read, and how long it took."""

    output: Path
    reads: Path
    seconds: float


def _arguments(reads: Path) -> list[str]:
    """Return what makes a kernel note what it reads, from before its first cell."""
    start = f"__import__('balkandefence.recording').recording.start({str(paths.root())!r}, "
    return [f"--IPKernelApp.exec_lines={[f'{start}{str(reads)!r})']!r}"]


def run_one(job: Job, folder: Path, report: Report) -> Ran:
    """Execute one notebook into `folder`, telling of each cell that is done."""
    import papermill
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        """papermill's own engine, telling of each cell that is done."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> Any:
            total, complete = len(nb_man.nb.cells), nb_man.cell_complete

            def completed(cell: Any, cell_index: int | None = None, **rest: Any) -> None:
                complete(cell, cell_index=cell_index, **rest)
                report(Event(job.page, (cell_index or 0) + 1, total))

            nb_man.cell_complete = completed
            return super().execute_managed_notebook(nb_man, kernel_name, **settings)

    ran = Ran(folder / f"{job.page}.ipynb", folder / f"{job.page}.reads.json", 0.0)
    engine = f"balkandefence-{job.page}"
    papermill_engines.register(engine, Engine)
    begun = time.monotonic()
    papermill.execute_notebook(
        str(job.notebook),
        str(ran.output),
        parameters=job.parameters,
        engine_name=engine,
        kernel_name="python3",
        cwd=str(job.notebook.parent),
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        execution_timeout=int(os.environ.get(_LIMIT_NAME, _LIMIT)),
        kernel_manager_class=kernels.LocalKernelManager,
        extra_arguments=_arguments(ran.reads),
    )
    return Ran(ran.output, ran.reads, time.monotonic() - begun)


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without timings, versions and random ids."""
    made = nbformat.from_dict(json.loads(json.dumps(notebook)))
    made.metadata = nbformat.from_dict(
        {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    for cell in made.cells:
        for name in _TIMINGS:
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    return made


@dataclass(frozen=True)
class _Planned:
    """A job with its notebook as written, what is known of its inputs, and what the store has."""

    job: Job
    written: nbformat.NotebookNode
    fixed: inputs.Inputs
    found: Found


def _planned(job: Job, store: Store, now: inputs.Now, *, fresh: bool) -> _Planned:
    written = nbformat.read(job.notebook, as_version=4)
    fixed = now.fixed(written, job.parameters)
    found = store.find(job.page, written, fixed, now)
    if fresh and found.notebook is not None:
        found = Found(None, ("all are run anew",), found.seconds)
    return _Planned(job, written, fixed, found)


@contextlib.contextmanager
def surrounded(more: Mapping[str, str]) -> Iterator[None]:
    """Add to the environment that kernels inherit."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def execute(
    jobs: list[Job],
    *,
    count: int,
    folder: Path,
    store: Store,
    fresh: bool,
    report: Report,
    environment: Mapping[str, str] | None = None,
) -> tuple[dict[str, nbformat.NotebookNode], list[Failure]]:
    """Run every job, `count` at once; return the executed notebooks and all failures.

    `folder` takes the raw outputs while they are made. Runs in `store` of which no input changed
    are taken from it, unless all are to be made afresh. The longest begin first. Every notebook
    is tried, whatever happens to the others: one that fails, hangs or is killed. `environment` is
    added to that of the kernels.
    """
    now = inputs.Now()
    done: dict[str, nbformat.NotebookNode] = {}
    left = []
    for planned in (_planned(job, store, now, fresh=fresh) for job in jobs):
        kept = planned.found.notebook
        if kept is None:
            left.append(planned)
        else:
            done[planned.job.page] = kept
            report(Event(planned.job.page, len(kept.cells), len(kept.cells), reused=True))
    if not left:
        return done, []
    folder.mkdir(parents=True, exist_ok=True)
    kernels.sweep()
    left.sort(key=_length, reverse=True)
    with surrounded({"BALKANDEFENCE_ROOT": str(paths.root()), **(environment or {})}):
        ended = list(_all(left, count, folder, report))
    failed = []
    for planned, ran, error in ended:
        page = planned.job.page
        output = folder / f"{page}.ipynb"
        notebook = None
        if error is None:
            notebook = cleaned(nbformat.read(output, as_version=4))
            if any(o.output_type == "error" for c in notebook.cells for o in c.get("outputs", [])):
                error = RuntimeError("a cell left an error")
        if error is not None or notebook is None or ran is None:
            failed.append(failures.of(page, output, _told(error)))
            continue
        done[page] = notebook
        read = json.loads(ran.reads.read_text(encoding="utf-8"))
        made_of = inputs.Now().of_run(planned.fixed, read["modules"], read["reads"])
        store.put(page, notebook, made_of, ran.seconds)
    return done, sorted(failed, key=lambda failure: failure.page)


def _length(planned: _Planned) -> float:
    """Return how long a run is likely to take: as the last time, else by its code."""
    return planned.found.seconds or len(planned.fixed.code) / 10


def _told(error: BaseException | None) -> BaseException:
    """Return what ended a run in words that an author knows."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if isinstance(error, DeadKernelError):
        return RuntimeError("the kernel was killed from outside or ended by itself")
    if isinstance(error, CellTimeoutError):
        limit = os.environ.get(_LIMIT_NAME, _LIMIT)
        return RuntimeError(f"a cell ran longer than {limit} seconds; {_LIMIT_NAME} sets the limit")
    return error or RuntimeError("no output")


def _all(
    left: list[_Planned], count: int, folder: Path, report: Report
) -> Iterator[tuple[_Planned, Ran | None, BaseException | None]]:
    """Yield each run as it ends, with its error if any, passing progress on meanwhile."""
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    kernels.wait_until_warm()
    pool = ThreadPoolExecutor(min(count, len(left)), thread_name_prefix="notebook")

    def run(planned: _Planned) -> Ran:
        events.put(
            Event(planned.job.page, 0, len(planned.written.cells), why=planned.found.reasons)
        )
        return run_one(planned.job, folder, events.put)

    try:
        waiting: dict[Future[Ran], _Planned] = {pool.submit(run, p): p for p in left}
        while waiting:
            ended, _ = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            with contextlib.suppress(queue.Empty):
                while True:
                    report(events.get_nowait())
            for future in sorted(ended, key=lambda f: waiting[f].job.page):
                error = future.exception()
                yield waiting.pop(future), None if error else future.result(), error
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        kernels.kill_all()
        raise
    finally:
        pool.shutdown()
