"""What is mechanical in a source file, put right without a change of meaning.

Each function takes a file's text and gives back the tidy text with what was done to it, in words.
A file that is broken in substance is left alone: `check` says what is wrong with it.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from balkandefence import BookError, atomic, paths, tables
from balkandefence.book import prose

CELL_ID = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
#: Ids that tools make up and that happen to begin as a word does.
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_SENTENCES = ("#", "%", "<")
_PUBLISHED = re.compile(
    r"\b(?:figure|table|number|word|section|drawn|listed)\(\s*['\"]([a-z0-9-]+)"
)
_WORDS = re.compile(r"[a-z]+[a-z0-9]*|[0-9]+")
_LONGEST_ID = 4  # words

Done = list[str]


@dataclass(frozen=True)
class Tidied:
    """A file that is not tidy: what to write in its place, and what that changes, in words."""

    path: Path
    text: str
    done: Done

    @property
    def file(self) -> str:
        """Return the file relative to the root."""
        return self.path.relative_to(paths.root()).as_posix()

    @property
    def line(self) -> int:
        """Return the first line that changes."""
        before = self.path.read_bytes().decode("utf-8").split("\n")
        pairs = enumerate(zip(before, self.text.split("\n"), strict=False), 1)
        return next((number for number, (old, new) in pairs if old != new), len(before))

    def __str__(self) -> str:
        return f"{self.file}: {'; '.join(self.done)}"


def _split(line: str) -> list[str]:
    """Return a line of prose as one line a sentence, continued as its list or quotation asks."""
    if line.lstrip().startswith(_NO_SENTENCES) or line.startswith("    "):
        return [line]
    cuts = [0, *prose.ends(line), len(line)]
    parts = [line[a:b].rstrip() for a, b in pairwise(cuts)]
    lead = prose.lead(line)
    next_lead = "    " if "[^" in lead else re.sub(r"[^>\s]", " ", lead)
    return [parts[0], *(next_lead + part for part in parts[1:])] if len(parts) > 1 else [line]


def markdown(text: str) -> tuple[str, Done]:
    """Return Markdown with one sentence a line and no stray white space."""
    made: list[str] = []
    sentences = spaces = 0
    found = list(prose.lines(text))
    for place, (_, line, is_prose) in enumerate(found):
        following = found[place + 1][1].strip() if place + 1 < len(found) else ""
        is_break = line.endswith("  ") and bool(line.strip()) and bool(following)
        bare = line if is_break or not (is_prose or line.strip() == "") else line.rstrip()
        spaces += bare != line
        parts = _split(bare) if is_prose and not is_break else [bare]
        sentences += len(parts) - 1
        made += parts
    done = [f"{sentences} sentence{'s' * (sentences != 1)} put on lines of their own"] * bool(
        sentences
    )
    done += [f"white space removed from the end of {spaces} line{'s' * (spaces != 1)}"] * bool(
        spaces
    )
    return "\n".join(made).rstrip("\n"), done


def page(text: str) -> tuple[str, Done]:
    """Return a Markdown page tidied, with bare line feeds and one at its end."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    made, done = markdown(plain)
    made += "\n"
    if not done and made != text:
        done = ["line ends put right"]
    return made, done


def _code(source: str) -> str:
    """Return code without white space at the ends of lines, where that changes nothing in it."""
    tidy = "\n".join(line.rstrip() for line in source.split("\n")).rstrip("\n")
    try:
        same = ast.dump(ast.parse(tidy)) == ast.dump(ast.parse(source))
    except SyntaxError:
        return source
    return tidy if same else source


def _slug(text: str) -> str:
    words = _WORDS.findall(prose.bare(text).lower())
    while words and not words[0].isalpha():
        words.pop(0)
    return "-".join(words[:_LONGEST_ID])


def _named(cell: Any, source: str) -> str:
    """Return a name in words for a cell, from its tag, what it publishes or how it begins."""
    if "parameters" in cell.get("metadata", {}).get("tags", []):
        return "parameters"
    if cell["cell_type"] == "code":
        if "publishing.begin(" in source:
            return "setup"
        published = _PUBLISHED.search(source)
        if published:
            return _slug(published[1])
        assigned = re.search(r"^([a-z_]+)\s*=", source, re.MULTILINE)
        return _slug(assigned[1].replace("_", " ")) if assigned else "code"
    heading = re.search(r"^#+ (.+)$", source, re.MULTILINE)
    name = _slug(heading[1] if heading else source.strip().split("\n")[0])
    return (name if heading else f"{name}-text") if name else "text"


