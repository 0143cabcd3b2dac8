"""`balkandefence new …`: one command a kind of thing that authors add."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Begin something new from a complete start.", no_args_is_help=True)


def _told(files: list[str], *after: str) -> None:
    for file in files:
        typer.echo(f"wrote {file}")
    for line in after:
        typer.echo(line)


@app.command()
def chapter(
    name: Annotated[str, typer.Argument(help="Such as air-defence.")],
    table: Annotated[str, typer.Option(help="Table that it begins with.")] = "incidents",
    title: Annotated[str, typer.Option(help="Its heading; by default the name.")] = "",
    after: Annotated[str, typer.Option(help="Chapter behind which it stands.")] = "",
) -> None:
    """Write a notebook with a number and a figure, the functions it calls, and their tests."""
    from balkandefence.scaffold import chapter as scaffold

    files = scaffold.new(name, title=title, table=table, after=after)
    _told(files, "it builds as it stands; change it from there")


@app.command()
def table(
    name: Annotated[str, typer.Argument(help="Such as border_crossings.")],
    file: Annotated[Path, typer.Option("--from", help="CSV file with a line of names.")],
    source: Annotated[str, typer.Option(help="Key in references.bib of its publisher.")] = "",
    title: Annotated[str, typer.Option(help="What the table is called.")] = "",
    row: Annotated[str, typer.Option(help="What one row is: 'One …'.")] = "",
    licence: Annotated[str, typer.Option(help="Terms of reuse, as NAME or NAME: words.")] = "",
    description: Annotated[str, typer.Option(help="A sentence more than the title.")] = "",
    credit: Annotated[str, typer.Option(help="Short name of the source under charts.")] = "",
    key: Annotated[str, typer.Option(help="Columns that tell rows apart, as a,b.")] = "",
    known_from: Annotated[str, typer.Option(help="Day from which all rows were known.")] = "",
    static: Annotated[bool, typer.Option("--static", help="A code list without time.")] = False,
    publish_rows: Annotated[
        bool, typer.Option("--publish-rows", help="The terms let us publish its rows.")
    ] = False,
) -> None:
    """Write a table with its sidecar from a CSV file; types, key and links are read from it."""
    from balkandefence.scaffold import table as scaffold

    files = scaffold.new(
        name, file, source=source, title=title, row=row, licence=licence, description=description,
        credit=credit, key=key, known_from=known_from, static=static, rows_published=publish_rows,
    )  # fmt: skip
    _told(files, f"say in data/{name}.yml what each column means; `balkandefence check` reads it")


@app.command()
def claim(
    id: Annotated[str, typer.Argument(help="Such as spending-serbia-2026.")],
    title: Annotated[str, typer.Option(help="A few words for its heading.")] = "",
    statement: Annotated[str, typer.Option(help="What was said, in our own words.")] = "",
    said_by: Annotated[str, typer.Option(help="NAME, ROLE of who said it.")] = "",
    source: Annotated[str, typer.Option(help="Key in references.bib of the report.")] = "",
    reported: Annotated[str, typer.Option(help="When: YYYY, YYYY-MM or YYYY-MM-DD.")] = "",
    subject: Annotated[str, typer.Option(help="Codes of whom it is about, as SRB,XKX.")] = "",
    value: Annotated[str, typer.Option(help="Number as it was quoted, if one was.")] = "",
    unit: Annotated[str, typer.Option(help="Unit of the number, such as '%'.")] = "",
    relation: Annotated[str, typer.Option(help="equal, at_least, at_most or more_than.")] = "",
    table: Annotated[str, typer.Option(help="Table that tests it.")] = "",
    column: Annotated[str, typer.Option(help="Its column; rows are counted without.")] = "",
    where: Annotated[
        list[str] | None, typer.Option(help="COLUMN=VALUE of its rows; several times.")
    ] = None,
    made: Annotated[str, typer.Option(help="Last day on which it may have been said.")] = "",
    theme: Annotated[str, typer.Option(help="Theme, if the id does not begin with it.")] = "",
) -> None:
    """Write an entry in data/claims.yml, a function that tests it, and a test of that."""
    from balkandefence.scaffold import claim as scaffold

    written = scaffold.new(
        id, title=title, statement=statement, said_by=said_by, source=source, reported=reported,
        subject=subject, value=value, unit=unit, relation=relation, table=table, column=column,
        where=where or [], made=made, theme=theme,
    )  # fmt: skip
    _told(
        written.files,
        f"verdict: {written.verdict.text}. {written.verdict.sentence}",
        f"this is one table's answer; add other bases in {written.files[1]}",
    )


@app.command()
def edition(
    id: Annotated[str, typer.Argument(help="Such as 2026.12.0.")],
    as_of: Annotated[str, typer.Option(help="Day whose knowledge it states.")] = "",
) -> None:
    """Write an edition like the one before it, with its own id and day."""
    from balkandefence.scaffold import edition as scaffold

    files = scaffold.new(id, as_of)
    _told(files, f"`balkandefence build --edition {id} --record` builds it and keeps its record")


@app.command()
def country(
    iso3: Annotated[str, typer.Argument(help="ISO 3166 code, such as GRC.")],
    name: Annotated[str, typer.Option(help="Name in English, if the code is new.")] = "",
    short_name: Annotated[str, typer.Option(help="Name for charts, if the code is new.")] = "",
    source: Annotated[str, typer.Option(help="Key in references.bib for the name.")] = "",
    note: Annotated[str, typer.Option(help="What the code covers, if not plain.")] = "",
) -> None:
    """Let editions choose a country besides the six; its page names what is not held on it."""
    from balkandefence.scaffold import country as scaffold

    files = scaffold.new(iso3, name=name, short_name=short_name, source=source, note=note)
    _told(files, f"--param 'countries=[SRB, ALB, {iso3}]' builds a page for it, gaps included")
