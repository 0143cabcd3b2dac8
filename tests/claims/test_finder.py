"""The basis finder: for one number, and for all numbers of a story."""

from __future__ import annotations

import datetime as dt

from balkandefence.claims import finder
from balkandefence.claims.evidence import Evidence, row
from tests.claims.conftest import Make

RELEASE = dt.date(2025, 4, 30)


def base(value: float | None, prices: str, definition: str = "spending", **more) -> Evidence:
    return row(value, "SIPRI", definition, release=RELEASE, prices=prices, **more)


def test_it_names_the_bases_that_give_a_number_and_counts_the_mixed_ones(make: Make):
    evidence = [base(10.2, "constant"), base(11.0, "current"), base(9.9, "euro", role="mixed")]
    assert finder.finding(make(), evidence) == (
        "Basis finder: of 3 bases tried, 2 give 10 million US dollars within rounding: like for "
        "like SIPRI (April 2025), spending, constant; and 1 that mix definitions, shown apart."
    )
    assert [found.basis.prices for found in finder.reproducing(make(), evidence)] == [
        "constant", "euro",
    ]  # fmt: skip


def test_it_says_when_no_basis_gives_a_number(make: Make):
    evidence = [base(20.0, "constant"), base(11.0, "current")]
    assert "none of 2 bases" in finder.finding(make(), evidence)


def test_it_is_silent_on_bounds_facts_views_and_single_bases(make: Make):
    assert finder.finding(make(relation="at_least"), [base(10, "a"), base(11, "b")]) == ""
    assert finder.reproducing(make(relation="at_least"), [base(10, "a")]) == []
    assert finder.finding(make(), [base(10.0, "constant")]) == ""


def test_one_basis_may_explain_all_numbers_of_a_story(make: Make):
    first, second = make(id="spending-one"), make(id="spending-two", value="5", unit="times")
    evidence = [
        (first, [base(10.0, "constant"), base(12.0, "current"), base(10.0, "alone")]),
        (second, [base(5.1, "constant", "ratio of spending"),
                  base(5.0, "current", "ratio of spending")]),
    ]  # fmt: skip
    found = finder.joint(evidence)
    assert [one.basis.prices for one in found] == ["constant", "current"]
    assert found[0].explains_all
    assert not found[1].explains_all
    assert found[1].missed == ("spending-one",)
    told = finder.joint_finding(found, {"spending-one": first, "spending-two": second})
    assert told == (
        "Of 2 bases that cover several numbers of the story, one gives all of them "
        "(10 million US dollars and 5 times): SIPRI (April 2025), spending, constant."
    )


def test_it_says_how_far_the_best_basis_gets_where_none_explains_all(make: Make):
    first, second = make(id="spending-one"), make(id="spending-two")
    found = finder.joint([(first, [base(10.0, "a")]), (second, [base(99.0, "a")])])
    told = finder.joint_finding(found, {"spending-one": first, "spending-two": second})
    assert "none gives them all" in told
    assert "gives 1 of 2" in told


def test_mixed_and_unknown_rows_explain_nothing_jointly(make: Make):
    first, second = make(id="spending-one"), make(id="spending-two")
    rows = [base(10.0, "a", role="mixed"), base(None, "b")]
    assert finder.joint([(first, rows), (second, rows)]) == []
    assert "No basis known" in finder.joint_finding([], {})
