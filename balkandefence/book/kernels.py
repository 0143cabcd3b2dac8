"""Kernels for a build: they talk over sockets in a private folder and start from a warm process.

`WarmProvisioner` plugs into jupyter_client, so that stock papermill drives the kernels; without a
warm process, where there is no fork, it starts plain ones with the same outputs.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from balkandefence.book import leftovers, warm

#: The environment's name for the warm process's address.
ADDRESS = "BALKANDEFENCE_WARM"
#: Set to "plain", no warm process is started.
_CHOICE = "BALKANDEFENCE_KERNELS"
_NAME = "balkandefence-warm"
#: How the folders of sockets begin; the id of the build's process follows.
SOCKETS = "bd-"


def short_folder() -> Path:
    """Return a folder whose path is short: systems allow about a hundred bytes for a socket's."""
    short = Path("/tmp")
    usable = short.is_dir() and os.access(short, os.W_OK)
    return short if usable else Path(tempfile.gettempdir())


def _private() -> str:
    return tempfile.mkdtemp(prefix=f"{SOCKETS}{os.getpid()}-", dir=short_folder())


def sweep() -> None:
    """Remove the sockets that killed builds left behind."""
    leftovers.sweep(short_folder(), SOCKETS)


def _ask(address: str, **question: Any) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_PATIENCE)
        line.connect(address)
        with line.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps(question) + "\n")
            stream.flush()
            return dict(json.loads(stream.readline()))


#: Seconds that the warm process has for an answer, its imports at the start included.
_PATIENCE = 60.0


class _Forked:
    """A kernel that is not our child: what LocalProvisioner needs of a process."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, address: str) -> None:
        self.pid = pid
        self._address = address
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while it runs; −9 where the warm process is gone too."""
        if self._code is None:
            try:
                self._code = _ask(self._address, poll=self.pid)["code"]
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


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the warm process, or as a plain process where there is none."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Start the kernel; return what it takes to connect to it."""
        if "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **settings)
        at = cmd.index("ipykernel_launcher")
        arguments = cmd[at + 1 :]
        address = os.environ.get(ADDRESS)
        if address:
            asked = {"env": dict(settings.get("env") or os.environ), "cwd": settings.get("cwd")}
            with contextlib.suppress(OSError, ValueError, KeyError):
                pid = _ask(address, launch=arguments, **asked)["pid"]
                self.process = _Forked(pid, address)  # type: ignore[assignment]  # as a Popen
                self.pid = self.pgid = pid
                return self.connection_info
        plain = [*cmd[: at - 1], "-P", warm.__file__, *arguments]
        return await super().launch_kernel(plain, **settings)

    async def wait(self) -> int | None:
        """Wait for the kernel's end; LocalProvisioner looks ten times a second, this is quicker."""
        import asyncio

        while self.process and await self.poll() is None:
            await asyncio.sleep(0.01)
        return await super().wait()


_managers: weakref.WeakSet[LocalKernelManager] = weakref.WeakSet()


def kill_all() -> None:
    """Kill every kernel that still runs: whoever waits for one learns at once that it is dead."""
    for manager in list(_managers):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()


class LocalKernelManager(AsyncKernelManager):
    """Starts kernels that talk over sockets in a private folder and never open a port."""

    def __init__(self, **settings: Any) -> None:
        self._sockets = _private()
        _managers.add(self)
        settings.update(transport="ipc", ip=f"{self._sockets}/k")
        super().__init__(**settings)

    @property
    def kernel_spec(self) -> Any:
        """Return the kernel's specification, with our provisioner where it is installed."""
        spec = super().kernel_spec
        if spec is not None and _is_installed():
            spec.metadata = {
                **spec.metadata,
                "kernel_provisioner": {"provisioner_name": _NAME, "config": {}},
            }
        return spec

    async def _async_launch_kernel(self, kernel_cmd: list[str], **settings: Any) -> None:
        # What cells write to stderr comes back as their output; all that is left on the
        # kernel's own is its complaint about being told to stop.
        settings["stderr"] = subprocess.DEVNULL
        await super()._async_launch_kernel(kernel_cmd, **settings)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        """Remove the sockets' folder together with what jupyter_client itself cleans."""
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


@cache
def _is_installed() -> bool:
    return bool(list(entry_points(group="jupyter_client.kernel_provisioners", name=_NAME)))


def _can_fork() -> bool:
    """Return whether forking a process that holds numpy is safe here: not on macOS or Windows."""
    return sys.platform == "linux" and os.environ.get(_CHOICE) != "plain" and _is_installed()


#: The warm processes of this one, by address.
_processes: dict[str, subprocess.Popen[bytes]] = {}


@contextlib.contextmanager
def warmed() -> Iterator[None]:
    """Keep a warm process for the kernels started inside, where that is to be had.

    It starts at once and imports while the caller does other things.
    """
    sweep()
    if not _can_fork() or ADDRESS in os.environ:
        yield
        return
    folder = _private()
    address = f"{folder}/warm"
    # One thread for sums, as threads don't survive a fork; pictures as in a kernel from its start.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    process = subprocess.Popen(
        [sys.executable, "-P", warm.__file__, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    os.environ[ADDRESS] = address
    _processes[address] = process
    try:
        yield
    finally:
        os.environ.pop(ADDRESS, None)
        del _processes[address]
        if process.stdin:
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2)  # it may still import; a kernel ends by itself when it is gone
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_warm(process_seconds: float = _PATIENCE) -> None:
    """Wait until the warm process answers, or is gone, so that no kernel is started in vain."""
    address = os.environ.get(ADDRESS, "")
    process = _processes.get(address)
    until = time.monotonic() + process_seconds
    while process and process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError):
            _ask(address, poll=0)
            return
        time.sleep(0.02)
