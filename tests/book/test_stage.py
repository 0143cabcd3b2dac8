"""Executed notebooks become pages: numbers in the text, files beside it, nothing lost silently."""

import json
import shutil

import desk as desks
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

from balkandefence import MIME, editions
from balkandefence.book import plan, record, settings, stage

pytestmark = pytest.mark.xdist_group("desk")


def notebook(*outputs):
    cell = desks.code("level", "code()")
    cell.outputs = [nbformat.from_dict(output) for output in outputs]
    return nbformat.from_dict({"cells": [desks.text("opening", "# Tanks"), cell]})


def published(kind, **content):
    data = {MIME: {"kind": kind, **content}, "text/plain": "shown"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def words(page, selector):
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return [" ".join(found.get_text().split()) for found in soup.select(selector)]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "a\n b"}, "stream 'a b'"),
        ({"output_type": "execute_result", "data": {"text/plain": "42"}}, "execute_result '42'"),
        ({"output_type": "display_data", "data": {"image/png": "iVBO"}}, "display_data ''"),
        ({"output_type": "stream", "name": "stderr", "text": "x" * 500}, f"'{'x' * 120}'"),
    ],
    ids=["print", "value", "picture", "warning"],
)
def test_any_output_that_is_not_published_is_a_fault_with_its_cell(output, told):
    chapter = stage.read("tanks", notebook(output))
    (fault,) = chapter.faults
    said = "tanks: cell 'level' has output that is not published, remove it: "
    assert fault.startswith(said)
    assert fault.endswith(told)


@pytest.mark.parametrize("kind", ["number", "figure", "table"])
def test_an_id_published_twice_is_a_fault(kind):
    record = published(kind, id="same")
    assert stage.read("tanks", notebook(record, record)).faults == [
        f"tanks: {kind} id 'same' is published twice"
    ]


def test_ids_are_counted_for_each_kind_and_words_are_numbers():
    chapter = stage.read(
        "tanks", notebook(*(published(kind, id="same") for kind in ("number", "figure", "table")))
    )
    assert chapter.faults == []
    chapter = stage.read(
        "tanks", notebook(published("number", id="same"), published("word", id="same"))
    )
    assert chapter.faults == ["tanks: word id 'same' is published twice"]


def test_guards_are_counted_and_figures_stand_where_they_were_published():
    outputs = published("guard", sentence="True."), published("figure", id="shown")
    chapter = stage.read("tanks", notebook(*outputs))
    assert chapter.guards == ["True."]
    assert [part[:2] for part in chapter.parts] == [("text", "# Tanks"), ("figure", "shown")]


def test_an_edition_without_comparators_says_none(bare_desk):
    edition = editions.load(changes={"comparators": [], "countries": ["XKX", "ALB"],
                                     "highlight": "ALB"})  # fmt: skip
    own = stage.of_edition(edition, "A title")
    assert own["comparators"]["text"] == "none"
    assert own["countries"]["text"] == "Kosovo and Albania"
    assert own["countries-count"]["text"] == "2"
    assert own["as-of"]["text"] == "21 November 2026"


def test_numbers_in_headings_are_text_and_the_contents_show_them(desk):
    desk.write_notebook("tanks", desks.chapter(desks.TOTAL, title="All {num}`total`"))
    desk.write("chapters/index.md", "# A small book\n\nText.\n")
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    heading = BeautifulSoup((desk.book / "tanks.html").read_text("utf-8"), "html.parser").find_all(
        "h1"
    )[-1]
    assert "All 7 tanks" in heading.get_text()
    assert not heading.select('a[href*="num-"]')
    assert "All 7 tanks" in words(desk.book / "index.html", "nav.bd-links a")


def test_the_footer_names_the_edition_and_its_day(finished_desk):
    footers = " ".join(words(finished_desk.book / "index.html", "footer"))
    assert "Edition 2026.11.0, as known on 21 November 2026." in footers


def test_the_executed_notebook_is_offered_and_has_no_trace_of_when_it_ran(finished_desk):
    path = finished_desk.book / "notebooks" / "tanks.ipynb"
    made = nbformat.read(path, as_version=4)
    assert any(MIME in o.data for c in made.cells for o in c.get("outputs", []))
    assert "duration" not in path.read_text(encoding="utf-8")
    assert str(finished_desk.root) not in path.read_text(encoding="utf-8")


@pytest.fixture
def finished(finished_desk, tmp_path, monkeypatch):
    """The pages, executed notebooks and edition of a book, in a copy whose data may be changed."""
    root = shutil.copytree(finished_desk.root, tmp_path / "desk")
    for name, value in desks.Desk(root).environment().items():
        monkeypatch.setenv(name, value)
    pages, edition = plan.pages(editions.load()), editions.load()
    runs = {
        page.name: nbformat.read(finished_desk.book / "notebooks" / f"{page.name}.ipynb", 4)
        for page in pages
        if page.is_notebook
    }
    for run in runs.values():
        for output in (output for cell in run.cells for output in cell.get("outputs", [])):
            record = output.data[MIME]
            if record["kind"] == "figure":  # those for download are without their shapes
                record.update({"svg": "<svg/>", "narrow": "<svg/>"})
    return pages, runs, edition


def test_files_laid_out_run_by_run_are_those_that_staging_lays_out(finished, tmp_path):
    pages, runs, edition = finished
    stage.stage(pages, runs, edition, tmp_path / "at-once")
    last = stage.Staged()
    for page, run in runs.items():
        stage.lay_out_run(page, run, tmp_path / "ahead", last)
    assert (tmp_path / "ahead/published/notebooks/tanks.ipynb").is_file()
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "ahead").rglob("*")}
    stage.stage(pages, runs, edition, tmp_path / "ahead", last)
    written = {path for path in stamps if path.is_file() and path.stat().st_mtime_ns > stamps[path]}
    assert written == set()
    found = [
        {path.relative_to(at).as_posix(): path.read_bytes() for path in at.rglob("*")
         if path.is_file()}
        for at in (tmp_path / "at-once", tmp_path / "ahead")
    ]  # fmt: skip
    assert found[0] == found[1]


def test_data_that_changed_are_told_even_where_every_notebook_published_the_same(
    finished, tmp_path
):
    pages, runs, edition = finished
    rows, last = tmp_path / "desk/data/parades.csv", stage.Staged()
    for line in ("", "2025,9,2026-01-01,natural-earth\n"):
        rows.write_text(rows.read_text(encoding="utf-8") + line, encoding="utf-8")
        stage.stage(pages, runs, edition, tmp_path / "again", last)
        stage.stage(pages, runs, edition, tmp_path / f"anew{len(line)}")
        told = [tmp_path / at / "published" / record.NAME for at in ("again", f"anew{len(line)}")]
        assert told[0].read_text("utf-8") == told[1].read_text("utf-8")
    assert last.record["inputs"]["parades"]["rows"] == 4


def test_the_same_page_in_a_folder_stands_at_the_top_of_the_site():
    contents = yaml.safe_load(
        "{root: chapters/index, parts: [{caption: A/B, chapters: [{file: chapters/a}]}]}"
    )
    assert settings._flat(contents) == json.loads(
        '{"root": "index", "parts": [{"caption": "A/B", "chapters": [{"file": "a"}]}]}'
    )
