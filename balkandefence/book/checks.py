"""All that can be known to be wrong before a notebook runs, listed at once."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from balkandefence import CURRENT, editions, paths, sources, tables, yamls
from balkandefence.book import changes, digits, hints, plan, settings, tidy
from balkandefence.book.plan import Page
from balkandefence.book.prose import bare, ends
from balkandefence.book.prose import lines as lines_of
from balkandefence.book.tidy import CELL_ID
from balkandefence.claims import ledger

#: Lines of code that a cell and a chapter may have.
CELL_LINES, CHAPTER_LINES = 10, 48

_CITED = re.compile(r"\{(?:foot)?cite(?::\w+)?\}`([^`]+)`")
#: What a kernel takes that is no Python: magics, commands and questions.
_MAGIC = re.compile(r"(?:^|=)[ \t]*[%!?]|\?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, and what to do.

    `place` names a column or a cell; of a cell, `line` is the one in it and `position` its place
    in the notebook.
    """

    file: str
    line: int
    place: str
    text: str
    position: int = 0

    def __str__(self) -> str:
        line = f"{self.line}" if self.line else ""
        if self.position:
            inside = f" line {line}" if line else ""
            return f"{self.file} {self.place}{inside}: {self.text}"
        return f"{self.file}{':' if line else ''}{line} {self.place}".rstrip() + f": {self.text}"


def _named_line(error: object) -> int:
    """Return the last line that a message names, 1 where it names none."""
    found = re.findall(r"line (\d+)", str(error))
    return int(found[-1]) if found else 1


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file, and within it from top to bottom, each once."""
    return sorted(set(findings), key=lambda f: (f.file, f.position, f.line, f.place, f.text))


@dataclass(frozen=True)
class Prose:
    """A piece of text under check, with where it stands."""

    file: str
    place: str
    text: str
    position: int = 0

    def finding(self, line: int, text: str) -> Finding:
        """Return something wrong on one of its lines."""
        return Finding(self.file, line, self.place, text, self.position)


def _cell(file: str, position: int, cell: Any) -> Prose:
    """Return the text of a notebook's cell, which is named by its place where it has no name."""
    name = f"cell {cell.id!r}" if cell.id else f"cell {position}"
    return Prose(file, name, cell.source, position)


def _relative(path: Path) -> str:
    return path.relative_to(paths.root()).as_posix()


def _prose(prose: Prose) -> Iterator[Finding]:
    """Yield what is wrong with a text: typed digits, unknown citations, crowded lines."""
    known = sources.keys()
    for number, line, is_prose in lines_of(prose.text):
        for key in (key.strip() for keys in _CITED.findall(line) for key in keys.split(",")):
            if key not in known:
                near = hints.near(key, known)
                text = f"cites {key!r}, which is not in references.bib"
                yield prose.finding(number, f"{text}; {near}" if near else text)
        if not is_prose:
            continue
        if ends(line):
            text = "more than one sentence on a line; start each on its own"
            yield prose.finding(number, text)
        for found in digits.typed(bare(line)):
            text = f"{found!r} is typed; publish it as a number, or allow it in {digits.FILE}"
            yield prose.finding(number, text)


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


def _lines(source: str) -> dict[str, int]:
    """Return the line on which a parameters cell assigns each name."""
    found = enumerate(source.splitlines(), 1)
    return {m[1]: number for number, line in found if (m := re.match(r"(\w+)\s*[:=]", line))}


