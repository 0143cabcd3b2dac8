"""Many pages are written by several processes at once, and come out as from one."""

import datetime as dt
import os
import subprocess
import sys

import desk as desks
import pytest

from balkandefence.book import compile, writing
from balkandefence.book.compile import CompileError
from balkandefence.book.workshop import Place

pytestmark = pytest.mark.xdist_group("desk")

DAY = dt.date(2026, 11, 21)
PAGES = [f"part-{number}" for number in range(12)]
SETTINGS = """title: A
execute: {execute_notebooks: 'off'}
sphinx:
  extra_extensions: [balkandefence.book.resolving, balkandefence.book.writing]
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'

#: Changes every page twice, compiles each time, and prints what the pages say at last.
TWICE = """import sys
from pathlib import Path
from balkandefence.book import incremental
staged, made, trees = map(Path, sys.argv[1:])
compiled = incremental.Compiled(staged, made, trees, 2)
pages = sorted(staged.glob("part-*.md"))
for said in ("never", "once", "twice"):
    for page in pages:
        page.write_text(f"# Part {page.stem[5:]}\\n\\nShown {said}.\\n")
    assert compiled.update() == []
for page in pages:
    text = (made / f"{page.stem}.html").read_text(encoding="utf-8")
    print(text.partition("Shown ")[2].partition(".")[0])
"""


@pytest.fixture
def staged(tmp_path):
    """A folder of pages of different lengths that link to each other."""
    folder = Place(tmp_path).staged
    folder.mkdir()
    listed = "".join(f"  - file: {page}\n" for page in PAGES)
    (folder / "_config.yml").write_text(SETTINGS)
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{listed}")
    (folder / "index.md").write_text("# Index\n\nSoldiers, and [the last](part-11.md).\n")
    for number, page in enumerate(PAGES):
        text = "Tanks were shown, [said the first](part-0.md).\n\n" * (number + 1)
        (folder / f"{page}.md").write_text(
            f"# Part {number}\n\n## Shown\n\n{text}![A dot](dot-{number}.svg)\n\n"
            f"```python\nword_{number} = {number}\n```\n"
        )
        (folder / f"dot-{number}.svg").write_text(DOT)
    return folder


def compiled(staged, monkeypatch, jobs):
    monkeypatch.setattr(compile, "JOBS", jobs)
    place = Place(staged.parent)
    compile.compile_book(place, DAY)
    found = desks.contents(place.made)
    place.forget()
    return found


def test_several_processes_write_the_bytes_of_one(staged, monkeypatch):
    alone = compiled(staged, monkeypatch, 1)
    dots = (f"_images/dot-{number}.svg" for number in range(len(PAGES)))
    assert {"index.html", "searchindex.js", *(f"{page}.html" for page in PAGES)} <= alone.keys()
    assert alone.keys() >= {*dots}
    for jobs in (2, 3):
        assert compiled(staged, monkeypatch, jobs) == alone


def test_a_broken_link_on_a_page_that_another_process_writes_is_told_once(staged, monkeypatch):
    monkeypatch.setattr(compile, "JOBS", 3)
    for page in PAGES:
        (staged / f"{page}.md").write_text(f"# {page}\n\n[There](#nowhere)\n")
    with pytest.raises(CompileError) as error:
        compile.compile_book(Place(staged.parent), DAY)
    told = [line.partition(":")[0] for line in error.value.complaints if "nowhere" in line]
    assert sorted(told) == sorted(f"{page}.md" for page in PAGES)


def test_every_page_is_dealt_out_once_the_longest_first():
    lengths = {page: 100 + 10 * number for number, page in enumerate(PAGES)}
    shares = writing._shares(lengths, 3)
    assert sorted(page for share in shares for page in share) == sorted(PAGES)
    assert [share[0] for share in shares] == PAGES[:-4:-1]
    taken = [sum(lengths[page] for page in share) for share in shares]
    assert max(taken) - min(taken) <= max(lengths.values())


def test_more_processes_than_pages_leave_some_without():
    assert writing._shares({"only": 5}, 3) == [["only"], [], []]


def test_every_page_that_changes_again_is_read_again_by_the_same_process(staged, tmp_path):
    """As when an author changes data twice while previewing: many pages show it."""
    ran = subprocess.run(
        [sys.executable, "-c", TWICE, str(staged), str(tmp_path / "made"), str(tmp_path / "trees")],
        env={**os.environ, **compile.surroundings(DAY), "PYTHONHASHSEED": "0"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.stdout == "twice\n" * len(PAGES)
