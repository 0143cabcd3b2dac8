"""The command line: build the book, check everything that needs no kernel."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from balkandefence import CURRENT, BookError, paths
from balkandefence.scaffold.commands import app as scaffolds

if TYPE_CHECKING:
    # Imported by the commands themselves: worker processes import this module anew, and the
    # heavy packages would cost each of them a second or two.
    from balkandefence.book.running import Event, Report

app = typer.Typer(
    help="Defence in the Western Balkans: a book that proves itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

#: What several commands are told.
_EditionId = Annotated[str, typer.Option(help="Id of the edition.")]
_Params = Annotated[
    list[str] | None,
    typer.Option(help="NAME=VALUE, VALUE in YAML; may be given several times."),
]
_Jobs = Annotated[int, typer.Option(min=1, help="Notebooks run at once.")]
_CORES = os.cpu_count() or 1

_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)


@contextmanager
def _progress() -> Iterator[Report]:
    """Yield a reporter: a bar for each notebook on a terminal, plain lines without one."""
    if not _err.is_terminal:
        started: set[str] = set()

        def plain(event: Event) -> None:
            if event.page not in started and not event.reused:
                started.add(event.page)
                _err.print(f"{event.page}: running")
            if event.done == event.total:
                how = "reused" if event.reused else f"done, {event.total} cells"
                _err.print(f"{event.page}: {how}")

        yield plain
        return
    columns = (
        TextColumn("{task.description:<14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err) as bars:
        tasks = {}

        def moving(event: Event) -> None:
            if event.page not in tasks:
                tasks[event.page] = bars.add_task(event.page, total=event.total)
            bars.update(tasks[event.page], completed=event.done)

        yield moving


class _Explained:
    """Passes progress on and keeps why each notebook ran or did not."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._why: dict[str, tuple[str, ...]] = {}

    def __call__(self, event: Event) -> None:
        """Take one step of progress."""
        if event.reused or event.why:
            self._why[event.page] = event.why
        self._report(event)

    def lines(self) -> list[str]:
        """Return a line a notebook, in alphabetical order."""
        width = max(map(len, self._why), default=0)
        return [
            f"{page:<{width}}  {'ran: ' + _few(why) if why else 'reused: nothing it used changed'}"
            for page, why in sorted(self._why.items())
        ]


def _few(reasons: tuple[str, ...], most: int = 6) -> str:
    more = f"; and {len(reasons) - most} more" if len(reasons) > most else ""
    return "; ".join(reasons[:most]) + more


def _warm(cluster: str) -> AbstractContextManager[None]:
    """Have kernels import what they need while this process does, unless others run them."""
    from balkandefence.book import warming

    return nullcontext() if cluster else warming.warmed()


@app.command()
def build(
    edition: _EditionId = CURRENT,
    param: _Params = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the book.")] = None,
    jobs: _Jobs = _CORES,
    force: Annotated[bool, typer.Option(help="Run every notebook, reuse nothing.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the edition's record in editions/.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each notebook ran or did not.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print the whole book as a PDF; needs Chromium.")
    ] = False,
    full_traceback: Annotated[
        bool, typer.Option("--full-traceback", help="Show what happened inside libraries too.")
    ] = False,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=[VALUE, …] of a parameter or of edition, or a YAML file of books: "
            "one book for each combination; may be given several times."
        ),
    ] = None,
    cluster: Annotated[
        str, typer.Option(help="Run notebooks on Dask: tcp://HOST:PORT, local or local:N.")
    ] = "",
) -> None:
    """Build the book: check, run the notebooks, compile, and put it in place as a whole."""
    from balkandefence.book import unchanged

    begun = time.monotonic()
    if grid:
        if record or pdf or explain:
            raise BookError("--grid makes books alone: give no --record, --pdf or --explain")
        _build_grid(
            grid, edition, param or [], out, full=full_traceback,
            jobs=jobs, force=force, cluster=cluster,
        )  # fmt: skip
        return
    target = (out or paths.build() / "html").resolve()
    made_of = unchanged.digest(edition, param, pdf)
    if not (force or record) and unchanged.stands(target, made_of):
        spent = time.monotonic() - begun
        said = f"Nothing changed since this book was made, {spent:.1f} s. "
        _out.print(f"{said}Open {target / 'index.html'}", markup=False)
        return
    with _warm(cluster):
        from balkandefence import editions
        from balkandefence.book import record as records
        from balkandefence.book.build import NotebooksError
        from balkandefence.book.build import build as build_book

        chosen = editions.load(edition, editions.overrides(param or []))
        if record:
            records.refuse_changed(chosen)
        try:
            with _progress() as report:
                told = _Explained(report) if explain else report
                result = build_book(
                    chosen,
                    target,
                    jobs=jobs,
                    force=force,
                    report=told,
                    with_pdf=pdf,
                    cluster=cluster,
                )
        except NotebooksError as error:
            failures = "\n\n".join(failure.told(full=full_traceback) for failure in error.failures)
            raise BookError(failures) from error
        except KeyboardInterrupt:
            _err.print("interrupted; the last book stands as it was")
            raise typer.Exit(130) from None
    if unchanged.digest(edition, param, pdf) == made_of:  # else it changed while we built
        unchanged.note(target, made_of)
    if isinstance(told, _Explained):
        for line in told.lines():
            _out.print(line, markup=False)
    spent = time.monotonic() - begun
    _out.print(
        f"Edition {chosen.id}: {result.ran} notebooks run, {result.reused} reused, "
        f"{spent:.1f} s. Open {result.index}",
        markup=False,
    )
    if result.pdf:
        _out.print(f"Its PDF is {result.pdf}", markup=False)
    if record:
        _out.print(f"Its record is {records.keep(target, chosen.id)}", markup=False)


