"""Figures and tables get the numbers that Sphinx gives them, without the pages being read again."""

import datetime as dt
import os
import subprocess
import sys

import pytest

from balkandefence.book import compile

pytestmark = pytest.mark.xdist_group("desk")

PAGES = [f"part-{number}" for number in range(7)]
SETTINGS = """title: A
execute: {execute_notebooks: 'off'}
parse: {myst_enable_extensions: [colon_fence]}
sphinx:
  extra_extensions: [balkandefence.book.resolving, balkandefence.book.writing]
"""
PAGE = """# {page}

```{{figure}} dot.svg
:name: figure-{page}
A figure.
```

## Inside

:::{{note}}
```{{figure}} dot.svg
:name: figure-inside-{page}
One in a note.
```

```{{figure}} dot.svg
```
:::

```{{table}} A table.
:name: table-{page}

| a | b |
|---|---|
| 1 | 2 |
```

| none | said |
|---|---|
| of | it |

```{{code-block}} python
:caption: Code.
:name: code-{page}

pass
```

See {{exhibit}}`figure-inside-{other}`.
"""
#: Compiles, and prints how many numbers there are, whether Sphinx itself gives the same, how many
#: pages were read whole for them by us and by Sphinx, and what one page says.
PROGRAM = """import re, sys
from pathlib import Path
from sphinx.environment.collectors.toctree import TocTreeCollector
from balkandefence.book import incremental, resolving
staged, made, trees = map(Path, sys.argv[1:])
compiled = incremental.Compiled(staged, made, trees, 2)
found = compiled.update()
assert not found, found
env = compiled._sphinx.env
ours, kind, read = env.toc_fignumbers, type(env), []
whole = kind.get_doctree
kind.get_doctree = lambda env, name: read.append(name) or whole(env, name)
TocTreeCollector().assign_figure_numbers(env)
ours_read, read[:] = len(read), []
resolving._sphinx_numbers(TocTreeCollector(), env)
numbers = sum(len(found) for page in ours.values() for found in page.values())
shown = re.findall("std-numref[^>]*>([^<]*)<", (made / "part-0.html").read_text())
print(numbers, env.toc_fignumbers == ours, ours_read, len(read), *shown)
"""


@pytest.fixture
def staged(tmp_path):
    """A folder of pages with figures, tables and code, some without a caption."""
    folder = tmp_path / "staged"
    folder.mkdir()
    listed = "".join(f"  - file: {page}\n" for page in PAGES)
    (folder / "_config.yml").write_text(SETTINGS)
    (folder / "_toc.yml").write_text(
        f"format: jb-book\nroot: index\nparts:\n- numbered: true\n  chapters:\n{listed}"
    )
    (folder / "index.md").write_text("# Index\n\nWords.\n")
    (folder / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    for page in PAGES:
        (folder / f"{page}.md").write_text(PAGE.format(page=page, other=PAGES[-1]))
    return folder


@pytest.fixture
def told(staged, tmp_path):
    """Compile what is staged in a process of its own; return what it says of the numbers."""

    def compile_once():
        folders = [str(folder) for folder in (staged, tmp_path / "made", tmp_path / "trees")]
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, *folders],
            env={**os.environ, **compile.surroundings(dt.date(2026, 11, 21))},
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        return ran.stdout.strip() or ran.stderr

    return compile_once


def test_numbers_are_those_that_sphinx_gives_of_whole_pages(told):
    assert told() == "28 True 0 8 Fig. 7.2"


def test_numbers_follow_a_figure_that_is_added_and_a_page_that_is_gone(told, staged, tmp_path):
    told()
    page, order = staged / "part-6.md", staged / "_toc.yml"
    page.write_text(page.read_text().replace("## Inside", "```{figure} dot.svg\nOne.\n```"))
    (staged / "part-3.md").unlink()
    order.write_text(order.read_text().replace("  - file: part-3\n", ""))
    assert told() == "25 True 0 7 Fig. 6.3"
    for made in (tmp_path / "made").glob("*.html"):
        assert "part-3" not in made.read_text(), f"{made.name} still lists it"
