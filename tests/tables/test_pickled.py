"""Frames come back from bytes as they were, down to what a missing cell is."""

import numpy as np
import pandas as pd
import pytest

from balkandefence.tables import pickled


@pytest.fixture
def frame():
    made = pd.DataFrame(
        {
            "text": pd.Series(["a", np.nan, "", np.nan], dtype="str"),
            "parts": pd.Series([("a", "b"), (), ("c",), ()], dtype="object"),
            "mixed": pd.Series([np.nan, 1, "x", np.nan], dtype="object"),
            "count": pd.Series([1, None, 3, None], dtype="Int64"),
            "share": [0.1, np.nan, 0.3, -0.0],
            "day": pd.to_datetime(["2024-01-01", None, None, "2025-06-30"]),
            "known": pd.Series([True, None, False, None], dtype="boolean"),
        }
    ).set_axis(pd.Index([2, 3, 5, 8], name="line"))
    made.attrs = {"tables": ("events",)}
    return made


def test_a_frame_comes_back_with_its_types_its_lines_and_its_name(frame):
    back, beside = pickled.loads(pickled.dumps((frame, ["beside"])))
    pd.testing.assert_frame_equal(back, frame, check_freq=True)
    assert list(back.dtypes) == list(frame.dtypes)
    assert back.attrs == frame.attrs
    assert beside == ["beside"]


@pytest.mark.parametrize("column", ["text", "mixed"])
def test_missing_cells_are_the_same_object_again(frame, column):
    back = pickled.loads(pickled.dumps(frame))
    assert set(back[column]) == set(frame[column])
    assert len([cell for cell in back[column] if cell is np.nan]) == 2


@pytest.fixture
def made(project):
    """Ask for what is made of a thing, and be told how often it was made."""

    def ask(of="one"):
        ask.found = pickled.remembered("thing", lambda: of, lambda: ask.make(of))
        return ask.times

    def make(of):
        ask.times += 1
        return [of, np.nan]

    ask.times, ask.make = 0, make
    return ask


def test_what_was_made_of_the_same_is_not_made_again(made):
    assert [made(), made()] == [1, 1]
    assert made.found[0] == "one"
    assert made.found[1] is np.nan


def test_of_something_else_it_is_made_anew(made):
    assert [made(), made("two"), made("two"), made()] == [1, 2, 2, 3]


def test_where_the_memory_is_damaged_it_is_made_anew(made, project):
    made()
    kept = project.root / "_build" / "tables" / "thing.pickle"
    kept.write_bytes(kept.read_bytes()[:-1])
    assert made() == 2
    assert made() == 2


def test_what_changed_while_it_was_made_is_not_kept(project):
    keys = iter(["before", "after", "after", "after"])
    for expected in (1, 2):
        found = pickled.remembered("thing", lambda: next(keys), lambda n=expected: n)
        assert found == expected
