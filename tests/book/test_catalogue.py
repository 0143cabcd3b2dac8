"""The Data page and the downloads say of each table what its sidecar says."""

import csv
import datetime as dt
import json

import pytest

from balkandefence.book import catalogue

TODAY = dt.date(2026, 11, 21)
EXCEPTION = "known_exceptions: [{rule: minimum, column: tanks_count, where: {year: 2022}, reason: It rained | all day.}]\n"  # noqa: E501


def change(desk, old, new):
    path = desk.root / "data" / "parades.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def section(name="parades"):
    return catalogue.page(TODAY).partition(f"(table-{name})=")[2].partition("\n(table-")[0]


@pytest.fixture
def laid_out(bare_desk, tmp_path):
    catalogue.lay_out_files(tmp_path / "files", TODAY)
    return tmp_path / "files"


def test_each_table_has_a_line_and_a_section(bare_desk):
    text = catalogue.page(TODAY)
    assert "(table-countries)=" in text
    assert "| [Tanks at parades](#table-parades) | `parades` | 3 |" in text


def test_a_section_tells_all_that_the_sidecar_says(bare_desk):
    text = section()
    for told in (
        "## Tanks at parades",
        "`parades`: 3 rows, 4 columns.",
        'Download <a href="data/parades.csv" download>',
        "One row\n: One parade.",
        "Coverage\n: Three parades.",
        "[Natural Earth](https://www.naturalearthdata.com/). Written by hand.",
        "Known when\n: On an earlier day, the rows known by then answer.",
        "Terms\n: Public domain.",
        "| `tanks_count` | integer | tanks | Tanks. Tanks shown. |",
    ):
        assert told in text


def test_exceptions_to_the_rules_are_told_with_their_reasons(bare_desk):
    assert "Known exceptions" not in section()
    bare_desk.write(
        "data/parades.yml",
        "".join([(bare_desk.root / "data" / "parades.yml").read_text(encoding="utf-8"), EXCEPTION]),
    )
    assert "Known exceptions to the rules (1)" in section()
    assert r"- year 2022 (tanks_count, minimum): It rained \| all day." in section()


@pytest.mark.parametrize(
    ("clock", "told"),
    [("{kind: static}", "the same on every day"),
     ("{kind: release, column: known_from}", "the newest release then published answers")],
)  # fmt: skip
def test_each_kind_of_clock_is_told_in_words(bare_desk, clock, told):
    change(bare_desk, "{kind: known_from, column: known_from}", clock)
    assert told in section()


def test_an_earlier_day_counts_and_offers_only_the_rows_known_then(bare_desk, tmp_path):
    day = dt.date(2023, 12, 31)
    assert "`parades`: 2 rows" in catalogue.page(day)
    catalogue.lay_out_files(tmp_path / "files", day)
    assert "2024" not in (tmp_path / "files" / "parades.csv").read_text(encoding="utf-8")


def test_tables_whose_rows_may_not_be_passed_on_have_no_download(bare_desk, tmp_path):
    change(bare_desk, "redistribute: rows", "redistribute: aggregates")
    assert "there is no download of its rows" in section()
    assert 'href="data/parades.csv"' not in section()
    catalogue.lay_out_files(tmp_path / "files", TODAY)
    assert not list((tmp_path / "files").glob("parades*"))
    assert [r["name"] for r in catalogue.package()["resources"]] == ["countries"]


def test_every_file_on_offer_is_described_and_fits_its_description(laid_out):
    package = json.loads((laid_out / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["name"] for r in package["resources"]} == {"countries", "parades"}
    for resource in package["resources"]:
        with (laid_out / resource["path"]).open(encoding="utf-8") as file:
            header = next(csv.reader(file))
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert set(resource["schema"]["primaryKey"]) <= set(header)
        assert (laid_out / f"{resource['name']}.yml").is_file()


def test_the_package_describes_types_units_and_rules(laid_out):
    package = json.loads((laid_out / "datapackage.json").read_text(encoding="utf-8"))
    fields = {f["name"]: f for f in package["resources"][1]["schema"]["fields"]}
    assert fields["tanks_count"]["type"] == "integer"
    assert fields["tanks_count"]["unit"] == "tanks"
    assert fields["source"]["type"] == "string"
    countries = {f["name"]: f for f in package["resources"][0]["schema"]["fields"]}
    assert countries["iso3"]["constraints"]["unique"] is True


def test_text_from_a_sidecar_cannot_break_a_table_of_the_page(bare_desk):
    change(bare_desk, "description: Tanks shown.", "description: 'a | b <i>\n\n      c'")
    assert r"| Tanks. a \| b &lt;i> c |" in section()
