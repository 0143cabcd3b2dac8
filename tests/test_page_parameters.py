"""Parameters of one page: told to its runs alone, checked as strictly as the edition's."""

from __future__ import annotations

import pytest

from balkandefence import editions
from balkandefence.editions import EditionError

PARAMETERS = "editions/parameters.yml"
PACE = (
    "pace_pct: {type: number, scope: tanks, description: Pace., minimum: -1, maximum: 9.5, "
    "default: 3.0}\n"
)


@pytest.fixture
def paced(project):
    """Return a checkout that declares a parameter of the page `tanks`."""
    text = (project.root / PARAMETERS).read_text(encoding="utf-8")
    project.write(PARAMETERS, text + PACE)
    return project


def test_a_page_is_told_its_own_parameters_and_no_other_page_is(paced):
    edition = editions.load()

    assert edition.told("tanks") == {"pace_pct": 3.0}
    assert edition.told("ships") == {}
    assert "pace_pct" not in edition.parameters
    assert editions.scopes()[-1] == "tanks"


def test_a_changed_parameter_of_a_page_makes_another_edition(paced):
    edition = editions.load(changes=editions.overrides(["pace_pct=4"]))

    assert edition.id == "2026.11.0 (changed)"
    assert edition.told("tanks") == {"pace_pct": 4}


def test_a_notebook_with_the_default_is_the_edition_and_with_another_value_is_not(paced):
    known = editions.defaults()

    assert editions.of_notebook({**known, "pace_pct": 3.0}).id == "2026.11.0"
    assert editions.of_notebook(known).id == "2026.11.0"
    assert editions.of_notebook({**known, "pace_pct": 3.5}).id == ""


@pytest.mark.parametrize("value", ["fast", True, 9.6, -2, None, [3.0], float("nan")])
def test_a_value_of_another_type_or_out_of_range_is_refused(paced, value):
    with pytest.raises(EditionError, match=r"pace_pct is .*, expected a number from -1 to 9.5"):
        editions.load(changes={"pace_pct": value})


def test_a_misspelt_name_is_refused_with_the_near_one(paced):
    with pytest.raises(EditionError, match=r"pace_pc is not a parameter; did you mean pace_pct\?"):
        editions.load(changes={"pace_pc": 3.0})


def test_a_name_without_a_page_must_be_one_that_editions_know(paced):
    paced.replace(PARAMETERS, ("scope: tanks, ", ""))

    with pytest.raises(EditionError, match="pace_pct is not something an Edition knows"):
        editions.load()
