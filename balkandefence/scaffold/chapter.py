"""A new chapter: a notebook that counts the rows of one table by year, with all that it calls.

It is real from the first minute (a number, a figure, a text alternative, tests), and every part of
it is there to be replaced by what the chapter is to say.
"""

from __future__ import annotations

import json
import keyword
from pathlib import Path
from typing import Any

from balkandefence import CURRENT, BookError, editions, paths, tables, yamls
from balkandefence.scaffold import ScaffoldError, refuse_existing, words, write

_DATED = ("year", "date", "partial-date")

_MEASURES = '''"""{title}: rows of the table {table} by year, to begin with."""

from __future__ import annotations

import pandas as pd

from balkandefence.provenance import Quantity, measure, quantity

#: The column that says when.
WHEN = "{when}"


def _within(rows: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the rows of the years asked for, with the year as a column of its own."""
    year = rows[WHEN].astype("string").str[:4].astype("Int64")
    return rows.assign(year_of_row=year)[year.between(first, last).fillna(False)]


@measure
def total(rows: pd.DataFrame, first: int, last: int) -> Quantity:
    """Return how many rows there are from the first year to the last."""
    found = _within(rows, first, last)
    return quantity(float(len(found)), found)


@measure
def by_year(rows: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the number of rows by year: year, rows_count; a year without rows has none."""
    found = _within(rows, first, last)
    counted = found.groupby("year_of_row").size()
    return pd.DataFrame({{"year": counted.index.astype(int), "rows_count": counted.to_numpy()}})
'''

_CHARTS = '''"""{title}: pictures of what the measures of the same name give."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import style


def by_year(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw the number of rows by year (year, rows_count), one bar a year."""
    figure, axes = style.canvas(title, "Rows of the table", narrow=narrow, height=2.8)
    axes.bar(frame["year"], frame["rows_count"], color=style.MUTED)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    style.whole_years(axes, first, last, most=5 if narrow else 10)
    style.from_zero(axes)
    return figure


def describe_by_year(frame: pd.DataFrame) -> str:
    """Say in words what `by_year` shows."""
    most = frame.sort_values("rows_count", ascending=False, kind="stable").iloc[0]
    return (
        f"Bar chart of rows by year from {{frame['year'].min()}} to {{frame['year'].max()}}; "
        f"most are of {{most['year']}}, {{most['rows_count']}} rows."
    )
'''

_TEST_MEASURES = '''"""{title}: what the measures count."""

from __future__ import annotations

import pandas as pd

from balkandefence.measures import {module} as m


def rows() -> pd.DataFrame:
    index = pd.Index([2, 3, 4], name="line")
    made = pd.DataFrame({{m.WHEN: {values}}}, index=index)
    made.attrs = {{"tables": ("{table}",)}}
    return made


def test_rows_within_the_years_are_counted_with_their_lines():
    found = m.total(rows(), 2010, 2011)
    assert float(found) == 2
    assert found.provenance.rows == {{"{table}": (2, 3)}}


def test_each_year_with_rows_has_its_number():
    assert m.by_year(rows(), 2010, 2012).to_dict("list") == {{
        "year": [2010, 2012],
        "rows_count": [2, 1],
    }}
'''

_TEST_CHARTS = '''"""{title}: what the pictures show and say."""

from __future__ import annotations

import pandas as pd

from balkandefence.charts import {module} as charts

FRAME = pd.DataFrame({{"year": [2010, 2012], "rows_count": [2, 1]}})


def test_each_year_has_a_bar_that_starts_at_zero():
    for narrow in (False, True):
        (axes,) = charts.by_year(FRAME, title="Rows", narrow=narrow).axes
        assert [bar.get_height() for bar in axes.patches] == [2, 1]
        assert axes.get_ylim()[0] == 0


def test_the_text_alternative_names_the_years_and_the_most():
    text = charts.describe_by_year(FRAME)
    assert "from 2010 to 2012" in text
    assert "most are of 2010, 2 rows" in text
'''

#: What three rows of a test hold in the column that says when, by its type.
_VALUES = {
    "year": 'pd.array([2010, 2010, 2012], dtype="Int64")',
    "date": 'pd.to_datetime(["2010-05-01", "2010-06-01", "2012-07-01"])',
    "partial-date": '["2010", "2010-06", "2012-07-01"]',
}

_SETUP = """from balkandefence import editions, publishing
from balkandefence.charts import {module} as charts
from balkandefence.measures import {module} as measures

edition = editions.of_notebook(globals())
publishing.begin(edition)
rows = edition.load("{table}")"""

_TOTAL = """total = measures.total(rows, first_year, last_year)
publishing.number("total", total, unit="rows", what="rows of the table")"""

_FIGURE = """counted = measures.by_year(rows, first_year, last_year)
publishing.figure("by-year", charts.by_year, counted, title="{title} by year",
    caption="Rows of the table by year, {{num}}`total` in all.")"""

_OPENING = """# {title}

The years from {{num}}`edition/first-year` to {{num}}`edition/last-year` have {{num}}`total`."""

_TEXT = """## By year

{{fig}}`by-year` counts the rows of [{table}](#table-{table}) by year."""

_CAVEATS = """## What these data cannot show

* Rows say what was recorded, not how much there was."""


