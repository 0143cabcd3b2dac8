"""Partial dates say just what is known."""

from __future__ import annotations

import datetime as dt

import pytest

from balkandefence.tables import bounds, day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018", "2018-01-01", "2018-12-31"),
        ("2018-07", "2018-07-01", "2018-07-31"),
        ("2018-07-03", "2018-07-03", "2018-07-03"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-12", "2024-12-01", "2024-12-31"),
    ],
)
def test_a_partial_date_spans_from_its_first_to_its_last_day(text, first, last):
    assert bounds(text) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize("text", ["", "18", "2018-7", "2018/07/03", "2018-07-03T10", "about 2018"])
def test_a_text_that_is_no_partial_date_is_refused_with_the_forms_expected(text):
    with pytest.raises(ValueError, match=f"'{text}' is not a date: expected YYYY, YYYY-MM or"):
        bounds(text)


@pytest.mark.parametrize(
    "text", ["2018-13", "2018-00", "2018-07-00", "2018-02-30", "2023-02-29", "0000"]
)
def test_a_date_that_cannot_be_is_refused(text):
    with pytest.raises(ValueError, match=r"month|day|year"):
        bounds(text)


@pytest.mark.parametrize(
    "value", ["2024-12-31", dt.date(2024, 12, 31), dt.datetime(2024, 12, 31, 23, 59)]
)
def test_a_day_is_read_from_text_date_and_moment(value):
    found = day(value)

    assert found == dt.date(2024, 12, 31)
    assert type(found) is dt.date


@pytest.mark.parametrize("text", ["", "2024", "31.12.2024", "2024-02-30", "yesterday"])
def test_a_malformed_day_is_refused_with_the_form_expected(text):
    with pytest.raises(ValueError, match=f"'{text}' is not a date: expected YYYY-MM-DD"):
        day(text)
