"""The finished pages become one page for print: whole, without scripts, and linked within."""

import datetime as dt
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from balkandefence.book import single_page
from balkandefence.book.single_page import Entry, SinglePage, SinglePageError

EDITION = SimpleNamespace(id="2026.11.0", as_of=dt.date(2026, 11, 21))
CONTENT = {
    "root": "chapters/index",
    "parts": [
        {"caption": "The book",
         "chapters": [{"file": "chapters/tanks", "sections": [{"file": "chapters/country-srb"}]}]},
        {"caption": "Behind", "chapters": [{"file": "chapters/numbers"}]},
    ],
}  # fmt: skip

PAGES = {
    "index": '<h1>A book</h1><p><a href="tanks.html#shown">See</a> <a href="tanks.html">all</a></p>'
    '<p>Download <a href="data/tanks.csv">the rows</a>.</p>',
    "tanks": """<section id="shown"><h1>Tanks<a class="headerlink" href="#shown">#</a></h1>
<p><a href="numbers.html#num-total">7</a> <a href="#shown">here</a>
<a href="https://example.org/a">there</a> <a href="gone.html#x">gone</a></p>
<figure><picture><source srcset="figures/a-narrow.svg"><img src="figures/a.svg" alt="Bars"
loading="lazy"></picture></figure>
<p class="source">Source: Us · <a class="file" href="figures/a.svg">SVG</a>
 · <a class="file" href="figures/a.csv">CSV</a></p>
<details><summary>Evidence</summary><p>Folded.</p></details>
<details><summary>The code</summary><div class="highlight-python"><pre>x = 1</pre></div></details>
</section><script>alert()</script>""",
    "country-srb": '<section id="shown"><h1>Serbia</h1><h2>Spending</h2></section>',
    "numbers": """<section><h1>Numbers</h1><div id="num-total"><ul><li><p>Rows:</p><ul><li>
<p>tanks, 2 rows:</p><ul><li>line 2</li></ul></li></ul></li></ul></div></section>""",
}


@pytest.fixture
def book(tmp_path):
    """A folder of finished pages."""
    for name, content in PAGES.items():
        page = f"<html><body><nav>menu</nav><article>{content}</article></body></html>"
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    return tmp_path


@pytest.fixture
def joined(book):
    text = SinglePage(book, EDITION, CONTENT).html({"index": 3, "tanks": 5})
    return BeautifulSoup(text, "html.parser")


def article(joined, name):
    return joined.select_one(f"article#{name}")


def links(tag):
    return {link.get_text(): link["href"] for link in tag.select("a[href]")}


def test_pages_stand_in_the_order_of_the_contents_with_parts_and_depths(joined):
    assert single_page.order(CONTENT) == [
        Entry("", 0, "index"), Entry("The book", 0, "tanks"),
        Entry("", 1, "country-srb"), Entry("Behind", 0, "numbers"),
    ]  # fmt: skip
    assert [tag["id"] for tag in joined.select("article")] == [
        "index", "tanks", "country-srb", "numbers",
    ]  # fmt: skip


def test_the_contents_name_every_page_and_the_sheets_that_are_known(joined):
    listed = [" ".join(item.get_text().split()) for item in joined.select(".contents li")]
    assert listed == ["A book 3", "The book", "Tanks 5", "Serbia", "Behind", "Numbers"]
    assert links(joined.select_one(".contents"))["Tanks 5"] == "#tanks"


def test_the_cover_names_edition_day_terms_and_how_to_cite(joined):
    cover = " ".join(joined.select_one(".cover").get_text().split())
    for said in ("Edition 2026.11.0", "As known on 21 November 2026", "CC BY 4.0", "To cite: "):
        assert said in cover


def test_links_between_pages_lead_to_places_within(joined):
    assert links(article(joined, "index")) == {"See": "#tanks--shown", "all": "#tanks"}
    found = links(article(joined, "tanks"))
    assert found == {
        "7": "#numbers--num-total", "here": "#tanks--shown", "there": "https://example.org/a",
    }  # fmt: skip
    ids = [tag["id"] for tag in joined.select("[id]")]
    assert len(ids) == len(set(ids))
    inner = [link["href"] for link in joined.select("a[href^='#']")]
    assert {address[1:] for address in inner} <= {*ids}


def test_files_are_named_as_online_and_not_linked(joined):
    assert "Download the rows (online)." in article(joined, "index").get_text()
    assert article(joined, "tanks").select_one(".source").get_text().split() == ["Source:", "Us"]


def test_what_is_folded_is_open_and_code_and_scripts_are_left_out(joined):
    tanks = article(joined, "tanks")
    assert "Folded." in tanks.select_one("div.opened").get_text()
    assert "x = 1" not in tanks.get_text()
    assert joined.select("script, details, source, .headerlink, nav:not(.contents)") == []


def test_pictures_are_the_wide_ones_with_their_alternative(joined, book):
    (image,) = joined.select("img")
    assert image["src"] == (book / "figures" / "a.svg").as_uri()
    assert image["alt"] == "Bars"
    assert "loading" not in image.attrs


def test_a_page_below_another_has_its_headings_one_lower(joined, book):
    assert [h.name for h in article(joined, "country-srb").find_all(["h1", "h2", "h3"])] == [
        "h2", "h3",
    ]  # fmt: skip
    assert SinglePage(book, EDITION, CONTENT).headings == [
        "Contents", "A book", "Tanks", "Serbia", "Spending", "Numbers",
    ]  # fmt: skip


def test_the_rows_of_numbers_are_left_out_and_said_to_be_online(joined):
    said = " ".join(article(joined, "numbers").get_text().split())
    assert "line 2" not in said
    assert "tanks, 2 rows." in said
    assert "listed on the page Numbers of the online book" in said


@pytest.mark.parametrize(
    ("rows", "columns", "kinds"),
    [(40, 3, []), (60, 3, ["runs"]), (40, 8, ["crowded"])],
    ids=["it fits on a sheet", "it does not", "many columns"],
)
def test_only_a_table_that_fits_on_no_sheet_runs_over_several(rows, columns, kinds):
    row = f"<tr>{'<td>a cell</td>' * columns}</tr>"
    text = f"<table><thead><tr>{'<th>H</th>' * columns}</tr></thead>{row * rows}</table>"
    assert single_page._kinds(BeautifulSoup(text, "html.parser").table) == kinds


def test_a_missing_page_is_refused_by_name(book):
    (book / "tanks.html").unlink()
    with pytest.raises(SinglePageError, match=r"has no page tanks\.html; build the book again"):
        SinglePage(book, EDITION, CONTENT)


def test_a_page_without_an_article_is_refused_by_name(book):
    (book / "tanks.html").write_text("<html></html>", encoding="utf-8")
    with pytest.raises(SinglePageError, match=r"tanks\.html has no article"):
        SinglePage(book, EDITION, CONTENT)
