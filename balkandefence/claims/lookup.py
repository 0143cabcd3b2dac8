"""Evidence from one table alone: what `balkandefence new claim` begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from balkandefence import tables
from balkandefence.claims.evidence import Evidence, Known, fact, row
from balkandefence.claims.ledger import Claim
from balkandefence.measures import lookup


def looked_up(
    claim: Claim, known: Known, table: str, column: str = "", *, where: Mapping[str, Any]
) -> list[Evidence]:
    """Return what a table says of a claim, one basis for each release in which it says anything.

    That is what the one row says in `column` that has the values of `where`; without a column
    how many such rows there are, and for a claim without a number that there are any. That no row
    is on record is no evidence: it is not known then. Raises ValueError where several rows say
    something in `column`.
    """
    described = tables.sidecar(table)
    by_release = described.clock.kind == "release"
    frames = known.releases(table) if by_release else [(None, known(table))]
    what = described.column(column).title if column else described.title
    chosen = ", ".join(str(value) for value in where.values())
    told: dict[str, Any] = {"source": described.credit, "definition": f"{what} ({chosen})"}
    found = []
    for release, frame in frames:
        value = lookup.cell(frame, column, where) if column else lookup.count(frame, where)
        if value != value or not (column or value):
            continue
        if claim.relation == "is_true":
            found.append(
                fact(1.0, says="It is on record", release=release, provenance=value.provenance,
                     **told)
            )  # fmt: skip
        else:
            decimals = len(claim.value.partition(".")[2]) + bool(column)
            found.append(row(value, release=release, unit=claim.unit, decimals=decimals, **told))
    return found or [row(None, says=f"No row of {table} tells it", **told)]
