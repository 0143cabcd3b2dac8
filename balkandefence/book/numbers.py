"""The pages behind the pages: every number with its rows, every measure with its code."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from balkandefence import sources, tables
from balkandefence.book.fingerprint import function
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


def _escaped(text: object) -> str:
    plain = " ".join(str(text).split())
    for sign in "\\`*_{}[]<>$|#~":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _row(table: Known, key: tuple[str, ...], line: int) -> str:
    """Return one row as its key and the pages that published it."""
    known, raw = sources.load(), table.rows
    shown = " · ".join(_escaped(raw.at[line, column]) for column in key)
    keys = str(raw.at[line, "source"]).split(";") if "source" in raw else []
    links = [f"[{_escaped(known[k].short)}](<{known[k].url}>)" for k in keys if k in known]
    return f"line {table.line(line)}: {shown}, published by " + ", ".join(links)


def _from_table(table: str, lines: list[int], as_of: dt.date) -> list[str]:
    """Return the rows of one table; lines are those of the file that the book offers."""
    described = tables.sidecar(table)
    known = tables.known(table, as_of)
    count = len(lines)
    head = f"[{table}](#table-{table}), {count} row{'s' if count != 1 else ''}"
    if count > _SHOWN:
        return [f"  - {head}: lines {_ranges(map(known.line, lines))}"]
    key = described.table_schema.primaryKey
    return [f"  - {head}:", *(f"    - {_row(known, key, line)}" for line in lines)]


def _entry(page: str, record: Mapping[str, Any], as_of: dt.date) -> str:
    origin = record["provenance"]
    lines = [
        f"(num-{page}-{record['id']})=",
        f"**{_escaped(record['text'])}**: {_escaped(record['what'])}.\n",
    ]
    if origin["function"]:
        short = origin["function"].removeprefix(f"{_PACKAGE}measures.")
        given = ", ".join(f"{k}={v}" for k, v in origin["arguments"].items())
        lines.append(f"- Computed by [`{short}`](#{anchor(short)}) with {_escaped(given)}.")
        without_rows = [t for t in origin["tables"] if t not in origin["rows"]]
        named = ", ".join(f"[{name}](#table-{name})" for name in origin["tables"])
        if named and (without_rows or not origin["rows"]):
            lines.append(f"- From {named}.")
        if origin["rows"]:
            lines.append("- Rows:")
            for table, found in origin["rows"].items():
                lines += _from_table(table, found, as_of)
    return "\n".join(lines)


def page(chapters: Mapping[str, Chapter], edition: Mapping[str, Any], as_of: dt.date) -> str:
    """Return the list of all numbers as MyST, chapter by chapter."""
    parts = []
    for name, chapter in chapters.items():
        if chapter.numbers:
            parts.append(f"(numbers-{name})=\n## {name.capitalize()}")
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
        code = inspect.getsource(measure).strip()
        parts.append(
            f"({anchor(short)})=\n### {short.partition('.')[2].replace('_', ' ')}\n\n"
            f"{text}\n\n````{{dropdown}} Code of {short}\n```python\n{code}\n```\n````"
        )
    return "\n\n".join(parts)
