"""Editions: all that is wrong is refused at once, before any kernel starts."""

from __future__ import annotations

import datetime as dt

import pytest
import yaml

from balkandefence import CURRENT, editions
from balkandefence.editions import Edition, EditionError

PARAMETERS, EDITION = "editions/parameters.yml", "editions/2026.11.0.yml"
NAMES = [
    "as_of", "first_year", "last_year", "countries", "comparators", "price_basis", "highlight",
]  # fmt: skip


@pytest.fixture
def good(project):
    """Return values that are all allowed."""
    return editions.defaults()


def faults(values, **options) -> list[str]:
    """Return the faults for which values are refused."""
    with pytest.raises(EditionError) as caught:
        editions.validated(values, **options)
    return caught.value.faults


# What an edition is -------------------------------------------------------------------------


def test_an_edition_holds_its_choices(project):
    assert editions.load("2026.11.0") == Edition(
        id="2026.11.0",
        title="November 2026",
        as_of=dt.date(2026, 11, 21),
        first_year=2006,
        last_year=2025,
        countries=("SRB", "ALB", "XKX"),
        comparators=("HRV",),
        price_basis="constant",
        highlight="SRB",
    )


def test_the_current_edition_is_loaded_by_default(project):
    assert editions.load().id == CURRENT


def test_an_edition_without_a_title_is_called_by_its_id(project):
    project.replace(EDITION, ("title: November 2026\n", ""))

    assert editions.load().title == "2026.11.0"


def test_parameters_are_plain_values_as_papermill_takes_them(project):
    parameters = editions.load().parameters

    assert parameters == editions.defaults()
    assert list(parameters) == NAMES
    assert parameters["as_of"] == "2026-11-21"
    assert parameters["countries"] == ["SRB", "ALB", "XKX"]
    assert yaml.safe_load(yaml.safe_dump(parameters))["first_year"] == 2006


def test_an_edition_loads_a_table_as_it_was_known_on_its_day(project):
    early = editions.load(changes={"as_of": "2024-12-31", "last_year": 2023})
    late = editions.load(changes={"as_of": "2025-06-30", "last_year": 2024})

    assert early.load("spending").index.tolist() == [2]
    assert late.load("spending").index.tolist() == [3, 4, 5]
    assert late.load("spending", vintages=True).index.tolist() == [2, 3, 4, 5]


def test_a_changed_parameter_shows_in_the_id_and_a_like_one_does_not(project):
    assert editions.load(changes={"first_year": 2014}).id == "2026.11.0 (changed)"
    assert editions.load(changes={"first_year": 2014}).first_year == 2014
    assert editions.load(changes={"first_year": 2006, "as_of": "2026-11-21"}).id == "2026.11.0"
    assert editions.load(changes={}).id == "2026.11.0"


def test_the_ids_stand_oldest_first_by_number(project):
    for id in ("2026.2.0", "2026.11.10", "2026.11.9", "2025.12.3", "draft"):
        project.write(f"editions/{id}.yml", "")

    assert editions.ids() == [
        "draft", "2025.12.3", "2026.2.0", "2026.11.0", "2026.11.9", "2026.11.10",
    ]  # fmt: skip


def test_a_notebook_with_the_values_of_an_edition_is_that_edition(good):
    made = editions.of_notebook({**good, "np": object(), "__name__": "__main__"})

    assert (made.id, made.title) == ("2026.11.0", "November 2026")


def test_a_notebook_with_values_of_its_own_has_no_id(good):
    made = editions.of_notebook({**good, "last_year": 2023})

    assert (made.id, made.last_year) == ("", 2023)


# What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["2026", "2026.11", "2026.13.0", "2026.0.1", "2026.011.0", "x", "",
                                "2026.11.0\n", "../2026.11.0"])  # fmt: skip
def test_a_malformed_id_is_refused(project, id):
    with pytest.raises(EditionError, match=r"an id is YEAR\.MONTH\.PATCH, such as 2026\.11\.0"):
        editions.load(id)


