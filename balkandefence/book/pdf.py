"""The whole book as one PDF, printed by an installed Chromium and then made the same each time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pikepdf

from balkandefence import BookError, paths
from balkandefence.book import about, folders, leftovers, plan
from balkandefence.book.single_page import SinglePage
from balkandefence.editions import Edition

#: Names under which a Chromium is installed; the variable CHROMIUM may name another.
_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: The first version that prints what a style sheet says of a page's margins.
_OLDEST = 131
#: Seconds after which a print is given up.
_PATIENCE = 600
_WORKPLACE = "print-"
#: Where the front page has its link to the PDF, if there is one.
_MARK = "<!-- pdf -->"


class PdfError(BookError):
    """There is no PDF; the message says what is missing or what went wrong."""


def name(edition: Edition) -> str:
    """Return the name of an edition's PDF in the folder of its book."""
    return folders.pdf_name(re.sub(r"[^0-9A-Za-z.]+", "-", edition.id or "own").strip("-"))


def browser() -> str:
    """Return the command of an installed Chromium that can print the book.

    Raises PdfError where there is none, or only one that is too old.
    """
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _BROWSERS)), None)
    if not found:
        what = f"CHROMIUM names {named}, which is not there" if named else "there is no Chromium"
        raise PdfError(
            f"no PDF: {what}; install chromium or Google Chrome, version {_OLDEST} or newer, "
            "or name its program in the variable CHROMIUM"
        )
    said = _run([found, "--version"], patience=60)
    version = re.search(r"(\d+)(\.\d+)+", said.stdout)
    if not version or int(version[1]) < _OLDEST:
        told = said.stdout.strip() or f"exit code {said.returncode}"
        raise PdfError(
            f"no PDF: {found} is not a Chromium of version {_OLDEST} or newer (it says {told!r}); "
            "install one, or name its program in the variable CHROMIUM"
        )
    return found


def refuse() -> None:
    """Raise PdfError where a PDF cannot be made or linked, so that nothing is built in vain."""
    browser()
    front = paths.chapters() / "index.md"
    if _MARK not in front.read_text(encoding="utf-8"):
        raise PdfError(f"chapters/{front.name}: has no line {_MARK}, where the link to it goes")


def link(book: Path, file: str) -> None:
    """Let the front page in the folder `book` link to the PDF; linking twice changes nothing."""
    front = book / "index.html"
    paragraph = f'<p class="pdf"><a href="{file}">The whole book as a PDF</a></p>'
    text = front.read_text(encoding="utf-8").replace(_MARK, paragraph)
    front.write_text(text, encoding="utf-8")


def _run(command: list[str], patience: int) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=patience,
            env=dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8"),
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"no PDF: {command[0]} did not end within {patience} seconds") from error
    except OSError as error:
        raise PdfError(f"no PDF: {command[0]} cannot be run: {error}") from error


def _print(command: str, page: Path, out: Path) -> None:
    """Print a page; nothing but its own text, fonts and pictures is read, and no script runs."""
    options = (
        "--headless",
        "--no-sandbox",  # needed in containers; what is opened is our own page, without scripts
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--allow-file-access-from-files",  # fonts
        f"--user-data-dir={page.parent / 'profile'}",
        "--lang=en",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--print-to-pdf={out}",
    )
    ran = _run([command, *options, page.as_uri()], _PATIENCE)
    if ran.returncode or not out.is_file():
        last = "\n  ".join(ran.stderr.strip().splitlines()[-5:])
        raise PdfError(f"no PDF: {command} stopped with {ran.returncode}:\n  {last}")


def _sheets(printed: Path, names: list[str]) -> dict[str, int]:
    """Return the number of the sheet on which each page of the book begins."""
    with pikepdf.open(printed) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}
        found = {}
        for key, target in document.Root.get("/Dests", pikepdf.Dictionary()).items():
            array = target.get("/D") if isinstance(target, pikepdf.Dictionary) else target
            found[key.removeprefix("/")] = numbers[array[0].objgen]  # type: ignore[index]
    lost = [name for name in names if name not in found]
    if lost:
        raise PdfError(f"no PDF: the print has no place for the pages {', '.join(lost)}")
    return {name: found[name] for name in names}


def _items(items: list[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from _items(item.children)


def _name_outline(document: pikepdf.Pdf, headings: list[str]) -> None:
    """Give the outline the headings as they are written: the browser doubles and joins words."""
    with document.open_outline(max_depth=6) as outline:
        items = list(_items(outline.root))
        if len(items) != len(headings):
            told = f"{len(items)} entries for {len(headings)} headings"
            raise PdfError(f"no PDF: the print's outline has {told}")
        for item, heading in zip(items, headings, strict=True):
            item.title, item.is_closed = heading, True


def _elements(found: object) -> Iterator[pikepdf.Dictionary]:
    """Yield the elements of a tagged document below `found`, in their order."""
    if isinstance(found, pikepdf.Array):
        for part in found:
            yield from _elements(part)
    elif isinstance(found, pikepdf.Dictionary) and "/S" in found:
        yield found
        yield from _elements(found.get("/K"))


def _named(tree: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Object]]:
    """Yield the entries of a tree of names."""
    for kid in tree.get("/Kids", ()):
        yield from _named(kid)
    names = list(tree.get("/Names", ()))
    yield from zip(map(str, names[::2]), names[1::2], strict=True)


def _name_elements(document: pikepdf.Pdf) -> None:
    """Name what table cells call their headers by its order; the browser's own names vary."""
    root = document.Root.StructTreeRoot
    elements = list(_elements(root.K))
    old = [str(element.ID) for element in elements if "/ID" in element]
    new = {name: f"element-{number:06}" for number, name in enumerate(old, 1)}
    for element in elements:
        if "/ID" in element:
            element.ID = pikepdf.String(new[str(element.ID)])
        looks = element.get("/A", pikepdf.Array())
        for look in [looks] if isinstance(looks, pikepdf.Dictionary) else looks:
            if "/Headers" in look:
                told = [pikepdf.String(new[str(name)]) for name in look.Headers]
                look.Headers = pikepdf.Array(told)
    if "/IDTree" in root:
        entries = sorted((new[name], target) for name, target in _named(root.IDTree))
        flat = [part for name, target in entries for part in (pikepdf.String(name), target)]
        root.IDTree = pikepdf.Dictionary(Names=pikepdf.Array(flat))


def _settle(printed: Path, edition: Edition, headings: list[str], out: Path) -> None:
    """Write a printed PDF with its metadata set, and without what varies from print to print."""
    day = edition.as_of
    with pikepdf.open(printed) as document:
        _name_outline(document, headings)
        _name_elements(document)
        document.Root.Lang = pikepdf.String("en")
        document.Root.PageMode = pikepdf.Name.UseOutlines
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        made = f"D:{day:%Y%m%d}000000+00'00'"
        said = {
            "/Title": f"{about.TITLE}, edition {edition.id}",
            "/Author": about.AUTHORS,
            "/Subject": f"As known on {day.day} {day:%B %Y}",
            "/Keywords": about.TERMS,
            "/Creator": "balkandefence",
            "/CreationDate": made,
            "/ModDate": made,
        }
        for key, value in said.items():
            document.docinfo[key] = pikepdf.String(value)
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata.load_from_docinfo(document.docinfo)
            metadata["dc:language"] = {"en"}
        document.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )


def make(book: Path, edition: Edition, out: Path) -> Path:
    """Print the finished pages in the folder `book` as one PDF at `out`, and return `out`.

    The same pages, printed by the same browser, give the same bytes. Raises PdfError where there
    is no browser or it fails, and SinglePageError where `book` lacks a page; then `out` stays as
    it was.
    """
    command = browser()
    single = SinglePage(book, edition, plan.toc(edition))
    paths.build().mkdir(exist_ok=True)
    leftovers.sweep(paths.build(), _WORKPLACE)
    prefix = f"{_WORKPLACE}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=paths.build()) as place:
        folder = Path(place).resolve()
        sheets: Mapping[str, int] = {}
        # the contents name sheets that only a first print can tell
        for turn in ("first", "second"):
            page, printed = folder / f"{turn}.html", folder / f"{turn}.pdf"
            page.write_text(single.html(sheets), encoding="utf-8")
            _print(command, page, printed)
            told, sheets = sheets, _sheets(printed, single.names)
        if told != sheets:
            raise PdfError("no PDF: the second print has other sheets than the first")
        _settle(printed, edition, single.headings, folder / "settled.pdf")
        shutil.move(folder / "settled.pdf", out)
    return out
