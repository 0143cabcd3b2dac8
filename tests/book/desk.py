"""An author's desk: a small project root on which a build takes seconds.

It has the real package, settings and editions, but two tables, one measure and one notebook of
its own, so that these tests do not depend on what the chapters of the book say.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from unittest import mock

import nbformat
import psutil
import pytest

from balkandefence import __main__ as command_line
from balkandefence import editions
from balkandefence.book import compile, forks, warming

CHECKOUT = Path(__file__).resolve().parents[2]
#: What builds keep below _build to spare work.
KEPT = {"checked", "drawn", "fingerprints.json", "pages", "runs", "sources.json", "tables"}

_MEASURES = '''"""The desk's own measures and charts."""

from balkandefence import style
from balkandefence.provenance import measure, quantity


@measure
def total(parades, year):
    """Return the tanks shown in one year."""
    rows = parades[parades["year"] == year]
    return quantity(float(rows["tanks_count"].sum()), rows)


@measure
def series(parades):
    """Return the tanks shown by year."""
    return parades.groupby("year", as_index=False)["tanks_count"].sum()


def bars(frame, *, title, narrow=False):
    """Draw one bar a year."""
    figure, axes = style.canvas(title, "Tanks", narrow=narrow, height=2.5)
    axes.bar(frame["year"], frame["tanks_count"])
    return figure


def describe_bars(frame):
    """Say in words what `bars` shows."""
    return "Bar chart of tanks at parades by year, from the first year to the last one."
