"""Compile the staged pages by Jupyter Book, with every warning an error."""

from __future__ import annotations

import datetime as dt
import os
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from balkandefence import BookError
from balkandefence.book import forks
from balkandefence.book.workshop import Place

#: Processes that read and write pages; each holds a copy of all that was read before it.
JOBS = min(os.cpu_count() or 1, 4)
#: The language and the zone in which the same pages give the same bytes.
PLACE = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
#: What compiles pages must begin with; what it imports waits for it in a warm process.
KIND = forks.Kind("pages", {"PYTHONHASHSEED": "0", **PLACE})
#: The module that compiles, run as a program.
PROGRAM = "balkandefence.book.incremental"
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


def warmed() -> AbstractContextManager[None]:
    """Keep a warm process for the books compiled inside, where that is to be had."""
    return forks.warmed(KIND)


def compile_book(place: Place, as_of: dt.date) -> None:
    """Compile what is staged at a place into its finished pages, dated `as_of`.

    It goes on from the pages and trees that are there. Raises CompileError where anything is
    unresolved: a reference, a citation, a page.
    """
    arguments = [str(place.staged), str(place.made), str(place.trees), str(JOBS)]
    environment = {**os.environ, **surroundings(as_of)}
    place.folder.mkdir(parents=True, exist_ok=True)
    code, said = forks.run(KIND, PROGRAM, arguments, environment, place.folder)
    if code or not (place.made / "index.html").is_file():
        raise CompileError(complaints(said, place.staged))
