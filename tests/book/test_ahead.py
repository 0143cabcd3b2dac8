"""While notebooks run, what staging needs is made ready; it changes nothing of what comes out."""

import datetime as dt

import pytest

from balkandefence import editions, tables
from balkandefence.book import ahead, fingerprint, record, together
from balkandefence.book.ahead import Ahead
from balkandefence.book.together import Staged


@pytest.fixture
def asked(project, monkeypatch):
    """The tables and days that are asked for."""
    seen, truly = [], tables.known
    monkeypatch.setattr(tables, "known", lambda *asked: seen.append(asked) or truly(*asked))
    return seen


def test_every_table_is_read_as_of_the_edition_and_of_the_one_before(project, asked):
    edition = (project.root / "editions/2026.11.0.yml").read_text(encoding="utf-8")
    text = edition.replace("as_of: ", "as_of: 2025-01-31  # ")
    project.write("editions/2025.1.0.yml", text)
    ahead.make_ready(editions.load(), Staged())
    days = {editions.load().as_of, dt.date(2025, 1, 31)}
    assert set(asked) == {(name, day) for name in tables.names() for day in days}


def test_what_the_tables_alone_give_is_the_same_as_when_it_is_made_while_staging(project):
    edition, staged = editions.load(), Staged()
    ahead.make_ready(edition, staged)
    later = together._of_data(edition.as_of)
    assert staged.ahead == (tables.state(), {word: make() for word, make in later.items()})


def test_charts_are_imported_only_where_their_fingerprints_are_not_known(project, monkeypatch):
    imported = []
    monkeypatch.setattr(ahead, "_import_all", lambda package: imported.append(package) or [])
    ahead.make_ready(editions.load(), Staged())
    fingerprint.of_all(["balkandefence.style.colour"], record.program())
    ahead.make_ready(editions.load(), Staged())
    assert imported == ["measures", "charts", "measures"]


def test_it_begins_when_it_is_told_to_and_once(project, monkeypatch):
    made = []
    monkeypatch.setattr(ahead, "make_ready", lambda *given: made.append(given))
    aside = Ahead(editions.load(), Staged())
    aside.wait()
    assert made == []
    aside.begin()
    aside.begin()
    aside.wait()
    assert len(made) == 1


def test_what_goes_wrong_is_left_to_those_who_need_it(project, monkeypatch):
    edition, told = editions.load(), []
    monkeypatch.setattr(ahead.threading, "excepthook", told.append)
    project.remove("data/events.csv")
    with pytest.raises(tables.DataError):
        ahead.make_ready(edition, Staged())
    aside = Ahead(edition, Staged())
    aside.begin()
    aside.wait()
    assert told == []
