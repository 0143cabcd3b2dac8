"""Executed notebooks kept for the next build, each with all that it depended on.

A kept run is used when, and only when, nothing of that changed. Prose is no part of a run: the
outputs are put into the notebook as it is written today. A damaged entry is never used.
"""

from __future__ import annotations

import contextlib
import copy
import glob
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import sealed
from balkandefence.book import inputs
from balkandefence.book.inputs import Inputs, Now

#: The form of the entries; another form is as good as none.
_FORM = 4
#: Bytes that all kept runs may take together; the longest unused go first.
_LIMIT = 600_000_000
#: Seconds after which a file that is part of no kept run was left by a build that was killed.
_STRAY = 3600
#: The id of the cell in which papermill sets the parameters.
INJECTED = "injected-parameters"

_Get = Callable[[], nbformat.NotebookNode]


@dataclass(frozen=True)
class Found:
    """What the store has for a run: how to get its notebook, or why there is none to be used."""

    get: _Get | None
    reasons: tuple[str, ...] = ()

    @cached_property
    def notebook(self) -> nbformat.NotebookNode | None:
        """Return the notebook, None where there is none; to read one takes a while."""
        return None if self.get is None else self.get()


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def spliced(
    written: nbformat.NotebookNode, ran: nbformat.NotebookNode
) -> nbformat.NotebookNode | None:
    """Return the notebook as written now with the outputs of its run; None if it can't be.

    All but the outputs of code is as written: prose, and what a cell says of itself. The cell
    with the injected parameters follows the one that it overrides.
    """
    kept = {cell.get("id"): cell for cell in ran.cells if cell.cell_type == "code"}
    made = copy.copy(ran)  # its cells are shared: nobody who gets a kept run changes it
    made.cells = []
    for cell in copy.deepcopy(written.cells):
        made.cells.append(cell)
        if cell.cell_type != "code":
            continue
        ended = kept.get(cell.get("id"))
        if ended is None:
            return None
        cell.outputs = ended.outputs
        cell.execution_count = ended.execution_count
        if "parameters" in cell.metadata.get("tags", []) and INJECTED in kept:
            made.cells.append(kept[INJECTED])
    return made


