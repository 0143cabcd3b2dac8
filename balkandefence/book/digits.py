"""The digits that prose may hold although no notebook computes them: chapters/digits.yml."""

from __future__ import annotations

import re
from functools import cache

from pydantic import BaseModel, ConfigDict

from balkandefence import paths, yamls
from balkandefence.yamls import Fault

#: Where the list stands, below the project's folder.
FILE = "chapters/digits.yml"
_DIGITS = re.compile(r"[\w.,%-]*\d[\w.,%-]*")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pattern: re.Pattern[str]
    reason: str


@cache
def _entries(text: str) -> tuple[list[_Entry], list[Fault]]:
    return yamls.entries(text, _Entry)


def _text() -> str:
    path = paths.root() / FILE
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def faults() -> list[Fault]:
    """Return what is wrong with the list, each with its line."""
    return _entries(_text())[1]


def typed(words: str) -> list[str]:
    """Return the digits in a line of prose that are not allowed; none where the list is wrong."""
    allowed, wrong = _entries(_text())
    if wrong:
        return []
    for entry in allowed:
        words = entry.pattern.sub(" ", words)
    return _DIGITS.findall(words)
