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