def _parameters(file: str, cells: list[Any], told: set[str]) -> Iterator[Finding]:
    """Yield where a notebook's parameters cell disagrees with editions/parameters.yml."""
    tagged = [(n, c) for n, c in enumerate(cells, 1) if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        yield Finding(file, 1, "", f"{len(tagged)} cells are tagged 'parameters', expected one")
        return
    position, cell = tagged[0]
    at = _cell(file, position, cell)
    try:
        found = _assigned(cell.source)
    except (SyntaxError, ValueError) as error:
        named = re.search(r"line (\d+)", str(error))
        yield at.finding(
            int(named[1]) if named else 1, f"expected one literal value a line: {error}"
        )
        return
    expected = {**editions.defaults(), **editions.defaults(Path(file).stem)}
    lines = _lines(cell.source)
    for name in sorted(found.keys() | expected.keys() | told):
        line = lines.get(name, 1)
        if name in told and name not in expected:
            if name not in found:
                yield at.finding(line, f"{name} is missing; each run gets its own")
        elif name not in expected:
            yield at.finding(line, f"{name} is not declared in editions/parameters.yml")
        elif name not in found:
            yield at.finding(line, f"{name} is missing; add {name} = {expected[name]!r}")
        elif found[name] != expected[name] or type(found[name]) is not type(expected[name]):
            text = f"{name} is {found[name]!r}, the declared default is {expected[name]!r}"
            yield at.finding(line, text)


def _code(file: str, cells: list[Any]) -> Iterator[Finding]:
    """Yield what is wrong with a notebook's code cells."""
    total = 0
    for position, cell in enumerate(cells, 1):
        if cell.cell_type != "code":
            continue
        at = _cell(file, position, cell)
        if cell.get("outputs") or cell.get("execution_count"):
            yield at.finding(1, "carries outputs; clear them, the build makes its own")
        if "parameters" not in cell.metadata.get("tags", []) and (wrong := _syntax(cell.source)):
            at_line, why = wrong
            code = cell.source.splitlines()[at_line - 1 : at_line]
            yield at.finding(at_line, f"{why}, at {code[0].strip()!r}" if code else why)
        lines = [line for line in cell.source.splitlines() if line.strip()]
        total += len(lines)
        if len(lines) > CELL_LINES:
            text = f"{len(lines)} lines of code, at most {CELL_LINES}; move the rest to the package"
            yield at.finding(CELL_LINES + 1, text)
    if total > CHAPTER_LINES:
        text = f"{total} lines of code, at most {CHAPTER_LINES}; move the rest to the package"
        yield Finding(file, 1, "", text)


def _syntax(source: str) -> tuple[int, str] | None:
    """Return the line at which code is no Python, and why; None where only a kernel can tell."""
    if _MAGIC.search(source):
        return None
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1, f"{type(error).__name__}: {error.msg}"
    return None


def _names(file: str, cells: list[Any]) -> Iterator[Finding]:
    """Yield the cells that lack a name of their own."""
    known: set[str] = set()
    for position, cell in enumerate(cells, 1):
        at, name = _cell(file, position, cell), cell.id
        if not name:
            yield at.finding(1, "has no name; name it in words, or let `check --fix` do it")
        elif name in known:
            yield at.finding(1, "an earlier cell has this name; `check --fix` gives another")
        elif not CELL_ID.fullmatch(name):
            yield at.finding(1, "name the cell in words, such as 'level'")
        known.add(name)


def _read(path: Path) -> nbformat.NotebookNode:
    """Return a notebook of which the cells have the names that the file gives them, or none."""
    text = path.read_text(encoding="utf-8")
    raw = json.loads(text)
    if not isinstance(raw, dict) or raw.get("nbformat") != 4:
        raise ValueError("expected the JSON of nbformat 4, as JupyterLab saves it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing and double names, which nbformat would mend
        content = nbformat.reads(text, as_version=4)
        nbformat.validate(content)
    for cell, written in zip(content.cells, raw["cells"], strict=True):
        cell["id"] = written.get("id", "")
    return content


def notebook(path: Path, told: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return everything wrong with one notebook's source.

    `told` are the parameters that its runs get besides the edition's, such as the country.
    """
    file = _relative(path)
    try:
        cells = _read(path).cells
    except Exception as error:  # nbformat raises many kinds
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        line = getattr(error, "lineno", 1)
        return [Finding(file, line, "", f"not a valid notebook: {reason}")]
    findings = [*_parameters(file, cells, set(told or {})), *_code(file, cells)]
    findings += _names(file, cells)
    for position, cell in enumerate(cells, 1):
        if cell.cell_type == "markdown":
            findings += _prose(_cell(file, position, cell))
    return _ordered(findings)


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
            yield Finding(_relative(path), 1, "", "is not in _toc.yml, so no reader would find it")


def _of_edition(error: editions.EditionError) -> Iterator[Finding]:
    """Yield what is wrong with an edition or the parameters, each with the line of its name."""
    path = paths.root() / error.where
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for fault in error.faults:
        place = fault.split(" ")[0].rstrip(":").split(".")
        line = getattr(fault, "line", 0) or (yamls.line(text, place) if text else 1)
        yield Finding(error.where, line, "", fault)


def _editions() -> Iterator[Finding]:
    """Yield what is wrong with the editions; the tables that they rest on are checked apart."""
    found = []
    for id in editions.ids():
        try:
            found.append(editions.load(id))
        except editions.EditionError as error:
            yield from _of_edition(error)
        except (tables.DataError, tables.SidecarError):
            return
    current = next((edition for edition in found if edition.id == CURRENT), None)
    if CURRENT not in editions.ids():
        text = f"the current edition {CURRENT} is missing"
        yield Finding(f"editions/{CURRENT}.yml", 1, "", text)
    elif current and current.parameters != editions.defaults():
        text = f"the defaults differ from the current edition {CURRENT}"
        declared = (paths.editions() / "parameters.yml").read_text(encoding="utf-8")
        for name, value in editions.defaults().items():
            if current.parameters[name] != value:
                line = yamls.line(declared, [name, "default"])
                yield Finding("editions/parameters.yml", line, name, text)


def data() -> list[Finding]:
    """Return everything wrong with references.bib and the tables."""
    try:
        problems = tables.check()
    except sources.SourcesError as error:
        return [Finding("references.bib", _named_line(error), "", str(error))]
    return _ordered(Finding(p.file, p.line, p.column, _said(p)) for p in problems)


def _said(problem: tables.Problem) -> str:
    return f"{problem.value!r} {problem.rule}" if problem.value else problem.rule


def _settings() -> Iterator[Finding]:
    """Yield what is wrong with the small files that say how the book is made."""
    for file, faults in (
        (digits.FILE, digits.faults()),
        (changes.CORRECTIONS, changes.faults()),
        (settings.FILE, settings.faults()),
    ):
        for fault in faults:
            yield Finding(file, fault.line, "", fault)


def _claims() -> Iterator[Finding]:
    """Yield what is wrong between the claims ledger, its functions and its sources."""
    for fault in ledger.problems():
        yield Finding("data/claims.yml", fault.line, "", fault)


def _contents() -> Iterator[Finding]:
    """Yield what is wrong with the table of contents and the pages that it names."""
    try:
        pages = plan.pages(editions.load(CURRENT))
    except plan.PlanError as error:
        yield from _of_contents(str(error))
    except (editions.EditionError, tables.DataError, tables.SidecarError):
        return  # listed already; without an edition there is no telling the pages
    else:
        yield from _pages(pages)


def _of_contents(message: str) -> Iterator[Finding]:
    path = paths.root() / "_toc.yml"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    reasons = message.removeprefix("_toc.yml:").strip().splitlines()
    if "column" in message:  # where it is no YAML
        reasons = [" ".join(message.split())]
    for reason in map(str.strip, reasons):
        named = re.compile(rf"(?:file|root):\s*{re.escape(reason.partition(':')[0])}\s*$")
        lines = [n for n, line in enumerate(text.splitlines(), 1) if named.search(line)]
        line = lines[-1] if lines else _named_line(reason)
        yield Finding("_toc.yml", line, "", reason)


def check(*, form: bool = True) -> list[Finding]:
    """Return everything wrong with data, editions, notebooks and pages, sorted by file.

    What rests on something broken is left out where it would only echo that fault. Without
    `form`, files of which nothing is wrong but how they are written down are left alone: they
    make the same book.
    """
    found = [*data(), *_editions(), *_claims(), *_settings(), *_contents()]
    return _ordered([*found, *(_form({finding.file for finding in found}) if form else ())])


def _form(told: set[str]) -> Iterator[Finding]:
    """Yield the files of which nothing is wrong but the form."""
    for found in tidy.untidy():
        if found.file not in told:
            text = f"only the form is wrong ({'; '.join(found.done)}); `check --fix` mends it"
            yield Finding(found.file, found.line, "", text)
