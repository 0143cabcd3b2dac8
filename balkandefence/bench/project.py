"""Copies of the project to measure on: as it is, with one thing changed, and of many notebooks."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

import balkandefence
from balkandefence import editions, paths
from balkandefence.bench.measuring import BenchError

#: All of a checkout that a build reads.
_PARTS = ("chapters", "data", "editions", "_config.yml", "_toc.yml", "CITATION.cff",
          "references.bib", "requirements.txt")  # fmt: skip
_LEFT = shutil.ignore_patterns("__pycache__")
#: A row that the README changes too: what one state spent in one year.
_ROW = ("data/military_expenditure.csv", "2554.0135", "2554.5{0:03d}")
#: The last incident of the ledger: the bench adds another like it.
_INCIDENTS, _LAST = "data/incidents.csv", re.compile(r"-(\d+),")
#: What an edit of prose adds.
SENTENCE = "This is said once more."
_CHART = "balkandefence/charts/spending.py"

_MEASURES = '''"""The measure and the chart of the notebooks that are there to be many."""

from balkandefence import style
from balkandefence.provenance import measure, quantity


@measure
def total(spent, first):
    """Return what all states spent since a year."""
    rows = spent[spent["year"] >= first]
    return quantity(float(rows["constant_usd_millions"].sum()), rows)


@measure
def series(spent, first):
    """Return what all states spent by year since a year."""
    rows = spent[spent["year"] >= first]
    return rows.groupby("year", as_index=False)["constant_usd_millions"].sum()


def line(frame, *, title, narrow=False):
    """Draw one line."""
    figure, axes = style.canvas(title, "Million US dollars", narrow=narrow, height=2.5)
    axes.plot(frame["year"], frame["constant_usd_millions"])
    return figure


def describe_line(frame):
    """Say in words what `line` shows."""
    return "Line chart of what these states spent on their forces, one point for each year."
'''
_CELLS = {
    "setup": """import many
from balkandefence import editions, publishing

edition = editions.of_notebook(globals())
publishing.begin(edition)
rows = edition.load("military_expenditure")""",
    "total": """publishing.number(
    "total", many.total(rows, {first}), unit="million US dollars", what="spent in all years")""",
    "chart": """publishing.figure(
    "spent", many.line, many.series(rows, {first}), title="What was spent, part {number}",
    caption="Spending in all, {{num}}`total` together.")""",
}
_PAGES = {
    "index": "# Many notebooks\n\nThey are there to be many.\n",
    "data": "# Data\n\n<!-- catalogue -->\n",
    "numbers": "# Numbers\n\n<!-- numbers -->\n",
    "methods": "# Methods\n\n<!-- methods -->\n",
}


@dataclass(frozen=True)
class Project:
    """A copy of the project in a folder of its own."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which Python uses the copy, with stock kernels and reads."""
        unwanted = (
            "COV", "BALKANDEFENCE", "PYTEST", "SOURCE_DATE_EPOCH", "PYTHONDONTWRITEBYTECODE",
        )  # fmt: skip
        kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
        return kept | {"PYTHONPATH": str(self.root), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}

    def undo(self) -> None:
        """Take back the incidents that were added: there are numbers for nine on a day."""
        own = paths.root() / _INCIDENTS
        if own.is_file():
            shutil.copyfile(own, self.root / _INCIDENTS)

    def forget(self) -> None:
        """Remove all that was generated, as in a fresh checkout."""
        shutil.rmtree(self.root / "_build", ignore_errors=True)
        shutil.rmtree(self.root / "stock", ignore_errors=True)


def copied(to: Path) -> Project:
    """Copy what a build reads to a new folder, the package too."""
    to.mkdir(parents=True)
    package = Path(balkandefence.__file__).parent
    shutil.copytree(package, to / "balkandefence", ignore=_LEFT)
    for name in _PARTS:
        found = paths.root() / name
        if found.is_dir():
            shutil.copytree(found, to / name, ignore=_LEFT)
        elif found.is_file():
            shutil.copyfile(found, to / name)
    for found in paths.root().glob("*.py"):
        shutil.copyfile(found, to / found.name)
    return Project(to)


def _changed(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    after = change(before)
    if after == before:
        raise BenchError(f"{path.name}: the bench finds nothing there that it could change")
    path.write_text(after, encoding="utf-8")


def first_notebook(project: Project) -> Path:
    """Return the notebook whose prose is edited."""
    return sorted((project.root / "chapters").glob("*.ipynb"))[0]


def edit_prose(project: Project, turn: int) -> None:
    """Add a sentence to the first notebook's last text."""
    first = first_notebook(project)
    notebook = nbformat.read(first, as_version=4)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    texts[-1].source += f"\n{SENTENCE}"
    nbformat.write(notebook, first)


def edit_row(project: Project, turn: int) -> None:
    """Change one number of one table, to another one at each turn."""
    file, old, new = _ROW
    path = project.root / file
    own = paths.root() / file
    if not own.is_file():
        raise BenchError(f"{file} is missing, of which the bench changes a row")
    content = own.read_text(encoding="utf-8")
    _changed(path, lambda _: content.replace(old, new.format(turn + 1), 1))


def add_incident(project: Project, turn: int) -> None:
    """Add an incident to the ledger: one like the last, on the same day."""

    def added(text: str) -> str:
        last = text.rstrip("\n").rpartition("\n")[2]
        another = _LAST.sub(lambda number: f"-{int(number[1]) + 1},", last, count=1)
        return f"{text}{another}\n" if another != last else text

    _changed(project.root / _INCIDENTS, added)


def edit_chart(project: Project, turn: int) -> None:
    """Change one module of charts, without any effect."""
    _changed(project.root / _CHART, lambda text: text and f"{text}# changed by the bench\n")


EDITS: Mapping[str, Callable[[Project, int], None]] = {
    "prose": edit_prose,
    "incident": add_incident,
    "row": edit_row,
    "chart": edit_chart,
}


def _notebook(number: int) -> nbformat.NotebookNode:
    """Return one of many notebooks: it loads a table, measures and draws, as chapters do."""
    first = 2006 + number % 15  # the title makes all differ: a cache would run equal ones once
    values = "\n".join(f"{name} = {value!r}" for name, value in editions.defaults().items())
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# Spending\n\nIn all {num}`total`: see {fig}`spent`.", id="opening"),
        new.new_code_cell(values, id="parameters", metadata={"tags": ["parameters"]}),
    ]
    for id, source in _CELLS.items():
        cells.append(new.new_code_cell(source.format(first=first, number=number)))
        cells[-1]["id"] = id
    kernel: dict[str, Any] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def many(to: Path, count: int) -> Project:
    """Make a copy whose book is `count` small notebooks on the project's own data."""
    project = copied(to)
    (to / "many.py").write_text(_MEASURES, encoding="utf-8")
    shutil.rmtree(to / "chapters")
    (to / "chapters").mkdir()
    (to / "data" / "claims.yml").unlink(missing_ok=True)
    shutil.copyfile(paths.chapters() / "digits.yml", to / "chapters" / "digits.yml")
    names = [f"part-{number:03d}" for number in range(count)]
    for number, name in enumerate(names):
        nbformat.write(_notebook(number), to / "chapters" / f"{name}.ipynb")
    for name, text in _PAGES.items():
        (to / "chapters" / f"{name}.md").write_text(text, encoding="utf-8")
    listed = [{"file": f"chapters/{name}"} for name in [*names, "data", "numbers", "methods"]]
    toc = {"format": "jb-book", "root": "chapters/index", "chapters": listed}
    (to / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")
    return project
