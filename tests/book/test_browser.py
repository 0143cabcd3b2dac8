"""Every page in a real browser, wide and narrow, light and dark.

Each page is visited once at each width; everything that the tests hold is collected on that visit.
"""

from __future__ import annotations

import functools
import http.server
import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import elements, installed_browser, sheets
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.xdist_group("book")

WIDTHS = (1280, 390)

#: Below this width the theme keeps contents and search in a menu.
MENU = 992

#: Only what is wrong, and without axe's own requests for style sheets.
AXE = {"resultTypes": ["violations"], "preload": False}

#: Of many neighbours that hold the same kinds of elements, rows of a table for instance, and of
#: words of code, axe looks at the first few of a kind; one that holds anything else is of another.
#: The others are taken out of
#: the page before: what axe is told to leave out it still walks through.
TAKE_OUT_ALIKE = """() => {
  const kind = e => [...new Set([e, ...e.querySelectorAll("*")].map(
    x => `${x.tagName}.${x.className}.${x.getAttribute("style") || ""}`))].sort().join(" ");
  const takeOut = (neighbours) => {
    const seen = new Map();
    for (const e of [...neighbours]) {
      const count = (seen.get(kind(e)) || 0) + 1;
      seen.set(kind(e), count);
      if (count > 8) e.remove();
    }
  };
  takeOut(document.querySelectorAll("main div.highlight span"));
  for (const parent of document.querySelectorAll("main :is(tbody, ul, ol, dl, section)"))
    if (parent.isConnected) takeOut(parent.children);
}"""


#: Pages that Sphinx makes and that have no content of the book's own.
WITHOUT_CONTENT = ("genindex.html", "search.html")

COLLECT = """async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map(i => i.complete ? null : new Promise(r => {
    i.addEventListener("load", r); i.addEventListener("error", r);
  })));
  const seen = e => e.checkVisibility() && e.getClientRects().length > 0;
  const root = document.scrollingElement;
  const clipped = e => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== "visible") return true;
    return false;
  };
  const wide = [...document.body.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 && seen(e) && !clipped(e))
    .map(e => e.tagName + "." + e.className).slice(0, 5);
  return {
    title: document.title,
    overflow: root.scrollWidth - root.clientWidth,
    wide: wide,
    broken: images.filter(i => seen(i) && !i.naturalWidth).map(i => i.currentSrc || i.src),
    figures: [...document.querySelectorAll("figure img")].map(i => ({alt: i.alt, src: i.src})),
    shown: [...document.querySelectorAll("figure img")].map(i => i.currentSrc),
    links: [...document.querySelectorAll("a[href]")].map(a => a.href),
    ids: [...document.querySelectorAll("[id]")].map(e => e.id),
    headings: [...document.querySelectorAll("h1")].filter(seen).map(e => e.textContent.trim()),
    searches: [...document.querySelectorAll("input[type=search], button[class*=search-button]")]
      .filter(seen).length,
    backgrounds: [...document.querySelectorAll("figure img")]
      .map(i => getComputedStyle(i).backgroundColor + " " + getComputedStyle(i).filter),
    page: getComputedStyle(document.body).backgroundColor,
    loose: [...document.querySelectorAll("th, td")]
      .filter(c => c.classList.contains("number") && getComputedStyle(c).textAlign !== "right")
      .length,
  };
}"""


