"""An edition's record: all that it published, small enough to read in a diff.

The record is made from the executed chapters while a book is staged, published with it as
record.json, and kept beside the edition only when that is asked for.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balkandefence import CURRENT, BookError, editions, paths, tables
from balkandefence.book import fingerprint
from balkandefence.editions import Edition

if TYPE_CHECKING:
    from balkandefence.book.plan import Page
    from balkandefence.book.stage import Chapter

#: Version of the record's form; a record of another one is refused.
FORMAT = 1
NAME = "record.json"
#: What a rebuild must give again, in the order in which differences are told. The rest of a
#: record says on what it was made and only helps to explain.
KINDS = ("parameters", "numbers", "verdicts", "guards", "figures", "tables", "sections", "inputs",
         "measures", "charts", "notebooks", "pages")  # fmt: skip

Record = dict[str, Any]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


class RecordError(BookError, ValueError):
    """A record is missing, cannot be read, or cannot be made."""


def sha256(content: str | bytes) -> str:
    """Return a hash as sha256sum writes it."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()


def ranges(numbers: Iterable[int]) -> str:
    """Return line numbers as '3-7,12'."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def lines(text: str) -> list[int]:
    """Return the line numbers of a text that `ranges` made."""
    found: list[int] = []
    for part in text.split(",") if text else []:
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def marks(text: str) -> str:
    """Return four hexadecimal digits for each row of a CSV text, by which to find a changed one."""
    return "".join(sha256(line)[:4] for line in text.splitlines()[1:])


def _call(function: str, arguments: Mapping[str, str]) -> str:
    given = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f"{function.removeprefix('balkandefence.measures.')}({given})" if function else ""


def called(call: str) -> str:
    """Return the name of the function in a recorded call."""
    return call.partition("(")[0]


def _lines_known(what: str, rows: Mapping[str, Iterable[int]], edition: Edition) -> dict[str, str]:
    made = {}
    for table, found in rows.items():
        known = tables.known(table, edition.as_of)
        later = sorted(set(found) - set(known.rows.index))
        if later:
            fault = f"reads line {later[0]} of {table}, which was not known on {edition.as_of}"
            raise RecordError(f"{what} {fault}")
        made[table] = ranges(found)
    return made


def _number(name: str, published: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    origin = published["provenance"]
    value = {"value": published["value"]} if published["kind"] == "number" else {}
    return {
        "text": published["text"],
        **value,
        "what": published["what"],
        "call": _call(origin["function"], origin["arguments"]),
        "tables": sorted(origin["tables"]),
        "rows": _lines_known(f"number {name}", origin["rows"], edition),
    }


def _verdict(name: str, published: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    origin = published["provenance"]
    return {
        **published["verdict"],
        "call": _call(origin["function"], origin["arguments"]),
        "tables": sorted(origin["tables"]),
        "rows": _lines_known(f"verdict {name}", origin["rows"], edition),
    }


def _figure(published: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": published["title"],
        "call": _call(published["function"], published["arguments"]),
        "chart": published["chart"],
        "tables": sorted(published["tables"]),
        "csv": sha256(published["csv"]),
        "svg": sha256(published["svg"]),
        "narrow": sha256(published["narrow"]),
        "png": sha256(base64.b64decode(published["png"])),
    }


def _table(published: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "caption": published["caption"],
        "call": _call(published["function"], published["arguments"]),
        "tables": sorted(published["tables"]),
        "csv": sha256(published["csv"]),
        "rows": len(published["rows"]),
    }


def _section(published: Mapping[str, Any]) -> dict[str, Any]:
    origin = published["provenance"]
    return {
        "call": _call(origin["function"], origin["arguments"]),
        "tables": sorted(origin["tables"]),
        "sha256": sha256(published["text"]),
    }


def _input(name: str, edition: Edition) -> dict[str, Any]:
    known = tables.known(name, edition.as_of)
    spatial = tables.sidecar(name).format != "csv"
    return {
        "rows": len(known.rows),
        "sha256": sha256(known.text),
        "sidecar": sha256((paths.data() / f"{name}.yml").read_bytes()),
        "marks": "" if spatial else marks(known.text),
    }


def pins() -> dict[str, list[str]]:
    """Return every package of the lock file with its version, or versions by platform."""
    path = paths.root() / "requirements.txt"
    found: dict[str, list[str]] = {}
    for name, version in _PIN.findall(path.read_text("utf-8") if path.is_file() else ""):
        found.setdefault(name, []).append(version)
    return found


@cache
def _version(package: str) -> str | None:
    """Return the installed version of a package: it does not change while the program runs."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None  # for another platform or Python


def packages() -> dict[str, str]:
    """Return the version of every package of the lock file that is installed."""
    return {name: version for name in pins() if (version := _version(name)) is not None}


def program() -> str:
    """Return a hash of the whole package."""
    package = Path(__file__).resolve().parents[1]
    parts = [
        f"{path.relative_to(package).as_posix()} {sha256(path.read_bytes())}"
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix in (".py", ".css", ".js")
    ]
    return sha256("\n".join(parts))


