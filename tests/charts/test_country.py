"""The chart of a country before the others, on small and on real data."""

from __future__ import annotations

import pandas as pd
import pytest

from balkandefence import editions, style
from balkandefence.charts import country as charts
from balkandefence.measures import spending

NAMES = {"SRB": "Serbia", "ALB": "Albania", "HRV": "Croatia"}
TOLD = {"country": "ALB", "unit": "percent of GDP", "decimals": 1}


@pytest.fixture
def frame() -> pd.DataFrame:
    rows = [
        ("SRB", 2022, 2.0, True), ("SRB", 2023, 2.5, True), ("ALB", 2021, 1.0, False),
        ("ALB", 2022, 1.9, False), ("ALB", 2023, 1.7, True),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["iso3", "year", "value", "estimate"])


@pytest.mark.parametrize("narrow", [False, True])
def test_only_the_country_is_in_its_colour(frame, narrow):
    figure = charts.before_others(frame, title="A title", narrow=narrow, names=NAMES, **TOLD)
    (axes,) = figure.axes
    colours = {line.get_color() for line in axes.lines}
    assert colours == {style.colour("ALB"), style.FAINT}
    assert axes.get_ylim()[0] == 0


def test_the_text_tells_the_course_the_others_and_the_estimates(frame):
    told = charts.describe_before_others(frame, names=NAMES, **TOLD)
    assert "Albania: 1.0 in 2021, at most 1.9 in 2022, 1.7 in 2023." in told
    assert "In grey, with their last value: Serbia 2.5." in told
    assert told.endswith("estimates for it: 2023 to 2023.")


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("code", ["SRB", "MNE", "HRV"])
def test_no_two_labels_at_the_end_of_lines_overlap(code, narrow):
    edition = editions.load()
    milex = edition.load("military_expenditure")
    codes = [*edition.countries, *(["HRV"] if code == "HRV" else [])]
    data = spending.level(milex, codes, 2006, 2025, "constant")
    names = spending.short(edition.load("countries"))
    figure = charts.before_others(
        data, title="A title", narrow=narrow, names=names, country=code, unit="million"
    )
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == len(codes)
    for place, one in enumerate(boxes):
        assert one.x1 <= figure.bbox.x1
        for other in boxes[place + 1 :]:
            assert one.y1 - 4 <= other.y0 or other.y1 - 4 <= one.y0
