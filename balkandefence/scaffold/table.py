"""A new table from a CSV file: the rows in our form, and a sidecar that says what they are."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from pathlib import Path
from typing import Any

import yaml

from balkandefence import CURRENT, atomic, editions, paths, sources, tables
from balkandefence.scaffold import ScaffoldError, known_source, refuse_existing, wanting, words
from balkandefence.tables import reading

#: What the end of a column's name says of its unit.
_UNITS = {"_usd_millions": "million US dollars", "_eur_millions": "million euros",
          "_pct": "percent", "_tiv": "TIV", "_count": "count"}  # fmt: skip
_TRIED = ("boolean", "integer", "number", "date")
_CLOCKS = ("release", "known_from")
_MOST_OF_KEY = 3  # columns

Rows = list[dict[str, str]]


def _read(path: Path) -> Rows:
    """Return the rows of a CSV file, cells trimmed; refuse what is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except FileNotFoundError as error:
        raise ScaffoldError(f"--from {path}: there is no such file") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ScaffoldError(f"--from {path}: not a CSV file in UTF-8: {error}") from error
    if len(lines) < 2:
        raise ScaffoldError(f"--from {path}: needs a line of column names and a row")
    head = [name.strip() for name in lines[0]]
    for name in head:
        if not name.replace("_", "a").isalnum() or name != name.lower() or not name[:1].isalpha():
            raise ScaffoldError(
                f"column {name!r}: use lower-case words joined by '_', as date_start"
            )
    if len(set(head)) != len(head):
        raise ScaffoldError(f"--from {path}: a column name stands twice")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(head):
            raise ScaffoldError(
                f"{path}:{number}: {len(line)} cells where the header has {len(head)}"
            )
    return [dict(zip(head, map(str.strip, line), strict=True)) for line in lines[1:]]


def _kind(name: str, cells: list[str]) -> str:
    """Return the type that all filled cells of a column fit."""
    if name == "source":
        return "keys"
    filled = [cell for cell in cells if cell]
    looks = reading.LOOKS_RIGHT
    if name == "year" or name.endswith("_year"):
        return "year" if filled and all(map(looks["year"], filled)) else "string"
    return next((k for k in _TRIED if filled and all(map(looks[k], filled))), "string")


def _is_amount(name: str, rows: Rows) -> bool:
    """Return whether a column measures something, so that it names no row."""
    return name.endswith(tuple(_UNITS)) or _kind(name, [row[name] for row in rows]) == "number"


def _key(rows: Rows, given: str) -> list[str]:
    names = [name for name in rows[0] if name != "source"]
    if given:
        key = [name.strip() for name in given.split(",")]
        if unknown := [name for name in key if name not in names]:
            raise ScaffoldError(f"--key: there is no column {', '.join(unknown)}")
        candidates = [tuple(key)]
    else:
        full = [n for n in names if all(row[n] for row in rows) and not _is_amount(n, rows)]
        sizes = range(1, _MOST_OF_KEY + 1)
        candidates = [c for size in sizes for c in itertools.combinations(full, size)]
    for found in candidates:
        if len({tuple(row[name] for name in found) for row in rows}) == len(rows):
            return list(found)
    tried = f"--key {given}: it does not" if given else "no columns"
    raise ScaffoldError(f"{tried} tell every row apart; name more columns by --key a,b")


def _clock(rows: Rows, known_from: str, static: bool) -> dict[str, str]:
    """Return the table's clock; adds a column `known_from` where one day holds for all rows."""
    if static:
        return {"kind": "static"}
    found = next((name for name in _CLOCKS if name in rows[0]), "")
    if not found and not known_from:
        raise ScaffoldError(
            "when did the rows become known? Add a column 'known_from' or 'release' of dates, give "
            "one day for all by --known-from, or say --static for a code list"
        )
    if known_from and not reading.LOOKS_RIGHT["date"](known_from):
        raise ScaffoldError(f"--known-from {known_from!r} is not a date: YYYY-MM-DD")
    if found and _kind(found, [row[found] for row in rows]) != "date":
        raise ScaffoldError(
            f"column {found} must hold dates as YYYY-MM-DD: it is the table's clock"
        )
    if known_from and not found:
        for row in rows:
            row["known_from"] = known_from
        found = "known_from"
    return {"kind": found, "column": found}


