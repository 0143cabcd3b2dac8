"""The grid of countries: a card each, made of what its page published.

Nothing is typed for a country: a page that the table of contents makes for one is a card here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from balkandefence.book import catalogue
from balkandefence.editions import Edition

#: How the pages of countries begin, before the code in lower case.
PREFIX = "country-"

#: What a card shows: label, the published number, and the published rank behind it.
_LINES = (
    ("Spending", "spending", "spending-rank"),
    ("Share of GDP", "burden", "burden-rank"),
    ("Arms delivered", "received", "received-rank"),
    ("Orders on record", "orders", ""),
    ("NATO", "nato-step", ""),
    ("EU", "eu-step", ""),
    ("Incidents on record", "incidents", ""),
)
_UNRANKED = "not ranked"


def shown(page: str) -> str:
    """Return what readers call a page: of a country's page, the country."""
    code = page.removeprefix(PREFIX).upper() if page.startswith(PREFIX) else ""
    named = catalogue.country_names().get(code) if code else None
    return named or page.replace("-", " ").capitalize()


class ChapterLike(Protocol):
    """What the grid needs of an executed country page."""

    @property
    def numbers(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the numbers and words published, by id."""
        ...


def _card(page: str, chapter: ChapterLike) -> Iterator[str]:
    """Yield the lines of a card; what a page did not publish is not known and is a dash."""
    shelf = chapter.numbers
    yield f":::{{grid-item-card}} [{shelf['name']['text']}]({page}.md)"
    for label, id, rank in _LINES:
        value = f"[{shelf[id]['text']}](#num-{page}-{id})" if id in shelf else "–"
        place = str(shelf[rank]["text"]) if rank in shelf else _UNRANKED
        behind = f", {place}" if id in shelf and place != _UNRANKED else ""
        yield f"- {label}: {value}{behind}"
    yield ":::"


def _cards(pages: Mapping[str, ChapterLike]) -> str:
    cards = "\n\n".join("\n".join(_card(page, chapter)) for page, chapter in pages.items())
    return f"::::{{grid}} 1 2 2 2\n:gutter: 3\n\n{cards}\n::::"


def grid(edition: Edition, chapters: Mapping[str, ChapterLike]) -> str:
    """Return a card for each country page, with those that it does not compare apart."""
    pages = {page: chapter for page, chapter in chapters.items() if page.startswith(PREFIX)}
    compared = {f"{PREFIX}{code.lower()}" for code in edition.countries}
    own = {page: chapter for page, chapter in pages.items() if page in compared}
    beside = {page: chapter for page, chapter in pages.items() if page not in compared}
    parts = [_cards(own)] if own else ["This edition has no country pages."]
    if beside:
        parts.append(f"## Beside them\n\n{_cards(beside)}")
    return "\n\n".join(parts)
