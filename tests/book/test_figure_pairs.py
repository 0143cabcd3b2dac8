"""Old and new figures stand side by side where both editions are, and read well elsewhere."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from balkandefence.book import changes, figure_pairs, pdf
from balkandefence.book.changes import Change
from balkandefence.book.figure_pairs import FIRST, Picture

ASSETS = Path(figure_pairs.__file__).with_name("assets")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200" width="300" height="200"/>'
ALT = "Bar chart of tanks by year, twelve in the first and seven in the last."


def changed(id, before="a", after="b"):
    return Change("figure", id, id, before, after, changes.NEW, "tanks: 2025", 0.0)


def a_record(edition, titles):
    return {"edition": edition, "figures": {id: {"title": title} for id, title in titles.items()}}


def section(titles, found=None):
    """Return the section for figures of which `titles` gives the title before and after."""
    before, after = (
        a_record(edition, {id: pair[i] for id, pair in titles.items() if pair[i]})
        for i, edition in enumerate(("2025.5.0", "2026.11.0"))
    )
    pictures = {id: Picture(ALT, [300, 200]) for id in titles}
    return figure_pairs.section(found or [changed(id) for id in titles], before, after, pictures)


def test_a_pair_has_both_titles_the_reason_and_this_editions_picture():
    text = section({"tanks/shown": ("Fewer tanks <roll>", "More tanks roll")})
    assert "<strong>2025.5.0</strong> Fewer tanks &lt;roll&gt;" in text
    assert 'href="tanks.html#figure-tanks-shown">More tanks roll</a>' in text
    assert f'<img src="figures/tanks/shown-narrow.svg" alt="{ALT}" width="300" height="200"' in text
    assert "New period or event. tanks: 2025" in text
    assert "\n\n" not in text[text.index('<div class="pair">') :]


def test_titles_that_differ_in_words_come_before_those_that_differ_in_numbers():
    text = section(
        {
            "a/number": ("12 tanks in 2024", "13 tanks in 2025"),
            "b/word": ("Serbia leads with 12", "Albania leads with 13"),
        }
    )
    assert text.index("Albania leads") < text.index("13 tanks")


def test_the_others_are_folded_by_chapter_in_the_order_of_the_book():
    firsts = {f"z/f{i}": ("Serbia leads", "Albania leads") for i in range(FIRST)}
    rest = {"b/x": ("1", "2"), "country-srb/y": ("1", "2"), "a/z": ("1", "2"), "b/w": ("1", "2")}
    text = section(firsts | rest)
    titles = [line for line in text.splitlines() if "{dropdown}" in line]
    assert titles == [
        "````{dropdown} B: 2 figures",
        "````{dropdown} Serbia: 1 figure",
        "````{dropdown} A: 1 figure",
    ]
    assert text.index("z/f7-narrow") < text.index(titles[0]) < text.index("b/x-narrow")


def test_figures_that_only_one_edition_has_or_that_no_page_shows_have_no_pair():
    added = changed("a/new", before="")
    assert section({"a/new": ("", "New")}, [added]) == ""
    assert section({}, [changed("a/gone")]) == ""


@pytest.fixture(scope="module")
def browser():
    try:
        program = pdf.browser()
    except pdf.PdfError as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def site(tmp_path):
    """Two editions beside each other, the later one also as the latest and as a plain build."""
    for edition in ("2025.5.0", "2026.11.0"):
        picture = tmp_path / edition / "figures" / "tanks" / "shown-narrow.svg"
        picture.parent.mkdir(parents=True)
        picture.write_text(SVG, encoding="utf-8")
    later = tmp_path / "2026.11.0"
    for name in ("book.js", "book.css"):
        shutil.copyfile(ASSETS / name, later / name)
    body = section({"tanks/shown": ("Fewer tanks roll", "More tanks roll")})
    page = (
        '<!DOCTYPE html><html data-theme="light"><link rel="stylesheet" href="book.css">'
        f'<script src="book.js"></script><article class="bd-article">{body}</article></html>'
    )
    (later / "changes.html").write_text(page, encoding="utf-8")
    for name in ("latest", "html"):
        shutil.copytree(later, tmp_path / name)
    return tmp_path


def look(browser, page, width=1280, scripts=True):
    """Return what a reader sees of the pair, and every complaint on the way."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    tab.on("requestfailed", lambda request: complaints.append(request.url))
    tab.goto(page.as_uri(), wait_until="load")
    if scripts:  # the picture is there, or is gone again
        image = "document.querySelector('.before img')"
        tab.wait_for_function(f"!{image} || {image}.naturalWidth > 0")
    boxes = [tab.locator(f".pair .{side}").bounding_box() for side in ("before", "after")]
    seen = {
        "earlier": tab.locator(".before img").count(),
        "text": tab.locator(".pair").inner_text(),
        "links": tab.locator(".before a").count(),
        "beside": boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"],
        "below": boxes[0]["y"] < boxes[1]["y"] and boxes[0]["x"] == boxes[1]["x"],
    }
    if seen["earlier"]:
        seen["alt"] = tab.locator(".before img").get_attribute("alt")
    context.close()
    return seen, complaints


@pytest.mark.parametrize("folder", ["2026.11.0", "latest"])
def test_on_the_site_the_earlier_picture_stands_beside_the_later(browser, site, folder):
    seen, complaints = look(browser, site / folder / "changes.html")
    assert seen["earlier"] == 1
    assert seen["beside"]
    assert seen["alt"] == "Figure of edition 2025.5.0: Fewer tanks roll"
    assert complaints == []


def test_on_a_narrow_screen_it_stands_above(browser, site):
    seen, _ = look(browser, site / "2026.11.0" / "changes.html", width=390)
    assert seen["below"]


def test_in_a_plain_build_its_title_stands_for_it_without_a_complaint(browser, site):
    seen, complaints = look(browser, site / "html" / "changes.html")
    assert (seen["earlier"], seen["links"], complaints) == (0, 0, [])
    assert "2025.5.0 Fewer tanks roll" in seen["text"]


def test_where_the_earlier_edition_has_no_such_picture_its_title_is_left(browser, site):
    shutil.rmtree(site / "2025.5.0")
    seen, _ = look(browser, site / "2026.11.0" / "changes.html")
    assert seen["earlier"] == 0
    assert "Fewer tanks roll" in seen["text"]


def test_without_scripts_there_is_a_link_to_the_earlier_picture(browser, site):
    seen, complaints = look(browser, site / "2026.11.0" / "changes.html", scripts=False)
    assert (seen["earlier"], seen["links"], complaints) == (0, 1, [])
