"""The whole book is built from a copy of the repository, and comes out the same each time."""

import json

import desk as desks
import nbformat
import pytest
from copies import build_copy, copy_checkout, share_runs

from balkandefence import editions, sources, tables
from balkandefence.book import leaks, plan, stage
from balkandefence.editions import CURRENT

#: Every parameter takes another value than the current edition's in one of them; a build of
#: the whole book is dear, so each alternative makes several choices.
ALTERNATIVES = {
    "an earlier day in current prices": {
        "as_of": "2025-09-30",
        "last_year": "2024",
        "price_basis": "current",
    },
    "two countries from a later year": {
        "countries": "[XKX, ALB]",
        "highlight": "ALB",
        "comparators": "[HRV]",
        "first_year": "2014",
    },
}
#: The edition that knows less than the current one.
EARLIER = "2025.9.0"


def page_names(*choices):
    edition = editions.load(changes=editions.overrides(choices))
    return [page.name for page in plan.pages(edition)]


@pytest.mark.xdist_group("book")
def test_a_copy_of_the_repository_builds_the_book(real_book):
    assert f"Edition {CURRENT}: " in real_book.ran.stdout
    assert f"Open {real_book.folder / 'index.html'}" in real_book.ran.stdout
    assert (real_book.folder / "index.html").is_file()


@pytest.mark.xdist_group("book")
def test_every_page_of_the_contents_is_a_page_of_the_book(real_book):
    assert len(page_names()) > 1
    for name in page_names():
        assert (real_book.folder / f"{name}.html").is_file()


@pytest.mark.xdist_group("book")
def test_nothing_but_the_book_and_the_kept_runs_stays_behind(real_book):
    left = {path.name for path in (real_book.root / "_build").iterdir()}
    assert left <= {"html", *desks.KEPT}
    assert "html" in left
    assert not list(real_book.folder.rglob(".buildinfo"))


@pytest.mark.xdist_group("book")
def test_no_page_names_the_folder_or_the_machine_that_it_was_made_on(real_book):
    hidden = str(real_book.root).encode()
    files = [path for path in real_book.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if hidden in path.read_bytes()] == []


@pytest.mark.xdist_group("book")
def test_every_download_on_offer_is_described(real_book):
    package = json.loads((real_book.folder / "data" / "datapackage.json").read_text("utf-8"))
    offered = {path.name for path in (real_book.folder / "data").glob("*")}
    described = {resource["path"] for resource in package["resources"]}
    sidecars = {f"{resource['name']}.yml" for resource in package["resources"]}
    assert offered == described | sidecars | {"datapackage.json"}


@pytest.mark.xdist_group("again")  # beside the browser, which looks at the first book meanwhile
def test_another_folder_time_zone_language_and_hash_seed_give_the_same_bytes(
    real_book, tmp_path_factory
):
    """The second is run from nothing, while the first may rest on runs that were kept."""
    deep = tmp_path_factory.mktemp("again") / "much" / "deeper" / "in a folder"
    deep.mkdir(parents=True)
    root = copy_checkout(deep / "copy")
    ran = build_copy(
        root, "--jobs", "3", TZ="Pacific/Auckland", LC_ALL="C", LANG="C", PYTHONHASHSEED="4711"
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    first = desks.contents(real_book.folder)
    again = desks.contents(root / "_build" / "html")
    assert again.keys() == first.keys()
    assert [name for name in first if again[name] != first[name]] == []


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A copy of the repository in which other editions are built."""
    return share_runs(copy_checkout(tmp_path_factory.mktemp("alternatives") / "copy"))


def test_the_alternatives_change_every_parameter():
    changed = {name for choices in ALTERNATIVES.values() for name in choices}
    assert changed == editions.defaults().keys()


@pytest.mark.long
@pytest.mark.xdist_group("editions")
@pytest.mark.parametrize("choices", ALTERNATIVES.values(), ids=ALTERNATIVES.keys())
def test_an_alternative_edition_builds(elsewhere, choices):
    given = [f"{name}={value}" for name, value in choices.items()]
    ran = build_copy(elsewhere, *(part for choice in given for part in ("--param", choice)))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"Edition {CURRENT} (changed)" in ran.stdout
    made = {path.stem for path in (elsewhere / "_build" / "html").glob("*.html")}
    assert set(page_names(*given)) <= made


@pytest.mark.long
@pytest.mark.xdist_group("editions")
def test_nothing_in_an_earlier_edition_was_known_only_later(elsewhere, monkeypatch):
    """The real chapters, run for that edition: numbers' rows, frames, tables, dates of sources."""
    ran = build_copy(elsewhere, "--edition", EARLIER)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    out = elsewhere / "_build" / "html"
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(elsewhere))
    edition = editions.load(EARLIER)
    names = [page.name for page in plan.pages(edition) if page.is_notebook]
    chapters = {}
    for name in names:
        notebook = nbformat.read(out / "notebooks" / f"{name}.ipynb", as_version=4)
        chapters[name] = stage.read(name, notebook)
    assert sum(len(chapter.numbers) for chapter in chapters.values()) > 50
    assert leaks.find(chapters, {}, edition.as_of) == []
    there = {True: set(), False: set()}
    for key, reference in sources.load().items():
        there[tables.asof.appeared(key, edition.as_of)].add(reference.url)
    later = there[False] - there[True]
    assert later, "the check below would find nothing"
    for page in (*names, "index"):
        shown = (out / f"{page}.html").read_text(encoding="utf-8")
        assert [url for url in later if f'href="{url}"' in shown] == [], page
