"""The pictures of two editions side by side, for the figures that changed between them.

A book holds its own pictures only. The earlier ones stand in the earlier edition, beside this one
on the released site; there a script puts them in (assets/book.js). Elsewhere, and without scripts,
the earlier title stands for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape

from balkandefence.book import countries
from balkandefence.book.changes import Change
from balkandefence.book.record import Record

#: How many pairs are shown at once; the others are folded, a chapter each.
FIRST = 8
RULE = (
    "First the figures whose titles, which say what they show, differ most in their words; "
    "a number or a year that differs does not count as a word."
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Picture:
    """What a pair shows of this edition's figure: its alternative, and its width and height."""

    alt: str
    size: list[int]


@dataclass(frozen=True)
class _Pair:
    change: Change
    before: str
    after: str

    @property
    def page(self) -> str:
        return self.change.id.partition("/")[0]

    @property
    def difference(self) -> float:
        """Return how far apart the words of the two titles are, from 0 to 1."""
        first, second = (
            [word for word in title.split() if not _DIGIT.search(word)]
            for title in (self.before, self.after)
        )
        return 1.0 - SequenceMatcher(None, first, second, autojunk=False).ratio()


def _figure(pair: _Pair, earlier: str, now: str, picture: Picture) -> str:
    """Return one pair as HTML without blank lines, which would end it."""
    page, _, id = pair.change.id.partition("/")
    file = f"figures/{page}/{id}-narrow.svg"
    size = f' width="{picture.size[0]}" height="{picture.size[1]}"' if picture.size else ""
    why = f"{pair.change.cause.capitalize()}. {pair.change.why}"
    alt = escape(f"Figure of edition {earlier}: {pair.before}")
    return f"""<div class="pair">
<div class="before" data-picture="../{earlier}/{file}" data-alt="{alt}">
<p><strong>{escape(earlier)}</strong> {escape(pair.before)}</p>
<noscript><p><a href="../{earlier}/{file}">Its picture on the released site</a></p></noscript>
</div>
<div class="after">
<img src="{file}" alt="{escape(picture.alt)}"{size} loading="lazy">
<p><strong>{escape(now)}</strong> <a href="{page}.html#figure-{page}-{id}">{escape(pair.after)}</a></p>
</div>
<p class="why">{escape(why)}</p>
</div>"""  # noqa: E501


def _found(
    changes: Iterable[Change], before: Record, after: Record, known: Iterable[str]
) -> list[_Pair]:
    """Return the figures that both editions have, those whose words differ most first."""
    shown = set(known)
    pairs = [
        _Pair(change, *(found["figures"][change.id]["title"] for found in (before, after)))
        for change in changes
        if change.kind == "figure" and change.how == "changed" and change.id in shown
    ]
    return sorted(pairs, key=lambda pair: -pair.difference)


def section(
    changes: Iterable[Change], before: Record, after: Record, pictures: Mapping[str, Picture]
) -> str:
    """Return the section of the page "What changed" as MyST, "" where no figure changed.

    `pictures` holds this edition's figures by page and id, in the order of the book.
    """
    pairs = _found(changes, before, after, pictures)
    if not pairs:
        return ""
    names = before["edition"], after["edition"]
    parts = [
        f"## Figures, before and after\n\n{RULE}\nThe picture of edition {names[0]} is shown where "
        "this book stands beside that edition, as on the released site; elsewhere its title "
        "stands for it.",
        f'<div class="pairs" data-edition="{names[1]}"></div>',
    ]
    parts += [_figure(pair, *names, pictures[pair.change.id]) for pair in pairs[:FIRST]]
    rest = pairs[FIRST:]
    for page in dict.fromkeys(id.partition("/")[0] for id in pictures):
        own = [pair for pair in rest if pair.page == page]
        if own:
            told = "\n\n".join(_figure(p, *names, pictures[p.change.id]) for p in own)
            title = countries.shown(page)
            count = f"{len(own)} figure{'' if len(own) == 1 else 's'}"
            parts.append(f"````{{dropdown}} {title}: {count}\n{told}\n````")
    return "\n\n".join(parts)
