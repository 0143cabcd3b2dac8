"""Compile the staged pages by Jupyter Book, with every warning an error."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from balkandefence import BookError
from balkandefence.book import forks

#: Processes that read and write pages; each holds a copy of all that was read before it.
JOBS = min(os.cpu_count() or 1, 4)
#: The language and the zone in which the same pages give the same bytes.
PLACE = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
#: What compiles pages must begin with; what it imports waits for it in a warm process.
KIND = forks.Kind("pages", {"PYTHONHASHSEED": "0", **PLACE})
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class CompileError(BookError):
    """Jupyter Book refused the pages; `complaints` lists what it said."""

    def __init__(self, complaints: list[str]) -> None:
        self.complaints = complaints
        super().__init__("Jupyter Book refused the pages:\n  " + "\n  ".join(complaints))


def complaints(text: str, folder: Path) -> list[str]:
    """Return the warnings and errors in Jupyter Book's output, with paths as the author knows."""
    lines = [line.strip() for line in _ANSI.sub("", text).splitlines()]
    marked = [line for line in lines if "WARNING:" in line or "ERROR:" in line]
    found = marked or [line for line in lines if line][-12:]
    return [line.replace(f"{folder}{os.sep}", "") for line in dict.fromkeys(found)]


def settings(folder: Path) -> dict[str, Any]:
    """Return what is set beside _config.yml for the pages staged in `folder`."""
    return {
        "external_toc_path": str(folder / "_toc.yml"),
        "latex_individualpages": False,
        "nitpicky": True,
    }


def surroundings(as_of: dt.date) -> dict[str, str]:
    """Return the environment in which the same pages give the same bytes, dated `as_of`."""
    epoch = int(dt.datetime.combine(as_of, dt.time(), dt.UTC).timestamp())
    return {**PLACE, "SOURCE_DATE_EPOCH": str(epoch)}


def run(folder: Path, out: Path, builder: str, jobs: int) -> bool:
    """Let Jupyter Book make `out` of `folder` in this process; return whether all was well.

    As its command line does, save that pages are read and written by `jobs` processes.
    """
    import gc

    from jupyter_book.sphinx import build_sphinx

    gc.disable()  # page trees are large and live to the end: looking for waste takes a third
    result = build_sphinx(
        folder,
        out,
        noconfig=True,
        path_config=folder / "_config.yml",
        confoverrides=settings(folder),
        builder=builder,
        warningiserror=True,
        keep_going=True,
        quiet=True,
        jobs=jobs,
    )
    return result == 0


def warmed() -> AbstractContextManager[None]:
    """Keep a warm process for the books compiled inside, where that is to be had."""
    return forks.warmed(KIND)


def compile_book(folder: Path, as_of: dt.date, builder: str = "html") -> Path:
    """Compile the staged `folder` and return the folder of finished pages, dated `as_of`.

    Raises CompileError where anything is unresolved: a reference, a citation, a page.
    """
    made = folder / "_build" / builder
    arguments = [str(folder), str(made), builder, str(JOBS)]
    environment = {**os.environ, **surroundings(as_of)}
    code, said = forks.run(KIND, __name__, arguments, environment, folder)
    if code or not (made / "index.html").is_file():
        raise CompileError(complaints(said, folder))
    return made


if __name__ == "__main__":
    sys.exit(not run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
