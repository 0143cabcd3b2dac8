"""plan → execute → stage → compile → publish: from an edition to a book in its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import nbformat

from balkandefence import BookError, paths
from balkandefence.book import (
    checks,
    compile,
    execute,
    leftovers,
    plan,
    publish,
    stage,
    warming,
    workshop,
)  # fmt: skip
from balkandefence.book.ahead import Ahead
from balkandefence.book.checks import Finding
from balkandefence.book.execute import Made
from balkandefence.book.failures import Failure
from balkandefence.book.plan import Job
from balkandefence.book.running import Event, Report
from balkandefence.book.store import Store
from balkandefence.book.together import Staged
from balkandefence.book.workshop import Place
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
def workplace() -> Iterator[Path]:
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
    edition: Edition,
    out: Path,
    *,
    jobs: int,
    force: bool,
    report: Report,
    with_pdf: bool = False,
    cluster: str = "",
) -> Result:
    """Build the book of an edition into `out`, where asked for with a PDF that it links to.

    The notebooks run on this machine, `jobs` at once, or on the `cluster` that is named. Raises
    ChecksError, NotebooksError, or the error of the cluster, staging, compiling, printing or
    publishing; then, and when interrupted at any point, `out` stays exactly as it was.
    """
    publish.refuse(out)
    publish.recover(out)
    if with_pdf:
        from balkandefence.book import pdf  # seldom asked for

        pdf.refuse()
    ran: set[str] = set()
    reused: set[str] = set()
    staged = Staged()
    aside = Ahead(edition, staged)

    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(workplace())
        runs = plan.jobs(edition)

        def noted(event: Event) -> None:
            if not event.done or event.reused:
                (reused if event.reused else ran).add(event.page)
                if len(reused) + len(ran) == len(runs):  # no notebook waits for a core any more
                    stack.enter_context(compile.warmed())
            if ran:
                aside.begin()
            report(event)

        def lay_out_run(page: str, notebook: nbformat.NotebookNode) -> None:
            stage.lay_out_run(page, notebook, folder / "book", staged)

        notebooks, failures = run(
            runs, folder / "runs", jobs=jobs, force=force, report=noted, cluster=cluster,
            made=lay_out_run,
        )  # fmt: skip
        if failures:
            raise NotebooksError(failures)
        aside.wait()
        lay_out(edition, notebooks, folder / "book", staged)
        with workshop.kept(folder / "pages", edition.as_of) as place:
            if force:
                place.forget()
            made = compiled(edition, folder / "book", place, folder / "html")
        if with_pdf:
            pdf.make(made, edition, made / pdf.name(edition))
            pdf.link(made, pdf.name(edition))
        publish.publish(made, out)
    printed = out / pdf.name(edition) if with_pdf else None
    return Result(out / "index.html", len(ran), len(runs) - len(ran), printed)


def run(
    runs: list[Job],
    folder: Path,
    *,
    jobs: int,
    force: bool,
    report: Report,
    cluster: str = "",
    made: Made = execute.unheeded,
) -> tuple[dict[str, nbformat.NotebookNode], list[Failure]]:
    """Check everything that needs no kernel, then run the notebooks; see `execute.execute`.

    Raises ChecksError, or ClusterError where there is a `cluster` and it cannot be used.
    """
    with contextlib.ExitStack() as stack:
        if not cluster:
            stack.enter_context(warming.warmed())
        findings = checks.check(form=False)
        if findings:
            raise ChecksError(findings)
        runner = None
        if cluster:
            from balkandefence.book.cluster import connected

            runner = stack.enter_context(connected(cluster))
        return execute.execute(
            runs,
            count=jobs,
            folder=folder,
            store=Store(paths.build() / "runs"),
            fresh=force,
            report=report,
            runner=runner,
            made=made,
        )


def lay_out(
    edition: Edition,
    notebooks: Mapping[str, nbformat.NotebookNode],
    folder: Path,
    last: Staged | None = None,
) -> None:
    """Write the pages of an edition's executed notebooks into `folder`; see `stage.stage`."""
    stage.stage(plan.pages(edition), notebooks, edition, folder, last)


def compiled(edition: Edition, staged: Path, place: Place, made: Path) -> Path:
    """Compile staged pages at a place; return `made`, the folder of the finished book.

    The pages are moved there, and the finished ones copied: the place keeps both. What the pages
    only link to goes straight into the book.
    """
    os.rename(staged / stage.PUBLISHED, made)
    place.take_over(staged)
    compile.compile_book(place, edition.as_of)
    shutil.copytree(place.made, made, dirs_exist_ok=True)
    (made / ".buildinfo").unlink(missing_ok=True)  # Sphinx leaves it for its own next run
    return made
