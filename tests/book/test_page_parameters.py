"""Parameters of one page reach its runs and are asked of its notebook."""

from balkandefence import editions
from balkandefence.book import checks, plan

PARAMETERS = "editions/parameters.yml"
PACE = (
    "pace_pct: {type: number, scope: tanks, description: Pace., minimum: -1, maximum: 9.5, "
    "default: 3.0}\n"
)


def test_a_run_gets_its_pages_parameters(bare_desk):
    path = bare_desk.root / PARAMETERS
    path.write_text(path.read_text(encoding="utf-8") + PACE, encoding="utf-8")
    (job,) = plan.jobs(editions.load())
    (other,) = plan.jobs(editions.load(changes={"pace_pct": 4.0}))

    assert job.parameters["pace_pct"] == 3.0
    assert other.parameters["pace_pct"] == 4.0
    assert job.parameters != other.parameters


def test_the_parameters_cell_of_the_page_must_hold_the_default(bare_desk):
    notebook = bare_desk.root / "chapters" / "tanks.ipynb"
    assert checks.notebook(notebook) == []
    path = bare_desk.root / PARAMETERS
    path.write_text(path.read_text(encoding="utf-8") + PACE, encoding="utf-8")

    (found,) = checks.notebook(notebook)

    assert found.text == "pace_pct is missing; add pace_pct = 3.0"
