"""A failed run tells its author where it stopped, at what, and what to do."""

import desk as desks
import nbformat
import pytest
from nbclient import NotebookClient

from balkandefence.book import failures

pytestmark = pytest.mark.xdist_group("desk")

#: A broken cell by the name of the notebook that it breaks.
BROKEN = {
    "column": "x = 1\nrows['tank_count']",
    "columns": "rows[['year', 'tank_count']]",
    "measured": "desk.total(rows.rename(columns={'year': 'years'}), 2023)",
    "table": "edition.load('parade')",
    "claiming": "first = 1\npublishing.guard('Tanks grow in number.',\n    False)",
    "syntax": "x = 1\ny = = 2",
    "attribute": "publishing.nuber('a', 1)",
    "module": "from balkandefence.measures import spendig",
    "package": "import balkandefense",
    "name": "row.shape",
    "country": "{'SRB': 1}['SBR']",
    "absent": "{'SRB': 1}['HRV']",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as x:\n    raise ValueError('b') from x",
    "unmeasured": "publishing.number('tanks', 3.0, what='x')",
    "parameter": "editions.load(changes={'countries': ['SRB', 'GRX']})",
    "asserted": "x = 1\nassert x == 2",
    "crooked": "import crooked",
    "own": "def half(x):\n    return x / 0\n\nhalf(1)",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """All broken cells, run one after the other in one kernel, each then in a notebook alone."""
    desk = desks.lay_out(tmp_path_factory.mktemp("failures") / "desk")
    desk.write("crooked.py", "x = 1\ny = = 2\n")
    setup = desks.chapter()[1:]
    broken = [desks.code(name, source) for name, source in BROKEN.items()]
    made = nbformat.v4.new_notebook(cells=[*setup, *broken])
    with pytest.MonkeyPatch.context() as patch:
        for name, value in desk.environment().items():
            patch.setenv(name, f"{value}:{desks.CHECKOUT}" if name == "PYTHONPATH" else value)
        NotebookClient(made, allow_errors=True, kernel_name="python3").execute()
        assert not any(cell.outputs for cell in made.cells[:2])
        for cell in made.cells[2:]:
            alone = nbformat.v4.new_notebook(cells=[*setup, cell])
            alone.metadata["papermill"] = {"input_path": f"{desk.root}/chapters/{cell.id}.ipynb"}
            nbformat.write(alone, desk.root / f"{cell.id}.ipynb")
    return desk


@pytest.fixture
def failure(runs, monkeypatch):
    """Return how to read one of the failed runs."""
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(runs.root))

    def read(name):
        return failures.of(name, runs.root / f"{name}.ipynb", RuntimeError("a cell failed"))

    return read


def test_a_failure_names_page_cell_notebook_and_line_and_marks_the_line(failure, runs):
    assert str(failure("column")).splitlines() == [
        "column: cell 'column' failed (chapters/column.ipynb, line 2)",
        "      1 x = 1",
        "  >   2 rows['tank_count']",
        "  KeyError: 'tank_count'",
        "  hint: no column 'tank_count' there; did you mean 'tanks_count'? "
        "look at the frame's columns; `data/<table>.yml` lists those of each table",
        f"  the failed run is kept at {runs.root}/_build/failed/column.ipynb",
    ]


def test_frames_of_libraries_are_left_out_unless_all_is_asked_for(failure):
    found = failure("column")
    assert "site-packages" not in str(found)
    assert "pandas" not in str(found)
    whole = found.told(full=True)
    assert "site-packages/pandas/core/frame.py" in whole
    assert "direct cause of the following exception" in whole
    assert "  hint: no column" in whole


def test_the_steps_through_the_projects_own_files_are_shown_with_their_lines(failure):
    (step,) = failure("measured").steps
    assert (step.file, step.function) == ("parades.py", "total")
    assert step.text == 'rows = parades[parades["year"] == year]'
    assert f"  parades.py:{step.line}, in total\n" in str(failure("measured"))


def test_a_file_of_the_project_that_is_no_python_is_named_with_its_line(failure):
    found = failure("crooked")
    assert list(map(str, found.steps)) == ["  crooked.py:2\n        y = = 2"]
    assert (found.line, found.error) == (1, "SyntaxError: invalid syntax (crooked.py, line 2)")


def test_a_function_of_the_notebook_marks_the_line_that_called_it(failure):
    assert (failure("own").line, failure("own").steps) == (4, ())


def test_what_the_package_refuses_is_told_without_the_way_to_the_refusal(failure):
    for name in ("table", "claiming", "unmeasured", "parameter"):
        assert failure(name).steps == ()


@pytest.mark.parametrize(
    ("name", "error", "hint"),
    [
        ("columns", """KeyError: "['tank_count'] not in index\"""", "did you mean 'tanks_count'?"),
        ("measured", "KeyError: 'year'", "no frame given to parades.total has 'year'; did you "
         "mean 'years'? it got parades: years, tanks_count, known_from, source"),
        ("table", "SidecarError: no table 'parade'; did you mean 'parades'? Tables: countries, "
         "parades", ""),
        ("claiming", "GuardError: this sentence does not hold in this edition: Tanks grow in "
         "number.", "reword it so that it is true in every edition"),
        ("syntax", "SyntaxError: invalid syntax", ""),
        ("attribute", "AttributeError: module 'balkandefence.publishing' has no attribute "
         "'nuber'", "did you mean 'number'?"),
        ("module", "ImportError: cannot import name 'spendig' from 'balkandefence.measures'",
         "did you mean 'spending'?"),
        ("package", "ModuleNotFoundError: No module named 'balkandefense'",
         "balkandefense is not installed"),
        ("name", "NameError: name 'row' is not defined", "did you mean 'rows'?"),
        ("country", "KeyError: 'SBR'", "SBR is no code in data/countries.csv; did you mean 'SRB'?"),
        ("absent", "KeyError: 'HRV'", "HRV is a country, but what is read here holds nothing"),
        ("chained", "ValueError: b", ""),
        ("asserted", "AssertionError", ""),
        ("parameter", "EditionError: editions/2026.11.0.yml with --param:\n  countries is "
         "['SRB', 'GRX'] (list), expected", ""),
    ],
)  # fmt: skip
def test_common_faults_come_with_a_hint(failure, name, error, hint):
    found = failure(name)
    assert found.error.startswith(error)
    assert hint in found.hint
    assert bool(found.hint) == bool(hint)


@pytest.mark.parametrize(
    ("name", "line"), [("syntax", 2), ("chained", 4), ("claiming", 2), ("module", 1)]
)
def test_the_line_is_that_of_the_cell(failure, name, line):
    assert failure(name).line == line


def test_a_run_without_a_notebook_tells_what_ended_it(bare_desk):
    nowhere = bare_desk.root / "nowhere.ipynb"
    assert str(failures.of("tanks", nowhere, KeyError())) == "tanks: failed\n  KeyError"


def test_a_damaged_notebook_is_kept_and_its_error_told_with_what_is_noted_on_it(bare_desk):
    path = bare_desk.write("run.ipynb", '{"cells": 3}')
    error = RuntimeError("\x1b[31mlong\nKernel died")
    error.add_note("look at the memory")
    told = str(failures.of("tanks", path, error)).splitlines()
    assert told[:3] == ["tanks: failed", "  Kernel died", "  hint: look at the memory"]
    assert (bare_desk.root / "_build/failed/tanks.ipynb").read_text() == '{"cells": 3}'
