"""Measures of the claims ledger itself: how many statements got which verdict."""

from __future__ import annotations

import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words


@measure
def statements(verdicts: pd.DataFrame) -> Quantity:
    """Return how many statements the ledger tests."""
    return quantity(float(len(verdicts)))


@measure
def changed(verdicts: pd.DataFrame) -> Quantity:
    """Return how many statements have another verdict today than when they were made."""
    return quantity(float((verdicts["made"] != verdicts["today"]).sum()))


@measure
def summary(verdicts: pd.DataFrame) -> Words:
    """Return in a sentence how many statements have which verdict today, most first."""
    counts = verdicts["today"].value_counts(sort=True)
    told = [f"{str(verdict).lower()}: {count}" for verdict, count in counts.items()]
    return words("; ".join(told) or "none had been made by this day")
