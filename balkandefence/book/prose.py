"""Markdown as lines: which of them are prose, and where a sentence ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What is no prose although it stands in a line of it.
SPANS = (
    re.compile(r"\{[a-z:-]+\}`[^`]*`"),  # roles
    re.compile(r"`[^`]*`"),  # code
    re.compile(r"\]\([^)]*\)"),  # addresses of links
    re.compile(r"<[^>]*>"),  # addresses and HTML
    re.compile(r"^\([a-z0-9-]+\)=$"),  # targets
)
_FENCE = re.compile(r"^\s*(?:[-*+] +|\d+[.)] +|> ?)?(`{3,}|~{3,}|:{3,})(.*)$")
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
#: What a line of a list, a quotation, a definition or a footnote begins with.
_LEAD = re.compile(r"^\s*(?:(?:[-*+]|\d+[.)])\s+|>\s?|:\s+|\[\^[^\]]+\]:\s+)*")
#: The end of one sentence and the beginning of the next.
_END = re.compile(r"(?<=[a-z0-9%)\]`])[.!?][*_”\"’']* +(?=[A-Z])")
#: Words before a point that ends no sentence.
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|no|nos|cf|vs|Dr|Mr|Mrs|Ms|St|Gen|Col|Maj|Capt|Lt|Sgt|Prof|Art|art|Fig|fig"
    r"|pp?|ca|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Ltd|Co|Inc|Corp|al|ed|eds|vol))$"
)


def bare(line: str, filler: str = " ") -> str:
    """Return a line without roles, code, addresses and targets; a filler keeps its length."""
    for span in SPANS:
        line = span.sub(lambda found: filler * len(found[0]), line)
    return line


def lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield number, text and whether it is prose of each line; fences and tables are not."""
    fences: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        sign = found[1] if found else ""
        if found and fences and sign[0] == fences[-1][0] and not found[2].strip():
            if len(sign) >= len(fences[-1]):
                fences.pop()
            yield number, line, False
        elif found and (not fences or fences[-1][0] == ":"):
            fences.append(sign)
            yield number, line, False
        else:
            yield number, line, not fences and not line.lstrip().startswith("|")


def lead(line: str) -> str:
    """Return what stands before the first word of a line: indent, signs of lists and the like."""
    found = _LEAD.match(line)
    return found[0] if found else ""


def ends(line: str) -> list[int]:
    """Return where in a line of prose a sentence begins after another, as positions."""
    plain = bare(_LINK.sub(lambda found: "x" * len(found[0]), line), "x")
    begin = len(lead(line))
    return [
        found.end()
        for found in _END.finditer(plain)
        if found.start() >= begin and not _SHORT.search(plain[: found.start()])
    ]
