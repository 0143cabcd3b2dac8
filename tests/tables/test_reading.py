"""From the text of a data file to a typed frame, with every fault of its text."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from balkandefence import tables
from balkandefence.tables import DataError, Problem, reading

EVENTS, SPENDING = "data/events.csv", "data/spending.csv"


def problems(name: str) -> list[Problem]:
    """Return the faults of a table's text alone."""
    return list(reading.read(tables.sidecar(name))[2])


def refused(name: str) -> list[Problem]:
    """Return the problems with which a file is refused as a whole."""
    with pytest.raises(DataError) as caught:
        reading.read(tables.sidecar(name))
    return caught.value.problems


# What a good file gives ---------------------------------------------------------------------


def test_cells_get_their_declared_types(project):
    _, spending, _ = reading.read(tables.sidecar("spending"))
    _, events, _ = reading.read(tables.sidecar("events"))

    assert spending.dtypes.astype(str).to_dict() | {"release": "date"} == {
        "iso3": "str", "year": "Int64", "release": "date", "amount_usd_millions": "float64",
        "estimated": "boolean", "basis": "str", "source": "object",
    }  # fmt: skip
    assert spending["release"].iloc[0] == pd.Timestamp("2024-04-30")
    assert spending["estimated"].iloc[:2].tolist() == [True, False]
    assert events["people_count"].dtype == "Int64"
    assert events["countries"].tolist() == [("SRB", "ALB"), ("XKX",), ()]
    assert events["date_start"].tolist() == ["2023-06-01", "2024-05", "2025"]


def test_an_empty_cell_is_missing_and_never_zero(project):
    _, spending, _ = reading.read(tables.sidecar("spending"))
    _, events, _ = reading.read(tables.sidecar("events"))

    assert pd.isna(spending.at[5, "amount_usd_millions"])
    assert pd.isna(spending.at[4, "estimated"])
    assert pd.isna(spending.at[4, "basis"])
    assert pd.isna(events.at[3, "people_count"])
    assert pd.isna(events.at[4, "known_from"])


def test_the_index_is_the_line_in_the_file_and_the_frame_names_its_table(project):
    raw, frame, _ = reading.read(tables.sidecar("spending"))

    assert frame.index.name == raw.index.name == "line"
    assert frame.index.tolist() == raw.index.tolist() == [2, 3, 4, 5]
    assert frame.attrs["tables"] == ("spending",)
    assert raw.at[2, "amount_usd_millions"] == "2000.5"


def test_rows_after_a_quoted_line_break_keep_their_true_line(project):
    project.replace(EVENTS, ("settled", '"set\ntled"'))

    raw, _, found = reading.read(tables.sidecar("events"))

    assert raw.index.tolist() == [2, 4, 5]
    assert [p.line for p in found] == [2]


def test_a_quoted_comma_belongs_to_the_cell(project):
    project.replace(EVENTS, ("settled", '"settled, in part"'))

    assert reading.read(tables.sidecar("events"))[0].at[2, "outcome"] == "settled, in part"


def test_a_table_without_rows_still_has_its_columns(project):
    project.write(EVENTS, "event_id,countries,date_start,date_end,known_from,outcome,"
                          "people_count,source\n")  # fmt: skip

    frame = tables.load("events", "2024-01-01")

    assert frame.empty
    assert frame["people_count"].dtype == "Int64"


def test_a_file_that_changed_is_read_anew(project):
    before = reading.read(tables.sidecar("spending"))[1].at[2, "amount_usd_millions"]
    path = project.root / SPENDING
    stamp = path.stat().st_mtime_ns
    project.replace(SPENDING, ("2000.5", "2000.75"))
    assert path.stat().st_mtime_ns != stamp

    after = reading.read(tables.sidecar("spending"))[1].at[2, "amount_usd_millions"]

    assert (before, after) == (2000.5, 2000.75)


