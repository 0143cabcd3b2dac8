"""Measures of any table: what one of its rows says, and how many rows there are of a kind.

`where` names the value that a row must have in each of some columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from balkandefence.provenance import Quantity, measure, quantity


def _rows(table: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    chosen = pd.Series(data=True, index=table.index)
    for name, value in where.items():
        chosen &= (table[name] == value).fillna(value=False).astype(bool)
    return table[chosen]


@measure
def cell(table: pd.DataFrame, column: str, where: Mapping[str, Any]) -> Quantity:
    """Return what the one such row says in a column; not a number where none does.

    Raises ValueError where several rows do.
    """
    rows = _rows(table, where)
    rows = rows[rows[column].notna()]
    if len(rows) > 1:
        told = ", ".join(f"{name} is {value}" for name, value in where.items())
        raise ValueError(f"{len(rows)} rows say {column} where {told}; expected one")
    return quantity(float(rows[column].iloc[0]) if len(rows) else float("nan"), rows)


@measure
def count(table: pd.DataFrame, where: Mapping[str, Any]) -> Quantity:
    """Return how many such rows there are."""
    rows = _rows(table, where)
    return quantity(float(len(rows)), rows)