def _build_grid(
    grid: list[str], edition: str, param: list[str], out: Path | None, *, full: bool, **how: Any
) -> None:
    """Build the books of a grid, a line for each; exit 1 where one could not be made."""
    from balkandefence import editions
    from balkandefence.book import grid as grids
    from balkandefence.book.grid import Book

    begun = time.monotonic()
    asked = grids.cells(grid, edition, editions.overrides(param))
    width = max(len(cell.name) for cell in asked)
    books: list[Book] = []
    try:
        with _progress() as report:
            for book in grids.make(asked, (out or grids.place()).resolve(), report=report, **how):
                books.append(book)
    except KeyboardInterrupt:
        _err.print("interrupted; the books not yet finished stand as they were")
        raise typer.Exit(130) from None
    for book in books:
        _out.print(f"{book.cell.name:<{width}}  {book.told()}", markup=False)
    for failure in {f.page: f for book in books for f in book.failures}.values():
        _err.print(f"\n{failure.told(full=full)}", markup=False)
    failed = [book.cell.name for book in books if book.failure]
    spent = time.monotonic() - begun
    ran = sum(book.ran for book in books)
    _out.print(
        f"{len(books) - len(failed)} of {len(books)} books, {ran} notebooks run, {spent:.1f} s."
    )
    if failed:
        raise BookError(f"{', '.join(failed)}: not made; the other books are")


@app.command()
def preview(
    edition: _EditionId = CURRENT,
    param: _Params = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 for any. By default 8000 if it is free."),
    ] = None,
    jobs: _Jobs = _CORES,
    open: Annotated[bool, typer.Option("--open", help="Open the book in the browser.")] = False,
) -> None:
    """Serve the book on this machine and follow every edit; Ctrl-C ends it, with exit 0."""
    from balkandefence import editions
    from balkandefence.book import preview as previews

    given = param or []
    editions.load(edition, editions.overrides(given))
    terminal = previews.Terminal(
        _progress,
        lambda text: _out.print(text, markup=False),
        lambda text: _err.print(text, markup=False),
    )
    previews.preview(previews.Chosen(edition, given, jobs), port, terminal, show=open)


@app.command()
def verify(
    edition: Annotated[str, typer.Argument(metavar="[ID]", help="Id of the edition.")] = CURRENT,
    published: Annotated[
        Path | None, typer.Option(help="Folder or archive of a published book of this edition.")
    ] = None,
    jobs: _Jobs = _CORES,
) -> None:
    """Build an edition from nothing in a clean place and compare it with what was published."""
    from balkandefence.book import verify as verifying

    with _progress() as report:
        outcome = verifying.verify(edition, published=published, jobs=jobs, report=report)
    _out.print(str(outcome), markup=False)
    if outcome.differences:
        _err.print(f"edition {edition} is not the same: {len(outcome.differences)} differences")
        raise typer.Exit(1)
    _out.print(f"edition {edition} is the same")


