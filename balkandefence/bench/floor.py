"""The least that a build of the book can take: every cell in one warm process, and one compile.

Run as a program in a copy of the project, it writes the seconds as its last line. What comes
before the cells is not counted: imports, checks, and the pages to compile, of kept runs.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import editions, publishing
from balkandefence.book import build, plan
from balkandefence.book.compile import compile_book
from balkandefence.book.workshop import Place


def _run(notebook: nbformat.NotebookNode, parameters: dict[str, Any]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, "<cell>", "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names.update(parameters)


def main(folder: Path) -> None:
    """Measure and tell."""
    edition = editions.load()
    jobs = plan.jobs(edition)
    made, failed = build.run(jobs, folder / "runs", jobs=2, force=False, report=lambda event: None)
    if failed:
        raise build.NotebooksError(failed)
    place = Place(folder / "pages")
    build.lay_out(edition, made, place.staged)
    importlib.import_module("seaborn")
    vars(publishing)["display"] = lambda *shown, **how: None  # no kernel takes what is shown
    begun = time.monotonic()
    for job in jobs:
        _run(nbformat.read(job.notebook, as_version=4), job.parameters)
    executed = time.monotonic()
    compile_book(place, edition.as_of)
    told = {"executed": executed - begun, "compiled": time.monotonic() - executed}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