@dataclass
class Visit:
    """What was seen of one page at one width."""

    page: str
    width: int
    seen: dict[str, Any]
    dark: dict[str, Any]
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    menu: dict[str, Any] = field(default_factory=dict)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def site(real_book):
    """The address at which the book is served."""
    handler = functools.partial(_Quiet, directory=str(real_book.folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def visit(context, site, page, width):
    """Open a page, collect all that the tests ask for, and look at it in the dark."""
    tab = context.new_page()
    complaints, requests, failed = [], [], []
    tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("requestfailed", lambda request: failed.append(request.url))
    tab.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    tab.goto(site + page, wait_until="load")
    found = Visit(page, width, tab.evaluate(COLLECT), {}, complaints, requests, failed)
    if width < MENU:
        tab.locator("button.primary-toggle:visible").click()
        tab.wait_for_function("document.querySelector('#pst-primary-sidebar-modal[open]')")
        found.menu = tab.evaluate(COLLECT)
        tab.keyboard.press("Escape")
    tab.evaluate("document.documentElement.dataset.theme = 'dark'")
    found.dark = tab.evaluate(COLLECT)
    tab.close()
    return found


@pytest.fixture(scope="module")
def browser():
    """The installed browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def screen(browser, width):
    """Return a light screen of a width."""
    size = {"width": width, "height": 900}
    return browser.new_context(viewport=size, color_scheme="light")


@pytest.fixture(scope="module")
def visits(browser, site, real_book):
    """Every page at every width."""
    return [
        visit(context, site, page.name, width)
        for width in WIDTHS
        for context in [screen(browser, width)]
        for page in real_book.pages
    ]


def where(visits, fault):
    """Return the pages and widths at which something is wrong, with what it is."""
    return [(v.page, v.width, told) for v in visits if (told := fault(v))]


def test_every_page_of_the_book_was_visited_at_every_width(visits, real_book):
    assert len(real_book.pages) >= 5
    assert {(v.page, v.width) for v in visits} == {
        (page.name, width) for page in real_book.pages for width in WIDTHS
    }
    assert any(v.seen["figures"] for v in visits)


def test_no_page_scrolls_sideways(visits):
    assert where(visits, lambda v: v.seen["wide"] if v.seen["overflow"] > 0 else None) == []


def test_every_image_is_loaded(visits):
    assert where(visits, lambda v: v.seen["broken"]) == []


def test_no_page_complains_on_the_console(visits):
    assert where(visits, lambda v: v.complaints) == []


def test_no_request_fails(visits):
    assert where(visits, lambda v: v.failed) == []


def test_no_request_leaves_the_site(visits, site):
    def foreign(v):
        return [url for url in v.requests if not url.startswith((site, "data:", "blob:"))]

    assert where(visits, foreign) == []


def test_every_link_and_anchor_within_the_book_resolves(visits, site, real_book):
    ids = {v.page: {*v.seen["ids"]} for v in visits}

    def lost(v):
        found = []
        for link in {*v.seen["links"]}:
            address, fragment = urldefrag(urljoin(site + v.page, link))
            if not address.startswith(site):
                continue
            file = unquote(urlsplit(address).path).lstrip("/") or "index.html"
            there = (real_book.folder / file).is_file()
            if not there or (fragment and unquote(fragment) not in ids.get(file, {"", "top"})):
                found.append(link.removeprefix(site))
        return sorted(found)

    assert where(visits, lost) == []


def test_links_that_leave_the_book_are_whole_addresses(visits, site):
    whole = re.compile(r"(https?://[^/\s]+\.[^/\s]+(/\S*)?|mailto:\S+)")

    def odd(v):
        return [x for x in v.seen["links"] if not x.startswith(site) and not whole.fullmatch(x)]

    assert where(visits, odd) == []


def test_no_id_stands_twice_on_a_page(visits):
    def doubled(v):
        return sorted({id for id in v.seen["ids"] if v.seen["ids"].count(id) > 1})

    assert where(visits, doubled) == []


def test_every_figure_has_a_text_alternative_in_words(visits):
    def wordless(v):
        return [
            f["src"] for f in v.seen["figures"]
            if len(f["alt"].split()) < 8 or re.search(r"\.(svg|png|jpe?g)\b|/", f["alt"].split()[0])
        ]  # fmt: skip

    assert where(visits, wordless) == []


def test_narrow_screens_get_the_narrow_drawing_and_wide_ones_the_wide(visits):
    def wrong(v):
        narrow = v.width < 600
        return [src for src in v.seen["shown"] if src.endswith("-narrow.svg") is not narrow]

    assert where(visits, wrong) == []


def test_every_page_of_the_book_has_one_title(visits):
    pages = [v for v in visits if v.page not in WITHOUT_CONTENT]
    assert where(pages, lambda v: None if len(v.seen["headings"]) == 1 else v.seen) == []


def test_every_page_shows_one_way_to_search_in_its_sidebar_or_menu(visits):
    """The page of results has a box of its own beside it."""

    def count(v):
        shown = (v.menu or v.seen)["searches"]
        return shown if shown != 1 + (v.page == "search.html" and not v.menu) else None

    assert where(visits, count) == []


def test_figures_stay_on_white_in_the_dark(visits):
    def dimmed(v):
        return [b for b in v.dark["backgrounds"] if b != "rgb(255, 255, 255) none"]

    assert where(visits, dimmed) == []
    assert where(visits, lambda v: v.dark["page"] == v.seen["page"]) == []


def test_the_dark_page_does_not_scroll_sideways_either(visits):
    assert where(visits, lambda v: v.dark["wide"] if v.dark["overflow"] > 0 else None) == []


def test_numbers_in_tables_stand_to_the_right(visits):
    assert where(visits, lambda v: v.seen["loose"]) == []


@pytest.mark.long
def test_no_page_has_a_serious_barrier(browser, site, real_book):
    context, barriers = screen(browser, max(WIDTHS)), []
    for page in real_book.pages:
        tab = context.new_page()
        tab.goto(site + page.name, wait_until="load")
        tab.evaluate(TAKE_OUT_ALIKE)
        for found in Axe().run(tab, options=AXE).response["violations"]:
            if found["impact"] in ("serious", "critical"):
                targets = [node["target"] for node in found["nodes"]][:5]
                barriers.append((page.name, found["id"], found["help"], targets))
        tab.close()
    assert len(real_book.pages) >= 5
    assert barriers == []


@pytest.mark.long
@pytest.mark.parametrize("chapter", ["incidents", "spending"])
def test_printed_tables_go_on_whole_row_by_whole_row_under_their_head(
    browser, site, chapter, tmp_path
):
    tab = browser.new_page()
    tab.goto(f"{site}{chapter}.html", wait_until="load")
    tab.pdf(path=tmp_path / "printed.pdf", format="A4", tagged=True)
    tab.close()
    with pikepdf.open(tmp_path / "printed.pdf") as opened:
        tables = elements(opened.Root.StructTreeRoot.K, "Table")
        lengths = [len(elements(table, "TR")) for table in tables]
        assert max(lengths) > 12
        for table, length in zip(tables, lengths, strict=True):
            head, *rows = elements(table, "TR")
            assert {len(sheets(row)) for row in rows} == {1}
            assert sheets(head) == sheets(table)
            assert length > 12 or len(sheets(table)) == 1
