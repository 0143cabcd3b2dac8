"""What passed its checks is not checked again; whatever changed since is."""

from __future__ import annotations

import pytest

from balkandefence import sources, tables
from balkandefence.tables import checking

ALL = ["countries", "events", "spending"]
SPENDING = "data/spending.csv"


@pytest.fixture
def looked_at(monkeypatch):
    """The tables whose rows are checked, in order."""
    seen, truly = [], checking._checked
    monkeypatch.setattr(
        checking, "_checked", lambda name, stamp: seen.append(name) or truly(name, stamp)
    )
    return seen


@pytest.fixture
def passed(project, looked_at):
    """The small checkout after its tables passed."""
    assert tables.check() == []
    assert looked_at == ALL
    looked_at.clear()
    return project


def test_what_passed_is_not_looked_at_again(passed, looked_at):
    assert tables.check() == []
    assert looked_at == []


def test_a_changed_row_has_its_own_table_checked_and_no_other(passed, looked_at):
    passed.replace(SPENDING, ("ALB,2024", "ALB,x"))

    (problem,) = tables.check()
    assert (problem.file, problem.value) == (SPENDING, "x")
    assert looked_at == ["spending"]


def test_a_changed_sidecar_has_its_table_checked(passed, looked_at):
    passed.sidecar("events", lambda s: s.update(title="What happened"))

    assert tables.check() == []
    assert looked_at == ["events"]


def test_a_changed_table_has_those_that_link_to_it_checked(passed, looked_at):
    passed.replace("data/countries.csv", ("ALB,", "ALX,"))

    assert "'ALB' is not in countries.iso3" in {problem.rule for problem in tables.check()}
    assert looked_at == ALL


def test_a_source_that_is_gone_has_every_table_checked(passed, looked_at):
    passed.replace("references.bib", ("{atlas,", "{globe,"))

    assert {p.rule for p in tables.check()} >= {"'atlas' is not in references.bib"}
    assert looked_at == ALL


def test_a_source_told_otherwise_has_no_table_checked(passed, looked_at):
    text = (passed.root / "references.bib").read_text(encoding="utf-8")
    passed.write("references.bib", text + "% The end.\n")

    assert tables.check() == []
    assert looked_at == []


def test_sources_that_are_broken_are_refused_whatever_passed_before(passed):
    text = (passed.root / "references.bib").read_text(encoding="utf-8")
    passed.write("references.bib", text + "@misc{atlas, title = {Once more}}\n")

    with pytest.raises(sources.SourcesError, match="atlas"):
        tables.check()


def test_a_source_that_is_turned_into_a_comment_is_refused_whatever_passed_before(passed):
    passed.replace("references.bib", ("@misc{atlas", "@comment{atlas"))

    with pytest.raises(sources.SourcesError, match="atlas"):
        tables.check()


def test_a_faulty_table_is_told_each_time_until_it_is_mended(passed, looked_at):
    before = (passed.root / SPENDING).read_text(encoding="utf-8")
    passed.replace(SPENDING, ("ALB,2024", "ALB,x"))
    assert tables.check() == tables.check() != []

    passed.write(SPENDING, before)
    assert tables.check() == []


def test_what_changes_while_it_is_checked_has_not_passed(project, monkeypatch):
    def slow(name, stamp):
        project.write(SPENDING, (project.root / SPENDING).read_text(encoding="utf-8") + "\n")
        return ()

    monkeypatch.setattr(checking, "_checked", slow)
    tables.check()
    monkeypatch.undo()
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(project.root))

    assert tables.check() != []


@pytest.mark.parametrize("content", [b"", b"\xff", b"0" * 64, b"{}"])
def test_a_damaged_verdict_is_none(passed, looked_at, content):
    kept = passed.root / "_build" / "checked"
    kept.write_bytes(content)

    assert tables.check() == []
    assert looked_at == ALL
    looked_at.clear()
    assert tables.check() == []
    assert looked_at == []


def test_without_a_place_for_verdicts_all_is_checked_each_time(project, looked_at):
    project.write("_build", "a file where the folder should be")

    assert tables.check() == tables.check() == []
    assert looked_at == ALL + ALL
