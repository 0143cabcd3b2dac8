"""Every notebook in chapters/ is clean source and runs under the stock papermill command."""

import subprocess
import sys

import desk as desks
import nbformat
import pytest
from copies import plain_environment

from balkandefence import MIME, editions, pictures
from balkandefence.book import checks, plan

NOTEBOOKS = sorted((desks.CHECKOUT / "chapters").glob("*.ipynb"))

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])


def test_there_are_notebooks():
    assert NOTEBOOKS


@every_notebook
def test_a_notebook_is_clean_source(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [c.id for c in cells if c.get("outputs") or c.get("execution_count")] == []
    (told, *_) = [p.parameters for p in plan.pages(editions.load()) if p.path == path]
    assert [str(finding) for finding in checks.notebook(path, told)] == []


@every_notebook
def test_its_parameters_cell_holds_the_declared_defaults(path):
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    found = {}
    exec(cell.source, found)
    del found["__builtins__"]
    declared = editions.defaults()
    assert {name: found.get(name) for name in declared} == declared
    assert {name: type(found[name]) for name in declared} == {
        name: type(value) for name, value in declared.items()
    }


def under_papermill(path, out, *given):
    """Run a notebook by the stock command; return the outputs of its cells.

    Pictures that a build drew of the same content are taken as they are.
    """
    ran = subprocess.run(
        [sys.executable, "-m", "papermill", str(path), str(out), *given, "--no-progress-bar"],
        cwd=desks.CHECKOUT,
        env=plain_environment(desks.CHECKOUT)
        | {pictures.FOLDER: str(desks.CHECKOUT / "_build" / "drawn")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [o for c in nbformat.read(out, as_version=4).cells for o in c.get("outputs", [])]


@pytest.mark.long
@pytest.mark.xdist_group("editions")
@every_notebook
def test_it_runs_under_the_stock_papermill_command_with_another_last_year(path, tmp_path):
    outputs = under_papermill(path, tmp_path / "out.ipynb", "-p", "last_year", "2023")
    shown = [o["data"][MIME] for o in outputs if MIME in o.get("data", {})]
    assert shown
    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    if path.stem == "spending":
        level = next(s["csv"] for s in shown if (s["kind"], s["id"]) == ("figure", "level"))
        assert max(line.split(",")[1] for line in level.splitlines()[1:]) == "2023"
