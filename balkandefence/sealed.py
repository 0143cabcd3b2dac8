"""Files below _build that spare work, each under a seal: what was damaged is as good as none."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode("ascii")


def read(path: Path) -> bytes | None:
    """Return what was written, None where there is nothing or it is not what was written.

    The file counts as just used.
    """
    try:
        seal, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if seal != _seal(content):
        return None
    used(path)
    return content


def used(path: Path) -> None:
    """Count a file as just used, after every other that was before.

    By itself a file system tells time in ticks of some milliseconds, within which all are equal.
    """
    now = time.time_ns()
    with contextlib.suppress(OSError):  # another build may have removed it
        os.utime(path, ns=(now, now))


def write(path: Path, content: bytes) -> None:
    """Write in one step, as far as there is room and the folder may be written to."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}-{os.getpid()}.part")
        part.write_bytes(_seal(content) + b"\n" + content)
        used(part)
        os.replace(part, path)


def bound(folder: Path, limit: int) -> None:
    """Remove the longest unused files of a folder where they take more than `limit` bytes."""
    kept = []
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):  # another build may have removed it
            status = path.stat()
            kept.append((status.st_mtime_ns, status.st_size, path))
    left = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if left <= limit:
            return
        path.unlink(missing_ok=True)
        left -= size
