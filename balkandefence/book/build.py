"""plan → execute → stage → compile → publish: from an edition to a book in its place."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from balkandefence import BookError, paths, tables
from balkandefence.book import (
    checks,
    compile,
    execute,
    kernels,
    leftovers,
    pdf,
    plan,
    publish,
    stage,
)  # fmt: skip
from balkandefence.book.checks import Finding
from balkandefence.book.execute import Event, Report
from balkandefence.book.failures import Failure
from balkandefence.book.store import Store
from balkandefence.editions import Edition


class BuildError(BookError):
    """There is no new book; the last one stands as it was."""


class ChecksError(BuildError):
    """Something is wrong before any notebook ran; `findings` lists all of it."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


class NotebooksError(BuildError):
    """Some notebooks stopped; `failures` lists all of them."""

    def __init__(self, failures: list[Failure]) -> None:
        self.failures = failures
        super().__init__("\n\n".join(str(failure) for failure in failures))


@dataclass(frozen=True)
class Result:
    """A published book: where it and its PDF are, and how many of its notebooks ran anew."""

    index: Path
    ran: int
    reused: int
    pdf: Path | None = None


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Make a request to end, such as a shutdown's, an interruption that cleans up behind itself."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _workplace() -> Iterator[Path]:
    """Yield a private folder that is gone afterwards, on an interruption too."""
    paths.build().mkdir(exist_ok=True)
    leftovers.sweep(paths.build(), "work-")
    folder = Path(tempfile.mkdtemp(prefix=f"work-{os.getpid()}-", dir=paths.build()))
    try:
        with interruptible():
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def build(
    edition: Edition, out: Path, *, jobs: int, force: bool, report: Report, with_pdf: bool = False
) -> Result:
    """Build the book of an edition into `out`, where asked for with a PDF that it links to.

    Raises ChecksError, NotebooksError, or the error of staging, compiling, printing or
    publishing; then, and when interrupted at any point, `out` stays exactly as it was.
    """
    publish.refuse_foreign(out)
    publish.recover(out)
    if with_pdf:
        pdf.refuse()
    ran: set[str] = set()

    def noted(event: Event) -> None:
        if not event.reused:
            ran.add(event.page)
        report(event)

    with _workplace() as folder, kernels.warmed():
        findings = checks.check()
        if findings:
            raise ChecksError(findings)
        pages, runs = plan.pages(edition), plan.jobs(edition)
        notebooks, failures = execute.execute(
            runs,
            count=jobs,
            folder=folder / "runs",
            store=Store(paths.build() / "runs"),
            fresh=force,
            report=noted,
            environment=tables.vouch(),
        )
        if failures:
            raise NotebooksError(failures)
        stage.stage(pages, notebooks, edition, folder / "book")
        made = compile.compile_book(folder / "book", edition.as_of)
        _tidy(made)
        if with_pdf:
            pdf.make(made, edition, made / pdf.name(edition))
            pdf.link(made, pdf.name(edition))
        publish.publish(made, out)
    printed = out / pdf.name(edition) if with_pdf else None
    return Result(out / "index.html", len(ran), len(runs) - len(ran), printed)


def _tidy(made: Path) -> None:
    """Remove what Sphinx leaves for its own next run."""
    (made / ".buildinfo").unlink(missing_ok=True)
