"""What is made of all chapters together: the record, and the pages behind the pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import nbformat

from balkandefence import tables
from balkandefence.book import about, catalogue, changes_text, countries, numbers, speed, validation
from balkandefence.book import record as records
from balkandefence.book.figure_pairs import Picture
from balkandefence.editions import Edition

if TYPE_CHECKING:
    from balkandefence.book.plan import Page
    from balkandefence.book.stage import Chapter


def size(svg: str) -> list[int]:
    """Return a picture's width and height in CSS pixels, so that pages do not jump."""
    match = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return [round(float(part) * 4 / 3) for part in match.groups()] if match else []


def _pictures(chapters: Mapping[str, Chapter]) -> dict[str, Picture]:
    return {
        f"{page}/{id}": Picture(found["alt"], size(found["narrow"]))
        for page, chapter in chapters.items()
        for id, found in chapter.figures.items()
    }


def _of_data(as_of: dt.date) -> dict[str, Callable[[], str]]:
    """Return what the tables alone give, as known on a day."""
    return {
        "audits": validation.audits,
        "confidence": lambda: validation.confidence(as_of),
        "validation": lambda: validation.report(as_of),
        "catalogue": lambda: catalogue.page(as_of),
    }


def _parts(
    edition: Edition, chapters: Mapping[str, Chapter], own: Mapping[str, Any], made: records.Record
) -> dict[str, Callable[[], str]]:
    """Return what takes the place of a comment such as <!-- catalogue -->, by its word."""
    made_by: dict[str, Callable[[], str]] = {
        **_of_data(edition.as_of),
        "changes": lambda: changes_text.page(edition, made, _pictures(chapters)),
        "countries": lambda: countries.grid(edition, chapters),
        "edition": lambda: about.page(edition, made),
        "methods": lambda: numbers.methods(chapters),
        "numbers": lambda: numbers.page(chapters, own, edition.as_of),
        "speed": speed.page,
    }
    return {word: cache(make) for word, make in made_by.items()}


@dataclass
class Staged:
    """What a process last staged: the notebooks laid out, and what was made of all together.

    What is made of all depends on the data and on what the notebooks published, and not on their
    prose, save that the record tells the hash of each notebook; the one kept here tells that of
    the first time.
    """

    notebooks: dict[str, nbformat.NotebookNode] = field(default_factory=dict)
    made_of: tuple[str, Mapping[str, Any]] = ("", {})
    record: records.Record = field(default_factory=dict)
    generated: dict[str, Callable[[], str]] = field(default_factory=dict)
    ahead: tuple[str, Mapping[str, str]] = ("", {})

    def make_ahead(self, as_of: dt.date) -> None:
        """Make what the tables alone give, for the next that is made of all."""
        data = tables.state()
        self.ahead = data, {word: make() for word, make in _of_data(as_of).items()}

    def update(
        self,
        edition: Edition,
        chapters: Mapping[str, Chapter],
        pages: Iterable[Page],
        own: Mapping[str, Any],
        notebooks: Mapping[str, nbformat.NotebookNode],
    ) -> None:
        """Make anew what is made of all, unless data and all that was published are the same."""
        data = tables.state()
        published = {
            page: [cell for cell in notebook.cells if cell.cell_type == "code"]
            for page, notebook in notebooks.items()
        }
        if (data, published) != self.made_of:
            self.record = records.make(edition, chapters, pages)
            self.generated = _parts(edition, chapters, own, self.record)
            of, made = self.ahead
            if of == data:
                self.generated |= {word: partial(str, text) for word, text in made.items()}
            self.made_of = data, published
