"""Measures of what SIPRI's figures are: its own estimates, and what its marks leave out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.spending import AMOUNT, full, known
from balkandefence.provenance import Words, measure, words
from balkandefence.spelling import listed

#: SIPRI's marks on scope in words.
SCOPE = {
    "adopted_budget_not_actual": "counts adopted budgets, not what was spent, for",
    "excludes_military_pensions": "leaves out military pensions for",
    "excludes_paramilitary_forces": "leaves out paramilitary forces for",
}


@measure
def estimates(
    milex: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], first: int, last: int
) -> Words:
    """Say which of the figures shown are SIPRI's own estimates."""
    rows = known(milex, codes, first, last, AMOUNT["current"])
    marked = rows[rows["sipri_estimate"]]
    told = []
    for code in codes:
        years = marked.loc[marked["iso3"] == code, "year"]
        if len(years):
            span = f"{years.min()}" if len(years) == 1 else f"{years.min()} to {years.max()}"
            told.append(f"{full(names)[code]} ({span})")
    text = f"SIPRI prints its own estimates for {listed(told)}"
    return words(text if told else "SIPRI marks none of these figures as its own estimate", rows)


@measure
def scope_story(scope: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str]) -> Words:
    """Say what SIPRI's marks say on the countries; `scope` is military_expenditure_scope."""
    told = []
    for meaning, text in SCOPE.items():
        marked = set(scope.loc[scope["meaning"] == meaning, "iso3"])
        found = [full(names)[code] for code in codes if code in marked]
        if found:
            told.append(f"{text} {listed(found)}")
    rows = scope[scope["iso3"].isin(list(codes))]
    return words("SIPRI " + ("; it ".join(told) if told else "puts no marks on scope here"), rows)
