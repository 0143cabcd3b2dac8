"""Warm processes, which hold heavy imports and fork what starts from them: see `warm`.

Of each kind of work there is one, for as long as a build lasts: a build begins it early and has it
import while other things are done. Where there is no fork, none is started.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balkandefence.book import leftovers, warm

#: Set to "no", no warm process is started.
_CHOICE = "BALKANDEFENCE_WARM"
#: How the folders of sockets begin; the id of the build's process follows.
SOCKETS = "bd-"
#: Seconds that a warm process has for an answer, its imports at the start included.
_PATIENCE = 60.0


@dataclass(frozen=True)
class Kind:
    """A kind of work: its name in `warm`, and what its process is told beside the environment."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the environment's name for the address of this kind's process."""
        return f"BALKANDEFENCE_WARM_{self.name.upper()}"


def short_folder() -> Path:
    """Return a folder whose path is short: systems allow about a hundred bytes for a socket's."""
    short = Path("/tmp")
    usable = short.is_dir() and os.access(short, os.W_OK)
    return short if usable else Path(tempfile.gettempdir())


def private() -> str:
    """Make a folder for sockets, which the next build removes where this one cannot."""
    return tempfile.mkdtemp(prefix=f"{SOCKETS}{os.getpid()}-", dir=short_folder())


def sweep() -> None:
    """Remove the sockets that killed builds left behind."""
    leftovers.sweep(short_folder(), SOCKETS)


def ask(address: str, **question: Any) -> dict[str, Any]:
    """Return a warm process's answer; raises OSError or ValueError where there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_PATIENCE)
        line.connect(address)
        with line.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps(question) + "\n")
            stream.flush()
            return dict(json.loads(stream.readline()))


@contextlib.contextmanager
def surrounded(more: Mapping[str, str]) -> Iterator[None]:
    """Add to the environment that what is started inside inherits."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


class Forked:
    """A process that is not our child: what can be asked of it as of a Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, address: str) -> None:
        self.pid = pid
        self._address = address
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while it runs; −9 where the warm process is gone too."""
        if self._code is None:
            try:
                self._code = ask(self._address, poll=self.pid)["code"]
            except (OSError, ValueError):
                self._code = -9
        return self._code

    def wait(self) -> int:
        """Return the exit code once it has ended."""
        while (code := self.poll()) is None:
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(9)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(15)


def _can_fork() -> bool:
    """Return whether forking a process that holds numpy is safe here: not on macOS or Windows."""
    return sys.platform == "linux" and os.environ.get(_CHOICE) != "no"


#: The warm processes of this one, by address.
processes: dict[str, subprocess.Popen[bytes]] = {}


@contextlib.contextmanager
def warmed(kind: Kind) -> Iterator[None]:
    """Keep a warm process for what is started inside, where that is to be had.

    It starts at once and imports while the caller does other things.
    """
    sweep()
    if not _can_fork() or kind.address in os.environ:
        yield
        return
    folder = private()
    address = f"{folder}/warm"
    process = subprocess.Popen(
        [sys.executable, "-P", warm.__file__, "--for", kind.name, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **kind.environment},
        start_new_session=True,
    )
    os.environ[kind.address] = address
    processes[address] = process
    try:
        yield
    finally:
        os.environ.pop(kind.address, None)
        del processes[address]
        if process.stdin:
            process.stdin.close()
        if os.path.exists(address):  # else it still imports, and nothing came from it
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2)  # what it forked ends by itself when it is gone
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_warm(kind: Kind) -> bool:
    """Wait until the warm process answers, or is gone; return whether there is one that answers."""
    address = os.environ.get(kind.address, "")
    process = processes.get(address)
    until = time.monotonic() + _PATIENCE
    while address and time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError):
            ask(address, poll=0)
            return True
        if process is None or process.poll() is not None:
            return False
        time.sleep(0.02)
    return False


def run(
    kind: Kind, module: str, arguments: list[str], environment: Mapping[str, str], folder: Path
) -> tuple[int, str]:
    """Run a module of the package as a program in `folder`; return its exit code and what it said.

    It is a fork of the warm process of its kind, or a process of its own where there is none.
    """
    environment = {**environment, **kind.environment}
    if wait_until_warm(kind):
        address = os.environ[kind.address]
        with tempfile.TemporaryDirectory() as aside:
            said = Path(aside) / "said.txt"
            asked = {"env": environment, "cwd": str(folder), "out": str(said)}
            answer = ask(address, run=module, arguments=arguments, **asked)
            process = Forked(answer["pid"], address)
            try:
                code = process.wait()
            except BaseException:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)  # and what it forked in its turn
                raise
            told = said.read_text(encoding="utf-8", errors="replace") if said.is_file() else ""
            return code, told
    ran = subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr
