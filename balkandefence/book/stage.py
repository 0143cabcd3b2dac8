"""Turn executed notebooks and plain pages into the MyST pages that Jupyter Book compiles.

Numbers are put into the text with a link to their entry, figures and tables become directives,
their files are laid beside the pages, and the code is folded away at the foot of the chapter.
"""

from __future__ import annotations

import base64
import copy
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from balkandefence import MIME, BookError, sources
from balkandefence.book import (
    catalogue,
    glossary,
    leaks,
    settings,
    speed,
    together,
)
from balkandefence.book import record as records
from balkandefence.book.filling import Text
from balkandefence.book.plan import Page
from balkandefence.book.together import Staged
from balkandefence.editions import Edition
from balkandefence.spelling import listed

#: Where in a staged folder the files stand that pages only link to: they are of the book as such.
PUBLISHED = "published"
_PLACEHOLDER = re.compile(r"<!-- ([a-z]+) -->")
#: What a record holds of a figure or table that the site keeps as files.
_SHAPES = ("svg", "narrow")
_HEAVY = (*_SHAPES, "png", "csv")


class StagingError(BookError, ValueError):
    """A page refers to something that no notebook published; `faults` lists every case."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("the pages do not fit together:\n  " + "\n  ".join(faults))


class Part(NamedTuple):
    """A piece of a page: a text, or the id of what was published there, with its cell's id."""

    kind: str
    content: str
    cell: str


@dataclass
class Chapter:
    """One notebook's run: its text in order, and what it published by id."""

    page: str
    parts: list[Part] = field(default_factory=list)
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    guards: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def _publish(self, record: dict[str, Any], cell: str) -> None:
        kind = record["kind"]
        if kind == "guard":
            self.guards.append(record["sentence"])
            return
        shelves = {"figure": self.figures, "table": self.tables, "section": self.sections}
        shelf = shelves.get(kind, self.numbers)
        if record["id"] in shelf:
            self.faults.append(f"{self.page}: {kind} id {record['id']!r} is published twice")
        shelf[record["id"]] = record
        if kind in shelves:
            self.parts.append(Part(kind, record["id"], cell))


def read(page: str, notebook: nbformat.NotebookNode) -> Chapter:
    """Return what an executed notebook says and published.

    Output that is not a record (a stray repr, a print, a picture) is a fault: the page would
    carry it, or silently lose it.
    """
    chapter = Chapter(page)
    for cell in notebook.cells:
        id = cell.get("id", "?")
        if cell.cell_type == "markdown":
            chapter.parts.append(Part("text", cell.source, id))
            continue
        chapter.code.append(cell.source)
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            if record := shown.get(MIME):
                picture = {"png": shown["image/png"]} if "image/png" in shown else {}
                chapter._publish({**record, **picture}, id)
            else:
                chapter.faults.append(f"{page}: cell {id!r} {_stray(output)}")
    return chapter


def _stray(output: Any) -> str:
    text = output.get("text") or output.get("data", {}).get("text/plain", "")
    shown = " ".join(str(text).split())[:120]
    return f"has output that is not published, remove it: {output.output_type} {shown!r}"


def of_edition(edition: Edition, title: str) -> dict[str, dict[str, Any]]:
    """Return the edition's own choices as numbers, so that every page can name them."""
    names = catalogue.country_names()
    texts = {
        "id": edition.id,
        "title": title,
        "year": str(edition.as_of.year),
        "as-of": f"{edition.as_of.day} {edition.as_of:%B %Y}",
        "first-year": str(edition.first_year),
        "last-year": str(edition.last_year),
        "countries": listed([names[code] for code in edition.countries]),
        "countries-count": str(len(edition.countries)),
        "comparators": listed([names[code] for code in edition.comparators]) or "none",
        "price-basis": edition.price_basis,
        "highlight": names[edition.highlight],
    }
    return {
        id: {
            "kind": "word",
            "id": id,
            "text": text,
            "what": f"the edition's {id.replace('-', ' ')}",
            "provenance": {"function": "", "arguments": {}, "tables": [], "rows": {}},
        }
        for id, text in texts.items()
    }


