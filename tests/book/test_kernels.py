"""Kernels are forks of a warm process where there is one, else plain; none outlives a build."""

import asyncio
import os
import queue
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import desk as desks
import nbformat
import psutil
import pytest

from balkandefence import editions
from balkandefence.book import execute, forks, kernels, plan, warming
from balkandefence.book.store import Store

pytestmark = [pytest.mark.xdist_group("kernels"), pytest.mark.long]

#: What a page shows without being published, and what tells how its kernel was started.
SHOWING = """import matplotlib.pyplot as plt
plt.plot([1, 2]);"""
PARENT = """import os, psutil
print("warm.py" in " ".join(psutil.Process(os.getppid()).cmdline()))"""

#: A build in the middle of a run: a warm process and a kernel that does nothing.
BUILD = """import asyncio, sys, time
from balkandefence.book import forks, kernels, warming
with warming.warmed():
    warming.wait_until_warm()
    manager = kernels.LocalKernelManager(kernel_name="python3")
    asyncio.run(manager.start_kernel())
    (process,) = forks.processes.values()
    print(process.pid, manager.provisioner.process.pid, flush=True)
    time.sleep(600)"""


def run(desk, raw="raw"):
    """Run the desk's notebooks afresh; return them."""
    done, failures = execute.execute(
        plan.jobs(editions.load()), count=2, folder=desk.root / "_build" / raw,
        store=Store(desk.root / "_build" / raw / "runs"), fresh=True, report=lambda event: None,
    )  # fmt: skip
    assert failures == []
    return done


def was_forked(desk):
    """Return whether a kernel that is started now is a fork of a warm process."""
    desk.write_notebook("tanks", desks.chapter(desks.code("parent", PARENT)))
    return run(desk)["tanks"].cells[-1].outputs[0].text == "True\n"


def is_gone(process):
    return not psutil.pid_exists(process) or (
        psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    )


def socket_folders(process):
    return sorted(forks.short_folder().glob(f"{forks.SOCKETS}{process}-*"))


@pytest.fixture
def running(bare_desk):
    """A process that holds a warm one and a kernel; the ids of all three."""
    build = subprocess.Popen([sys.executable, "-c", BUILD], stdout=subprocess.PIPE, text=True)
    warm, kernel = map(int, build.stdout.readline().split())
    try:
        assert not is_gone(warm)
        assert not is_gone(kernel)
        yield build, warm, kernel
    finally:
        build.kill()
        build.wait()
        build.stdout.close()


def test_warm_and_plain_kernels_give_equal_notebooks(bare_desk, monkeypatch):
    showing = [
        desks.code("showing", SHOWING),
        desks.code("chained", "import seaborn\nplt.plot(1);"),
    ]
    bare_desk.write_notebook("tanks", [*desks.tanks(), *showing])
    with warming.warmed():
        assert len(forks.processes) == 1
        warm = run(bare_desk, "warm")
    monkeypatch.setenv("BALKANDEFENCE_WARM", "no")
    with warming.warmed():
        assert forks.processes == {}
        plain = run(bare_desk, "plain")
    assert nbformat.writes(warm["tanks"]) == nbformat.writes(plain["tanks"])
    kinds = [list(output.data) for output in plain["tanks"].cells[-1].outputs]
    assert ["text/plain", "image/png"] in [sorted(kind, reverse=True) for kind in kinds]


def test_a_kernel_is_a_fork_where_there_is_a_warm_process_and_plain_elsewhere(bare_desk):
    there = socket_folders(os.getpid())
    assert not was_forked(bare_desk)
    with warming.warmed():
        assert was_forked(bare_desk)
        with warming.warmed():
            assert len(forks.processes) == 1
    assert warming.KIND.address not in os.environ
    assert socket_folders(os.getpid()) == there


def test_a_plain_kernel_opens_no_port_either(bare_desk):
    ports = 'import psutil\nprint(psutil.Process().net_connections("inet"))'
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("ports", ports)))
    assert run(bare_desk)["tanks"].cells[-1].outputs[0].text == "[]\n"


def test_where_the_warm_process_is_gone_kernels_start_plain(bare_desk):
    with warming.warmed():
        warming.wait_until_warm()
        (process,) = forks.processes.values()
        process.kill()
        process.wait()
        assert not was_forked(bare_desk)


