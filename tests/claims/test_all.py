"""Every claim of the ledger on the project's own tables, on both shipped days."""

from __future__ import annotations

import pytest

from balkandefence.claims import ledger
from tests.claims.conftest import Outcomes

DAYS = ("2025-09-30", "2026-11-21")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("id", [claim.id for claim in ledger.load()])
def test_it_evaluates_with_evidence_that_can_be_traced(outcome: Outcomes, id: str, day: str):
    found = outcome(id, day)
    assert found.evidence
    assert found.tables
    assert found.verdict.sentence
    for row in found.evidence:
        traced = row.provenance.function or row.sources or row.number is None or row.says
        assert traced or row.basis.source == "Own calculation", row.basis.label
        assert row.basis.release is None or row.basis.release.isoformat() <= day
    labels = [(row.part, row.role, row.basis) for row in found.evidence]
    assert len(set(labels)) == len(labels), "a basis stands twice"


@pytest.mark.parametrize("id", [claim.id for claim in ledger.load() if not claim.is_judged])
def test_a_verdict_that_is_ours_rests_on_a_basis_that_counts(outcome: Outcomes, id: str):
    for day in DAYS:
        assert any(row.role == "like" for row in outcome(id, day).evidence)


@pytest.mark.parametrize("id", [claim.id for claim in ledger.load() if claim.is_judged])
def test_what_is_not_ours_to_judge_shows_context_only(outcome: Outcomes, id: str):
    for day in DAYS:
        found = outcome(id, day)
        assert found.verdict.word == "not-ours"
        assert {row.role for row in found.evidence} == {"context"}
