"""The chart of printed figures beside ours draws wide and narrow and tells its numbers."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

from balkandefence.charts import checked

FRAME = pd.DataFrame(
    {
        "family": ["Spending, NATO's count", "Spending, NATO's count", "Exercises"],
        "iso3": ["ALB", "MKD", "HRV"],
        "ratio": [0.66, 1.0, 0.02],
    }
)
NAMES = {"ALB": "Albania", "MKD": "N. Macedonia", "HRV": "Croatia"}


@pytest.mark.parametrize("narrow", [False, True])
def test_it_draws(narrow):
    assert isinstance(checked.ratios(FRAME, title="A title", narrow=narrow, names=NAMES), Figure)


def test_its_text_tells_the_range_of_each_kind():
    text = checked.describe_ratios(FRAME, names=NAMES)
    assert "Spending, NATO's count: 2 figures, ours 0.66 to 1.00 times theirs" in text
    assert "Exercises: 1 figures" in text
