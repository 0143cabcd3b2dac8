"""Compile the staged pages by Jupyter Book, with every warning an error."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

from balkandefence import BookError

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class CompileError(BookError):
    """Jupyter Book refused the pages; `complaints` lists what it said."""

    def __init__(self, complaints: list[str]) -> None:
        self.complaints = complaints
        super().__init__("Jupyter Book refused the pages:\n  " + "\n  ".join(complaints))


def _complaints(text: str, folder: Path) -> list[str]:
    """Return the warnings and errors in Jupyter Book's output, with paths as the author knows."""
    lines = [line.strip() for line in _ANSI.sub("", text).splitlines()]
    marked = [line for line in lines if "WARNING:" in line or "ERROR:" in line]
    found = marked or [line for line in lines if line][-12:]
    return [line.replace(f"{folder}{os.sep}", "") for line in dict.fromkeys(found)]


def compile_book(folder: Path, as_of: dt.date) -> Path:
    """Compile the staged `folder` and return the folder of finished pages, dated `as_of`.

    Raises CompileError where anything is unresolved: a reference, a citation, a page.
    """
    environment = dict(os.environ, PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")
    epoch = int(dt.datetime.combine(as_of, dt.time(), dt.UTC).timestamp())
    environment["SOURCE_DATE_EPOCH"] = str(epoch)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    command += [str(folder), "--path-output", str(folder), "-W", "-n", "--keep-going", "-q"]
    ran = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    made = folder / "_build" / "html"
    if ran.returncode or not (made / "index.html").is_file():
        raise CompileError(_complaints(ran.stdout + ran.stderr, folder))
    return made
