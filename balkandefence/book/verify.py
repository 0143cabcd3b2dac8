"""Rebuild an edition from nothing and compare it with its record and with a published book."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from balkandefence import BookError, editions, paths
from balkandefence.book import archive, checksums, folders, record
from balkandefence.book.record import KINDS, Record
from balkandefence.book.running import Report

#: All of a checkout that a build reads; nothing else is taken to the clean place.
_INPUTS = ("balkandefence", "chapters", "data", "editions", "_config.yml", "_toc.yml",
           "CITATION.cff", "pyproject.toml", "references.bib", "requirements.txt")  # fmt: skip
#: Of a figure, the frame behind it comes before its pictures.
_PICTURES = ("svg", "narrow", "png")


class VerifyError(BookError):
    """An edition cannot be verified; the message says what is missing."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same: what, from what to what, and the likely cause."""

    kind: str
    id: str
    before: str
    after: str
    cause: str

    def __str__(self) -> str:
        name = f"{self.kind} {self.id}".strip()
        return f"{name}: {self.before} → {self.after}\n    likely cause: {self.cause}"


@dataclass
class Outcome:
    """What a comparison found: by kind how many are equal of how many, and all differences."""

    counts: dict[str, list[int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    def __str__(self) -> str:
        width = max((len(kind) for kind in self.counts), default=0)
        lines = [
            f"{kind:<{width}}  {equal} of {total} equal"
            for kind, (equal, total) in self.counts.items()
        ]
        if self.differences:
            lines += ["", "Differences, as before → after:"]
            lines += [str(difference) for difference in self.differences]
        return "\n".join(lines)


class _Causes:
    """What differs between two records besides the results, to explain these."""

    def __init__(self, before: Record, after: Record) -> None:
        self.records = before, after
        old, new = (found["environment"] for found in self.records)
        differing = _differing(old["packages"], new["packages"])
        both = old["packages"].keys() & new["packages"].keys()
        # another version says more than a package that one of the two did not need
        self.packages = sorted(differing, key=lambda name: (name not in both, name))
        self.is_other_place = any(old[name] != new[name] for name in ("python", "platform"))
        self.is_other_program = old["program"] != new["program"]
        self.parameters = _differing(before["parameters"], after["parameters"])

    def _rest(self) -> list[str]:
        """Return what may differ without a trace in the inputs of one value."""
        if self.packages:
            told = ", ".join(self._package(name) for name in self.packages[:4])
            return [f"package ({told})", *([self._places()] if self.is_other_place else [])]
        return [self._places() if self.is_other_place else "platform"]

    def _places(self) -> str:
        environments = (found["environment"] for found in self.records)
        places = [f"Python {e['python']} on {e['platform']}" for e in environments]
        return f"platform ({places[0]} → {places[1]})"

    def _package(self, name: str) -> str:
        versions = [r["environment"]["packages"].get(name, "none") for r in self.records]
        return f"{name} {versions[0]} → {versions[1]}"

    def _inputs(self, names: set[str]) -> list[str]:
        old, new = (found["inputs"] for found in self.records)
        return [n for n in sorted(names) if _get(old, n, "sha256") != _get(new, n, "sha256")]

    def _code(self, names: set[str], page: str) -> list[str]:
        found = []
        for kind in ("measures", "charts"):
            found += [n for n in _differing(*(r[kind] for r in self.records)) if n in names]
        notebooks = _differing(*(record["notebooks"] for record in self.records))
        return found + ([f"the notebook {page}"] if page in notebooks else [])

    def of(self, id: str, *entries: Mapping[str, Any], pictures_only: bool = False) -> str:
        """Return the likely causes of a difference between two entries, the nearest first."""
        causes = []
        tables = {name for entry in entries for name in entry.get("tables", ())}
        names = {record.called(str(entry.get("call", ""))) for entry in entries}
        names |= {str(entry.get("chart", "")) for entry in entries}
        if self.parameters:
            causes.append(f"parameter ({', '.join(self.parameters)})")
        if not pictures_only and (inputs := self._inputs(tables)):
            causes.append(f"data ({', '.join(inputs)})")
        if code := self._code(names, id.partition("/")[0]):
            causes.append(f"code ({', '.join(code)})")
        if not causes and pictures_only:
            return ", ".join(self._rest())
        if not causes and self.is_other_program and not self.packages:
            causes.append("code (the package, outside the measures)")
        return ", ".join(causes or self._rest())


def _get(found: Mapping[str, Any], name: str, part: str) -> Any:
    return found.get(name, {}).get(part)


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))