def _field(name: str, cells: list[str], key: list[str]) -> dict[str, Any]:
    kind, title = _kind(name, cells), name.replace("_", " ").capitalize()
    made: dict[str, Any] = {"name": name, "type": kind, "title": title}
    if name == "source":
        made["description"] = "Keys of the entries in references.bib."
    else:
        made["description"] = f"{title}, as the file from which the table was made gives it."
    unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
    if unit and kind in ("integer", "number"):
        made["unit"] = unit
    if name in key or name == "source":
        made["constraints"] = {"required": True}
    return made


def _sidecar(name: str, rows: Rows, told: dict[str, str], clock: dict[str, str], key: list[str],
             compiled: dt.date) -> str:  # fmt: skip
    columns = {column: [row[column] for row in rows] for column in rows[0]}
    origin = sources.load()[told["source"]]
    licence, _, licence_title = told["licence"].partition(":")
    schema: dict[str, Any] = {
        "fields": [_field(column, cells, key) for column, cells in columns.items()],
        "primaryKey": key,
    }
    codes = set(tables.load("countries")["iso3"])
    if "iso3" in columns and set(filter(None, columns["iso3"])) <= codes:
        reference = {"resource": "countries", "fields": "iso3"}
        schema["foreignKeys"] = [{"fields": "iso3", "reference": reference}]
    count = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    content = {
        "name": name,
        "title": told["title"],
        "description": told["description"] or f"{told['title'].rstrip('.')}.",
        "row": told["row"],
        "credit": told["credit"] or origin.short,
        "processing": f"Taken from {told['file']} as it stood; rows sorted by their key.",
        "coverage": f"{count} when the table was made.",
        "compiled": compiled,
        "clock": clock,
        "redistribute": told["redistribute"],
        "licenses": [{"name": licence.strip(), "title": (licence_title or licence).strip()}],
        "sources": [{"title": origin.title or origin.key, "path": origin.url, "key": origin.key}],
        "schema": schema,
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _text(rows: Rows, key: list[str]) -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: [row[name] for name in key]))
    return made.getvalue()


def new(
    name: str,
    file: Path,
    *,
    source: str,
    title: str,
    row: str,
    licence: str,
    description: str = "",
    credit: str = "",
    key: str = "",
    known_from: str = "",
    static: bool = False,
    rows_published: bool = False,
) -> list[str]:
    """Write data/<name>.csv and its sidecar from a CSV file; return both.

    Types, key and links are read from the rows; `source` stands in each row that names none.
    Raises ScaffoldError for what only the author can know and did not say, and tables.DataError
    where the rows break a rule; then nothing is left behind.
    """
    words(name.replace("_", "-"), "a table")
    if "-" in name:
        raise ScaffoldError(f"{name!r} is no name for a table: join its words by '_'")
    files = [paths.data() / f"{name}.csv", paths.data() / f"{name}.yml"]
    refuse_existing(files)
    wanting({"--source": source, "--title": title, "--row": row, "--licence": licence})
    known_source(source)
    rows = _read(file)
    clock = _clock(rows, known_from, static)
    for cells in rows:
        cells["source"] = cells.pop("source", "") or source
    told = {
        "source": source, "title": title, "row": row, "licence": licence, "credit": credit,
        "description": description, "file": file.name,
        "redistribute": "rows" if rows_published else "aggregates",
    }  # fmt: skip
    found = _key(rows, key)
    made = _sidecar(name, rows, told, clock, found, editions.load(CURRENT).as_of)
    atomic.write(dict(zip(files, (_text(rows, found), made), strict=True)))
    problems = tables.check(name)
    if problems:
        atomic.undo(dict.fromkeys(files))
        raise tables.DataError(problems)
    return [f"data/{path.name}" for path in files]
