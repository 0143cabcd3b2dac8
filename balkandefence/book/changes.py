"""What changed from one edition to a later one, and why, from their records and the data.

The class of a change is read off the data. In this order: listed in editions/corrections.yml, a
correction; computed by a function whose fingerprint differs, a changed method; resting on a fact
that was not known at all on the earlier day, new; on a fact that reads otherwise in the later
edition, such as in a newer release, revised; else what the edition chose.

What matters first: verdicts and the numbers of the front page; then by relative change, which is
the difference divided by the larger of the two, and of a text the part of its words that differs.
What was added or removed counts as whole.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from balkandefence import BookError, editions, paths, tables, yamls
from balkandefence.book import record
from balkandefence.book.record import Record
from balkandefence.tables import Sidecar
from balkandefence.yamls import Fault

REVISED, NEW, METHOD = "source revised", "new period or event", "method changed"
CORRECTION, CHOICE = "correction", "edition's choice"
CLASSES = (REVISED, NEW, METHOD, CORRECTION, CHOICE)
#: Kinds of a record that are compared, with the name of one.
KINDS = {"verdicts": "verdict", "numbers": "number", "tables": "table", "figures": "figure",
         "notebooks": "chapter"}  # fmt: skip
FIRST = 20
#: Where the errors are listed that editions mended, below the project's folder.
CORRECTIONS = "editions/corrections.yml"

_MENDED = "rows that were known then were altered since: "
_HEADLINE = re.compile(r"\{num\}`([^`]+)`")


class ChangesError(BookError, ValueError):
    """Two editions cannot be compared; the message says why."""


class Correction(BaseModel):
    """An error of ours that an edition mended."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: dt.date
    edition: str
    ids: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=10)


@dataclass(frozen=True)
class Change:
    """One thing that reads otherwise: what, from what to what, in which class and why."""

    kind: str
    id: str
    what: str
    before: str
    after: str
    cause: str
    why: str
    weight: float
    headline: bool = False

    @property
    def how(self) -> str:
        """Return whether it was added, removed or changed."""
        return "added" if not self.before else "changed" if self.after else "removed"

    @property
    def rank(self) -> tuple[object, ...]:
        """Return what puts changes in the order of their importance."""
        order = list(KINDS.values()).index(self.kind)
        return (not self.headline, self.kind != "verdict", -self.weight, order, self.id)


def _corrections() -> tuple[list[Correction], list[Fault]]:
    path = paths.root() / CORRECTIONS
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return yamls.entries(text, Correction)


def faults() -> list[Fault]:
    """Return what is wrong with editions/corrections.yml, each with its line."""
    return _corrections()[1]


def corrections() -> list[Correction]:
    """Return editions/corrections.yml; ChangesError where it is not of its form."""
    found, wrong = _corrections()
    if wrong:
        raise ChangesError(f"{CORRECTIONS}: {'; '.join(wrong)}")
    return found


def _order(id: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in id.split(".")]


# A fact is a row without the columns that say when it was published; its text is all that it says.
Facts = dict[tuple[str, ...], str]
Entry = Mapping[str, Any]


def _fact_columns(described: Sidecar) -> list[str]:
    clock = described.clock.column
    return [name for name in described.table_schema.primaryKey if name != clock]


@lru_cache(maxsize=256)
def _sayings(
    name: str, as_of: dt.date, _stamp: tuple[int, ...]
) -> list[tuple[str, tuple[str, ...], str]]:
    """Return the release, the key and the text of each row known on a day, as they stand there."""
    described = tables.sidecar(name)
    rows = tables.known(name, as_of).rows
    by_release = described.clock.kind == "release"
    releases = rows[described.clock.column] if by_release else [""] * len(rows)
    keys = map(tuple, rows[_fact_columns(described)].to_numpy().tolist())
    said = rows.drop(columns="source", errors="ignore").to_numpy().tolist()
    texts = ("\x1f".join(map(str, row)) for row in said)
    return list(zip(map(str, releases), keys, texts, strict=True))


@lru_cache(maxsize=256)
def _facts(name: str, as_of: dt.date, chosen: str | None, stamp: tuple[int, ...]) -> Facts:
    """Return the facts of a table known on a day, or of the `chosen` lines of what was known.

    Of a fact in several releases, the newest counts.
    """
    rows = _sayings(name, as_of, stamp)
    if chosen is not None:
        rows = [rows[line - 2] for line in record.lines(chosen) if line - 2 < len(rows)]
    return {key: said for _, key, said in sorted(rows, key=itemgetter(0))}


def _is_table(name: str) -> bool:
    return (paths.data() / f"{name}.yml").is_file()