def _short(value: Any) -> str:
    if value is None:
        return "none"
    text = str(value)
    return text[:12] if len(text) == 64 and " " not in text else text


def _number(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    if before["text"] != after["text"]:
        return before["text"], after["text"]
    if before["value"] != after["value"]:
        return repr(before["value"]), repr(after["value"])
    part = _differing(before, after)[0]
    return f"{part} {before.get(part)}", f"{part} {after.get(part)}"


def _verdict(before: Any, after: Any) -> tuple[str, str]:
    sides = [found if isinstance(found, Mapping) else {"text": found} for found in (before, after)]
    part = "text" if sides[0].get("text") != sides[1].get("text") else _differing(*sides)[0]
    return str(sides[0].get(part)), str(sides[1].get(part))


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    differing = _differing(before, after)
    part = "csv" if "csv" in differing else differing[0]
    name = {"csv": "frame", "narrow": "narrow picture"}.get(part, part)
    return f"{name} {_short(before.get(part))}", f"{name} {_short(after.get(part))}"


def _row(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """Return what differs in an input table, with the line of the first row that does."""
    if before["sha256"] == after["sha256"]:
        return f"description {_short(before['sidecar'])}", f"description {_short(after['sidecar'])}"
    old, new = (f["marks"] for f in (before, after))
    lines = [
        i // 4 + 2 for i in range(0, max(len(old), len(new)), 4) if old[i : i + 4] != new[i : i + 4]
    ]
    shown = [f"{f['rows']} rows, {_short(f['sha256'])}" for f in (before, after)]
    if not lines:
        return shown[0], shown[1]
    if before["rows"] == after["rows"]:
        return shown[0], f"{shown[1]}, another row on line {record.ranges(lines)}"
    return shown[0], f"{shown[1]}, first differing on line {lines[0]}"


def _sentences(before: list[str], after: list[str]) -> tuple[str, str]:
    gone = [sentence for sentence in before if sentence not in after]
    come = [sentence for sentence in after if sentence not in before]
    order = "in another order" if not gone and not come else "none"
    return "; ".join(gone) or order, "; ".join(come) or order


def _told(kind: str, before: Any, after: Any) -> tuple[str, str]:
    """Return both sides of a difference in words."""
    if before is None or after is None:
        sides = ["none" if found is None else _whole(kind, found) for found in (before, after)]
        return sides[0], sides[1]
    if kind == "guards":
        return _sentences(before, after)
    special = {"numbers": _number, "verdicts": _verdict, "figures": _parts, "tables": _parts,
               "sections": _parts, "inputs": _row}  # fmt: skip
    if kind in special:
        return special[kind](before, after)
    return _short(before), _short(after)


def _whole(kind: str, found: Any) -> str:
    if not isinstance(found, Mapping):
        return _short(found)
    return str(found.get("text") or found.get("title") or found.get("caption") or "there")


def _cause(kind: str, id: str, before: Any, after: Any, causes: _Causes) -> str:
    entries = [found if isinstance(found, Mapping) else {} for found in (before, after)]
    if kind == "parameters":
        return f"parameter ({id})"
    if kind == "inputs":
        return f"data ({id})"
    if kind in ("measures", "charts", "notebooks", "pages"):
        return f"code ({id})"
    both = before is not None and after is not None
    pictures = kind == "figures" and both and set(_differing(*entries)) <= set(_PICTURES)
    return causes.of(id, *entries, pictures_only=pictures)


def compare(before: Record, after: Record) -> Outcome:
    """Return what differs between an edition's record and that of its rebuilding."""
    causes = _Causes(before, after)
    outcome = Outcome()
    for kind in KINDS:
        old, new = before[kind], after[kind]
        ids = sorted(old.keys() | new.keys())
        differing = _differing(old, new)
        outcome.counts[kind] = [len(ids) - len(differing), len(ids)]
        for id in differing:
            sides = old.get(id), new.get(id)
            why = _cause(kind, id, *sides, causes)
            one = kind.removesuffix("s")
            outcome.differences.append(Difference(one, id, *_told(kind, *sides), why))
    return outcome


def _published_cause(file: str, before: Record, after: Record) -> str:
    """Return why a published file differs from the rebuilt one, by the records of both."""
    found = compare(before, after).differences
    if not found and before["environment"] == after["environment"]:
        return "altered after it was published"
    if not found:
        causes = _Causes(before, after)
        return causes.of(file) + ", or altered after it was published"
    causes_named = sorted({difference.cause.split(" (")[0] for difference in found})
    return ", ".join(causes_named)


def compare_folder(published: Path, rebuilt: Path, outcome: Outcome) -> None:
    """Add to `outcome` what differs between a published folder and the rebuilt one.

    Where the published book has a PDF its front page links to it, so the rebuilt one is made to.
    """
    from balkandefence.book import pdf

    printed = folders.pdf_name(record.read(published / record.NAME)["edition"])
    if (published / printed).is_file():
        pdf.link(rebuilt, printed)
    counts, differences = folders.compare(published, rebuilt)
    before, after = (record.read(folder / record.NAME) for folder in (published, rebuilt))
    for kind, count in counts.items():
        outcome.counts[f"published {kind}"] = count
    for found in differences:
        id = f"{found.file}, {found.place}" if found.place else found.file
        cause = _published_cause(found.file, before, after)
        outcome.differences.append(
            Difference("published file", id, found.before, found.after, cause)
        )
    if (published / checksums.NAME).is_file():
        _compare_checksums(published, before["edition"], outcome)


def _compare_checksums(published: Path, id: str, outcome: Outcome) -> None:
    """Add where a released folder is not as its SHA256SUMS says, PDF and metadata included.

    A file that differs from the rebuilt one was told already.
    """
    faults = checksums.faults(published)
    listed = checksums.read(published).keys() | checksums.files(published).keys()
    outcome.counts["published checksums"] = [len(listed) - len(faults), len(listed)]
    told = {found.id.partition(", ")[0] for found in outcome.differences}
    for file, before, after in faults:
        if file not in told:
            cause = "altered after it was published"
            if file not in folders.additions(id):
                cause = f"{checksums.NAME} was altered after it was published"
            old, new = (s if s == "none" else f"SHA-256 {_short(s)}" for s in (before, after))
            outcome.differences.append(Difference("published file", file, old, new, cause))


@contextmanager
def _clean_place() -> Iterator[Path]:
    """Yield a folder with the checkout's inputs and nothing else, as the root for a while."""
    with tempfile.TemporaryDirectory(prefix="balkandefence-verify-") as folder:
        root = Path(folder).resolve() / "checkout"
        root.mkdir()
        for name in _INPUTS:
            source = paths.root() / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.is_file():
                shutil.copyfile(source, root / name)
        with mock.patch.dict(os.environ, {"BALKANDEFENCE_ROOT": str(root)}):
            yield root


def _published_record(id: str, folder: Path) -> None:
    if not folder.is_dir():
        raise VerifyError(f"{folder} is not there; name the folder or archive of a published book")
    how = f"a published book has one; name the folder of edition {id}"
    found = record.read(folder / record.NAME, how=how)
    if found["edition"] != id:
        raise VerifyError(f"{folder} holds edition {found['edition']!r}, not {id!r}")


@contextmanager
def _opened(published: Path | None) -> Iterator[Path | None]:
    """Yield a published folder, of an archive unpacked to where it is gone afterwards."""
    if published is None or not published.is_file():
        yield published
        return
    with tempfile.TemporaryDirectory(prefix="balkandefence-archive-") as folder:
        yield archive.unpack(published, Path(folder))


@contextmanager
def rebuilt(id: str, *, jobs: int, report: Report) -> Iterator[tuple[Path, Outcome]]:
    """Yield an edition's book, built from nothing in a clean place, and how its record compares.

    The place is gone afterwards. Raises EditionError for an unknown or malformed id, RecordError
    for a record that is missing or of another format, and whatever the build raises.
    """
    from balkandefence.book import build

    expected = record.of_edition(id)
    with _clean_place() as root:
        book = root / "_build" / "html"
        build.build(editions.load(id), book, jobs=jobs, force=True, report=report)
        yield book, compare(expected, record.read(book / record.NAME))


def verify(id: str, *, published: Path | None, jobs: int, report: Report) -> Outcome:
    """Rebuild an edition in a clean place and return how it compares.

    Raises what `rebuilt` does, VerifyError for a folder that is no book of the edition, and
    ArchiveError for an archive that is not to be trusted.
    """
    record.of_edition(id)
    with _opened(published) as folder:
        if folder is not None:
            _published_record(id, folder)
        with rebuilt(id, jobs=jobs, report=report) as (book, outcome):
            if folder is not None:
                compare_folder(folder, book, outcome)
    return outcome
