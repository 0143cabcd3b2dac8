"""What authors begin from passes all checks as it stands, and a refusal leaves nothing behind."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml

from balkandefence.scaffold import chapter as chapters

CHECKOUT = Path(__file__).resolve().parents[2]

ROWS = "iso3,year,crossings_count,open\nSRB,2024, 10,yes\nALB,2024,12,\nALB,2023,1,no\n"
TOLD = ("--source", "natural-earth", "--title", "Border crossings", "--row", "One year.",
        "--licence", "facts-only: single figures")  # fmt: skip


@pytest.fixture
def rows(copy, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"\xef\xbb\xbf" + ROWS.replace("\n", "\r\n").encode())
    return path


def refused(copy, *arguments):
    """Return why a scaffold is refused; it must leave all as it was."""
    before = copy.contents()
    code, said = copy.new(*arguments)
    assert code == 1, said
    assert "Traceback" not in said
    assert copy.contents() == before
    return said


# A chapter -----------------------------------------------------------------------------------


@pytest.mark.long
def test_a_new_chapter_passes_all_checks_and_runs(copy):
    code, said = copy.new("chapter", "air-defence", "--table", "arms_deals", "--after", "spending")
    assert code == 0, said
    assert "wrote chapters/air-defence.ipynb\n" in said
    assert "wrote tests/charts/test_air_defence.py\n" in said
    assert copy.check() == "all is well\n"
    listed = (copy.root / "_toc.yml").read_text(encoding="utf-8").splitlines()
    before = listed.index("      - file: chapters/spending")
    assert listed[before + 1] == "      - file: chapters/air-defence"
    assert listed[0].startswith("# The order of the book")
    script = (
        "import papermill; papermill.execute_notebook('chapters/air-defence.ipynb', 'out.ipynb', "
        "parameters={'first_year': 2014}, kernel_name='python3', progress_bar=False)"
    )
    code, said = copy.run("-c", script)
    assert code == 0, said
    assert "total: " in (copy.root / "out.ipynb").read_text(encoding="utf-8")
    code, said = copy.run(
        "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-c", "pyproject.toml",
        "tests/measures/test_air_defence.py", "tests/charts/test_air_defence.py",
    )  # fmt: skip
    assert code == 0, said
    for tool in (("ruff", "check", "."), ("ruff", "format", "--check", ".")):
        code, said = copy.run("-m", *tool)
        assert code == 0, said


@pytest.mark.long
@pytest.mark.parametrize("table", ["exercises", "military_expenditure", "conflict_deaths"])
def test_a_chapter_can_begin_with_any_table_that_says_when(copy, table):
    code, said = copy.new("chapter", "other", "--table", table)
    assert code == 0, said
    assert copy.check() == "all is well\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("Air Defence",), "use lower-case words joined by '-'"),
        (("../x",), "use lower-case words joined by '-'"),
        (("class",), "has a meaning of its own"),
        (("spending",), "is there already; choose another name"),
        (("index",), "chapters/index.md: is there already"),
        (("other", "--table", "incident"), "did you mean 'incidents'?"),
        (("other", "--table", "countries"), "no column of years or dates"),
        (("other", "--table", "boundaries"), "a map has no years"),
        (("other", "--after", "nowhere"), "_toc.yml lists no such page"),
        (("other", "--title", "Top 5"), "leave out digits"),
    ],
)
def test_a_chapter_that_cannot_be_is_refused(copy, arguments, why):
    assert why in refused(copy, "chapter", *arguments)


def test_a_page_stands_behind_the_sections_of_the_one_before_it():
    text = "# c\nroot: a\nchapters:\n  - file: b\n    sections:\n      - file: c\n  - file: d\n"
    made = chapters.contents(text, "x", "b")
    assert made == text.replace("  - file: d", "  - file: x\n  - file: d")
    assert chapters.contents(text, "x", "d") == text + "  - file: x\n"


# A table -------------------------------------------------------------------------------------


def test_a_new_table_passes_all_checks_with_types_key_and_links_read_from_its_rows(copy, rows):
    told = (*TOLD, "--known-from", "2025-01-31")
    code, said = copy.new("table", "crossings", "--from", str(rows), *told)
    assert code == 0, said
    assert copy.check() == "all is well\n"
    assert (copy.root / "data/crossings.csv").read_bytes().decode().splitlines() == [
        "iso3,year,crossings_count,open,known_from,source",
        "ALB,2023,1,no,2025-01-31,natural-earth",
        "ALB,2024,12,,2025-01-31,natural-earth",
        "SRB,2024,10,yes,2025-01-31,natural-earth",
    ]
    made = yaml.safe_load((copy.root / "data/crossings.yml").read_text(encoding="utf-8"))
    kinds = {field["name"]: field["type"] for field in made["schema"]["fields"]}
    assert kinds == {"iso3": "string", "year": "year", "crossings_count": "integer",
                     "open": "boolean", "known_from": "date", "source": "keys"}  # fmt: skip
    assert made["schema"]["primaryKey"] == ["iso3", "year"]
    assert made["schema"]["foreignKeys"][0]["reference"]["resource"] == "countries"
    assert made["redistribute"] == "aggregates"


@pytest.mark.parametrize(
    ("name", "told", "why"),
    [
        ("crossings", (), "only you can know --source, --title, --row, --licence; give them"),
        ("crossings", TOLD, "when did the rows become known?"),
        ("crossings", (*TOLD, "--source", "natural-eart"), "did you mean 'natural-earth'?"),
        ("crossings", (*TOLD, "--known-from", "soon"), "--known-from 'soon' is not a date"),
        ("crossings", (*TOLD, "--known-from", "2031-01-01"), "known only after the table was"),
        ("crossings", (*TOLD, "--static", "--key", "iso3"), "does not tell every row apart"),
        ("crossings", (*TOLD, "--static", "--key", "iso"), "there is no column iso"),
        ("Crossings", TOLD, "is no name for a table"),
        ("border-crossings", TOLD, "join its words by '_'"),
        ("incidents", TOLD, "data/incidents.csv, data/incidents.yml: is there already"),
    ],
)
def test_a_table_that_cannot_be_is_refused(copy, rows, name, told, why):
    assert why in refused(copy, "table", name, "--from", str(rows), *told)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no such file"),
        (b"a,b\n", "needs a line of column names and a row"),
        (b"A b,c\n1,2\n", "use lower-case words joined by '_'"),
        (b"a,b\n1\n", "rows.csv:2: 1 cells where the header has 2"),
        (b"a,a\n1,2\n", "a column name stands twice"),
        (b"\xff\xfe", "not a CSV file in UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(copy, rows, content, why):
    rows.unlink() if content is None else rows.write_bytes(content)
    assert why in refused(copy, "table", "crossings", "--from", str(rows), *TOLD, "--static")


# An edition ----------------------------------------------------------------------------------


@pytest.mark.long
def test_a_new_edition_passes_all_checks(copy):
    assert copy.new("edition", "2026.12.0")[0] == 0
    assert copy.new("edition", "2025.9.1", "--as-of", "2025-09-30")[0] == 0
    assert copy.check() == "all is well\n"
    made = (copy.root / "editions/2026.12.0.yml").read_text(encoding="utf-8").splitlines()
    assert made[:3] == [
        "# Edition 2026.12.0: what was known on 21 November 2026.",
        "title: December 2026", "as_of: 2026-11-21",
    ]  # fmt: skip
    patch = (copy.root / "editions/2025.9.1.yml").read_text(encoding="utf-8")
    assert "title: September 2025, patch 1\n" in patch


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("2026.12",), "is no edition's id"),
        (("latest",), "is no edition's id"),
        (("2026.11.0",), "edition 2026.11.0 is there already"),
        (("2026.10.0",), "2026.10.0 is not later than edition 2026.11.0"),
        (("2026.12.0", "--as-of", "soon"), "is not a date"),
        (("2026.12.0", "--as-of", "2026-11-20"), "lies before that of the edition it follows"),
        (("2026.12.0", "--as-of", "2026-12-01"), "the last day that the tables know"),
        (("2026.11.1", "--as-of", "2026-12-01"), "lies after the month of the edition"),
    ],
)
def test_an_edition_that_cannot_be_is_refused(copy, arguments, why):
    assert why in refused(copy, "edition", *arguments)


# A country -----------------------------------------------------------------------------------

SHOW = """from balkandefence import editions
six = ["SRB", "ALB", "BIH", "XKX", "MNE", "MKD"]
print(editions.load(changes={"countries": [*six, "%s"]}).countries)"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("code", "told", "files"),
    [
        ("GRC", (), ["editions/parameters.yml"]),
        ("ITA", (), ["editions/parameters.yml", "balkandefence/style.py"]),
        ("NZL", ("--name", "Utopia", "--short-name", "Utopia", "--source", "natural-earth"),
         ["editions/parameters.yml", "data/countries.csv", "balkandefence/style.py"]),
    ],
)  # fmt: skip
def test_a_new_country_can_be_chosen_and_passes_all_checks(copy, code, told, files):
    assert copy.run("-c", SHOW % code)[0] == 1
    before = copy.contents()
    ended, said = copy.new("country", code, *told)
    assert ended == 0, said
    after = copy.contents()
    assert sorted(file for file in after if after[file] != before[file]) == sorted(files)
    assert copy.check() == "all is well\n"
    assert code in copy.run("-c", SHOW % code)[1]
    assert "can be chosen already" in refused(copy, "country", code)


