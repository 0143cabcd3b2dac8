"""Notebooks run by papermill over local sockets; runs are kept, and no damaged one is used."""

import json
import os
import queue
from pathlib import Path

import desk as desks
import nbformat
import pytest

from balkandefence import editions
from balkandefence.book import execute, plan
from balkandefence.book.execute import Event, Job, Store, cleaned

pytestmark = pytest.mark.xdist_group("desk")

TALKING = """from ipykernel.connect import get_connection_info
print(get_connection_info())"""


def run_all(desk, **more):
    """Run the desk's notebooks in worker processes; return what was made, and the events."""
    events = []
    settings = {"count": 2, "folder": desk.root / "_build" / "raw", "fresh": False} | more
    store = Store(desk.root / "_build" / "runs")
    jobs = plan.jobs(editions.load())
    done, failures = execute.execute(jobs, store=store, report=events.append, **settings)
    return done, failures, events


@pytest.fixture
def job(tmp_path):
    return Job("tanks", tmp_path / "tanks.ipynb", {}, "a" * 64)


@pytest.fixture
def notebook():
    return nbformat.v4.new_notebook(cells=[desks.text("opening", "# Tanks")])


def test_a_kernel_talks_over_sockets_in_a_folder_that_is_gone_afterwards(bare_desk, monkeypatch):
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("talking", TALKING)))
    (job,) = plan.jobs(editions.load())
    told = queue.Queue()
    monkeypatch.setattr(execute, "_events", told, raising=False)
    output = bare_desk.root / "out.ipynb"
    execute.run_one(job, str(output))
    made = nbformat.read(output, as_version=4)
    told_of = json.loads(made.cells[-1].outputs[0].text)
    assert told_of["transport"] == "ipc"
    assert told_of["ip"].startswith(f"/tmp/bd-{os.getpid()}-")
    events = [told.get_nowait() for _ in range(told.qsize())]
    assert events[-1] == Event("tanks", 5, 5)
    assert not any(Path("/tmp").glob(f"bd-{os.getpid()}-*"))


def test_a_notebook_gets_the_editions_values_and_not_its_own_defaults(bare_desk):
    shown = desks.code("shown", "print(first_year, countries, highlight)")
    bare_desk.write_notebook("tanks", desks.chapter(shown))
    changes = {"first_year": 2014, "countries": ["XKX", "ALB"], "highlight": "ALB"}
    (job,) = plan.jobs(editions.load(changes=changes))
    store = Store(bare_desk.root / "runs")
    done, failures = execute.execute(
        [job], count=1, folder=bare_desk.root / "raw", store=store, fresh=True, report=print
    )
    assert failures == []
    assert done["tanks"].cells[-1].outputs[0].text == "2014 ['XKX', 'ALB'] ALB\n"


def test_one_report_of_progress_comes_for_each_cell_and_one_for_a_kept_run(bare_desk):
    _, _, events = run_all(bare_desk)
    assert [event.done for event in events] == list(range(1, events[0].total + 1))
    assert not any(event.reused for event in events)
    _, _, events = run_all(bare_desk)
    assert [(event.page, event.reused) for event in events] == [("tanks", True)]


def test_a_worker_that_is_killed_fails_its_notebook_and_stops_nothing_else(bare_desk):
    killing = "import os\nos.kill(os.getppid(), 9)"
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("killing", killing)))
    done, failures, _ = run_all(bare_desk, count=1)
    assert done == {}
    assert [(f.page, f.error) for f in failures] == [
        ("tanks", "the worker process was killed from outside")
    ]


def test_an_error_that_a_cell_may_raise_is_an_error_all_the_same(bare_desk):
    cell = desks.code("allowed", "1 / 0", tags=("raises-exception",))
    bare_desk.write_notebook("tanks", desks.chapter(cell))
    done, failures, _ = run_all(bare_desk)
    assert done == {}
    assert [(f.cell, f.error) for f in failures] == [
        ("allowed", "ZeroDivisionError: division by zero")
    ]
    assert not list((bare_desk.root / "_build").glob("runs/*"))


def test_an_executed_notebook_keeps_no_time_version_or_random_id(notebook):
    injected = desks.code("f00ba4", "first_year = 2006", tags=("injected-parameters",))
    injected.metadata["papermill"] = {"duration": 1.5}
    injected.metadata["execution"] = {"iopub.status.busy": "2026-11-21T10:00:00Z"}
    notebook.cells.append(injected)
    notebook.metadata = {"papermill": {"start_time": "now"}, "language_info": {"version": "3.11.7"}}
    made = cleaned(notebook)
    assert list(made.metadata) == ["kernelspec"]
    assert made.cells[1].id == "injected-parameters"
    assert made.cells[1].metadata == {"tags": ["injected-parameters"]}
    assert notebook.cells[1].id == "f00ba4"


def test_a_kept_run_comes_back_as_it_was(job, notebook, tmp_path):
    store = Store(tmp_path / "runs")
    store.put(job, notebook)
    assert store.get(job) == notebook


def test_a_run_of_other_inputs_is_not_taken(job, notebook, tmp_path):
    store = Store(tmp_path / "runs")
    store.put(job, notebook)
    assert store.get(Job("tanks", job.notebook, {}, "a" * 63 + "b")) is None
    assert store.get(Job("tanks", job.notebook, {}, "b" * 64)) is None
    assert store.get(Job("guns", job.notebook, {}, job.key)) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("# Tanks", "# Ranks"),
        lambda text: text.replace("sha256", "sha"),
        lambda text: "",
        lambda text: "[]",
        lambda text: "\udcff",
    ],
    ids=["cut", "altered", "without hash", "empty", "another form", "not text"],
)
def test_a_damaged_run_is_never_used(job, notebook, tmp_path, damage):
    store = Store(tmp_path / "runs")
    store.put(job, notebook)
    (kept,) = (tmp_path / "runs").iterdir()
    text = damage(kept.read_text(encoding="utf-8"))
    kept.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    assert store.get(job) is None


def test_the_store_keeps_the_last_runs_of_each_page_and_forgets_older_ones(notebook, tmp_path):
    store = Store(tmp_path / "runs")
    jobs = [Job("tanks", tmp_path / "tanks.ipynb", {}, digit * 64) for digit in "123456"]
    other = Job("guns", tmp_path / "guns.ipynb", {}, "0" * 64)
    store.put(other, notebook)
    for age, job in enumerate(jobs):
        store.put(job, notebook)
        os.utime(store._file(job), (age, age))
    assert [job.key[0] for job in jobs if store.get(job)] == list("3456")
    assert store.get(other)
