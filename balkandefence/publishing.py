"""What a notebook hands to the book: numbers, words, figures, tables and guards.

Each call shows its value in the notebook and leaves a record in the cell's output. The executed
notebook is thereby the single record of a chapter's run; staging turns it into a page.
"""

from __future__ import annotations

import datetime as dt
import inspect
import math
import numbers
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from balkandefence import MIME, drawings, tables
from balkandefence.provenance import Fact, Provenance, Quantity, Words, tables_of
from balkandefence.spelling import listed, spelled

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILE_NAME = re.compile(r"\S+\.(svg|png|jpe?g|gif|webp)|\S*/\S*", re.IGNORECASE)


class PublishingError(ValueError):
    """A notebook hands over something that the book must not carry."""


class GuardError(AssertionError):
    """A sentence of the book is false in this edition."""


class EditionLike(Protocol):
    """What publishing needs to know of an edition."""

    @property
    def id(self) -> str:
        """Return the edition's id, empty for values of one's own."""

    @property
    def as_of(self) -> dt.date:
        """Return the day whose knowledge the book states."""


_current: EditionLike | None = None


def begin(edition: EditionLike) -> None:
    """Say which edition this notebook publishes for; its id stands in every figure's footer."""
    global _current
    _current = edition


def _edition() -> EditionLike:
    if _current is None:
        raise PublishingError("call publishing.begin(edition) in the notebook's setup cell first")
    return _current


def _record(kind: str, id: str, plain: str, **content: Any) -> None:
    if not _ID.fullmatch(id):
        fault = f"{kind} id {id!r}: use lower-case words joined by '-', such as serbia-level"
        raise PublishingError(fault)
    png = content.pop("png", None)  # shown in any Jupyter, so it stands there and only there
    shown = {MIME: {"kind": kind, "id": id, **content}, "text/plain": f"{id}: {plain}"}
    if png:
        shown["image/png"] = png
    display(shown, raw=True)


def _provenance(kind: str, id: str, value: object) -> dict[str, Any]:
    found = value.provenance if isinstance(value, Quantity | Words) else Provenance()
    if not found.function:
        raise PublishingError(
            f"{kind} {id!r} does not come from a measure, so readers could not trace it; "
            "compute it by a function marked @measure in balkandefence/measures"
        )
    made = asdict(found)
    made["tables"] = list(found.tables)
    made["rows"] = {table: list(lines) for table, lines in found.rows.items()}
    return made


def number(
    id: str, value: float, *, unit: str = "", decimals: int = 0, grouped: bool = True, what: str
) -> None:
    """Publish a number; prose writes it as {num}`id`.

    `what` says in a few words what it is, for the page of all numbers. `grouped` is off for
    years. Raises PublishingError where the value is not known or not a measure's.
    """
    provenance = _provenance("number", id, value)
    if not math.isfinite(value):
        raise PublishingError(
            f"number {id!r} is not known ({value}); publish what is known instead"
        )
    text = spelled(value, unit=unit, decimals=decimals, grouped=grouped)
    _record("number", id, text, text=text, value=float(value), what=what, provenance=provenance)


def word(id: str, value: str, *, what: str) -> None:
    """Publish a computed name or phrase; prose writes it as {num}`id`.

    Raises PublishingError where it is empty or not a measure's.
    """
    provenance = _provenance("word", id, value)
    if not value.strip():
        raise PublishingError(f"word {id!r} is empty")
    _record("word", id, value, text=str(value), value=str(value), what=what, provenance=provenance)


def facts(found: Iterable[Fact]) -> None:
    """Publish a section's facts, each as `number` or `word` would."""
    for fact in found:
        if isinstance(fact.value, Words):
            word(fact.id, fact.value, what=fact.what)
        else:
            number(
                fact.id,
                fact.value,
                unit=fact.unit,
                decimals=fact.decimals,
                grouped=fact.grouped,
                what=fact.what,
            )