def test_an_unknown_id_is_refused_with_those_there_are(project):
    with pytest.raises(EditionError) as caught:
        editions.load("2025.1.0")

    assert str(caught.value) == "edition '2025.1.0':\n  unknown; there are: 2026.11.0"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("as_of", "2024-04-29", "is 2024-04-29, expected a date from 2024-04-30 to 2026-11-21"),
        ("as_of", "2026-11-22", "is 2026-11-22, expected a date from"),
        ("as_of", "2024-02-30", "is '2024-02-30' (str), expected a date from"),
        ("as_of", "today", "is 'today' (str), expected a date from"),
        ("as_of", 2024, "is 2024 (int), expected a date from"),
        ("as_of", None, "is None (NoneType), expected a date from"),
        ("as_of", dt.datetime(2025, 1, 1, 12), "is 2025-01-01T12:00:00, expected a date from"),
        ("first_year", 2005, "is 2005 (int), expected a year from 2006 to 2025"),
        ("first_year", 2026, "is 2026 (int), expected a year from 2006 to 2025"),
        ("first_year", "2014", "is '2014' (str), expected a year"),
        ("first_year", 2014.0, "is 2014.0 (float), expected a year"),
        ("first_year", True, "is True (bool), expected a year"),
        ("last_year", 2006, "is 2006 (int), expected a year from 2007 to 2026"),
        ("last_year", [2024], "is [2024] (list), expected a year"),
        ("countries", ["SRB"], "is ['SRB'] (list), expected a list without repeats, at least 2 of "
                               "ALB, SRB, XKX"),
        ("countries", ["SRB", "SRB"], "is ['SRB', 'SRB'] (list), expected a list"),
        ("countries", ["SRB", "HRV"], "is ['SRB', 'HRV'] (list), expected a list"),
        ("countries", ["SRB", "RKS"], "is ['SRB', 'RKS'] (list), expected a list"),
        ("countries", ["SRB", False], "is ['SRB', False] (list), expected a list"),
        ("countries", "SRB, ALB", "is 'SRB, ALB' (str), expected a list"),
        ("countries", None, "is None (NoneType), expected a list"),
        ("comparators", ["SRB"], "is ['SRB'] (list), expected a list without repeats, at least 0 "
                                 "of EST, HRV"),
        ("price_basis", "real", "is 'real' (str), expected one of constant, current"),
        ("price_basis", ["constant"], "is ['constant'] (list), expected one of"),
        ("highlight", "Serbia", "is 'Serbia' (str), expected one of ALB, SRB, XKX"),
        ("highlight", "HRV", "is 'HRV' (str), expected one of ALB, SRB, XKX"),
        ("highlight", ["SRB"], "is ['SRB'] (list), expected one of ALB, SRB, XKX"),
    ],
)  # fmt: skip
def test_a_mistyped_value_or_one_out_of_range_is_refused_with_what_is_allowed(
    good, name, value, told
):
    (fault,) = faults({**good, name: value})

    assert fault.startswith(f"{name} {told}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("as_of", dt.date(2026, 1, 1)), ("comparators", []), ("comparators", ["EST", "HRV"]),
        ("countries", ["XKX", "SRB"]), ("price_basis", "current"), ("highlight", "XKX"),
        ("first_year", 2024), ("last_year", 2026),
    ],
)  # fmt: skip
def test_an_allowed_value_is_taken(good, name, value):
    made = getattr(editions.validated({**good, name: value}), name)

    assert made == (tuple(value) if isinstance(value, list) else value)


def test_a_misspelt_parameter_is_refused_with_the_nearest_name(good):
    (fault,) = faults({**good, "frist_year": 2014})

    assert fault == (
        f"frist_year is not a parameter; did you mean first_year? Parameters: {', '.join(NAMES)}"
    )


@pytest.mark.parametrize("name", ["qqq", 2014, True])
def test_an_unknown_parameter_is_refused_with_those_there_are(good, name):
    (fault,) = faults({**good, name: 1})

    assert fault == f"{name} is not a parameter. Parameters: {', '.join(NAMES)}"


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_parameter_is_refused_with_what_is_expected(good, name):
    del good[name]

    (fault,) = faults(good)

    assert fault.startswith(f"{name} is missing, expected ")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"first_year": 2025}, ["first_year 2025 is not before last_year 2025"]),
        ({"first_year": 2020, "last_year": 2010}, ["first_year 2020 is not before last_year 2010"]),
        ({"as_of": "2024-12-31"}, ["last_year 2025 lies after as_of 2024-12-31"]),
        (
            {"countries": ["ALB", "XKX"]},
            ["highlight SRB is not among countries ALB, XKX"],
        ),
        (
            {"countries": ["ALB", "XKX"], "first_year": 2025, "as_of": "2024-12-31"},
            [
                "first_year 2025 is not before last_year 2025",
                "last_year 2025 lies after as_of 2024-12-31",
                "highlight SRB is not among countries ALB, XKX",
            ],
        ),
    ],
)
def test_values_that_contradict_each_other_are_refused_all_at_once(good, changes, told):
    assert faults({**good, **changes}) == told


def test_all_faults_are_listed_at_once_under_the_place_they_stand_in(project):
    project.replace(EDITION, ("first_year: 2006", "first_yaer: 2006"), ("SRB\n", "RS\n"),
                    ("constant", "no"))  # fmt: skip

    with pytest.raises(EditionError) as caught:
        editions.load()

    where, *listed = str(caught.value).splitlines()
    assert where == "editions/2026.11.0.yml:"
    assert [line.split()[0] for line in listed] == [
        "first_yaer", "first_year", "price_basis", "highlight",
    ]  # fmt: skip


