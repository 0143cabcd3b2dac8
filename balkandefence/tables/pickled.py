"""Frames kept below _build, and given back cell for cell.

A missing text is the one object `numpy.nan`, by which sets and dicts of cells tell that two are
the same; pickle by itself makes a new one of every cell.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from balkandefence import paths, sealed

T = TypeVar("T")

#: Bytes that all that is kept may take together; the longest unused goes first.
_LIMIT = 100_000_000


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> str | None:
        return "nan" if value is np.nan else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, name: str) -> float:
        return np.nan


def dumps(content: Any) -> bytes:
    """Return frames, and what is plain beside them, as bytes."""
    made = io.BytesIO()
    _Pickler(made, pickle.HIGHEST_PROTOCOL).dump(content)
    return made.getvalue()


def loads(content: bytes) -> Any:
    """Return what `dumps` was given."""
    return _Unpickler(io.BytesIO(content)).load()


def _folder() -> Path:
    return paths.build() / "tables"


def bound() -> None:
    """Remove what was used longest ago where all that is kept takes too much room."""
    sealed.bound(_folder(), _LIMIT)


def remembered(name: str, key: Callable[[], str], make: Callable[[], T]) -> T:
    """Return what was made and kept under a name for the same key, or make and keep it now.

    The key says what it is made of. Where that changes while it is made, it is not kept.
    """
    kept = _folder() / f"{name}.pickle"
    of = key()
    if (content := sealed.read(kept)) is not None:
        made_of, found = loads(content)
        if made_of == of:
            return found
    made = make()
    if key() == of:
        sealed.write(kept, dumps((of, made)))
    return made