def section(
    id: str,
    text: str,
    *,
    function: str = "",
    provenance: Provenance | None = None,
    verdict: Mapping[str, Any] | None = None,
    bears_on: Sequence[str] = (),
    link: tuple[str, str] = ("", ""),
    files: Mapping[str, str] | None = None,
    linked_data: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Publish computed Markdown; it stands in the page where the call does.

    `verdict` (text, what and whatever else) enters the edition's record under the section's id.
    The pages that it `bears_on`, as far as the book has them, get its `link` (title, anchor).
    `files` are published with the book by name, `linked_data` in the head of the page as JSON-LD.
    """
    made = asdict(provenance or Provenance(function=function))
    _record(
        "section",
        id,
        f"{len(text.split())} words",
        text=text,
        provenance={**made, "tables": list(made["tables"])},
        verdict=dict(verdict or {}),
        bears_on=list(bears_on),
        link=list(link),
        files=dict(files or {}),
        linked_data=list(linked_data),
    )


def guard(sentence: str, condition: object) -> None:
    """Protect a verbal statement or a chart's title: stop where this edition makes it false.

    Raises GuardError with the sentence, which the build names.
    """
    if not bool(condition):
        raise GuardError(f"this sentence does not hold in this edition: {sentence}")
    shown = {MIME: {"kind": "guard", "sentence": sentence}, "text/plain": f"holds: {sentence}"}
    display(shown, raw=True)


def source_line(names: Sequence[str]) -> str:
    """Return the credits of the given tables, each once, with the release that answers."""
    described_all = [tables.sidecar(name) for name in names]
    dated = [d for d in described_all if d.clock.kind != "static"]  # code lists carry no figures
    credits = []
    for described in dated or described_all:
        credit = described.credit
        if described.clock.kind == "release":
            newest = tables.load(described.name, _edition().as_of)[described.clock.column].max()
            if not pd.isna(newest):
                credit += f", release of {newest.day} {newest:%B %Y}"
        if credit not in credits:
            credits.append(credit)
    return "; ".join(credits)


def _text_of(cell: object) -> object:
    return ";".join(map(str, cell)) if isinstance(cell, tuple | list) else cell


def _csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV text; its index too, unless it is a mere count or line number."""
    named = any(name and name != "line" for name in frame.index.names)
    plain = frame.map(_text_of)
    return plain.to_csv(index=named, lineterminator="\n", date_format="%Y-%m-%d")


def _known_tables(kind: str, id: str, frame: pd.DataFrame) -> list[str]:
    names = list(tables_of(frame))
    if not names:
        raise PublishingError(
            f"{kind} {id!r}: the frame does not say which tables it was made from; "
            "take it from a measure, or from edition.load"
        )
    return names


def figure(
    id: str,
    chart: Callable[..., Figure],
    data: pd.DataFrame,
    *,
    title: str,
    caption: str,
    **options: Any,
) -> None:
    """Publish a chart of `data`, drawn wide and narrow, with caption and text alternative.

    `chart(data, title=…, narrow=…, **options)` draws it, and `describe_<chart>(data, **options)`
    beside it says in words, computed from the data, what the picture shows. Where they take
    `names`, they get the short name of every country. The source line comes from the tables
    behind `data`, and the frame itself is published beside the picture. Raises PublishingError
    for a frame without known tables, an empty frame, or a text alternative that is none.
    """
    names = _known_tables("figure", id, data)
    if data.empty or data.isna().all(axis=None):
        raise PublishingError(f"figure {id!r}: there are no data to draw")
    describe = getattr(sys.modules[chart.__module__], f"describe_{chart.__name__}", None)
    if describe is None:
        fault = f"write describe_{chart.__name__} beside the chart, its text alternative"
        raise PublishingError(f"figure {id!r}: {fault}")
    alt = str(describe(data, **_named(describe, options)))
    if len(alt.split()) < 8 or _FILE_NAME.fullmatch(alt.strip()):
        fault = "the text alternative must tell in words what the picture shows, got"
        raise PublishingError(f"figure {id!r}: {fault} {alt!r}")
    credit = source_line(names)
    foot = f"Source: {credit}. Edition {_edition().id or 'of your own parameters'}. CC BY 4.0."
    settings = {"title": title, **_named(chart, options)}
    picture = drawings.drawn(chart, data, foot, settings)
    _record(
        "figure",
        id,
        title,
        title=title,
        caption=caption,
        alt=alt,
        **picture,
        csv=_csv(data),
        source=credit,
        tables=names,
        function=str(data.attrs.get("function", "")),
        arguments=dict(data.attrs.get("arguments", {})),
        chart=f"{chart.__module__}.{chart.__name__}",
    )


def _named(function: Callable[..., object], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with the countries' short names where the function takes them."""
    if "names" not in inspect.signature(function).parameters:
        return dict(options)
    countries = tables.load("countries")
    return {"names": dict(zip(countries["iso3"], countries["short_name"], strict=True)), **options}


@dataclass(frozen=True)
class Heading:
    """How a table's column is shown: label, unit, decimals, and whether it holds sources."""

    label: str
    unit: str = ""
    decimals: int | None = None
    grouped: bool = True
    keys: bool = False


def table(
    id: str,
    data: pd.DataFrame,
    columns: Mapping[str, Heading | str],
    *,
    caption: str,
    note: str = "",
) -> None:
    """Publish the named columns of a frame as a table, the first as row headers.

    Numbers are right-aligned and written with the heading's decimals; unknown shows as a dash.
    Raises PublishingError for a column that the frame lacks or a frame without known tables.
    """
    names = _known_tables("table", id, data)
    missing = [name for name in columns if name not in data]
    if missing:
        raise PublishingError(f"table {id!r}: no column {', '.join(missing)} in the frame")
    if data.empty:
        raise PublishingError(f"table {id!r}: there are no rows to show")
    headings = {n: h if isinstance(h, Heading) else Heading(h) for n, h in columns.items()}
    shown = data[list(columns)]
    _record(
        "table",
        id,
        caption,
        caption=caption,
        note=note,
        headings=[{**asdict(h), "numeric": _numeric(shown[n], h)} for n, h in headings.items()],
        rows=[
            [_cell(value, h) for value, h in zip(row, headings.values(), strict=True)]
            for row in zip(*(shown[n] for n in headings), strict=True)
        ],
        csv=_csv(shown),
        source=source_line(names),
        tables=names,
        function=str(data.attrs.get("function", "")),
        arguments=dict(data.attrs.get("arguments", {})),
    )


def _numeric(values: pd.Series, heading: Heading) -> bool:
    return heading.decimals is not None or pd.api.types.is_numeric_dtype(values)


def _cell(value: Any, heading: Heading) -> Any:
    if heading.keys:
        return list(value)
    if isinstance(value, tuple | list):
        return listed(map(str, value)) or "–"
    if value is None or pd.isna(value):
        return "–"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, numbers.Real):  # numpy's too
        return spelled(float(value), decimals=heading.decimals or 0, grouped=heading.grouped)
    return str(value)
