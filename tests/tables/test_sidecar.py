"""A sidecar says all that it must, or is refused with file and entry."""

from __future__ import annotations

import pytest

from balkandefence import tables
from balkandefence.tables import SidecarError
from balkandefence.tables.sidecar import DEAL_COLUMNS

FILE = "data/events.yml"


def refusal(name: str = "events") -> str:
    """Return the message with which a sidecar is refused."""
    with pytest.raises(SidecarError) as caught:
        tables.sidecar(name)
    return str(caught.value)


def constrain(name, **constraints):
    """Return a change that gives a column these constraints."""
    return lambda s: s.field(name).update(constraints=constraints)


# What a good sidecar answers ----------------------------------------------------------------


def test_tables_are_those_with_a_sidecar(project):
    assert tables.names() == ["countries", "events", "spending"]


def test_a_sidecar_tells_columns_in_order_and_its_file(project):
    described = tables.sidecar("spending")

    assert [c.name for c in described.columns][:3] == ["iso3", "year", "release"]
    assert described.column("amount_usd_millions").unit == "million US dollars"
    assert described.file == "spending.csv"
    assert described.compiled == "2026-11-21"
    assert hash(described) == hash("spending")


def test_dates_in_a_sidecar_may_stand_bare_or_quoted(project):
    release = tables.sidecar("spending").column("release")
    project.sidecar("spending", constrain("release", minimum="2024-01-02"))

    assert release.constraints.minimum == "2024-01-01"
    assert tables.sidecar("spending").column("release").constraints.minimum == "2024-01-02"


def test_a_column_that_is_not_declared_is_a_key_error(project):
    with pytest.raises(KeyError, match="nope"):
        tables.sidecar("spending").column("nope")


# What a sidecar may not be ------------------------------------------------------------------


def test_an_unknown_table_is_refused_with_those_there_are(project):
    listed = "countries, events, spending"
    assert refusal("nope") == f"no table 'nope': data/ has {listed}"
    assert refusal("event") == f"no table 'event'; did you mean 'events'? Tables: {listed}"


def test_a_project_without_tables_says_so(project):
    for name in tables.names():
        project.remove(f"data/{name}.yml")

    assert refusal() == "no table 'events': data/ has none"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: [", "not valid YAML"),
        (b"name: caf\xe9", "not valid YAML: 'utf-8' codec can't decode"),
        ("compiled: 2026-02-30", "not valid YAML: day is out of range"),
        ("", "sidecar: Input should be a valid dictionary"),
        ("[events]", "sidecar: Input should be a valid dictionary"),
    ],
)
def test_a_file_that_is_no_mapping_in_yaml_is_refused(project, text, rule):
    project.write(FILE, text)

    assert refusal().startswith(f"{FILE}: ")
    assert rule in refusal()


def test_a_sidecar_of_another_name_is_refused(project):
    project.replace(FILE, ("name: events", "name: event"))

    assert refusal() == f"{FILE}: name is 'event', expected 'events'"


@pytest.mark.parametrize(
    "entry",
    [
        "title", "description", "row", "credit", "processing", "coverage", "compiled", "clock",
        "redistribute", "licenses", "sources", "schema",
    ],
)  # fmt: skip
def test_an_entry_that_is_missing_is_named(project, entry):
    project.sidecar("events", lambda s: s.pop(entry))

    assert f"{entry}: Field required" in refusal()


def test_all_faults_of_a_sidecar_are_listed_at_once(project):
    project.sidecar("events", lambda s: (s.pop("title"), s.update(colour="red"), s.pop("row")))

    assert refusal() == (
        f"{FILE}: title: Field required; row: Field required; "
        "colour: Extra inputs are not permitted"
    )


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda s: s.update(licenses=[]), "licenses: Tuple should have at least 1 item"),
        (lambda s: s.update(sources=[]), "sources: Tuple should have at least 1 item"),
        (lambda s: s.update(redistribute="all"), "redistribute: Input should be 'rows' or"),
        (lambda s: s.update(format="xlsx"), "format: Input should be 'csv' or 'geojson'"),
        (lambda s: s.update(compiled="yesterday"), "'yesterday' is not a date"),
        (lambda s: s["clock"].update(kind="sundial"), "clock.kind: Input should be 'release'"),
        (lambda s: s["clock"].update(column="since"), "clock names no field: ['since']"),
        (lambda s: s["clock"].update(column=""), "clock names no field: ['']"),
        (lambda s: s["clock"].update(column="outcome"), "clock column outcome must be of type"),
        (lambda s: s["clock"].update(column="date_start"), "clock column date_start must be"),
        (lambda s: s["clock"].update(by=["series"]), "clock names no field: ['series']"),
        (lambda s: s["clock"]["later"][0].update(when="then"), "clock names no field: ['then']"),
        (lambda s: s["clock"]["later"][0].update(clear=["x"]), "clock names no field: ['x']"),
        (
            lambda s: s["clock"]["later"][0].update(when="outcome"),
            "clock.later.when must be dates or partial dates: ['outcome']",
        ),
        (lambda s: s["clock"].update(rule="deal_status"), str(sorted(DEAL_COLUMNS))),
        (lambda s: s.field("outcome").update(type="text"), "schema.fields.5.type: Input should"),
        (lambda s: s.field("outcome").pop("title"), "schema.fields.5.title: Field required"),
        (lambda s: s.field("outcome").update(name="countries"), "declared twice: countries"),
        (lambda s: s["schema"].update(primaryKey=["id"]), "name no field: ['id']"),
        (lambda s: s["schema"].update(ordered=[["date_start", "end"]]), "name no field: ['end']"),
        (
            lambda s: s["schema"]["foreignKeys"][0].update(fields="country"),
            "primaryKey, foreignKeys or ordered name no field: ['country']",
        ),
        (
            lambda s: s.update(known_exceptions=[{"rule": "enum", "where": {}, "reason": "so"}]),
            "known_exceptions.0.reason: String should have at least 10 characters",
        ),
        (
            lambda s: s.field("outcome").update(constraints=None),
            "schema.fields.5.constraints: Input should be a valid dictionary",
        ),
        (constrain("outcome", length=3), "constraints.length: Extra inputs are not permitted"),
        (constrain("outcome", pattern="("), "outcome: pattern '(': missing )"),
        (constrain("outcome", minimum=3), "outcome: type string has no minimum"),
        (constrain("people_count", pattern="x"), "people_count: type integer has no pattern"),
        (constrain("people_count", maximum="many"), "could not convert string to float: 'many'"),
        (constrain("known_from", minimum="2024"), "'2024' is not a date: expected YYYY-MM-DD"),
        (constrain("date_start", minimum="old"), "'old' is not a date: expected YYYY, YYYY-MM"),
        (constrain("countries", pattern="x"), "countries: type list has no pattern"),
        (constrain("source", unique=True), "source: type keys has no unique"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(project, change, rule):
    project.sidecar("events", change)

    assert refusal().startswith(f"{FILE}: ")
    assert rule in refusal()


def test_a_static_clock_needs_no_column(project):
    project.sidecar("events", lambda s: s.update(clock={"kind": "static"}))

    assert tables.sidecar("events").clock.column == ""


def test_a_link_names_resource_and_field(project):
    (link,) = tables.sidecar("spending").table_schema.foreignKeys

    assert (link.fields, link.reference.resource, link.reference.fields) == (
        "iso3", "countries", "iso3",
    )  # fmt: skip
