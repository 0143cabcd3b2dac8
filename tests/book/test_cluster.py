"""The same notebooks on a cluster of processes: the same bytes, also where a worker is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager

import desk as desks
import psutil
import pytest

from balkandefence.book import cluster, unchanged

pytest.importorskip("distributed")
pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]

#: Notes its worker in a file of the test's, waits to be killed the first time, then goes on.
WAITING = """import os, pathlib, time
noted = pathlib.Path({at!r})
first = not noted.exists()
worker = os.getppid()
noted.open("a").write(f"{{os.getpid()}}\\n")
while first:
    time.sleep(0.05)"""


@contextmanager
def scheduler(root, *, workers_root=None, count=1):
    """Run a scheduler and workers as processes of their own, as on other machines."""
    environment = {**os.environ, **desks.Desk(workers_root or root).environment()}
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=root,
        )  # fmt: skip
        started.append(process)
        return process

    address = root / "scheduler.json"
    local = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        stack.callback(lambda: [process.wait() for process in started])
        stack.callback(lambda: [process.kill() for process in started])
        start("dask_scheduler", *local, "--port", "0", "--scheduler-file", str(address))
        desks.wait_for(address.is_file, "the scheduler")
        desks.wait_for(lambda: address.read_text(), "its address")
        for _ in range(count):
            start("dask_worker", "--scheduler-file", str(address), *local,
                  "--no-nanny", "--nthreads", "1")  # fmt: skip
        yield json.loads(address.read_text())["address"], started[1:]


def test_a_local_cluster_gives_the_bytes_of_a_build_by_itself_and_leaves_no_process(desk):
    before = desks.contents(desk.book)
    processes = {process.pid for process in psutil.Process().children(recursive=True)}
    ran = desk.run("build", "--force", "--cluster", "local:2")
    assert ran.code == 0, ran.err
    assert "tanks: running" in ran.err
    assert "1 notebooks run" in ran.out
    assert desks.contents(desk.book) == before
    left = [p for p in psutil.Process().children(recursive=True) if p.pid not in processes]
    # Python's own watch over what spawned processes share; it ends with this one
    assert [p.cmdline() for p in left if "resource_tracker" not in " ".join(p.cmdline())] == []
    assert desk.leftovers == []


def test_a_run_on_the_cluster_is_kept_for_the_next_build(desk):
    assert desk.run("build", "--force", "--cluster", "local:1").code == 0
    desk.write("chapters/index.md", "# Another title\n\n<!-- pdf -->\n")
    assert "0 notebooks run, 1 reused" in desk.run("build").out


def test_a_worker_that_is_killed_midway_costs_nothing_but_time(desk):
    noted = desk.root / "noted.txt"
    waiting = desks.code("waiting", WAITING.format(at=str(noted)))
    desk.write_notebook("slow", desks.chapter(waiting, desks.TOTAL, title="Slow"))
    desk.list_pages("tanks", "slow")
    with scheduler(desk.root, count=2) as (address, workers):

        def kill():
            desks.wait_for(noted.is_file, "the notebook that waits")
            desks.wait_for(lambda: noted.read_text().strip(), "its process")
            kernel = psutil.Process(int(noted.read_text()))
            above = {process.pid for process in kernel.parents()}
            (holder,) = [worker for worker in workers if worker.pid in above]
            os.kill(holder.pid, signal.SIGKILL)

        killing = threading.Thread(target=kill)
        killing.start()
        ran = desk.run("build", "--cluster", address)
        killing.join()
    assert ran.code == 0, ran.err
    assert sum(worker.returncode == -signal.SIGKILL for worker in workers) >= 1
    assert len(noted.read_text().split()) == 2
    made = desks.contents(desk.book)
    assert desk.run("build", "--force").code == 0
    assert desks.contents(desk.book) == made


def test_a_worker_with_other_code_data_or_parameters_is_refused_before_anything_runs(
    desk, stands, tmp_path
):
    other = tmp_path / "other"
    shutil.copytree(desk.root, other)
    desks.Desk(other).write("data/parades.csv", "year,tanks_count,known_from,source\n")
    (other / "chapters" / "methods.md").unlink()
    with scheduler(desk.root, workers_root=other) as (address, _):
        ran = desk.run("build", "--force", "--cluster", address)
    assert ran.code == 1
    assert "does not hold what this build holds" in ran.err
    assert "file data/parades.csv differs" in ran.err
    assert "file chapters/methods.md is missing" in ran.err
    assert "running" not in ran.err
    (desk.root / "scheduler.json").unlink(missing_ok=True)
    stands()


def test_a_notebook_that_fails_on_a_worker_is_told_as_one_that_fails_here(desk, stands):
    raising = desks.code("ratio", "tanks = 3\nratio = tanks / 0")
    desk.write_notebook("tanks", desks.chapter(raising))
    ran = desk.run("build", "--cluster", "local:1")
    assert ran.code == 1
    assert "tanks: cell 'ratio' failed (chapters/tanks.ipynb, line 2)" in ran.err
    assert "ZeroDivisionError: division by zero" in ran.err
    stands()


@pytest.mark.parametrize("named", ["everywhere", "local:0", "local:many", "http://127.0.0.1:1"])
def test_what_is_no_cluster_is_refused(desk, stands, named):
    ran = desk.run("build", "--force", "--cluster", named)
    assert ran.code == 1
    assert f"--cluster {named!r}: name a Dask scheduler, such as tcp://" in ran.err
    stands()


def test_a_scheduler_that_does_not_answer_is_refused(desk, stands, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 0.5)
    ran = desk.run("build", "--force", "--cluster", "tcp://127.0.0.1:9")
    assert ran.code == 1
    assert "no scheduler with a worker answers there" in ran.err
    stands()


def test_without_the_extra_the_build_says_how_to_get_it(desk, stands, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = desk.run("build", "--force", "--cluster", "local")
    assert ran.code == 1
    assert "--cluster needs Dask: " in ran.err
    stands()


def test_what_differs_is_named():
    here = {"file a": "1", "file b": "1", "package pandas": "3.1.1", "Python": "3.11.7"}
    there = {"file a": "2", "package pandas": "3.1.0", "Python": "3.11.7", "package extra": "1"}
    assert cluster.differing(here, there) == [
        "file a differs",
        "file b is missing",
        "package extra is not here",
        "package pandas is 3.1.0, here 3.1.1",
    ]


def test_what_is_held_names_each_file_and_package(bare_desk):
    held = cluster.held()
    assert {"file data/parades.csv", "package pandas", "Python"} <= held.keys()
    before = unchanged.digest()
    bare_desk.write("data/parades.csv", "")
    assert held["file data/parades.csv"] != cluster.held()["file data/parades.csv"]
    assert unchanged.digest() != before
