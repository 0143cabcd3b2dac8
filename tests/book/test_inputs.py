"""A run is made anew exactly when something that it used has changed, and it is told what."""

import json
import os
import shutil
import time
from dataclasses import dataclass

import desk as desks
import nbformat
import pytest

from balkandefence import editions
from balkandefence.book import execute, inputs, plan
from balkandefence.book.store import Store

pytestmark = pytest.mark.xdist_group("inputs")

_HELPER = '"""A module beside the chapters."""\n\nWIDTH = 3\n'
_READING = """import helper
from balkandefence import sources

title = sources.load()["natural-earth"].title
note = open("../notes.txt").read()
listed = edition.load("countries")
shows = edition.load("shows", where={"town": "Bar"})
print(title, note, helper.WIDTH, rows.index.tolist())"""
#: Of these the chapter reads the rows of one town.
_SHOWS = """town,year,tanks_count,known_from,source
Bar,2022,1,2022-05-09,natural-earth
Vlora,2022,2,2022-05-09,natural-earth
Bar,2023,3,2023-05-09,natural-earth
Vlora,2023,4,2023-05-09,natural-earth
"""
_TOWN = "    - {name: town, type: string, title: Town, description: Where it was.}\n"
#: Before the last parade was known.
_DAY = "2024-05-01"
_CHOSEN = {"as_of": _DAY, "last_year": 2023}


def _prepare(desk):
    desk.write("helper.py", _HELPER)
    desk.write("stranger.py", _HELPER)
    desk.write("notes.txt", "Seen by the chapter.\n")
    desk.write("remarks.txt", "Seen by nobody.\n")
    for suffix in ("csv", "yml"):
        text = (desk.root / f"data/parades.{suffix}").read_text(encoding="utf-8")
        desk.write(f"data/drills.{suffix}", text.replace("name: parades", "name: drills"))
    named = text.replace("name: parades", "name: shows").replace("[year]", "[town, year]")
    desk.write("data/shows.yml", named.replace("  fields:\n", f"  fields:\n{_TOWN}"))
    desk.write("data/shows.csv", _SHOWS)
    desk.write_notebook("tanks", [*desks.tanks(), desks.code("reading", _READING)])


@dataclass
class Kept:
    """A desk with one kept run, and the question whether it may still be used."""

    desk: desks.Desk

    def planned(self, **changes):
        (job,) = plan.jobs(editions.load(changes=_CHOSEN | changes))
        store = Store(self.desk.root / "_build" / "runs")
        now = inputs.Now()
        return execute._planned(execute._written(job, now), store, now, fresh=False)

    def why(self, **changes):
        """Return what must be told of why the notebook runs; nothing where its run is used."""
        found = self.planned(**changes).found
        assert (found.notebook is None) is bool(found.reasons)
        return list(found.reasons)

    def change(self, file, *pairs):
        text = (self.desk.root / file).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        self.desk.write(file, text)

    def change_notebook(self, change):
        path = self.desk.root / "chapters" / "tanks.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change({cell.id: cell for cell in notebook.cells}, notebook)
        nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def ran_once(warm, tmp_path_factory):
    """A desk on which the one notebook ran, in one kernel for all tests of this module."""
    desk = desks.lay_out(tmp_path_factory.mktemp("once") / "desk")
    _prepare(desk)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in desk.environment().items():
            patch.setenv(name, value)
        jobs = plan.jobs(editions.load(changes=_CHOSEN))
        store = Store(desk.root / "_build" / "runs")
        done, failures = execute.execute(
            jobs, count=1, folder=desk.root / "_build" / "raw", store=store, fresh=False,
            report=lambda event: None,
        )  # fmt: skip
    assert failures == []
    assert done["tanks"].cells[-1].outputs[0].text.endswith("3 [2, 3]\n")
    return desk


@pytest.fixture
def kept(ran_once, tmp_path, monkeypatch):
    shutil.copytree(ran_once.root, tmp_path / "desk")
    desk = desks.Desk(tmp_path / "desk")
    for name, value in desk.environment().items():
        monkeypatch.setenv(name, value)
    made = Kept(desk)
    assert made.why() == []
    return made


def test_a_run_of_which_nothing_changed_is_used_as_it_was(kept):
    notebook = kept.planned().found.notebook
    assert [cell.id for cell in notebook.cells][:3] == [
        "opening", "parameters", "injected-parameters",
    ]  # fmt: skip
    assert notebook.cells[-1].outputs[0].text.endswith("3 [2, 3]\n")