@pytest.mark.long
def test_a_second_country_joins_the_first(copy):
    for code in ("ITA", "GRC"):
        assert copy.new("country", code)[0] == 0
    text = (copy.root / "editions/parameters.yml").read_text(encoding="utf-8")
    assert text.count("  also: [GRC, ITA]\n") == 2
    assert copy.check() == "all is well\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("grc",), "three capitals"),
        (("SRB",), "SRB can be chosen already"),
        (("NZL",), "only you can know --name, --short-name, --source; give them"),
        (("NZL", "--name", "I, s", "--short-name", "I", "--source", "natural-earth"), "no name"),
        (("NZL", "--name", "Utopia", "--short-name", "Utopia", "--source", "x"), "not in ref"),
        (("ALL",), "ALL is no state but aggregate"),
    ],
)
def test_a_country_that_cannot_be_is_refused(copy, arguments, why):
    assert why in refused(copy, "country", *arguments)


# A claim -------------------------------------------------------------------------------------


CLAIM = {
    "--title": "Kosovo's burden in 2025",
    "--statement": "Kosovo spends 1.9 per cent of its economy on its forces.",
    "--said-by": "SIPRI, data set",
    "--source": "sipri-milex-2026",
    "--reported": "2026-04",
    "--subject": "XKX",
    "--table": "military_expenditure",
    "--where": "iso3=XKX",
}
BURDEN = ("--column", "share_of_gdp_pct", "--where", "year=2025", "--value", "1.9", "--unit", "%")


