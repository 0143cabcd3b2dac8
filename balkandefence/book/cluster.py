"""Run notebooks on a cluster of Dask, where a grid of editions outgrows the machine.

A worker runs the same function as the build does by itself, from its own checkout, and gives back
the executed notebook and what it read as values. It first compares what it holds with what the
build holds: code, data and packages. A lost worker's notebooks are run again by another.
Dask is an optional extra of the package and is imported here alone.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import BookError, paths
from balkandefence.book import record, running, unchanged, warming
from balkandefence.book.plan import Job
from balkandefence.book.running import Event, Ran, Report

#: What may be named instead of a scheduler's address, and how many differences are told.
LOCAL, _TOLD = "local", 6
#: Workers that may be lost, one after the other, while they run the same notebook.
LOSSES = 2
#: Seconds in which a scheduler must answer, and in which a worker must come where there is none.
_PATIENCE = 20


class ClusterError(BookError):
    """The cluster cannot be used, or a worker of it."""


def held() -> dict[str, str]:
    """Return what a run depends on here: the hash of every file, Python and the packages."""
    found = {f"file {name}": sha for name, sha in unchanged.hashes().items()}
    for name in record.pins():
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[f"package {name}"] = importlib.metadata.version(name)
    return found | {"Python": platform.python_version()}


def differing(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return in words what a worker holds otherwise than the build does."""
    found = []
    for name in sorted({**here, **there}):
        mine, its = here.get(name), there.get(name)
        if mine == its:
            continue
        if its is None or mine is None:
            found.append(f"{name} is {'missing' if its is None else 'not here'}")
        elif name.startswith("file "):
            found.append(f"{name} differs")
        else:
            found.append(f"{name} is {its}, here {mine}")
    return found


def _refuse(worker: str, found: list[str]) -> None:
    if found:
        more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
        raise ClusterError(
            f"worker {worker} does not hold what this build holds: {'; '.join(found[:_TOLD])}"
            f"{more}; bring its checkout and packages to the same state and start it anew"
        )


@dataclass(frozen=True)
class _Task:
    """A job as it goes to a worker: its notebook below the root, and what a worker must hold.

    The worker tells of its progress under the `topic`.
    """

    job: Job
    first: Event
    held: dict[str, str]
    topic: str


@dataclass(frozen=True)
class _Made:
    """What came of it: the notebook, as far as it ran, what it read, and the error if any."""

    notebook: str | None
    reads: str | None
    seconds: float
    error: str = ""


@cache
def _warm() -> contextlib.ExitStack:
    """Keep a warm process for the kernels for as long as the worker lives."""
    stack = contextlib.ExitStack()
    stack.enter_context(warming.warmed())
    warming.wait_until_warm()
    return stack


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _run(task: _Task) -> _Made:
    """Run one notebook on a worker."""
    from distributed import get_worker

    worker = get_worker()
    _refuse(worker.address, differing(task.held, held()))

    def report(event: Event) -> None:
        worker.log_event(task.topic, {"event": vars(event)})

    report(task.first)
    os.environ["BALKANDEFENCE_ROOT"] = str(paths.root())
    _warm()
    job = replace(task.job, notebook=paths.root() / task.job.notebook)
    with tempfile.TemporaryDirectory(prefix="balkandefence-") as name:
        folder = Path(name)
        try:
            ran = running.run_one(job, folder, report)
        except Exception as stopped:
            error = str(running.told(stopped)) or type(stopped).__name__
            return _Made(_read(running.places(job.name, folder)[0]), None, 0.0, error)
        return _Made(nbformat.writes(ran.notebook), _read(ran.reads), ran.seconds)


def _lost(error: BaseException) -> BaseException:
    """Return what ended a run without a result in words that an author knows."""
    from distributed.scheduler import KilledWorker, NoWorkerError

    if isinstance(error, KilledWorker):
        return ClusterError(f"more than {LOSSES} workers were lost while they ran it, one by one")
    if isinstance(error, NoWorkerError):
        return ClusterError("all workers were lost and none came in their place")
    if isinstance(error, CancelledError):
        return ClusterError("the cluster's scheduler was lost")
    return error