def _pages_text(chapter: Chapter, text: Text) -> Iterator[str]:
    linker = glossary.Linker()
    for kind, content, cell in chapter.parts:
        if kind in ("text", "section"):
            written = content if kind == "text" else chapter.sections[content]["text"]
            yield linker.text(text.fill(chapter.page, written, f"cell {cell!r}"))
        else:
            yield f"```{{published-{kind}}} {chapter.page}/{content}\n```"


def _related(page: str, chapters: Mapping[str, Chapter]) -> list[str]:
    """Return links to the sections of other chapters that bear on a page."""
    return [
        f"- [{found['link'][0]}](#{found['link'][1]})"
        for owner, chapter in chapters.items()
        for found in chapter.sections.values()
        if owner != page and page in found["bears_on"]
    ]


def _foot(chapter: Chapter, cites: bool, related: list[str]) -> str:
    """Return the end of a chapter's page: sources cited, and what stands behind the page."""
    parts = []
    if related:
        found = "\n".join(related)
        parts.append(f"## Claims in the news on this\n\n{found}")
    if cites:
        parts.append("## Sources\n\n```{footbibliography}\n```")
    used = sorted({t for kind in (chapter.figures, chapter.tables) for r in kind.values()
                   for t in r["tables"]} | {t for r in chapter.numbers.values()
                   for t in r["provenance"]["tables"]} | {t for r in chapter.sections.values()
                   for t in r["provenance"]["tables"]})  # fmt: skip
    links = ", ".join(f"[{name}](#table-{name})" for name in used)
    parts.append(
        "## Behind this chapter\n\n"
        f"This chapter computes [{len(chapter.numbers)} numbers](#numbers-{chapter.page}), "
        f"{len(chapter.figures)} figures and {len(chapter.tables)} tables, "
        f"and guards {len(chapter.guards)} of its sentences: "
        "where new data make one false, the book does not build.\n"
        f"It reads the tables {links}.\n"
        f'<a href="notebooks/{chapter.page}.ipynb" download>Download the executed notebook</a>.'
    )
    code = "\n\n".join(chapter.code)
    parts.append(f"````{{dropdown}} The code of this chapter\n```python\n{code}\n```\n````")
    return "\n\n".join(parts)


def _write(path: Path, content: str | bytes) -> None:
    """Write a file unless it holds this already: what is read anew later is what has changed."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    if not path.is_file() or path.read_bytes() != raw:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


def _slim(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an executed notebook for readers: without the shapes that stand beside its page."""
    slim = copy.deepcopy(notebook)
    for cell in slim.cells:
        for output in cell.get("outputs", []):
            for heavy in _SHAPES:
                output.get("data", {}).get(MIME, {}).pop(heavy, None)
    return slim


def _lay_out_files(chapter: Chapter, extra: Path) -> None:
    """Write the pictures and data that the chapter's page links to."""
    for id, found in chapter.figures.items():
        stem = extra / "figures" / chapter.page / id
        _write(stem.with_suffix(".svg"), found["svg"])
        _write(stem.with_name(f"{id}-narrow.svg"), found["narrow"])
        _write(stem.with_suffix(".png"), base64.b64decode(found["png"]))
        _write(stem.with_suffix(".csv"), found["csv"])
    for id, found in chapter.tables.items():
        _write(extra / "tables" / chapter.page / f"{id}.csv", found["csv"])
    for found in chapter.sections.values():
        for name, content in found["files"].items():
            _write(extra / name, content)


def lay_out_run(page: str, notebook: nbformat.NotebookNode, folder: Path, last: Staged) -> None:
    """Write the files of an executed notebook below `folder`, unless `last` tells it was done.

    They are the notebook itself for download, and the pictures and data that its page links to.
    """
    if last.notebooks.get(page) is not notebook:
        extra = folder / PUBLISHED
        _lay_out_files(read(page, notebook), extra)
        _write(extra / "notebooks" / f"{page}.ipynb", nbformat.writes(_slim(notebook)))
        last.notebooks[page] = notebook


