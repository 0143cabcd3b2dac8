"""What can be known to be wrong without running anything is listed with its place."""

import json

import desk as desks
import nbformat
import pytest

from balkandefence.book import checks


def told(findings=None):
    return [str(finding) for finding in (checks.check() if findings is None else findings)]


def of_notebook(desk, *cells):
    """Return what is said of the desk's notebook when it has these cells."""
    return told(checks.notebook(desk.write_notebook("tanks", list(cells))))


def of_line(desk, line):
    """Return what is said of one line of a page."""
    return told(checks.page(desk.write("chapters/index.md", line + "\n")))


def test_a_sound_project_has_no_findings(bare_desk):
    assert told() == []


def test_outputs_and_counts_in_a_notebook_are_found(bare_desk):
    cell = desks.code("loud", "rows")
    cell.outputs = [nbformat.v4.new_output("stream", text="hello")]
    counted = desks.code("counted", "rows")
    counted.execution_count = 3
    said = "carries outputs; clear them, the build makes its own"
    assert of_notebook(bare_desk, *desks.chapter(cell, counted)) == [
        f"chapters/tanks.ipynb cell 'loud' line 1: {said}",
        f"chapters/tanks.ipynb cell 'counted' line 1: {said}",
    ]


def test_a_notebook_without_its_one_parameters_cell_is_found(bare_desk):
    found = of_notebook(bare_desk, desks.text("opening", "# Tanks"))
    assert found == ["chapters/tanks.ipynb:1: 0 cells are tagged 'parameters', expected one"]
    second = desks.code("more", desks.parameters().source, tags=("parameters",))
    found = of_notebook(bare_desk, desks.parameters(), second)
    assert "chapters/tanks.ipynb:1: 2 cells are tagged 'parameters', expected one" in found


def test_every_disagreement_of_the_parameters_cell_is_found(bare_desk):
    cell = desks.parameters()
    wrong = cell.source.replace("first_year = 2006", "first_year: float = 2006.0")
    wrong = wrong.replace("price_basis = 'constant'", "basis = 'constant'")
    cell.source = wrong.replace("highlight = 'SRB'", "highlight = 'ALB'")
    place = "chapters/tanks.ipynb cell 'parameters' line "
    assert of_notebook(bare_desk, cell) == [
        f"{place}1: price_basis is missing; add price_basis = 'constant'",
        f"{place}2: first_year is 2006.0, the declared default is 2006",
        f"{place}6: basis is not declared in editions/parameters.yml",
        f"{place}7: highlight is 'ALB', the declared default is 'SRB'",
    ]


@pytest.mark.parametrize("line", ["print(1)", "first_year = int('2006')", "first_year = "])
def test_a_parameters_cell_that_is_more_than_literals_is_found(bare_desk, line):
    cell = desks.parameters()
    cell.source += f"\n{line}"
    (found,) = of_notebook(bare_desk, cell)
    assert "cell 'parameters' line 8: expected one literal value a line" in found


def test_too_much_code_in_a_cell_or_a_chapter_is_found(bare_desk):
    long = desks.code("long", "\n".join(["rows"] * (checks.CELL_LINES + 1)))
    full = [desks.code(f"cell-{i}", "\n".join(["rows"] * 10)) for i in range(7)]
    found = of_notebook(bare_desk, *desks.chapter(long, *full))
    most = checks.CELL_LINES
    assert found[0].startswith("chapters/tanks.ipynb:1: ")
    assert f" lines of code, at most {checks.CHAPTER_LINES}" in found[0]
    assert f"cell 'long' line {most + 1}: {most + 1} lines of code, at most {most}" in found[1]


def test_a_cell_without_a_name_in_words_is_found(bare_desk):
    found = of_notebook(bare_desk, *desks.chapter(desks.text("a1b2c3d4", "Text.")))
    assert found == [
        "chapters/tanks.ipynb cell 'a1b2c3d4' line 1: name the cell in words, such as 'level'"
    ]


def test_cells_without_a_name_of_their_own_are_found_by_place(bare_desk):
    cells = desks.chapter(desks.text("end", "Text with 7."), desks.text("last", "More."))
    bare_desk.write_notebook("tanks", cells)
    path = bare_desk.root / "chapters" / "tanks.ipynb"
    raw = json.loads(path.read_text())
    first, second = raw["cells"][-2:]
    del first["id"]
    del raw["cells"][0]["id"]
    second["id"] = raw["cells"][1]["id"]
    path.write_text(json.dumps(raw))
    place = len(raw["cells"]) - 1
    found = told()
    assert found[0].startswith("chapters/tanks.ipynb cell 1 line 1: has no name; name it in words")
    assert found[1].startswith(f"chapters/tanks.ipynb cell {place} line 1: '7.' is typed")
    assert found[2].startswith(f"chapters/tanks.ipynb cell {place} line 1: has no name")
    assert "cell 'parameters' line 1: an earlier cell has this name" in found[3]
    assert len(found) == 4


