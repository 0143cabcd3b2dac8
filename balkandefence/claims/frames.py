"""Frames for the charts of claims: what each basis gives beside what was said."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.claims import Pair, finder, rule
from balkandefence.claims.evidence import Evidence
from balkandefence.claims.ledger import Claim

_PACKAGE = "balkandefence.claims."


def _counted(claim: Claim, rows: Sequence[Evidence]) -> list[Evidence]:
    """Return the like-for-like rows that give a number for what the claim quotes."""
    if not claim.value or claim.is_judged:
        return []
    return [
        row
        for row in rows
        if row.role == "like" and row.expects is None and row.number is not None
        and row.unit != "rank"
    ]  # fmt: skip


def bases(claim: Claim, rows: Sequence[Evidence], used: Sequence[str]) -> pd.DataFrame:
    """Return the like-for-like bases of a quoted number: basis, value, decimals, said, low, high.

    `low` and `high` bound what agrees; a bound that is open is missing. Empty for other claims.
    """
    expects = claim.expects
    half, open_end = expects.step / 2, float("nan")
    low, high = {
        "equal": (expects.value - half, expects.value + half),
        "at_most": (open_end, expects.value),
    }.get(expects.relation, (expects.value, open_end))
    made = [
        {
            "basis": row.basis.label,
            "value": row.number,
            "decimals": row.decimals,
            "agrees": rule.fit_of(claim, row) == "agrees",
            "said": expects.value,
            "low": low,
            "high": high,
        }
        for row in _counted(claim, rows)
    ]
    frame = pd.DataFrame(made)
    frame.attrs = {"tables": tuple(used), "function": f"{_PACKAGE}{claim.test}", "arguments": {}}
    return frame


def joint(mine: Sequence[Pair], found: Sequence[finder.Found]) -> pd.DataFrame:
    """Return each number of a story by each joint basis: basis, number, value, said, low, high.

    `value` is missing where the basis does not cover the number.
    """
    rows = []
    covered = [pair for pair in mine if any(pair.claim.id in one.values for one in found)]
    for pair in covered:
        lines = bases(pair.claim, pair.now.evidence, ()).to_dict("records")
        by_basis = {
            finder.key(row.basis): line
            for row, line in zip(_counted(pair.claim, pair.now.evidence), lines, strict=True)
        }
        blank = {**lines[0], "value": float("nan"), "agrees": False}
        for one in found:
            line = by_basis.get(one.basis, blank)
            rows.append({**line, "basis": one.basis.label, "number": pair.claim.title})
    frame = pd.DataFrame(rows)
    used = sorted({name for pair in covered for name in pair.tables})
    frame.attrs = {"tables": tuple(used), "function": f"{_PACKAGE}finder.joint", "arguments": {}}
    return frame
