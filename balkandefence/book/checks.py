"""All that can be known to be wrong before a notebook runs, listed at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import yaml

from balkandefence import CURRENT, editions, paths, sources, tables
from balkandefence.book import plan
from balkandefence.book.plan import Page
from balkandefence.claims import ledger

#: Lines of code that a cell and a chapter may have.
CELL_LINES, CHAPTER_LINES = 10, 48

_CELL_ID = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
_CITED = re.compile(r"\{(?:foot)?cite(?::\w+)?\}`([^`]+)`")
_SPANS = (
    re.compile(r"\{[a-z:-]+\}`[^`]*`"),  # roles
    re.compile(r"`[^`]*`"),  # code
    re.compile(r"\]\([^)]*\)"),  # addresses of links
    re.compile(r"<[^>]*>"),  # addresses and HTML
    re.compile(r"^\([a-z0-9-]+\)=$"),  # targets
)
_DIGITS = re.compile(r"[\w.,%-]*\d[\w.,%-]*")
_TWO_SENTENCES = re.compile(r"[a-z0-9%)\]`](?<!\be\.g)(?<!\bi\.e)(?<!\bno)(?<!\bcf)[.!?] +[A-Z]")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where, and what to do."""

    file: str
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        place = f" {self.place}" if self.place else ""
        return f"{self.file}{line}{place}: {self.text}"


@dataclass(frozen=True)
class Prose:
    """A piece of text under check, with where it stands."""

    file: str
    place: str
    text: str
    first_line: int = 1


def _relative(path: Path) -> str:
    return path.relative_to(paths.root()).as_posix()


@cache
def _allowed_digits(path: Path) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of digits that prose may hold; each is listed with its reason."""
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else []
    return tuple(re.compile(entry["pattern"]) for entry in content or [])


def _prose(prose: Prose) -> Iterator[Finding]:
    """Yield what is wrong with a text: typed digits, unknown citations, crowded lines."""
    allowed = _allowed_digits(paths.chapters() / "digits.yml")
    known = sources.load()
    fenced = False
    for number, line in enumerate(prose.text.splitlines(), prose.first_line):
        for keys in _CITED.findall(line):
            for key in keys.split(","):
                if key.strip() not in known:
                    text = f"cites {key.strip()!r}, which is not in references.bib"
                    yield Finding(prose.file, number, prose.place, text)
        if line.lstrip().startswith(("```", ":::")):
            fenced = not fenced
        if fenced or line.lstrip().startswith(("```", ":::", "|")):
            continue
        bare = line
        for span in _SPANS:
            bare = span.sub(" ", bare)
        if _TWO_SENTENCES.search(bare):
            text = "more than one sentence on a line; start each on its own"
            yield Finding(prose.file, number, prose.place, text)
        for pattern in allowed:
            bare = pattern.sub(" ", bare)
        for digits in _DIGITS.findall(bare):
            text = (
                f"{digits!r} is typed; publish it as a number, or allow it in chapters/digits.yml"
            )
            yield Finding(prose.file, number, prose.place, text)


def _assigned(source: str) -> dict[str, Any]:
    """Return the names that a parameters cell assigns, with their literal values."""
    found = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = ast.literal_eval(value)
            case _:
                raise ValueError(f"line {statement.lineno} is not NAME = VALUE")
    return found


def _parameters(file: str, cells: list[Any], told: set[str]) -> Iterator[Finding]:
    """Yield where a notebook's parameters cell disagrees with editions/parameters.yml."""
    tagged = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        yield Finding(file, 0, "", f"{len(tagged)} cells are tagged 'parameters', expected one")
        return
    cell, place = tagged[0], f"cell {tagged[0].get('id', '?')!r}"
    try:
        found = _assigned(cell.source)
    except (SyntaxError, ValueError) as error:
        yield Finding(file, 0, place, f"expected one literal value a line: {error}")
        return
    expected = {**editions.defaults(), **editions.defaults(Path(file).stem)}
    for name in sorted(found.keys() | expected.keys() | told):
        if name in told and name not in expected:
            if name not in found:
                yield Finding(file, 0, place, f"{name} is missing; each run gets its own")
        elif name not in expected:
            yield Finding(file, 0, place, f"{name} is not declared in editions/parameters.yml")
        elif name not in found:
            yield Finding(file, 0, place, f"{name} is missing; add {name} = {expected[name]!r}")
        elif found[name] != expected[name] or type(found[name]) is not type(expected[name]):
            text = f"{name} is {found[name]!r}, the declared default is {expected[name]!r}"
            yield Finding(file, 0, place, text)


