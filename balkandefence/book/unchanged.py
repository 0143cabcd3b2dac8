"""Whether a book stands that was made of exactly what a build would be made of now.

It imports nothing heavy, so that a build with nothing to do is over in an instant.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from balkandefence import paths

#: What a book is made of, below the project's root; the package itself besides.
_MADE_OF = (
    "chapters", "data", "editions", "references.bib", "_config.yml", "_toc.yml",
    "requirements.txt", "CITATION.cff",
)  # fmt: skip


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, inside, names in os.walk(path):
        inside[:] = sorted(name for name in inside if not name.startswith((".", "__pycache__")))
        yield from (Path(folder) / name for name in sorted(names) if not name.startswith("."))


def hashes() -> dict[str, str]:
    """Return the hash of every file that books are made of, by its path."""
    package = Path(__file__).resolve().parents[1]
    found = {}
    for start in (*(paths.root() / name for name in _MADE_OF), package):
        for path in _files(start):
            name = path.relative_to(start.parent).as_posix()
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def digest(*chosen: object) -> str:
    """Return the hash of all that a book is made of, and of what was `chosen` for it."""
    made_of = [platform.python_version(), hashes(), *chosen]
    return hashlib.sha256(json.dumps(made_of, default=str).encode()).hexdigest()


def _note(out: Path) -> Path:
    name = hashlib.sha256(os.fsencode(out.resolve())).hexdigest()[:16]
    return paths.build() / "runs" / f"book-{name}.json"


def _state(out: Path) -> dict[str, list[int]]:
    """Return size and time of every file of a book."""
    found = {}
    for folder, _, names in os.walk(out):
        for name in names:
            path = Path(folder) / name
            status = path.stat()
            found[str(path.relative_to(out))] = [status.st_size, status.st_mtime_ns]
    return found


def note(out: Path, made_of: str) -> None:
    """Note that the book at `out` was just made of what the hash says."""
    path = _note(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps({"made_of": made_of, "files": _state(out)}), encoding="utf-8")
    os.replace(part, path)


def stands(out: Path, made_of: str) -> bool:
    """Return whether the book at `out` was made of just that and no file of it was touched."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads(_note(out).read_text(encoding="utf-8"))
        return noted["made_of"] == made_of and noted["files"] == _state(out)
    return False
