"""The chapter's pieces: sections, tables, figures, claims.json and linked data."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from balkandefence import MIME, claims, publishing, sources
from balkandefence.claims import ledger, machine, report, rule

TODAY = dt.date(2026, 11, 21)
EDITION = SimpleNamespace(id="2026.11.0", as_of=TODAY)


@pytest.fixture(scope="module")
def found() -> list[claims.Pair]:
    return claims.pairs(TODAY)


@pytest.fixture(scope="module")
def chapter(found: list[claims.Pair]) -> list[dict[str, Any]]:
    """Return all that the chapter publishes, in order."""
    made: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "display", lambda shown, raw: made.append(shown[MIME]))
        patch.setattr(publishing, "_current", EDITION)
        report.overview(found, EDITION)
        report.sections(found)
    return made


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the list into which everything published goes."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(publishing, "display", lambda shown, raw: made.append(shown[MIME]))
    monkeypatch.setattr(publishing, "_current", EDITION)
    return made


def test_every_claim_has_a_section_with_both_verdicts_and_its_sources(found, chapter):
    sections = {record["id"]: record for record in chapter if record["kind"] == "section"}
    for pair in found:
        head, rest = sections[pair.claim.id], sections[f"{pair.claim.id}-evidence"]
        assert f"({pair.claim.anchor})=" in head["text"]
        assert rule.WORDS[pair.then.verdict.word] in head["text"]
        assert rule.WORDS[pair.now.verdict.word] in head["text"]
        assert all(key in head["text"] for key in pair.claim.reported_in)
        assert "| Basis |" in rest["text"]
        assert head["verdict"]["text"] == pair.now.verdict.text
        assert head["provenance"]["function"] == f"balkandefence.claims.{pair.claim.test}"
        assert pair.claim.theme in head["bears_on"]
    assert any(record["kind"] == "figure" for record in chapter)


def test_rows_of_tables_have_as_many_cells_as_their_heads(chapter):
    for record in chapter:
        widths = 0
        for line in record.get("text", "").splitlines():
            if not line.startswith("| "):
                widths = 0
                continue
            cells = line.replace("\\|", "").count("|")
            assert widths in (0, cells), line
            widths = cells


def test_the_overview_carries_claims_json_and_reviews(found, records):
    report.overview(found, EDITION)
    (record,) = records
    content = json.loads(record["files"]["claims.json"])
    assert len(content["claims"]) == len(found) == len(ledger.load())
    for claim in content["claims"]:
        assert claim["today"]["verdict"] in rule.WORDS.values()
        assert claim["when_made"]["evidence"]
        assert claim["reported_at"][0].startswith("http")
    quantitative = [pair for pair in found if pair.claim.kind in ("quantity", "forecast")]
    assert len(record["linked_data"]) == len(quantitative)


def test_a_review_says_the_verdict_in_words_and_who_said_it(found):
    by_id = {pair.claim.id: machine.review(pair, EDITION) for pair in found}
    review = by_id["economy-china-biggest-investor"]
    assert review["itemReviewed"]["author"] == [
        {"@type": "Person", "name": "Aleksandar Vučić", "jobTitle": "president of Serbia"}
    ]
    assert review["reviewRating"]["alternateName"] == "Cannot be checked with this data"
    assert "ratingValue" not in review["reviewRating"]
    held = by_id["spending-serbia-leads"]["reviewRating"]
    assert (held["ratingValue"], held["bestRating"], held["worstRating"]) == (5, 5, 1)


def test_a_claims_file_has_a_row_a_basis_and_day(found):
    for pair in found:
        rows = list(csv.DictReader(io.StringIO(machine.csv_text(pair))))
        assert len(rows) == len(pair.then.evidence) + len(pair.now.evidence)
        assert {row["when"] for row in rows} == {"made", "today"}


def test_before_the_first_statement_the_chapter_says_so(records):
    none = claims.pairs(dt.date(2023, 1, 1))
    assert none == []
    report.overview(none, EDITION)
    report.sections(none)
    report.story(none, "drones-and-missiles-2025")
    (record,) = records
    assert "None of the statements" in record["text"]
    facts = {fact.id: fact.value for fact in report.facts(none)}
    assert facts["statements"] == 0
    assert facts["summary"] == "none had been made by this day"


def test_what_changed_is_told_in_words(found):
    told = {pair.claim.id: report.changed(pair) for pair in found}
    assert "the verdict went from cannot be checked" in told["spending-albania-two-percent-2024"]
    assert told["spending-serbia-leads"].startswith("not the verdict; newer releases: SIPRI")
    assert told["incidents-banjska"] == "neither the verdict nor any basis that counts."
    same = SimpleNamespace(then=found[0].now, now=found[0].now)
    assert report.changed(same) == "the two days are the same."


def test_the_rule_on_the_page_is_the_one_in_the_code(records):
    report.rules()
    assert "no more than 5% of the quoted value" in " ".join(records[0]["text"].split())
    assert all(words in records[0]["text"] for words in rule.WORDS.values())


def test_speakers_and_sources_are_given_as_in_the_ledger(found):
    content = json.loads(machine.json_text(found, EDITION))["claims"]
    for claim, pair in zip(content, found, strict=True):
        assert [who["name"] for who in claim["said_by"]] == [w.name for w in pair.claim.said_by]
        assert claim["reported_at"] == [sources.load()[k].url for k in pair.claim.reported_in]
