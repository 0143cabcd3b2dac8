"""What to do about the faults that authors meet most, with the nearest name that there is."""

from __future__ import annotations

import ast
import csv
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from balkandefence import BookError, paths, tables

_KEY = re.compile(r"^'([^']+)'$")
_CODE = re.compile(r"[A-Z]{3}")
_NOT_DEFINED = re.compile(r"name '(\w+)' is not defined")
_NO_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")
_NO_IMPORT = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_NO_COLUMNS = re.compile(r"\[(.*)\] not in index|None of \[.*?\[(.*?)\]")


def near(name: str, names: Iterable[str]) -> str:
    """Return "did you mean 'x'?" with the nearest of the names, empty where none is near."""
    found = difflib.get_close_matches(name, sorted(set(names)), n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else ""


def of(kind: str, message: str, source: str, sources: Sequence[str]) -> str:
    """Return a hint for an exception of a cell, empty where there is none worth giving.

    `kind` is its class, `source` the cell's code and `sources` that of all cells.
    """
    give = _GIVEN.get(kind)
    return give(message, source, sources) if give else ""


def _joined(*parts: str) -> str:
    """Return the parts as one line; a question needs no semicolon behind it."""
    return "; ".join(filter(None, parts)).replace("?;", "?")


def _codes() -> set[str]:
    path = paths.data() / "countries.csv"
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {row.get("iso3") or "" for row in csv.DictReader(file)}


def _columns() -> set[str]:
    found: set[str] = set()
    for name in tables.names():
        try:
            found |= {column.name for column in tables.sidecar(name).columns}
        except BookError:
            continue
    return found


def _key(message: str, source: str, sources: Sequence[str]) -> str:
    listed = _NO_COLUMNS.search(message)
    asked = _KEY.match(message)
    names = re.findall(r"'([^']+)'", listed[1] or listed[2] or "") if listed else []
    names += [asked[1]] if asked else []
    if len(names) == 1 and _CODE.fullmatch(names[0]):
        return _country(names[0])
    columns = _columns()
    said = [_joined(f"no column {n!r} there", near(n, columns - {n})) for n in names]
    there = "look at the frame's columns; `data/<table>.yml` lists those of each table"
    return _joined(*said, there) if said else ""


def _country(code: str) -> str:
    if code not in _codes():
        unknown = f"{code} is no code in data/countries.csv"
        return _joined(unknown, near(code, _codes()), "`new country` adds one")
    return f"{code} is a country, but what is read here holds nothing on it; ask before you take it"


def _guard(message: str, source: str, sources: Sequence[str]) -> str:
    return (
        "the data or the parameters of this edition make the sentence false; reword it so that "
        "it is true in every edition, compute it as a word, or publish it only where it holds"
    )


def _name(message: str, source: str, sources: Sequence[str]) -> str:
    found = _NOT_DEFINED.search(message)
    if not found:
        return ""
    known = {name for text in sources for name in _bound(text)} - {found[1]}
    order = "a cell sees only what the cells above it define"
    return _joined(near(found[1], known), order)


def _bound(source: str) -> Iterator[str]:
    """Yield the names that a piece of code defines or imports."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def _module(name: str) -> Path | None:
    """Return the file or folder of one of our modules."""
    stem = Path(__file__).resolve().parents[2].joinpath(*name.split("."))
    return next((p for p in (stem.with_suffix(".py"), stem) if p.exists()), None)


def _inside(name: str) -> set[str]:
    """Return the names that one of our modules defines, or the modules of one of our folders."""
    path = _module(name)
    if path is None:
        return set()
    if path.is_dir():
        return {p.stem for p in path.iterdir() if not p.name.startswith("_")}
    return {name for name in _bound(path.read_text(encoding="utf-8")) if not name.startswith("_")}


def _attribute(message: str, source: str, sources: Sequence[str]) -> str:
    found = _NO_ATTRIBUTE.search(message)
    return near(found[2], _inside(found[1])) if found else ""


def _import(message: str, source: str, sources: Sequence[str]) -> str:
    if found := _NO_IMPORT.search(message):
        return near(found[1], _inside(found[2]))
    found = _NO_MODULE.search(message)
    if not found:
        return ""
    parent, _, name = found[1].rpartition(".")
    if parent:
        return near(name, _inside(parent))
    return f"{name} is not installed; name it in pyproject.toml, then `make lock` and `make book`"


_GIVEN: dict[str, Callable[[str, str, Sequence[str]], str]] = {
    "KeyError": _key,
    "GuardError": _guard,
    "NameError": _name,
    "AttributeError": _attribute,
    "ImportError": _import,
    "ModuleNotFoundError": _import,
}
