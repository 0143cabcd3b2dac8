"""A record holds all that an edition published, the same each time, and nothing known later."""

import datetime as dt
import inspect
import json

import desk as desks
import pytest
import yaml

from balkandefence import editions, tables
from balkandefence.book import about, fingerprint, leaks, numbers, record, stage
from balkandefence.editions import EditionError

pytestmark = pytest.mark.xdist_group("desk")

TODAY, BEFORE = dt.date(2026, 11, 21), dt.date(2025, 5, 1)


# What was known on a day, as a file


def test_today_a_tables_file_is_as_it_stands(project):
    for name in tables.names():
        text = (project.root / f"data/{name}.csv").read_text(encoding="utf-8")
        assert tables.known(name, TODAY).text == text


def test_every_table_of_the_book_is_written_back_letter_by_letter(repository):
    for name in tables.names():
        described = tables.sidecar(name)
        text = (repository / "data" / described.file).read_text(encoding="utf-8")
        assert tables.known(name, dt.date.fromisoformat(described.compiled)).text == text, name


def test_earlier_the_file_holds_the_rows_then_known_and_older_releases_too(project):
    known = tables.known("spending", dt.date(2024, 5, 1))
    assert known.text.splitlines()[1:] == [
        "SRB,2023,2024-04-30,2000.5,yes,budget,ledger-2024;atlas"
    ]
    assert len(tables.known("spending", BEFORE).rows) == 4


def test_cells_known_only_later_are_empty_in_it(project):
    early = tables.known("events", dt.date(2024, 6, 1)).rows
    assert early.loc[3, ["date_end", "outcome"]].tolist() == ["", ""]
    assert early.loc[3, "source"] == "gazette"


def test_lines_are_counted_in_the_file_of_the_day(project):
    project.replace("data/events.csv", ("E1,", "E0,SRB,2026,,2026-01-01,,,atlas\nE1,"))
    known = tables.known("events", BEFORE)
    assert known.rows.iloc[:, 0].tolist() == ["E1", "E2"]
    assert known.rows.index.tolist() == [2, 3]
    assert tables.load("events", BEFORE).index.tolist() == [2, 3]


def test_sources_that_appeared_later_are_left_out_unless_there_is_no_other(project):
    with (project.root / "references.bib").open("a") as file:
        file.write("\n@misc{late, title = {Late}, date = {2026-02}}\n@misc{odd, date = {soon}}\n")
    project.replace("data/events.csv", ("gazette\nE3", "late;gazette\nE3"))
    project.replace("data/spending.csv", ("2400,,,atlas", "2400,,,late"))
    assert tables.load("events", BEFORE).loc[3, "source"] == ("gazette",)
    assert tables.load("events", TODAY).loc[3, "source"] == ("late", "gazette")
    assert tables.load("spending", BEFORE).loc[4, "source"] == ("late",)
    assert tables.known("events", BEFORE).rows.loc[3, "source"] == "gazette"
    assert tables.asof.appeared("odd", BEFORE)
    assert tables.asof.appeared("unheard-of", BEFORE)


def test_a_boundary_file_is_taken_whole():
    assert tables.known("boundaries", BEFORE).text.startswith("{")


# Small parts


def test_line_numbers_are_written_as_ranges_and_read_back():
    assert record.ranges([5, 2, 3, 4, 9]) == "2-5,9"
    assert record.lines("2-5,9") == [2, 3, 4, 5, 9]
    assert record.ranges([]) == ""
    assert record.lines("") == []


def test_every_row_has_a_mark():
    assert len(record.marks("head\na\nb\n")) == 8
    assert record.marks("head\na\nb\n")[4:] == record.marks("head\nb\n")


# Fingerprints


