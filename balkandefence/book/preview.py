"""Serve the book while it is written: rebuild what is touched, reload the open page, tell errors.

Three kinds of processes live as long as the preview: this one serves and watches, one rebuilds,
and a warm one gives birth to kernels. Prose, styles and data are rebuilt by the same process each
time, with all that it has read; any other change is given to a fresh one, so that nothing of the
old package is left. A spare one waits for that with all imports done.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from balkandefence import BookError, paths
from balkandefence.book import leftovers, rebuilding, warming
from balkandefence.book.running import Event, Report
from balkandefence.book.serving import News, Server
from balkandefence.book.watching import Watch, package

#: The port where none is asked for; another one where it is taken.
PORT = 8000
#: Styles and scripts of the book.
_ASSETS = package() / "book" / "assets"
#: Seconds that a rebuilding process has to end by itself.
_PATIENCE = 10.0
#: Seconds after which it is looked again whether another change has overtaken a rebuild.
_LOOK = 0.2


class PreviewError(BookError):
    """The preview cannot be started."""


@dataclass(frozen=True)
class Chosen:
    """What is previewed: an edition by its id, what was chosen beside it, notebooks at once."""

    edition: str
    param: list[str]
    jobs: int

    @property
    def folder(self) -> Path:
        """Return where this preview keeps its pages from one time to the next."""
        own = hashlib.sha256(repr(sorted(self.param)).encode()).hexdigest()[:8]
        name = f"{self.edition}-{own}" if self.param else self.edition
        return paths.build() / "preview" / name


@dataclass(frozen=True)
class Done:
    """What a rebuild came to: the site's files that changed, and all that is wrong."""

    changed: list[str]
    problems: list[str]


class _Rebuilder:
    """A process that rebuilds at orders; it imports at once and then waits."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", rebuilding.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # the same order of sets in each process: the same pages have the same bytes
            env={**os.environ, "PYTHONHASHSEED": "0", "BALKANDEFENCE_ROOT": str(paths.root())},
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches the preview alone, which ends this one
        )
        self.lasting = True
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        """Pass on what the process answers; None when it has ended."""
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # its last line, if it was killed in the middle of it
            for line in self._process.stdout:
                self._answers.put(json.loads(line))
        self._answers.put(None)

    def rebuild(
        self, order: dict[str, Any], report: Report, overtaken: Callable[[], bool]
    ) -> Done | None:
        """Order a rebuild, pass on the progress of notebooks, and return what it came to.

        Once it is `overtaken` while notebooks run, it is given up, and the process with it: None.
        """
        orders, running = self._process.stdin, set[str]()
        assert orders is not None
        with contextlib.suppress(BrokenPipeError):
            orders.write(json.dumps(order) + "\n")
            orders.flush()
        while True:
            if running and overtaken():
                self.lasting = False
                self.end()
                return None
            try:
                answer = self._answers.get(timeout=_LOOK)
            except queue.Empty:
                continue
            if answer is None:
                self.lasting = False
                ended = f"the process that rebuilds ended by itself ({self._process.wait()})"
                return Done([], [ended])
            if "done" in answer:
                done = answer["done"]
                self.lasting = done["lasting"]
                return Done(done["changed"], done["problems"])
            event = Event(**{**answer["event"], "why": tuple(answer["event"]["why"])})
            (running.discard if event.done == event.total else running.add)(event.page)
            report(event)

    def end(self) -> None:
        """End the process, in the middle of its work too."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        self._process.kill()
        self._process.wait()
        self._listener.join(_PATIENCE)  # what it forked may hold the other end a little longer
        if self._process.stdout and not self._listener.is_alive():
            self._process.stdout.close()


class _Rebuilders:
    """The process at work and the spare one."""

    def __init__(self) -> None:
        self._at_work: _Rebuilder | None = None
        self._spare: _Rebuilder | None = None

    def rebuild(
        self,
        order: dict[str, Any],
        report: Report,
        overtaken: Callable[[], bool],
        *,
        fresh: bool,
    ) -> Done | None:
        """Rebuild, by a process that knows nothing of the last state where `fresh`."""
        if self._at_work and (fresh or not self._at_work.lasting):
            self._at_work.end()
            self._at_work = None
        if self._at_work is None:
            self._at_work, self._spare = self._spare or _Rebuilder(), None
        return self._at_work.rebuild(order, report, overtaken)

    def prepare(self) -> None:
        """Have a spare process import while the author reads."""
        self._spare = self._spare or _Rebuilder()

    def end(self) -> None:
        """End both."""
        for process in filter(None, (self._at_work, self._spare)):
            process.end()


def keeps(file: Path) -> bool:
    """Return whether the process at work may rebuild after a change of this file.

    It reads prose, notebooks, styles and data anew where they changed; all else it has read or
    imported once.
    """
    if file.suffix in (".ipynb", ".md"):
        return file.parent == paths.chapters()
    return file == paths.references() or file.parent in (paths.data(), _ASSETS)


def overtakes(file: Path) -> bool:
    """Return whether notebooks that run should not go on after a change of this file.

    After one of a page's text or a style they do: they would only run once more.
    """
    return file.parent != _ASSETS and (file.parent, file.suffix) != (paths.chapters(), ".md")