'''

_SIDECAR = """name: parades
title: Tanks at parades
description: Tanks counted at parades, made up for tests.
row: One parade.
credit: Parade watchers
processing: Written by hand.
coverage: Three parades.
compiled: 2026-11-21
clock: {kind: known_from, column: known_from}
redistribute: rows
licenses: [{name: cc0, title: Public domain}]
sources: [{title: Natural Earth, path: 'https://www.naturalearthdata.com/', key: natural-earth}]
schema:
  fields:
    - {name: year, type: year, title: Year, description: Year of the parade.}
    - {name: tanks_count, type: integer, title: Tanks, description: Tanks shown., unit: tanks}
    - {name: known_from, type: date, title: Known from, description: Day of the parade.}
    - {name: source, type: keys, title: Sources, description: Pages that give the row.}
  primaryKey: [year]
"""

_ROWS = """year,tanks_count,known_from,source
2022,12,2022-05-09,natural-earth
2023,7,2023-05-09,natural-earth
2024,30,2024-05-09,natural-earth
"""

SETUP = """import parades as desk
from balkandefence import editions, publishing

edition = editions.of_notebook(globals())
publishing.begin(edition)
rows = edition.load("parades")"""

PAGES = {
    "index": "# A small book\n\nThere were {num}`tanks/total` of them.\n\n<!-- pdf -->\n",
    "data": "# Data\n\n<!-- catalogue -->\n",
    "numbers": "# Numbers\n\n<!-- numbers -->\n",
    "methods": "# Methods\n\n<!-- methods -->\n",
}


def text(id: str, source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, id=id)


def code(id: str, source: str, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    metadata = {"tags": list(tags)} if tags else {}
    return nbformat.v4.new_code_cell(source, id=id, metadata=metadata)


def parameters() -> nbformat.NotebookNode:
    """Return the parameters cell that every notebook must have."""
    lines = [f"{name} = {value!r}" for name, value in editions.defaults().items()]
    return code("parameters", "\n".join(lines), tags=("parameters",))


def chapter(*cells: nbformat.NotebookNode, title: str = "Tanks") -> list[nbformat.NotebookNode]:
    """Return the cells of a notebook that begins as every chapter does."""
    return [text("opening", f"# {title}"), parameters(), code("setup", SETUP), *cells]


TOTAL = code(
    "total", 'publishing.number("total", desk.total(rows, 2023), unit="tanks", what="tanks shown")'
)
FIGURE = code(
    "chart",
    'publishing.figure("shown", desk.bars, desk.series(rows), title="Fewer tanks roll",'
    ' caption="Tanks, {num}`total` in one year.")',
)
TABLE = code(
    "listing",
    'publishing.table("shown", desk.series(rows), {"year": publishing.Heading("Year",'
    ' grouped=False), "tanks_count": publishing.Heading("Tanks", "pieces")}, caption="Parades.",'
    ' note="Counted by eye.")',
)
PROSE = text(
    "prose", "## Parades\n\nIn all {num}`total`: see {fig}`shown` and {tab}`shown` {footcite}`key`."
)


def tanks() -> list[nbformat.NotebookNode]:
    """Return the cells of the desk's one good chapter."""
    prose = text("prose", PROSE.source.replace("`key`", "`natural-earth`"))
    return chapter(prose, TOTAL, FIGURE, TABLE)


def wait_for(condition: Callable[[], object], what: str, patience: float = 120) -> None:
    """Return as soon as the condition holds; fail where it never does."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited {patience} s for {what}"
        time.sleep(0.02)


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def processes_at(folder: Path) -> list[psutil.Process]:
    """Return every running process of whose start `folder` was a part, by its environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            alive = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get("BALKANDEFENCE_ROOT", "") == str(folder):
                found.append(process)
    return found


@cache
def _addresses() -> dict[str, str]:
    """Start a warm process of each kind, for as long as this process lives; tell where they are."""
    stack = ExitStack()
    before = dict(forks.processes)
    stack.enter_context(warming.warmed())
    stack.enter_context(compile.warmed())
    started = {
        kind.address: os.environ.pop(kind.address, "") for kind in (warming.KIND, compile.KIND)
    }
    held = dict(forks.processes)
    forks.processes.clear()  # to tests there is none but what they start
    forks.processes.update(before)

    def end() -> None:
        forks.processes.update(held)
        stack.close()

    atexit.register(end)
    return {name: address for name, address in started.items() if address}


def warmth() -> dict[str, str]:
    """Return the environment in which builds share warm processes: their own import for seconds."""
    return {} if os.environ.get("BALKANDEFENCE_WARM") == "no" else _addresses()


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Desk:
    """A project root with what an author does on it."""

    root: Path

    @property
    def book(self) -> Path:
        return self.root / "_build" / "html"

    @property
    def leftovers(self) -> list[str]:
        """Return what an interrupted build left beside the book and the stores."""
        left = {path.name for path in (self.root / "_build").iterdir()}
        return sorted(left - KEPT - {"html", "failed"})

    def environment(self) -> dict[str, str]:
        # the package under test, whichever is installed
        path = f"{self.root}{os.pathsep}{CHECKOUT}"
        return {"BALKANDEFENCE_ROOT": str(self.root), "PYTHONPATH": path}

    def write(self, file: str, content: str) -> Path:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def write_notebook(self, page: str, cells: list[nbformat.NotebookNode]) -> Path:
        path = self.root / "chapters" / f"{page}.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(made, path)
        return path

    def list_pages(self, *pages: str) -> None:
        listed = "\n".join(f"  - file: chapters/{page}" for page in pages)
        toc = f"format: jb-book\nroot: chapters/index\nchapters:\n{listed}\n"
        self.write("_toc.yml", toc + "  - file: chapters/data\n  - file: chapters/numbers\n"
                   "  - file: chapters/methods\n")  # fmt: skip

    def run(self, *arguments: str) -> Ran:
        """Run the command line in this process."""
        out, err = StringIO(), StringIO()
        here = mock.patch.dict(os.environ, {**self.environment(), **warmth()})
        argv = mock.patch.object(sys, "argv", ["balkandefence", *arguments])
        code = 0
        with here, argv, redirect_stdout(out), redirect_stderr(err):
            path = mock.patch.object(sys, "path", [str(self.root), *sys.path])
            with path:
                try:
                    command_line.main()
                except SystemExit as end:
                    code = int(end.code or 0)
        return Ran(code, out.getvalue(), err.getvalue())

    @property
    def site(self) -> Path:
        return self.root / "_build" / "site"

    def commit(self) -> None:
        """Commit everything that is not ignored, in a repository of the desk's own."""
        git = [
            "git",
            "-C",
            str(self.root),
            "-c",
            "user.name=Desk",
            "-c",
            "user.email=desk@localhost",
        ]
        for command in (
            ("init", "-q"),
            ("add", "-A"),
            ("commit", "-q", "-m", "All", "--no-verify"),
        ):
            subprocess.run([*git, *command], check=True, capture_output=True)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command line as a process group of its own, as a shell would."""
        return subprocess.Popen(
            [sys.executable, "-m", "balkandefence", *arguments],
            cwd=self.root,
            env={**os.environ, **self.environment()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # a suite that runs in the background inherits an ignored Ctrl-C
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )


def lay_out(root: Path) -> Desk:
    """Make a desk at `root`: the checkout's settings, and small tables, pages and notebook."""
    desk = Desk(root)
    (root / "data").mkdir(parents=True)
    for file in ("_config.yml", "requirements.txt", "data/countries.csv", "data/countries.yml"):
        shutil.copyfile(CHECKOUT / file, root / file)
    shutil.copytree(CHECKOUT / "editions", root / "editions")
    countries = (root / "data" / "countries.csv").read_text(encoding="utf-8")
    cited = {key for row in countries.splitlines()[1:] for key in row.split(",")[-1].split(";")}
    entries = re.split(r"\n(?=@)", (CHECKOUT / "references.bib").read_text(encoding="utf-8"))
    kept = [e for e in entries if (m := re.match(r"@\w+\{([^,]+),", e)) and m[1] in cited]
    desk.write("references.bib", "\n".join(kept) + "\n")
    desk.write("parades.py", _MEASURES)
    desk.write("data/parades.csv", _ROWS)
    desk.write("data/parades.yml", _SIDECAR)
    for page, content in PAGES.items():
        desk.write(f"chapters/{page}.md", content)
    desk.write_notebook("tanks", tanks())
    desk.list_pages("tanks")
    return desk


def enter(root: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Lay out a small root and let this process work on it."""
    made = lay_out(root)
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(made.root)
    return made