MODULE = '''"""A module of measures."""
import re
from balkandefence.provenance import measure
from {helper} import share, Scale
import {helper} as helper

LIMITS = {{"low": (1, 2.5), "names": frozenset({{"b", "a"}}), "pattern": re.compile("x+")}}

@measure
def total(frame):
    """Add all up."""
    # a remark
    def inner():
        return LIMITS

    return inner(), share(frame), helper.other(frame), Scale
'''
HELPER = '''def share(frame):
    """Return a share."""
    return frame

def other(frame):
    return LEVEL

class Scale:
    """A scale."""
    def grow(self):
        return share(1)

LEVEL = 3
'''
_count = 0


@pytest.fixture
def printed(tmp_path, monkeypatch):
    """A function that returns the fingerprint of a measure after changes to its two modules."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(old="", new=""):
        global _count
        _count += 1
        package = f"printed{_count}"
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        helper = HELPER.replace(old, new) if old else HELPER
        module = MODULE.replace(old, new) if old else MODULE
        (folder / "helping.py").write_text(helper)
        (folder / "measuring.py").write_text(module.format(helper=f"{package}.helping"))
        found = fingerprint._Walk(package)
        found.add("total", fingerprint.function(f"{package}.measuring.total"))
        assert len(fingerprint.fingerprint(f"{package}.measuring.total")) == 64
        return {name.replace(package, "p"): text for name, text in found.found.items()}

    return make


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("share(frame), helper", "share(2), helper"),
        ("    return frame\n", "    return -frame\n"),
        ("LEVEL = 3", "LEVEL = 4"),
        ("return share(1)", "return share(2)"),
        ("2.5", "2.6"),
        ('"x+"', '"y+"'),
        ('"b", "a"', '"b", "c"'),
    ],
)
def test_a_fingerprint_changes_with_what_a_function_does(printed, old, new):
    assert printed(old, new) != printed()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Add all up.", "Sum up."),
        ("# a remark", "# another"),
        ("A scale.", "A ruler."),
        ('"b", "a"', '"a", "b"'),
        ("    return inner()", "\n    return inner()"),
    ],
)
def test_a_fingerprint_does_not_change_with_words_about_it(printed, old, new):
    assert printed(old, new) == printed()


def test_the_common_ground_of_all_measures_is_not_part_of_a_fingerprint(printed):
    assert not any("provenance" in name for name in printed())


OURS = ["balkandefence.style.colour", "balkandefence.measures.spending.full"]


def test_fingerprints_are_kept_while_the_program_is_the_same(project, monkeypatch):
    found = fingerprint.of_all(OURS, "this program")
    assert found == {name: fingerprint.fingerprint(name) for name in OURS}
    assert fingerprint.known("this program") == found
    assert fingerprint.known("another program") == {}
    monkeypatch.setattr(fingerprint, "fingerprint", lambda name: f"anew {name}")
    more = "balkandefence.style.canvas"
    assert fingerprint.of_all([*OURS, more], "this program") == {**found, more: f"anew {more}"}
    assert fingerprint.of_all(OURS[:1], "another program") == {OURS[0]: f"anew {OURS[0]}"}


def test_a_damaged_file_of_fingerprints_is_as_good_as_none(project):
    fingerprint.of_all(OURS, "this program")
    kept = project.root / "_build/fingerprints.json"
    kept.write_bytes(kept.read_bytes().replace(b"colour", b"color_"))
    assert fingerprint.known("this program") == {}


def test_fingerprints_of_what_is_not_of_the_package_are_not_kept(project, monkeypatch):
    monkeypatch.setattr(fingerprint, "fingerprint", lambda name: f"print of {name}")
    assert fingerprint.of_all(["many.total"], "this program") == {
        "many.total": "print of many.total"
    }
    assert fingerprint.known("this program") == {}


def test_a_functions_source_is_the_one_that_python_tells():
    for name in OURS:
        function = fingerprint.function(name)
        assert fingerprint.source(function).strip() == inspect.getsource(function).strip()


# Sentences and sources of a later day


@pytest.fixture
def cited(project):
    """References with a source of 2026."""
    with (project.root / "references.bib").open("a") as file:
        file.write("\n@misc{late, title = {Late}, date = {2026-02}}\n")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("As {footcite}`atlas,late` says.", "As {footcite}`atlas` says."),
        ("So it was {footcite}`late`.", None),
        ("It was {num}`n` {footcite}`late`.", "It was {num}`n`."),
        ("One {footcite}`atlas`, two {footcite}`late`.", "One {footcite}`atlas`, two."),
        ("Nothing cited.", "Nothing cited."),
    ],
)
def test_a_sentence_keeps_the_sources_of_its_day_and_goes_with_its_last_one(cited, line, left):
    assert leaks.cited_then(line, BEFORE) == left
    assert leaks.cited_then(line, TODAY) == line


def a_chapter(**content):
    chapter = stage.Chapter("money")
    for name, found in content.items():
        getattr(chapter, name).update(found)
    return {"money": chapter}


def exhibit(**content):
    return {"csv": "year\n2024\n", "source": "Counters", "rows": [], "headings": []} | content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"numbers": {"n": {"provenance": {"rows": {"spending": [2, 9]}}}}},
         "number money/n reads line 9 of spending, known only later"),
        ({"figures": {"f": exhibit(csv="release\n2026-04-30\n")}},
         "figure money/f: line 2 of its data has release 2026-04-30"),
        ({"figures": {"f": exhibit(source="SIPRI, release of 30 April 2026")}},
         "figure money/f names in its source line a release of 30 April 2026"),
        ({"tables": {"t": exhibit(headings=[{"keys": True}], rows=[[["late", "atlas"]]])}},
         "table money/t cites late, of 2026-02"),
    ],
)  # fmt: skip
def test_whatever_was_known_only_later_is_found_and_named(cited, content, said):
    assert leaks.find(a_chapter(**content), {}, BEFORE) == [said]


def test_a_page_that_cites_a_later_source_is_found(cited):
    pages = {"index": "As {footcite}`late` says."}
    assert leaks.find({}, pages, BEFORE) == ["page index cites late, of 2026-02"]
    assert leaks.find({}, pages, TODAY) == []


def test_what_was_known_is_no_leak(cited):
    fine = a_chapter(
        numbers={"n": {"provenance": {"rows": {"spending": [2]}}}},
        figures={
            "f": exhibit(csv="release\n2025-04-30\n\n", source="SIPRI, release of 30 April 2025")
        },
        tables={"t": exhibit(headings=[{"keys": False}], rows=[["late"]])},
    )
    assert leaks.find(fine, {"index": "{cite}`atlas`"}, BEFORE) == []


def test_a_record_refuses_a_number_from_a_later_row(project):
    project.write("editions/2025.5.0.yml", desks.CHECKOUT.joinpath(
        "editions/2026.11.0.yml").read_text().replace("2026-11-21", "2025-05-01").replace(
        "last_year: 2025", "last_year: 2024").replace("BIH, XKX, MNE, MKD", "XKX").replace(
        "HRV, EST, LVA, LTU", "HRV"))  # fmt: skip
    origin = {"function": "", "arguments": {}, "tables": [], "rows": {"events": [4]}}
    found = {"kind": "number", "text": "1", "value": 1.0, "what": "", "provenance": origin}
    with pytest.raises(record.RecordError, match="number money/n reads line 4 of events"):
        record.make(editions.load("2025.5.0"), a_chapter(numbers={"n": found}), [])


def test_a_section_with_a_verdict_enters_the_record_twice(project):
    origin = {"function": "", "arguments": {}, "tables": ["spending"], "rows": {}}
    found = {"text": "Long.", "verdict": {"text": "true", "what": "So"}, "provenance": origin}
    plain = {"text": "Short.", "verdict": {}, "provenance": origin}
    chapters = a_chapter(sections={"claim": found, "aside": plain})
    made = record.make(editions.load("2026.11.0"), chapters, [])
    said = {"call": "", "tables": ["spending"]}
    assert made["verdicts"] == {"money/claim": {"text": "true", "what": "So", "rows": {}, **said}}
    assert made["sections"]["money/aside"] == {"sha256": record.sha256("Short."), **said}
    assert made["sections"].keys() == {"money/claim", "money/aside"}


# Reading a record


def whole(**more):
    said = {"format": 1, "edition": "2026.11.0", "as_of": "2026-11-21", "environment": {}}
    return {kind: {} for kind in record.KINDS} | said | more


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "make it by: balkandefence build --edition 2026.11.0 --record"),
        ("{", "is not a record"),
        ("[]", "names no format"),
        ('{"format": 0}', "of format 0, this program reads 1; make it anew: balkandefence build"),
        ('{"format": 1}', "lacks parameters, numbers"),
        (json.dumps(whole(edition="2025.1.0")), "is the record of edition '2025.1.0'"),
    ],
)
def test_a_record_that_is_missing_broken_or_of_another_form_is_refused(project, text, said):
    if text is not None:
        project.write("editions/2026.11.0.record.json", text)
    with pytest.raises(record.RecordError) as refused:
        record.of_edition("2026.11.0")
    assert said in str(refused.value)


def test_the_record_of_an_unknown_or_malformed_edition_is_refused(project):
    with pytest.raises(EditionError, match=r"unknown; there are: 2026\.11\.0"):
        record.of_edition("2024.1.0")
    with pytest.raises(EditionError, match=r"an id is YEAR\.MONTH\.PATCH"):
        record.of_edition("../2026.11.0")


def test_a_record_tells_how_many_figures_each_page_had_and_the_current_one_for_others(project):
    assert record.drawn("2026.11.0") == {}
    figures = {"spending/level": {}, "spending/burden": {}, "claims/drones": {}}
    project.write("editions/2026.11.0.record.json", record.text(whole(figures=figures)))
    assert record.drawn("2026.11.0") == {"spending": 2, "claims": 1}
    assert record.drawn("2026.11.0 (changed)") == {"spending": 2, "claims": 1}
    assert record.drawn("2026.11.0")["numbers"] == 0


def test_a_record_is_kept_only_of_an_edition_as_its_file_chose(project, tmp_path):
    with pytest.raises(record.RecordError, match=r"not of 2026\.11\.0 .changed."):
        record.refuse_changed(editions.load("2026.11.0", {"first_year": 2010}))
    project.write("book/record.json", record.text(whole(edition="2026.11.0 (changed)")))
    with pytest.raises(record.RecordError, match=r"holds edition '2026\.11\.0 .changed.'"):
        record.keep(tmp_path / "book", "2026.11.0")
    assert list(tmp_path.glob("editions/*record*")) == []
    project.write("book/record.json", record.text(whole()))
    kept = record.keep(tmp_path / "book", "2026.11.0")
    assert record.of_edition("2026.11.0") == whole()
    assert kept.read_text(encoding="utf-8").endswith("}\n")


# The record of a real run


@pytest.fixture(scope="module")
def made(finished_desk):
    return json.loads((finished_desk.book / "record.json").read_text(encoding="utf-8"))


def test_a_book_carries_its_record(made, finished_desk):
    assert (made["format"], made["edition"], made["as_of"]) == (1, "2026.11.0", "2026-11-21")
    assert made["numbers"]["tanks/total"] == {
        "call": "parades.total(parades=parades, year=2023)",
        "rows": {"parades": "3"},
        "tables": ["parades"],
        "text": "7 tanks",
        "value": 7.0,
        "what": "tanks shown",
    }
    assert made["tables"]["tanks/shown"]["rows"] == 3
    assert made["guards"] == {"tanks": []}
    assert made["notebooks"].keys() == {"tanks"}
    assert made["pages"].keys() == {"index", "data", "numbers", "methods"}
    assert made["environment"]["packages"]["pandas"]
    assert made["charts"].keys() == {"parades.bars"}
    assert made["measures"].keys() == {"parades.total", "parades.series"}


def test_its_hashes_are_those_of_the_files_beside_it(made, finished_desk):
    book = finished_desk.book
    figure = made["figures"]["tanks/shown"]
    files = {
        "csv": "shown.csv",
        "svg": "shown.svg",
        "narrow": "shown-narrow.svg",
        "png": "shown.png",
    }
    for part, file in files.items():
        assert figure[part] == record.sha256((book / "figures/tanks" / file).read_bytes())
    table = made["tables"]["tanks/shown"]
    assert table["csv"] == record.sha256((book / "tables/tanks/shown.csv").read_bytes())
    for name in ("parades", "countries"):
        found = made["inputs"][name]
        assert found["sha256"] == record.sha256((book / f"data/{name}.csv").read_bytes())
        assert found["sidecar"] == record.sha256((book / f"data/{name}.yml").read_bytes())


def test_it_is_written_for_diffs(made, finished_desk):
    text = (finished_desk.book / "record.json").read_text(encoding="utf-8")
    assert text == json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_this_edition_tells_what_was_chosen_read_and_how_to_cite_it(made, bare_desk):
    page = about.page(editions.load("2026.11.0"), made)
    assert (
        "| `target_year` | 2030 | Year in which that share is reached. For the page outlook" in page
    )
    other = editions.load(changes=editions.overrides(["target_year=2032"]))
    assert "| `target_year` | 2032 |" in about.page(other, made)
    assert "| `first_year` | 2006 |" in page
    assert f"`{made['inputs']['parades']['sha256'][:16]}`" in page
    assert "1 number, 1 figure, 1 table and 0 guarded sentences" in page
    assert "make verify ID=2026.11.0 PUBLISHED=FOLDER" in page
    assert "PUBLISHED=balkandefence-2026.11.0.tar.gz" in page
    assert "- pandas 3" in page
    assert "edition = {2026.11.0}," in page
    assert "\nPY  - 2026\n" in page
    citation = yaml.safe_load(about.citations(editions.load("2026.11.0"))["CFF"])
    assert citation["version"] == "2026.11.0"
    own = about.page(editions.load("2026.11.0", {"comparators": []}), made)
    assert "chosen by hand" in own
    assert "| `comparators` | none |" in own


# The edition of September 2025


@pytest.fixture(scope="module")
def september(finished_desk, tmp_path_factory):
    """A desk on which one parade was seen only in 2026, with the edition of September 2025."""
    root = tmp_path_factory.mktemp("september") / "desk"
    desks.shutil.copytree(finished_desk.root, root)
    desk = desks.Desk(root)
    rows = (root / "data/parades.csv").read_text(encoding="utf-8")
    late = "2021,5,2026-05-09,natural-earth\n"
    desk.write("data/parades.csv", rows.replace("2022,", late + "2022,", 1))
    ran = desk.run("build", "--edition", "2025.9.0", "--record")
    assert ran.code == 0, ran.err
    return desk


def test_an_earlier_edition_holds_only_what_was_known(september):
    made = json.loads((september.root / "editions/2025.9.0.record.json").read_text())
    assert made["inputs"]["parades"]["rows"] == 3
    assert made["numbers"]["tanks/total"]["rows"] == {"parades": "3"}
    assert "2021" not in (september.book / "data/parades.csv").read_text()
    assert "2021" not in (september.book / "figures/tanks/shown.csv").read_text()
    page = (september.book / "numbers.html").read_text(encoding="utf-8")
    assert "line 3: 2023" in page


def test_a_number_outside_every_table_has_no_rows_on_the_numbers_page():
    entry = {"id": "n", "text": "1", "what": "one", "provenance": {
        "function": "", "arguments": {}, "tables": [], "rows": {}}}  # fmt: skip
    assert "Rows" not in numbers._entry("edition", entry, TODAY)
