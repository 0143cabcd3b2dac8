"""Glossary terms become links where a chapter first uses them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from balkandefence import paths

_BLOCK = re.compile(r"^```\{glossary\}\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: Parts of a line in which no link may be put: roles, code, links, HTML.
_CLOSED = re.compile(r"(\{[a-z:-]+\}`[^`]*`|`[^`]*`|\[[^\]]*\]\([^)]*\)|<[^>]*>)")


@cache
def _terms(path: Path, _stamp: int) -> tuple[str, ...]:
    found = _BLOCK.search(path.read_text(encoding="utf-8"))
    lines = found[1].splitlines() if found else []
    terms = [line.strip() for line in lines if line and not line.startswith(" ")]
    return tuple(sorted(terms, key=lambda term: (-len(term), term)))


def terms() -> tuple[str, ...]:
    """Return the terms of the glossary on the definitions page, the longest first."""
    path = paths.chapters() / "definitions.md"
    return _terms(path, path.stat().st_mtime_ns) if path.is_file() else ()


class Linker:
    """Links each term once on a page, at its first use in running text."""

    def __init__(self) -> None:
        self._left = {term.lower(): term for term in terms()}
        self._any = re.compile(
            rf"(?<![\w-])(?:{'|'.join(map(re.escape, terms()))})(?![\w-])", re.IGNORECASE
        )
        self._fenced = False

    def _link(self, found: re.Match[str]) -> str:
        used = found[0]
        term = self._left.get(used.lower())
        if term is None or (term.isupper() and used != term):
            return used
        del self._left[used.lower()]
        return f"{{term}}`{used} <{term}>`"

    def _in_open_text(self, text: str) -> str:
        return self._any.sub(self._link, text) if self._left else text

    def line(self, line: str) -> str:
        """Return a line of Markdown with links to terms that the page has not linked yet."""
        if line.lstrip().startswith(("```", ":::")):
            self._fenced = not self._fenced
        if self._fenced or line.lstrip().startswith(("```", ":::", "#", "|", "(")):
            return line
        parts = _CLOSED.split(line)
        parts[::2] = [self._in_open_text(part) for part in parts[::2]]
        return "".join(parts)

    def text(self, text: str) -> str:
        """Return a text, line by line, with the links that are still due."""
        return "\n".join(self.line(line) for line in text.splitlines())
