"""Every rule that a table must keep; every offender with file, line, column, value and rule."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from balkandefence import sources, tables
from balkandefence.tables import DataError, Problem

EVENTS, SPENDING, COUNTRIES = "data/events.csv", "data/spending.csv", "data/countries.csv"


def except_(rule: str, column: str, **where):
    """Return a change that declares a known exception."""
    entry = {"rule": rule, "column": column, "where": where, "reason": "The source prints it so."}
    return lambda s: s.setdefault("known_exceptions", []).append(entry)


def test_a_faultless_project_has_no_problem(project):
    assert tables.check() == []
    assert tables.check("events") == []


# The rules of columns -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "good", "bad", "offender"),
    [
        ("spending", "2000.5", "4.9", (2, "amount_usd_millions", "4.9", "must be at least 5")),
        ("spending", "2000.5", "9001", (2, "amount_usd_millions", "9001", "must be at most 9000")),
        ("spending", "ALB,2024", "ALB,1999", (5, "year", "1999", "must be at least 2000")),
        ("spending", "ALB,2024", "ALB,2026", (5, "year", "2026", "must be at most 2025")),
        (
            "spending", "2024-04-30", "2023-12-31",
            (2, "release", "2023-12-31", "must be at least 2024-01-01"),
        ),
        ("spending", "outturn", "plan", (3, "basis", "plan", "expected one of budget, outturn")),
        ("spending", "ALB,2024", "ALB,", (5, "year", "", "must not be empty")),
        ("spending", ",,,atlas", ",,,", (4, "source", "", "must not be empty")),
        ("events", "12,", "-1,", (2, "people_count", "-1", "must be at least 0")),
        ("events", "E3", "E33", (4, "event_id", "E33", r"must match E\d")),
        ("events", "E3", "xE3", (4, "event_id", "xE3", r"must match E\d")),
        ("events", ",2025,", ",1998-12,", (4, "date_start", "1998-12", "must be at least 1999")),
        ("events", ",2025,", ",,", (4, "date_start", "", "must not be empty")),
        ("events", "2025-02-03", "2027", (3, "date_end", "2027", "must be at most 2026")),
        (
            "events", "SRB;ALB", "SRB;HRV",
            (2, "countries", "SRB;HRV", "expected one of SRB, ALB, XKX, MKD"),
        ),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_a_rule_of_its_column_is_told(project, table, good, bad, offender):
    file = f"data/{table}.csv"
    project.replace(file, (good, bad))

    assert Problem(file, *offender) in tables.check(table)


def test_a_bound_itself_is_allowed(project):
    project.replace(SPENDING, ("2000.5", "5"), ("2100", "9000"), ("ALB,2024", "ALB,2025"))

    assert tables.check("spending") == []


def test_every_copy_of_a_unique_value_is_told_but_not_what_is_unknown(project):
    project.sidecar("events", lambda s: s.field("outcome").update(constraints={"unique": True}))
    project.replace(EVENTS, ("agreed", "settled"))

    assert tables.check("events") == [
        Problem(EVENTS, line, "outcome", "settled", "must stand only once") for line in (2, 3)
    ]

    project.replace(EVENTS, ("settled", ""), ("settled", ""))

    assert tables.check("events") == []


def test_a_cell_that_does_not_parse_is_not_called_empty_too(project):
    project.replace(SPENDING, ("SRB,2023", "SRB,2O23"))

    assert [str(p) for p in tables.check("spending")] == [
        "data/spending.csv:2 year '2O23': expected a year from 1900 to 2100"
    ]


# The rules of rows and links ----------------------------------------------------------------


def test_a_repeated_key_is_told_with_the_line_of_the_first(project):
    project.replace(SPENDING, ("SRB,2024", "SRB,2023"))

    assert tables.check("spending") == [
        Problem(SPENDING, 4, "iso3+year+release", "SRB, 2023, 2025-04-30", "same key as line 3")
    ]


def test_an_empty_part_of_the_key_is_told(project):
    project.sidecar("spending", lambda s: s["schema"].update(primaryKey=["iso3", "year", "basis"]))

    assert tables.check("spending") == [
        Problem(SPENDING, 4, "basis", "", "part of the key, must not be empty")
    ]


def test_a_value_missing_from_the_table_it_points_to_is_told(project):
    project.replace(SPENDING, ("ALB,2024", "XXX,2024"))
    project.replace(EVENTS, ("SRB;ALB", "SRB;MKD"))

    assert tables.check() == [
        Problem(EVENTS, 2, "countries", "SRB;MKD", "'MKD' is not in countries.iso3"),
        Problem(SPENDING, 5, "iso3", "XXX", "'XXX' is not in countries.iso3"),
    ]


def test_an_unknown_value_points_nowhere(project):
    project.sidecar("spending", lambda s: s.field("iso3").update(constraints={}))
    project.sidecar("spending", lambda s: s["schema"].update(primaryKey=["year", "release"]))
    project.replace(SPENDING, ("\nSRB,2024", "\n,2025"))

    assert tables.check("spending") == []


@pytest.mark.parametrize(
    ("change", "target"),
    [
        (lambda p: p.replace("data/events.yml", ("resource: countries", "resource: states")),
         "states.iso3"),
        (lambda p: p.replace("data/events.yml", ("fields: iso3", "fields: code")),
         "countries.code"),
        (lambda p: p.remove(COUNTRIES), "countries.iso3"),
    ],
)  # fmt: skip
def test_a_link_to_what_cannot_be_read_is_told(project, change, target):
    change(project)

    text = f"the foreign key points to {target}, which cannot be read"
    assert tables.check("events") == [Problem("data/events.yml", 24, "", "", text)]


def test_a_source_that_is_not_in_the_references_is_told(project):
    project.replace(SPENDING, ("ledger-2024;atlas", "ledger-2023;atlas;chart"))
    project.sidecar("spending", lambda s: s["sources"][0].update(key="atlas-2"))

    value, rule = "ledger-2023;atlas;chart", "is not in references.bib"
    assert tables.check("spending") == [
        Problem(SPENDING, 2, "source", value, f"'chart' {rule}"),
        Problem(SPENDING, 2, "source", value, f"'ledger-2023' {rule}"),
        Problem("data/spending.yml", 74, "sources", "atlas-2", rule),
    ]


def test_references_that_cannot_be_read_stop_the_check(project):
    project.remove("references.bib")

    with pytest.raises(sources.SourcesError, match=r"references\.bib is missing"):
        tables.check("events")


def test_a_table_without_a_column_of_sources_is_told(project):
    project.sidecar("events", lambda s: s["schema"]["fields"].remove(s.field("source")))
    text = (project.root / EVENTS).read_text()
    project.write(EVENTS, "".join(line.rpartition(",")[0] + "\n" for line in text.splitlines()))

    rule = "every row names its sources: add a column 'source' of type keys"
    assert tables.check("events") == [Problem(EVENTS, 1, "source", "", rule)]


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("2023-06-01", "2023-05-31", True),
        ("2023-06-01", "2023-05", True),
        ("2023-06-01", "2022", True),
        ("2023-06-01", "2023-06", False),
        ("2023-06-01", "2023", False),
        ("2023-06-01", "2023-06-01", False),
        ("2023-06", "", False),
    ],
)
def test_an_end_that_surely_lies_before_its_start_is_told(project, start, end, wrong):
    project.replace(EVENTS, ("2023-06-01,2023-06,", f"{start},{end},"))

    told = Problem(EVENTS, 2, "date_end", end, f"lies before date_start {start}")
    assert tables.check("events") == ([told] if wrong else [])


def test_dates_that_do_not_parse_are_not_compared(project):
    project.replace(EVENTS, ("2023-06-01,2023-06,", "2023-06-01,2022-13,"))

    (problem,) = tables.check("events")
    assert problem.rule.startswith("expected a date that exists")


@pytest.mark.parametrize(
    ("table", "old", "column"),
    [("events", "2023-06-02", "known_from"), ("spending", "2024-04-30", "release")],
)
def test_what_became_known_after_the_table_was_compiled_is_told(project, table, old, column):
    project.replace(f"data/{table}.csv", (old, "2026-11-22"))

    rule = "known only after the table was compiled, 2026-11-21"
    assert tables.check(table) == [Problem(f"data/{table}.csv", 2, column, "2026-11-22", rule)]


# Known exceptions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "column", "good", "bad"),
    [
        ("minimum", "amount_usd_millions", "2000.5", "4"),
        ("maximum", "amount_usd_millions", "2000.5", "9999"),
        ("enum", "basis", "budget", "plan"),
        ("clock", "release", "2024-04-30", "2026-11-22"),
        ("source", "source", "ledger-2024;atlas", "ledger-2023"),
        ("foreignKey", "iso3", "SRB,2023", "XXX,2023"),
    ],
)
def test_a_known_exception_lifts_its_rule_from_its_row_alone(project, rule, column, good, bad):
    project.replace(SPENDING, (good, bad))
    (problem,) = tables.check("spending")
    assert (problem.line, problem.column) == (2, column)
    project.sidecar("spending", except_(rule, column, estimated="yes", year=2023))

    assert tables.check("spending") == []


def test_a_known_exception_lifts_no_other_rule_and_no_other_row(project):
    project.replace(SPENDING, ("2000.5", "4"), ("2100", "3"))
    project.sidecar(
        "spending", except_("minimum", "amount_usd_millions", estimated="no", year=2023)
    )
    project.sidecar("spending", except_("maximum", "amount_usd_millions", estimated="yes"))

    assert [(p.line, p.value) for p in tables.check("spending")] == [(2, "4")]


@pytest.mark.parametrize("where", [{"iso3": "MNE"}, {"iso3": "SRB", "year": 1999}, {"land": "SRB"}])
def test_a_known_exception_that_fits_no_row_is_told(project, where):
    project.sidecar("spending", except_("minimum", "amount_usd_millions", **where))

    shown = ", ".join(f"{k}={v}" for k, v in where.items())
    rule = "this known exception fits no row; remove it"
    assert tables.check("spending") == [
        Problem("data/spending.yml", 9, "known_exceptions", shown, rule)
    ]


# All tables at once -------------------------------------------------------------------------


#: Checks all tables with a second process, and tells whether that began with one.
BY_TWO = """
import json, os, sys
from pathlib import Path
from balkandefence import tables
from balkandefence.tables import checking

