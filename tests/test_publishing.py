"""What a notebook hands to the book leaves a record, or is refused."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

from balkandefence import MIME, publishing
from balkandefence.provenance import Fact, Provenance, Quantity, Words
from balkandefence.publishing import GuardError, PublishingError

ORIGIN = Provenance("balkandefence.measures.t.f", {"a": "1"}, ("spending",), {"spending": (2, 3)})
RECORDED_ORIGIN = {
    "function": "balkandefence.measures.t.f",
    "arguments": {"a": "1"},
    "tables": ["spending"],
    "rows": {"spending": [2, 3]},
}


# Numbers and words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (1234567.891, {}, "1,234,568"),
        (1234567.891, {"decimals": 2}, "1,234,567.89"),
        (2023, {"grouped": False}, "2023"),
        (12.34, {"decimals": 1, "unit": "%"}, "12.3%"),
        (12.34, {"unit": "million US dollars"}, "12 million US dollars"),
        (-3.2, {"decimals": 1}, "−3.2"),
        (-1234, {"unit": "%"}, "−1,234%"),
        (-0.04, {"decimals": 1}, "0.0"),
        (-0.0, {}, "0"),
        (0, {}, "0"),
    ],
)
def test_a_number_is_spelled_as_prose_shows_it(value, options, text):
    assert publishing.spelled(value, **options) == text


def test_a_number_leaves_a_record_with_its_origin(published):
    publishing.number("serbia-level", Quantity(2100.4, ORIGIN), unit="million", what="spending")

    assert published.record == {
        "kind": "number",
        "id": "serbia-level",
        "text": "2,100 million",
        "value": 2100.4,
        "what": "spending",
        "provenance": RECORDED_ORIGIN,
    }
    assert published[0]["text/plain"] == "serbia-level: 2,100 million"
    assert type(published.record["value"]) is float


def test_a_word_leaves_a_record_with_its_origin(published):
    publishing.word("leader", Words("Serbia", ORIGIN), what="who spends most")

    assert published.record == {
        "kind": "word",
        "id": "leader",
        "text": "Serbia",
        "value": "Serbia",
        "what": "who spends most",
        "provenance": RECORDED_ORIGIN,
    }
    assert type(published.record["value"]) is str


def test_facts_are_published_as_the_numbers_and_words_that_they_are(published):
    publishing.facts([
        Fact("level", Quantity(2100.44, ORIGIN), "spending", unit="%", decimals=1),
        Fact("year", Quantity(2023, ORIGIN), "year", grouped=False),
        Fact("leader", Words("Serbia", ORIGIN), "who"),
    ])  # fmt: skip

    records = [shown[MIME] for shown in published]
    assert [(r["kind"], r["id"], r["text"]) for r in records] == [
        ("number", "level", "2,100.4%"), ("number", "year", "2023"), ("word", "leader", "Serbia"),
    ]  # fmt: skip


@pytest.mark.parametrize("value", [3, 3.5, Quantity(3)])
def test_a_number_that_is_not_a_measures_is_refused(published, value):
    with pytest.raises(PublishingError, match="number 'n' does not come from a measure"):
        publishing.number("n", value, what="w")
    assert published == []


@pytest.mark.parametrize("value", ["Serbia", Words("Serbia")])
def test_a_word_that_is_not_a_measures_is_refused(published, value):
    with pytest.raises(PublishingError, match="word 'n' does not come from a measure"):
        publishing.word("n", value, what="w")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_known_is_refused(published, value):
    with pytest.raises(PublishingError, match=f"number 'n' is not known \\({value}\\)"):
        publishing.number("n", Quantity(value, ORIGIN), what="w")


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_word_is_refused(published, value):
    with pytest.raises(PublishingError, match="word 'n' is empty"):
        publishing.word("n", Words(value, ORIGIN), what="w")


@pytest.mark.parametrize("id", ["", "Serbia", "a_b", "a--b", "-a", "a-", "a b", "a\n", "č"])
def test_an_id_that_is_not_lower_case_words_is_refused(published, id):
    with pytest.raises(PublishingError, match="use lower-case words joined by '-'"):
        publishing.number(id, Quantity(1, ORIGIN), what="w")
    assert published == []


def test_a_section_leaves_its_text_verdict_and_links(published):
    publishing.section(
        "claim-one",
        "Serbia **leads**.",
        provenance=ORIGIN,
        verdict={"text": "supported"},
        bears_on=("spending",),
        link=("Claim one", "claim-one"),
        files={"one.csv": "a\n"},
        linked_data=[{"@type": "Claim"}],
    )

    found = published.record
    assert {k: found[k] for k in ("kind", "id", "text", "verdict", "bears_on", "link")} == {
        "kind": "section", "id": "claim-one", "text": "Serbia **leads**.",
        "verdict": {"text": "supported"}, "bears_on": ["spending"],
        "link": ["Claim one", "claim-one"],
    }  # fmt: skip
    assert (found["files"], found["linked_data"]) == ({"one.csv": "a\n"}, [{"@type": "Claim"}])
    assert found["provenance"]["function"] == ORIGIN.function
    assert published[0]["text/plain"] == "claim-one: 2 words"


def test_a_section_may_name_its_function_alone(published):
    publishing.section("s", "Text", function="balkandefence.claims.evaluate")

    assert published.record["provenance"]["function"] == "balkandefence.claims.evaluate"
    assert (published.record["verdict"], published.record["bears_on"]) == ({}, [])


# Guards -------------------------------------------------------------------------------------


@pytest.mark.parametrize("condition", [True, np.True_, 1, "text"])
def test_a_sentence_that_holds_leaves_a_record(published, condition):
    publishing.guard("Serbia spends most.", condition)

    assert published.record == {"kind": "guard", "sentence": "Serbia spends most."}
    assert published[0]["text/plain"] == "holds: Serbia spends most."


@pytest.mark.parametrize("condition", [False, np.False_, 0, None, float("nan") > 1])
def test_a_sentence_that_is_false_stops_the_build_and_is_named(published, condition):
    with pytest.raises(GuardError) as caught:
        publishing.guard("Serbia spends most.", condition)

    assert str(caught.value) == "this sentence does not hold in this edition: Serbia spends most."
    assert published == []


# Source lines -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["spending"], "Credit of spending, release of 30 April 2025"),
        (["events"], "Credit of events"),
        (["countries"], "Credit of countries"),
        (["countries", "spending"], "Credit of spending, release of 30 April 2025"),
        (["events", "spending"], "Credit of events; Credit of spending, release of 30 April 2025"),
        (["events", "events"], "Credit of events"),
        (["countries", "countries"], "Credit of countries"),
    ],
)
def test_a_source_line_credits_each_table_once_with_its_release(published, names, line):
    assert publishing.source_line(names) == line


def test_a_source_line_names_no_release_where_none_was_out(published):
    publishing.begin(SimpleNamespace(id="", as_of=dt.date(2020, 1, 1)))

    assert publishing.source_line(["spending"]) == "Credit of spending"
