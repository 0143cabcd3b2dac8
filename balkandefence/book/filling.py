"""Numbers and references put into the text of pages, noting all that are unknown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from balkandefence.book import leaks

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

    def number(self, page: str, name: str, *, linked: bool) -> str:
        """Return a number's text, linked to its entry or plain."""
        owner, _, id = name.rpartition("/")
        owner = owner or page
        shelf = self.edition if owner == "edition" else None
        if shelf is None and owner in self.chapters:
            shelf = self.chapters[owner].numbers
        if shelf is None or id not in shelf:
            near = f"; {owner} has {', '.join(sorted(shelf))}" if shelf else ""
            self.faults.append(f"{page}: {{num}}`{name}` is not published{near}")
            return name
        self.used.add(f"{owner}/{id}")
        text = str(shelf[id]["text"])
        return f"[{text}](#num-{owner}-{id})" if linked else text

    def exhibit(self, page: str, kind: str, name: str) -> str:
        """Return a reference to a figure or table, to be numbered when the book is compiled."""
        owner, _, id = name.rpartition("/")
        owner = owner or page
        chapter = self.chapters.get(owner)
        shelf = {} if chapter is None else chapter.figures if kind == "fig" else chapter.tables
        if id not in shelf:
            self.faults.append(f"{page}: {{{kind}}}`{name}` is not published")
            return name
        return f"{{exhibit}}`{_LABEL[kind]}-{owner}-{id}`"

    def _numbers(self, page: str, text: str, *, linked: bool) -> str:
        return _NUMBER.sub(lambda match: self.number(page, match[1], linked=linked), text)

    def plain(self, page: str, text: str) -> str:
        """Return a text for a caption or an alternative, without links."""
        return self._numbers(page, text, linked=False)

    def fill(self, page: str, text: str) -> str:
        """Return a text cell with numbers and references in place."""
        lines = []
        fenced = False
        for written in text.splitlines():
            line = leaks.cited_then(written, self.as_of)
            if line is None:
                continue
            if line.startswith("```"):
                fenced = not fenced
            linked = not fenced and not _HEADING.match(line)
            line = self._numbers(page, line, linked=linked)
            lines.append(_EXHIBIT.sub(lambda m: self.exhibit(page, m[1], m[2]), line))
        return "\n".join(lines)