def test_a_fault_of_a_change_says_so(project):
    with pytest.raises(EditionError, match=r"^editions/2026\.11\.0\.yml with --param:"):
        editions.load(changes={"first_year": 1066})


def test_a_notebook_is_held_to_the_same_rules(good):
    with pytest.raises(EditionError) as caught:
        editions.of_notebook({**good, "last_year": "2023"})

    assert str(caught.value).startswith("the notebook's parameters:\n  last_year is '2023' (str)")


# NAME=VALUE ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("first_year=2014", {"first_year": 2014}),
        (" first_year = 2014", {"first_year": 2014}),
        ("countries=[XKX, ALB]", {"countries": ["XKX", "ALB"]}),
        ("as_of=2025-09-30", {"as_of": dt.date(2025, 9, 30)}),
        ("price_basis=no", {"price_basis": False}),
        ("price_basis='a=b'", {"price_basis": "a=b"}),
        ("comparators=", {"comparators": None}),
    ],
)
def test_an_assignment_is_read_as_yaml(text, value):
    assert editions.overrides([text]) == value


def test_no_assignment_changes_nothing():
    assert editions.overrides([]) == {}


def test_all_faulty_assignments_are_listed_at_once():
    with pytest.raises(EditionError) as caught:
        editions.overrides(["2014", "=2014", "a=[1", "as_of=2026-02-30", "b=1", "b=2"])

    assert str(caught.value).splitlines() == [
        "--param:",
        "  '2014' is not NAME=VALUE, such as first_year=2014",
        "  '=2014' is not NAME=VALUE, such as first_year=2014",
        "  'a=[1': the value is not YAML, such as 2014 or [XKX, ALB]",
        "  'as_of=2026-02-30': the value is not YAML, such as 2014 or [XKX, ALB]",
        "  'b=2': b is given twice",
    ]


# The files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (EDITION, "a: [", "not valid YAML"),
        (EDITION, "as_of: 2026-02-30", "not valid YAML: day is out of range"),
        (EDITION, b"title: caf\xe9", "not valid YAML: 'utf-8' codec"),
        (EDITION, "- one", "expected name: value lines"),
        (EDITION, "", "expected name: value lines"),
        (PARAMETERS, "a: [", "not valid YAML"),
        (PARAMETERS, "", "expected name: declaration entries"),
        (PARAMETERS, "[as_of]", "expected name: declaration entries"),
    ],
)
def test_a_file_that_is_no_mapping_in_yaml_is_refused(project, file, text, told):
    project.write(file, text)

    with pytest.raises(EditionError) as caught:
        editions.load()

    assert str(caught.value).startswith(f"{file}:\n  {told}")


def test_a_missing_declaration_is_refused(project):
    project.remove(PARAMETERS)

    with pytest.raises(EditionError, match=r"^editions/parameters\.yml:\n  the file is missing"):
        editions.load()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("type: choice", "type: word", "price_basis.type: String should match pattern"),
        (", default: constant", "", "price_basis.default: Field required"),
        ("description: Prices.", "note: Prices.", "price_basis.note: Extra inputs"),
        ("choices: [constant, current], ", "", "price_basis: Value error, type choice needs"),
        ("minimum: 2006, ", "", "first_year: Value error, type year needs bounds"),
        ("minimum: 2006,", "minimum: 2006-01-01,", "first_year: Value error, type year needs"),
        ("minimum: 2024-04-30", "minimum: 2024", "as_of: Value error, type date needs bounds"),
        (" minimum: 2,", "", "countries: Value error, type countries needs bounds"),
        ("role: comparator, ", "", "comparators: Value error, type countries needs a role"),
        ("highlight:", "brought_forward:", "highlight must be declared"),
        ("highlight:", "brought_forward:", "brought_forward is not something an Edition knows"),
    ],
)
def test_an_unusable_declaration_is_refused(project, old, new, told):
    project.replace(PARAMETERS, (old, new))

    with pytest.raises(EditionError) as caught:
        editions.declarations()

    assert str(caught.value).startswith("editions/parameters.yml:")
    assert any(fault.startswith(told) for fault in caught.value.faults)


def test_all_faults_of_a_declaration_are_listed_at_once(project):
    project.replace(PARAMETERS, ("type: choice", "type: word"), ("role: comparator, ", ""))

    with pytest.raises(EditionError) as caught:
        editions.declarations()

    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "comparators", "price_basis.type",
    ]  # fmt: skip


# The real ones ------------------------------------------------------------------------------


def test_every_real_edition_is_allowed_and_says_when_it_stands(monkeypatch):
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)

    assert CURRENT in editions.ids()
    for id in editions.ids():
        made = editions.load(id)
        assert made.id == id
        assert (made.as_of.year, made.as_of.month) == tuple(int(p) for p in id.split(".")[:2])


def test_the_real_defaults_are_those_of_the_current_edition(monkeypatch):
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)

    assert editions.load().parameters == editions.defaults()
