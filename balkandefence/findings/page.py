"""What the findings of a chapter hand to its notebook: facts, frames, titles, and how to show them.

A notebook publishes the facts, then draws and lists by id; the prose and the captions are its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import publishing
from balkandefence.provenance import Fact, Words
from balkandefence.publishing import Heading
from balkandefence.spelling import spelled

#: What the marks in a table's column of doubts mean.
DOUBT = "Doubt: S rests on a single source, L on low confidence."


class EditionLike(Protocol):
    """What the findings need to know of an edition."""

    @property
    def as_of(self) -> dt.date:
        """Day on which this was known."""
        ...

    @property
    def first_year(self) -> int:
        """First year shown."""
        ...

    @property
    def last_year(self) -> int:
        """Last year shown."""
        ...

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries chosen."""
        ...

    @property
    def comparators(self) -> tuple[str, ...]:
        """Countries shown beside them."""
        ...

    @property
    def price_basis(self) -> str:
        """Prices: constant or current."""
        ...

    @property
    def highlight(self) -> str:
        """Country brought forward."""
        ...

    def load(
        self, table: str, *, vintages: bool = False, where: Mapping[str, str] | None = None
    ) -> Any:
        """Return a table as known on the edition's day, or its rows that hold certain values."""
        ...


def told(facts: Iterable[Fact]) -> dict[str, str]:
    """Return each fact's text by id, as prose shows it."""
    return {
        fact.id: str(fact.value)
        if isinstance(fact.value, Words)
        else spelled(fact.value, unit=fact.unit, decimals=fact.decimals, grouped=fact.grouped)
        for fact in facts
    }


@dataclass(frozen=True)
class Page:
    """A chapter's facts, and by the id of their figure or table: frames, titles, looks, columns.

    `looks` are what a chart takes besides frame and title. A figure or table whose frame is empty
    is left out; the chapter's text then says that there is none.
    """

    facts: list[Fact]
    frames: Mapping[str, pd.DataFrame]
    titles: Mapping[str, str]
    columns: Mapping[str, Mapping[str, Heading | str]]
    looks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def draw(self, id: str, chart: Callable[..., Figure], caption: str, **look: Any) -> None:
        """Publish the figure of this id under its computed title, where there is one to draw."""
        frame = self.frames[id]
        if len(frame):
            look = {**self.looks.get(id, {}), **look}
            publishing.figure(id, chart, frame, title=self.titles[id], caption=caption, **look)

    def list(self, id: str, caption: str, *, note: str = "") -> None:
        """Publish the table of this id, where there is something to list."""
        frame = self.frames[id]
        if len(frame):
            publishing.table(id, frame, self.columns[id], caption=caption, note=note)
