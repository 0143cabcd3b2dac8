"""The ways to make the book that are measured: ours, what readers would use instead, the floor.

The others get the same notebooks with the same parameters, stock kernels and a stock Jupyter Book.
Their pages need only build: what the pages of ours say in roles of our own stays plain text there.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

from balkandefence import editions
from balkandefence.bench.measuring import Measured, run
from balkandefence.bench.project import Project
from balkandefence.book import plan
from balkandefence.book.forks import surrounded
from balkandefence.book.plan import Job

#: Seconds that one cell may take in Jupyter Book's own execution.
_PATIENCE = 600
_PYTHON = sys.executable


@dataclass(frozen=True)
class Way:
    """A way to make the book; `reuses` says whether an earlier build makes the next one shorter."""

    name: str
    make: Callable[[Project], tuple[Measured, float]]
    reuses: bool = False


def _ours(project: Project) -> tuple[Measured, float]:
    """Build as the book does; notebooks are done when the last of them says so."""
    command = [_PYTHON, "-m", "balkandefence", "build"]
    made = run(command, at=project.root, environment=project.environment)
    return made, made.second_of(": done, ")


def grid(project: Project, axes: Iterable[str]) -> tuple[Measured, float]:
    """Build several editions at once."""
    given = [part for axis in axes for part in ("--grid", axis)]
    command = [_PYTHON, "-m", "balkandefence", "build", *given]
    made = run(command, at=project.root, environment=project.environment)
    return made, made.second_of(": done, ")


def _jobs(project: Project) -> list[tuple[Job, Path]]:
    """Return the runs of the current edition, each with its notebook in the copy.

    They are planned where the copy's own table of contents says so.
    """
    with _looking_at(project):
        jobs = plan.jobs(editions.load())
    return [(job, project.root / "chapters" / job.notebook.name) for job in jobs]


def _looking_at(project: Project) -> AbstractContextManager[None]:
    """Let the package look at a copy for a while."""
    return surrounded({"BALKANDEFENCE_ROOT": str(project.root)})


def _stock(project: Project, execute: str) -> Path:
    """Lay out the book for a stock Jupyter Book beside ours: settings, contents, plain pages."""
    folder = project.root / "stock"
    folder.mkdir(exist_ok=True)
    with _looking_at(project):
        pages = plan.pages(editions.load())
    settings = {
        "title": "Stock",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": execute, "timeout": _PATIENCE},
        "bibtex_bibfiles": ["references.bib"],
        # else a notebook that fails would count as a quick one
        "sphinx": {"config": {"nb_execution_raise_on_error": True}},
    }
    toc = {"format": "jb-book", "root": pages[0].name,
           "chapters": [{"file": page.name} for page in pages[1:]]}  # fmt: skip
    _write(folder / "_config.yml", yaml.safe_dump(settings))
    _write(folder / "_toc.yml", yaml.safe_dump(toc, sort_keys=False))
    _write(folder / "references.bib", (project.root / "references.bib").read_text("utf-8"))
    for page in pages:
        if not page.is_notebook:
            _write(folder / f"{page.name}.md", page.path.read_text(encoding="utf-8"))
    return folder


def _write(path: Path, text: str) -> None:
    """Write a file unless it holds just that, so that what watches its time sees no change."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _with_parameters(job: Job, notebook: Path, to: Path) -> None:
    """Write a notebook with the values of its run in its parameters cell."""
    made = nbformat.read(notebook, as_version=4)
    for cell in made.cells:
        if "parameters" in cell.metadata.get("tags", []):
            values = "\n".join(f"{name} = {value!r}" for name, value in job.parameters.items())
            cell.source = values
    _write(to, nbformat.writes(made))


def _book(project: Project, folder: Path) -> Measured:
    command = [str(Path(_PYTHON).with_name("jupyter-book")), "build", str(folder)]
    return run(command, at=project.root, environment=_environment(project))


def _environment(project: Project) -> dict[str, str]:
    """Return an environment in which notebooks anywhere find the copy's data."""
    return project.environment | {"BALKANDEFENCE_ROOT": str(project.root)}


def _papermill(project: Project) -> tuple[Measured, float]:
    """Run papermill once a notebook, as a shell loop does, then build the book of the results."""
    folder = _stock(project, "off")
    ran = Measured()
    for job, notebook in _jobs(project):
        values = ["-y", yaml.safe_dump(job.parameters)]
        out = str(folder / f"{job.page}.ipynb")
        command = [_PYTHON, "-m", "papermill", str(notebook), out, "-k", "python3", *values]
        environment = _environment(project)
        ran = ran.then(run(command, at=project.root / "chapters", environment=environment))
    return ran.then(_book(project, folder)), ran.seconds


def _nbconvert(project: Project) -> tuple[Measured, float]:
    """Run nbconvert once a notebook, then build the book of the results."""
    folder = _stock(project, "off")
    ran = Measured()
    for job, notebook in _jobs(project):
        given = project.root / "stock" / f"{job.page}.given.ipynb"
        _with_parameters(job, notebook, given)
        out = ["--output-dir", str(folder), "--output", f"{job.page}.ipynb"]
        command = [_PYTHON, "-m", "nbconvert", "--to", "notebook", "--execute", *out, str(given)]
        ran = ran.then(run(command, at=project.root, environment=_environment(project)))
    return ran.then(_book(project, folder)), ran.seconds


def _executing(mode: str) -> Callable[[Project], tuple[Measured, float]]:
    def make(project: Project) -> tuple[Measured, float]:
        folder = _stock(project, mode)
        for job, notebook in _jobs(project):
            _with_parameters(job, notebook, folder / f"{job.page}.ipynb")
        return _book(project, folder), 0.0

    return make


def _floor(project: Project) -> tuple[Measured, float]:
    """Run all cells in one warm process, then compile the pages that our build staged."""
    command = [_PYTHON, "-m", "balkandefence.bench.floor", str(project.root / "_build" / "floor")]
    made = run(command, at=project.root, environment=project.environment)
    told = json.loads(made.lines[-1][1])
    made.seconds = told["executed"] + told["compiled"]
    shutil.rmtree(project.root / "_build" / "floor", ignore_errors=True)
    return made, float(told["executed"])


OURS, FLOOR = "ours", "floor"
WAYS: Mapping[str, Way] = {
    way.name: way
    for way in (
        Way(OURS, _ours, reuses=True),
        Way("papermill", _papermill),
        Way("force", _executing("force")),
        Way("cache", _executing("cache"), reuses=True),
        Way("nbconvert", _nbconvert),
        Way(FLOOR, _floor),
    )
}
