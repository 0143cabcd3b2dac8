"""What a notebook's run read: noted as it runs, so that it is run again only when that changed.

The kernel of a build calls `start`. From then on every file that the process opens below the
project's root is noted, save where the package knows better what was read: of a table, the rows
known on a day; of references.bib, single entries. Outside a build nothing is noted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


def _watch(root: str) -> None:
    generated = os.path.join(root, "_build") + os.sep
    own = os.path.dirname(os.path.abspath(__file__)) + os.sep

    def opened(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | os.PathLike):
            return
        mode = arguments[1]
        if isinstance(mode, str) and set(mode) & set("wax+"):
            return
        path = os.path.abspath(arguments[0])
        inside = path.startswith(root + os.sep) and not path.startswith((generated, own))
        if inside and "site-packages" not in path:
            note("file", os.path.relpath(path, root))

    sys.addaudithook(opened)


def _modules() -> list[str]:
    """Return the modules of the package that are loaded, as paths below its parent."""
    own = Path(__file__).resolve().parent
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    found = {Path(file).resolve() for file in files if file and file.startswith(str(own))}
    return sorted(path.relative_to(own.parent).as_posix() for path in found)


def _write(to: Path) -> None:
    content = {"modules": _modules(), "reads": sorted(_noted or ())}
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
    if shell is not None:
        shell.events.register("post_run_cell", lambda result: _write(Path(to)))
