"""Where things stand in a checkout of the project."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


def root() -> Path:
    """Return the project's root folder.

    It is the folder above the package, which the editable install keeps true; a test or a worker
    may name another checkout in `BALKANDEFENCE_ROOT`.
    """
    return _resolved(os.environ.get("BALKANDEFENCE_ROOT", ""))


@lru_cache(maxsize=16)
def _resolved(named: str) -> Path:
    return Path(named).resolve() if named else Path(__file__).resolve().parents[1]


@lru_cache(maxsize=64)
def _inside(top: Path, name: str) -> Path:
    return top / name  # asked for thousands of times: to put them together takes longer


def data() -> Path:
    """Return the folder of the tables and their sidecars."""
    return _inside(root(), "data")


def editions() -> Path:
    """Return the folder of the parameters' declaration and of the editions."""
    return _inside(root(), "editions")


def chapters() -> Path:
    """Return the folder of the notebooks and pages."""
    return _inside(root(), "chapters")


def references() -> Path:
    """Return the BibTeX file of all sources."""
    return _inside(root(), "references.bib")


def build() -> Path:
    """Return the folder for everything generated; it may be deleted at any time."""
    return _inside(root(), "_build")