# What a cell may not hold -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "good", "bad", "line", "column", "rule"),
    [
        ("events", ",12,", ",12.5,", 2, "people_count", "a whole number"),
        ("events", ",12,", ",twelve,", 2, "people_count", "a whole number"),
        ("spending", "2000.5", "2000,5", 2, None, "8 cells where the header has 7"),
        ("spending", "2000.5", "2 000.5", 2, "amount_usd_millions", "a number with a point"),
        ("spending", "2000.5", "nan", 2, "amount_usd_millions", "a number with a point"),
        ("spending", "2000.5", "inf", 2, "amount_usd_millions", "a number with a point"),
        ("spending", ",yes,", ",Yes,", 2, "estimated", "yes or no"),
        ("spending", "2024-04-30", "2024-04-31", 2, "release", "a date that exists, YYYY-MM-DD"),
        ("spending", "2024-04-30", "20240430", 2, "release", "a date that exists, YYYY-MM-DD"),
        ("spending", "SRB,2023", "SRB,1823", 2, "year", "a year from 1900 to 2100"),
        ("spending", "SRB,2023", "SRB,2101", 2, "year", "a year from 1900 to 2100"),
        ("spending", "SRB,2023", "SRB,MMXX", 2, "year", "a year from 1900 to 2100"),
        ("events", "2024-05,", "2024-13,", 3, "date_start", "a date that exists, YYYY, YYYY-MM"),
        ("events", "2024-05,", "May 2024,", 3, "date_start", "a date that exists, YYYY, YYYY-MM"),
        ("events", "SRB;ALB", "SRB; ALB", 2, "countries", "values separated by ';'"),
        ("events", "SRB;ALB", "SRB;;ALB", 2, "countries", "values separated by ';'"),
        ("events", "SRB;ALB", "SRB;SRB", 2, "countries", "none empty or twice"),
        ("spending", "ledger-2024;atlas", "atlas;atlas", 2, "source", "keys separated by ';'"),
        ("spending", "ledger-2024;atlas", "atlas;", 2, "source", "keys separated by ';'"),
        ("events", "settled", " settled", 2, "outcome", "stray white space at an end"),
        ("events", "settled", "settled ", 2, "outcome", "stray white space at an end"),
        ("events", "settled", "set  tled", 2, "outcome", "doubled space, tab or line break"),
        ("events", "settled", "set\ttled", 2, "outcome", "doubled space, tab or line break"),
        ("events", "settled", '"set\ntled"', 2, "outcome", "doubled space, tab or line break"),
        ("events", "settled", "set\xa0tled", 2, "outcome", "hard space"),
        ("events", "settled", "set\xadtled", 2, "outcome", "soft hyphen"),
        ("events", "settled", "set\ufeffled", 2, "outcome", "byte-order mark"),
        ("events", "settled", "set\ufffdtled", 2, "outcome", "replacement character"),
        ("events", "settled", "cafÃ©", 2, "outcome", "letters of a wrong encoding"),
        ("events", "settled", "NiÅ¡", 2, "outcome", "letters of a wrong encoding"),
        ("events", "settled", "Ä‡uprija", 2, "outcome", "letters of a wrong encoding"),
        ("events", "settled", "Å½abljak", 2, "outcome", "letters of a wrong encoding"),
        ("events", "settled", "itâ€™s", 2, "outcome", "letters of a wrong encoding"),
    ],
)
def test_a_cell_is_told_by_file_line_column_value_and_rule(
    project, table, good, bad, line, column, rule
):
    project.replace(f"data/{table}.csv", (good, bad))

    found = problems(table)

    assert len(found) == 1
    problem = found[0]
    assert (problem.file, problem.line) == (f"data/{table}.csv", line)
    assert rule in problem.rule
    if column:
        assert problem.column == column
        assert problem.value.strip() == bad.strip(",").strip('"').strip().split(",")[-1]


