"""Nothing that became known after an edition's day may stand in it.

Tables answer for a day by themselves. This module holds the rest to it: the sources that prose
cites, and a search through all that the chapters published.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from balkandefence import sources, tables
from balkandefence.tables.asof import appeared

if TYPE_CHECKING:
    from balkandefence.book.stage import Chapter

CITATION = re.compile(r"\{(?:foot)?cite(?::\w+)?\}`([^`]+)`")
_COMPUTED = re.compile(r"\{(?:num|fig|tab)\}`")
_RELEASE = re.compile(r"release of (\d{1,2} [A-Z][a-z]+ \d{4})")
_CLOCKS = ("release", "known_from")


def keys(text: str) -> list[str]:
    """Return the keys of all sources that a text cites."""
    return [key.strip() for found in CITATION.findall(text) for key in found.split(",")]


def cited_then(line: str, as_of: dt.date) -> str | None:
    """Return a sentence with the sources that were there on a day, None where it goes.

    A source that appeared later is left out. A sentence that rests on nothing else, and states
    nothing computed, could not have been written on that day, so it is left out with its sources.
    """
    gone = [key for key in keys(line) if not appeared(key, as_of)]
    if not gone:
        return line

    def kept(match: re.Match[str]) -> str:
        there = [key.strip() for key in match[1].split(",") if key.strip() not in gone]
        return match[0].replace(match[1], ",".join(there)) if there else ""

    left = CITATION.sub(kept, line)
    if not keys(left) and not _COMPUTED.search(line):
        return None
    return re.sub(r" +(?=[.,;:!?]|$)", "", re.sub(r"(?<=\S)  +", " ", left))


def _tables_of(chapter: Chapter) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind, shelf in (("figure", chapter.figures), ("table", chapter.tables)):
        for id, found in shelf.items():
            yield f"{kind} {chapter.page}/{id}", found


def _in_number(name: str, found: Mapping[str, Any], as_of: dt.date) -> Iterator[str]:
    for table, lines in found["provenance"]["rows"].items():
        rows = tables.known(table, as_of).rows
        for line in lines:
            if line not in rows.index:
                yield f"number {name} reads line {line} of {table}, known only later"


def _in_frame(name: str, text: str, as_of: dt.date) -> Iterator[str]:
    """Yield the cells of a published frame that say when something later became known."""
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        for column in _CLOCKS:
            if (row.get(column) or "")[:10] > as_of.isoformat():
                yield f"{name}: line {number} of its data has {column} {row[column]}"


def _in_sources(name: str, cells: list[Any], as_of: dt.date) -> Iterator[str]:
    known = sources.load()
    later = {key for cell in cells for key in cell if not appeared(key, as_of)}
    for key in sorted(later):
        yield f"{name} cites {key}, of {known[key].date}"


def _in_exhibit(name: str, found: Mapping[str, Any], as_of: dt.date) -> Iterator[str]:
    yield from _in_frame(name, found["csv"], as_of)
    for text in _RELEASE.findall(found["source"]):
        if dt.datetime.strptime(text, "%d %B %Y").date() > as_of:
            yield f"{name} names in its source line a release of {text}"
    headings = found.get("headings", [])
    for position, heading in enumerate(headings):
        if heading["keys"]:
            cells = [row[position] for row in found["rows"]]
            yield from _in_sources(name, cells, as_of)


def find(chapters: Mapping[str, Chapter], texts: Mapping[str, str], as_of: dt.date) -> list[str]:
    """Return all that chapters and finished pages hold although it was known only after a day.

    `texts` are the pages as MyST. Looked at are every number's rows, every published frame's
    clock columns, source lines, the sources in tables, and every citation.
    """
    found: list[str] = []
    for page, chapter in chapters.items():
        for id, number in chapter.numbers.items():
            found += _in_number(f"{page}/{id}", number, as_of)
        for name, exhibit in _tables_of(chapter):
            found += _in_exhibit(name, exhibit, as_of)
    for page, text in texts.items():
        found += _in_sources(f"page {page}", [keys(text)], as_of)
    return sorted(set(found))