@app.command()
def release(
    edition: Annotated[str, typer.Argument(metavar="ID", help="Id of the edition.")],
    site: Annotated[Path | None, typer.Option(help="Folder of the site of editions.")] = None,
    jobs: _Jobs = _CORES,
) -> None:
    """Prove an edition and put it, frozen, on the site beside the earlier ones."""
    from balkandefence.book import release as releasing

    target = (site or paths.build() / "site").resolve()
    try:
        with _progress() as report:
            result = releasing.release(edition, target, jobs=jobs, report=report)
    except KeyboardInterrupt:
        _err.print("interrupted; the site stands as it was")
        raise typer.Exit(130) from None
    done = "was released before, with the same bytes" if result.was_there else "is released"
    listed = ", ".join(result.editions)
    _out.print(
        f"Edition {edition} {done}. The site has {listed}. Open {result.index}", markup=False
    )


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="Id of the earlier edition.")],
    after: Annotated[str, typer.Argument(help="Id of the later edition.")],
    format: Annotated[str, typer.Option(help="text, markdown or json.")] = "text",
) -> None:
    """Say what changed from one edition to a later one, and why, by their records."""
    from balkandefence.book import changes, changes_text

    show = changes_text.formatter(format)
    _out.print(show(before, after, changes.between(before, after)), markup=False)


@app.command()
def check(
    data: Annotated[bool, typer.Option("--data", help="Only the tables and sources.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Put right first what is mechanical.")] = False,
) -> None:
    """List everything that is wrong in data, editions, notebooks and pages, without a kernel."""
    from balkandefence.book import checks, tidy

    for tidied in tidy.fix() if fix else ():
        _out.print(f"fixed {tidied}", markup=False)
    findings = checks.data() if data else checks.check()
    for finding in findings:
        _out.print(str(finding), markup=False)
    if findings:
        count = len(findings)
        _err.print(f"{count} problem{'s' if count != 1 else ''}")
        raise typer.Exit(1)
    _out.print("all is well")


@app.command()
def bench(
    runs: Annotated[int, typer.Option(min=1, help="Times that each figure is taken.")] = 5,
    cases: Annotated[str, typer.Option(help="Cases, joined by commas; all by default.")] = "",
    ways: Annotated[str, typer.Option(help="Ways, joined by commas; all by default.")] = "",
    out: Annotated[Path | None, typer.Option(help="File for the result.")] = None,
    add: Annotated[
        bool, typer.Option("--add", help="Add to the figures that the file holds already.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Put this result on the page; nothing is measured.")
    ] = None,
) -> None:
    """Measure how long builds take, beside what one would use instead."""
    from balkandefence.bench import cases as measuring
    from balkandefence.bench import ways as known
    from balkandefence.book import speed

    if keep:
        for path in measuring.keep(keep):
            _out.print(f"wrote {path}", markup=False)
        return
    target = (out or paths.build() / "bench" / "result.json").resolve()
    result = measuring.measure(
        cases.split(",") if cases else measuring.CASES,
        ways.split(",") if ways else list(known.WAYS),
        runs=runs,
        out=target,
        tell=lambda line: _err.print(line, markup=False),
        add=add,
    )
    for aim in speed.targets(result):
        met = "met" if aim.met else "missed"
        _out.print(f"{met:<6}  {aim.case:<8} {aim.wanted}: {aim.found}", markup=False)
    _out.print(f"The result is {target}; `bench --keep` puts it on the page.", markup=False)


app.add_typer(scaffolds, name="new")


def main() -> None:
    """Run the command line; exit 1 with the reason where there is no result, 130 on Ctrl-C."""
    gc.set_threshold(100_000, 20, 50)  # most of what a command imports and reads stays to its end
    atexit.register(gc.freeze)  # then it goes with the process: a last look for waste takes longer
    try:
        app()
    except BookError as error:
        _err.print(str(error), markup=False)
        sys.exit(1)


if __name__ == "__main__":
    # Run in another checkout than the installed one, Python takes the package from there: so must
    # all that is started from here, or notebooks would be drawn by one and kept as the other's.
    _home = str(Path(__file__).resolve().parents[1])
    os.environ["PYTHONPATH"] = os.pathsep.join(
        part for part in (_home, os.environ.get("PYTHONPATH", "")) if part
    )
    main()
