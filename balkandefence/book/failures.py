"""A notebook that stopped, told as its author needs it: where, at what, and what to do about it.

The failed run is read from the notebook that papermill leaves behind. Shown are the cell with the
line marked, the steps through the project's own files and the exception; the steps inside
libraries are left out, unless the whole traceback is asked for.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import paths
from balkandefence.book import hints

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_IN_CELL = re.compile(r"^\s*(?:Cell )?In ?\[\d+\],? line (\d+)")
_IN_FILE = re.compile(r"^\s*File (.+?):(\d+)(?:,? in (.+))?$")
_ARROW = re.compile(r"^-+> *\d+ ?(.*)$")
#: Between exceptions of which one led to the other; the last is the one that counts.
_CHAINED = re.compile(
    r"^(?:The above exception was the direct cause|During handling of the above)", re.MULTILINE
)
#: What the parser adds to a message about a cell: its made-up file name and the line.
_MADE_UP_FILE = re.compile(r" \(\d+\.py, line (\d+)\)$")
#: What Python adds to a failed import: the file that it looked into.
_LOOKED_INTO = re.compile(r" \(\S+\.py\)$")
#: Folders of code that is not the project's.
_FOREIGN = ("site-packages", "dist-packages", ".venv", "_build")
#: What a run that ended without an error of a cell is left with, as papermill's status of the cell
#: that ran.
STOPPED = "stopped"
#: Wraps every measure, so that it says nothing of a fault.
_WRAPPER = "balkandefence/provenance.py"
#: What the package refuses with a message that tells all; the steps to the refusal add nothing.
_REFUSALS = (
    "GuardError", "PublishingError", "SidecarError", "DataError", "EditionError", "SourcesError",
    "LedgerError",
)  # fmt: skip
_REFUSING = ("balkandefence/publishing.py", "balkandefence/editions.py", "balkandefence/tables/",
             "balkandefence/sources.py")  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One call on the way from the cell to the exception, in a file of the project."""

    file: str
    line: int
    function: str
    text: str

    def __str__(self) -> str:
        inside = f", in {self.function}" if self.function else ""
        return f"  {self.file}:{self.line}{inside}\n        {self.text}".rstrip()


@dataclass(frozen=True)
class Failure:
    """Why a notebook has no result: where it stopped, at what, and the copy to look at.

    `line` is that of the cell, 0 where none is named. `full` is the whole traceback.
    """

    page: str
    cell: str
    source: str
    line: int
    error: str
    copy: str
    notebook: str = ""
    steps: tuple[Step, ...] = ()
    hint: str = ""
    full: str = ""

    def __str__(self) -> str:
        return self.told()

    def told(self, *, full: bool = False) -> str:
        """Return the failure in words, with the whole traceback if asked for."""
        lines = [self._head()]
        for number, text in enumerate(self.source.splitlines(), 1):
            lines.append(f"  {'>' if number == self.line else ' '} {number:>3} {text}".rstrip())
        if full and self.full:
            lines += [f"  {text}".rstrip() for text in self.full.splitlines()]
        else:
            lines += map(str, self.steps)
            lines += [f"  {text}" for text in self.error.splitlines()]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        if self.copy:
            lines.append(f"  the failed run is kept at {self.copy}")
        return "\n".join(lines)

    def _head(self) -> str:
        if not self.cell:
            return f"{self.page}: failed"
        places = [self.notebook, f"line {self.line}" if self.line else ""]
        place = ", ".join(filter(None, places))
        return f"{self.page}: cell {self.cell!r} failed" + (f" ({place})" if place else "")


@dataclass(frozen=True)
class _Stop:
    """The cell that left an error, and the error."""

    cell: str
    source: str
    kind: str
    message: str
    traceback: str


def plain(text: str) -> str:
    """Return terminal text without its colours."""
    return _ANSI.sub("", text)