class Cluster:
    """Runs notebooks on the workers of one scheduler."""

    def __init__(self, client: Any) -> None:
        self._executor = client.get_executor(pure=False)
        self._held = held()
        self._tasks: list[Any] = []
        self._told: dict[str, Report] = {}
        self._topic = f"balkandefence-{client.id}"
        client.subscribe_topic(self._topic, self._report)
        for worker, there in sorted(client.run(held).items()):
            _refuse(worker, differing(self._held, there))

    def _report(self, told: tuple[object, dict[str, Any]]) -> None:
        event = Event(**told[1]["event"])
        if event.page in self._told:
            self._told[event.page](event)

    def submit(self, job: Job, folder: Path, first: Event, report: Report) -> Future[Ran]:
        """Take a job in turn."""
        self._told[job.name] = report
        at = replace(job, notebook=job.notebook.relative_to(paths.root()))
        task = _Task(at, first, self._held, self._topic)
        ended: Future[Ran] = Future()
        begun = time.time()  # by the clock of this machine, whose files must not change meanwhile
        ended.set_running_or_notify_cancel()

        def over(made: Future[_Made]) -> None:
            try:
                ended.set_result(_kept(made.result(), job, folder, begun))
            except BaseException as error:
                ended.set_exception(_lost(error))

        self._tasks.append(self._executor.submit(_run, task))
        self._tasks[-1].add_done_callback(over)
        return ended

    def stop(self) -> None:
        """Take back what no worker has finished."""
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()


def _kept(made: _Made, job: Job, folder: Path, begun: float) -> Ran:
    """Write what a worker's run read, or how it failed; raise what stopped it."""
    left, reads = running.places(job.name, folder)
    if made.reads is not None:
        reads.write_text(made.reads, encoding="utf-8")
    if made.error:
        if made.notebook is not None:
            left.write_text(made.notebook, encoding="utf-8")
        raise RuntimeError(made.error)
    return Ran(nbformat.reads(str(made.notebook), as_version=4), reads, begun, made.seconds)


def _workers(named: str) -> int:
    """Return how many workers `local` or `local:N` asks for, 0 for a scheduler's address."""
    kind, _, count = named.partition(":")
    if kind == LOCAL and (not count or (count.isdigit() and int(count))):
        return int(count or os.cpu_count() or 1)
    if kind in ("tcp", "tls") and count.startswith("//"):
        return 0
    raise ClusterError(
        f"--cluster {named!r}: name a Dask scheduler, such as tcp://10.0.0.5:8786, or local, "
        "or local:4 for four workers on this machine"
    )


@contextlib.contextmanager
def connected(named: str) -> Iterator[Cluster]:
    """Yield the cluster that `named` stands for: a scheduler's address, `local` or `local:N`.

    A local one is made of processes on 127.0.0.1 and ends with the build. Raises ClusterError
    where there is no such cluster or a worker holds other code, data or packages.
    """
    count = _workers(named)
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ClusterError("--cluster needs Dask: .venv/bin/pip install -e '.[cluster]'") from error
    settings = {
        "distributed.scheduler.allowed-failures": LOSSES,
        "distributed.scheduler.no-workers-timeout": f"{_PATIENCE}s",
        "distributed.logging.distributed": "critical",
        "distributed.diagnostics.nvml": False,
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        at: Any = named
        if count:
            at = stack.enter_context(
                LocalCluster(
                    n_workers=count, threads_per_worker=1, processes=True, host="127.0.0.1",
                    dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
                    memory_limit=None, silence_logs=50,
                )
            )  # fmt: skip
        try:
            client = stack.enter_context(Client(at, timeout=_PATIENCE, set_as_default=False))
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, TimeoutError) as error:
            raise ClusterError(
                f"--cluster {named}: no scheduler with a worker answers there; start one by "
                "`dask scheduler` and `dask worker ADDRESS`, each in a checkout's environment"
            ) from error
        yield Cluster(client)
