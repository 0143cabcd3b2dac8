"""The chart of printed figures beside ours draws wide and narrow and tells its numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle

from balkandefence import style
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


def test_each_figure_has_the_colour_and_the_shape_of_its_country_and_stands_at_its_ratio():
    axes = checked.ratios(FRAME, title="A title", names=NAMES).axes[0]
    (points,) = axes.collections
    for place, code in enumerate(FRAME["iso3"]):
        shape = MarkerStyle(style.country_mark(code))
        outline = shape.get_path().transformed(shape.get_transform())
        assert np.allclose(points.get_paths()[place].vertices, outline.vertices)
        assert to_hex(points.get_facecolors()[place]) == style.colour(code)
    assert points.get_offsets()[:, 0].tolist() == [0.66, 1.0, 0.1], "at the edge, what lies beyond"


def test_its_text_tells_the_range_of_each_kind():
    text = checked.describe_ratios(FRAME, names=NAMES)
    assert "Spending, NATO's count: 2 figures, ours 0.66 to 1.00 times theirs" in text
    assert "Exercises: 1 figures" in text
