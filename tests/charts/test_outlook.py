"""Charts of the outlook: they draw wide and narrow in several editions and say their numbers."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure

from balkandefence import editions, tables
from balkandefence.charts import outlook, outlook_costs
from balkandefence.findings import outlook as findings

CHANGES: dict[str, dict[str, Any]] = {
    "current": {},
    "early": {"as_of": "2025-09-30", "last_year": 2024},
    "two countries": {"countries": ["XKX", "ALB"], "highlight": "ALB"},
    "from 2014": {"first_year": 2014},
}


@pytest.fixture(scope="module", params=CHANGES.values(), ids=CHANGES.keys())
def drawn(request):
    """Return chart, text, frame and options of every figure of one edition."""
    edition = editions.load(changes=request.param)
    f = findings.Frames.of(edition, edition.last_year, findings.Assumed(2.0, 2030, 3.0))
    states = tables.load("countries")
    names = dict(zip(states["iso3"], states["short_name"], strict=True))
    one = {"names": names, "highlight": edition.highlight}
    money = {"names": names, "unit": "Million US dollars"}
    shown, priced = outlook, outlook_costs
    return [
        (shown.distance, shown.describe_distance, f.distance, one),
        (shown.beside, shown.describe_beside, f.burden, {**one, "unit": "%", "marks": (2.0,)}),
        (shown.beside, shown.describe_beside, f.equipment, {**one, "unit": "%"}),
        (shown.people, shown.describe_people, f.people, {"names": names}),
        (shown.imbalance, shown.describe_imbalance, f.imbalance, {}),
        (priced.paths, priced.describe_paths, f.walked, money),
        (priced.extra, priced.describe_extra, f.priced, money),
        (priced.pace, priced.describe_pace, f.priced, {"names": names}),
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_every_chart_draws(drawn, narrow):
    for chart, _, frame, options in drawn:
        assert isinstance(chart(frame, title="A title", narrow=narrow, **options), Figure)


def test_every_text_tells_numbers_and_no_gap(drawn):
    for _, describe, frame, options in drawn:
        text = describe(frame, **options)
        assert len(text.split()) >= 8
        assert any(letter.isdigit() for letter in text)
        assert "nan" not in text.split()
