"""That all tables passed their checks, remembered under _build for the bytes that passed.

The verdict is kept under a hash of everything that it rests on: each byte of the tables, sidecars
and sources, each byte of the code that checks them, and the versions of what does the checking. A
verdict of any other bytes, or one that was damaged, is none, and the checks are made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from balkandefence import paths

_CHECKERS = ("pandas", "pandera", "pydantic", "pybtex", "pyyaml", "numpy")


def _file() -> Path:
    return paths.build() / "checked"


def _inputs() -> Iterator[Path]:
    package = Path(__file__).resolve().parents[1]
    yield from sorted(p for p in paths.data().glob("*") if p.is_file())
    yield paths.references()
    yield from sorted((package / "tables").glob("*.py"))
    yield from sorted(package.glob("*.py"))


def key() -> str:
    """Return the hash of all that a verdict rests on, the names of files among it."""
    sums = hashlib.sha256()
    for path in _inputs():
        content = path.read_bytes() if path.is_file() else b""
        sums.update(f"{path.name} {hashlib.sha256(content).hexdigest()}\n".encode())
    versions = [f"{name} {metadata.version(name)}" for name in _CHECKERS]
    sums.update("\n".join([sys.version, *versions]).encode())
    return sums.hexdigest()


def is_sound(key: str) -> bool:
    """Return whether all that the key was made of has passed its checks before."""
    try:
        return _file().read_text(encoding="ascii") == key
    except (OSError, ValueError):
        return False


def keep(passed: str) -> None:
    """Remember that all tables passed, unless they changed meanwhile or _build is read-only."""
    if key() != passed:
        return
    with contextlib.suppress(OSError):
        _file().parent.mkdir(exist_ok=True)
        part = _file().with_name(f".checked-{os.getpid()}.part")
        part.write_text(passed, encoding="ascii")
        os.replace(part, _file())