def test_new_prose_runs_nothing_and_stands_in_the_notebook(kept):
    def change(cells, _):
        cells["prose"].source = "## Parades\n\nOther words."

    kept.change_notebook(change)
    assert kept.why() == []
    notebook = kept.planned().found.notebook
    assert "Other words." in next(c for c in notebook.cells if c.id == "prose").source


def test_what_a_cell_says_of_its_look_runs_nothing_and_is_taken_over(kept):
    def change(cells, _):
        cells["chart"].metadata["note"] = "wide"

    kept.change_notebook(change)
    assert kept.why() == []
    notebook = kept.planned().found.notebook
    (chart,) = [c for c in notebook.cells if c.id == "chart"]
    assert chart.metadata["note"] == "wide"
    assert chart.outputs


def test_prose_may_come_go_and_move(kept):
    def change(cells, notebook):
        notebook.cells.remove(cells["prose"])
        notebook.cells.append(desks.text("last", "The end."))

    kept.change_notebook(change)
    assert kept.why() == []
    ids = [cell.id for cell in kept.planned().found.notebook.cells]
    assert ids[-1] == "last"
    assert "prose" not in ids


def _edit_code(cells, _):
    cells["total"].source += "\n"


def _tag(cells, _):
    cells["total"].metadata["tags"] = ["raises-exception"]


def _add_code(_, notebook):
    notebook.cells.append(desks.code("more", "1"))


def _drop_code(cells, notebook):
    notebook.cells.remove(cells["listing"])


def _swap_code(cells, notebook):
    at = notebook.cells.index(cells["listing"])
    notebook.cells.insert(at - 1, notebook.cells.pop(at))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_edit_code, "code of cell 'total'"),
        (_tag, "code of cell 'total'"),
        (_add_code, "code of cell 'more'"),
        (_drop_code, "code of cell 'listing'"),
        (_swap_code, "the order of the code cells"),
    ],
)
def test_other_code_runs_the_notebook(kept, change, told):
    kept.change_notebook(change)
    assert kept.why() == [told]


def test_another_parameter_runs_the_notebook(kept):
    assert kept.why(first_year=2014) == ["parameter first_year: 2006 before, 2014 now"]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("helper.py", "3", "4", "file helper.py"),
        ("notes.txt", "Seen", "Read", "file notes.txt"),
        ("data/parades.csv", "2023,7,", "2023,8,", f"rows of parades as known on {_DAY}"),
        ("data/parades.csv", "2022,12,", "2021,12,", f"rows of parades as known on {_DAY}"),
        ("data/parades.yml", "Parade watchers", "Others", "file data/parades.yml"),
        ("data/countries.yml", "title: ", "title: New ", "file data/countries.yml"),
        ("requirements.txt", "papermill", "papermiller", "locked packages"),
    ],
)
def test_what_the_run_read_runs_the_notebook_when_it_changes(kept, file, old, new, told):
    kept.change(file, (old, new))
    assert told in kept.why()


def test_a_source_that_the_run_named_runs_it_when_it_changes(kept):
    text = (kept.desk.root / "references.bib").read_text(encoding="utf-8")
    entry = text[text.index("{natural-earth,") :]
    title = entry[entry.index("title") :].split("\n")[0]
    kept.change("references.bib", (title, title.replace("{", "{New ", 1)))
    assert kept.why() == ["source natural-earth"]


def test_a_file_that_is_gone_runs_the_notebook(kept):
    (kept.desk.root / "notes.txt").unlink()
    assert kept.why() == ["file notes.txt"]


def test_a_row_that_is_no_longer_readable_runs_the_notebook(kept):
    kept.change("data/parades.csv", ("2023,7,", "2023,seven,"))
    assert kept.why() == [f"rows of parades as known on {_DAY}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bar,2023,3,", "Bar,2023,5,"),
        ("Vlora,2022,", "Bar,2021,"),
        ("Bar,2022,1,2022-05-09,natural-earth\n", ""),
        ("Vlora,2022,2,2022-05-09,natural-earth\n", ""),  # the lines of others are moved
    ],
)
def test_of_rows_chosen_by_a_value_those_run_the_notebook_and_their_lines(kept, old, new):
    kept.change("data/shows.csv", (old, new))
    assert kept.why() == [f"rows of shows with town Bar as known on {_DAY}"]


def test_of_rows_chosen_by_a_value_no_other_runs_the_notebook(kept):
    more = "Vlora,2023,4,2023-05-09,natural-earth\n"
    kept.change(
        "data/shows.csv",
        ("Vlora,2022,2,", "Vlora,2022,6,"),
        (more, more + "Vlora,2021,1,2021-05-09,natural-earth\n"),
    )
    assert kept.why() == []


