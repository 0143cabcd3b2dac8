"""Run notebooks by papermill in worker processes, kernels over local sockets.

A failed run is kept aside for its author and never reaches a page.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager

from balkandefence import paths
from balkandefence.book import failures as failing
from balkandefence.book import leftovers
from balkandefence.book.failures import Failure

#: Cell metadata that says when or how long, and is no part of a run's result.
_TIMINGS = ("papermill", "execution", "ExecuteTime")


@dataclass(frozen=True)
class Job:
    """One run of a notebook: the page it makes, the parameters it gets, the key of its inputs."""

    page: str
    notebook: Path
    parameters: dict[str, Any]
    key: str


@dataclass(frozen=True)
class Event:
    """Progress of one page: cells done of cells in all, or taken from an earlier run."""

    page: str
    done: int
    total: int
    reused: bool = False


Report = Callable[[Event], None]


class LocalKernelManager(AsyncKernelManager):
    """Starts kernels that talk over sockets in a private folder and never open a port."""

    def __init__(self, **settings: Any) -> None:
        # The path must be short: systems allow about a hundred bytes for a socket's name.
        folder = _short_folder()
        self._sockets = tempfile.mkdtemp(prefix=f"{_SOCKETS}{os.getpid()}-", dir=folder)
        settings.update(transport="ipc", ip=f"{self._sockets}/k")
        super().__init__(**settings)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **settings: Any) -> None:
        # What cells write to stderr comes back as their output; all that is left on the
        # kernel's own is its complaint about being told to stop.
        settings["stderr"] = subprocess.DEVNULL
        await super()._async_launch_kernel(kernel_cmd, **settings)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        """Remove the sockets' folder together with what jupyter_client itself cleans."""
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


#: How the folders of kernels' sockets begin; the worker's process id follows.
_SOCKETS = "bd-"


def _short_folder() -> Path:
    short = Path("/tmp")
    usable = short.is_dir() and os.access(short, os.W_OK)
    return short if usable else Path(tempfile.gettempdir())


_events: Any = None


def _start_worker(events: Any, environment: dict[str, str]) -> None:
    global _events
    _events = events
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build decides what Ctrl-C means
    os.environ.update(environment)
    threading.Thread(target=_end_with_the_build, daemon=True).start()


def _end_with_the_build() -> None:
    """End this worker when the build is gone, even if it was killed; the kernel follows."""
    build = multiprocessing.parent_process()
    if build is not None:
        build.join()
        for sockets in _short_folder().glob(f"{_SOCKETS}{os.getpid()}-*"):
            shutil.rmtree(sockets, ignore_errors=True)
        os._exit(1)


def run_one(job: Job, output: str) -> None:
    """Execute one notebook to `output` in this worker, sending its progress to the parent."""
    import papermill
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        """papermill's own engine, telling of each cell that is done."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> Any:
            total, complete = len(nb_man.nb.cells), nb_man.cell_complete

            def completed(cell: Any, cell_index: int | None = None, **rest: Any) -> None:
                complete(cell, cell_index=cell_index, **rest)
                _events.put(Event(job.page, (cell_index or 0) + 1, total))

            nb_man.cell_complete = completed
            return super().execute_managed_notebook(nb_man, kernel_name, **settings)

    papermill_engines.register("balkandefence", Engine)
    papermill.execute_notebook(
        str(job.notebook),
        output,
        parameters=job.parameters,
        engine_name="balkandefence",
        kernel_name="python3",
        cwd=str(job.notebook.parent),
        progress_bar=False,
        log_output=False,
        request_save_on_cell_execute=False,
        kernel_manager_class=LocalKernelManager,
    )


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


class Store:
    """Executed notebooks by the key of all they depend on; a damaged entry is never used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _file(self, job: Job) -> Path:
        return self.folder / f"{job.page}-{job.key[:24]}.json"

    def get(self, job: Job) -> nbformat.NotebookNode | None:
        """Return the notebook of an equal earlier run, None where there is no sound one."""
        try:
            kept = json.loads(self._file(job).read_text(encoding="utf-8"))
            text = kept["notebook"]
            if kept["key"] != job.key or kept["sha256"] != _sha(text):
                return None
            return nbformat.reads(text, as_version=4)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, job: Job, notebook: nbformat.NotebookNode) -> None:
        """Keep a good run, in place of older ones of the same page."""
        text = nbformat.writes(notebook)
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"key": job.key, "sha256": _sha(text), "notebook": text})
        part = self.folder / f".{job.page}-{os.getpid()}.part"
        part.write_text(content, encoding="utf-8")
        os.replace(part, self._file(job))
        kept = sorted(self.folder.glob(f"{job.page}-*.json"), key=lambda f: f.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)


