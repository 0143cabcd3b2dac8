"""Only the form is put right, never the meaning; what is tidy stays byte for byte as it is."""

import csv
import io
import json
import re

import desk as desks
import nbformat
import pytest
from markdown_it import MarkdownIt

from balkandefence.book import checks, tidy

SHOWN = {"output_type": "stream", "name": "stdout", "text": "hello\n"}


def rendered(text):
    """Return Markdown as HTML, in which a line's end is a space like any other."""
    return re.sub(r"\s+", " ", MarkdownIt("commonmark").enable("table").render(text))


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


@pytest.fixture
def crowded(bare_desk):
    """A desk whose notebook, page and table are right in substance and wrong in form."""
    one = desks.text("a1b2c3d4", "## Who parades\n\nSome came. Others did not.  \n\n- A. b.\n")
    two = desks.code("X10sZmlsZQ", 'publishing.word("leader", desk.who(rows), what="x")  \n')
    two.outputs, two.execution_count = [nbformat.from_dict(SHOWN)], 7
    bare_desk.write_notebook("tanks", desks.chapter(*desks.tanks()[3:], one, two))
    bare_desk.write("chapters/index.md", "# Small\r\n\r\nOne came. Then {num}`tanks/total`.  ")
    rows = (bare_desk.root / "data/parades.csv").read_text(encoding="utf-8").splitlines()
    quoted = [",".join(f'"{cell}"' for cell in row.split(",")) for row in reversed(rows[1:])]
    bare_desk.write("data/parades.csv", "\r\n".join([rows[0], *quoted]))
    return bare_desk


def test_the_real_sources_are_tidy(repository, monkeypatch):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(repository))
    assert len(list(tidy._sources())) > 30
    assert tidy.untidy() == []


def test_all_that_is_mechanical_is_put_right_and_told(crowded):
    done = {found.file: found.done for found in tidy.fix()}
    assert done == {
        "chapters/tanks.ipynb": [
            "outputs of 1 cell cleared",
            "cell 'a1b2c3d4': 1 sentence put on lines of their own",
            "cell 'a1b2c3d4': white space removed from the end of 1 line",
            "cell 'a1b2c3d4' named 'who-parades'",
            "cell 'X10sZmlsZQ' named 'leader'",
        ],
        "chapters/index.md": [
            "1 sentence put on lines of their own",
            "white space removed from the end of 1 line",
        ],
        "data/parades.csv": ["rows put in the order of year"],
    }
    assert checks.check() == []


def test_what_was_put_right_says_what_it_said_before(crowded):
    before = {p: p.read_bytes() for p in crowded.root.rglob("*.*") if p.is_file()}
    tidy.fix()
    page = crowded.root / "chapters/index.md"
    assert page.read_text(encoding="utf-8") == "# Small\n\nOne came.\nThen {num}`tanks/total`.\n"
    old, new = (list(csv.DictReader(io.StringIO(text))) for text in (
        before[crowded.root / "data/parades.csv"].decode(),
        (crowded.root / "data/parades.csv").read_text(encoding="utf-8"),
    ))  # fmt: skip
    assert old == new[::-1]
    named, code = cells(crowded.root / "chapters/tanks.ipynb")[-2:]
    assert "".join(named["source"]) == "## Who parades\n\nSome came.\nOthers did not.\n\n- A. b."
    assert code["source"] == ['publishing.word("leader", desk.who(rows), what="x")']
    assert (code["outputs"], code["execution_count"]) == ([], None)
    changed = {p.name for p, content in before.items() if p.read_bytes() != content}
    assert changed == {"tanks.ipynb", "index.md", "parades.csv"}


def test_a_second_time_there_is_nothing_left_to_do(crowded):
    assert tidy.fix()
    assert tidy.fix() == []


def test_the_command_line_says_what_it_put_right_and_then_checks(crowded):
    ran = crowded.run("check", "--fix")
    assert ran.code == 0
    assert "fixed data/parades.csv: rows put in the order of year" in ran.out
    assert ran.out.endswith("all is well\n")


def test_check_alone_names_a_file_of_which_only_the_form_is_wrong_and_leaves_it(crowded):
    before = (crowded.root / "data/parades.csv").read_bytes()
    tidy.fix()
    rows = (crowded.root / "data/parades.csv").read_text(encoding="utf-8").splitlines()
    crowded.write("data/parades.csv", "\n".join([rows[0], rows[2], rows[1], rows[3]]) + "\n")
    (found,) = map(str, checks.check())
    assert found.startswith("data/parades.csv:2: only the form is wrong (rows put in the order")
    assert (crowded.root / "data/parades.csv").read_bytes() != before


def test_real_chapters_that_were_run_and_crowded_are_restored(repository):
    restored = 0
    for path in sorted((repository / "chapters").glob("*.ipynb")):
        whole = path.read_text(encoding="utf-8")
        content = json.loads(whole)
        for number, cell in enumerate(content["cells"]):
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [SHOWN], number
                continue
            source = "".join(cell["source"])
            joined = re.sub(r"([a-z][.])\n(?=[A-Z])", r"\1 ", source)
            restored += joined != source
            cell["source"] = joined
        mangled = json.dumps(content, sort_keys=False)
        assert tidy.notebook(mangled)[0] == whole, path.name
    assert restored > 20


