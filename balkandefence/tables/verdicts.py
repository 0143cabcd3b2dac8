"""What passed its checks, remembered under _build for the bytes that passed.

A verdict is kept as a hash of everything that it rests on: each byte of the files looked at, each
byte of the code that checks them, and the versions of what does the checking. So a changed row has
its own table checked again, and those that link to it, and no other. A verdict that was damaged is
none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from balkandefence import paths

_CHECKERS = ("pandas", "pandera", "pydantic", "pybtex", "pyyaml", "numpy")


def _file() -> Path:
    return paths.build() / "checked"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


@cache
def _checkers() -> list[str]:
    """Return what does the checking: it does not change while the program runs."""
    package = Path(__file__).resolve().parents[1]
    code = [*sorted((package / "tables").glob("*.py")), *sorted(package.glob("*.py"))]
    versions = [f"{name} {metadata.version(name)}" for name in _CHECKERS]
    return [sys.version, *versions, *(f"{path.name} {_hash(path)}" for path in code)]


def keying() -> Callable[[str, Iterable[Path]], str]:
    """Return what makes the key of a verdict: of its subject, and of the files that it rests on.

    Each file is read once, when it is first asked for.
    """
    checkers = _checkers()
    sums: dict[Path, str] = {}

    def key(subject: str, files: Iterable[Path]) -> str:
        rests_on = [f"{path.name} {sums.setdefault(path, _hash(path))}" for path in files]
        return hashlib.sha256("\n".join([subject, *rests_on, *checkers]).encode()).hexdigest()

    return key


def kept() -> frozenset[str]:
    """Return the keys of all that has passed its checks."""
    try:
        return frozenset(_file().read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return frozenset()


def keep(keys: Iterable[str]) -> None:
    """Remember these keys and no others, unless _build is read-only."""
    with contextlib.suppress(OSError):
        _file().parent.mkdir(exist_ok=True)
        part = _file().with_name(f".checked-{os.getpid()}.part")
        part.write_text("".join(f"{key}\n" for key in sorted(keys)), encoding="ascii")
        os.replace(part, _file())
