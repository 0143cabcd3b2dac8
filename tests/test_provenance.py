"""From a published value back to the function, the tables and the rows."""

from __future__ import annotations

import copy
import pickle

import pandas as pd
import pytest

from balkandefence import tables
from balkandefence.provenance import (
    Fact,
    Provenance,
    Quantity,
    Words,
    measure,
    quantity,
    tables_of,
    words,
)

HERE = __name__


@measure
def total(frame, year=2023, *, codes=("SRB", "ALB")):
    """Sum the amounts of a year."""
    chosen = frame[(frame["year"] == year) & frame["iso3"].isin(codes)]
    return quantity(chosen["amount_usd_millions"].sum(), chosen)


@measure
def leader(frame):
    """Name the country that spends most."""
    top = frame.nlargest(1, "amount_usd_millions")
    return words(top["iso3"].iloc[0], top)


@measure
def by_year(frame):
    """Sum the amounts by year."""
    return frame.groupby("year")[["amount_usd_millions"]].sum()


@measure
def doubled(value):
    """Double a value."""
    return Quantity(2 * value)


@measure
def count(frame):
    """Count rows, as a plain number."""
    return len(frame)


@measure
def passed_on(edition):
    """Return what another measure gave, as a measure of its own."""
    return doubled(total(edition["spending"]))


@pytest.fixture
def spending(project):
    return tables.load("spending", "2024-12-31")


# Values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "plain", "value"), [(Quantity, float, 2.5), (Words, str, "Serbia")]
)
def test_a_value_remembers_its_origin_and_is_otherwise_plain(make, plain, value):
    origin = Provenance(function="f", tables=("t",), rows={"t": (2, 3)})
    made = make(value, origin)

    assert made == value
    assert isinstance(made, plain)
    assert made.provenance is origin
    assert make(value).provenance == Provenance()
    assert type(made + made) is plain


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
@pytest.mark.parametrize("value", [Quantity(2.5, Provenance("f")), Words("x", Provenance("g"))])
def test_a_value_keeps_its_origin_when_it_is_copied_or_sent_to_another_process(value, again):
    other = again(value)

    assert (type(other), other) == (type(value), value)
    assert other.provenance == value.provenance


def test_a_fact_has_plain_defaults():
    fact = Fact("id", Quantity(1), "what it is")

    assert (fact.unit, fact.decimals, fact.grouped) == ("", 0, True)


# Rows ---------------------------------------------------------------------------------------


def test_a_quantity_names_the_rows_it_was_computed_from(project):
    spending, events = tables.load("spending"), tables.load("events")

    found = quantity(1, spending.iloc[[1]], events.iloc[:1], spending.iloc[[0]], spending.iloc[[0]])

    assert found.provenance.rows == {"events": (2,), "spending": (3, 4)}
    assert list(found.provenance.rows) == ["events", "spending"]


def test_words_name_their_rows_too(spending):
    assert words("Serbia", spending).provenance.rows == {"spending": (2,)}


def test_frames_without_lines_or_of_many_tables_name_no_rows(spending):
    reset, joined = spending.reset_index(), spending.copy()
    joined.attrs["tables"] = ("events", "spending")

    assert quantity(1, reset, joined, pd.DataFrame({"a": [1]})).provenance.rows == {}


def test_the_tables_behind_a_value_are_told(spending):
    assert tables_of(spending) == ("spending",)
    assert tables_of(total(spending)) == ("spending",)
    assert tables_of(leader(spending)) == ("spending",)
    assert tables_of(pd.DataFrame()) == tables_of(3) == tables_of("text") == ()


# Measures -----------------------------------------------------------------------------------


def test_a_quantity_of_a_measure_names_function_arguments_tables_and_rows(spending):
    made = total(spending, codes=["SRB"]).provenance

    assert made.function == f"{HERE}.total"
    assert made.arguments == {"frame": "spending", "codes": "[SRB]"}
    assert made.tables == ("spending",)
    assert made.rows == {"spending": (2,)}


def test_arguments_given_by_place_are_named(spending):
    assert total(spending, 2024).provenance.arguments["year"] == "2024"


def test_words_of_a_measure_are_traced_alike(spending):
    found = leader(spending)

    assert found == "SRB"
    assert found.provenance.function == f"{HERE}.leader"
    assert found.provenance.rows == {"spending": (2,)}


def test_a_frame_of_a_measure_carries_its_origin(spending):
    frame = by_year(spending)

    assert frame.attrs == {
        "tables": ("spending",),
        "function": f"{HERE}.by_year",
        "arguments": {"frame": "spending"},
    }


def test_an_argument_that_a_measure_made_is_told_by_its_function(spending):
    @measure
    def largest(frame):
        return quantity(frame["amount_usd_millions"].max())

    made, plain = largest(by_year(spending)), largest(pd.DataFrame({"amount_usd_millions": [1]}))

    assert made.provenance.arguments == {"frame": f"{HERE}.by_year"}
    assert made.provenance.tables == ("spending",)
    assert plain.provenance.arguments == {"frame": "frame"}
    assert plain.provenance.tables == ()


def test_the_package_of_measures_is_left_out_of_a_shown_argument(spending):
    frame = by_year(spending)
    frame.attrs["function"] = "balkandefence.measures.spending.level"

    assert doubled.__wrapped__ is not doubled
    assert count(frame) == 1
    assert measure(lambda frame: quantity(1))(frame).provenance.arguments == {
        "frame": "spending.level"
    }


def test_a_value_of_a_measure_hands_its_tables_on(spending):
    assert doubled(total(spending)).provenance.tables == ("spending",)


def test_a_measure_within_a_measure_does_not_lose_its_tables(spending):
    made = passed_on({"spending": spending}).provenance

    assert made.function == f"{HERE}.passed_on"
    assert made.tables == ("spending",)


def test_other_results_pass_unchanged(spending):
    assert count(spending) == 1
    assert type(count(spending)) is int


def test_a_measure_keeps_its_name_and_its_words():
    assert (total.__name__, total.__doc__) == ("total", "Sum the amounts of a year.")


def test_a_measure_refuses_arguments_that_its_function_does_not_take(spending):
    with pytest.raises(TypeError, match="unexpected keyword argument 'month'"):
        total(spending, month=3)
