"""One notebook is run by papermill, in a kernel that nothing outside can talk to."""

import json
import os
from pathlib import Path

import desk as desks
import nbformat
import papermill.execute
import pytest

from balkandefence import editions
from balkandefence.book import plan, running
from balkandefence.book.running import Event, cleaned

pytestmark = [pytest.mark.xdist_group("execute"), pytest.mark.usefixtures("warm")]

TALKING = """import json, psutil
from ipykernel.connect import get_connection_info
ports = [c.laddr.port for c in psutil.Process().net_connections("inet")]
inherited = [c.laddr for c in psutil.Process().net_connections("unix") if "/warm" in c.laddr]
print(json.dumps([json.loads(get_connection_info()), ports, inherited]))"""


def run(desk, report=print):
    """Run the desk's one notebook."""
    (job,) = plan.jobs(editions.load())
    return running.run_one(job, desk.root, report)


def test_a_kernel_talks_over_sockets_in_a_folder_that_is_gone_afterwards(bare_desk):
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("talking", TALKING)))
    before = set(Path("/tmp").glob(f"bd-{os.getpid()}-*"))
    events = []
    ran = run(bare_desk, events.append)
    connection, ports, inherited = json.loads(ran.notebook.cells[-1].outputs[0].text)
    assert connection["transport"] == "ipc"
    assert connection["ip"].startswith(f"/tmp/bd-{os.getpid()}-")
    assert (ports, inherited) == ([], [])
    assert events[-1] == Event("tanks", 5, 5)
    assert set(json.loads(ran.reads.read_text(encoding="utf-8"))) == {"modules", "reads"}
    assert set(Path("/tmp").glob(f"bd-{os.getpid()}-*")) == before


def test_papermill_makes_text_of_no_output_of_a_good_run(bare_desk, monkeypatch):
    written = []
    monkeypatch.setattr(papermill.execute, "write_ipynb", lambda nb, path: written.append(nb))
    ran = run(bare_desk)
    assert any(cell.get("outputs") for cell in ran.notebook.cells)
    assert written
    for notebook in written:
        assert [cell.source for cell in notebook.cells] == [c.source for c in ran.notebook.cells]
        assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.fixture
def notebook():
    return nbformat.v4.new_notebook(cells=[desks.text("opening", "# Tanks")])


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


def test_what_is_cleaned_is_in_alphabetical_order_and_of_its_own(notebook):
    cell = desks.code("level", "code()")
    data = {"b": [{"y": 1, "x": [2]}], "a": "1"}
    cell.outputs = [nbformat.from_dict({"output_type": "display_data", "data": data})]
    notebook.cells.append(cell)
    made = cleaned(notebook)
    assert json.dumps(made.cells[1].outputs[0]["data"]) == '{"a": "1", "b": [{"x": [2], "y": 1}]}'
    made.cells[1].outputs[0]["data"]["b"].clear()
    assert notebook.cells[1].outputs[0]["data"] == data
