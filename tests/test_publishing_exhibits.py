"""Figures and tables leave pictures, words, data and origin, or are refused."""

from __future__ import annotations

import base64
import datetime as dt
import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from balkandefence import MIME, publishing, style, tables
from balkandefence.publishing import Heading, PublishingError


def bars(frame, *, title, narrow=False, unit="million"):
    """Draw the amounts."""
    made, axes = style.canvas(title, unit, narrow=narrow, height=2)
    axes.bar(range(len(frame)), frame["amount_usd_millions"])
    return made


def describe_bars(frame, *, unit="million"):
    """Say what `bars` shows."""
    return f"Bar chart of {len(frame)} amounts, the largest {frame.iloc[:, 3].max():,.0f} {unit}."


def named_bars(frame, *, names, **options):
    """Draw the amounts and write a name."""
    made = bars(frame, **options)
    made.axes[0].set_xlabel(names["XKX"])
    return made


def describe_named_bars(frame, *, names):
    """Say what `named_bars` shows."""
    return "Bar chart of what these states spent: " + ", ".join(names[c] for c in frame["iso3"])


def undescribed(frame, *, title, narrow=False):
    """Draw without words."""
    return bars(frame, title=title, narrow=narrow)


@pytest.fixture
def spending(published):
    return tables.load("spending", "2025-06-30")


def test_without_an_edition_nothing_dated_is_published(spending, published, monkeypatch):
    monkeypatch.setattr(publishing, "_current", None)

    with pytest.raises(PublishingError, match=r"call publishing\.begin\(edition\)"):
        publishing.table("t", spending, {"iso3": "Country"}, caption="c")
    assert published == []


# Figures ------------------------------------------------------------------------------------


def test_a_figure_leaves_pictures_words_data_and_origin(spending, published):
    publishing.figure("levels", bars, spending, title="Up", caption="Amounts.", unit="m")

    found = published.record
    assert {k: found[k] for k in ("kind", "id", "title", "caption", "tables", "chart")} == {
        "kind": "figure", "id": "levels", "title": "Up", "caption": "Amounts.",
        "tables": ["spending"], "chart": f"{__name__}.bars",
    }  # fmt: skip
    assert found["alt"] == "Bar chart of 3 amounts, the largest 2,400 m."
    assert found["source"] == "Credit of spending, release of 30 April 2025"
    assert found["svg"].startswith("<?xml")
    assert found["narrow"].startswith("<?xml")
    assert found["svg"] != found["narrow"]
    assert base64.b64decode(published[0]["image/png"]).startswith(b"\x89PNG")
    assert "png" not in found
    assert found["csv"].splitlines() == [
        "iso3,year,release,amount_usd_millions,estimated,basis,source",
        "SRB,2023,2025-04-30,2100.0,False,outturn,atlas",
        "SRB,2024,2025-04-30,2400.0,,,atlas",
        "ALB,2024,2025-04-30,,False,budget,atlas",
    ]


def test_a_figure_of_a_measures_frame_names_function_and_arguments(spending, published):
    spending.attrs |= {"function": "f", "arguments": {"year": "2023"}}

    publishing.figure("levels", bars, spending, title="Up", caption="c")

    assert (published.record["function"], published.record["arguments"]) == (
        "f", {"year": "2023"},
    )  # fmt: skip


def test_a_figures_foot_tells_source_edition_and_licence(spending, published, monkeypatch):
    feet = []
    monkeypatch.setattr(style, "footer", lambda made, text: feet.append(text))
    publishing.figure("levels", bars, spending, title="Up", caption="c")
    publishing.begin(SimpleNamespace(id="", as_of=dt.date(2025, 6, 30)))
    publishing.figure("levels", bars, spending, title="Up", caption="c")

    source = "Source: Credit of spending, release of 30 April 2025."
    assert (
        feet
        == [f"{source} Edition 2026.11.0. CC BY 4.0."] * 2
        + [f"{source} Edition of your own parameters. CC BY 4.0."] * 2
    )


def test_a_figure_is_the_same_each_time(spending, published):
    for _ in range(2):
        publishing.figure("levels", bars, spending, title="Up", caption="c")

    assert published[0] == published[1]


def test_a_chart_that_takes_names_gets_every_countrys_short_name(spending, published):
    publishing.figure("levels", named_bars, spending, title="Up", caption="c")

    assert published.record["alt"].endswith("spent: Serbia, Serbia, Albania")


@pytest.mark.parametrize(
    ("prepare", "fault"),
    [
        (lambda f: pd.DataFrame(f.to_dict()), "the frame does not say which tables"),
        (lambda f: f.iloc[:0], "there are no data to draw"),
        (lambda f: f[["amount_usd_millions"]].iloc[[2]], "there are no data to draw"),
    ],
)
def test_a_figure_of_no_known_data_is_refused(spending, published, prepare, fault):
    with pytest.raises(PublishingError, match=f"figure 'levels': {fault}"):
        publishing.figure("levels", bars, prepare(spending), title="Up", caption="c")
    assert published == []


