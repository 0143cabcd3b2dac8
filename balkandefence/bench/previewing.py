"""How long an edit takes to reach the page that a preview serves."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from balkandefence.bench.measuring import BenchError, Measured, of_tree
from balkandefence.bench.project import (
    SENTENCE,
    Project,
    add_incident,
    edit_prose,
    first_notebook,
)

#: Seconds that the first book and an edit may take, and between two looks at the page.
_PATIENCE, _PAUSE = 900.0, 0.05
#: Seconds that an author takes at least between two edits.
_REST = 5.0
_ADDRESS = re.compile(r" at (http://127\.0\.0\.1:\d+)")
#: The number of incidents, as their page links it.
_INCIDENTS = re.compile(r'#num-incidents-incidents-count">(?:<[^>]*>)?(\d+)')


@dataclass(frozen=True)
class Edit:
    """An edit that a preview follows: what it does, on which page, and what grows there by it."""

    make: Callable[[Project, int], None]
    page: Callable[[Project], str]
    seen: Callable[[str], int]


def _incidents(page: str) -> int:
    found = _INCIDENTS.search(page)
    if found is None:
        raise BenchError("the page of incidents does not tell their number")
    return int(found[1])


#: The edits that are timed in a preview, by case.
EDITS: Mapping[str, Edit] = {
    "preview": Edit(
        edit_prose,
        lambda project: first_notebook(project).stem,
        lambda page: page.count(SENTENCE),
    ),
    "previewed": Edit(add_incident, lambda project: "incidents", _incidents),
}


@contextmanager
def _previewed(project: Project) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Preview a copy; yield its address when the book is there."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "balkandefence", "preview", "--port", "0"],
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    told: list[str] = []

    def listen() -> None:
        assert process.stdout is not None
        told.extend(iter(process.stdout.readline, ""))

    threading.Thread(target=listen, daemon=True).start()
    try:
        until = time.monotonic() + _PATIENCE
        while not any(line.startswith(("rebuilt ", "nothing to rebuild")) for line in told):
            if process.poll() is not None or time.monotonic() > until:
                raise BenchError("the preview shows no book:\n  " + "  ".join(told[-12:]))
            time.sleep(_PAUSE)
        found = _ADDRESS.search("".join(told))
        if found is None:
            raise BenchError("the preview names no address:\n  " + "  ".join(told[:3]))
        yield found[1], process
    finally:
        process.terminate()
        process.wait()


def _read(page: str) -> str:
    with urllib.request.urlopen(page, timeout=_PATIENCE) as answer:
        return str(answer.read().decode("utf-8"))


def edit_to_page(project: Project, edit: Edit, turn: int) -> Measured:
    """Preview a copy, make an edit, and measure until the page that is served shows it.

    The second of two edits is measured: the first wakes what has just started.
    """
    made = Measured()
    with _previewed(project) as (address, process):
        page = f"{address}/{edit.page(project)}.html"
        for _ in range(2):
            time.sleep(_REST)
            before = edit.seen(_read(page))
            begun = time.monotonic()
            edit.make(project, turn)
            while edit.seen(_read(page)) <= before:
                if time.monotonic() > begun + _PATIENCE:
                    raise BenchError(f"an edit never reached {page}")
                time.sleep(_PAUSE)
            made.seconds = time.monotonic() - begun
        made.memory = of_tree(psutil.Process(process.pid))
    return made