@contextmanager
def _alone(folder: Path, address: str) -> Iterator[None]:
    """Keep others from previewing the same pages meanwhile."""
    held = folder / "address.json"
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError, ValueError, KeyError):
        other = json.loads(held.read_text(encoding="utf-8"))
        if leftovers.is_running(int(other["process"])) and int(other["process"]) != os.getpid():
            raise PreviewError(f"this preview already runs at {other['address']}")
    held.write_text(json.dumps({"process": os.getpid(), "address": address}), encoding="utf-8")
    try:
        yield
    finally:
        held.unlink(missing_ok=True)


def _server(folder: Path, port: int | None, news: News) -> Server:
    """Return a server at the port asked for, or at the usual one or another where none was."""
    if port is not None:
        return Server(folder, port, news)
    try:
        return Server(folder, PORT, news)
    except BookError:
        return Server(folder, 0, news)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True)
class Terminal:
    """How a preview speaks: of progress, of what is well, and of what is not."""

    progress: Callable[[], AbstractContextManager[Report]]
    say: Callable[[str], None]
    warn: Callable[[str], None]


def preview(chosen: Chosen, port: int | None, terminal: Terminal, *, show: bool = False) -> None:
    """Serve the book and keep it up to date until KeyboardInterrupt, which is no error.

    Raises ServingError where the port is taken, PreviewError where the same book is previewed.
    """
    news = News()
    folder = chosen.folder
    site = folder / "site"
    before = signal.signal(signal.SIGTERM, _stop)
    rebuilders = _Rebuilders()
    try:
        with (
            _server(site, port, news) as server,
            _alone(folder, server.address),
            warming.warmed(),
            Watch() as watch,
        ):
            state = "shows the last preview, and rebuilds" if _is_there(site) else "builds it first"
            terminal.say(f"Edition {chosen.edition} at {server.address}; {state}. Ctrl-C ends.")
            if show:
                webbrowser.open(server.address)
            _follow(chosen, rebuilders, watch, news, terminal)
    except KeyboardInterrupt:
        terminal.say("the preview has ended")
    finally:
        rebuilders.end()
        signal.signal(signal.SIGTERM, before)


def _is_there(site: Path) -> bool:
    return (site / "index.html").is_file()


def _follow(
    chosen: Chosen, rebuilders: _Rebuilders, watch: Watch, news: News, terminal: Terminal
) -> None:
    """Rebuild at the start and after every change, for ever."""
    order = {
        "edition": chosen.edition,
        "param": chosen.param,
        "folder": str(chosen.folder),
        "jobs": chosen.jobs,
    }

    def overtaken() -> bool:
        return any(map(overtakes, watch.waiting()))

    fresh, failed = True, False
    while True:
        begun = time.monotonic()
        news.tell(busy=True)
        with terminal.progress() as report:
            tell = _runs(report, terminal.say)
            done = rebuilders.rebuild(order, tell, overtaken, fresh=fresh)
        spent = time.monotonic() - begun
        if done is None:
            terminal.say(f"given up for a newer change after {spent:.1f} s")
        else:
            news.tell(changed=done.changed, problems=done.problems, busy=False)
            _tell(done, chosen, terminal, spent, failed=failed)
            failed = bool(done.problems)
        rebuilders.prepare()
        touched = watch.next()
        terminal.say(f"changed: {', '.join(sorted(map(_named, touched)))}")
        fresh = not all(map(keeps, touched))


def _tell(done: Done, chosen: Chosen, terminal: Terminal, spent: float, *, failed: bool) -> None:
    """Say on the terminal what a rebuild came to; `failed` did the one before."""
    if done.problems:
        problems = "\n\n".join(done.problems)
        there = _is_there(chosen.folder / "site")
        stand = "The pages show their last good state" if there else "There is no page yet"
        terminal.warn(f"{problems}\n{stand} ({spent:.1f} s).")
    else:
        well = " All is well again." if failed else ""
        terminal.say(f"{_pages(done.changed)} in {spent:.1f} s.{well}")


def _runs(report: Report, say: Callable[[str], None]) -> Report:
    """Return a reporter of the notebooks that do run, and why each does."""

    def tell(event: Event) -> None:
        if event.reused:
            return
        if event.why:
            say(f"{event.page} runs: {'; '.join(event.why[:4])}")
        report(event)

    return tell


def _named(file: Path) -> str:
    """Return a path as the author knows it."""
    for root in (paths.root(), package().parent):
        if file.is_relative_to(root):
            return file.relative_to(root).as_posix()
    return str(file)


#: Files that change with every page and are no page of the author's.
_SIDE = ("genindex.html", "search.html")


def _pages(changed: list[str], most: int = 6) -> str:
    """Return in words which pages are new."""
    pages = [file for file in changed if file.endswith(".html") and file not in _SIDE]
    if not pages:
        return f"{len(changed)} files, no page rebuilt" if changed else "nothing to rebuild: done"
    more = f" and {len(pages) - most} more" if len(pages) > most else ""
    return f"rebuilt {', '.join(pages[:most])}{more}"
