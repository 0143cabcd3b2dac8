"""The pages behind the pages: every number with its rows, every measure with its code."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from balkandefence import sources, tables
from balkandefence.book import countries
from balkandefence.book.fingerprint import function, source
from balkandefence.tables.asof import Known

if TYPE_CHECKING:
    from balkandefence.book.stage import Chapter

#: Rows of a table that an entry shows one by one; of more, it gives the lines.
_SHOWN = 8
_PACKAGE = "balkandefence."


def _ranges(lines: Iterable[int]) -> str:
    """Return line numbers as '3–7, 12'."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)


def anchor(function: str) -> str:
    """Return the anchor of a measure on the Methods page."""
    short = function.removeprefix(f"{_PACKAGE}measures.").removeprefix(_PACKAGE)
    return "method-" + short.replace(".", "-").replace("_", "-")


def _link(address: str, text: object) -> str:
    return f'<a class="reference" href="{escape(address)}">{escape(str(text))}</a>'


def _method(short: str) -> str:
    address = f"methods.html#{anchor(short)}"
    return f'<a class="reference" href="{address}"><code>{escape(short)}</code></a>'


def _table(name: str) -> str:
    return _link(f"data.html#table-{name.replace('_', '-')}", name)


def _row(table: Known, key: tuple[str, ...], line: int) -> str:
    """Return one row as its key and the pages that published it."""
    known, raw = sources.load(), table.rows
    shown = " · ".join(escape(str(raw.at[line, column])) for column in key)
    keys = str(raw.at[line, "source"]).split(";") if "source" in raw else []
    links = [_link(known[k].url, known[k].short) for k in keys if k in known]
    return f"<li>line {line}: {shown}, published by {', '.join(links)}</li>\n"


def _from_table(table: str, lines: list[int], as_of: dt.date) -> str:
    """Return the rows of one table; lines are those of the file that the book offers."""
    described = tables.sidecar(table)
    known = tables.known(table, as_of)
    count = len(lines)
    head = f"{_table(table)}, {count} row{'s' if count != 1 else ''}"
    if count > _SHOWN:
        return f"<li>{head}: lines {_ranges(lines)}</li>\n"
    key = described.table_schema.primaryKey
    rows = "".join(_row(known, key, line) for line in lines)
    return f"<li>{head}:\n<ul>\n{rows}</ul></li>\n"


def _entry(page: str, record: Mapping[str, Any], as_of: dt.date) -> str:
    """Return one number: its target as MyST, all else as HTML, for a compiler takes long over it.

    The links need no resolving: they lead to pages of the same folder.
    """
    origin = record["provenance"]
    lines = []
    if origin["function"]:
        short = origin["function"].removeprefix(f"{_PACKAGE}measures.")
        given = ", ".join(f"{k}={v}" for k, v in origin["arguments"].items())
        lines.append(f"<li>Computed by {_method(short)} with {escape(given)}.</li>\n")
        without_rows = [t for t in origin["tables"] if t not in origin["rows"]]
        if origin["tables"] and (without_rows or not origin["rows"]):
            lines.append(f"<li>From {', '.join(map(_table, origin['tables']))}.</li>\n")
        if origin["rows"]:
            found = "".join(_from_table(t, rows, as_of) for t, rows in origin["rows"].items())
            lines.append(f"<li>Rows:\n<ul>\n{found}</ul></li>\n")
    id = f"num-{page}-{record['id']}"
    what = escape(record["what"].replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"))
    said = f"<b>{escape(record['text'])}</b>: {what}."
    listed = f"<ul>\n{''.join(lines)}</ul>" if lines else ""
    body = f'<div class="number-entry" id="{id}">\n<p>{said}</p>\n{listed}</div>'
    return f"({id})=\n```{{raw}} html\n{body}\n```"


def page(chapters: Mapping[str, Chapter], edition: Mapping[str, Any], as_of: dt.date) -> str:
    """Return the list of all numbers as MyST, chapter by chapter."""
    parts = []
    for name, chapter in chapters.items():
        if chapter.numbers:
            parts.append(f"(numbers-{name})=\n## {countries.shown(name)}")
            parts += [_entry(name, record, as_of) for record in chapter.numbers.values()]
    parts.append("## The edition's own choices")
    parts += [_entry("edition", record, as_of) for record in edition.values()]
    return "\n\n".join(parts)


def _used(chapters: Mapping[str, Chapter]) -> list[str]:
    names = set()
    for chapter in chapters.values():
        for record in [*chapter.figures.values(), *chapter.tables.values()]:
            names.add(record["function"])
        for record in [*chapter.numbers.values(), *chapter.sections.values()]:
            names.add(record["provenance"]["function"])
    return sorted(names - {""})


def methods(chapters: Mapping[str, Chapter]) -> str:
    """Return every measure that the book used, with its text and its code, as MyST."""
    parts = []
    theme = ""
    for name in _used(chapters):
        short = name.removeprefix(f"{_PACKAGE}measures.").removeprefix(_PACKAGE)
        if short.partition(".")[0] != theme:
            theme = short.partition(".")[0]
            parts.append(f"## {theme.capitalize()}")
        measure = function(name)
        text = inspect.cleandoc(measure.__doc__ or "")
        code = source(measure).strip()
        parts.append(
            f"({anchor(short)})=\n### {short.partition('.')[2].replace('_', ' ')}\n\n"
            f"{text}\n\n````{{dropdown}} Code of {short}\n```python\n{code}\n```\n````"
        )
    return "\n\n".join(parts)
