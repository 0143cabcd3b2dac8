"""From the text of a data file to a typed frame, with every fault of its text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from balkandefence import BookError, paths
from balkandefence.provenance import LINE
from balkandefence.tables import dates, pickled, verdicts
from balkandefence.tables.sidecar import Column, Sidecar


@dataclass(frozen=True, order=True)
class Problem:
    """One offender: where it stands, what stands there, and the rule it breaks."""

    file: str
    line: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.column} {self.value!r}: {self.rule}".replace("  ", " ")


class DataError(BookError, ValueError):
    """A table cannot be used as it is; `problems` lists every offender."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        shown = "\n".join(f"  {problem}" for problem in self.problems)
        count = len(problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the data:\n{shown}")


#: What the text of each type looks like, in words for the reader of an error.
_EXPECTED = {
    "integer": "a whole number",
    "number": "a number with a point for decimals and no separators",
    "boolean": "yes or no",
    "date": "a date that exists, YYYY-MM-DD",
    "year": "a year from 1900 to 2100",
    "partial-date": "a date that exists, YYYY, YYYY-MM or YYYY-MM-DD",
    "list": "values separated by ';' without spaces, none empty or twice",
    "keys": "keys separated by ';' without spaces, none empty or twice",
}
#: UTF-8 that was read as Latin-1 or Windows-1252: é becomes Ã©, ć becomes Ä‡, š becomes Å¡.
_MISREAD = re.compile("[ÃÄÅ][\x80-\xbf€‚ƒ„…†‡ˆ‰‹Œ‘’“”•–—˜™›œŸ]|â€")
_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE)


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(dates.day(text))
    except ValueError:
        return False


def _is_partial(text: str) -> bool:
    try:
        return bool(dates.bounds(text))
    except ValueError:
        return False


def _is_list(text: str) -> bool:
    parts = text.split(";")
    return all(part and part == part.strip() for part in parts) and len(set(parts)) == len(parts)


#: Whether a text looks like a value of each type.
LOOKS_RIGHT: dict[str, Callable[[str], bool]] = {
    "string": lambda text: True,
    "integer": lambda text: bool(_INTEGER.fullmatch(text)),
    "number": lambda text: bool(_NUMBER.fullmatch(text)),
    "boolean": lambda text: text in ("yes", "no"),
    "date": _is_date,
    "year": lambda text: bool(_INTEGER.fullmatch(text)) and 1900 <= int(text) <= 2100,
    "partial-date": _is_partial,
    "list": _is_list,
    "keys": _is_list,
}


def _tidy_fault(text: str) -> str | None:
    """Return what is wrong with a cell's white space or letters, if anything."""
    if text != text.strip():
        return "stray white space at an end; remove it"
    if "  " in text or "\t" in text or "\n" in text or "\r" in text:
        return "doubled space, tab or line break inside; use single spaces"
    if "\ufeff" in text or "\ufffd" in text or "\xa0" in text or "\xad" in text:
        return "a byte-order mark, replacement character, hard space or soft hyphen"
    if _MISREAD.search(text):
        return "letters of a wrong encoding; save the file as UTF-8"
    return None


def _content(path: Path) -> tuple[str, list[Problem]]:
    """Return a data file's text, with the faults of its encoding and line ends."""
    name = f"data/{path.name}"
    if not path.is_file():
        raise DataError([Problem(name, 1, "", "", "the file is missing beside its sidecar")])
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        rule = "not UTF-8; save the file as UTF-8"
        raise DataError([Problem(name, line, "", repr(content[error.start]), rule)]) from error
    if "\r" not in text:
        return text, []
    line = text[: text.index("\r")].count("\n") + 1
    return text, [Problem(name, line, "", "\\r", "lines must end in a bare line feed")]


def _raw_features(path: Path, sidecar: Sidecar) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the properties of a GeoJSON file as text, indexed by the feature's number."""
    text, problems = _content(path)
    try:
        features = json.loads(text)["features"]
        cells = [{k: "" if v is None else str(v) for k, v in f["properties"].items()}
                 for f in features if f["geometry"]["type"]]  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        line = getattr(error, "lineno", 1)
        problem = Problem(f"data/{path.name}", line, "", "", f"not GeoJSON: {error}")
        raise DataError([problem]) from error
    columns = [column.name for column in sidecar.columns]
    extra = sorted({name for cell in cells for name in cell} - set(columns))
    index = pd.RangeIndex(1, len(cells) + 1, name=LINE)
    frame = pd.DataFrame(cells, index=index, columns=[*columns, *extra], dtype="str")
    return frame.fillna(""), problems