told, is_killed = Path(sys.argv[1]), sys.argv[2] == "killed"
checking._MANY = 1
alone, main = checking._checked, os.getpid()

def checked(name, stamp):
    with told.open("a") as out:
        print(os.getpid(), file=out)
    if is_killed and os.getpid() != main:
        os.kill(os.getpid(), 9)
    return alone(name, stamp)

def sources():  # while the first process reads these, the second takes a table
    while not told.is_file():
        pass

checking._checked, checking.sources.load = checked, sources
found = [(p.file, p.line, p.column, p.value, p.rule) for p in tables.check()]
print(json.dumps([found, told.read_text().split()[0] != str(main)]))
"""


def _make_faults(project) -> None:
    project.replace(SPENDING, ("2000.5", "4"), ("outturn", "plan"), (",yes,", ",ja,"))
    project.replace(EVENTS, ("SRB;ALB", "SRB;QQQ"), ("settled", " settled"), ("E3", "E2"))
    project.replace("data/countries.yml", ("title: Table", "titel: Table"))
    project.write("data/stray.csv", "a\n1\n")
    project.write("data/stray.geojson", "{}")
    project.write("data/notes.txt", "no table")


def test_all_offenders_in_all_tables_are_listed_at_once(project):
    _make_faults(project)

    assert [(p.file, p.line, p.column, p.value) for p in tables.check()] == [
        ("data/countries.yml", 1, "", ""),
        ("data/countries.yml", 2, "", ""),
        ("data/events.csv", 2, "countries", "SRB;QQQ"),
        ("data/events.csv", 2, "outcome", " settled"),
        ("data/events.csv", 4, "event_id", "E2"),
        ("data/events.yml", 24, "", ""),
        ("data/spending.csv", 2, "amount_usd_millions", "4"),
        ("data/spending.csv", 2, "estimated", "ja"),
        ("data/spending.csv", 3, "basis", "plan"),
        ("data/spending.yml", 24, "", ""),
        ("data/stray.csv", 1, "", ""),
        ("data/stray.geojson", 1, "", ""),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="there is no second process")
@pytest.mark.parametrize("fate", ["ends", "killed"])
def test_two_processes_find_what_one_does_even_where_one_is_killed(project, fate):
    _make_faults(project)
    alone = [[p.file, p.line, p.column, p.value, str(p.rule)] for p in tables.check()]
    shutil.rmtree(project.root / "_build", ignore_errors=True)

    ended = subprocess.run(
        [sys.executable, "-c", BY_TWO, project.root / "told", fate],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [alone, True]


def test_a_data_file_without_a_sidecar_is_told_where_all_tables_are_checked(project):
    project.write("data/stray.csv", "a\n1\n")

    rule = "no sidecar: write data/stray.yml"
    assert tables.check() == [Problem("data/stray.csv", 1, "", "", rule)]
    assert tables.check("events") == []


def test_a_sidecar_that_cannot_be_read_is_an_offender(project):
    project.replace("data/events.yml", ("title: Table", "titel: Table"))

    missing, extra = tables.check("events")
    assert (missing.file, missing.line) == ("data/events.yml", 1)
    assert "title: Field required" in missing.rule
    assert (extra.file, extra.line) == ("data/events.yml", 2)
    assert "titel: Extra inputs" in extra.rule


def test_a_file_that_is_no_table_is_an_offender_among_the_others(project):
    project.replace(EVENTS, ("outcome", "result"))
    project.replace(SPENDING, ("2000.5", "4"))

    assert [p.file for p in tables.check()] == [EVENTS, SPENDING]


def test_a_table_with_problems_is_not_loaded(project):
    project.replace(SPENDING, ("2000.5", "4"), ("outturn", "plan"))

    with pytest.raises(DataError) as caught:
        tables.load("spending")

    assert str(caught.value).splitlines() == [
        "2 problems in the data:",
        "  data/spending.csv:2 amount_usd_millions '4': must be at least 5",
        "  data/spending.csv:3 basis 'plan': expected one of budget, outturn",
    ]


# Vouched-for data ---------------------------------------------------------------------------


def test_a_vouched_child_skips_the_checks_until_the_data_change(project, monkeypatch):
    project.replace(SPENDING, ("2000.5", "4"))
    for name, value in tables.vouch().items():
        monkeypatch.setenv(name, value)

    assert tables.check("spending") == []
    assert len(tables.load("spending", "2024-12-31")) == 1
    assert len(tables.check()) == 1  # a check of everything never takes another's word

    project.write("data/countries.csv", (project.root / COUNTRIES).read_bytes() + b"XXX,,,\n")

    assert len(tables.check("spending")) == 1
