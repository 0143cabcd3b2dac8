"""Pages compile without a single warning, or not at all."""

import datetime as dt

import pytest

from balkandefence.book import compile
from balkandefence.book.compile import CompileError
from balkandefence.book.workshop import Place

pytestmark = pytest.mark.xdist_group("desk")

DAY = dt.date(2026, 11, 21)


@pytest.fixture
def staged(tmp_path):
    """A folder of two plain pages, as staging would leave them."""
    folder = Place(tmp_path).staged
    folder.mkdir()
    (folder / "_config.yml").write_text("title: A\nexecute: {execute_notebooks: 'off'}\n")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: other}]\n")
    (folder / "index.md").write_text("# Index\n\nText.\n")
    (folder / "other.md").write_text("# Other\n\nText.\n")
    return folder


def test_sound_pages_become_a_folder_of_pages(staged):
    place = Place(staged.parent)
    compile.compile_book(place, DAY)
    made = place.made
    assert (made / "index.html").is_file()
    assert "Other" in (made / "other.html").read_text(encoding="utf-8")


def test_everything_unresolved_is_told_with_page_line_and_name(staged):
    (staged / "index.md").write_text(
        "# Index\n\n[There](#nowhere) and {ref}`neither`.\n\n```{no-such-directive}\n```\n"
    )
    (staged / "other.md").write_text("# Other\n\n[Away](missing.md)\n")
    with pytest.raises(CompileError) as error:
        compile.compile_book(Place(staged.parent), DAY)
    said = "\n".join(error.value.complaints)
    for page, name in (
        ("index.md:3", "nowhere"),
        ("index.md:3", "neither"),
        ("index.md:5", "no-such-directive"),
        ("other.md:3", "missing.md"),
    ):
        assert any(line.startswith(page) and name in line for line in said.splitlines()), said
    assert str(staged) not in said
    assert "\x1b" not in said


def test_where_there_is_no_marked_complaint_the_last_lines_are_told(staged):
    (staged / "_config.yml").write_text("title: [\n")
    with pytest.raises(CompileError) as error:
        compile.compile_book(Place(staged.parent), DAY)
    assert 1 <= len(error.value.complaints) <= 12
    assert str(error.value).startswith("Jupyter Book refused the pages:\n  ")
