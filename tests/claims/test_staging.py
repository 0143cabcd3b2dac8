"""Computed sections on their way to the page: text, files, links from other pages, the head."""

from __future__ import annotations

import json
from types import SimpleNamespace

import nbformat
import pytest

from balkandefence import publishing
from balkandefence.book import directives, stage


@pytest.fixture
def chapter(monkeypatch: pytest.MonkeyPatch) -> stage.Chapter:
    """Return a chapter that published one section."""
    shown = []
    monkeypatch.setattr(publishing, "display", lambda made, raw: shown.append(made))
    publishing.section(
        "one",
        "(claim-one)=\n### One\n\nA text.",
        verdict={"text": "Holds"},
        bears_on=["spending"],
        link=("The first", "claim-one"),
        files={"claims/one.csv": "a\n1\n"},
        linked_data=[{"@type": "ClaimReview", "claimReviewed": "</script>"}],
    )
    output = nbformat.v4.new_output("display_data", data=shown[0])
    cell = nbformat.v4.new_code_cell("report.sections(found)", outputs=[output], id="sections")
    return stage.read("claims", nbformat.v4.new_notebook(cells=[cell]))


def test_a_section_stands_where_it_was_published(chapter):
    assert not chapter.faults
    assert chapter.parts == [("section", "one", "sections")]
    assert chapter.sections["one"]["text"].startswith("(claim-one)=")


def test_other_pages_link_to_the_sections_that_bear_on_them(chapter):
    chapters = {"claims": chapter, "spending": stage.Chapter("spending")}
    assert stage._related("spending", chapters) == ["- [The first](#claim-one)"]
    assert stage._related("incidents", chapters) == []
    assert stage._related("claims", chapters) == []


def test_its_files_are_published_by_name(chapter, tmp_path):
    stage._lay_out_files(chapter, tmp_path)
    assert (tmp_path / "claims/one.csv").read_text() == "a\n1\n"


def test_its_linked_data_stand_in_the_pages_head_and_cannot_end_it(tmp_path):
    data = {"linked_data": [{"claimReviewed": "</script>"}]}
    (tmp_path / "exhibits").mkdir()
    (tmp_path / "exhibits" / "claims.json").write_text(json.dumps(data))
    app, context = SimpleNamespace(srcdir=str(tmp_path)), {"metatags": ""}
    directives._linked_data(app, "claims", "", context, None)
    assert context["metatags"].count("</script>") == 1
    assert 'type="application/ld+json"' in context["metatags"]
    other = {"metatags": ""}
    directives._linked_data(app, "spending", "", other, None)
    assert other["metatags"] == ""


def test_a_section_published_twice_is_a_fault(chapter):
    chapter._publish({"kind": "section", "id": "one"}, "again")
    assert "section id 'one' is published twice" in chapter.faults[0]
