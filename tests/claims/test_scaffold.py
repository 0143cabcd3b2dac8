"""A new claim: what is written, what `check` then asks for, what is refused."""

from __future__ import annotations

import ast

import pytest
from typer.testing import CliRunner

from balkandefence.__main__ import app
from balkandefence.claims import ledger, scaffold


def test_it_writes_an_entry_a_function_and_a_test(project):
    files = scaffold.new("spending-serbia-2026")
    assert [path.relative_to(project.root).as_posix() for path in files] == [
        "data/claims.yml", "balkandefence/claims/spending.py", "tests/claims/test_spending.py",
    ]  # fmt: skip
    (claim,) = ledger.load()
    assert (claim.id, claim.test) == ("spending-serbia-2026", "spending.serbia_2026")
    for path in files[1:]:
        names = [n.name for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]
        assert any("serbia_2026" in name for name in names)


def test_check_then_names_all_that_is_left_to_write(project):
    scaffold.new("spending-serbia-2026")
    found = ledger.problems()
    assert "spending-serbia-2026: still holds TODO" in found
    assert any("'TODO-key-in-references-bib' is not in references.bib" in text for text in found)


def test_it_adds_to_what_is_there(project):
    scaffold.new("spending-one-more")
    scaffold.new("incidents-one-more", "spending")
    assert [claim.test for claim in ledger.load()] == [
        "spending.one_more", "spending.incidents_one_more",
    ]  # fmt: skip
    text = (project.root / "balkandefence/claims/spending.py").read_text()
    assert text.count("from __future__") == 1


def test_it_imports_what_the_new_function_needs(project):
    head = '"""A."""\n\nfrom balkandefence.claims.evidence import TRUE, Evidence, Known, fact\n'
    path = project.write("balkandefence/claims/spending.py", head)
    scaffold.new("spending-one-more")
    assert "import TRUE, Evidence, Known, fact, row\n" in path.read_text()


@pytest.mark.parametrize(
    ("id", "theme", "fault"),
    [
        ("Spending 2026", "", "lower-case words"),
        ("weather-2026", "", "name the theme"),
        ("spending-twice", "", "in data/claims.yml already"),
        ("incidents-x", "weather", "name the theme"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(project, id, theme, fault):
    scaffold.new("spending-twice")
    with pytest.raises(scaffold.ScaffoldError, match=fault):
        scaffold.new(id, theme)


def test_a_function_that_is_there_is_not_written_again(project):
    project.write("balkandefence/claims/spending.py", "def twice():\n    pass\n")
    with pytest.raises(scaffold.ScaffoldError, match="has a function twice"):
        scaffold.new("spending-twice")


def test_the_command_line_says_what_it_wrote(project):
    result = CliRunner().invoke(app, ["new", "claim", "alliances-something"])
    assert result.exit_code == 0, result.output
    assert "wrote data/claims.yml" in result.output