def _whole(written: nbformat.NotebookNode, ran: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return what `spliced` does, of a run whose code is that of the notebook as written now."""
    made = spliced(written, ran)
    if made is None:
        raise AssertionError("a kept run lacks a cell that its head names")
    return made


class Store:
    """The folder of kept runs: of each, a head that says what it depended on, and the notebook."""

    def __init__(self, folder: Path, limit: int = _LIMIT) -> None:
        self.folder = folder
        self.limit = limit

    def _heads(self, page: str) -> list[Path]:
        """Return the heads of a page's runs, the last used first."""
        found = []
        for path in self.folder.glob(f"{glob.escape(page)}@*.json"):
            with contextlib.suppress(OSError):  # another build may have removed it
                found.append((path.stat().st_mtime_ns, path.name, path))
        return [path for _, _, path in sorted(found, reverse=True)]

    def find(self, page: str, written: nbformat.NotebookNode, fixed: Inputs, now: Now) -> Found:
        """Return the run of `page` that may be used, or why there is none.

        Among several that may not, the reasons are those of the nearest.
        """
        nearest: list[str] | None = None
        damaged = False
        for path in self._heads(page):
            head = self._head(path)
            if head is None:
                damaged = True
                continue
            against = inputs.reasons(Inputs(**head["inputs"]), fixed, now)
            if not against:
                get = self._getter(path, head, written)
                if get is not None:
                    sealed.used(path)
                    return Found(get)
                damaged = True
            elif nearest is None or len(against) < len(nearest):
                nearest = against
        why = nearest or (["the kept run is damaged"] if damaged else ["it never ran before"])
        return Found(None, tuple(why))

    def seconds(self, page: str) -> float:
        """Return how long the last used of a page's runs took, 0 where none is known."""
        heads = (self._head(path) for path in self._heads(page))
        return next((float(head["seconds"]) for head in heads if head is not None), 0.0)

    def _head(self, path: Path) -> dict[str, Any] | None:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            head = kept["head"]
            if kept["sha256"] != _sha(json.dumps(head, sort_keys=True)) or head["form"] != _FORM:
                return None
            Inputs(**head["inputs"])
            return dict(head)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _read(self, path: Path, head: dict[str, Any]) -> _Get | None:
        """Return what gives the kept run of which the head was read, None where it is damaged."""
        try:
            raw = path.with_suffix(".ipynb").read_bytes()
        except OSError:
            return None
        sound = hashlib.sha256(raw).hexdigest() == head["notebook"]
        return (lambda: nbformat.from_dict(json.loads(raw))) if sound else None

    def _getter(
        self, path: Path, head: dict[str, Any], written: nbformat.NotebookNode
    ) -> _Get | None:
        """Return what gives the kept run with the prose of today, None where it is damaged."""
        read = self._read(path, head)
        return None if read is None else lambda: _whole(written, read())

    def put(
        self, page: str, notebook: nbformat.NotebookNode, made_of: Inputs, seconds: float
    ) -> None:
        """Keep a good run, and drop the longest unused where the store grows too large."""
        text = json.dumps(notebook, ensure_ascii=False)  # as it is, and not as an author reads it
        head = {
            "form": _FORM,
            "inputs": made_of.as_dict(),
            "notebook": _sha(text),
            "seconds": round(seconds, 2),
        }
        name = f"{page}@{_sha(json.dumps(head['inputs'], sort_keys=True))[:24]}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write(f"{name}.ipynb", text)
        under_seal = {"head": head, "sha256": _sha(json.dumps(head, sort_keys=True))}
        self._write(f"{name}.json", json.dumps(under_seal))
        self._bound()

    def _write(self, name: str, text: str) -> None:
        part = self.folder / f".{name}-{os.getpid()}.part"
        part.write_text(text, encoding="utf-8")
        sealed.used(part)
        os.replace(part, self.folder / name)

    def _bound(self) -> None:
        self._clear()
        kept = []
        for path in self.folder.glob("*@*.json"):
            with contextlib.suppress(OSError):
                body = path.with_suffix(".ipynb")
                size = path.stat().st_size + (body.stat().st_size if body.is_file() else 0)
                kept.append((path.stat().st_mtime_ns, size, path))
        left = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept)[:-1]:
            if left <= self.limit:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(".ipynb").unlink(missing_ok=True)
            left -= size

    def _clear(self) -> None:
        """Remove what is part of no kept run; another build may be writing what is new."""
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):
                is_part = "@" in path.name and path.with_suffix(".json").is_file()
                if not is_part and time.time() - path.stat().st_mtime > _STRAY:
                    path.unlink()


class Kept(Store):
    """A store that also keeps in memory the run that it last gave for each page."""

    def __init__(self, folder: Path, limit: int = _LIMIT) -> None:
        super().__init__(folder, limit)
        self._kept: dict[str, tuple[str, nbformat.NotebookNode]] = {}
        self._given: dict[str, tuple[nbformat.NotebookNode, nbformat.NotebookNode]] = {}

    def _read(self, path: Path, head: dict[str, Any]) -> _Get | None:
        page = path.name.partition("@")[0]
        if page in self._kept and self._kept[page][0] == head["notebook"]:
            return lambda: self._kept[page][1]
        read = super()._read(path, head)
        if read is None:
            return None

        def get() -> nbformat.NotebookNode:
            self._kept[page] = (head["notebook"], read())
            self._given.pop(page, None)
            return self._kept[page][1]

        return get

    def _getter(
        self, path: Path, head: dict[str, Any], written: nbformat.NotebookNode
    ) -> _Get | None:
        """Return what gives the run; the same object while it and the prose are as they were."""
        page = path.name.partition("@")[0]
        read = self._read(path, head)
        if read is None:
            return None

        def get() -> nbformat.NotebookNode:
            ran = read()
            if page not in self._given or self._given[page][0] != written:
                self._given[page] = (written, _whole(written, ran))
            return self._given[page][1]

        return get
