"""Numbers and references put into the text of pages, noting all that are unknown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from balkandefence.book import hints, leaks

if TYPE_CHECKING:
    from balkandefence.book.stage import Chapter

_NUMBER = re.compile(r"\{num\}`([^`]+)`")
_EXHIBIT = re.compile(r"\{(fig|tab)\}`([^`]+)`")
_HEADING = re.compile(r"^#{1,6} ")
_LABEL = {"fig": "figure", "tab": "table"}


class Text:
    """Puts numbers and references into the text of pages, noting all that are unknown."""

    def __init__(
        self, chapters: Mapping[str, Chapter], edition: Mapping[str, Any], as_of: dt.date
    ) -> None:
        self.chapters = chapters
        self.edition = edition
        self.as_of = as_of
        self.faults: list[str] = []
        self.used: set[str] = set()

    def _missing(self, where: str, role: str, name: str, there: Sequence[str]) -> str:
        """Note a name that nothing was published under, with what was meant; return the name."""
        owner, _, id = name.rpartition("/")
        meant = hints.near(id, there)
        if not meant and there:
            meant = f"there {'is' if len(there) == 1 else 'are'} {', '.join(sorted(there))}"
        told = f"; {meant}" if meant else f"; {owner} publishes none" if owner else ""
        self.faults.append(f"{where}: {{{role}}}`{name}` is not published{told}")
        return name

    def _number(self, page: str, name: str, where: str, *, linked: bool) -> str:
        """Return a number's text, linked to its entry or plain.

        `page` is the page that asks, whose own numbers need no page before their id; `where` is
        the place on it that a complaint names.
        """
        owner, _, id = name.rpartition("/")
        owner = owner or page
        shelf = self.edition if owner == "edition" else None
        if shelf is None and owner in self.chapters:
            shelf = self.chapters[owner].numbers
        if shelf is None or id not in shelf:
            return self._missing(where, "num", name, list(shelf or ()))
        self.used.add(f"{owner}/{id}")
        text = str(shelf[id]["text"])
        return f"[{text}](#num-{owner}-{id})" if linked else text

    def _exhibit(self, page: str, kind: str, name: str, where: str) -> str:
        """Return a reference to a figure or table, to be numbered when the book is compiled."""
        owner, _, id = name.rpartition("/")
        owner = owner or page
        chapter = self.chapters.get(owner)
        shelf = {} if chapter is None else chapter.figures if kind == "fig" else chapter.tables
        if id not in shelf:
            return self._missing(where, kind, name, list(shelf))
        return f"{{exhibit}}`{_LABEL[kind]}-{owner}-{id}`"

    def _numbers(self, page: str, text: str, where: str, *, linked: bool) -> str:
        return _NUMBER.sub(lambda match: self._number(page, match[1], where, linked=linked), text)

    def _exhibits(self, page: str, text: str, where: str) -> str:
        return _EXHIBIT.sub(lambda match: self._exhibit(page, match[1], match[2], where), text)

    def plain(self, page: str, text: str, place: str) -> str:
        """Return a text for the caption of `place`, such as "figure 'one'", without links."""
        return self._numbers(page, text, f"{page}: {place}", linked=False)

    def fill(self, page: str, text: str, place: str = "") -> str:
        """Return a text with numbers and references in place; `place` is its cell, if any."""
        lines = []
        fenced = False
        for line_number, written in enumerate(text.splitlines(), start=1):
            where = f"{page}: {place}, line {line_number}" if place else f"{page}:{line_number}"
            line = leaks.cited_then(written, self.as_of)
            if line is None:
                continue
            if line.startswith("```"):
                fenced = not fenced
            linked = not fenced and not _HEADING.match(line)
            line = self._numbers(page, line, where, linked=linked)
            lines.append(self._exhibits(page, line, where))
        return "\n".join(lines)
