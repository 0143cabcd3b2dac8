"""The process that kernels start from: it holds the heavy imports and forks one copy a notebook.

Run as a file, with nothing of the package imported, so that every notebook imports the package
itself and its run can tell which modules it used. It listens on a local socket for lines of JSON:
`{"launch": [argument …], "env": {…}, "cwd": …}` is answered with the process id of a kernel,
`{"poll": id}` with its exit code or null. It ends, and its kernels with it, when its own standard
input is closed: that is when the build is gone, in whatever way. Run with a kernel's own arguments
it is that kernel, a plain one.
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
    "PIL.PngImagePlugin", "seaborn", "pydantic", "yaml",
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


# Forks end by os._exit, which loses what was measured of them: tests see what they do instead.
def _run_kernel(arguments: list[str]) -> None:  # pragma: no cover
    """Be a kernel until it is told to end, without the port for what forks of it may print."""
    kernelapp: Any = importlib.import_module("ipykernel.kernelapp")
    outlet = kernelapp.IOPubThread
    kernelapp.IOPubThread = lambda socket, **more: outlet(socket, **{**more, "pipe": False})
    sys.argv = ["ipykernel_launcher", *arguments]
    kernelapp.IPKernelApp.launch_instance(argv=arguments)


def _become_kernel(  # pragma: no cover
    asked: dict[str, Any], opened: list[socket.socket], parent: int
) -> NoReturn:
    """Turn this fork into the kernel that is asked for; it never returns."""
    code = 1
    try:
        for found in opened:
            os.close(found.detach())  # a stream may hold it: close() would wait for that one
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.close(nothing)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["cwd"] or os.getcwd())
        first = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
        sys.path[:] = [*first, *(folder for folder in sys.path if folder not in first)]
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        # It looks once a second whether the process that it came from is still there.
        _run_kernel([*asked["launch"], f"--IPKernelApp.parent_handle={parent}"])
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


def _answer(asked: dict[str, Any], opened: list[socket.socket]) -> dict[str, Any]:
    if "poll" in asked:
        _reap()
        return {"code": _ended.get(asked["poll"])}
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        _become_kernel(asked, opened, parent)
    _kernels.add(process)
    return {"pid": process}


def _serve(address: str) -> None:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    listening.listen(64)
    selector = selectors.PollSelector()  # of its own it holds no file that forks would inherit
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
    _run_kernel(sys.argv[1:]) if sys.argv[2:] else main(sys.argv[1])