def of(page: str, output: Path, error: BaseException) -> Failure:
    """Return what an author needs to know of a failed run, and keep the run for a look.

    `output` is the notebook as far as it ran; it may be missing or damaged, then `error`, which
    ended the run, is all there is to tell. The copy goes to `_build/failed/`.
    """
    notebook = _read(output)
    copy = _keep(page, output) if output.is_file() else ""
    stop = _stop(notebook)
    if stop is None:
        cell, source = _stopped(notebook)
        text = plain(str(error)).strip().splitlines()
        message = text[-1] if text else type(error).__name__
        hint = " ".join(getattr(error, "__notes__", []))
        return Failure(page, cell, source, 0, message, copy, _named(notebook), hint=hint)
    line, steps = _way(stop)
    sources = [str(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    last_words = _LOOKED_INTO.sub("", _MADE_UP_FILE.sub("", stop.message)).strip()
    return Failure(
        page,
        stop.cell,
        stop.source,
        line,
        f"{stop.kind}: {last_words}" if last_words else stop.kind,
        copy,
        _named(notebook),
        _without_refusal(stop.kind, steps),
        _notes(stop) or hints.of(stop.kind, last_words, stop.source, sources),
        stop.traceback,
    )


def _read(output: Path) -> Any:
    """Return the notebook as far as it ran, None where it cannot be read."""
    with contextlib.suppress(Exception):  # nbformat raises many kinds
        return nbformat.read(output, as_version=4)
    return None


def _keep(page: str, output: Path) -> str:
    kept = paths.build() / "failed" / f"{page}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(output, kept)
    return str(kept)


def _named(notebook: Any) -> str:
    """Return the path of the notebook that was run, relative to the root; empty if not told."""
    told = (notebook.metadata.get("papermill") or {}).get("input_path") if notebook else ""
    return _own(str(told)) or Path(str(told)).name if told else ""


def _stop(notebook: Any) -> _Stop | None:
    for cell in notebook.cells if notebook else ():
        for found in cell.get("outputs", []):
            if found.output_type == "error":
                return _Stop(
                    cell.get("id", ""), cell.source, found.ename, plain(found.evalue),
                    plain("\n".join(found.traceback)),
                )  # fmt: skip
    return None


def _stopped(notebook: Any) -> tuple[str, str]:
    """Return the cell that ran when a run was ended, and its code; empty where none is marked."""
    for cell in notebook.cells if notebook else ():
        if (cell.metadata.get("papermill") or {}).get("status") == STOPPED:
            return cell.get("id", ""), cell.source
    return "", ""


def _last(traceback: str) -> str:
    """Return the part of a traceback that tells of the exception itself, not of its causes."""
    return traceback[max((m.start() for m in _CHAINED.finditer(traceback)), default=0) :]


def _way(stop: _Stop) -> tuple[int, tuple[Step, ...]]:
    """Return the line at which the exception left the cell, and the project's steps after it."""
    made_up = _MADE_UP_FILE.search(stop.message)
    for part in (_last(stop.traceback), stop.traceback):
        lines = part.splitlines()
        in_cell = [int(m[1]) for text in lines if (m := _IN_CELL.match(text))]
        if in_cell:
            return in_cell[0], tuple(_steps(lines))
    return int(made_up[1]) if made_up else 0, ()


def _steps(lines: list[str]) -> Iterator[Step]:
    for number, text in enumerate(lines):
        found = _IN_FILE.match(text)
        file = _own(found[1]) if found else ""
        if found and file and file != _WRAPPER:
            function = (found[3] or "").partition("(")[0]
            yield Step(file, int(found[2]), function, _marked(lines[number + 1 :]))


def _marked(lines: list[str]) -> str:
    """Return the line of code that an arrow marks, of the step that these lines begin with.

    Of a file that is no Python, the only line stands there without an arrow.
    """
    for text in lines:
        if not text.strip():
            break
        if found := _ARROW.match(text):
            return found[1].strip()
    return lines[0].strip() if lines else ""


def _own(file: str) -> str:
    """Return a path relative to the project, empty for one that is not the project's."""
    path = Path(file).expanduser()
    if any(part in _FOREIGN for part in path.parts):
        return ""
    for root in (paths.root(), Path(__file__).resolve().parents[2]):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return ""


def _without_refusal(kind: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps without those inside the package at which it refused something."""
    kept = list(steps)
    while kind in _REFUSALS and kept and kept[-1].file.startswith(_REFUSING):
        kept.pop()
    return tuple(kept)


def _notes(stop: _Stop) -> str:
    """Return what the package itself noted on an exception; it stands behind the last line."""
    head = f"{stop.kind}: {stop.message}".rstrip()
    _, found, rest = _last(stop.traceback).rpartition(f"\n{head}")
    return " ".join(rest.split()) if found else ""
