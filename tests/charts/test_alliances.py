"""Charts of alliances: they draw wide and narrow, say their numbers, and keep texts apart."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from balkandefence import editions, style
from balkandefence.charts import (
    alliances,
    alliances_exercises,
    alliances_profile,
    alliances_voting,
)
from balkandefence.findings import alliances_exhibits as exhibits
from balkandefence.measures.alliances import UNDATED
from balkandefence.measures.alliances_profile import all_components

Drawn = tuple[Callable[..., Figure], Callable[..., str], dict[str, Any]]
TABLES = ("countries", "memberships", "agreements", "exercises", "exercise_counts", "missions")


def _exhibits(edition: editions.Edition) -> dict[str, Drawn]:
    codes, members, texts, held, counts, missions = map(edition.load, TABLES)
    un, cfsp = edition.load("un_voting"), edition.load("cfsp_alignment")
    chosen, highlight = edition.countries, edition.highlight
    years = edition.first_year, edition.last_year
    parts = all_components(members, un, cfsp, held, texts, codes, chosen, years, edition.as_of)
    exercising, voting, profiling = alliances_exercises, alliances_voting, alliances_profile
    found = {
        "ladder": (alliances, exhibits.ladder(members, chosen, years[0], edition.as_of, highlight)),
        "ties": (alliances, exhibits.ties(texts, chosen, codes)),
        "ties_by_family": (alliances, exhibits.ties_by_family(texts, highlight, codes)),
        "exercises": (exercising, exhibits.exercises(held, chosen, *years, codes)),
        "moratorium": (exercising, exhibits.suspension(counts)),
        "contributions": (exercising, exhibits.contributions(missions, chosen, codes)),
        "tilt": (voting, exhibits.tilt(un, chosen, years, codes, highlight)),
        "releases": (voting, exhibits.releases(un, chosen, years)),
        "shift": (voting, exhibits.shift(un, chosen, years[1])),
        "alignment": (voting, exhibits.alignment(cfsp, chosen, years, codes)),
        "profile": (profiling, exhibits.profile(parts, chosen)),
        "weightings": (profiling, exhibits.weightings(parts, codes)),
    }
    return {
        name: (getattr(module, name), getattr(module, f"describe_{name}"), given)
        for name, (module, given) in found.items()
    }


CHARTS = (
    "ladder", "ties", "ties_by_family", "exercises", "moratorium", "contributions", "tilt",
    "releases", "shift", "alignment", "profile", "weightings",
)  # fmt: skip
CHANGES: dict[str, dict[str, Any]] = {
    "current": {},
    "earlier": {"as_of": "2025-09-30", "last_year": 2024},
    "two": {"countries": ["XKX", "ALB"], "highlight": "ALB"},
}


EDITIONS = [
    pytest.param(name, marks=pytest.mark.long if name == "earlier" else []) for name in CHANGES
]


@pytest.fixture(scope="module", params=EDITIONS)
def drawn(request: pytest.FixtureRequest) -> dict[str, Drawn]:
    return _exhibits(editions.load(changes=CHANGES[request.param]))


def _options(function: Callable[..., object], given: dict[str, Any]) -> dict[str, Any]:
    codes = editions.load().load("countries")
    known = dict(zip(codes["iso3"], codes["short_name"], strict=True))
    taken = set(inspect.signature(function).parameters) - {"frame"}
    return {name: value for name, value in {**given, "names": known}.items() if name in taken}


def _overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Return the pairs of texts within one panel that cover each other by more than a hair."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = []
    for axes in figure.axes:
        shown = [t for t in axes.texts if t.get_text().strip() and t.get_visible()]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in shown]
        for (one, a), (two, b) in itertools.combinations(boxes, 2):
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            high = min(a.y1, b.y1) - max(a.y0, b.y0)
            if wide > 1.5 and high > 3.5:
                found.append((one, two))
    return found


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", CHARTS)
def test_each_chart_draws_on_real_data_without_texts_over_each_other(
    drawn: dict[str, Drawn], name: str, narrow: bool
) -> None:
    chart, _, given = drawn[name]
    figure = chart(given["data"], narrow=narrow, **_options(chart, given))
    assert figure.get_size_inches()[0] == pytest.approx(style.WIDTH[narrow])
    assert _overlaps(figure) == []


@pytest.mark.parametrize("name", CHARTS)
def test_each_text_alternative_tells_countries_or_partners_and_numbers(
    drawn: dict[str, Drawn], name: str
) -> None:
    _, describe, given = drawn[name]
    told = describe(given["data"], **_options(describe, given))
    assert len(told.split()) > 8
    assert any(sign.isdigit() for sign in told)


@pytest.mark.parametrize("name", CHARTS)
def test_titles_fit_two_lines_of_the_wide_chart(drawn: dict[str, Drawn], name: str) -> None:
    assert 20 < len(drawn[name][2]["title"]) <= 95


def test_titles_say_what_the_edition_holds() -> None:
    found = _exhibits(editions.load())
    assert found["ladder"][2]["title"] == "Three of the six countries are in NATO, none in the EU"
    assert "Serbia only" in found["ties"][2]["title"]
    two = _exhibits(editions.load(changes=CHANGES["two"]))
    assert two["ladder"][2]["title"] == "One of the two countries is in NATO, none in the EU"
    assert "no country" in two["exercises"][2]["title"]


def test_a_text_alternative_says_how_many_marks_are_hollow() -> None:
    rows = [("SRB", 2019, "NATO/US", "Wolf", True), ("SRB", 2019, "RUS/BLR", "BARS", False)]
    frame = pd.DataFrame(rows, columns=["iso3", "year", "bloc", "name", "firm"])
    told = alliances_exercises.describe_exercises(
        frame, names={"SRB": "Serbia", "XKX": "Kosovo"}, countries=["SRB", "XKX"]
    )
    assert "Serbia: 1 with NATO or US, 1 with Russia, Belarus; Kosovo: none found" in told
    assert "1 of the 2 marks are hollow" in told


def test_a_missing_component_is_written_not_drawn_as_zero() -> None:
    frame = pd.DataFrame(
        {"iso3": ["XKX"] * 2, "component": ["UN votes", "NATO ladder"], "value": [None, 0.0]}
    )
    frame["value"] = frame["value"].astype(float)
    figure = alliances_profile.profile(
        frame, title="A title", names={"XKX": "Kosovo"}, countries=["XKX"]
    )
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["no data", "0"]


@pytest.mark.parametrize(("when", "told"), [("2013–16", False), (UNDATED, True)])
def test_a_grid_explains_a_text_without_a_date_where_it_shows_one(when: str, told: bool) -> None:
    rows = [("TUR", "Turkey", "Cooperation", when, True)]
    frame = pd.DataFrame(rows, columns=["partner", "bloc", "family", "when", "firm"])
    figure = alliances.ties_by_family(
        frame, title="A title", names={"TUR": "Turkey"}, families=["Cooperation"]
    )
    (subtitle,) = [text for text in figure.texts if text.get_gid() == "subtitle"]
    assert ("n.d.: no date found" in subtitle.get_text()) == told