def test_code_that_is_no_python_is_found_with_its_line(bare_desk):
    cell = desks.code("broken", "x = 1\ny = = 2\nz = 3")
    assert of_notebook(bare_desk, *desks.chapter(cell)) == [
        "chapters/tanks.ipynb cell 'broken' line 2: SyntaxError: invalid syntax, at 'y = = 2'"
    ]


@pytest.mark.parametrize(
    "line", ["%time sum([1])", "found = !ls", "!ls", "sum?", "?sum", "await later()"]
)
def test_what_only_a_kernel_can_read_is_no_fault_of_code(bare_desk, line):
    assert of_notebook(bare_desk, *desks.chapter(desks.code("trying", f"x = 1\n{line}"))) == []


@pytest.mark.parametrize(
    "content", ["not JSON", '{"cells": 3}', "", "[]", '{"nbformat": 3, "worksheets": []}']
)
def test_a_file_that_is_no_notebook_is_found(bare_desk, content):
    bare_desk.write("chapters/tanks.ipynb", content)
    (found,) = told()
    assert found.startswith("chapters/tanks.ipynb:1: not a valid notebook: ")


@pytest.mark.parametrize(
    ("line", "digits"),
    [("There were 7 tanks.", "7"), ("About 12.5% of it.", "12.5%"), ("By T-72s.", "T-72s")],
)
def test_digits_typed_in_prose_are_found(bare_desk, line, digits):
    (found,) = of_line(bare_desk, line)
    assert found.startswith(f"chapters/index.md:1: '{digits.rstrip('.')}")
    assert "is typed; publish it as a number" in found


@pytest.mark.parametrize(
    "line",
    ["{num}`tanks-2023`", "`2023`", "[there](page.html#part-3)", "<https://a.org/7>",
     "(target-7)=", "```\n7 tanks\n```", "| 7 | 8 |"],
)  # fmt: skip
def test_digits_that_are_no_prose_are_not_found(bare_desk, line):
    assert of_line(bare_desk, line) == []


def test_digits_after_a_fence_are_found_again(bare_desk):
    (found,) = of_line(bare_desk, "```\n7\n```\nThere were 8.")
    assert found.startswith("chapters/index.md:4: '8")


def test_digits_may_be_allowed_with_a_reason(bare_desk):
    bare_desk.write("chapters/digits.yml", "- pattern: 'T-72s'\n  reason: a name\n")
    assert of_line(bare_desk, "By T-72s.") == []


@pytest.mark.parametrize(
    ("file", "text", "line", "said"),
    [
        ("chapters/digits.yml", "- pattern: x\n  reason: y\n- ]", 3, "not valid YAML"),
        ("chapters/digits.yml", "- {reason: y}", 1, "0.pattern: Field required"),
        ("chapters/digits.yml", "- {pattern: '(', reason: y}", 1, "regular expression"),
        ("chapters/digits.yml", "patterns: [7]", 1, "valid list"),
        ("editions/corrections.yml", "# ours\n- edition: 7", 2, "0.date: Field required"),
        ("editions/corrections.yml", "# ours\n- ]", 2, "not valid YAML"),
        ("_config.yml", "title: x\nhtml: ]", 2, "not valid YAML"),
        ("_config.yml", "title: x\ntitle: y", 2, "'title' stands there twice"),
        ("_config.yml", "- title", 1, "expected settings"),
    ],
)
def test_files_that_say_how_the_book_is_made_are_checked(bare_desk, file, text, line, said):
    bare_desk.write(file, text)
    found = told()
    assert all(each.startswith(f"{file}:{line}: ") for each in found)
    assert said in found[0]


def test_where_the_list_of_digits_is_wrong_prose_is_not_blamed(bare_desk):
    bare_desk.write("chapters/digits.yml", "- [")
    assert of_line(bare_desk, "By T-72s.") == []


def test_an_edition_that_gives_a_parameter_twice_is_found_with_its_line(bare_desk):
    path = bare_desk.root / "editions" / "2026.11.0.yml"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1]]))
    assert f"editions/2026.11.0.yml:{len(lines) + 1}: not valid YAML" in told()[0]


