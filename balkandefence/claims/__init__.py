"""The claims ledger: what the news said, recomputed from the book's own tables.

One function a claim (in `claims/<theme>.py`): the tables of a day in, evidence rows out. One rule
for all of them (`rule.py`) makes the verdict.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from balkandefence.claims import ledger, rule
from balkandefence.claims.evidence import Evidence, Known
from balkandefence.claims.ledger import Claim
from balkandefence.claims.rule import Verdict


@dataclass(frozen=True)
class Outcome:
    """A claim as the tables of one day answer it."""

    claim: Claim
    day: dt.date
    evidence: tuple[Evidence, ...]
    verdict: Verdict
    tables: tuple[str, ...]


def evaluate(claim: Claim, known: Known) -> Outcome:
    """Return evidence and verdict for a claim by the tables of a day.

    Raises LookupError where the ledger names a function that there is none of, ValueError where
    the function gives no evidence.
    """
    known.used.clear()
    evidence = tuple(ledger.function(claim)(claim, known))
    made = rule.verdict(claim, evidence)
    return Outcome(claim, known.day, evidence, made, tuple(sorted(known.used)))


@dataclass(frozen=True)
class Pair:
    """A claim by the tables of the day on which it was made, and by those of a later day."""

    claim: Claim
    then: Outcome
    now: Outcome

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the tables behind either outcome, sorted."""
        return tuple(sorted({*self.then.tables, *self.now.tables}))


def pairs(day: dt.date) -> list[Pair]:
    """Return every claim that had been made by a day, as known when made and on the day."""
    today, earlier = Known(day), dict[dt.date, Known]()
    found = []
    for claim in ledger.known_on(day):
        then = earlier.setdefault(claim.made, Known(claim.made))
        found.append(Pair(claim, evaluate(claim, then), evaluate(claim, today)))
    return found
