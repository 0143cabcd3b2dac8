"""Measures of any table, on a small hand-made frame."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from balkandefence.measures import lookup as m


@pytest.fixture
def deals():
    """Return three rows, of which one does not say its amount."""
    frame = pd.DataFrame(
        {
            "iso3": ["SRB", "SRB", "ALB"],
            "year": pd.array([2024, None, 2024], "Int64"),
            "open": pd.array([True, None, False], "boolean"),
            "amount": [1.5, 2.5, float("nan")],
        },
        index=pd.Index([2, 3, 4], name="line"),
    )
    frame.attrs = {"tables": ("deals",)}
    return frame


def test_one_row_says_its_number_and_names_its_line(deals):
    found = m.cell(deals, "amount", {"iso3": "SRB", "year": 2024})
    assert found == 1.5
    assert found.provenance.rows == {"deals": (2,)}
    assert found.provenance.function == "balkandefence.measures.lookup.cell"


def test_a_number_that_no_row_says_is_unknown(deals):
    assert math.isnan(m.cell(deals, "amount", {"iso3": "ALB"}))
    assert math.isnan(m.cell(deals, "amount", {"iso3": "MNE"}))


def test_several_numbers_are_none(deals):
    with pytest.raises(ValueError, match="2 rows say amount where iso3 is SRB; expected one"):
        m.cell(deals, "amount", {"iso3": "SRB"})


def test_what_a_row_does_not_say_is_no_match(deals):
    assert m.count(deals, {"year": 2024}) == 2
    assert m.count(deals, {"open": False}) == 1
    assert m.count(deals, {"iso3": "SRB", "open": True}) == 1
    assert m.count(deals, {"iso3": "MNE"}) == 0
    assert m.count(deals, {"iso3": "SRB"}).provenance.rows == {"deals": (2, 3)}
