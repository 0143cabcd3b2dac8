"""The claims about incidents, on the project's own tables."""

from __future__ import annotations

from tests.claims.conftest import Outcomes

THEN, NOW = "2025-09-30", "2026-11-21"


def test_the_attack_and_the_officer_killed_are_on_record(outcome: Outcomes):
    found = outcome("incidents-banjska", THEN)
    assert found.verdict.word == "holds"
    assert [name for name, _ in found.verdict.parts] == ["the attack", "one officer killed"]
    assert outcome("incidents-banjska", "2023-09-23").verdict.word == "fails"


def test_responsibility_stays_with_those_who_say_so(outcome: Outcomes):
    found = outcome("incidents-banjska-attribution", NOW)
    assert found.verdict.word == "not-ours"
    assert any("denies" in row.shown for row in found.evidence)


def test_indicators_are_shown_for_an_outlook(outcome: Outcomes):
    found = outcome("incidents-destabilise", NOW)
    assert {row.unit for row in found.evidence} >= {"incidents", "million US dollars"}