def _ids(cells: list[Any]) -> Done:
    """Name the cells that have no name in words, or one that stands twice; return what was done."""
    done, taken = [], set()
    wanting = []
    for cell in cells:
        id = str(cell.get("id", ""))
        if CELL_ID.fullmatch(id) and not _RANDOM_ID.fullmatch(id) and id not in taken:
            taken.add(id)
        else:
            wanting.append(cell)
    for cell in wanting:
        name = _named(cell, "".join(cell["source"]))
        name = name if CELL_ID.fullmatch(name) else f"cell-{name}".rstrip("-")
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name}-{count}"
        taken.add(unique)
        done.append(f"cell {str(cell.get('id', ''))!r} named {unique!r}")
        rest = {key: value for key, value in cell.items() if key not in ("cell_type", "id")}
        kind = cell["cell_type"]
        cell.clear()
        cell.update(cell_type=kind, id=unique, **rest)
    return done


def notebook(text: str) -> tuple[str, Done]:
    """Return a notebook without outputs, with cells named in words and one sentence a line.

    Raises ValueError for text that is no notebook of format 4.
    """
    try:
        content = json.loads(text.removeprefix("\ufeff"))
        cells = content["cells"]
        if content["nbformat"] != 4 or not all(_is_cell(cell) for cell in cells):
            raise ValueError("not a notebook of format 4")
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a notebook of format 4") from error
    cleared, done = 0, []
    for cell in cells:
        source = "".join(cell["source"])
        made = source
        if cell["cell_type"] == "code":
            cleared += bool(cell.get("outputs") or cell.get("execution_count"))
            cell["execution_count"], cell["outputs"] = None, []
            made = _code(source)
        elif cell["cell_type"] == "markdown":
            made, words = markdown(source)
            done += [f"cell {cell.get('id', '')!r}: {word}" for word in words]
        cell["source"] = made.splitlines(keepends=True)
    if cleared:
        done.insert(0, f"outputs of {cleared} cell{'s' * (cleared != 1)} cleared")
    done += _ids(cells)
    if content.get("nbformat_minor", 0) < 5:
        content["nbformat_minor"] = 5  # the first that has ids
    tidy = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return tidy, done or ["written in the plain form"] * (tidy != text)


def _is_cell(cell: Any) -> bool:
    source = cell["source"]
    is_text = isinstance(source, str) or all(isinstance(line, str) for line in source)
    return is_text and cell["cell_type"] in ("code", "markdown", "raw")


def table(text: str, key: tuple[str, ...]) -> tuple[str, Done]:
    """Return CSV with bare line feeds, quotes only where needed, and rows in the order of a key.

    Raises ValueError for text that is not CSV with the same number of cells in each row.
    """
    plain = text.removeprefix("\ufeff")
    try:
        rows = [row for row in csv.reader(io.StringIO(plain, newline=""), strict=True) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if not rows or any(len(row) != len(rows[0]) for row in rows) or set(key) - set(rows[0]):
        raise ValueError("not a table with this key")
    rows = [rows[0], *([cell.strip(" ") for cell in row] for row in rows[1:])]
    places = [rows[0].index(name) for name in key]
    ordered = sorted(rows[1:], key=lambda row: [row[place] for place in places])
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([rows[0], *ordered])
    done = [f"rows put in the order of {', '.join(key)}"] * (ordered != rows[1:])
    if not done and made.getvalue() != text:
        done = ["line ends, quotes and white space put right"]
    return made.getvalue(), done


def _of_table(name: str) -> Callable[[str], tuple[str, Done]]:
    key = tables.sidecar(name).table_schema.primaryKey
    return lambda text: table(text, key)


def _sources() -> Iterator[tuple[Path, Callable[[str], tuple[str, Done]]]]:
    for path in sorted(paths.chapters().glob("*.ipynb")):
        yield path, notebook
    for path in sorted(paths.chapters().glob("*.md")):
        yield path, page
    for name in tables.names():
        path = paths.data() / f"{name}.csv"
        if path.is_file():
            try:
                yield path, _of_table(name)
            except BookError:
                continue


def untidy() -> list[Tidied]:
    """Return every notebook, page and table that is not tidy, with its tidy text."""
    found = []
    for path, tidied in _sources():
        try:
            before = path.read_bytes().decode("utf-8")
            after, done = tidied(before)
        except ValueError:  # not UTF-8, not a notebook, not a table
            continue
        if after != before:
            found.append(Tidied(path, after, done))
    return found


def fix() -> list[Tidied]:
    """Write every file that is not tidy anew, all of them or none, and return what was done."""
    found = untidy()
    atomic.write({tidied.path: tidied.text for tidied in found})
    return found
