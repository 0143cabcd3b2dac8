"""Charts of claims: both widths, on made-up bases; what they say in words."""

from __future__ import annotations

import pandas as pd
import pytest

from balkandefence.charts import claims as charts

BASES = pd.DataFrame(
    {
        "basis": ["SIPRI (April 2025), spending, constant", "SIPRI (April 2026), spending"],
        "value": [2.22, 2.4],
        "decimals": [2, 2],
        "agrees": [True, False],
        "said": [2.2, 2.2],
        "low": [2.15, 2.15],
        "high": [2.25, 2.25],
    }
)
JOINT = pd.concat(
    [BASES.assign(number="The first"), BASES.assign(number="The other", value=[1.0, float("nan")])]
)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("high", [2.25, float("nan")])
def test_bases_draw_every_basis_from_zero(narrow, high):
    figure = charts.bases(BASES.assign(high=high), title="A claim", unit="Billion", narrow=narrow)
    (axes,) = figure.axes
    assert axes.get_xlim()[0] == 0
    assert 2.4 < axes.get_xlim()[1] < 4
    assert len(axes.get_yticklabels()) == 2


@pytest.mark.parametrize("narrow", [False, True])
def test_joint_draws_a_panel_a_number_and_says_what_is_not_covered(narrow):
    figure = charts.joint(JOINT, title="A story", narrow=narrow)
    assert len(figure.axes) == 2
    texts = [text.get_text() for text in figure.axes[1].texts]
    assert texts == ["1.00", "not covered"]


def test_descriptions_name_each_basis_and_whether_it_agrees():
    told = charts.describe_bases(BASES, unit="Billion")
    assert "What was said is 2.2 (Billion)" in told
    assert "SIPRI (April 2026), spending: 2.40, differs" in told
    assert "not covered" in charts.describe_joint(JOINT)
