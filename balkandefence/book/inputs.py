"""What a notebook's run depended on, and whether that is still the same.

A run is fixed by its code, its parameters, the locked packages and Python, the modules of the
package that it imported, and what it read: rows of tables as known on a day, single sources,
editions and whole files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

import balkandefence
from balkandefence import BookError, editions, paths, sources, tables

_GONE = "gone"
#: Seconds by which a file system's clock may lag.
_TICK = 0.02


def _sha(content: str | bytes) -> str:
    raw = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True)
class Inputs:
    """All that a run depended on, each with the hash of what it was."""

    code: dict[str, str]
    parameters: dict[str, Any]
    surroundings: dict[str, str]
    modules: dict[str, str] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


class Now:
    """The project as it is, each hash computed once, at or after `begun`."""

    def __init__(self) -> None:
        self.begun = time.time()
        self.module = cache(self._module)
        self.read = cache(self._read)
        self.surroundings = {
            "locked packages": self._file("requirements.txt"),
            "Python": platform.python_version(),
        }

    def _file(self, name: str) -> str:
        path = paths.root() / name
        if path.is_dir():
            return _sha("\n".join(sorted(inside.name for inside in path.iterdir())))
        return _sha(path.read_bytes()) if path.is_file() else _GONE

    def _module(self, name: str) -> str:
        path = Path(balkandefence.__file__).parents[1] / name
        return _sha(path.read_bytes()) if path.is_file() else _GONE

    def _read(self, what: str) -> str:
        """Return the hash of what a read gives now; `what` is JSON: kind, then arguments."""
        kind, *arguments = json.loads(what)
        try:
            match kind:
                case "table":
                    return _sha(_known(*arguments))
                case "source":
                    fields = sources.load()[arguments[0]].fields
                    return _sha(json.dumps(dict(fields), sort_keys=True))
                case "edition":
                    return _sha(repr(editions.of_notebook(json.loads(arguments[0]))))
        except (BookError, KeyError, ValueError):
            return _GONE
        return self._file(arguments[0])

    def changed_since(self, made_of: Inputs, moment: float) -> bool:
        """Return whether a file behind a run's inputs changed at `moment` (s) or later.

        Such a run may have read what was there before, or half of each.
        """
        parts = [paths.root() / "requirements.txt"]
        parts += [Path(balkandefence.__file__).parents[1] / name for name in made_of.modules]
        for read in made_of.reads:
            parts += _behind(*json.loads(read))
        return any(path.stat().st_ctime >= moment - _TICK for path in parts if path.exists())

    def fixed(self, notebook: nbformat.NotebookNode, parameters: Mapping[str, Any]) -> Inputs:
        """Return what is known of a run before it is made."""
        return Inputs(code(notebook), dict(parameters), self.surroundings)

    def of_run(
        self, fixed: Inputs, modules: Iterable[str], reads: Iterable[Iterable[str]]
    ) -> Inputs:
        """Return what a run turned out to depend on."""
        return Inputs(
            fixed.code,
            fixed.parameters,
            fixed.surroundings,
            {name: self.module(name) for name in modules},
            {what: self.read(what) for what in (json.dumps(list(read)) for read in reads)},
        )


def _known(name: str, day: str, where: str = "") -> str:
    """Return what a table said on a day, of some of its rows with their lines."""
    known = tables.known(name, dt.date.fromisoformat(day))
    if not where:
        return known.text
    rows = tables.holding(known.rows, tables.sidecar(name), json.loads(where))
    return json.dumps([list(rows.columns), rows.index.tolist(), rows.to_numpy().tolist()])


def _behind(kind: str, name: str, *_: str) -> list[Path]:
    """Return the files that a read rests on."""
    match kind:
        case "table":
            return [*paths.data().glob(f"{name}.*"), paths.references()]
        case "source":
            return [paths.references()]
        case "edition":
            return [*paths.editions().glob("*.yml"), *paths.data().glob("countries.*")]
    return [paths.root() / name]


def code(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Return the hash of each code cell by its id, in their order; prose decides nothing."""
    return {
        str(cell.get("id", number)): _sha(json.dumps([cell.source, cell.metadata.get("tags", [])]))
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    }


def _told(what: str) -> str:
    """Return a read in words."""
    kind, *arguments = json.loads(what)
    match kind:
        case "table":
            name, day, *chosen = arguments
            those = [" ".join(pair) for where in chosen for pair in json.loads(where).items()]
            return " with ".join([f"rows of {name}", *those]) + f" as known on {day}"
        case "source":
            return f"source {arguments[0]}"
        case "edition":
            return "what the edition is called"
    return f"file {arguments[0]}"


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def reasons(before: Inputs, fixed: Inputs, now: Now) -> list[str]:
    """Return in words what is no longer as it was for a run; nothing where it may be used.

    `fixed` is what the run would be made of today.
    """
    found = [f"code of cell {id!r}" for id in _differing(before.code, fixed.code)]
    if not found and list(before.code) != list(fixed.code):
        found.append("the order of the code cells")
    for name in _differing(before.parameters, fixed.parameters):
        was, is_now = before.parameters.get(name), fixed.parameters.get(name)
        found.append(f"parameter {name}: {was} before, {is_now} now")
    found += _differing(before.surroundings, fixed.surroundings)
    found += [f"module {n}" for n, sha in before.modules.items() if now.module(n) != sha]
    found += [_told(what) for what, sha in before.reads.items() if now.read(what) != sha]
    return found