def _directives(chapters: Mapping[str, Chapter], text: Text) -> dict[str, dict[str, Any]]:
    """Return, by page, what the page directives need of each figure and table."""
    made: dict[str, dict[str, Any]] = {}
    for page, chapter in chapters.items():
        described = made.setdefault(page, {})
        for shelf in (chapter.figures, chapter.tables):
            for id, found in shelf.items():
                light = {k: v for k, v in found.items() if k not in _HEAVY}
                light["caption"] = text.plain(page, found["caption"], f"{found['kind']} {id!r}")
                if found["kind"] == "figure":
                    light["sizes"] = [together.size(found["svg"]), together.size(found["narrow"])]
                else:
                    light["sources"] = _sources(found)
                described[f"{found['kind']}/{id}"] = light
        linked = [data for found in chapter.sections.values() for data in found["linked_data"]]
        described["linked_data"] = linked
    return made


def _sources(table: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return address, title and short name of every source that a table's cells name, by key."""
    known = sources.load()
    columns = [at for at, heading in enumerate(table["headings"]) if heading["keys"]]
    named = {key for row in table["rows"] for at in columns for key in row[at]}
    return {
        key: [known[key].url, known[key].title, known[key].short]
        for key in sorted(named & known.keys())
    }


def _cited(texts: list[str]) -> set[str]:
    return {key for text in texts for key in leaks.keys(text)}


def stage(
    pages: list[Page],
    notebooks: Mapping[str, nbformat.NotebookNode],
    edition: Edition,
    folder: Path,
    last: Staged | None = None,
) -> None:
    """Write everything that Jupyter Book needs into `folder`.

    `last` is what the process staged there before, of single runs or of all, and is brought up to
    date: while no notebook published anything else, what is made of all together is used again.

    Raises StagingError with every number, figure and table that a page names and no notebook
    published.
    """
    chapters = {p.name: read(p.name, notebooks[p.name]) for p in pages if p.is_notebook}
    own = of_edition(edition, edition.title)
    text = Text(chapters, own, edition.as_of)
    last = Staged() if last is None else last
    last.update(edition, chapters, pages, own, notebooks)
    generated = last.generated
    faults = [fault for chapter in chapters.values() for fault in chapter.faults]
    extra = folder / PUBLISHED
    written: dict[str, str] = {}
    for page in pages:
        if page.is_notebook:
            chapter = chapters[page.name]
            body = "\n\n".join(_pages_text(chapter, text))
            related = _related(page.name, chapters)
            content = f"{body}\n\n{_foot(chapter, '{footcite' in body, related)}\n"
            lay_out_run(page.name, notebooks[page.name], folder, last)
        else:
            content = text.fill(page.name, page.path.read_text(encoding="utf-8"))
        content = _PLACEHOLDER.sub(
            lambda found: generated.get(found[1], lambda: found[0])(), content
        )
        _write(folder / f"{page.name}.md", content)
        written[page.name] = content
    described = _directives(chapters, text)
    faults += text.faults + leaks.find(chapters, written, edition.as_of)
    if faults:
        raise StagingError(sorted(set(faults)))
    for name, found in described.items():
        content = json.dumps(found, sort_keys=True, ensure_ascii=False)
        _write(folder / "exhibits" / f"{name}.json", content)
    catalogue.lay_out_files(extra / "data", edition.as_of)
    if "speed" in written:
        speed.lay_out_files(extra)
    _write(extra / records.NAME, records.text(last.record))
    _write(folder / "_toc.yml", settings.order(edition))
    _write(folder / "_config.yml", settings.settings(edition))
    _write(folder / "references.bib", sources.excerpt(_cited([*written.values()])))
    shutil.copytree(Path(__file__).with_name("assets"), folder / "_static", dirs_exist_ok=True)
