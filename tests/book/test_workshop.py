"""A build goes on from the pages of the last one, and its book is that of a build from nothing."""

import datetime as dt
import shutil

import desk as desks
import pytest

from balkandefence import paths
from balkandefence.book import workshop
from balkandefence.book.workshop import Place

pytestmark = pytest.mark.xdist_group("desk")

DAY = dt.date(2026, 11, 21)
STAGED = {
    "_config.yml": "title: A",
    "_toc.yml": "root: index",
    "index.md": "# Index",
    "other.md": "# Other",
    "exhibits/other.json": "{}",
    "_static/book.css": "p {}",
}
MADE = {"index.html": "index", "other.html": "other"}
TREES = {"index.doctree": "index", "other.doctree": "other", "environment.pickle": "all"}


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def held(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def sealed(root):
    """The kept place after a build that came to its end."""
    with workshop.kept(root / "private", DAY) as place:
        for folder, files in ((place.staged, STAGED), (place.made, MADE), (place.trees, TREES)):
            write(folder, files)
    assert place.folder == paths.build() / "pages"
    return place


@pytest.fixture
def stage(tmp_path):
    """Stage what was staged before, with changes, in a folder of its own."""

    def staged(**changes):
        folder = tmp_path / "new"
        files = {**STAGED, **{name.replace("__", "."): text for name, text in changes.items()}}
        write(folder, {name: text for name, text in files.items() if text is not None})
        return folder

    return staged


def test_what_a_finished_build_left_is_there_for_the_next_one(sealed, root):
    with workshop.kept(root / "private", DAY) as place:
        assert held(place.made) == MADE
        assert held(place.trees) == TREES
    assert not (root / "private").exists()


def test_what_a_build_left_that_did_not_come_to_its_end_is_not_used(sealed, root):
    with pytest.raises(KeyboardInterrupt), workshop.kept(root / "private", DAY):
        raise KeyboardInterrupt
    with workshop.kept(root / "private", DAY) as place:
        assert not place.made.exists()
        assert not place.trees.exists()
        assert not place.staged.exists()


def test_what_a_build_of_another_day_left_is_not_used(sealed, root):
    with workshop.kept(root / "private", DAY - dt.timedelta(1)) as place:
        assert not place.made.exists()
        assert not place.trees.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda place: (place.made / "other.html").write_text("otter"),
        lambda place: (place.made / "other.html").unlink(),
        lambda place: write(place.made, {"more.html": "more"}),
        lambda place: (place.trees / "other.doctree").write_text(""),
        lambda place: (place.trees / "environment.pickle").unlink(),
        lambda place: (place.staged / "other.md").unlink(),
        lambda place: (place.folder / "seal.json").write_text("{"),
        lambda place: (place.folder / "seal.json").write_text("{}"),
    ],
    ids=["page", "page gone", "page more", "tree", "environment", "staged", "seal", "no seal"],
)
def test_what_was_damaged_is_not_used(sealed, root, damage):
    damage(sealed)
    with workshop.kept(root / "private", DAY) as place:
        assert not place.made.exists()
        assert not place.trees.exists()


def test_while_one_build_has_the_place_another_makes_do_with_its_own(sealed, root):
    with workshop.kept(root / "one", DAY), workshop.kept(root / "two", DAY) as other:
        assert other == Place(root / "two")
    assert held(sealed.made) == MADE


def test_where_files_cannot_be_locked_nothing_is_kept(root, monkeypatch):
    monkeypatch.setitem(desks.sys.modules, "fcntl", None)
    with workshop.kept(root / "private", DAY) as place:
        assert place == Place(root / "private")


def test_what_is_staged_anew_is_taken_over_and_only_what_changed_is_touched(sealed, stage):
    before = {path: path.stat().st_mtime_ns for path in sealed.staged.rglob("*.*")}
    new = stage(other__md="# Others")
    expected = held(new)
    sealed.take_over(new)
    assert held(sealed.staged) == expected
    touched = {path.name for path, at in before.items() if path.stat().st_mtime_ns != at}
    assert touched == {"other.md"}
    assert held(sealed.made) == MADE
    assert set(held(sealed.trees)) == {"index.doctree", "environment.pickle"}


def test_a_page_whose_figure_or_table_changed_is_read_anew(sealed, stage):
    sealed.take_over(stage(**{"exhibits/other.json": '{"a": 1}'}))
    assert "other.doctree" not in held(sealed.trees)
    assert "index.doctree" in held(sealed.trees)


@pytest.mark.parametrize(
    "change",
    [{"more__md": "# More"}, {"other__md": None}, {"_config__yml": "title: B"},
     {"_toc__yml": "root: other"}, {"_static/book__css": "p {color: red}"}],
    ids=["a page more", "a page gone", "settings", "order", "style"],
)  # fmt: skip
def test_what_shows_on_every_page_has_all_compiled_from_nothing(sealed, stage, change):
    new = stage(**change)
    expected = held(new)
    sealed.take_over(new)
    assert held(sealed.staged) == expected
    assert not sealed.made.exists()
    assert not sealed.trees.exists()


def from_nothing(desk):
    """Return the desk's book as it is when its pages are compiled from nothing."""
    shutil.rmtree(desk.root / "_build" / "pages")
    book = desk.root / "_build" / "again"
    ran = desk.run("build", "--out", str(book))
    assert ran.code == 0, ran.err
    return desks.contents(book)


def change_rows(desk):
    rows = (desk.root / "data/parades.csv").read_text(encoding="utf-8")
    desk.write("data/parades.csv", rows.replace("2023,7", "2023,8"))


def change_title(desk):
    cells = desks.tanks()
    cells[0].source = "# Other tanks"
    desk.write_notebook("tanks", cells)


def change_sentence(desk):
    desk.write("chapters/index.md", "# A small book\n\nOdd vocabulary {num}`tanks/total`.\n")


def change_source_that_a_page_cites(desk):
    references = (desk.root / "references.bib").read_text(encoding="utf-8")
    desk.write("references.bib", references.replace("Natural Earth", "Earth, as it is"))


@pytest.mark.parametrize(
    "change",
    [change_rows, change_title, change_sentence, change_source_that_a_page_cites],
)
def test_a_book_made_from_the_last_pages_is_that_made_from_nothing(desk, change):
    before = desks.contents(desk.book)
    change(desk)
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    made = desks.contents(desk.book)
    assert made != before
    assert made == from_nothing(desk)
