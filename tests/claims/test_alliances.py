"""The claims about memberships, texts and exercises, on the project's own tables."""

from __future__ import annotations

from tests.claims.conftest import Outcomes

THEN, NOW = "2025-09-30", "2026-11-21"


def test_a_stated_aim_is_not_a_formal_step(outcome: Outcomes):
    found = outcome("alliances-members", NOW).verdict
    assert found.word == "named"
    assert {name: part.word for name, part in found.parts} == {
        "three are members": "holds",
        "Bosnia and Herzegovina seeks entry": "holds",
        "Kosovo seeks entry": "named",
    }


def test_facts_on_record_hold(outcome: Outcomes):
    for id in ("alliances-serbia-neutral", "alliances-first-china-exercise",
               "alliances-trilateral", "alliances-eu-warning"):  # fmt: skip
        assert outcome(id, THEN).verdict.word == "holds", id


def test_before_the_pages_appeared_nothing_was_on_record(outcome: Outcomes):
    assert outcome("alliances-eu-warning", "2025-07-01").verdict.word == "cannot"
    assert outcome("alliances-trilateral", "2025-03-18").verdict.word == "cannot"
    assert outcome("alliances-first-china-exercise", "2025-07-01").verdict.word == "fails"


def test_a_plan_without_any_published_count_cannot_be_checked(outcome: Outcomes):
    found = outcome("alliances-bosnia-exercises", NOW)
    assert found.verdict.word == "cannot"
    assert [row.role for row in found.evidence] == ["like", "context"]


def test_russia_and_china_are_shown_apart(outcome: Outcomes):
    found = outcome("alliances-serbia-east", NOW)
    assert {row.part for row in found.evidence} == {"Russia", "China"}
