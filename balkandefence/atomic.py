"""Several files written as one: all of them or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write(texts: Mapping[Path, str]) -> None:
    """Write texts as UTF-8 with bare line feeds, each file in one step and all of them or none.

    Where one cannot be written, those written before it are put back as they were, and the error
    goes on to the caller.
    """
    parts = {path: path.with_name(f".{path.name}-{os.getpid()}.part") for path in texts}
    before: dict[Path, bytes | None] = {}
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(texts[path].encode("utf-8"))
            if path.exists():
                part.chmod(path.stat().st_mode)
        for path, part in parts.items():
            before[path] = path.read_bytes() if path.exists() else None
            os.replace(part, path)
    except BaseException:
        undo(before)
        raise
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def undo(before: Mapping[Path, bytes | None]) -> None:
    """Put files back to earlier contents; None stands for a file that was not there."""
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)
