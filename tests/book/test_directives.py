"""Figures and tables on the compiled page: numbered, described, sourced, with their files."""

import desk as desks
import pytest
from bs4 import BeautifulSoup

from balkandefence import sources

pytestmark = pytest.mark.xdist_group("desk")


@pytest.fixture(scope="module")
def page(finished_desk):
    text = (finished_desk.book / "tanks.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def words(element):
    return " ".join(element.get_text().split())


def test_a_figure_is_a_picture_with_a_narrow_drawing_and_a_text_alternative(page, finished_desk):
    (figure,) = page.select("figure.published")
    image = figure.select_one("picture img")
    assert image["alt"].startswith("Bar chart of tanks at parades by year")
    assert image["src"] == "figures/tanks/shown.svg"
    assert int(image["width"]) > 0
    assert int(image["height"]) > 0
    narrow = figure.select_one("picture source")
    assert narrow["srcset"] == "figures/tanks/shown-narrow.svg"
    assert int(narrow["width"]) < int(image["width"])
    for file in (image["src"], narrow["srcset"]):
        assert (finished_desk.book / file).read_text(encoding="utf-8").startswith("<?xml")


def test_a_figure_is_numbered_and_its_caption_holds_the_computed_number(page):
    caption = words(page.select_one("figure.published figcaption"))
    assert caption.startswith("Figure 1 Tanks, 7 tanks in one year.")


def test_under_a_figure_stand_its_source_its_files_and_its_method(page, finished_desk):
    line = page.select_one("figure.published p.source")
    assert words(line) == "Source: Parade watchers · SVG · PNG · CSV · Method"
    links = [a["href"] for a in line.select("a")]
    assert links == [
        "figures/tanks/shown.svg",
        "figures/tanks/shown.png",
        "figures/tanks/shown.csv",
        "methods.html#method-parades-series",
    ]
    png = (finished_desk.book / links[1]).read_bytes()
    assert png.startswith(b"\x89PNG")
    csv = (finished_desk.book / links[2]).read_text(encoding="utf-8")
    assert csv == "year,tanks_count\n2022,12\n2023,7\n2024,30\n"


def test_links_to_files_say_what_they_lead_to(page):
    titles = [a.get("title") for a in page.select("figure.published p.source a")]
    assert titles[:3] == [f"Fewer tanks roll ({kind})" for kind in ("SVG", "PNG", "data, CSV")]


def test_a_table_has_a_numbered_caption_row_headers_and_units(page):
    (table,) = page.select("table.published")
    assert words(table.caption).startswith("Table 1 Parades.")
    assert [words(cell) for cell in table.select("thead th")] == ["Year", "Tanks pieces"]
    assert words(table.select_one("thead .unit")) == "pieces"
    rows = [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows == [["2022", "12"], ["2023", "7"], ["2024", "30"]]
    assert all(row.select_one("th.stub, th") for row in table.select("tbody tr"))


def test_numbers_in_a_table_are_marked_for_alignment(page):
    cells = page.select("table.published tbody tr td")
    assert cells
    assert all("number" in cell["class"] for cell in cells)


def test_under_a_table_stand_its_note_its_source_its_file_and_its_method(page, finished_desk):
    line = page.select("p.source")[-1]
    assert words(line) == "Counted by eye. · Source: Parade watchers · CSV · Method"
    csv = line.select("a")[0]["href"]
    assert csv == "tables/tanks/shown.csv"
    assert (finished_desk.book / csv).read_text(encoding="utf-8").startswith("year,tanks_count\n")


def test_prose_refers_to_figures_and_tables_by_their_numbers(page):
    prose = next(p for p in page.select("article p") if "In all" in words(p))
    assert words(prose).startswith("In all 7 tanks: see Figure 1 and Table 1")
    targets = [a["href"] for a in prose.select("a")]
    assert targets[:3] == ["numbers.html#num-tanks-total", "#figure-tanks-shown",
                           "#table-tanks-shown"]  # fmt: skip
    for target in targets[1:3]:
        assert page.select_one(target)


def test_a_chapter_ends_with_its_sources_its_working_and_its_folded_code(page):
    assert [words(h).rstrip("#") for h in page.select("article h2")] == [
        "Parades", "Sources", "Behind this chapter"
    ]  # fmt: skip
    assert "Natural Earth" in words(page.select_one("article .footnote-list, article aside"))
    (folded,) = page.select("details")
    assert not folded.has_attr("open")
    assert 'publishing.number("total"' in folded.get_text()


def test_no_cell_of_the_notebook_shows_on_the_page(page):
    assert page.select(".cell, .cell_output, .cell_input") == []
    assert "application/vnd" not in str(page)


def test_sources_in_a_cell_are_links_named_by_publisher_and_year(desk):
    cell = desks.code(
        "cited",
        'rows["said"] = ["short", "A sentence longer than a column of a table is wide.", ""]\n'
        'publishing.table("cited", rows, {"said": "Said",'
        ' "year": publishing.Heading("Year", grouped=False),'
        ' "source": publishing.Heading("Source", keys=True)}, caption="Cited.")',
    )
    desk.write_notebook("tanks", [*desks.tanks(), cell])
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    text = (desk.book / "tanks.html").read_text(encoding="utf-8")
    table = BeautifulSoup(text, "html.parser").select("table.published")[-1]
    known = sources.load(desk.root / "references.bib")["natural-earth"]
    links = table.select("tbody a")
    assert [(words(a), a["href"], a["title"]) for a in links] == [
        (known.short, known.url, known.title)
    ] * 3
    heads = [cell.get("class") for cell in table.select("thead th")]
    assert heads == [["words"], ["number"], ["sources"]], "what is long has room of its own"
    assert [cell["class"] for cell in table.select("tbody th")] == [["words"]] * 3


def test_arrows_of_the_contents_have_a_name_and_no_script_of_thebe_is_there(desk):
    desk.write("chapters/more.md", "# More\n\nText.\n")
    toc = (desk.root / "_toc.yml").read_text(encoding="utf-8")
    nested = "- file: chapters/tanks\n    sections:\n      - file: chapters/more"
    desk.write("_toc.yml", toc.replace("- file: chapters/tanks", nested))
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    index = BeautifulSoup((desk.book / "index.html").read_text("utf-8"), "html.parser")
    arrows = index.select("nav.bd-links summary")
    assert [arrow.get("aria-label") for arrow in arrows] == ["Show or hide its pages"]
    assert "More" in [words(link) for link in index.select("nav.bd-links a")]
    assert "THEBE_JS_URL" not in str(index)
