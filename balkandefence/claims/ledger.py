"""The claims ledger, data/claims.yml: who said what, where and when, and what tests it."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from balkandefence import BookError, paths, sources, yamls
from balkandefence.claims.evidence import Evidence, Expectation, Known, Relation, fact
from balkandefence.yamls import Fault

Kind = Literal["quantity", "fact", "forecast", "disputed", "judgement"]
Theme = Literal["spending", "procurement", "alliances", "incidents"]

_PACKAGE = "balkandefence.claims"
#: Modules of this package that hold no tests of claims.
_OTHER = ("evidence", "finder", "frames", "ledger", "lookup", "machine", "report", "rule")
_MARK = "tests_a_claim"


class LedgerError(BookError, ValueError):
    """The ledger cannot be used; `faults` lists every reason."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = [fault if isinstance(fault, Fault) else Fault(fault, 1) for fault in faults]
        super().__init__("data/claims.yml:\n  " + "\n  ".join(faults))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Speaker(_Strict):
    """Who made a statement, in which role."""

    name: str
    role: str
    person: bool = False


class Judgement(_Strict):
    """What a person decided about a claim, with reason and date; apart from what is computed."""

    text: str = Field(min_length=10)
    reason: str = Field(min_length=20)
    date: dt.date


class Record(_Strict):
    """A public page that bears a statement out or speaks against it, where no table does.

    As every row of data it has a source and the day from which it could be known.
    """

    what: str = Field(min_length=10)
    source: str
    known_from: dt.date
    part: str = ""
    shows: bool = True


class Claim(_Strict):
    """One statement under test.

    `value` is written as it was quoted, because its last digit says how far it was rounded;
    `made` is the day whose knowledge "when it was made" means, the last one that the source's
    date may mean.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)+$")
    theme: Theme
    kind: Kind
    title: str = Field(min_length=5, max_length=70)
    statement: str = Field(min_length=20)
    said_by: tuple[Speaker, ...] = Field(min_length=1)
    reported_in: tuple[str, ...] = Field(min_length=1)
    reported: str = Field(pattern=r"^\d{4}(-\d\d){0,2}$")
    made: dt.date
    story: str = ""
    subject: tuple[str, ...] = Field(min_length=1)
    comparator: tuple[str, ...] = ()
    value: str = ""
    unit: str = ""
    period: str = ""
    relation: Relation = "is_true"
    test: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    records: tuple[Record, ...] = ()
    caveats: tuple[str, ...] = ()
    judgement: Judgement | None = None

    @field_validator("value")
    @classmethod
    def _is_number(cls, value: str) -> str:
        if value and not re.fullmatch(r"\d+(\.\d+)?", value):
            raise ValueError("write the number as quoted and in quotes, such as '2.2'")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Claim:
        numeric = self.relation in ("equal", "at_least", "at_most", "more_than")
        if numeric and not self.value:
            raise ValueError(f"relation {self.relation} needs a value")
        if self.is_judged and self.judgement is None:
            raise ValueError(f"kind {self.kind} needs a judgement: text, reason and date")
        return self

    @property
    def is_judged(self) -> bool:
        """Return whether truth is not ours to find: responsibility in dispute, views, proposals."""
        return self.kind in ("disputed", "judgement")

    @property
    def expects(self) -> Expectation:
        """Return what evidence must show; the step is the last digit of the quoted value."""
        if not self.value:
            return Expectation(self.relation)
        decimals = len(self.value.partition(".")[2])
        return Expectation(self.relation, float(self.value), 10.0**-decimals)

    @property
    def speakers(self) -> str:
        """Return who said it, with roles."""
        return "; ".join(f"{who.name} ({who.role})" for who in self.said_by)

    @property
    def anchor(self) -> str:
        """Return the claim's stable anchor in the book."""
        return f"claim-{self.id}"


class Tester(Protocol):
    """A claim's function: the claim and the tables of a day in, evidence rows out."""

    def __call__(self, claim: Claim, known: Known) -> list[Evidence]:
        """Return the evidence rows."""


T = TypeVar("T", bound=Callable[..., list[Evidence]])


def tests_claim(function: T) -> T:
    """Mark a function as the test of a claim; `check` finds those that no claim names."""
    setattr(function, _MARK, True)
    return function


