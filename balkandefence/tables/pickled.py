"""Frames as bytes and back, cell for cell.

A missing text is the one object `numpy.nan`, by which sets and dicts of cells tell that two are
the same; pickle by itself makes a new one of every cell.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np


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