def facts(name: str, as_of: dt.date, chosen: str | None = None) -> Facts:
    """Return what a table said on a day, by its key without the release."""
    if not _is_table(name):
        return {}
    return _facts(name, as_of, chosen, tables.stamp(name))


class _Comparison:
    """Two records with the data behind them."""

    def __init__(self, before: Record, after: Record) -> None:
        self.records = before, after
        self.days = tuple(dt.date.fromisoformat(found["as_of"]) for found in self.records)
        first, last = _order(before["edition"]), _order(after["edition"])
        self.corrected = {
            id: entry.reason
            for entry in corrections()
            if first < _order(entry.edition) <= last
            for id in entry.ids
        }
        front = paths.chapters() / "index.md"
        text = front.read_text(encoding="utf-8") if front.is_file() else ""
        self.headlines = set(_HEADLINE.findall(text))
        self._is_as_recorded = cache(self._look_whether_as_recorded)
        self._said_then = cache(self._look_what_was_said)
        self._moved = cache(self._look_what_moved)

    def _look_whether_as_recorded(self, name: str) -> bool:
        """Return whether both records read just what the table says today of their days."""
        for found, day in zip(self.records, self.days, strict=True):
            said = found["inputs"].get(name, {}).get("sha256")
            if not _is_table(name) or said != record.sha256(tables.known(name, day).text):
                return False
        return True

    def _look_what_was_said(self, name: str) -> tuple[str, str]:
        """Return what a table says today of the earlier day, and the hash of that."""
        text = tables.known(name, self.days[0]).text
        return text, record.sha256(text)

    def _look_what_moved(self, name: str) -> tuple[bool, bool]:
        """Return whether a table has new facts on the later day, and whether old ones differ."""
        old, new = (facts(name, day) for day in self.days)
        differ = any(new[key] != said for key, said in old.items() if key in new)
        return bool(new.keys() - old.keys()), differ

    def _method(self, before: Entry, after: Entry) -> str:
        """Return in words what differs in the functions behind a value, "" where nothing does."""
        names = [record.called(found.get("call", "")) for found in (before, after)]
        if all(names) and names[0] != names[1]:
            return f"now computed by {names[1]}, before by {names[0]}"
        name = names[1] or names[0]
        digests = [found["measures"].get(name) for found in self.records]
        return f"{name} was altered" if name and all(digests) and digests[0] != digests[1] else ""

    def _data(self, before: Entry, after: Entry) -> tuple[str, str] | None:
        """Return class and reason from the very rows, or None where they do not tell."""
        lines = [_lines(found) for found in (before, after)]
        fresh, revised = [], []
        for name in sorted({*lines[0], *lines[1]}):
            if not self._is_as_recorded(name):
                return None
            known = facts(name, self.days[0])
            old = facts(name, self.days[0], lines[0].get(name, ""))
            new = facts(name, self.days[1], lines[1].get(name, ""))
            fresh += [f"{name}: {_named(key)}" for key in new if key not in known]
            revised += [
                f"{name}: {_named(key)}"
                for key, said in new.items()
                if key in known and old.get(key, known[key]) != said
            ]
        if fresh:
            return NEW, _some(fresh)
        return (REVISED, _some(revised)) if revised else None

    def _tables(self, before: Entry, after: Entry) -> tuple[str, str] | None:
        """Return class and reason from the tables as a whole, or None where they do not differ."""
        names = sorted({*before.get("tables", ()), *after.get("tables", ())})
        fresh = [name for name in names if self._moved(name)[0]]
        revised = [name for name in names if self._moved(name)[1]]
        same_call = before.get("call") == after.get("call")
        releases = all(tables.sidecar(name).clock.kind == "release" for name in revised)
        if revised and (not fresh or (same_call and releases)):
            return REVISED, "rows of " + _some(revised)
        return (NEW, "rows of " + _some(fresh)) if fresh else None

    def classed(self, id: str, before: Any, after: Any) -> tuple[str, str]:
        """Return a change's class and the reason in words."""
        if id in self.corrected:
            return CORRECTION, self.corrected[id]
        entries = [found if isinstance(found, dict) else {} for found in (before, after)]
        if method := self._method(*entries):
            return METHOD, method
        used = _lines(entries[0])
        mended = [name for name in used if self._was_mended(name, used[name])]
        if mended:
            return CORRECTION, _MENDED + _some(mended)
        found = self._data(*entries) or self._tables(*entries)
        if found:
            return found
        mended = [name for name in entries[1].get("tables", ()) if self._was_mended(name)]
        if mended:
            return CORRECTION, _MENDED + _some(mended)
        chosen = [found["parameters"] for found in self.records]
        names = [name for name in chosen[1] if chosen[0].get(name) != chosen[1][name]]
        others = [name for name in names if name != "as_of"]
        if others and entries[1].get("call"):
            return CHOICE, "the editions differ in " + ", ".join(others)
        return METHOD, "its text or code was altered"

    def _was_mended(self, name: str, chosen: str | None = None) -> bool:
        """Return whether the earlier record read rows that the table no longer says of its day.

        Of `chosen` lines it looks at those alone, wherever in the table they now stand.
        """
        said = self.records[0]["inputs"].get(name)
        if not _is_table(name) or said is None:
            return False
        now, digest = self._said_then(name)
        if said["sha256"] == digest:
            return False
        if chosen is None:
            return True
        then, marks = _four(said["marks"]), set(_four(record.marks(now)))
        lines = [line - 2 for line in record.lines(chosen)]
        return any(line >= len(then) or then[line] not in marks for line in lines)

    def _change(self, kind: str, id: str, before: Any, after: Any) -> Change:
        cause, why = self.classed(id, before, after)
        what = next((_what(kind, found) for found in (after, before) if found is not None), id)
        return Change(
            KINDS[kind],
            id,
            what or id,
            _shown(kind, before),
            _shown(kind, after),
            cause,
            why,
            _weight(kind, before, after),
            kind == "numbers" and id in self.headlines,
        )

    def changes(self) -> Iterator[Change]:
        """Yield all that differs, kind by kind."""
        for kind in KINDS:
            old, new = (found.get(kind, {}) for found in self.records)
            for id in sorted(old.keys() | new.keys()):
                before, after = old.get(id), new.get(id)
                if _essence(kind, before) != _essence(kind, after):
                    yield self._change(kind, id, before, after)


