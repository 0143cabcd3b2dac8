"""An author edits and looks: the open page follows every save, and says what is wrong."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys

import desk as desks
import pytest
from playwright.sync_api import expect, sync_playwright

from balkandefence.book import pdf, preview, serving

pytestmark = [pytest.mark.xdist_group("preview"), pytest.mark.long]

#: Milliseconds that the browser waits for what must come.
PATIENCE = 120_000
#: Long enough that the page of the one chapter scrolls.
FILLING = "\n\n".join(f"## Part {word}\n\n" + "Nothing more to say.\n" * 12 for word in "abcdefgh")


NATIONS = '''"""A measure of the chapter that reads another table."""

from balkandefence.provenance import measure, quantity


@measure
def count(countries):
    """Return how many countries there are."""
    return quantity(float(len(countries)), countries)
'''


NAP = """import os, time
from pathlib import Path

Path(os.environ["BALKANDEFENCE_ROOT"], "napping").touch()
time.sleep(600)"""


class Running:
    """A preview in a process of its own, with what it says on its terminal."""

    def __init__(self, desk, log):
        self.desk, self.log = desk, log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "balkandefence", "preview", "--port", "0"],
                cwd=desk.root,
                env={**os.environ, **desk.environment(), "PYTHONUNBUFFERED": "1"},
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        desks.wait_for(lambda: "Ctrl-C ends" in self.said, "the preview's address")
        self.address = re.search(r"http://127\.0\.0\.1:\d+/", self.said)[0]

    @property
    def said(self):
        return self.log.read_text("utf-8")

    def rebuilds(self):
        return len(re.findall(r" in [\d.]+ s\.| (?:state|yet) \([\d.]+ s\)\.", self.said))

    def wait_for_rebuild(self, after=0):
        desks.wait_for(
            lambda: self.rebuilds() > after or self.process.poll() is not None, "a rebuild"
        )
        assert self.process.poll() is None, self.said

    def end(self, number=signal.SIGINT):
        """End it as Ctrl-C does, and return its exit code."""
        os.killpg(self.process.pid, number)
        return self.process.wait(60)


@contextlib.contextmanager
def previewing(desk, log):
    running = Running(desk, log)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()
        desks.wait_for(lambda: not desks.processes_at(desk.root), "its processes to end")


def write(desk, prose="", total=desks.TOTAL):
    """Write the chapter with a sentence of its own, and with enough below to scroll."""
    opening, *rest = desks.tanks()
    cells = [total if cell.id == "total" else cell for cell in rest]
    said = desks.text("said", f"{prose}\n\n{FILLING}")
    desk.write_notebook("tanks", [opening, *cells, said, desks.text("closing", "The end.")])


@pytest.fixture(scope="module")
def desk(finished_desk, tmp_path_factory):
    root = tmp_path_factory.mktemp("preview") / "desk"
    shutil.copytree(finished_desk.root, root)
    made = desks.Desk(root)
    setup = desks.SETUP.replace('\nrows = edition.load("parades")', "")
    setup = setup.replace("parades as desk", "nations")
    counted = 'nations.count(edition.load("countries"))'
    made.write("nations.py", NATIONS)
    quiet = desks.code(
        "count", f'publishing.number("count", {counted}, unit="countries", what="countries known")'
    )
    opening = [desks.text("opening", "# Quiet"), desks.parameters(), desks.code("setup", setup)]
    made.write_notebook("quiet", [*opening, quiet])
    made.list_pages("tanks", "quiet")
    write(made)
    return made


@pytest.fixture(scope="module")
def running(desk, tmp_path_factory):
    with previewing(desk, tmp_path_factory.mktemp("log") / "log.txt") as made:
        made.wait_for_rebuild()
        assert "rebuilt" in made.said, made.said
        yield made


@pytest.fixture(scope="module")
def tab(running):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=pdf.browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 700})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(f"{running.address}tanks.html")
        page.wait_for_load_state("load")
        yield page
        browser.close()


@pytest.fixture
def good(desk, running, tab):
    """Begin from the page as it is when nothing is wrong."""
    yield
    before = running.rebuilds()
    write(desk, "Back to the start.")
    running.wait_for_rebuild(before)
    expect(tab.locator("main")).to_contain_text("Back to the start.")


def alert(tab):
    return tab.locator("#preview [role=alert]")


def test_the_first_preview_is_the_built_book(tab, running):
    assert "builds it first" in running.said
    assert "7 tanks" in tab.inner_text("main")
    expect(alert(tab)).to_be_hidden()


def test_an_edited_sentence_appears_by_itself_where_the_reader_was(desk, tab, running, good):
    tab.evaluate("document.getElementById('part-f').scrollIntoView({behavior: 'instant'})")
    tab.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
    place = "Math.round(document.getElementById('part-f').getBoundingClientRect().top)"
    tab.wait_for_timeout(200)
    top, before = tab.evaluate(place), running.said.count("runs:")
    assert tab.evaluate("scrollY") > 200
    write(desk, "A new sentence, and then much more of it.\n\n" + "More.\n\n" * 9)
    expect(tab.locator("main")).to_contain_text("A new sentence")
    tab.wait_for_load_state("load")
    desks.wait_for(lambda: abs(tab.evaluate(place) - top) <= 2, "the place to be kept")
    assert tab.evaluate("document.querySelector('main details').open")
    assert running.said.count("runs:") == before, "prose runs no notebook"


def test_a_failing_cell_is_told_over_the_good_page_until_it_is_mended(desk, tab, running, good):
    broken = desks.code("total", "nothing = 1\nnothing.here(rows)")
    write(desk, "Not to be seen yet.", total=broken)
    panel = alert(tab)
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("tanks: cell 'total' failed")
    expect(panel).to_contain_text("chapters/tanks.ipynb, line 2")
    expect(panel).to_contain_text("> ")
    expect(panel).to_contain_text("nothing.here(rows)")
    expect(panel).to_contain_text("AttributeError")
    assert "tanks: cell 'total' failed" in running.said
    assert "7 tanks" in tab.inner_text("main")
    assert "Not to be seen yet." not in tab.inner_text("main")
    tab.reload()
    expect(panel).to_be_visible()
    assert "7 tanks" in tab.inner_text("main")
    panel.get_by_role("button", name="Hide").click()
    expect(panel.get_by_text("AttributeError")).to_be_hidden()
    write(desk, "Mended.")
    expect(tab.locator("main")).to_contain_text("Mended.")
    expect(panel).to_be_hidden()
    desks.wait_for(lambda: "All is well again." in running.said, "the good news")


def test_what_checks_and_the_compiler_refuse_is_told_too(desk, tab, running, good):
    write(desk, "There were 9 of them.")
    expect(alert(tab)).to_contain_text("chapters/tanks.ipynb cell 'said' line 1: '9' is typed")
    write(desk, "See [this](#nowhere).")
    expect(alert(tab)).to_contain_text("tanks.md")
    expect(alert(tab)).to_contain_text("nowhere")
    desk.write("chapters/index.md", desks.PAGES["index"] + "\nAnother page is edited.\n")
    desks.wait_for(lambda: running.said.count("'nowhere'") >= 2, "the complaint to be repeated")
    expect(alert(tab)).to_contain_text("nowhere")
    write(desk, "Mended.")
    expect(alert(tab)).to_be_hidden()


def test_a_newer_change_overtakes_notebooks_that_still_run(desk, tab, running, good):
    napping = desk.root / "napping"
    napping.unlink(missing_ok=True)
    write(desk, "Overtaken soon.", total=desks.code("total", NAP))
    desks.wait_for(napping.exists, "the kernel")
    desk.write("chapters/index.md", desks.PAGES["index"] + "\nText does not overtake them.\n")
    tab.wait_for_timeout(1500)
    assert "given up" not in running.said
    write(desk, "Overtaken.")
    expect(tab.locator("main")).to_contain_text("Overtaken.")
    assert running.said.count("given up for a newer change") == 1
    expect(alert(tab)).to_be_hidden()


def test_a_row_runs_only_the_chapter_that_reads_it(desk, tab, running, good):
    before = len(running.said)
    rows = (desk.root / "data" / "parades.csv").read_text("utf-8")
    desk.write("data/parades.csv", rows.replace("2023,7,", "2023,8,"))
    expect(tab.locator("main")).to_contain_text("8 tanks")
    desks.wait_for(lambda: "rebuilt" in running.said[before:], "its end")
    said = running.said[before:]
    assert "changed: data/parades.csv" in said
    assert "tanks runs: rows of parades as known on" in said
    assert "quiet" not in re.sub(r"rebuilt.*", "", said)
    before = len(running.said)
    desk.write("data/parades.csv", rows)
    expect(tab.locator("main")).to_contain_text("7 tanks")
    desks.wait_for(lambda: "rebuilt" in running.said[before:], "its end")
    assert "runs:" not in running.said[before:], "the run of before is taken from the store"


def test_a_new_title_reaches_the_contents_of_every_page(desk, tab, running):
    tab.goto(f"{running.address}index.html")
    renamed = [desks.text("opening", "# Armour"), *desks.tanks()[1:]]
    desk.write_notebook("tanks", renamed)
    expect(tab.locator("nav.bd-links").first).to_contain_text("Armour")
    write(desk)
    expect(tab.locator("nav.bd-links").first).to_contain_text("Tanks")
    tab.goto(f"{running.address}tanks.html")


def test_what_is_served_differs_from_the_file_by_the_script_alone(desk, running, tab):
    folder = desk.root / "_build" / "preview" / "2026.11.0" / "site"
    served = tab.request.get(f"{running.address}tanks.html").text()
    script = re.search(r'<script src="/\.preview/preview\.js"[^>]*></script>', served)[0]
    written = (folder / "tanks.html").read_text("utf-8")
    assert served.replace(script, "") == written
    assert ".preview" not in written


def test_a_changed_style_is_put_on_without_a_reload(tab, running, tmp_path):
    (tmp_path / "book.css").write_text("body { background: rgb(1, 2, 3) }")
    page = '<link rel="stylesheet" href="book.css?v=1"><body>Here</body>'
    (tmp_path / "index.html").write_text(page)
    news = serving.News()
    with serving.Server(tmp_path, 0, news) as server:
        tab.goto(server.address)
        background = "getComputedStyle(document.body).backgroundColor"
        assert tab.evaluate(background) == "rgb(1, 2, 3)"
        tab.evaluate("window.mark = 1")
        (tmp_path / "book.css").write_text("body { background: rgb(3, 2, 1) }")
        news.tell(changed=["book.css", "other.html"])
        expect(tab.locator("body")).to_have_css("background-color", "rgb(3, 2, 1)")
        assert tab.evaluate("window.mark") == 1
        news.tell(changed=["index.html"])
        tab.wait_for_function("window.mark === undefined")
    tab.goto(f"{running.address}tanks.html")


def test_a_second_preview_of_the_same_book_is_refused_with_the_firsts_address(desk, running):
    ran = desk.run("preview", "--port", "0")
    assert ran.code == 1
    assert f"this preview already runs at {running.address}" in ran.err


def test_an_unknown_edition_is_refused_before_anything_is_served(desk):
    ran = desk.run("preview", "--edition", "1999.1.0")
    assert ran.code == 1
    assert "1999.1.0" in ran.err


def test_it_ends_at_once_and_leaves_no_process(finished_desk, tmp_path):
    shutil.copytree(finished_desk.root, tmp_path / "desk")
    desk = desks.Desk(tmp_path / "desk")
    nap = desks.code("nap", NAP)
    with previewing(desk, tmp_path / "first.txt") as idle:
        idle.wait_for_rebuild()
        assert idle.end(signal.SIGINT) == 0
        assert "the preview has ended" in idle.said
    desk.write_notebook("tanks", [*desks.tanks(), nap])
    with previewing(desk, tmp_path / "second.txt") as busy:
        assert "shows the last preview" in busy.said
        desks.wait_for((desk.root / "napping").exists, "the kernel")
        assert busy.end(signal.SIGTERM) == 0
    assert not (desk.root / "_build" / "preview" / "2026.11.0" / "address.json").exists()


def test_styles_prose_and_data_keep_the_process_and_all_else_takes_a_fresh_one(bare_desk):
    assert preview.keeps(preview.package() / "book" / "assets" / "book.css")
    kept = ("chapters/a.ipynb", "chapters/b.md", "data/a.csv", "data/a.yml", "references.bib")
    assert all(preview.keeps(bare_desk.root / name) for name in kept)
    others = ("chapters/digits.yml", "editions/2026.11.0.yml", "_toc.yml", "_config.yml")
    assert not any(preview.keeps(bare_desk.root / name) for name in others)
    assert not preview.keeps(preview.package() / "charts" / "spending.py")


def test_notebooks_that_run_are_overtaken_by_what_could_change_them_alone(bare_desk):
    for name in ("chapters/tanks.ipynb", "data/parades.csv", "references.bib", "_toc.yml", "a.py"):
        assert preview.overtakes(bare_desk.root / name)
    assert not preview.overtakes(bare_desk.root / "chapters" / "index.md")
    assert not preview.overtakes(preview.package() / "book" / "assets" / "book.css")


def test_a_preview_of_chosen_parameters_has_a_place_of_its_own(bare_desk):
    plain = preview.Chosen("2026.11.0", [], 1).folder
    chosen = preview.Chosen("2026.11.0", ["last_year=2020"], 1).folder
    assert plain.name == "2026.11.0"
    assert chosen.name.startswith("2026.11.0-")
