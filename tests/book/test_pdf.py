"""The PDF of a small book, printed by the installed Chromium."""

import os
import shutil
import stat

import pikepdf
import pytest
from browsers import elements, sheets

from balkandefence import editions
from balkandefence.book import folders, pdf
from balkandefence.book.pdf import PdfError

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]


@pytest.fixture(scope="module")
def edition(finished_desk):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in finished_desk.environment().items():
            patch.setenv(name, value)
        yield editions.load("2026.11.0")


@pytest.fixture(scope="module")
def printed(finished_desk, edition, tmp_path_factory):
    """The small book's PDF."""
    try:
        pdf.browser()
    except PdfError as error:
        pytest.skip(str(error))
    out = tmp_path_factory.mktemp("printed") / pdf.name(edition)
    return pdf.make(finished_desk.book, edition, out)


@pytest.fixture
def document(printed):
    with pikepdf.open(printed) as opened:
        yield opened


def test_it_is_tagged_and_says_language_title_and_author(document):
    root = document.Root
    assert root.MarkInfo.Marked
    assert len(elements(root.StructTreeRoot.K, "P")) > 10
    assert str(root.Lang) == "en"
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(document.docinfo.Title) == "Defence in the Western Balkans, edition 2026.11.0"
    assert str(document.docinfo.Author).startswith("The authors")
    with document.open_metadata() as metadata:
        assert metadata["dc:title"] == str(document.docinfo.Title)


def test_its_dates_are_those_of_the_edition(document):
    dates = {str(document.docinfo[key]) for key in ("/CreationDate", "/ModDate")}
    assert {date[:16] for date in dates} == {"D:20261121000000"}


def test_its_outline_has_the_headings_as_they_are_written(document):
    with document.open_outline() as outline:
        found = {item.title: [below.title for below in item.children] for item in outline.root}
    assert list(found)[:3] == ["Contents", "A small book", "Tanks"]
    assert found["Tanks"][:1] == ["Parades"]


def test_figures_are_vectors_with_their_alternative_and_stand_whole(document):
    (figure,) = elements(document.Root.StructTreeRoot.K, "Figure")
    assert str(figure.Alt).startswith("Bar chart of tanks at parades by year")
    assert len(sheets(figure)) == 1
    kinds = [o.get("/Subtype") for o in document.objects if isinstance(o, pikepdf.Stream)]
    assert "/Image" not in kinds


def test_a_table_that_fits_on_a_sheet_stands_on_one(document):
    tables = elements(document.Root.StructTreeRoot.K, "Table")
    assert len(tables) >= 2
    assert [len(sheets(table)) for table in tables] == [1] * len(tables)
    assert elements(tables[0], "TH") != []


def test_links_lead_within_it_or_to_whole_addresses(document):
    links = [link for page in document.pages for link in page.get("/Annots", [])]
    inner = {str(link.Dest) for link in links if "/Dest" in link}
    outer = {str(link.A.URI) for link in links if "/A" in link}
    assert "/numbers--num-tanks-total" in inner
    assert inner <= set(document.Root.Dests.keys())
    assert len(outer) >= 1
    assert all(address.startswith(("https://", "http://")) for address in outer)


def test_the_same_pages_give_the_same_bytes_from_another_folder(
    printed, finished_desk, edition, tmp_path
):
    book = shutil.copytree(finished_desk.book, tmp_path / "a longer name" / "book")
    pdf.link(book, pdf.name(edition))  # a book that has its PDF is printed the same
    again = pdf.make(book, edition, tmp_path / "again.pdf")
    assert again.read_bytes() == printed.read_bytes()
    assert finished_desk.leftovers == []
    said = printed.read_bytes()
    assert str(finished_desk.root).encode() not in said


def test_the_browsers_names_for_elements_do_not_show(printed, finished_desk, edition, tmp_path):
    """They count what the browser has laid out so far, which is not the same each time."""
    settled = []
    for shift in (0, 7):
        other, out = tmp_path / f"named-{shift}.pdf", tmp_path / f"settled-{shift}.pdf"
        with pikepdf.open(printed) as document:
            root = document.Root.StructTreeRoot
            names = list(root.IDTree.Names)
            for at, (name, target) in enumerate(zip(names[::2], names[1::2], strict=True)):
                fresh = pikepdf.String(f"node{int(str(name)[-6:]) * 3 + shift:08}")
                target.ID = root.IDTree.Names[2 * at] = fresh
            renamed = {str(n): f"node{int(str(n)[-6:]) * 3 + shift:08}" for n in names[::2]}
            for cell in elements(root.K, "TD"):
                for look in cell.get("/A", ()):
                    if "/Headers" in look:
                        look.Headers = [pikepdf.String(renamed[str(n)]) for n in look.Headers]
            with document.open_outline() as outline:
                headings = [item.title for item in pdf._items(outline.root)]
            document.save(other)
        pdf._settle(other, edition, headings, out)
        settled.append(out.read_bytes())
    assert settled[0] == settled[1]
    with pikepdf.open(tmp_path / "settled-0.pdf") as document:
        root = document.Root.StructTreeRoot
        named = dict(pdf._named(root.IDTree))
        told = [str(name) for cell in elements(root.K, "TD") for look in cell.get("/A", ())
                for name in look.get("/Headers", ())]  # fmt: skip
        assert set(told) <= named.keys()
        assert told
        assert all(str(target.ID) == name for name, target in named.items())