def test_two_sentences_on_a_line_are_found_but_no_abbreviation(bare_desk):
    assert "more than one sentence on a line" in of_line(bare_desk, "One came. Then another.")[0]
    assert of_line(bare_desk, "Some came, e.g. Serbia, no. Two.") == []


def test_each_unknown_citation_is_found_in_pages_and_notebooks(bare_desk):
    said = "which is not in references.bib"
    found = of_line(bare_desk, "So they say {footcite}`nobody,natural-earth, nothing`.")
    assert found == [f"chapters/index.md:1: cites 'nobody', {said}",
                     f"chapters/index.md:1: cites 'nothing', {said}"]  # fmt: skip
    cell = desks.text("claim", "Said {cite:t}`nobody`.")
    (found,) = of_notebook(bare_desk, *desks.chapter(cell))
    assert found == f"chapters/tanks.ipynb cell 'claim' line 1: cites 'nobody', {said}"


def test_a_chapter_that_no_reader_would_find_is_found(bare_desk):
    bare_desk.write("chapters/lost.md", "# Lost\n")
    assert told() == ["chapters/lost.md:1: is not in _toc.yml, so no reader would find it"]


def test_contents_that_name_no_page_are_found(bare_desk):
    bare_desk.list_pages("guns")
    (found,) = told()
    assert found == "_toc.yml:4: chapters/guns: there is neither guns.ipynb nor guns.md"


def test_an_edition_that_cannot_be_used_is_found(bare_desk):
    path = bare_desk.root / "editions" / "2026.11.0.yml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("last_year: 2025", "last_year: never"), encoding="utf-8")
    assert any("last_year is 'never' (str)" in found for found in told())


def test_a_missing_current_edition_is_found(bare_desk):
    for path in (bare_desk.root / "editions").glob("*.*.*.yml"):
        path.unlink()
    assert "editions/2026.11.0.yml:1: the current edition 2026.11.0 is missing" in told()


def test_defaults_that_are_not_the_current_editions_are_found(bare_desk):
    path = bare_desk.root / "editions" / "parameters.yml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("default: 2006", "default: 2010"), encoding="utf-8")
    expected = "the defaults differ from the current edition 2026.11.0"
    (line,) = [n for n, text in enumerate(whole.splitlines(), 1) if "default: 2006" in text]
    assert f"editions/parameters.yml:{line} first_year: {expected}" in told()


def test_faults_of_data_and_pages_are_listed_together(bare_desk):
    bare_desk.write(
        "data/parades.csv", "year,tanks_count,known_from,source\n2022,x,2022-05-09,no\n"
    )
    bare_desk.write("chapters/lost.md", "# Lost\n")
    found = told()
    assert [line.split()[0] for line in found] == [
        "chapters/lost.md:1:", "data/parades.csv:2", "data/parades.csv:2",
    ]  # fmt: skip


def test_broken_country_codes_are_told_once_and_not_by_all_that_rests_on_them(bare_desk):
    countries = bare_desk.root / "data" / "countries.csv"
    whole = countries.read_text(encoding="utf-8")
    countries.write_text(whole.replace("comparator", "compared", 1), encoding="utf-8")
    (found,) = told()
    assert found.startswith("data/countries.csv:")
    assert "'compared' expected one of western_balkans, comparator, other" in found


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "fault"),
    [
        ("data/parades.yml", "type: year, title: Year", "type: yaer, title: Year", 15, "type"),
        ("data/parades.yml", "key: natural-earth}", "key: nobody}", 12, "'nobody' is not in ref"),
        ("editions/2025.9.0.yml", "first_year: 2006", "first_yaer: 2006", 4, "did you mean"),
        ("editions/parameters.yml", "type: choice", "type: chance", 0, "price_basis.type"),
        ("_toc.yml", "root: chapters/index", "root: [", 4, "_toc.yml"),
    ],
)
def test_a_fault_of_a_settings_file_has_the_line_on_which_it_stands(
    bare_desk, file, old, new, line, fault
):
    path = bare_desk.root / file
    whole = path.read_text(encoding="utf-8")
    assert old in whole
    line = line or whole[: whole.index(old)].count("\n") + 1
    path.write_text(whole.replace(old, new), encoding="utf-8")
    found = [text for text in told() if text.startswith(f"{file}:{line}") and fault in text]
    assert len(found) == 1


def test_a_bibliography_that_cannot_be_read_is_found(bare_desk):
    bare_desk.write("references.bib", "@misc{a, title = {A}}\n@misc{a, title = {B}}\n")
    (found,) = told(checks.data())
    assert found.startswith("references.bib:")
