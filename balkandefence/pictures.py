"""The folder in which drawn pictures are kept between runs."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from balkandefence import sealed

#: The environment's name for the folder of pictures.
FOLDER = "BALKANDEFENCE_DRAWN"
#: Bytes that all pictures may take together; the longest unused go first.
LIMIT = 300_000_000

#: A chart as it is published: wide and narrow as SVG, wide as PNG in base 64.
Picture = dict[str, str]


def taken(path: Path) -> Picture | None:
    """Return a kept picture, None where there is none or it is damaged."""
    content = sealed.read(path)
    if content is None:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return dict(json.loads(content))


def keep(path: Path, picture: Picture) -> None:
    """Keep a picture, as far as there is room for it."""
    sealed.write(path, json.dumps(picture).encode())


def bound(folder: Path, limit: int = LIMIT) -> None:
    """Remove the longest unused pictures of a folder where they take more than `limit` bytes."""
    kept = []
    for path in folder.glob("*.json"):
        with contextlib.suppress(OSError):  # another build may have removed it
            status = path.stat()
            kept.append((status.st_mtime_ns, status.st_size, path))
    left = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if left <= limit:
            return
        path.unlink(missing_ok=True)
        left -= size