def _environment() -> dict[str, Any]:
    return {
        "packages": packages(),
        "platform": f"{platform.system()} {platform.machine()}",
        "program": program(),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def _shortly(printed: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {n.removeprefix("balkandefence.measures."): printed[n] for n in sorted(names)}


def make(edition: Edition, chapters: Mapping[str, Chapter], pages: Iterable[Page]) -> Record:
    """Return the record of an edition from its executed chapters.

    Raises RecordError where a number rests on a row that was not known on the edition's day.
    """
    kinds = ("numbers", "figures", "tables", "sections", "verdicts")
    shelves: dict[str, dict[str, Any]] = {kind: {} for kind in kinds}
    measures, charts = set(), set()
    for page, chapter in chapters.items():
        for id, found in chapter.numbers.items():
            shelves["numbers"][f"{page}/{id}"] = _number(f"{page}/{id}", found, edition)
            measures.add(found["provenance"]["function"])
        for id, found in chapter.figures.items():
            shelves["figures"][f"{page}/{id}"] = _figure(found)
            charts.add(found["chart"])
        for id, found in chapter.tables.items():
            shelves["tables"][f"{page}/{id}"] = _table(found)
        for id, found in chapter.sections.items():
            shelves["sections"][f"{page}/{id}"] = _section(found)
            if found["verdict"]:
                shelves["verdicts"][f"{page}/{id}"] = _verdict(f"{page}/{id}", found, edition)
            measures.add(found["provenance"]["function"])
        for shelf in (chapter.figures, chapter.tables):
            measures |= {found["function"] for found in shelf.values()}
    measures, charts = measures - {""}, charts - {""}
    environment = _environment()
    printed = fingerprint.of_all(measures | charts, environment["program"])
    listed = list(pages)
    return {
        "format": FORMAT,
        "edition": edition.id,
        "title": edition.title,
        "as_of": edition.as_of.isoformat(),
        "parameters": edition.parameters,
        **shelves,
        "guards": {page: chapter.guards for page, chapter in chapters.items()},
        "inputs": {name: _input(name, edition) for name in tables.names()},
        "measures": _shortly(printed, measures),
        "charts": _shortly(printed, charts),
        "notebooks": {p.name: sha256(p.path.read_bytes()) for p in listed if p.is_notebook},
        "pages": {p.name: sha256(p.path.read_bytes()) for p in listed if not p.is_notebook},
        "environment": environment,
    }


def text(record: Record) -> str:
    """Return a record as JSON: sorted, one value a line, ending in a line feed."""
    return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def file(id: str) -> Path:
    """Return where the record of an edition is kept."""
    return paths.editions() / f"{id}.record.json"


def read(path: Path, *, how: str = "") -> Record:
    """Return the record in a file; `how` says what to do where there is none.

    Raises RecordError where it is missing, is no record, or has another form.
    """
    if not path.is_file():
        raise RecordError(f"there is no record {path}{'; ' if how else ''}{how}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecordError(f"{path} is not a record: {error}") from error
    if not isinstance(found, dict) or "format" not in found:
        raise RecordError(f"{path} is not a record: it names no format")
    if found["format"] != FORMAT:
        said = f"is a record of format {found['format']!r}, this program reads {FORMAT}"
        raise RecordError(f"{path} {said}; make it anew: {making(path.name.split('.record')[0])}")
    missing = [kind for kind in (*KINDS, "edition", "as_of", "environment") if kind not in found]
    if missing:
        raise RecordError(f"{path} is not a whole record: it lacks {', '.join(missing)}")
    return found


def making(id: str) -> str:
    """Return the command that makes an edition's record."""
    return f"balkandefence build --edition {id} --record"


def of_edition(id: str) -> Record:
    """Return the kept record of an edition.

    Raises EditionError for a malformed or unknown id, RecordError where it has no sound record.
    """
    editions.load(id)
    found = read(file(id), how=f"make it by: {making(id)}")
    if found["edition"] != id:
        raise RecordError(f"{file(id)} is the record of edition {found['edition']!r}")
    return found


def drawn(id: str) -> Counter[str]:
    """Return how many figures each page of an edition had when it was recorded.

    Of an edition without a sound record it is those of the current one, if it has one.
    """
    for known in (id, CURRENT):
        with contextlib.suppress(BookError):
            figures = of_edition(known)["figures"]
            return Counter(name.partition("/")[0] for name in figures)
    return Counter()


def refuse_changed(edition: Edition) -> None:
    """Raise RecordError where an edition is not as its file chose."""
    if edition.id not in editions.ids():
        raise RecordError(f"a record is kept of an edition as its file chose, not of {edition.id}")


def keep(book: Path, id: str) -> Path:
    """Copy the record of a finished book beside its edition, in one step; return where it is.

    Raises RecordError where the book is of another edition.
    """
    found = read(book / NAME)
    if found["edition"] != id:
        raise RecordError(f"{book} holds edition {found['edition']!r}, not {id!r}")
    target = file(id)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.write_text(text(found), encoding="utf-8")
    os.replace(part, target)
    return target
