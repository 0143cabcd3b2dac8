"""Folders that a killed build left behind; the name of each holds the process that made it."""

from __future__ import annotations

import glob
import os
import shutil
from pathlib import Path


def is_running(process: int) -> bool:
    """Return whether there is a process of that id, our own or another's."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def sweep(folder: Path, prefix: str) -> None:
    """Remove what lies in `folder` under `prefix` and the id of a process that has ended."""
    for left in folder.glob(f"{glob.escape(prefix)}*"):
        process = left.name.removeprefix(prefix).split("-")[0]
        if process.isdigit() and not is_running(int(process)):
            shutil.rmtree(left, ignore_errors=True)
