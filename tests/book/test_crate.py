"""A released edition is a research object that the ecosystem's validator accepts."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import desk as desks
import pytest

from balkandefence.book import crate

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]

#: What the standard recommends and the book has not: a body with an address and a register's
#: entry behind it, a paragraph on every file, addresses for terms that have none, and the files of
#: the site's styles one by one.
NOT_HELD = {"62.2", "68.1", "85.0", "86.2", "89.0", "90.1", "93.0"}


@pytest.fixture(scope="module")
def metadata(released_desk):
    text = (released_desk.site / "2026.11.0" / crate.NAME).read_text(encoding="utf-8")
    return {entity["@id"]: entity for entity in json.loads(text)["@graph"]}


def ids(found):
    return {part["@id"] for part in (found if isinstance(found, list) else [found])}


def test_every_file_is_described_and_every_description_is_of_a_file(metadata, released_desk):
    folder = released_desk.site / "2026.11.0"
    there = {name for name in desks.contents(folder) if not name.startswith("_static/")}
    told = {id for id, entity in metadata.items() if "File" in entity["@type"]}
    assert told == there - {"ro-crate-metadata.json", "SHA256SUMS"}
    assert ids(metadata["./"]["hasPart"]) == told | {"_static/"}
    assert all(int(metadata[name]["contentSize"]) == (folder / name).stat().st_size
               for name in told)  # fmt: skip


def test_it_names_the_edition_its_day_terms_and_authors(metadata):
    root = metadata["./"]
    assert root["name"] == "Defence in the Western Balkans, edition 2026.11.0"
    assert (root["datePublished"], root["version"]) == ("2026-11-21", "2026.11.0")
    assert root["license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert metadata[root["author"]["@id"]]["name"] == (
        "The authors of Defence in the Western Balkans"
    )


def test_a_file_says_what_it_is_and_what_it_rests_on(metadata):
    drawing = metadata["figures/tanks/shown-narrow.svg"]
    assert drawing["name"] == "Figure: Fewer tanks roll (narrow drawing)"
    assert drawing["encodingFormat"] == "image/svg+xml"
    assert drawing["isBasedOn"] == {"@id": "figures/tanks/shown.csv"}
    assert metadata["figures/tanks/shown.csv"]["isBasedOn"] == {"@id": "data/parades.csv"}
    table = metadata["tables/tanks/shown.csv"]
    assert (table["name"], table["isBasedOn"]) == ("Table: Parades.", {"@id": "data/parades.csv"})
    data = metadata["data/parades.csv"]
    assert data["description"] == "Tanks counted at parades, made up for tests."
    assert metadata[data["license"]["@id"]]["name"] == "Public domain"


def test_the_build_is_an_action_from_tables_and_parameters_to_outputs(metadata):
    build = metadata["#build"]
    assert "data/parades.csv" in ids(build["object"])
    assert metadata["#parameter-first_year"]["value"] == 2006
    assert "#parameter-first_year" in ids(build["object"])
    assert {"figures/tanks/shown.csv", "tanks.html", "record.json"} <= ids(build["result"])
    assert build["instrument"] == {"@id": "notebooks/tanks.ipynb"}
    assert metadata["notebooks/tanks.ipynb"]["@type"] == ["File", "SoftwareSourceCode"]
    referred = ids(build["object"]) | ids(build["result"])
    assert referred <= metadata.keys()


def test_numbers_in_a_caption_are_put_in():
    made = {"figures": {}, "numbers": {"tanks/total": {"text": "7 tanks"}},
            "tables": {"tanks/t": {"caption": "In all {num}`total`, not {num}`a/b`."}}}  # fmt: skip
    names = crate._Names(made, {"resources": []})
    assert names.of("tables/tanks/t.csv")["name"] == "Table: In all 7 tanks, not a/b."
    assert names.of("balkandefence-2026.11.0.pdf")["name"] == "The whole book as PDF"


def validator():
    """Return the Python of the validator's own environment, which `make test` makes.

    It holds packages at versions that the book's own environment cannot have.
    """
    named = os.environ.get("CRATE_VALIDATOR", Path(sys.prefix) / "crate" / "bin" / "python")
    if not Path(named).is_file():
        pytest.fail(f"no crate validator at {named}: run make test, or name one's Python "
                    "in the variable CRATE_VALIDATOR")  # fmt: skip
    return named


def validated(folder, tmp_path):
    """Return what the validator, without a network, has to say of a crate."""
    library = Path(importlib.util.find_spec("rocrate").origin).parent
    script = Path(__file__).with_name("crate_validator.py")
    context = library / "data" / "ro-crate.jsonld"
    command = [validator(), script, folder, context, tmp_path / "cache"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    *issues, counted = ran.stdout.splitlines()
    assert int(counted.split()[0]) > 100
    return issues


def test_the_validator_finds_nothing_that_the_standard_requires(released_desk, tmp_path):
    issues = validated(released_desk.site / "2026.11.0", tmp_path)
    assert [issue for issue in issues if not issue.startswith("RECOMMENDED ")] == []
    numbers = {match[1] for issue in issues if (match := re.search(r"_([\d.]+):", issue))}
    assert numbers <= NOT_HELD, issues


def test_the_validator_finds_a_missing_file(released_desk, tmp_path):
    folder = tmp_path / "crate"
    desks.shutil.copytree(released_desk.site / "2026.11.0", folder)
    (folder / "data/parades.csv").unlink()
    assert any("data/parades.csv" in issue for issue in validated(folder, tmp_path))
