"""references.bib as a lookup: every source once, cited by prose and by rows."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from balkandefence import BookError, paths, recording, sealed

#: Text in which LaTeX sees nothing but letters and signs that stand for themselves.
_BARE = re.compile(r"(?:[^\W_]|[].,:;()[/+=!?|\x22–—…„“”‘’«»]| (?! )|-(?!-)|'(?!'))*")


class SourcesError(BookError, ValueError):
    """references.bib cannot be read; the message says where."""


def _without_braces(text: str) -> str:
    return text.replace("{", "").replace("}", "")


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """Return a field without its braces and LaTeX escapes."""
    if _BARE.fullmatch(_without_braces(text)):
        return _without_braces(text)
    import latexcodec  # noqa: F401  (registers the 'ulatex' codec)

    plain = str(codecs.decode(text, "ulatex"))  # type: ignore[call-overload]
    return _without_braces(plain.replace("\\$", "$"))  # the codec leaves \\$


@dataclass(frozen=True)
class Reference:
    """One source: who published what, when and where, and when it was read."""

    key: str
    fields: Mapping[str, str]

    def _field(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def publisher(self) -> str:
        """Return who published it."""
        return _plain(self._field("publisher"))

    @property
    def title(self) -> str:
        """Return its title; in square brackets where the title is our summary."""
        return _plain(self._field("title"))

    @property
    def date(self) -> str:
        """Return its date as far as it is known, as a partial date; empty where undated."""
        return self._field("date")

    @property
    def url(self) -> str:
        """Return its address."""
        return self._field("url")

    @property
    def accessed(self) -> str:
        """Return the day on which it was read."""
        return self._field("urldate")

    @property
    def short(self) -> str:
        """Return publisher and year for a tight place, such as 'SIPRI 2026'."""
        return f"{self.publisher} {self.date[:4]}".strip()


def _entries(name: str, text: str) -> dict[str, dict[str, str]]:
    """Return the fields of every entry of BibTeX by its key."""
    from pybtex.database import parse_string  # seldom needed: see `_remembered`
    from pybtex.exceptions import PybtexError

    try:
        bibliography = parse_string(text, "bibtex")
    except PybtexError as error:
        raise SourcesError(f"{name}: {error}. Every entry stands once, in BibTeX.") from error
    if odd := set(bibliography.entries) ^ _keys(text):
        keys = ", ".join(sorted(odd))
        raise SourcesError(
            f"{name}: {keys}: an entry begins its line, as in '@misc{{key,', "
            "and nothing else does so"
        )
    return {key: dict(entry.fields) for key, entry in bibliography.entries.items()}


def _remembered(name: str, text: str) -> dict[str, dict[str, str]]:
    """Return the entries as the same code found them in the same text before, or find them now.

    Every kernel asks for the sources, and to read them takes a fifth of a second.
    """
    made_of = [version("pybtex"), Path(__file__).read_text(encoding="utf-8"), text]
    key = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    kept = paths.build() / "sources.json"
    if (content := sealed.read(kept)) is not None:
        found = json.loads(content)
        if found["key"] == key:
            return dict(found["entries"])
    entries = _entries(name, text)
    sealed.write(kept, json.dumps({"key": key, "entries": entries}).encode())
    return entries


@lru_cache(maxsize=4)
def _parsed(path: Path, _stamp: int) -> dict[str, Reference]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourcesError(f"{path.name}: {error}. Every entry stands once, in BibTeX.") from error
    found = _remembered if path == paths.references() else _entries
    return {key: Reference(key, fields) for key, fields in found(path.name, text).items()}


def excerpt(keys: Iterable[str]) -> str:
    """Return the BibTeX of the given sources, in the order of references.bib.

    A page cites a few of many, and every entry costs its compiler time.
    """
    wanted = set(keys)
    entries = re.split(r"\n(?=@)", paths.references().read_text(encoding="utf-8"))
    kept = [e for e in entries if (m := re.match(r"@\w+\{([^,]+),", e)) and m[1] in wanted]
    return "\n".join(entry.strip() + "\n" for entry in kept)


def keys() -> frozenset[str]:
    """Return the keys of all sources, without reading the rest of their entries.

    That the file is sound BibTeX, and that these are its keys, is for `load` to say.
    """
    path = paths.references()
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return _keys(text)


@lru_cache(maxsize=4)
def _keys(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))


class _Noted(Mapping[str, Reference]):
    """The sources, noting which were asked for: a run depends on those and not on the rest."""

    def __init__(self, found: dict[str, Reference]) -> None:
        self._found = found

    def __getitem__(self, key: str) -> Reference:
        recording.note("source", key)
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        recording.note("file", paths.references().name)
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def load(path: Path | None = None) -> Mapping[str, Reference]:
    """Return every source of references.bib by its key.

    Raises SourcesError where the file is not valid BibTeX or names a key twice.
    """
    path = path or paths.references()
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise SourcesError(
            f"{path.name} is missing: it holds every source that rows and prose cite"
        ) from error
    with recording.covered():
        return _Noted(_parsed(path, stamp))
