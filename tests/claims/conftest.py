"""Claims to be judged: one made by hand, and those of the ledger on the project's own tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from balkandefence import claims
from balkandefence.claims import ledger
from balkandefence.claims.evidence import Known
from balkandefence.claims.ledger import Claim

Make = Callable[..., Claim]
Outcomes = Callable[[str, str], claims.Outcome]

_ENTRY: dict[str, Any] = {
    "id": "spending-made-by-hand",
    "theme": "spending",
    "kind": "quantity",
    "title": "A claim made by hand",
    "statement": "Somebody spent ten million dollars in a year.",
    "said_by": [{"name": "Somebody", "role": "speaker"}],
    "reported_in": ["sipri-milex-2026"],
    "reported": "2025-09",
    "made": "2025-09-30",
    "subject": ["SRB"],
    "value": "10",
    "unit": "million US dollars",
    "relation": "equal",
    "test": "spending.serbia_2024",
}


@pytest.fixture
def make() -> Make:
    """Return a function that makes a claim, faultless but for what it is told."""

    def made(**changes: Any) -> Claim:
        return Claim.model_validate({**_ENTRY, **changes})

    return made


@cache
def _known(day: str) -> Known:
    return Known(dt.date.fromisoformat(day))


@cache
def _evaluated(id: str, day: str) -> claims.Outcome:
    claim = next(found for found in ledger.load() if found.id == id)
    return claims.evaluate(claim, _known(day))


@pytest.fixture
def outcome() -> Outcomes:
    """Return a function that evaluates a claim of the ledger by the tables of a day."""
    return _evaluated
