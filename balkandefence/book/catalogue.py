"""The Data page and the data package, both made from the sidecars."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from balkandefence import paths, tables
from balkandefence.tables import Sidecar


@lru_cache(maxsize=4)
def _country_names(_stamp: tuple[int, ...]) -> dict[str, str]:
    countries = tables.load("countries")
    return dict(zip(countries["iso3"], countries["name"], strict=True))


def country_names() -> dict[str, str]:
    """Return the name of every code in the countries table."""
    return _country_names(tables.stamp("countries"))


def _rows(described: Sidecar, as_of: dt.date) -> int:
    return len(tables.known(described.name, as_of).rows)


def as_cell(text: str) -> str:
    """Return text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _columns(described: Sidecar) -> str:
    lines = ["| Column | Type | Unit | Meaning |", "|:--|:--|:--|:--|"]
    for column in described.columns:
        meaning = as_cell(f"{column.title}. {column.description}")
        lines.append(f"| `{column.name}` | {column.type} | {as_cell(column.unit)} | {meaning} |")
    return "\n".join(lines)


def _links(described: Sidecar) -> str:
    if described.redistribute == "aggregates":
        return "Its terms allow aggregates only, so there is no download of its rows."
    name = described.name
    return (
        f'Download <a href="data/{described.file}" download>{described.file}</a> and its '
        f'description <a href="data/{name}.yml" download>{name}.yml</a>.'
    )


def _exceptions(described: Sidecar) -> str:
    if not described.known_exceptions:
        return ""
    lines = [
        f"- {as_cell(', '.join(f'{k} {v}' for k, v in e.where.items()))}"
        f" ({e.column or 'row'}, {e.rule}): {as_cell(e.reason)}"
        for e in described.known_exceptions
    ]
    listed = "\n".join(lines)
    return f"\n````{{dropdown}} Known exceptions to the rules ({len(lines)})\n{listed}\n````\n"


def _clock(described: Sidecar) -> str:
    kind = described.clock.kind
    if kind == "release":
        return "On an earlier day, the newest release then published answers."
    if kind == "known_from":
        return "On an earlier day, the rows known by then answer."
    return "A list of codes; the same on every day."


def _section(name: str, as_of: dt.date) -> str:
    described = tables.sidecar(name)
    terms = ", ".join(
        f"[{terms.title}]({terms.path})" if terms.path else terms.title
        for terms in described.licenses
    )
    origins = "; ".join(
        f"[{origin.title}]({origin.path})" if origin.path else origin.title
        for origin in described.sources
    )
    columns = len(described.columns)
    return f"""(table-{name})=
## {described.title}

`{name}`: {_rows(described, as_of):,} rows, {columns} columns. {_links(described)}

{described.description.strip()}

One row
: {described.row}

Coverage
: {described.coverage.strip()}

Made from
: {origins}. {described.processing.strip()}

Known when
: {_clock(described)}

Terms
: {terms}.

````{{dropdown}} Columns of {name} ({columns})
{_columns(described)}
````
{_exceptions(described)}"""


def page(as_of: dt.date) -> str:
    """Return the catalogue as MyST: a summary table, then a section for each table.

    Rows are those known on the edition's day, as in the files that the page offers.
    """
    lines = ["| Table | Name | Rows |", "|:--|:--|--:|"]
    for name in tables.names():
        described = tables.sidecar(name)
        title = f"[{as_cell(described.title)}](#table-{name})"
        lines.append(f"| {title} | `{name}` | {_rows(described, as_of):,} |")
    return "\n".join(lines) + "\n\n" + "\n".join(_section(name, as_of) for name in tables.names())


_FRICTIONLESS = {"boolean": "boolean", "date": "date", "integer": "integer", "number": "number",
                 "year": "year"}  # fmt: skip


def _field(column: tables.Column) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS.get(column.type, "string"),
        "title": column.title,
        "description": column.description,
    }
    if column.type == "boolean":
        made |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.unit:
        made["unit"] = column.unit
    kept = column.constraints.model_dump(exclude_defaults=True)
    if column.type in ("list", "keys", "partial-date"):
        kept = {k: v for k, v in kept.items() if k == "required"}
    return made | ({"constraints": kept} if kept else {})


def _resource(described: Sidecar) -> dict[str, Any]:
    schema = described.table_schema
    lists = {column.name for column in described.columns if column.type in ("list", "keys")}
    made: dict[str, Any] = {
        "name": described.name,
        "path": described.file,
        "title": described.title,
        "description": described.description.strip(),
        "format": described.format,
        "encoding": "utf-8",
        "licenses": [t.model_dump(exclude_defaults=True) for t in described.licenses],
        "sources": [o.model_dump(exclude_defaults=True) for o in described.sources],
    }
    if described.format == "csv":
        made["profile"] = "tabular-data-resource"
        made["schema"] = {
            "fields": [_field(column) for column in described.columns],
            "primaryKey": list(schema.primaryKey),
            "foreignKeys": [k.model_dump() for k in schema.foreignKeys if k.fields not in lists],
        }
    return made


def package() -> dict[str, Any]:
    """Return the Data Package that describes every table whose rows may be passed on."""
    shared = [tables.sidecar(name) for name in tables.names()]
    return {
        "name": "defence-western-balkans",
        "title": "Defence in the Western Balkans",
        "profile": "data-package",
        "resources": [_resource(s) for s in shared if s.redistribute == "rows"],
    }


def lay_out_files(folder: Path, as_of: dt.date) -> None:
    """Write every table that may be passed on, as known on a day, to `folder`.

    Its sidecar and datapackage.json stand beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in tables.names():
        described = tables.sidecar(name)
        if described.redistribute == "rows":
            known = tables.known(name, as_of).text
            (folder / described.file).write_bytes(known.encode("utf-8"))
            shutil.copyfile(paths.data() / f"{name}.yml", folder / f"{name}.yml")
    content = json.dumps(package(), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "datapackage.json").write_text(content + "\n", encoding="utf-8")
