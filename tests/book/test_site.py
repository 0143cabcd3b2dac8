"""The pages around the editions: their list, the addresses under latest/, and how they look."""

import functools
import http.server
import json
import re
import shutil
import threading

import desk as desks
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsers import installed_browser
from playwright.sync_api import sync_playwright

from balkandefence.book import record, site

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]

OLD, NEW = "2025.9.0", "2026.11.0"


@pytest.fixture(scope="module")
def front(released_desk):
    return (released_desk.site / "index.html").read_text(encoding="utf-8")


def words(page):
    bare = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split()).replace(" .", ".")


def test_the_front_page_tells_of_each_edition_the_newest_first(front, released_desk):
    said = words(front)
    assert said.index(f"Edition {NEW} As known on 21 November 2026 , the newest") < said.index(
        f"Edition {OLD} As known on 30 September 2025 It publishes"
    )
    assert f"2 changes since {OLD}." in said
    assert "It is the first edition." in said
    for id in (OLD, NEW):
        packed = released_desk.site / f"balkandefence-{id}.tar.gz"
        assert record.sha256(packed.read_bytes()) in said
        assert f"Defence in the Western Balkans, edition {id}, as known on" in said


def test_every_link_of_the_front_page_leads_to_a_file_of_the_site(front, released_desk):
    links = re.findall(r'href="([^"]+)"', front)
    assert f"{NEW}/changes.html" in links
    assert f"{OLD}/edition.html#how-to-cite-it" in links
    assert [x for x in links if not (released_desk.site / x.partition("#")[0]).is_file()] == []
    cited = (released_desk.site / OLD / "edition.html").read_text(encoding="utf-8")
    assert 'id="how-to-cite-it"' in cited


def test_the_front_page_links_a_pdf_where_there_is_one(released_desk, tmp_path, monkeypatch):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(released_desk.root))
    made = tmp_path / "site"
    shutil.copytree(released_desk.site, made)
    (made / NEW / f"balkandefence-{NEW}.pdf").write_bytes(b"x" * 2_340_000)
    site.write(made)
    page = (made / "index.html").read_text(encoding="utf-8")
    assert f'href="{NEW}/balkandefence-{NEW}.pdf">PDF</a>' in page
    assert "PDF 2.3 MB" in words(page)
    assert f'href="{OLD}/balkandefence-{OLD}.pdf"' not in page


def test_the_lists_name_the_newest_edition_first_and_as_preferred(released_desk):
    text = (released_desk.site / "switcher.json").read_text(encoding="utf-8")
    assert json.loads(text) == [
        {"name": f"{NEW} (newest)", "version": NEW, "url": f"{NEW}/", "preferred": True},
        {"name": OLD, "version": OLD, "url": f"{OLD}/"},
    ]
    script = (released_desk.site / "switcher.js").read_text(encoding="utf-8")
    told = json.loads(script.removeprefix("window.bookEditions = ").removesuffix(";\n"))
    assert [found["version"] for found in told] == [NEW, OLD]
    assert "tanks.html" in told[1]["pages"]


def test_editions_stand_in_the_order_of_their_numbers_not_of_their_letters(released_desk, tmp_path):
    for id in ("2026.2.0", "2026.11.0", "2026.10.3", "2026.10.12"):
        (tmp_path / id).mkdir()
        (tmp_path / id / record.NAME).write_text('{"as_of": "2026-11-21", "format": 0}')
    told = [edition.id for edition in site.read(tmp_path)]
    assert told == ["2026.11.0", "2026.10.12", "2026.10.3", "2026.2.0"]


def test_a_page_that_only_an_old_edition_has_is_led_to_there(released_desk, tmp_path, monkeypatch):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(released_desk.root))
    made = tmp_path / "site"
    shutil.copytree(released_desk.site, made)
    (made / NEW / "tanks.html").unlink()
    site.write(made)
    assert f'href="../{OLD}/tanks.html"' in (made / "latest/tanks.html").read_text()
    assert f'href="../{NEW}/index.html"' in (made / "latest/index.html").read_text()


