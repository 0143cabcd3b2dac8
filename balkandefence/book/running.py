"""Run one notebook by papermill in a kernel of its own, and tell what came of it."""

from __future__ import annotations

import copy
import importlib
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import BookError, paths
from balkandefence.book import kernels
from balkandefence.book.failures import STOPPED
from balkandefence.book.plan import Job
from balkandefence.book.store import INJECTED

#: Cell metadata that says when or how long, and is no part of a run's result.
_TIMINGS = ("papermill", "execution", "ExecuteTime")
#: Seconds that one cell may take; the name by which the environment may set others.
_LIMIT, _LIMIT_NAME = 600, "BALKANDEFENCE_CELL_SECONDS"
_SILENCE = logging.NullHandler()


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
    """What a run left behind: the notebook, what it read, when it began and how long it took."""

    notebook: nbformat.NotebookNode
    reads: Path
    begun: float
    seconds: float


def limit() -> int:
    """Return how many seconds a cell may take."""
    told = os.environ.get(_LIMIT_NAME, str(_LIMIT))
    if not told.isdecimal() or not int(told):
        raise BookError(f"{_LIMIT_NAME}={told!r}: expected whole seconds, such as {_LIMIT}")
    return int(told)


def _arguments(reads: Path) -> list[str]:
    """Return what makes a kernel note what it reads, from before its first cell."""
    start = f"__import__('balkandefence.recording').recording.start({str(paths.root())!r}, "
    return [f"--IPKernelApp.exec_lines={[f'{start}{str(reads)!r})']!r}"]


def places(name: str, folder: Path) -> tuple[Path, Path]:
    """Return where in a folder a job's notebook is left that failed, and what a run read."""
    return folder / f"{name}.ipynb", folder / f"{name}.reads.json"


def get_ready() -> None:
    """Import papermill, which takes a while, so that no run waits for it.

    What it logs is told in other words, by `told`.
    """
    importlib.import_module("papermill.engines").logger.addHandler(_SILENCE)


def run_one(job: Job, folder: Path, report: Report) -> Ran:
    """Execute one notebook, telling of each cell that is done.

    One that fails is left in `folder` as far as it ran.
    """
    import papermill
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.exceptions import PapermillExecutionError

    running: list[nbformat.NotebookNode] = []
    ended: list[nbformat.NotebookNode] = []

    class Engine(NBClientEngine):
        """papermill's own engine, telling of each cell that is done."""

        @classmethod
        def execute_notebook(cls, nb: Any, *given: Any, **settings: Any) -> Any:
            made = super().execute_notebook(nb, *given, **settings)
            running[:] = [made]
            return made if has_errors(made) else _without_outputs(made)

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> Any:
            running.append(nb_man.nb)
            total, complete = len(nb_man.nb.cells), nb_man.cell_complete

            def completed(cell: Any, cell_index: int | None = None, **rest: Any) -> None:
                complete(cell, cell_index=cell_index, **rest)
                ended.append(cell)
                if len(ended) < total:  # that all is done is told of a run that ended well
                    report(Event(job.name, len(ended), total))

            nb_man.cell_complete = completed
            return super().execute_managed_notebook(nb_man, kernel_name, **settings)

    left, reads = places(job.name, folder)
    left.parent.mkdir(parents=True, exist_ok=True)
    engine = f"balkandefence-{job.name}"
    papermill_engines.register(engine, Engine)
    began, begun = time.time(), time.monotonic()
    try:
        papermill.execute_notebook(
            str(job.notebook),
            None,  # a good run is not written to be read again at once
            parameters=job.parameters,
            engine_name=engine,
            kernel_name="python3",
            # not `cwd`, for which papermill moves this whole process, all its threads
            resources={"metadata": {"path": str(job.notebook.parent)}},
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            execution_timeout=limit(),
            kernel_manager_class=kernels.LocalKernelManager,
            extra_arguments=_arguments(reads),
        )
    except Exception as error:
        for notebook in running:
            if not isinstance(error, PapermillExecutionError):
                _forget_errors(notebook)  # such as the interruption of a cell that hangs
                for cell in ended[-1:]:
                    cell.metadata.papermill["status"] = STOPPED
            nbformat.write(notebook, left)
        raise
    report(Event(job.name, len(ended), len(ended)))
    return Ran(running[0], reads, began, time.monotonic() - begun)


def has_errors(notebook: nbformat.NotebookNode) -> bool:
    """Return whether a cell left an error, be it one that it may raise."""
    return any(o.output_type == "error" for c in notebook.cells for o in c.get("outputs", []))


def _without_outputs(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook of the same cells: papermill makes text of what it gets, for no file."""
    bare = copy.copy(notebook)
    bare.cells = [copy.copy(cell) for cell in notebook.cells]
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    return bare


def _forget_errors(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [found for found in cell.outputs if found.output_type != "error"]


def _ordered(value: Any) -> Any:
    """Return a value of JSON, of which nothing is shared, with all names in alphabetical order."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook without timings, versions and random ids.

    All that it says by name is in alphabetical order, as in the file of a notebook.
    """
    made = nbformat.from_dict(_ordered(notebook))
    made.metadata = nbformat.from_dict(
        {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    for cell in made.cells:
        for name in _TIMINGS:
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
    return made


def told(error: BaseException) -> BaseException:
    """Return what ended a run in words that an author knows; a note on it says what to do."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if isinstance(error, DeadKernelError):
        ended = RuntimeError("the kernel was killed from outside or ended by itself")
        ended.add_note(
            "nothing in the notebook was told why; mostly memory ran out, or a library crashed: "
            "run the notebook in JupyterLab, cell by cell"
        )
        return ended
    if isinstance(error, CellTimeoutError):
        ended = RuntimeError(f"it ran longer than {limit()} seconds; {_LIMIT_NAME} sets the limit")
        ended.add_note("look for a loop that does not end")
        return ended
    return error