def test_a_chart_without_words_beside_it_is_refused(spending, published):
    with pytest.raises(PublishingError, match="write describe_undescribed beside the chart"):
        publishing.figure("levels", undescribed, spending, title="Up", caption="c")


@pytest.mark.parametrize(
    "alt",
    ["", "levels.svg", "a/b/levels", "Bar chart", "one two three four five six seven", "x/" * 30],
)
def test_a_text_alternative_that_tells_nothing_is_refused(spending, published, monkeypatch, alt):
    monkeypatch.setattr(sys.modules[__name__], "describe_bars", lambda frame: alt)

    with pytest.raises(PublishingError) as caught:
        publishing.figure("levels", bars, spending, title="Up", caption="c")

    assert str(caught.value) == (
        "figure 'levels': the text alternative must tell in words what the picture shows, "
        f"got {alt!r}"
    )
    assert published == []


# Tables -------------------------------------------------------------------------------------


def test_a_table_leaves_headings_cells_data_and_origin(spending, published):
    columns = {
        "iso3": "Country",
        "year": Heading("Year", grouped=False),
        "amount_usd_millions": Heading("Spent", unit="million", decimals=1),
        "source": Heading("Sources", keys=True),
    }

    publishing.table("levels", spending, columns, caption="Amounts.", note="Estimates.")

    found = published.record
    assert [(h["label"], h["unit"], h["numeric"], h["keys"]) for h in found["headings"]] == [
        ("Country", "", False, False),
        ("Year", "", True, False),
        ("Spent", "million", True, False),
        ("Sources", "", False, True),
    ]
    assert found["rows"] == [
        ["SRB", "2023", "2,100.0", ["atlas"]],
        ["SRB", "2024", "2,400.0", ["atlas"]],
        ["ALB", "2024", "–", ["atlas"]],
    ]
    assert found["csv"].splitlines()[:2] == [
        "iso3,year,amount_usd_millions,source", "SRB,2023,2100.0,atlas",
    ]  # fmt: skip
    assert (found["caption"], found["note"], found["tables"]) == (
        "Amounts.", "Estimates.", ["spending"],
    )  # fmt: skip
    assert found["source"] == "Credit of spending, release of 30 April 2025"


@pytest.mark.parametrize(
    ("values", "heading", "cells"),
    [
        ([1234567, 2], Heading("x"), ["1,234,567", "2"]),
        ([1234567, 2], Heading("x", decimals=1), ["1,234,567.0", "2.0"]),
        ([2023, 2024], Heading("x", grouped=False), ["2023", "2024"]),
        ([1.25, None], Heading("x", decimals=2), ["1.25", "–"]),
        ([True, False], Heading("x"), ["yes", "no"]),
        (pd.array([True, None], dtype="boolean"), Heading("x"), ["yes", "–"]),
        (pd.array([-12345, None], dtype="Int64"), Heading("x"), ["−12,345", "–"]),
        (pd.to_datetime(["2024-05-01", None]), Heading("x"), ["2024-05-01", "–"]),
        ([("SRB", "ALB", "XKX"), ()], Heading("x"), ["SRB, ALB and XKX", "–"]),
        (["text", None], Heading("x"), ["text", "–"]),
        ([("a", "b"), ()], Heading("x", keys=True), [["a", "b"], []]),
    ],
)  # fmt: skip
def test_a_cell_is_written_for_readers(published, values, heading, cells):
    frame = pd.DataFrame({"c": values})
    frame.attrs["tables"] = ("events",)

    publishing.table("t", frame, {"c": heading}, caption="c")

    assert [row[0] for row in published.record["rows"]] == cells


def test_a_named_index_is_part_of_the_data_and_a_count_is_not(published):
    frame = pd.DataFrame({"a": [1]}, index=pd.Index([2023], name="year"))
    frame.attrs["tables"] = ("events",)
    counted = frame.reset_index(drop=True)

    publishing.table("t", frame, {"a": "A"}, caption="c")
    publishing.table("t", counted, {"a": "A"}, caption="c")

    assert [shown[MIME]["csv"] for shown in published] == ["year,a\n2023,1\n", "a\n1\n"]


@pytest.mark.parametrize(
    ("prepare", "fault"),
    [
        (lambda f: pd.DataFrame(f.to_dict()), "the frame does not say which tables"),
        (lambda f: f.drop(columns=["year", "basis"]), "no column year, basis in the frame"),
        (lambda f: f.iloc[:0], "there are no rows to show"),
    ],
)
def test_a_table_of_no_known_data_is_refused(spending, published, prepare, fault):
    columns = {"iso3": "Country", "year": "Year", "basis": "Basis"}

    with pytest.raises(PublishingError, match=f"table 'levels': {fault}"):
        publishing.table("levels", prepare(spending), columns, caption="c")
    assert published == []
