"""Compare two finished books file by file, and say in words what differs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from balkandefence.book import checksums, crate, publish, record

#: Files whose kind is not that of the folder in which they stand.
_KINDS = {"figures": "pictures and their data", "tables": "table files", "data": "data files",
          "notebooks": "executed notebooks"}  # fmt: skip
_PDF = re.compile(r"balkandefence-[\w.-]+\.pdf")
_NUMBER = re.compile(r'<a [^>]*href="[^"]*#num-([a-z0-9-]+)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_TEXT = (".html", ".csv", ".json", ".svg", ".yml", ".txt", ".md", ".ipynb", ".css", ".js",
         ".geojson", ".inv", ".xml")  # fmt: skip
#: Letters shown on each side of the first place at which two lines differ.
_AROUND = 30


@dataclass(frozen=True)
class FileDifference:
    """One file that is not the same: its kind, where in it, and what stands there."""

    kind: str
    file: str
    place: str
    before: str
    after: str


def kind(file: str) -> str:
    """Return the kind of a published file, by which files are counted."""
    first = file.partition("/")[0]
    if first in _KINDS:
        return _KINDS[first]
    return "page files" if file.endswith(".html") else "other files"


def files(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by its path, the build's own mark and the PDF apart.

    The bytes of a PDF are those of the browser that printed it; its words stand in the pages.
    """
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    listed = {path.relative_to(folder).as_posix(): path for path in found}
    return {
        name: path
        for name, path in listed.items()
        if name != publish.MARK and not _PDF.fullmatch(name)
    }


def pdf_name(id: str) -> str:
    """Return the name of an edition's PDF."""
    return f"balkandefence-{id}.pdf"


def additions(id: str) -> tuple[str, ...]:
    """Return the files that a release adds to a book: metadata, PDF and checksums."""
    return crate.NAME, pdf_name(id), checksums.NAME


def _numbers(text: str) -> list[tuple[str, str]]:
    return [(id, html.unescape(_TAG.sub("", shown)).strip()) for id, shown in _NUMBER.findall(text)]


def _clipped(line: str | None, at: int) -> str:
    if line is None:
        return "nothing"
    start = max(0, at - _AROUND)
    part = line[start : at + _AROUND]
    return f"{'…' if start else ''}{part}{'…' if at + _AROUND < len(line) else ''}"


def _in_text(first: str, second: str) -> tuple[str, str, str]:
    """Return the first line that differs, clipped to where it does."""
    pairs = zip_longest(first.splitlines(), second.splitlines())
    for number, (old, new) in enumerate(pairs, 1):
        if old != new:
            both = zip(old or "", new or "", strict=False)
            at = next((i for i, (a, b) in enumerate(both) if a != b), 0)
            at = at or min(len(old or ""), len(new or ""))
            return f"line {number}", _clipped(old, at), _clipped(new, at)
    return "line ends", "", ""


def _in_bytes(first: bytes, second: bytes) -> tuple[str, str, str]:
    pairs = enumerate(zip(first, second, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(first), len(second)))
    old, new = (f"0x{c[at]:02x}" if at < len(c) else "its end" for c in (first, second))
    return f"byte {at + 1} of {len(first)}", old, new


def _in_file(name: str, first: bytes, second: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield place, before and after: each number of a page, else the first place."""
    if not name.endswith(_TEXT):
        yield _in_bytes(first, second)
        return
    try:
        old, new = first.decode("utf-8"), second.decode("utf-8")
    except UnicodeDecodeError:
        yield _in_bytes(first, second)
        return
    pairs = list(zip(_numbers(old), _numbers(new), strict=False)) if name.endswith(".html") else []
    told = [(f"number {a[0]}", a[1], b[1]) for a, b in pairs if a[0] == b[0] and a[1] != b[1]]
    yield from told or [_in_text(old, new)]


def _same_record(first: bytes, second: bytes) -> bool:
    """Return whether two records tell of the same, whatever they were made with."""
    try:
        found = [json.loads(content) for content in (first, second)]
        return all(found[0].get(name) == found[1].get(name) for name in record.KINDS)
    except (ValueError, AttributeError):
        return False


def compare(published: Path, rebuilt: Path) -> tuple[dict[str, list[int]], list[FileDifference]]:
    """Return, by kind, how many files are equal of how many, and every difference.

    Before is what the published folder holds, after is what the rebuilt one has. What a release
    adds to the book is left out where the rebuilt one has none.
    """
    old, new = files(published), files(rebuilt)
    for name in additions(record.read(rebuilt / record.NAME)["edition"]):
        if name not in new:
            old.pop(name, None)
    counts: dict[str, list[int]] = {}
    differences = []
    for name in sorted(old.keys() | new.keys()):
        count = counts.setdefault(kind(name), [0, 0])
        count[1] += 1
        if name not in old or name not in new:
            there = ("missing", "there") if name in new else ("there", "not made by the build")
            differences.append(FileDifference(kind(name), name, "", *there))
            continue
        first, second = old[name].read_bytes(), new[name].read_bytes()
        if first == second or (name == record.NAME and _same_record(first, second)):
            count[0] += 1
            continue
        for place, before, after in _in_file(name, first, second):
            differences.append(FileDifference(kind(name), name, place, before, after))
    return counts, differences