def _when(name: str) -> tuple[str, str]:
    """Return the column of a table that says when, and its type: of happening, not of knowing."""
    described = tables.sidecar(name)
    if described.format != "csv":
        raise ScaffoldError(f"--table {name}: a map has no years to count by")
    dated = [column for column in described.columns if column.type in _DATED]
    knowing = ("known_from", "release", "as_of")
    own = [column for column in dated if not column.name.endswith(knowing)] or dated
    if not own:
        raise ScaffoldError(f"--table {name}: it has no column of years or dates to count by")
    chosen = next((column for column in own if column.type == "year"), own[0])
    edition = editions.load(CURRENT)
    years = edition.load(name)[chosen.name].astype("string").str[:4].dropna().astype(int)
    if not years.between(edition.first_year, edition.last_year).any():
        span = f"{edition.first_year} to {edition.last_year}"
        raise ScaffoldError(f"--table {name}: no row has a {chosen.name} from {span}")
    return chosen.name, chosen.type


def _cell(kind: str, id: str, source: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "id": id, "metadata": {}}
    if tags:
        made["metadata"] = {"tags": list(tags)}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made | {"source": source.splitlines(keepends=True)}


def _notebook(title: str, module: str, table: str) -> str:
    told = {"title": title, "module": module, "table": table}
    defaults = editions.defaults().items()
    parameters = "\n".join(f"{name} = {json.dumps(value)}" for name, value in defaults)
    cells = [
        _cell("markdown", "opening", _OPENING.format(**told)),
        _cell("code", "parameters", parameters, ("parameters",)),
        _cell("code", "setup", _SETUP.format(**told)),
        _cell("code", "total", _TOTAL.format(**told)),
        _cell("markdown", "by-year-text", _TEXT.format(**told)),
        _cell("code", "by-year", _FIGURE.format(**told)),
        _cell("markdown", "caveats", _CAVEATS.format(**told)),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def contents(text: str, page: str, after: str) -> str:
    """Return _toc.yml with a page behind another, all else in it untouched.

    The new line stands behind the other's own sections. Raises ScaffoldError where the other page
    is not listed.
    """
    lines = text.split("\n")
    mark = f"- file: {after}"
    place = next((n for n, line in enumerate(lines) if line.strip() == mark), None)
    if place is None:
        raise ScaffoldError(f"--after {after.rpartition('/')[2]}: _toc.yml lists no such page")
    indent = len(lines[place]) - len(lines[place].lstrip())
    end = place + 1
    while end < len(lines) and lines[end].strip():
        if len(lines[end]) - len(lines[end].lstrip()) <= indent:
            break
        end += 1
    lines.insert(end, f"{' ' * indent}- file: {page}")
    return "\n".join(lines)


def _last(text: str) -> str:
    """Return the last chapter of the book's first part, behind which a new one goes."""
    content = yamls.read(text)
    part = content["parts"][0] if "parts" in content else content
    return str(part["chapters"][-1]["file"])


def new(name: str, *, title: str = "", table: str, after: str = "") -> list[str]:
    """Write a chapter on one table, with all that it calls, and return the files.

    Those are its notebook, measures, chart, their tests and its line in the contents.

    Raises ScaffoldError for a name that cannot be used or is taken, an unknown table or one that
    says of no row when it was, and an `after` that is not in the contents.
    """
    module = words(name, "a chapter").replace("-", "_")
    if keyword.iskeyword(module) or name.startswith("country-"):
        raise ScaffoldError(f"{name!r} has a meaning of its own; choose another name")
    title = title or name.replace("-", " ").capitalize()
    if any(sign in title for sign in "\"'\\{}`\n") or any(map(str.isdigit, title)):
        raise ScaffoldError(f"--title {title!r}: leave out digits, quotes, braces and backslashes")
    root, toc = paths.root(), paths.root() / "_toc.yml"
    package, tests = root / "balkandefence", root / "tests"
    files: dict[str, Path] = {
        "notebook": paths.chapters() / f"{name}.ipynb",
        "measures": package / "measures" / f"{module}.py",
        "charts": package / "charts" / f"{module}.py",
        "test_measures": tests / "measures" / f"test_{module}.py",
        "test_charts": tests / "charts" / f"test_{module}.py",
    }
    refuse_existing([*files.values(), paths.chapters() / f"{name}.md"])
    try:
        when, kind = _when(table)
    except tables.SidecarError as error:
        raise ScaffoldError(f"--table: {error}") from error
    except BookError as error:
        raise ScaffoldError(f"--table {table}: {error}") from error
    told = {"title": title, "module": module, "table": table, "when": when,
            "values": _VALUES[kind]}  # fmt: skip
    text = toc.read_text(encoding="utf-8")
    behind = f"chapters/{after}" if after else _last(text)
    texts = {
        files["notebook"]: _notebook(title, module, table),
        files["measures"]: _MEASURES.format(**told),
        files["charts"]: _CHARTS.format(**told),
        files["test_measures"]: _TEST_MEASURES.format(**told),
        files["test_charts"]: _TEST_CHARTS.format(**told),
    }
    return write(texts, {toc: contents(text, f"chapters/{name}", behind)})