#: Runs kept for each page.
_KEPT = 4


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@contextlib.contextmanager
def _workers(count: int, events: Any, environment: dict[str, str]) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool whose processes do not outlive an interruption."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        max_workers=count,
        mp_context=context,
        initializer=_start_worker,
        initargs=(events, environment),
    )
    try:
        yield pool
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(_PATIENCE)
        leftovers.sweep(_short_folder(), _SOCKETS)
        raise
    else:
        pool.shutdown()


#: Seconds that a worker has to end when it is told to.
_PATIENCE = 5


def execute(
    jobs: list[Job],
    *,
    count: int,
    folder: Path,
    store: Store,
    fresh: bool,
    report: Report,
    environment: dict[str, str] | None = None,
) -> tuple[dict[str, nbformat.NotebookNode], list[Failure]]:
    """Run every job on `count` processes; return the executed notebooks and all failures.

    `folder` takes the raw outputs while they are made. Runs already in `store` are taken from it,
    unless all are to be made afresh.
    `environment` is added to that of the kernels.
    Every notebook is tried, whatever happens to the others.
    """
    done: dict[str, nbformat.NotebookNode] = {}
    left = []
    for job in jobs:
        kept = None if fresh else store.get(job)
        if kept is None:
            left.append(job)
        else:
            done[job.page] = kept
            report(Event(job.page, len(kept.cells), len(kept.cells), reused=True))
    if not left:
        return done, []
    folder.mkdir(parents=True, exist_ok=True)
    leftovers.sweep(_short_folder(), _SOCKETS)
    events = multiprocessing.get_context("spawn").Queue()
    failures = []
    environment = {"BALKANDEFENCE_ROOT": str(paths.root()), **(environment or {})}
    with _workers(min(count, len(left)), events, environment) as pool:
        waiting: dict[Future[None], Job] = {}
        for job in left:
            waiting[pool.submit(run_one, job, str(folder / f"{job.page}.ipynb"))] = job
        for job, error in _finished(waiting, events, report):
            output = folder / f"{job.page}.ipynb"
            notebook = None
            if error is None:
                notebook = cleaned(nbformat.read(output, as_version=4))
                if any(o.output_type == "error" for c in notebook.cells for o in _outputs(c)):
                    error = RuntimeError("a cell left an error")
            if error is not None or notebook is None:
                failures.append(failing.of(job.page, output, error or RuntimeError("no output")))
                continue
            done[job.page] = notebook
            store.put(job, notebook)
    return done, sorted(failures, key=lambda failure: failure.page)


def _outputs(cell: Any) -> list[Any]:
    return list(cell.get("outputs", []))


def _finished(
    waiting: dict[Future[None], Job], events: Any, report: Report
) -> Iterator[tuple[Job, BaseException | None]]:
    """Yield each job as it ends, with its error if any, passing progress on meanwhile."""
    left = dict(waiting)
    while left:
        ended, _ = wait(left, timeout=0.1, return_when=FIRST_COMPLETED)
        with contextlib.suppress(queue.Empty):
            while True:
                report(events.get_nowait())
        for future in sorted(ended, key=lambda f: left[f].page):
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                error = RuntimeError("the worker process was killed from outside")
            yield left.pop(future), error