@pytest.mark.parametrize("name", ["Štip Ćuprija", "Ålesund Ärzte São", "Žižek Đilas", "Ă\u2014"])
def test_letters_of_other_languages_are_no_fault(project, name):
    project.replace(EVENTS, ("settled", name))

    assert problems("events") == []


def test_all_faulty_cells_are_listed_at_once(project):
    project.replace(
        SPENDING, ("2000.5", "2O00.5"), (",yes,", ",ja,"), ("SRB,2024", "SRB,24"), ("2100", "2100 ")
    )

    assert [(p.line, p.column, p.value) for p in problems("spending")] == [
        (4, "year", "24"),
        (2, "amount_usd_millions", "2O00.5"),
        (3, "amount_usd_millions", "2100 "),
        (2, "estimated", "ja"),
    ]


@pytest.mark.parametrize(("cells", "count"), [("", 0), ("E4,SRB", 2), ("E4" + "," * 8, 9)])
def test_a_row_of_another_length_is_told_and_the_others_are_read(project, cells, count):
    project.write(EVENTS, (project.root / EVENTS).read_text() + cells + "\n")

    raw, _, found = reading.read(tables.sidecar("events"))

    assert list(found) == [
        Problem(EVENTS, 5, "", cells, f"{count} cells where the header has 8")
    ]  # fmt: skip
    assert len(raw) == 3


def test_windows_line_ends_are_told_once(project):
    text = (project.root / EVENTS).read_text()
    project.write(EVENTS, text.replace("\n", "\r\n"))

    assert problems("events") == [
        Problem(EVENTS, 1, "", "\\r", "lines must end in a bare line feed")
    ]


# When a file is no table --------------------------------------------------------------------


def test_a_missing_file_is_refused(project):
    project.remove(EVENTS)

    assert refused("events") == [
        Problem(EVENTS, 1, "", "", "the file is missing beside its sidecar")
    ]


def test_a_file_that_is_not_utf_8_is_refused_with_its_line_and_byte(project):
    content = (project.root / EVENTS).read_bytes()
    project.write(EVENTS, content.replace(b"agreed", b"caf\xe9"))

    assert refused("events") == [Problem(EVENTS, 3, "", "233", "not UTF-8; save the file as UTF-8")]


def test_an_open_quote_is_refused(project):
    project.write(EVENTS, (project.root / EVENTS).read_text() + '"E4,')

    (problem,) = refused("events")
    assert (problem.file, problem.line) == (EVENTS, 5)
    assert problem.rule.startswith("not CSV: ")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("outcome,", "result,", "missing ['outcome'], undeclared ['result']"),
        ("event_id,countries", "event_id,event_id", "missing ['countries'], undeclared []"),
        ("event_id", "\ufeffevent_id", "missing ['event_id'], undeclared ['\\ufeffevent_id']"),
        ("date_start,date_end", "date_end,date_start", "another order than in the sidecar"),
    ],
)
def test_a_header_that_differs_from_the_sidecar_is_refused(project, old, new, rule):
    project.replace(EVENTS, (old, new))

    (problem,) = refused("events")
    assert (problem.file, problem.line) == (EVENTS, 1)
    assert new.strip(",") in problem.value
    assert rule in problem.rule


def test_an_empty_file_lacks_every_column(project):
    project.write(EVENTS, "")

    (problem,) = refused("events")
    assert "missing ['event_id', 'countries'" in problem.rule


# GeoJSON ------------------------------------------------------------------------------------


@pytest.fixture
def shapes(project):
    """Make `countries` a GeoJSON table of two features; return how to write its features."""
    project.remove("data/countries.csv")
    project.sidecar("countries", lambda s: s.update(format="geojson"))

    def write(**changes):
        features = [
            {
                "type": "Feature",
                "properties": {"iso3": code, "short_name": name, "role": None, "source": "atlas"},
                "geometry": {"type": "Point", "coordinates": [20, 44]},
            }
            for code, name in (("SRB", "Serbia"), ("ALB", "Albania"))
        ]
        features[1] |= changes
        project.write("data/countries.geojson", json.dumps({"features": features}))

    return write