def test_a_warm_process_that_cannot_start_is_not_waited_for(bare_desk, monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.setattr(forks.warm, "__file__", str(broken))
    with warming.warmed():
        (process,) = forks.processes.values()
        warming.wait_until_warm()
        assert process.wait() == 3


def test_a_stale_address_is_not_waited_for(bare_desk, monkeypatch):
    monkeypatch.setenv(warming.KIND.address, str(bare_desk.root / "nowhere"))
    assert not was_forked(bare_desk)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_there_is_no_warm_process_where_a_fork_is_not_safe(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    with warming.warmed():
        assert forks.processes == {}


def test_when_a_build_is_killed_its_warm_process_and_kernels_end_and_the_next_clears(running):
    build, warm, kernel = running
    assert socket_folders(build.pid) != []  # asked while it lives: whoever builds next clears them
    build.kill()
    build.wait()
    desks.wait_for(lambda: is_gone(warm) and is_gone(kernel), "the kernel to end")
    forks.sweep()
    assert socket_folders(build.pid) == []


def test_when_a_warm_process_is_killed_its_kernels_end_by_themselves(running):
    _, warm, kernel = running
    os.kill(warm, signal.SIGKILL)
    desks.wait_for(lambda: is_gone(kernel), "the kernel to end")


def test_the_next_build_clears_the_sockets_also_where_nothing_runs(monkeypatch):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = Path(tempfile.mkdtemp(prefix=f"{forks.SOCKETS}{ended.pid}-", dir="/tmp"))
    monkeypatch.setenv("BALKANDEFENCE_WARM", "no")
    with warming.warmed():
        assert not left.exists()


@pytest.mark.parametrize("address", [None, "/tmp/bd-0-nobody/warm"])
def test_stock_papermill_works_with_our_provisioner_and_no_warm_process(
    bare_desk, monkeypatch, address
):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "balkandefence-warm")
    if address:
        monkeypatch.setenv(warming.KIND.address, address)
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("sum", "print(first_year + 1)")))
    ran = subprocess.run(
        [sys.executable, "-m", "papermill", "chapters/tanks.ipynb", "out.ipynb", "-k", "python3",
         "-p", "first_year", "2014", "--cwd", "chapters"],
        cwd=bare_desk.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    made = nbformat.read(bare_desk.root / "out.ipynb", as_version=4)
    assert made.cells[-1].outputs[0].text == "2015\n"


def test_another_kind_of_kernel_is_started_as_it_asks(warm):
    provisioner = kernels.WarmProvisioner()
    asyncio.run(provisioner.launch_kernel([sys.executable, "-c", "pass"]))
    assert provisioner.process.wait() == 0
    assert asyncio.run(provisioner.poll()) == 0


def test_a_forked_kernel_is_signalled_until_it_has_ended(warm):
    pid = forks.ask(warm, launch=["-f", "/nowhere/kernel.json"], env={}, cwd=None)["pid"]
    process = forks.Forked(pid, warm)
    assert process.poll() is None
    process.kill()
    assert process.wait() == -9
    process.terminate()
    assert process.poll() == -9


class Deaf(kernels.PromptClient):
    """A client that hears no more than what is laid out for it: answers, and news to all."""

    def lay_out(self, answers, news, alive=True):
        self.asked, self.answers, self.news, self.alive = 0, answers, news, alive
        return self

    def kernel_info(self):
        self.asked += 1

    async def get_shell_msg(self, timeout):
        return self._next(self.answers)

    async def get_iopub_msg(self, timeout):
        return self._next(self.news)

    def _next(self, messages):
        if not messages or messages[0] is None:
            del messages[:1]
            raise queue.Empty
        return {"parent_header": {"msg_type": messages[0]}, "content": {"from": messages.pop(0)}}

    def _handle_kernel_info_reply(self, message):
        self.heard = message["content"]["from"]

    async def _async_is_alive(self):
        return self.alive


def test_a_kernel_is_ready_when_it_answers_and_is_heard():
    client = Deaf().lay_out(["first"], ["", "kernel_info_request", "never read"])
    asyncio.run(client.wait_for_ready())
    assert (client.asked, client.heard, client.news) == (1, "first", ["never read"])


@pytest.mark.parametrize(
    ("answers", "news"),
    [([None, "later"], ["kernel_info_request"]),
     (["missed", "later"], [None, "kernel_info_request"])],
    ids=["its answer", "what it tells to all"],
)  # fmt: skip
def test_a_kernel_of_which_something_is_missed_is_asked_again(answers, news):
    client = Deaf().lay_out(answers, news)
    asyncio.run(client.wait_for_ready())
    assert (client.asked, client.heard) == (2, "later")


@pytest.mark.parametrize(
    ("alive", "patience", "told"),
    [(False, None, "died before replying"), (True, 0, "didn't respond in 0 seconds")],
    ids=["dead", "silent"],
)
def test_a_kernel_that_cannot_answer_is_waited_for_no_longer(alive, patience, told):
    with pytest.raises(RuntimeError, match=told):
        asyncio.run(Deaf().lay_out([], [], alive=alive).wait_for_ready(patience))


def test_of_a_kernel_whose_warm_process_is_gone_nothing_more_is_asked():
    process = forks.Forked(os.getpid(), "/tmp/bd-0-nobody/warm")
    process.kill()
    assert process.poll() == -9


def test_sockets_lie_in_the_systems_own_folder_where_there_is_no_short_one(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert forks.short_folder() == Path(tempfile.gettempdir())
