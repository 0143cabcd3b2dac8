"""The verdict rule on evidence made by hand: every verdict, both sides of every tolerance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from balkandefence.claims import rule
from balkandefence.claims.evidence import FIRST, TRUE, Evidence, Expectation, row
from tests.claims.conftest import Make


def rows(*values: float | None, **more: Any) -> list[Evidence]:
    """Return like-for-like rows, one a basis."""
    return [
        row(value, f"Source {place}", unit="million", **more) for place, value in enumerate(values)
    ]


EQUAL = Expectation("equal", 10.0, 1.0)


@pytest.mark.parametrize(
    ("expects", "value", "how"),
    [
        (EQUAL, 9.5, "agrees"),
        (EQUAL, 10.5, "agrees"),
        (EQUAL, 9.4999, "differs"),
        (EQUAL, 10.5001, "differs"),
        (Expectation("equal", 100.0, 1.0), 95.0, "near"),
        (Expectation("equal", 100.0, 1.0), 105.0, "near"),
        (Expectation("equal", 100.0, 1.0), 94.99, "differs"),
        (Expectation("equal", 100.0, 1.0), 105.01, "differs"),
        (Expectation("at_least", 2.0), 2.0, "agrees"),
        (Expectation("at_least", 2.0), 1.99, "near"),
        (Expectation("at_least", 2.0), 1.9, "near"),
        (Expectation("at_least", 2.0), 1.89, "differs"),
        (Expectation("at_most", 2.0), 2.0, "agrees"),
        (Expectation("at_most", 2.0), 2.1, "near"),
        (Expectation("at_most", 2.0), 2.11, "differs"),
        (Expectation("at_most", 0.0), 0.0, "agrees"),
        (Expectation("at_most", 0.0), 1.0, "differs"),
        (Expectation("more_than", 50.0), 50.01, "agrees"),
        (Expectation("more_than", 50.0), 50.0, "near"),
        (Expectation("more_than", 50.0), 47.5, "near"),
        (Expectation("more_than", 50.0), 47.4, "differs"),
        (FIRST, 1.0, "agrees"),
        (FIRST, 2.0, "differs"),
        (TRUE, 1.0, "agrees"),
        (TRUE, 0.0, "differs"),
        (TRUE, None, "unknown"),
        (EQUAL, None, "unknown"),
    ],
)
def test_a_value_is_compared_with_what_was_said(expects, value, how):
    assert rule.fit(value, expects) == how


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ((10.2, 9.8), "holds"),
        ((10.2,), "holds"),
        ((10.2, 20.0), "named"),
        ((10.2, None), "named"),
        ((20.0, 30.0), "fails"),
        ((20.0, None), "cannot"),
        ((None,), "cannot"),
        ((None, None), "cannot"),
    ],
)
def test_the_verdict_follows_from_the_bases_that_count(make: Make, values, word):
    assert rule.verdict(make(), rows(*values)).word == word


def test_close_needs_a_near_basis_and_none_unknown(make: Make):
    claim = make(value="100")
    assert rule.verdict(claim, rows(104.0, 200.0)).word == "close"
    assert rule.verdict(claim, rows(104.0, None)).word == "cannot"
    assert rule.verdict(claim, rows(106.0, 200.0)).word == "fails"


def test_the_quoted_digits_say_how_far_a_number_was_rounded(make: Make):
    assert rule.verdict(make(value="2.2"), rows(2.24)).word == "holds"
    assert rule.verdict(make(value="2.2"), rows(2.26)).word == "close"
    assert rule.verdict(make(value="2.20"), rows(2.24)).word == "close"


def test_mixed_bases_and_context_never_count(make: Make):
    apart = rows(10.0, role="mixed") + rows(10.0, role="context")
    assert rule.verdict(make(), apart).word == "cannot"
    assert rule.verdict(make(), rows(30.0) + apart).word == "fails"


def test_a_statement_takes_the_verdict_of_its_weakest_part(make: Make):
    order = {"holds": 10.0, "named": None, "cannot": None, "fails": 99.0}
    sound, broken = rows(order["holds"], part="one"), rows(order["fails"], part="two")
    found = rule.verdict(make(), sound + broken)
    assert found.word == "fails"
    assert [part.word for _, part in found.parts] == ["holds", "fails"]
    unknown = rule.verdict(make(), sound + rows(None, part="two"))
    assert unknown.word == "cannot"
    assert rule.verdict(make(), sound + rows(10.0, 99.0, part="two")).word == "named"
    assert rule.weakest(["holds", "close", "named"]) == "close"


def test_there_is_no_verdict_without_evidence(make: Make):
    with pytest.raises(ValueError, match="no verdict without evidence"):
        rule.verdict(make(), [])


@pytest.mark.parametrize("kind", ["disputed", "judgement"])
def test_what_is_not_ours_to_judge_stays_so_whatever_the_evidence(make: Make, kind):
    told = {"text": "A view on what is good.", "reason": "No table can tell what is good.",
            "date": "2026-11-21"}  # fmt: skip
    claim = make(kind=kind, judgement=told)
    for value in (10.0, 99.0, None):
        found = rule.verdict(claim, rows(value))
        assert found.word == "not-ours"
        assert found.sentence == told["text"]


def test_a_verdict_names_the_bases_that_agree_and_what_the_others_give(make: Make):
    found = rule.verdict(make(), rows(10.1, 20.0, 30.0))
    assert (
        found.sentence == "It holds only by Source 0 (1 of 3 bases). The others give 20.0 to "
        "30.0 million."
    )
    assert found.share == pytest.approx(100 / 3)
    assert found.agreeing == ("Source 0",)


def test_a_verdict_says_when_only_old_releases_agree(make: Make):
    old, new = dt.date(2025, 4, 30), dt.date(2026, 4, 27)
    evidence = [row(10.0, "SIPRI", release=old), row(20.0, "SIPRI", release=new)]
    assert "None of these is in the newest release." in rule.verdict(make(), evidence).sentence
    other = [row(20.0, "SIPRI", release=old), row(10.0, "SIPRI", release=new)]
    assert "newest release" not in rule.verdict(make(), other).sentence


def test_a_verdict_says_what_would_change_it(make: Make):
    flip = rule.verdict(make(), rows(10.0, 20.0)).flip
    assert "without Source 0: does not hold" in flip
    assert "without Source 1: holds" in flip
    moved = rule.verdict(make(), rows(11.0)).flip
    assert moved == "a change of 4.5% in Source 0: holds"
    assert (
        rule.verdict(make(relation="is_true", value=""), rows(1.0)).flip
        == "a record that says otherwise"
    )


def test_a_missed_place_is_told_without_percentages(make: Make):
    claim = make(relation="first", value="")
    evidence = [row(2.0, "SIPRI", unit="rank"), row(3.0, "NATO", unit="rank")]
    assert rule.verdict(claim, evidence).sentence == "None of 2 bases agrees: place 2 and place 3."


def test_every_verdict_has_words_and_a_shape_of_its_own():
    assert rule.WORDS.keys() == rule.SHAPES.keys()
    assert len(set(rule.SHAPES.values())) == len(rule.SHAPES)
    assert rule.RATING.keys() < rule.WORDS.keys()
