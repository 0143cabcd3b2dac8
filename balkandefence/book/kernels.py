"""Kernels for a build: they talk over sockets in a private folder and start from a warm process.

`WarmProvisioner` plugs into jupyter_client, so that stock papermill drives the kernels; without a
warm process, where there is no fork, it starts plain ones with the same outputs.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import shutil
import subprocess
import time
import weakref
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from balkandefence.book import forks, warm, warming


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the warm process, or as a plain process where there is none."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Start the kernel; return what it takes to connect to it."""
        if "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **settings)
        at = cmd.index("ipykernel_launcher")
        arguments = cmd[at + 1 :]
        address = os.environ.get(warming.KIND.address)
        if address:
            asked = {"env": dict(settings.get("env") or os.environ), "cwd": settings.get("cwd")}
            with contextlib.suppress(OSError, ValueError, KeyError):
                pid = forks.ask(address, launch=arguments, **asked)["pid"]
                self.process = forks.Forked(pid, address)  # type: ignore[assignment]  # as a Popen
                self.pid = self.pgid = pid
                return self.connection_info
        plain = [*cmd[: at - 1], "-P", warm.__file__, *arguments]
        return await super().launch_kernel(plain, **settings)


class PromptClient(AsyncKernelClient):
    """A client that begins when its kernel is heard; its parent then waits for a fifth second."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered and what it tells to all is heard.

        Raises RuntimeError where the kernel dies or takes longer than `timeout` seconds.
        """
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            with contextlib.suppress(queue.Empty):
                return await self._answered()
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self) -> None:
        """Ask once; raise queue.Empty where the answer, or what is told of it to all, is missed.

        What comes of earlier questions later does no harm: nbclient looks for its own answers.
        """
        self.kernel_info()
        answer = await self.get_shell_msg(timeout=1)
        about = ""
        while about != "kernel_info_request":
            told = await self.get_iopub_msg(timeout=0.02)
            about = told["parent_header"].get("msg_type", "")
        self._handle_kernel_info_reply(answer)


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
        self._sockets = forks.private()
        _managers.add(self)
        client = f"{PromptClient.__module__}.{PromptClient.__name__}"
        settings.update(transport="ipc", ip=f"{self._sockets}/k", client_class=client)
        super().__init__(**settings)

    @property
    def kernel_spec(self) -> Any:
        """Return the kernel's specification, with our provisioner where it is installed."""
        spec = super().kernel_spec
        if spec is not None and warming.is_installed():
            spec.metadata = {
                **spec.metadata,
                "kernel_provisioner": {"provisioner_name": warming.PROVISIONER, "config": {}},
            }
        return spec

    async def _async_launch_kernel(self, kernel_cmd: list[str], **settings: Any) -> None:
        # What cells write to stderr comes back as their output; all that is left on the
        # kernel's own is its complaint about being told to stop.
        settings["stderr"] = subprocess.DEVNULL
        await super()._async_launch_kernel(kernel_cmd, **settings)

    async def _async_wait(self, pollinterval: float = 0.01) -> None:
        """Wait for the kernel's end; its parent looks ten times a second, this is quicker."""
        await super()._async_wait(min(pollinterval, 0.01))

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        """Remove the sockets' folder together with what jupyter_client itself cleans."""
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