def _four(marks: str) -> list[str]:
    return [marks[i : i + 4] for i in range(0, len(marks), 4)]


def _lines(found: Any) -> Mapping[str, str]:
    """Return the lines that a number read, by table; of anything else none are recorded."""
    rows = found.get("rows") if isinstance(found, Mapping) else None
    return rows if isinstance(rows, Mapping) else {}


def _named(key: tuple[str, ...]) -> str:
    return " ".join(part for part in key if part)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _essence(kind: str, found: Any) -> Any:
    """Return what of an entry a reader sees; a picture names its edition, so its data count."""
    if not isinstance(found, Mapping):
        return found
    seen = {
        "numbers": ("text",),
        "verdicts": ("text", "verdict"),
        "figures": ("title", "csv"),
        "tables": ("caption", "csv"),
    }
    names = seen.get(kind)
    return {name: found.get(name) for name in names} if names else dict(found)


def _what(kind: str, found: Any) -> str:
    name = {"numbers": "what", "figures": "title", "tables": "caption"}.get(kind, "what")
    return str(found.get(name, "")) if isinstance(found, Mapping) else ""


def _shown(kind: str, found: Any) -> str:
    if found is None:
        return ""
    if kind == "numbers":
        return str(found["text"])
    if kind == "tables":
        return f"{found['rows']} rows, data {found['csv'][:8]}"
    if kind == "figures":
        return f"{found['title']} (data {found['csv'][:8]})"
    if isinstance(found, Mapping):
        return str(found.get("text") or found.get("verdict") or dict(found))
    return f"source {found[:8]}" if kind == "notebooks" else str(found)


def _weight(kind: str, before: Any, after: Any) -> float:
    """Return how large a change is, from 0 to 1."""
    if before is None or after is None:
        return 1.0
    if kind not in ("numbers", "verdicts"):
        return 0.0
    old, new = (
        found.get("value") if isinstance(found, Mapping) else None for found in (before, after)
    )
    if not (isinstance(old, int | float) and isinstance(new, int | float)):
        first, second = (_shown(kind, found).split() for found in (before, after))
        return 1.0 - SequenceMatcher(None, first, second, autojunk=False).ratio()
    larger = max(abs(old), abs(new))
    return min(abs(new - old) / larger, 1.0) if larger else 0.0


def compare(before: Record, after: Record) -> list[Change]:
    """Return every change from one record to a later one, those that matter most first.

    Raises ChangesError where the first is not the earlier one.
    """
    if before["as_of"] > after["as_of"]:
        said = f"{before['edition']} knows more than {after['edition']}"
        raise ChangesError(f"{said}; name the earlier edition first")
    return sorted(_Comparison(before, after).changes(), key=lambda change: change.rank)


def previous(id: str) -> str | None:
    """Return the id of the edition before one, None for the first and for one of no file."""
    ids = editions.ids()
    return ids[ids.index(id) - 1] if id in ids[1:] else None


def between(first: str, second: str) -> list[Change]:
    """Return the changes between two editions by their kept records.

    Raises EditionError, RecordError or ChangesError where that cannot be.
    """
    return compare(record.of_edition(first), record.of_edition(second))