def told(**changes):
    """Return the options of a claim, some of them changed."""
    all_of_them = {**CLAIM, **{f"--{name.replace('_', '-')}": v for name, v in changes.items()}}
    return [part for option in all_of_them.items() for part in option]


@pytest.mark.long
def test_a_new_claim_passes_all_checks_and_its_own_test(copy):
    shutil.copytree(CHECKOUT / "tests/claims", copy.root / "tests/claims")
    code, said = copy.new("claim", "spending-kosovo-burden", *told(), *BURDEN)
    assert code == 0, said
    assert "verdict: Holds. It holds on the one basis there is: SIPRI" in said
    code, said = copy.new(
        "claim", "incidents-kosovo-2023", *told(table="incidents", where="iso3=XKX")
    )
    assert code == 0, said
    assert copy.check() == "all is well\n"
    code, said = copy.run(
        "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "-c", "pyproject.toml",
        "tests/claims/test_spending.py", "tests/claims/test_incidents.py", "-k", "it_began_with",
    )  # fmt: skip
    assert code == 0, said
    assert "2 passed" in said
    for tool in (("ruff", "check", "."), ("ruff", "format", "--check", ".")):
        code, said = copy.run("-m", *tool)
        assert code == 0, said


def test_a_claim_is_written_with_all_that_its_author_said(copy):
    code, said = copy.new("claim", "spending-kosovo-burden", *told(), *BURDEN)
    assert code == 0, said
    made = yaml.safe_load((copy.root / "data/claims.yml").read_text(encoding="utf-8"))[-1]
    assert made == {
        "id": "spending-kosovo-burden", "theme": "spending", "kind": "quantity",
        "title": CLAIM["--title"], "statement": CLAIM["--statement"],
        "said_by": [{"name": "SIPRI", "role": "data set"}], "reported_in": ["sipri-milex-2026"],
        "reported": "2026-04", "made": dt.date(2026, 4, 30), "subject": ["XKX"], "value": "1.9",
        "unit": "%", "relation": "equal", "test": "spending.kosovo_burden",
    }  # fmt: skip
    assert copy.check() == "all is well\n"
    assert "is in data/claims.yml already" in refused(
        copy, "claim", "spending-kosovo-burden", *told(), *BURDEN
    )


