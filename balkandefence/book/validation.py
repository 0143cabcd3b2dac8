"""What was checked on every table, what was audited, and how much rests on little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from balkandefence import tables
from balkandefence.book.catalogue import as_cell
from balkandefence.tables import Sidecar


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table, its first column to the left and the others to the right."""
    names = list(head)
    lines = [f"| {' | '.join(names)} |", "|:--|" + "--:|" * (len(names) - 1)]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _linked(described: Sidecar) -> str:
    return f"[{as_cell(described.title)}](#table-{described.name})"


def _described() -> list[Sidecar]:
    return [tables.sidecar(name) for name in tables.names()]


def audits() -> str:
    """Return what blind audits found, table by table, as the sidecars record it."""

    def known(count: int | None) -> object:
        return "–" if count is None else count

    head = ["Table", "Rows checked", "Confirmed", "Imprecise", "Contradicted"]
    rows, notes = [], []
    for described in _described():
        audit = described.audit
        if audit:
            counts = (audit.confirmed, audit.imprecise, audit.contradicted)
            rows.append([_linked(described), audit.rows, *map(known, counts)])
            if audit.note:
                notes.append(f"- {as_cell(described.title)}: {as_cell(audit.note)}")
    return _table(head, rows) + "\n\n" + "\n".join(notes)


def _share(values: pd.Series, wanted: object) -> str:
    known = values.dropna()
    if known.empty:
        return "–"
    return f"{(known == wanted).mean() * 100:.0f}%"


def confidence(as_of: dt.date) -> str:
    """Return the share of single-source and of low-confidence rows in each table that marks them.

    Counted are the rows known on a day.
    """
    rows = []
    for described in _described():
        frame = tables.load(described.name, as_of, vintages=True)
        if "single_source" not in frame and "confidence" not in frame:
            continue
        nothing = pd.Series(dtype="object")
        single = _share(frame.get("single_source", nothing), True)
        low = _share(frame.get("confidence", nothing), "low")
        rows.append([_linked(described), f"{len(frame):,}", single, low])
    return _table(["Table", "Rows", "Single source", "Low confidence"], rows)


def _rules(described: Sidecar) -> int:
    """Return how many rules a table's cells, rows and links are held to."""
    constraints = sum(
        len(column.constraints.model_dump(exclude_defaults=True)) for column in described.columns
    )
    types = len(described.columns)
    schema = described.table_schema
    others = len(schema.foreignKeys) + len(schema.ordered)
    keys = sum(column.type == "keys" for column in described.columns)
    fixed = 4  # encoding and white space, key, clock, exceptions that fit a row
    return types + constraints + others + keys + fixed


def report(as_of: dt.date) -> str:
    """Return the rules and cells checked of every table, and each exception with its reason.

    Counted are the rows known on a day; the rules hold for all.
    """
    rows, reasons = [], []
    cells_in_all = rules_in_all = 0
    for described in _described():
        known = tables.load(described.name, as_of, vintages=True)
        cells, rules = known.size, _rules(described)
        cells_in_all += cells
        rules_in_all += rules
        offenders = len(tables.check(described.name))
        exceptions = len(described.known_exceptions)
        rows.append(
            [_linked(described), f"{len(known):,}", f"{cells:,}", rules, offenders, exceptions]
        )
        for exception in described.known_exceptions:
            where = ", ".join(f"{key} {value}" for key, value in exception.where.items())
            place = f"`{described.name}` {where}"
            rule = f"{exception.column or 'row'}, {exception.rule}"
            reasons.append(f"- {as_cell(place)} ({rule}): {as_cell(exception.reason)}")
    head = ["Table", "Rows", "Cells", "Rules", "Offenders", "Exceptions"]
    rows.append(["**All**", "", f"{cells_in_all:,}", rules_in_all, "", len(reasons)])
    listed = "\n".join(reasons)
    return f"{_table(head, rows)}\n\n## Exceptions and their reasons\n\n{listed}"