def _code(file: str, cells: list[Any]) -> Iterator[Finding]:
    """Yield what is wrong with a notebook's code cells."""
    total = 0
    for cell in cells:
        place = f"cell {cell.get('id', '?')!r}"
        if cell.get("outputs") or cell.get("execution_count"):
            yield Finding(file, 0, place, "carries outputs; clear them, the build makes its own")
        lines = [line for line in cell.source.splitlines() if line.strip()]
        total += len(lines)
        if len(lines) > CELL_LINES:
            text = f"{len(lines)} lines of code, at most {CELL_LINES}; move the rest to the package"
            yield Finding(file, 0, place, text)
    if total > CHAPTER_LINES:
        text = f"{total} lines of code, at most {CHAPTER_LINES}; move the rest to the package"
        yield Finding(file, 0, "", text)


def notebook(path: Path, told: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return everything wrong with one notebook's source.

    `told` are the parameters that its runs get besides the edition's, such as the country.
    """
    file = _relative(path)
    try:
        content = nbformat.read(path, as_version=4)
        nbformat.validate(content)
    except Exception as error:  # nbformat raises many kinds
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return [Finding(file, 0, "", f"not a valid notebook: {reason}")]
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    findings = [*_parameters(file, code, set(told or {})), *_code(file, code)]
    for cell in content.cells:
        place = f"cell {cell.get('id', '?')!r}"
        if not _CELL_ID.fullmatch(cell.get("id", "")):
            findings.append(Finding(file, 0, place, "name the cell in words, such as 'level'"))
        if cell.cell_type == "markdown":
            findings += _prose(Prose(file, place, cell.source))
    return findings


def page(path: Path) -> list[Finding]:
    """Return everything wrong with one Markdown page's source."""
    text = path.read_text(encoding="utf-8")
    return list(_prose(Prose(_relative(path), "", text)))


def _pages(pages: list[Page]) -> Iterator[Finding]:
    listed = {found.path: found for found in pages}
    for found in listed.values():
        if found.is_notebook:
            yield from notebook(found.path, found.parameters)
        else:
            yield from page(found.path)
    for path in sorted([*paths.chapters().glob("*.ipynb"), *paths.chapters().glob("*.md")]):
        if path not in listed:
            yield Finding(_relative(path), 0, "", "is not in _toc.yml, so no reader would find it")


def _editions() -> Iterator[Finding]:
    try:
        ids = [id for id in editions.ids() if editions.load(id)]
        if CURRENT not in ids:
            yield Finding("editions", 0, "", f"the current edition {CURRENT} is missing")
        elif editions.load(CURRENT).parameters != editions.defaults():
            text = f"the defaults differ from the current edition {CURRENT}"
            yield Finding("editions/parameters.yml", 0, "", text)
    except editions.EditionError as error:
        yield Finding("editions", 0, "", str(error))


def data() -> list[Finding]:
    """Return everything wrong with references.bib and the tables."""
    try:
        sources.load()
    except sources.SourcesError as error:
        return [Finding("references.bib", 0, "", str(error))]
    return [Finding(p.file, p.line, p.column, f"{p.value!r} {p.rule}") for p in tables.check()]


def _claims() -> Iterator[Finding]:
    """Yield what is wrong between the claims ledger, its functions and its sources."""
    for text in ledger.problems():
        yield Finding("data/claims.yml", 0, "", text)


def check() -> list[Finding]:
    """Return everything wrong with data, editions, notebooks and pages, sorted by file."""
    findings = data()
    if findings:
        return sorted(findings)  # what builds on the data would only echo their faults
    findings += _editions()
    findings += _claims()
    if findings:
        return sorted(findings)
    try:
        findings += _pages(plan.pages(editions.load(CURRENT)))
    except plan.PlanError as error:
        findings.append(Finding("_toc.yml", 0, "", str(error)))
    return sorted(findings)