@pytest.mark.parametrize(
    ("id", "arguments", "why"),
    [
        ("Spending 2026", [], "use lower-case words joined by '-'"),
        ("weather-2026", [], "name the theme by --theme"),
        ("spending-x", ["--theme", "weather"], "name the theme by --theme"),
        ("spending-serbia-leads", [], "is in data/claims.yml already"),
        ("spending-in-euro", told(), "has a function in_euro already; choose another id"),
        ("spending-x", [], "only you can know --title, --statement, --said-by, --source"),
        ("spending-x", told(source="sipri-milex-202"), "did you mean 'sipri-milex-202"),
        ("spending-x", told(said_by="SIPRI"), "expected NAME, ROLE"),
        ("spending-x", told(subject="XKX,KOS"), "table countries has no KOS"),
        ("spending-x", told(reported="lately"), "--reported: 'lately' is not a date"),
        ("spending-x", told(made="lately"), "--made: 'lately' is not a date"),
        ("spending-x", told(title="A"), "--title: String should have at least 5 characters"),
        ("spending-x", told(value="much"), "--value: write the number as quoted"),
        ("spending-x", told(relation="equal"), "relation equal needs a value"),
        ("spending-x", told(relation="like", value="1"), "--relation like: expected one of equal"),
        ("spending-x", told(relation="first"), "--relation first: expected one of equal"),
        ("spending-x", told(table="spending"), "--table: "),
        ("spending-x", told(table="boundaries"), "a map has no rows"),
        ("spending-x", told(column="iso", value="1"), "has no column 'iso'; did you mean 'iso3'?"),
        ("spending-x", told(column="iso3", value="1"), "it holds no numbers"),
        ("spending-x", told(column="per_capita_usd"), "say the number that was quoted by --value"),
        ("spending-x", told(where="iso3"), "expected COLUMN=VALUE"),
        ("spending-x", told(where="is03=XKX"), "did you mean 'iso3'?"),
        ("spending-x", told(where="year=last"), "year holds whole numbers"),
        ("spending-x", told(where="sipri_estimate=maybe"), "expected yes or no"),
        ("spending-x", told(where="release=2026-04-27"), "expected a column of words"),
        ("spending-x", told(where="iso3=ZZZ"), "no row says it where iso3 is ZZZ"),
        ("spending-x", told(column="share_of_gdp_pct", value="1"), "say more by --where, such as"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_is_refused(copy, id, arguments, why):
    assert why in refused(copy, "claim", id, *arguments)
