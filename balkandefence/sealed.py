"""Files below _build that spare work, each under a seal: what was damaged is as good as none."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode("ascii")


def read(path: Path) -> bytes | None:
    """Return what was written, None where there is nothing or it is not what was written."""
    try:
        seal, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if seal == _seal(content) else None


def write(path: Path, content: bytes) -> None:
    """Write in one step, as far as there is room and the folder may be written to."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}-{os.getpid()}.part")
        part.write_bytes(_seal(content) + b"\n" + content)
        os.replace(part, path)