def test_real_pages_that_were_crowded_are_restored(repository):
    for path in sorted((repository / "chapters").glob("*.md")):
        whole = path.read_text(encoding="utf-8")
        joined = re.sub(r"([a-z][.])\n(?=[A-Z])", r"\1 ", whole).replace("\n", "\r\n")
        assert tidy.page(joined)[0] == whole, path.name


@pytest.mark.parametrize("name", ["incidents.csv", "treaties.csv", "arms_deals.csv"])
def test_real_tables_that_a_spreadsheet_saved_are_restored(repository, monkeypatch, name):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(repository))
    path = repository / "data" / name
    whole = path.read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(whole, newline="")))
    saved = io.StringIO()
    csv.writer(saved, quoting=csv.QUOTE_ALL).writerows([rows[0], *rows[:0:-1]])
    assert tidy._of_table(path.stem)("\ufeff" + saved.getvalue())[0] == whole


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("One came. Then two came.", ["One came.", "Then two came."]),
        ("So it is {footcite}`key`. Then not.", ["So it is {footcite}`key`.", "Then not."]),
        ("- One came. Then two.", ["- One came.", "  Then two."]),
        ("  * One came? Yes.", ["  * One came?", "    Yes."]),
        ("12. One came! Then two.", ["12. One came!", "    Then two."]),
        ("> One came. Then two.", ["> One came.", "> Then two."]),
        ("[^a]: One came. Then two.", ["[^a]: One came.", "    Then two."]),
        ("**It grew.** Then not.", ["**It grew.**", "Then not."]),
        ('He said "yes." Then he left.', ['He said "yes."', "Then he left."]),
    ],
)
def test_each_sentence_gets_a_line_that_still_belongs_to_its_paragraph(line, lines):
    made, done = tidy.markdown(line)
    assert made.split("\n") == lines
    assert done == ["1 sentence put on lines of their own"]
    assert rendered(made) == rendered(line)


@pytest.mark.parametrize(
    "text",
    [
        "Some, e.g. Serbia, cf. Albania, no. Two, St. Sava, Dr. No and Gen. Bo.",
        "It costs 2.5 Billion, see [a. B](page.md#a. B) and `code. More`.",
        "The U.S. Army and J. Smith came.",
        "# A heading. With two sentences",
        "| One. Two | Three. Four |\n|:--|:--|\n| A. B | c |",
        "```python\nx = 1  \n# one. Two\n```",
        ":::{note} Title. More\nOne. Two\n:::",
        "::::{grid}\n:::{card} One. Two\nthree. Four\n:::\nfive. Six\n::::",
        "% a comment. Of two",
        "<p>One. Two</p>",
        "    code. More",
        "A line that breaks here,  \nand goes on.",
        "It grew by 1.2. of 3.",
    ],
)
def test_what_is_no_crowded_prose_is_left_as_it_is(text):
    assert tidy.markdown(text) == (text, [])


def test_white_space_inside_a_text_of_code_is_left():
    source = 'text = """a  \nb"""\nx = 1'
    assert tidy._code(source) == source
    assert tidy._code("x = 1  \n\ny = 2\n\n") == "x = 1\n\ny = 2"
    assert tidy._code("x = (1,  \n") == "x = (1,  \n"


def test_cells_are_named_by_what_they_are_and_each_name_stands_once(bare_desk):
    made = [
        desks.text("0a", "# Who leads, and by how much today"),
        desks.code("0b", "a = 1", tags=("parameters",)),
        desks.code("0c", "publishing.begin(edition)"),
        desks.code("0d", 'publishing.figure("level", chart, data)'),
        desks.code("0e", "grown = spending.growth(t)"),
        desks.code("0f", "show()"),
        desks.text("10", "Some say that it {num}`x` fell."),
        desks.text("11", "2014 was another year."),
        desks.text("12", "{num}`story`."),
        desks.text("abcdefab-1234-4123-8123-0123456789ab", "Some say that it fell."),
    ]
    path = bare_desk.write_notebook("tanks", made)
    text, done = tidy.notebook(path.read_text(encoding="utf-8"))
    assert [cell["id"] for cell in json.loads(text)["cells"]] == [
        "who-leads-and-by", "parameters", "setup", "level", "grown", "code",
        "some-say-that-it-text", "was-another-year-text", "text", "some-say-that-it-text-2",
    ]  # fmt: skip
    assert len(done) == 10


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("chapters/tanks.ipynb", '{"cells": [{"source": 3}], "nbformat": 4}'),
        ("chapters/tanks.ipynb", "[]"),
        ("chapters/tanks.ipynb", '{"cells": [], "nbformat": 3}'),
        ("data/parades.csv", "year,tanks_count,known_from,source\r\n1\r\n"),
        ("data/parades.csv", 'year\r\n"1'),
        ("data/parades.csv", "jahr\r\n1\r\n"),
        ("data/parades.yml", "name: parades\r\n"),
    ],
)
def test_what_is_broken_in_substance_is_left_for_its_author(bare_desk, file, content):
    path = bare_desk.root / file
    path.write_bytes(content.encode())
    tidy.fix()
    assert path.read_bytes() == content.encode()
