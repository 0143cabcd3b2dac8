"""The process that rebuilds the book for a preview, as often as it is asked.

Run as a file: it first imports what others wrote, and the package only with the first order, so
that one can wait, warm, until the package has changed. Orders and answers are lines of JSON: on
standard input an order, on standard output the progress of notebooks (`{"event": …}`) and last
`{"done": {"changed": […], "problems": […]}}`. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from balkandefence.book.running import Event

#: What a rebuild imports of others; what is missing here it imports by itself.
_HEAVY = (
    "numpy", "pandas", "pandera.pandas", "matplotlib.figure", "seaborn", "pydantic", "yaml",
    "nbformat", "papermill", "nbclient", "jupyter_client", "jupyter_book.sphinx",
    "sphinx.application", "sphinx.builders.html", "myst_nb", "sphinx_book_theme",
    "pydata_sphinx_theme", "sphinxcontrib.bibtex", "sphinx_design", "pybtex.database",
    "pybtex.database.input.bibtex", "bs4",
)  # fmt: skip


def _import() -> None:
    for name in _HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


class Book:
    """One edition's pages, brought up to date again and again in `folder`."""

    def __init__(self, order: dict[str, Any]) -> None:
        from balkandefence import editions, paths
        from balkandefence.book import incremental, together
        from balkandefence.book.store import Kept

        folder = Path(order["folder"])
        self.edition = editions.load(order["edition"], editions.overrides(order["param"]))
        self.jobs = int(order["jobs"])
        self.runs, self.staged, self.made = folder / "runs", folder / "staged", folder / "made"
        self.site = folder / "site"
        self.store = Kept(paths.build() / "runs")
        self.staging = together.Staged()
        self.compiled = incremental.Compiled(self.staged, self.made, folder / "doctrees")

    def rebuild(self, answers: TextIO) -> dict[str, list[str]]:
        """Bring the site up to date; return its files that changed, or else all that is wrong."""
        from dataclasses import asdict

        from balkandefence.book import (
            ahead,
            checks,
            compile,
            execute,
            forks,
            incremental,
            plan,
            stage,
        )

        aside = ahead.Ahead(self.edition, self.staging)

        def tell(event: Event) -> None:
            if not event.reused:
                aside.begin()
            _answer(answers, event=asdict(event))

        def lay_out_run(page: str, notebook: NotebookNode) -> None:
            stage.lay_out_run(page, notebook, self.staged, self.staging)

        findings = checks.check(form=False)
        if findings:
            return _wrong("\n".join(map(str, findings)))
        pages = plan.pages(self.edition)
        notebooks, failures = execute.execute(
            plan.jobs(self.edition),
            count=self.jobs,
            folder=self.runs,
            store=self.store,
            fresh=False,
            report=tell,
            made=lay_out_run,
        )
        if failures:
            return _wrong(*map(str, failures))
        aside.wait()
        stage.stage(pages, notebooks, self.edition, self.staged, self.staging)
        self._leave_out({page.name for page in pages})
        with forks.surrounded(compile.surroundings(self.edition.as_of)):
            complaints = self.compiled.update()
        if complaints:
            return _wrong("\n".join(["Jupyter Book refused the pages:", *complaints]))
        return {
            "changed": incremental.mirror([self.made, self.staged / stage.PUBLISHED], self.site),
            "problems": [],
        }

    def _leave_out(self, pages: set[str]) -> None:
        """Remove what was staged for pages that the book no longer has."""
        for path in self.staged.glob("*.md"):
            if path.stem not in pages:
                path.unlink()


def _wrong(*problems: str) -> dict[str, list[str]]:
    return {"changed": [], "problems": list(problems)}


def _answer(answers: TextIO, **content: Any) -> None:
    answers.write(json.dumps(content) + "\n")
    answers.flush()


def _told(error: BaseException) -> str:
    """Return what went wrong outside any notebook, with the steps through the project's files."""
    from_libraries = ("site-packages", "dist-packages", "<frozen", os.path.dirname(os.__file__))
    steps = traceback.extract_tb(error.__traceback__)
    own = [s for s in steps if not any(part in s.filename for part in from_libraries)]
    lines = [f"  {step.filename}:{step.lineno}, in {step.name}\n        {step.line}"
             for step in own if step.filename != __file__]  # fmt: skip
    return "\n".join([*lines, "".join(traceback.format_exception_only(error)).strip()])


def _serve(answers: TextIO) -> None:
    """Carry out every order; whatever goes wrong with one is an answer, not an end."""
    book: Book | None = None
    for line in sys.stdin:
        lasting = True
        try:
            book = book or Book(json.loads(line))
            done = book.rebuild(answers)
        except Exception as error:
            # our own refusals say all; after anything else a new process is to be trusted more
            refused = any(kind.__name__ == "BookError" for kind in type(error).__mro__)
            lasting = refused and book is not None
            done = _wrong(str(error) if refused else _told(error))
        _answer(answers, done={**done, "lasting": lasting})
        gc.collect()  # while the author reads


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Import, then rebuild at every order, until standard input ends."""
    # Answers go where standard output went; what libraries print must not come among them.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ.pop("PYTHONHASHSEED", None)  # for this process alone, not for kernels
    signal.signal(signal.SIGTERM, _stop)
    gc.disable()  # what is kept is large: looking through it takes a third of a rebuild
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        _import()
        gc.freeze()
        _serve(answers)


if __name__ == "__main__":
    main()
