"""Whenever a build is stopped or killed, the last good book is exactly as it was.

No process stays behind, and the next build succeeds and clears what was left.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

import desk as desks
import psutil
import pytest

from balkandefence.book import build as builds
from balkandefence.book import leftovers

pytestmark = [pytest.mark.xdist_group("interruptions"), pytest.mark.long]

NAP = """import time
from pathlib import Path

napped = Path("../naps")
naps = len(napped.read_text()) if napped.exists() else 0
if naps < 3:
    napped.write_text("z" * (naps + 1))
    Path("../napping").touch()
    time.sleep(600)"""


def to_group(process, number):
    """Signal as a terminal does on Ctrl-C: the build and all its children."""
    os.killpg(process.pid, number)


def to_build(process, number):
    """Signal as `kill` does: the build alone."""
    os.kill(process.pid, number)


#: How to stop a build, by which signal, and how it then ends.
WAYS = [
    (to_group, signal.SIGINT, 130),
    (to_build, signal.SIGTERM, 130),
    (to_build, signal.SIGKILL, -signal.SIGKILL),
]


def in_kernel(desk):
    return (desk.root / "napping").exists()


def in_start_of_kernels(desk):
    return any((desk.root / "_build").glob("work-*/runs"))


def in_compile(desk):
    for process in desks.processes_at(desk.root):
        with suppress(psutil.Error):
            if process.cwd() == str(desk.root / "_build" / "pages"):
                return True
    return False


def dead_sockets():
    """Return the socket folders of builds that have ended."""
    found = [p.name.split("-")[1] for p in Path("/tmp").glob("bd-*-*")]
    return [process for process in found if not leftovers.is_running(int(process))]


@pytest.fixture
def napping(desk):
    """A desk whose chapter goes to sleep for as long as the file `nap` is there."""
    desk.write_notebook("tanks", [*desks.tanks(), desks.code("nap", NAP)])
    desk.write("nap", "")
    return desk


def interrupt(desk, there, *arguments):
    """Stop builds in each way when they are there, and hold what must be true afterwards."""
    before = desks.contents(desk.book)
    for send, number, code in WAYS:
        (desk.root / "napping").unlink(missing_ok=True)
        running = desk.start("build", *arguments)
        try:
            desks.wait_for(lambda run=running: there(desk) or run.poll() is not None, str(there))
            assert running.poll() is None, "the build ended before it was interrupted"
            send(running, number)
            assert running.wait(60) == code
        finally:
            if running.poll() is None:
                to_group(running, signal.SIGKILL)
        desks.wait_for(lambda: not desks.processes_at(desk.root), "its processes to end")
        assert desks.contents(desk.book) == before
        assert bool(desk.leftovers) is (number == signal.SIGKILL)
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    assert desk.leftovers == []
    assert dead_sockets() == []


def test_a_build_stopped_while_a_notebook_runs_leaves_the_book_and_no_process(desk):
    desk.write_notebook("tanks", [*desks.tanks(), desks.code("nap", NAP)])
    interrupt(desk, in_kernel)


def test_a_build_stopped_while_kernels_start_leaves_the_book_and_no_process(desk):
    interrupt(desk, in_start_of_kernels, "--force")


def test_a_build_stopped_while_it_compiles_leaves_the_book_and_no_process(desk):
    interrupt(desk, in_compile)


def test_an_interrupted_build_says_that_the_last_book_stands(desk, monkeypatch, stands):
    def press(*arguments, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(builds.compile, "compile_book", press)
    ran = desk.run("build")
    assert (ran.code, ran.out) == (130, "")
    assert "interrupted; the last book stands as it was" in ran.err
    stands()


def test_an_interruption_in_the_middle_of_publishing_leaves_the_old_book(desk, monkeypatch, stands):
    def press(first, second):
        raise KeyboardInterrupt

    monkeypatch.setattr(builds.publish, "_exchange", press)
    desk.write("chapters/index.md", "# A small book\n\nNew text.\n")
    assert desk.run("build").code == 130
    stands()


def test_a_running_build_and_the_callers_signal_handler_are_left_alone(desk):
    mine = desk.root / "_build" / f"work-{os.getppid()}-other"
    mine.mkdir()
    before = signal.getsignal(signal.SIGTERM)
    assert desk.run("build").code == 0
    assert mine.is_dir()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_process_of_another_user_counts_as_running(monkeypatch):
    def refuse(process, number):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert leftovers.is_running(1)
