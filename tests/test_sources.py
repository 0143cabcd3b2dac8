"""references.bib as a lookup."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from balkandefence import paths, sources
from balkandefence.sources import SourcesError
from balkandefence.tables import bounds


def test_a_source_tells_who_published_what_when_and_where(project):
    atlas = sources.load()["atlas"]

    assert (atlas.key, atlas.title, atlas.publisher) == ("atlas", "An Atlas of Štip", "Maps & Sons")
    assert (atlas.date, atlas.accessed) == ("2020-05", "2026-11-21")
    assert atlas.url == "https://example.org/atlas_1"
    assert atlas.short == "Maps & Sons 2020"


def test_an_undated_source_has_empty_fields_and_a_short_name_without_year(project):
    gazette = sources.load()["gazette"]

    assert (gazette.date, gazette.url, gazette.accessed) == ("", "", "")
    assert gazette.short == "Gazette"


def test_braces_and_escapes_do_not_show(project):
    assert sources.load()["gazette"].title == "[Two drones for $3 m, 5% down]"


def test_another_file_may_be_named(project):
    path = project.write("other.bib", "@misc{one, title = {One}}")

    assert list(sources.load(path)) == ["one"]
    assert "one" not in sources.load()


def test_a_changed_file_is_read_anew(project):
    assert "one" not in sources.load()
    project.write("references.bib", "@misc{one, title = {One}}")

    assert list(sources.load()) == ["one"]


def test_what_was_read_before_is_not_read_again_unless_it_is_damaged(project, monkeypatch):
    seen, truly = [], sources._entries
    monkeypatch.setattr(sources, "_entries", lambda *told: seen.append(told) or truly(*told))

    def read() -> object:
        sources._parsed.cache_clear()
        return dict(sources.load())

    first = read()
    assert read() == first
    assert len(seen) == 1
    kept = project.root / "_build" / "sources.json"
    kept.write_bytes(kept.read_bytes().replace(b"Gazette", b"Gazelle"))
    assert read() == first
    assert len(seen) == 2


def test_an_excerpt_has_the_entries_asked_for_in_the_order_of_the_file(project):
    text = sources.excerpt(["gazette", "atlas", "unheard-of"])

    path = project.write("excerpt.bib", text)
    assert list(sources.load(path)) == ["atlas", "gazette"]
    assert sources.load(path)["atlas"].title == "An Atlas of Štip"
    assert sources.excerpt([]) == ""


@pytest.mark.parametrize(
    "odd", ["@comment{draft, title = {Draft}}", "  @misc{draft, title = {Draft}}"]
)
def test_an_entry_that_begins_no_line_or_what_only_looks_like_one_is_refused(project, odd):
    text = (project.root / "references.bib").read_text(encoding="utf-8")
    project.write("references.bib", f"{text}\n{odd}\n")

    with pytest.raises(SourcesError, match="draft: an entry begins its line"):
        sources.load()


def test_a_missing_file_is_refused(project):
    project.remove("references.bib")

    with pytest.raises(SourcesError, match=r"^references\.bib is missing: it holds every source"):
        sources.load()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("@misc{a, title = {x}}\n@misc{a, title = {y}}\n", "repeated bibliography entry: a"),
        ("@misc{a,\n title = {x}\n", "syntax error in line 3"),
        ("@misc{a title}", "syntax error in line 1"),
        (b"@misc{a, title = {caf\xe9}}", "'utf-8' codec can't decode byte 0xe9"),
    ],
)
def test_a_file_that_is_not_bibtex_or_names_a_key_twice_is_refused(project, text, fault):
    project.write("references.bib", text)

    with pytest.raises(SourcesError) as caught:
        sources.load()

    assert str(caught.value).startswith("references.bib: ")
    assert fault in str(caught.value)


# The real bibliography ----------------------------------------------------------------------


@pytest.fixture
def real(monkeypatch):
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)
    return sources.load()


def test_every_source_has_a_publisher_and_a_title_that_reads_clean(real):
    assert len(real) > 1000
    told = {key: (found.publisher, found.title) for key, found in real.items()}
    assert [key for key, texts in told.items() if not all(texts)] == []
    assert [key for key, texts in told.items() if set("".join(texts)) & set("\\{}")] == []


def test_no_percent_sign_cuts_a_title_short(real):
    raw = {key: found.fields["title"] for key, found in real.items()}

    assert [key for key, title in raw.items() if "%" in title.replace("\\%", "")] == []


def test_every_date_is_one_and_no_source_was_read_before_it_appeared(real):
    for key, found in real.items():
        read = dt.date.fromisoformat(found.accessed)
        assert not found.date or bounds(found.date)[0] <= read, key


def test_every_address_is_one(real):
    urls = [found.url for found in real.values() if found.url]

    assert len(urls) > 1000
    assert [url for url in urls if not url.startswith(("https://", "http://"))] == []


def test_every_page_stands_once(real):
    pages = Counter((r.url, r.title, r.date) for r in real.values() if r.url)

    assert [page for page, count in pages.items() if count > 1] == []


# Paths --------------------------------------------------------------------------------------


def test_a_checkout_may_be_named_and_is_else_the_one_of_the_package(
    project, repository, monkeypatch
):
    assert paths.root() == project.root.resolve()
    assert paths.build() == project.root.resolve() / "_build"
    monkeypatch.delenv("BALKANDEFENCE_ROOT")

    assert paths.root() == repository
    assert paths.chapters() == repository / "chapters"