def _raw(path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Return all cells as text, indexed by line, with the faults of the file itself."""
    name = f"data/{path.name}"
    text, problems = _content(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next(reader, [])
        start = reader.line_num + 1
        for row in reader:
            if len(row) == len(header):
                rows.append(row)
                lines.append(start)
            else:
                rule = f"{len(row)} cells where the header has {len(header)}"
                problems.append(Problem(name, start, "", ",".join(row)[:60], rule))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError([Problem(name, reader.line_num, "", "", f"not CSV: {error}")]) from error
    index = pd.Index(lines, name=LINE, dtype="int64")
    return pd.DataFrame(rows, columns=pd.Index(header), index=index, dtype="str"), problems


def _fault(cell: str, column: Column) -> str | None:
    """Return what is wrong with a cell's text by itself, if anything."""
    if cell == "":
        return None
    looks_right = LOOKS_RIGHT[column.type]
    return _tidy_fault(cell) or (
        None if looks_right(cell) else f"expected {_EXPECTED[column.type]}"
    )


def _typed(text: pd.Series, column: Column) -> pd.Series:
    """Return a column's values in their type; cells that do not parse become missing."""
    known = text.where(text != "")
    match column.type:
        case "integer" | "year":
            return pd.to_numeric(known, errors="coerce").astype("Float64").round().astype("Int64")
        case "number":
            return pd.to_numeric(known, errors="coerce").astype("float64")
        case "boolean":
            return known.map({"yes": True, "no": False}).astype("boolean")
        case "date":
            return pd.to_datetime(known, format="%Y-%m-%d", errors="coerce")
        case "list" | "keys":
            split = [tuple(cell.split(";")) if cell else () for cell in text]
            return pd.Series(split, index=text.index, dtype="object")
    return known


def _read(path: Path, sidecar: Sidecar) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Problem, ...]]:
    spatial = sidecar.format == "geojson"
    raw, problems = _raw_features(path, sidecar) if spatial else _raw(path)
    name = f"data/{path.name}"
    declared = [column.name for column in sidecar.columns]
    if list(raw.columns) != declared:
        missing = [column for column in declared if column not in raw]
        extra = [column for column in raw if column not in declared]
        rule = f"columns differ from the sidecar: missing {missing}, undeclared {extra}"
        if not missing and not extra:
            rule = f"columns stand in another order than in the sidecar: expected {declared}"
        raise DataError([*problems, Problem(name, 1, "", ",".join(map(str, raw.columns)), rule)])
    typed = {}
    for column in sidecar.columns:
        text = raw[column.name]
        looked_at = {cell: _fault(cell, column) for cell in set(text)}  # many repeat
        if any(looked_at.values()):
            for line, cell in zip(raw.index, text, strict=True):
                if fault := looked_at[cell]:
                    problems.append(Problem(name, int(line), column.name, cell, fault))
        typed[column.name] = _typed(text, column)
    if spatial:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        geometry = [feature["geometry"] for feature in features]
        typed["geometry"] = pd.Series(geometry, index=raw.index, dtype="object")
    frame = pd.DataFrame(typed, index=raw.index)
    frame.attrs = {"tables": (sidecar.name,)}
    return raw, frame, tuple(problems)


@lru_cache(maxsize=128)
def _read_once(
    path: Path, sidecar: Sidecar, _stamp: int
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Problem, ...]]:
    """Return a table as the same text was read before, or read it now: kernels read the same."""
    return pickled.remembered(
        sidecar.name,
        lambda: verdicts.keying()(f"read {sidecar!r}", [path]),
        lambda: _read(path, sidecar),
    )


def read(sidecar: Sidecar) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Problem, ...]]:
    """Return a table as text, as a typed frame, and the faults found in its text.

    Both frames have the line number in the file as index (named "line"). In the typed frame,
    unknown is missing (NaN, NA, NaT or an empty tuple), lists and keys are tuples, yes/no are
    booleans, partial dates stay text. Of a GeoJSON file the properties are the columns, the
    feature's number is the line, and a column "geometry" is added.

    Raises DataError where the file cannot be read as a table.
    """
    path = paths.data() / sidecar.file
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _read_once(path, sidecar, stamp)
