"""What is to be done: the pages in the order of _toc.yml, and a run for each notebook."""

import pytest

from balkandefence import editions
from balkandefence.book import plan
from balkandefence.book.plan import PlanError


def names():
    return [page.name for page in plan.pages(editions.load())]


def test_pages_come_in_the_order_of_the_contents_at_every_depth(bare_desk):
    for page in ("one", "two", "three"):
        bare_desk.write(f"chapters/{page}.md", f"# {page}\n")
    bare_desk.write(
        "_toc.yml",
        "format: jb-book\nroot: chapters/index\nparts:\n  - caption: First\n    chapters:\n"
        "      - file: chapters/three\n        sections:\n          - file: chapters/tanks\n"
        "  - caption: Second\n    chapters:\n      - file: chapters/one\n"
        "      - file: chapters/two\n",
    )
    assert names() == ["index", "three", "tanks", "one", "two"]


def test_only_notebooks_are_run(bare_desk):
    assert [job.page for job in plan.jobs(editions.load())] == ["tanks"]


def test_each_run_gets_the_editions_parameters(bare_desk):
    edition = editions.load(changes={"first_year": 2014})
    (job,) = plan.jobs(edition)
    assert job.parameters == edition.parameters
    assert job.notebook == bare_desk.root / "chapters" / "tanks.ipynb"


def test_every_page_without_a_file_is_named(bare_desk):
    bare_desk.list_pages("tanks", "guns", "ships")
    with pytest.raises(PlanError) as error:
        names()
    assert "chapters/guns: there is neither guns.ipynb nor guns.md" in str(error.value)
    assert "chapters/ships: there is neither" in str(error.value)


def test_a_page_that_is_listed_twice_is_refused(bare_desk):
    bare_desk.list_pages("tanks", "tanks")
    with pytest.raises(PlanError, match="chapters/tanks: is named twice"):
        names()


@pytest.mark.parametrize(
    ("content", "fault"),
    [("- a\n- b\n", "expected 'root:' and"), ("root: [", "_toc.yml: "), (None, "No such file")],
)
def test_contents_that_cannot_be_read_are_refused(bare_desk, content, fault):
    (bare_desk.root / "_toc.yml").unlink()
    if content is not None:
        bare_desk.write("_toc.yml", content)
    with pytest.raises(PlanError, match=fault):
        names()