def recorded(claim: Claim, known: Known, part: str = "") -> list[Evidence]:
    """Return what public pages known by the day say on a part of a statement, a row a page."""
    pages = sources.load()
    return [
        fact(
            float(record.shows), f"Page of {pages[record.source].publisher}", record.what, "",
            part=part, sources=(record.source,),
        )
        for record in claim.records
        if record.part == part and record.known_from <= known.day
    ]  # fmt: skip


def _path() -> Path:
    return paths.data() / "claims.yml"


@lru_cache(maxsize=4)
def _parsed(path: Path, _stamp: int) -> tuple[Claim, ...]:
    try:
        text = path.read_text(encoding="utf-8")
        content = yamls.read(text) or []
    except (yaml.YAMLError, ValueError) as error:  # ValueError: 2026-02-30, or not UTF-8
        raise LedgerError([yamls.broken(error)]) from error
    if not isinstance(content, list):
        raise LedgerError(["expected a list of claims"])
    found, faults = [], []
    for place, entry in enumerate(content, 1):
        name = entry.get("id", f"entry {place}") if isinstance(entry, dict) else f"entry {place}"
        try:
            found.append(Claim.model_validate(entry))
        except ValidationError as error:
            for fault in error.errors():
                words = f"{name}: {'.'.join(map(str, fault['loc'])) or 'entry'}: {fault['msg']}"
                faults.append(Fault(words, yamls.line(text, [place - 1, *fault["loc"]])))
    for what, values in (("id", [c.id for c in found]), ("test", [c.test for c in found])):
        repeated = [value for value, count in Counter(values).items() if count > 1]
        faults += [
            Fault(f"{what} {value} stands {Counter(values)[value]} times", _last(text, value))
            for value in repeated
        ]
    if faults:
        raise LedgerError(faults)
    return tuple(found)


def _last(text: str, value: str) -> int:
    """Return the last line that ends with a value."""
    lines = enumerate(text.splitlines(), 1)
    return max((number for number, line in lines if line.endswith(f" {value}")), default=1)


def load(path: Path | None = None) -> tuple[Claim, ...]:
    """Return every claim in the order of the ledger; none where there is no ledger.

    Raises LedgerError that lists every entry that lacks something, and ids that stand twice.
    """
    path = path or _path()
    return _parsed(path, path.stat().st_mtime_ns) if path.is_file() else ()


def known_on(day: dt.date) -> list[Claim]:
    """Return the claims that had been made by a day."""
    return [claim for claim in load() if claim.made <= day]


def function(claim: Claim) -> Tester:
    """Return the function that tests a claim; LookupError where there is none."""
    module, _, name = claim.test.partition(".")
    try:
        found: Tester = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), name)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"claims/{module}.py has no function {name}") from error
    if not getattr(found, _MARK, False):
        raise LookupError(f"claims/{module}.py: {name} is not marked @tests_claim")
    return found


def _marked() -> Iterator[str]:
    """Yield 'module.function' of every function marked as the test of a claim."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem.startswith("_") or path.stem in _OTHER:
            continue
        module = importlib.import_module(f"{_PACKAGE}.{path.stem}")
        for name, found in inspect.getmembers(module, inspect.isfunction):
            if getattr(found, _MARK, False) and found.__module__ == module.__name__:
                yield f"{path.stem}.{name}"


def problems() -> list[Fault]:
    """Return everything wrong between ledger, functions and sources; nothing without a ledger.

    Each has the line of its claim in the ledger.
    """
    if not _path().is_file():
        return []
    try:
        claims = load()
    except LedgerError as error:
        return error.faults
    text, cited = _path().read_text(encoding="utf-8"), sources.keys()
    found = []
    for place, claim in enumerate(claims):
        try:
            function(claim)
        except LookupError as error:
            line = yamls.line(text, [place, "test"])
            found.append(Fault(f"{claim.id}: {error.args[0]}", line))
        for key in (*claim.reported_in, *(record.source for record in claim.records)):
            if key not in cited:
                line = yamls.line(text, [place, "reported_in"])
                words = f"{claim.id}: source {key!r} is not in references.bib"
                found.append(Fault(words, line))
    named = {claim.test for claim in claims}
    found += [
        Fault(f"{test}: no claim names this function", 1) for test in _marked() if test not in named
    ]
    return found
