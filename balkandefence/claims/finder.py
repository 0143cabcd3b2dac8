"""The basis finder: which bases give a number that was quoted without one.

It searches the bases that a claim enumerates, for one number and jointly for all numbers of the
same story: one basis may explain them all. That a basis gives the numbers is a finding about the
arithmetic, not proof of where they were taken from, and no accusation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from balkandefence.claims.evidence import Basis, Evidence
from balkandefence.claims.ledger import Claim
from balkandefence.claims.rule import fit_of
from balkandefence.spelling import listed


@dataclass(frozen=True)
class Found:
    """One basis, and for each number of a story what it gives and whether it rounds to it."""

    basis: Basis
    values: Mapping[str, str]
    reproduced: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def explains_all(self) -> bool:
        """Return whether the basis covers more than one number and gives each."""
        return len(self.reproduced) > 1 and not self.missed


def is_sought(claim: Claim) -> bool:
    """Return whether a claim quotes a number whose basis can be sought."""
    return claim.relation == "equal" and not claim.is_judged


def reproducing(claim: Claim, rows: Sequence[Evidence]) -> list[Evidence]:
    """Return the rows, mixed ones too, that give a quoted number within its rounding."""
    if not is_sought(claim):
        return []
    return [
        row
        for row in rows
        if row.role != "context" and row.expects is None and fit_of(claim, row) == "agrees"
    ]


def finding(claim: Claim, rows: Sequence[Evidence]) -> str:
    """Return in a sentence which bases give a quoted number."""
    tried = [
        row
        for row in rows
        if row.role != "context" and row.expects is None and row.number is not None
    ]
    if not is_sought(claim) or len(tried) < 2:
        return ""
    hits = reproducing(claim, rows)
    labels = [row.basis.label for row in hits if row.role == "like"]
    mixed = [row for row in hits if row.role == "mixed"]
    quoted = f"{claim.value} {claim.unit}".strip()
    if not hits:
        return f"Basis finder: none of {len(tried)} bases tried gives {quoted} within rounding."
    told = [f"like for like {'; '.join(labels)}" if labels else "none like for like"]
    if mixed:
        units = {row.unit for row in mixed} - {row.unit for row in rows if row.role == "like"}
        what = "in another unit" if units else "that mix definitions"
        told.append(f"{len(mixed)} {what}, shown apart")
    return (
        f"Basis finder: of {len(tried)} bases tried, {len(hits)} "
        f"{'gives' if len(hits) == 1 else 'give'} {quoted} within rounding: {'; and '.join(told)}."
    )


def key(basis: Basis) -> Basis:
    """Return what numbers of one story can share; a ratio shares the basis of its parts."""
    return replace(basis, definition=basis.definition.removeprefix("ratio of "), window="")


def joint(evidence: Sequence[tuple[Claim, Sequence[Evidence]]]) -> list[Found]:
    """Return how each basis that covers several numbers of a story fares, best first.

    Only like-for-like rows of numbers quoted as such enter; a basis that covers a single number
    cannot explain several and is left out.
    """
    seen: dict[Basis, dict[str, tuple[str, bool]]] = {}
    for claim, rows in evidence:
        for row in rows:
            if not is_sought(claim) or row.role != "like" or row.expects is not None:
                continue
            if row.number is None:
                continue
            agrees = fit_of(claim, row) == "agrees"
            seen.setdefault(key(row.basis), {})[claim.id] = (row.shown, agrees)
    found = [
        Found(
            basis,
            {name: shown for name, (shown, _) in numbers.items()},
            tuple(name for name, (_, agrees) in numbers.items() if agrees),
            tuple(name for name, (_, agrees) in numbers.items() if not agrees),
        )
        for basis, numbers in seen.items()
        if len(numbers) > 1
    ]
    return sorted(found, key=lambda f: (-len(f.reproduced), len(f.missed), f.basis.label))


def joint_finding(found: Sequence[Found], claims: Mapping[str, Claim]) -> str:
    """Return in a sentence whether one basis explains all numbers of a story."""
    if not found:
        return "No basis known on this day covers more than one of the story's numbers."
    all_of = [f for f in found if f.explains_all]
    if not all_of:
        best = found[0]
        return (
            f"Of {len(found)} bases that cover several numbers of the story none gives them all; "
            f"the best, {best.basis.label}, gives {len(best.reproduced)} of {len(best.values)}."
        )
    told = [f"{claims[name].value} {claims[name].unit}" for name in all_of[0].reproduced]
    labels = "; ".join(f.basis.label for f in all_of)
    verb = "one gives" if len(all_of) == 1 else f"{len(all_of)} give"
    return (
        f"Of {len(found)} bases that cover several numbers of the story, {verb} all of them "
        f"({listed(told)}): {labels}."
    )
