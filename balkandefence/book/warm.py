"""The process that others start from: it holds heavy imports and forks a copy for each of them.

Run as a file, so that a fork imports the package from where it is told to. Kernels find its modules
imported already, and each of them has only those that it asks for: see `held`. It listens on a
local socket for lines of JSON: `{"launch": [argument …], "env": {…}, "cwd": …}` starts a kernel,
`{"run": module, "arguments": […], "env": …, "cwd": …, "out": file}` a module as a program; both
are answered with a process id, and `{"poll": id}` with its exit code or null. It ends, and its
forks with it, when its own standard input is closed: that is when the build is gone, in whatever
way. Run with a kernel's own arguments it is that kernel, a plain one.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any, NoReturn

#: What the forks import of others, by the kind of work; what is missing here they import.
_HEAVY = {
    "kernels": (
        "numpy", "pandas", "matplotlib.figure", "matplotlib.font_manager", "matplotlib.dates",
        "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib.legend",
        "seaborn",
        "zlib_ng.zlib_ng", "pandas.io.formats.csvs", "pandas.core.methods.to_dict",
        "pydantic.main", "pydantic.fields", "pydantic.types", "pydantic.functional_validators",
        "pydantic.plugin._schema_validator", "yaml", "font_source_sans_pro",
        "latexcodec", "IPython.core.completer", "IPython.core.interactiveshell", "IPython.display",
        "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger",
        "comm", "json", "uuid", "difflib", "csv",
    ),
    "pages": (
        "jupyter_book.sphinx", "sphinx.application", "sphinx.builders.html", "sphinx.search.en",
        "sphinx.util.parallel", "myst_nb", "myst_nb.sphinx_ext", "myst_parser.sphinx_ext.main",
        "sphinx_book_theme", "pydata_sphinx_theme", "sphinx_external_toc", "sphinx_togglebutton",
        "sphinx_copybutton", "sphinx_thebe", "sphinx_comments", "sphinx_design",
        "sphinx_jupyterbook_latex", "sphinx_multitoc_numbering", "sphinxcontrib.bibtex",
        "pybtex.database", "pybtex.database.input.bibtex", "pybtex.style.formatting.unsrt",
        "pybtex.style.labels.number", "pybtex.style.names.plain", "pybtex.style.sorting.none",
        "pybtex.backends.plaintext", "pybtex_docutils", "latexcodec", "yaml", "bs4", "jinja2",
        "pygments.lexers", "pygments.lexers.python", "pygments.formatters.html",
        "pygments.lexers.bibtex", "jinja2.ext", "a11y_pygments", "docutils.languages.en",
        "sphinx_design.extension", "sphinx_external_toc.events", "sphinx_jupyterbook_latex.events",
        "sphinx_jupyterbook_latex.transforms", "sphinxcontrib.bibtex.style.referencing.foot",
    ),
}  # fmt: skip

#: The package whose modules notebooks use, and its parts that none of them does.
_PACKAGE, _UNUSED = "balkandefence", ("__main__", "bench", "book", "scaffold")

_ended: dict[int, int] = {}
_forks: set[int] = set()


def _names(kind: str) -> Iterator[str]:
    yield from _HEAVY[kind]
    sphinx = sys.modules.get("sphinx.application")
    yield from getattr(sphinx, "builtin_extensions", ())  # every book has them


def _import(kind: str) -> None:
    for name in _names(kind):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "soupsieve" in sys.modules:  # each process compiles its long expressions at their first use
        sys.modules["soupsieve"].compile("nav > a.b")


def _hold() -> Any:
    """Import the package for forks to come."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "held.py")
    spec: Any = importlib.util.spec_from_file_location("held", beside)
    held = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(held)
    return held.Held(_PACKAGE, _UNUSED)


# Forks end by os._exit, which loses what was measured of them: tests see what they do instead.
def _run_kernel(arguments: list[str]) -> None:  # pragma: no cover
    """Be a kernel until it is told to end, without the port for what forks of it may print."""
    kernelapp: Any = importlib.import_module("ipykernel.kernelapp")
    outlet = kernelapp.IOPubThread
    kernelapp.IOPubThread = lambda socket, **more: outlet(socket, **{**more, "pipe": False})
    sys.argv = ["ipykernel_launcher", *arguments]
    kernelapp.IPKernelApp.launch_instance(argv=arguments)


def _become(  # pragma: no cover
    asked: dict[str, Any], opened: list[socket.socket], parent: int, held: Any
) -> NoReturn:
    """Turn this fork into what is asked for; it never returns."""
    code: Any = 1
    try:
        for found in opened:
            os.close(found.detach())  # a stream may hold it: close() would wait for that one
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        said = os.open(asked["out"], os.O_WRONLY | os.O_CREAT) if "out" in asked else nothing
        for number, file in enumerate((nothing, said, said)):
            os.dup2(file, number)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(asked["env"])
        time.tzset()
        os.chdir(asked["cwd"] or os.getcwd())
        first = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
        sys.path[:] = [*first, *(folder for folder in sys.path if folder not in first)]
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        if "run" in asked:
            sys.argv = [asked["run"], *asked["arguments"]]
            runpy.run_module(asked["run"], run_name="__main__", alter_sys=True)
        else:
            if held is not None:
                held.lend()
            # It looks once a second whether the process that it came from is still there.
            _run_kernel([*asked["launch"], f"--IPKernelApp.parent_handle={parent}"])
        code = 0
    except SystemExit as ending:
        code = ending.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(int(code or 0) if isinstance(code, int | None) else 1)


def _reap() -> None:
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return
        _forks.discard(process)
        _ended[process] = os.waitstatus_to_exitcode(status)


def _answer(asked: dict[str, Any], opened: list[socket.socket], held: Any) -> dict[str, Any]:
    if "poll" in asked:
        _reap()
        return {"code": _ended.get(asked["poll"])}
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        _become(asked, opened, parent, held)
    _forks.add(process)
    return {"pid": process}


def _serve(address: str, held: Any) -> None:
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
                    answer = _answer(json.loads(line), [listening, caller], held)
                    stream.write(json.dumps(answer) + "\n")


def main(kind: str, address: str) -> None:
    """Import, then fork for whoever asks at `address`, until standard input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the build decides, by closing standard input
    gc.disable()  # modules live to the end: looking for waste among them takes a fifth
    _import(kind)
    held = _hold() if kind == "kernels" else None
    gc.enable()
    gc.collect()
    gc.freeze()  # what is shared by all forks need not be looked through by each
    gc.set_threshold(20_000, 20, 50)
    try:
        _serve(address, held)
    finally:
        for fork in _forks:
            with contextlib.suppress(OSError):
                os.killpg(fork, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[2:]) if sys.argv[1] == "--for" else _run_kernel(sys.argv[1:])
