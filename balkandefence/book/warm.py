"""The process that kernels start from: it holds the heavy imports and forks one copy a notebook.

Run as a file, with nothing of the package imported, so that every notebook imports the package
itself and its run can tell which modules it used. It listens on a local socket for lines of JSON:
`{"launch": [command …], "env": {…}, "cwd": …}` is answered with the process id of a kernel,
`{"poll": id}` with its exit code or null. It ends, and its kernels with it, when its own standard
input is closed: that is when the build is gone, in whatever way.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from typing import Any, NoReturn

#: What the notebooks import of others; what is missing here a kernel imports by itself.
_HEAVY = (
    "numpy", "pandas", "matplotlib.figure", "matplotlib.font_manager", "matplotlib.dates",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib.legend",
    "matplotlib_inline.backend_inline", "PIL.PngImagePlugin", "seaborn", "pydantic", "yaml",
    "pybtex.database", "pybtex.database.input.bibtex", "latexcodec", "IPython.core.completer",
    "IPython.core.interactiveshell", "IPython.display", "ipykernel.kernelapp",
    "ipykernel.ipkernel", "ipykernel.zmqshell", "comm", "json", "uuid", "difflib", "csv",
)  # fmt: skip

_ended: dict[int, int] = {}
_kernels: set[int] = set()


def _import() -> None:
    for name in _HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _become_kernel(asked: dict[str, Any], open_sockets: list[socket.socket]) -> NoReturn:
    """Turn this fork into the kernel that the command asks for; it never returns."""
    code = 1
    try:
        for found in open_sockets:
            found.close()
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.environ["JPY_PARENT_PID"] = str(os.getppid())
        os.chdir(asked["cwd"] or os.getcwd())
        command = asked["launch"]
        arguments = command[command.index("ipykernel_launcher") + 1 :]
        sys.argv = ["ipykernel_launcher", *arguments]
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=arguments)
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    finally:
        os._exit(code)


def _reap() -> None:
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return
        _kernels.discard(process)
        _ended[process] = os.waitstatus_to_exitcode(status)


def _answer(asked: dict[str, Any], open_sockets: list[socket.socket]) -> dict[str, Any]:
    if "poll" in asked:
        _reap()
        return {"code": _ended.get(asked["poll"])}
    process = os.fork()
    if process == 0:
        _become_kernel(asked, open_sockets)
    _kernels.add(process)
    return {"pid": process}


def _serve(address: str) -> None:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    listening.listen(64)
    selector = selectors.DefaultSelector()
    selector.register(listening, selectors.EVENT_READ)
    selector.register(0, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj == 0:
                return
            caller, _ = listening.accept()
            with caller, caller.makefile("rw", encoding="utf-8") as stream:
                line = stream.readline()
                if line:
                    stream.write(json.dumps(_answer(json.loads(line), [listening, caller])) + "\n")


def main(address: str) -> None:
    """Import, then fork kernels for whoever asks at `address`, until standard input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the build decides, by closing standard input
    _import()
    gc.collect()
    gc.freeze()  # what is shared by all kernels need not be looked through by each
    gc.set_threshold(20_000, 20, 50)
    try:
        _serve(address)
    finally:
        for kernel in _kernels:
            with contextlib.suppress(OSError):
                os.killpg(kernel, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
