"""A table's file as it would have been on a day."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from balkandefence import tables
from balkandefence.tables import asof

EARLY, LATE = dt.date(2024, 12, 31), dt.date(2026, 11, 21)


@pytest.mark.parametrize("name", ["events", "spending", "countries"])
def test_on_the_day_of_compilation_the_file_is_the_file(project, name):
    text = (project.root / f"data/{name}.csv").read_text()

    assert tables.known(name, LATE).text == text


def test_on_an_earlier_day_rows_and_cells_of_later_are_not_there(project):
    assert tables.known("events", EARLY).text.splitlines()[1:] == [
        "E1,SRB;ALB,2023-06-01,2023-06,2023-06-02,settled,12,atlas",
        "E2,XKX,2024-05,,2024-05-20,,,gazette",
    ]


def test_releases_published_by_the_day_stay_with_their_own_text(project):
    assert tables.known("spending", EARLY).text.splitlines()[1:] == [
        "SRB,2023,2024-04-30,2000.5,yes,budget,ledger-2024;atlas"
    ]


def test_sources_that_appeared_later_are_left_out_while_one_remains(project):
    project.replace("references.bib", ("date = {2024-04-30}", "date = {2025-01-01}"))
    project.replace("data/events.csv", ("12,atlas", "12,ledger-2024"))

    assert tables.known("spending", EARLY).rows["source"].tolist() == ["atlas"]
    assert tables.load("spending", EARLY)["source"].tolist() == [("atlas",)]
    assert tables.load("events", EARLY).at[2, "source"] == ("ledger-2024",)
    assert tables.load("spending", LATE, vintages=True).at[2, "source"] == ("ledger-2024", "atlas")


@pytest.mark.parametrize("date", ["2024-12", "2024", "", "n.d."])
def test_a_source_of_an_open_or_unreadable_date_counts_as_there(project, date):
    project.replace("references.bib", ("date = {2024-04-30}", f"date = {{{date}}}"))

    assert tables.load("spending", EARLY).at[2, "source"] == ("ledger-2024", "atlas")


def test_a_line_is_counted_in_the_file_of_the_day(project):
    project.replace("data/spending.csv", ("2024-04-30", "2025-06-30"))
    day = dt.date(2025, 5, 1)

    assert tables.known("spending", day).rows.index.tolist() == [2, 3, 4]
    assert tables.load("spending", day, vintages=True).index.tolist() == [2, 3, 4]
    newest = tables.load("spending", day)
    assert set(newest.index) <= {2, 3, 4}
    shown = tables.known("spending", day).rows.loc[newest.index, "year"].astype(int)
    assert shown.tolist() == newest["year"].tolist()


def test_a_changed_file_is_answered_anew(project):
    assert "2000.5," in tables.known("spending", EARLY).text
    project.replace("data/spending.csv", ("2000.5", "2000.75"))

    assert "2000.75," in tables.known("spending", EARLY).text


def test_a_table_of_which_a_row_or_a_source_changed_is_loaded_anew(project):
    assert tables.load("spending", EARLY).at[2, "source"] == ("ledger-2024", "atlas")
    project.replace("references.bib", ("date = {2024-04-30}", "date = {2025-01-01}"))
    assert tables.load("spending", EARLY).at[2, "source"] == ("atlas",)
    before = tables.load("spending", EARLY)
    project.replace("data/spending.csv", ("2000.5", "2000.75"))
    assert not tables.load("spending", EARLY).equals(before)


def test_what_a_caller_does_to_an_answer_is_not_in_the_next(project):
    described = tables.sidecar("spending")
    first, _ = asof.answer(described, LATE, vintages=True)
    years = first["year"].tolist()
    first["year"] = 1900

    assert asof.answer(described, LATE, vintages=True)[0]["year"].tolist() == years != [1900] * 3


def test_a_map_is_the_same_on_every_day(monkeypatch, repository):
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)
    text = (repository / "data/boundaries.geojson").read_text(encoding="utf-8")

    assert tables.known("boundaries", EARLY).text == text


@pytest.mark.parametrize(
    ("name", "where", "lines"),
    [
        ("spending", {"iso3": "SRB"}, [2, 3, 4]),
        ("spending", {"iso3": "SRB", "basis": "budget"}, [2]),
        ("spending", {"source": "ledger-2024"}, [2]),
        ("events", {"countries": "ALB"}, [2]),
        ("events", {"countries": "HRV"}, []),
        ("events", {}, [2, 3, 4]),
    ],
)
def test_rows_that_hold_a_value_keep_their_lines_typed_or_as_text(project, name, where, lines):
    found = tables.load(name, LATE, vintages=True, where=where)
    told = tables.holding(tables.known(name, LATE).rows, tables.sidecar(name), where)

    assert found.index.tolist() == told.index.tolist() == lines
    assert found.attrs == {"tables": (name,)}
    assert list(found) == list(tables.load(name, LATE))


def test_rows_are_not_chosen_by_columns_that_are_not_there_or_hold_other_things(project):
    with pytest.raises(KeyError, match="country"):
        tables.load("spending", LATE, where={"country": "SRB"})
    with pytest.raises(ValueError, match=r"spending\.year is of type year; rows are chosen by"):
        tables.load("spending", LATE, where={"year": "2023"})


@pytest.fixture
def worked_out(project, monkeypatch):
    """Ask for what was known as a process of its own would; tell for which days it is made."""
    seen, truly = [], asof._worked_out
    monkeypatch.setattr(asof, "_worked_out", lambda s, day: seen.append(day) or truly(s, day))

    def anew(day):
        asof._made.cache_clear()
        return tables.known("events", day)

    anew.seen = seen
    return anew


def test_what_was_known_on_a_day_is_worked_out_once(worked_out):
    first, again = worked_out(EARLY), worked_out(EARLY)
    assert first.text == again.text
    pd.testing.assert_frame_equal(first.rows, again.rows)
    worked_out(LATE)
    worked_out(EARLY)
    assert worked_out.seen == [EARLY, LATE]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("data/events.csv", "XKX", "ALB"), ("data/events.yml", "title:", "title: Other"),
     ("references.bib", "2020-05", "2019-05")],
    ids=["row", "sidecar", "date of a source"],
)  # fmt: skip
def test_where_its_files_changed_it_is_worked_out_anew(project, worked_out, file, old, new):
    worked_out(EARLY)
    project.replace(file, (old, new))
    worked_out(EARLY)
    assert worked_out.seen == [EARLY, EARLY]