# In a browser


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module", params=["http", "file"])
def address(request, released_desk):
    """The site's address, served and as a folder."""
    if request.param == "file":
        yield released_desk.site.as_uri() + "/"
        return
    handler = functools.partial(_Quiet, directory=str(released_desk.site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=installed_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


@pytest.fixture
def tab(browser, request):
    """A new tab; it fails where the console complains or a request fails or leaves the site.

    With scripts switched off the browser itself refuses the files that a page preloads.
    """
    settings = getattr(request, "param", {})
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **settings)
    made, complaints = context.new_page(), []

    def failed(asked):
        if asked.failure != "net::ERR_ABORTED":  # given up because the reader goes on
            complaints.append(asked.url)

    made.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("requestfailed", failed)
    made.on("response", lambda found: complaints.append(found.url) if found.status >= 400 else None)
    yield made
    assert complaints == [] or settings
    context.close()


def test_an_old_page_leads_to_the_same_place_in_the_newest(tab, address):
    tab.goto(f"{address}{OLD}/tanks.html#parades")
    banner = tab.locator(".edition-banner")
    banner.wait_for()
    assert banner.inner_text() == (
        f"This is edition {OLD}, as known on 30 September 2025. "
        f"This page in the newest edition, {NEW}."
    )
    banner.get_by_role("link").click()
    tab.wait_for_url(f"{address}{NEW}/tanks.html#parades")
    tab.locator(".edition-menu").wait_for()
    assert tab.locator(".edition-banner").count() == 0


def test_the_menu_of_editions_keeps_the_page(tab, address):
    tab.goto(f"{address}{NEW}/tanks.html")
    menu = tab.locator(".edition-menu")
    assert menu.locator("summary").inner_text() == f"Edition {NEW}"
    menu.locator("summary").press("Enter")
    told = menu.get_by_role("link").all_inner_texts()
    assert told == [
        f"{NEW} (newest), as known on 21 November 2026",
        f"{OLD}, as known on 30 September 2025",
        "All editions",
    ]
    assert menu.locator("[aria-current]").inner_text() == told[0]
    menu.get_by_role("link", name=told[1]).click()
    tab.wait_for_url(f"{address}{OLD}/tanks.html")
    tab.locator(".edition-menu summary").click()
    tab.get_by_role("link", name="All editions").click()
    tab.wait_for_url(f"{address}index.html")


def test_the_pages_with_banner_and_menu_have_no_serious_barrier_and_fit(tab, address):
    for page in (f"{OLD}/tanks.html", "index.html"):
        tab.goto(address + page)
        if page != "index.html":
            tab.locator(".edition-menu summary").click()
        found = Axe().run(tab, options={"resultTypes": ["violations"], "preload": False})
        serious = [v for v in found.response["violations"]
                   if v["impact"] in ("serious", "critical")]  # fmt: skip
        assert [(v["id"], v["nodes"][0]["target"]) for v in serious] == []
        for width in (1280, 390):
            tab.set_viewport_size({"width": width, "height": 900})
            wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
            assert tab.evaluate(wide) <= 0


def test_latest_leads_to_the_newest_and_keeps_the_place(tab, address):
    tab.goto(f"{address}latest/tanks.html?q=1#parades")
    tab.wait_for_url(f"{address}{NEW}/tanks.html?q=1#parades")


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}], indirect=True)
def test_latest_and_the_front_page_work_without_scripts(tab, address):
    tab.goto(f"{address}latest/tanks.html")
    tab.wait_for_url(f"{address}{NEW}/tanks.html")
    assert tab.locator("article h1").is_visible()
    tab.goto(f"{address}index.html")
    tab.get_by_role("link", name=f"Edition {OLD}").click()
    tab.wait_for_url(f"{address}{OLD}/index.html")


def test_a_page_that_the_newest_edition_has_not_leads_to_its_front_page(
    tab, released_desk, tmp_path
):
    made = tmp_path / "site"
    shutil.copytree(released_desk.site, made)
    script = made / "switcher.js"
    text = script.read_text()
    script.write_text(text.replace('   "tanks.html"', '   "planes.html"', 1))
    assert script.read_text() != text
    tab.goto(f"{made.as_uri()}/{OLD}/tanks.html#parades")
    banner = tab.locator(".edition-banner")
    banner.wait_for()
    assert banner.inner_text().endswith(f"The newest edition, {NEW}, has no such page.")
    place = f"{made.as_uri()}/{NEW}/index.html"
    assert banner.get_by_role("link").get_attribute("href") == place
    tab.locator(".edition-menu summary").click()
    link = tab.locator(".edition-menu a").first
    assert link.inner_text() == f"{NEW} (newest), as known on 21 November 2026 (its front page)"
    assert link.get_attribute("href") == place


@pytest.mark.parametrize("name", ["html", f"balkandefence-{NEW}"])
def test_a_book_that_does_not_stand_on_a_site_shows_and_asks_for_nothing(
    tab, released_desk, tmp_path, name
):
    """Such as a plain build and an unpacked archive."""
    desks.shutil.copytree(released_desk.book, tmp_path / name)
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{(tmp_path / name).as_uri()}/tanks.html")
    tab.wait_for_load_state("networkidle")
    assert tab.locator(".edition-banner, .edition-menu").count() == 0
    assert any(url.endswith("/tanks.html") for url in asked)
    assert [url for url in asked if "switcher" in url] == []