def test_a_row_that_became_known_after_the_day_runs_nothing(kept):
    kept.change("data/parades.csv", ("2024,30,", "2024,31,"))
    assert kept.why() == []


def test_a_later_row_above_the_others_runs_nothing_though_it_shifts_their_lines(kept):
    header = "year,tanks_count,known_from,source\n"
    later = "2025,40,2025-05-09,natural-earth\n"
    kept.change("data/parades.csv", (header, header + later))
    assert kept.why() == []


@pytest.mark.parametrize("file", ["stranger.py", "remarks.txt", "data/drills.csv",
                                  "data/drills.yml", "chapters/index.md", "_config.yml",
                                  "_toc.yml"])  # fmt: skip
def test_what_the_run_did_not_read_runs_nothing(kept, file):
    text = (kept.desk.root / file).read_text(encoding="utf-8")
    kept.desk.write(file, text + ("# more\n" if file != "data/drills.csv" else ""))
    if file == "data/drills.csv":
        kept.change(file, ("2023,7,", "2023,8,"))
    assert kept.why() == []


def test_a_new_source_runs_nothing(kept):
    text = (kept.desk.root / "references.bib").read_text(encoding="utf-8")
    kept.desk.write("references.bib", text + "\n@misc{other-2026, title = {Another}}\n")
    assert kept.why() == []


def test_a_new_edition_of_other_values_runs_nothing(kept):
    path = kept.desk.root / "editions" / "2026.11.0.yml"
    text = path.read_text(encoding="utf-8")
    kept.desk.write("editions/2026.12.0.yml", text.replace("2006", "2010"))
    assert "2006" in text
    assert kept.why() == []


def test_a_new_edition_of_the_same_values_runs_the_notebook_as_it_names_the_edition(kept):
    path = kept.desk.root / "editions" / "2026.11.0.yml"
    text = path.read_text(encoding="utf-8")
    kept.desk.write(
        "editions/2024.5.0.yml",
        text.replace("2026-11-21", _DAY).replace("last_year: 2025", "last_year: 2023"),
    )
    assert kept.why() == ["what the edition is called"]


def test_all_that_changed_is_told(kept):
    kept.change_notebook(_edit_code)
    kept.change("notes.txt", ("Seen", "Read"))
    assert kept.why(first_year=2014) == [
        "code of cell 'total'", "parameter first_year: 2006 before, 2014 now", "file notes.txt",
    ]  # fmt: skip


def test_a_module_of_the_package_counts_where_the_run_imported_it(kept, monkeypatch):
    def head():
        (path,) = (kept.desk.root / "_build" / "runs").glob("*.json")
        return json.loads(path.read_text(encoding="utf-8"))["head"]["inputs"]

    modules = head()["modules"]
    assert {"balkandefence/publishing.py", "balkandefence/style.py"} <= modules.keys()
    assert "balkandefence/book/compile.py" not in modules
    now = inputs.Now()
    before = inputs.Inputs(**head())
    fixed = kept.planned().fixed
    hashed = now.module
    now.module = lambda name: "other" if name.endswith("/style.py") else hashed(name)
    assert inputs.reasons(before, fixed, now) == ["module balkandefence/style.py"]
    now.module = lambda name: "other" if name.endswith("/compile.py") else hashed(name)
    assert inputs.reasons(before, fixed, now) == []
    assert inputs.Now().module("balkandefence/never.py") == "gone"


def test_of_a_folder_its_names_count(kept):
    now = inputs.Now()
    assert now.read('["file", "chapters"]') != inputs._GONE
    kept.desk.write("chapters/more.md", "# More\n")
    assert inputs.Now().read('["file", "chapters"]') != now.read('["file", "chapters"]')


@pytest.mark.parametrize(
    ("file", "reads"),
    [
        ("data/parades.csv", '["table", "parades", "2026-11-21"]'),
        ("references.bib", '["table", "parades", "2026-11-21"]'),
        ("references.bib", '["source", "natural-earth"]'),
        ("editions/2026.11.0.yml", '["edition", "{}"]'),
        ("notes.txt", '["file", "notes.txt"]'),
        ("requirements.txt", None),
    ],
)
def test_it_is_seen_that_a_file_behind_the_inputs_changed_while_the_notebook_ran(kept, file, reads):
    made_of = inputs.Inputs(
        {}, {}, {}, {"balkandefence/paths.py": ""}, {reads: ""} if reads else {}
    )
    time.sleep(0.1)
    moment = time.time()
    assert not inputs.Now().changed_since(made_of, moment)
    os.utime(kept.desk.root / file, (1, 1))
    assert inputs.Now().changed_since(made_of, moment)
