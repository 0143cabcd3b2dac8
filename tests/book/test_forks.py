"""Programs start as forks of a warm process where there is one, and end as any other would."""

import os
import signal
import subprocess
import sys
import threading

import desk as desks
import psutil
import pytest

from balkandefence.book import forks
from balkandefence.book import warm as heavy
from balkandefence.book.forks import Kind

pytestmark = pytest.mark.xdist_group("kernels")

KIND = Kind("pages", {"TOLD": "by the kind"})
PROGRAM = """import os, sys, time
print(sys.argv[1:], os.getcwd(), os.environ["TOLD"], os.environ["ASKED"], __name__)
print("sphinx.application" in sys.modules)
print("beside it", file=sys.stderr, flush=True)
if sys.argv[1] == "stay":
    os.fork()
    open(f"{os.getpid()}.pid", "w").close()
    time.sleep(600)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module that says how it was started, in a folder to start it in; runs it."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")

    def run(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "ASKED": "by the caller"}
        return forks.run(KIND, "program", list(arguments), environment, tmp_path)

    return run


@pytest.fixture
def warm():
    with forks.warmed(KIND):
        assert forks.wait_until_warm(KIND)
        yield


@pytest.mark.parametrize("kind", list(heavy._HEAVY))
def test_all_that_is_to_be_imported_early_can_be(kind):
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    subprocess.run([sys.executable, "-P", "-c", code, *heavy._names(kind)], check=True)


def test_a_fork_and_a_process_of_its_own_are_told_the_same_and_say_the_same(program, tmp_path):
    assert not forks.wait_until_warm(KIND)
    alone = program("3", "more")
    with forks.warmed(KIND):
        forked = program("3", "more")
    for code, said in (alone, forked):
        assert code == 3
        assert f"['3', 'more'] {tmp_path} by the kind by the caller __main__" in said
        assert "beside it" in said
    assert "False" in alone[1]
    assert "True" in forked[1], "what is imported early is there"


def test_a_program_that_ends_well_and_one_that_breaks_are_told_apart(program, warm, tmp_path):
    assert program("0")[0] == 0
    (tmp_path / "program.py").write_text("raise ValueError('broken')", encoding="utf-8")
    code, said = program()
    assert code == 1
    assert "ValueError: broken" in said


def test_each_fork_imports_its_module_anew(program, warm, tmp_path):
    assert program("0")[0] == 0
    (tmp_path / "program.py").write_text("import sys; sys.exit(7)", encoding="utf-8")
    assert program()[0] == 7


def test_where_the_warm_process_is_gone_a_program_runs_by_itself(program, warm):
    (process,) = forks.processes.values()
    process.kill()
    process.wait()
    code, said = program("0")
    assert (code, "False" in said) == (0, True)


def running(folder):
    return [int(path.stem) for path in folder.glob("*.pid")]


def gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_who_stops_waiting_ends_the_program_and_what_it_forked(
    program, warm, tmp_path, monkeypatch
):
    """As an interruption does, which comes while the build waits for the program's end."""

    def stop(self):
        desks.wait_for(lambda: len(running(tmp_path)) == 2, "the program to fork")
        raise KeyboardInterrupt

    monkeypatch.setattr(forks.Forked, "wait", stop)
    with pytest.raises(KeyboardInterrupt):
        program("stay")
    desks.wait_for(lambda: all(map(gone, running(tmp_path))), "both to end")


def test_with_the_warm_process_its_programs_end(program, tmp_path):
    codes = []
    with forks.warmed(KIND):
        forks.wait_until_warm(KIND)
        waiting = threading.Thread(target=lambda: codes.append(program("stay")[0]))
        waiting.start()
        desks.wait_for(lambda: len(running(tmp_path)) == 2, "the program to fork")
    waiting.join()
    assert codes == [-9]
    desks.wait_for(lambda: all(map(gone, running(tmp_path))), "both to end")


def test_a_warm_process_that_still_imports_is_not_waited_for():
    with forks.warmed(KIND):
        ((address, process),) = forks.processes.items()
        assert not os.path.exists(address)
    assert process.returncode == -signal.SIGKILL
    assert not os.path.exists(os.path.dirname(address))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_where_a_fork_is_not_safe_a_program_runs_by_itself(program, monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    with forks.warmed(KIND):
        assert forks.processes == {}
        assert program("0")[0] == 0