def test_features_are_rows_with_their_number_as_line_and_their_geometry(shapes):
    shapes()

    raw, frame, found = reading.read(tables.sidecar("countries"))

    assert list(found) == []
    assert frame.index.tolist() == [1, 2]
    assert frame["iso3"].tolist() == ["SRB", "ALB"]
    assert raw["role"].tolist() == ["", ""]
    assert frame.at[1, "geometry"] == {"type": "Point", "coordinates": [20, 44]}


def test_a_property_that_is_missing_from_one_feature_is_empty(shapes):
    shapes(properties={"iso3": "ALB", "short_name": "Albania", "source": "atlas"})

    assert reading.read(tables.sidecar("countries"))[0].at[2, "role"] == ""


def test_an_undeclared_property_is_refused(shapes):
    shapes(properties={"iso3": "ALB", "colour": "red"})

    (problem,) = refused("countries")
    assert "undeclared ['colour']" in problem.rule


@pytest.mark.parametrize("change", [{"properties": None}, {"geometry": None}])
def test_a_feature_without_properties_or_geometry_is_refused(shapes, change):
    shapes(**change)

    (problem,) = refused("countries")
    assert problem.file == "data/countries.geojson"
    assert problem.rule.startswith("not GeoJSON: ")


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "FeatureCollection"}', '{"features": 3}'])
def test_a_file_that_is_no_feature_collection_is_refused(project, shapes, text):
    project.write("data/countries.geojson", text)

    (problem,) = refused("countries")
    assert problem.rule.startswith("not GeoJSON: ")


# How a problem reads ------------------------------------------------------------------------


def test_a_problem_reads_as_place_column_value_and_rule():
    assert str(Problem("data/t.csv", 3, "year", "20x", "expected a year")) == (
        "data/t.csv:3 year '20x': expected a year"
    )
    assert str(Problem("data/t.yml", 0, "", "", "no such file")) == "data/t.yml '': no such file"


def test_a_data_error_counts_and_lists_its_problems_in_order():
    two = [Problem("data/t.csv", 9, "b", "y", "second"), Problem("data/t.csv", 2, "a", "x", "1st")]

    error = DataError(two)

    assert str(error).splitlines() == [
        "2 problems in the data:",
        "  data/t.csv:2 a 'x': 1st",
        "  data/t.csv:9 b 'y': second",
    ]
    assert str(DataError(two[:1])).startswith("1 problem in the data:")


# What was read before -----------------------------------------------------------------------


@pytest.fixture
def read_rows(project, monkeypatch):
    """Read a table as a process of its own would; tell which are read from their rows."""
    seen, truly = [], reading._read
    monkeypatch.setattr(reading, "_read", lambda path, s: seen.append(s.name) or truly(path, s))

    def anew(name="events"):
        reading._read_once.cache_clear()
        return reading.read(tables.sidecar(name))

    anew.seen = seen
    return anew


def test_a_table_that_was_read_before_comes_back_without_its_rows_being_read(read_rows):
    first, again = read_rows(), read_rows()

    assert read_rows.seen == ["events"]
    for one, other in zip(first[:2], again[:2], strict=True):
        pd.testing.assert_frame_equal(one, other)
        assert one.attrs == other.attrs
    assert first[2] == again[2]


@pytest.mark.parametrize(
    ("file", "old", "new"), [(EVENTS, "XKX", "ALB"), ("data/events.yml", "title:", "title: Other")]
)
def test_a_table_of_other_rows_or_another_sidecar_is_read(project, read_rows, file, old, new):
    read_rows()
    project.replace(file, (old, new))
    read_rows()

    assert read_rows.seen == ["events", "events"]