def test_a_build_with_a_pdf_links_to_it_and_one_without_has_neither(printed, desk):
    name = "balkandefence-2026.11.0.pdf"
    ran = desk.run("build", "--pdf")
    assert ran.code == 0, ran.err
    assert f"Its PDF is {desk.book / name}" in ran.out
    assert (desk.book / name).read_bytes() == printed.read_bytes()
    assert f'href="{name}"' in (desk.book / "index.html").read_text(encoding="utf-8")
    assert desk.run("build").code == 0
    assert not (desk.book / name).exists()
    assert ".pdf" not in (desk.book / "index.html").read_text(encoding="utf-8")


def test_a_book_with_a_pdf_compares_equal_to_its_rebuilding(finished_desk, edition, tmp_path):
    published, rebuilt = (shutil.copytree(finished_desk.book, tmp_path / n) for n in "ab")
    (published / pdf.name(edition)).write_bytes(b"printed by some browser")
    for book in (published, rebuilt):
        pdf.link(book, pdf.name(edition))
    counts, differences = folders.compare(published, rebuilt)
    assert differences == []
    assert counts["page files"][0] > 3


@pytest.mark.parametrize(("id", "name"), [("2026.11.0", "2026.11.0"), ("2026.11.0 (changed)",
                         "2026.11.0-changed"), ("", "own")])  # fmt: skip
def test_the_name_is_that_of_the_edition(edition, id, name):
    from dataclasses import replace

    assert pdf.name(replace(edition, id=id)) == f"balkandefence-{name}.pdf"


def a_browser(folder, script):
    """Make a program that stands in for a browser."""
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


NEW = 'case "$1" in --version) echo "Chromium 150.0.1"; exit 0;; esac\n'


def test_without_a_browser_nothing_is_built(desk, stands, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    ran = desk.run("build", "--pdf", "--force")
    assert ran.code == 1
    assert "CHROMIUM names no-such-browser, which is not there; install chromium" in ran.err
    assert "running" not in ran.err
    stands()


def test_no_browser_on_the_path_is_told_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(pdf, "_BROWSERS", ("no-such-browser",))
    with pytest.raises(PdfError, match=r"there is no Chromium; install chromium or Google Chrome"):
        pdf.browser()


@pytest.mark.parametrize("said", ["Chromium 120.0.6099.1", "something else", ""])
def test_a_browser_that_cannot_number_sheets_is_refused(monkeypatch, tmp_path, said):
    monkeypatch.setenv("CHROMIUM", a_browser(tmp_path, f"echo '{said}'"))
    with pytest.raises(PdfError, match="is not a Chromium of version 131 or newer"):
        pdf.browser()


def test_a_browser_that_fails_leaves_the_last_book(desk, stands, monkeypatch, tmp_path):
    script = NEW + 'echo "it broke" >&2; exit 3'
    monkeypatch.setenv("CHROMIUM", a_browser(tmp_path, script))
    ran = desk.run("build", "--pdf")
    assert ran.code == 1
    assert "stopped with 3:\n  it broke" in ran.err
    stands()


def test_a_browser_that_hangs_is_given_up(edition, finished_desk, monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", a_browser(tmp_path, NEW + "exec sleep 60"))
    monkeypatch.setattr(pdf, "_PATIENCE", 1)
    out = tmp_path / "book.pdf"
    out.write_bytes(b"the last one")
    with pytest.raises(PdfError, match="did not end within 1 seconds"):
        pdf.make(finished_desk.book, edition, out)
    assert out.read_bytes() == b"the last one"


def test_a_front_page_without_a_place_for_the_link_is_refused(desk, stands):
    desk.write("chapters/index.md", "# A small book\n\nThere were some.\n")
    ran = desk.run("build", "--pdf")
    assert ran.code == 1
    assert "chapters/index.md: has no line <!-- pdf -->" in ran.err or "no Chromium" in ran.err
    stands()


def test_what_a_killed_print_left_is_swept(edition, printed, finished_desk, tmp_path):
    left = finished_desk.root / "_build" / "print-999999-abc"
    left.mkdir()
    pdf.make(finished_desk.book, edition, tmp_path / "book.pdf")
    assert not left.exists()
    assert os.listdir(tmp_path) == ["book.pdf"]
