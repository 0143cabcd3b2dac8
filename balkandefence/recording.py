"""What a notebook's run read: noted as it runs, so that it is run again only when that changed.

The kernel of a build calls `start`. From then on every file that the process reads below the
project's root is noted, save where the package knows better what was read: of a table, the rows
known on a day; of references.bib, single entries. Of an imported module its source is noted, and
not the compiled copy that Python may read in its stead. Outside a build nothing is noted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR
_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep

_noted: set[tuple[str, ...]] | None = None
_covers = 0


def note(kind: str, *what: str) -> None:
    """Note that the run read `what`, such as ("table", "incidents", "2026-11-21")."""
    if _noted is not None and not _covers:
        _noted.add((kind, *what))


@contextmanager
def covered() -> Iterator[None]:
    """Note nothing inside: the caller has noted all that may change what it gives."""
    global _covers
    _covers += 1
    try:
        yield
    finally:
        _covers -= 1


def _inside(root: str, path: str) -> str | None:
    """Return a path below the root if it is of the project itself, None for any other.

    The package's modules are told apart from files; what is installed stands in the lock file.
    """
    not_ours = (os.path.join(root, "_build") + os.sep, _PACKAGE, sys.prefix + os.sep)
    if not path.startswith(root + os.sep) or path.startswith(not_ours):
        return None
    inside = os.path.relpath(path, root)
    installed = {"site-packages", "__pycache__"} & set(inside.split(os.sep))
    return None if installed else inside


def _watch(root: str) -> None:
    def opened(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        _, mode, flags = arguments
        if set(mode) & set("wax+") if isinstance(mode, str) else flags & _WRITES:
            return
        inside = _inside(root, os.path.abspath(os.fsdecode(arguments[0])))
        if inside:
            note("file", inside)

    sys.addaudithook(opened)


def _loaded() -> set[str]:
    """Return the files of all loaded modules."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return {_absolute(file) for file in files if file}


_absolute = lru_cache(maxsize=None)(os.path.abspath)


def _state() -> tuple[frozenset[str], int]:
    """Return what differs whenever there is more to write: reads are never taken back."""
    return frozenset(sys.modules), len(_noted or ())


def _write(root: str, to: Path) -> None:
    """Write the package's modules as paths below its parent, and all reads."""
    loaded = _loaded()
    above = Path(_PACKAGE).parent
    modules = [Path(f).relative_to(above).as_posix() for f in loaded if f.startswith(_PACKAGE)]
    others = {("file", inside) for f in loaded if (inside := _inside(root, f))}
    content = {"modules": sorted(modules), "reads": sorted((_noted or set()) | others)}
    part = to.with_suffix(".part")
    with covered():
        part.write_text(json.dumps(content), encoding="utf-8")
        os.replace(part, to)


def start(root: str, to: str) -> None:
    """Begin to note, and write all to the file `to` after every cell; for a kernel of a build."""
    global _noted
    from IPython.core.getipython import get_ipython

    _noted = set()
    _watch(root)
    shell = get_ipython()
    written: list[object] = []

    def write(_result: object) -> None:
        if (now := _state()) not in written:
            written[:] = [now]
            _write(root, Path(to))

    if shell is not None:
        shell.events.register("post_run_cell", write)
