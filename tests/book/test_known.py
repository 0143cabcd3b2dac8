"""What tables said is worked out once for the same bytes."""

import pytest

from balkandefence import tables
from balkandefence.book import known
from balkandefence.book.known import Memory

ASKED = ("events", "2025-06-30")


@pytest.fixture
def worked_out(project, monkeypatch):
    """What is worked out, in order."""
    seen, truly = [], known._said
    monkeypatch.setattr(known, "_said", lambda *asked: seen.append(asked) or truly(*asked))
    return seen


def ask(*asked):
    """Ask a memory of its own, as the next build has one."""
    memory = Memory()
    found = memory.hash(*(asked or ASKED))
    memory.keep()
    return found


def test_the_next_build_has_the_same_answer_without_the_work(worked_out):
    assert ask() == ask()
    assert worked_out == [ASKED]


def test_another_day_and_other_rows_are_other_questions(worked_out):
    row = '{"outcome": "agreed"}'
    found = {ask(), ask("events", "2024-01-31"), ask(*ASKED, row)}
    assert len(found) == 3
    assert worked_out == [ASKED, ("events", "2024-01-31"), (*ASKED, row)]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("data/events.csv", "XKX", "ALB"), ("data/events.yml", "title:", "title: Other"),
     ("references.bib", "An Atlas", "The Atlas")],
    ids=["row", "sidecar", "source"],
)  # fmt: skip
def test_where_its_files_changed_it_is_worked_out_anew(project, worked_out, file, old, new):
    ask()
    project.replace(file, (old, new))
    ask()
    assert worked_out == [ASKED, ASKED]


def test_a_damaged_memory_is_none(project, worked_out):
    first = ask()
    kept = project.root / "_build" / "known.json"
    kept.write_text(kept.read_text().replace(first, "0" * 64))
    assert ask() == first
    assert worked_out == [ASKED, ASKED]


def test_of_a_table_that_breaks_its_sidecar_nothing_is_remembered(project, worked_out):
    ask()
    project.replace("data/events.csv", ("XKX", "XXX"))
    with pytest.raises(tables.DataError, match="XXX"):
        ask()


def test_what_changed_while_it_was_worked_out_is_not_remembered(project, monkeypatch):
    truly = known._said

    def meanwhile(*asked):
        found = truly(*asked)
        project.replace("data/events.csv", ("XKX", "ALB"))
        return found

    monkeypatch.setattr(known, "_said", meanwhile)
    before = ask()
    monkeypatch.setattr(known, "_said", truly)
    assert ask() != before


def test_what_was_asked_for_longest_ago_goes_first(project, worked_out, monkeypatch):
    monkeypatch.setattr(known, "_MOST", 2)
    days = ["2024-01-31", "2024-02-29", "2024-03-31"]
    for day in days:
        ask("events", day)
    for day in reversed(days):
        ask("events", day)
    assert [day for _, day in worked_out] == [*days, days[0]]
