"""From every number a reader gets to its function, its rows and the pages behind them."""

import datetime as dt

import desk as desks
import pytest
from bs4 import BeautifulSoup

from balkandefence.book import numbers

pytestmark = pytest.mark.xdist_group("desk")


def soup(desk, page):
    text = (desk.book / f"{page}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def words(element):
    return " ".join(element.get_text().split())


def test_a_number_in_prose_leads_to_its_entry(finished_desk):
    (link,) = [a for a in soup(finished_desk, "index").select("article a") if "7 tanks" in words(a)]
    page, _, anchor = link["href"].partition("#")
    assert page == "numbers.html"
    assert soup(finished_desk, "numbers").find(id=anchor)


def test_an_entry_names_value_meaning_function_and_rows_with_their_sources(finished_desk):
    text = words(soup(finished_desk, "numbers").select_one("article"))
    assert "7 tanks: tanks shown." in text
    assert "Computed by parades.total with parades=parades, year=2023." in text
    assert "parades, 1 row: line 3: 2023, published by Natural Earth" in text


def test_the_function_of_an_entry_leads_to_its_code(finished_desk):
    entry = soup(finished_desk, "numbers").select_one('a[href="methods.html#method-parades-total"]')
    assert words(entry) == "parades.total"
    methods = soup(finished_desk, "methods")
    assert methods.find(id="method-parades-total")
    assert 'rows = parades[parades["year"] == year]' in methods.get_text()
    assert "Return the tanks shown in one year." in methods.get_text()


def test_every_measure_stands_once_on_the_methods_page(finished_desk):
    headings = [words(h).rstrip("#") for h in soup(finished_desk, "methods").select("h3")]
    assert headings == ["series", "total"]


def test_the_editions_own_choices_are_numbers_too(finished_desk):
    text = words(soup(finished_desk, "numbers").select_one("article"))
    assert "2006: the edition’s first year." in text
    assert "Serbia, Albania, Bosnia and Herzegovina, Kosovo" in text


def test_of_many_rows_an_entry_gives_the_lines(desk):
    rows = "".join(f"{y},1,{y}-05-09,natural-earth\n" for y in (*range(2010, 2022), 2023))
    desk.write("data/parades.csv", "year,tanks_count,known_from,source\n" + rows)
    all_years = desks.code(
        "everything",
        "from balkandefence.provenance import quantity\n"
        "sums = desk.measure(desk.everything)(rows)\n"
        'publishing.number("total", sums, unit="tanks", what="tanks in all")',
    )
    more = '\n\ndef everything(parades):\n    """Return all tanks."""\n'
    more += '    return quantity(float(parades["tanks_count"].sum()), parades)\n'
    path = desk.root / "parades.py"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    desk.write_notebook("tanks", desks.chapter(all_years))
    process = desk.start("build")
    assert process.wait(120) == 0
    text = words(soup(desk, "numbers").select_one("article"))
    assert "parades, 13 rows: lines 2–14" in text


@pytest.mark.parametrize(
    ("lines", "told"), [([4, 3, 7, 5], "3–5, 7"), ([9], "9"), ([], ""), ([1, 3], "1, 3")]
)
def test_lines_are_told_as_ranges(lines, told):
    assert numbers._ranges(lines) == told


def test_text_cannot_be_taken_for_markup():
    origin = {"function": "", "arguments": {}, "tables": [], "rows": {}}
    record = {"id": "a", "text": "1 < 2", "what": 'a & "b" <script>', "provenance": origin}
    entry = numbers._entry("page", record, dt.date(2026, 1, 1))
    assert "<b>1 &lt; 2</b>: a &amp; &quot;b&quot; &lt;script&gt;." in entry
