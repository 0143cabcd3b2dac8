"""The ledger: what an entry must say, and that entries, functions and sources fit together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from balkandefence import sources, tables
from balkandefence.claims import ledger
from balkandefence.claims.evidence import Known
from balkandefence.claims.ledger import Claim, LedgerError
from tests.claims.conftest import Make


def written(folder: Path, *claims: Claim, **changes) -> Path:
    path = folder / "claims.yml"
    content = [{**claim.model_dump(mode="json"), **changes} for claim in claims]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_ledger_is_sound_and_every_function_has_its_claim():
    assert ledger.problems() == []


def test_the_thirty_statements_and_five_or_more_of_our_own_are_there():
    found = ledger.load()
    stories = [claim for claim in found if claim.story]
    assert len(stories) == 30
    assert len(found) - len(stories) >= 5


def test_every_source_of_the_ledger_is_in_the_references():
    known = sources.load()
    for claim in ledger.load():
        assert {*claim.reported_in, *(r.source for r in claim.records)} <= known.keys(), claim.id


def test_the_ledger_is_no_table():
    assert "claims" not in tables.names()
    with pytest.raises(tables.SidecarError, match="no table 'claims'"):
        tables.sidecar("claims")


def test_a_claim_is_known_from_the_day_on_which_it_was_made():
    assert ledger.known_on(dt.date(2023, 1, 1)) == []
    before, after = ledger.known_on(dt.date(2025, 9, 29)), ledger.known_on(dt.date(2025, 9, 30))
    assert len(after) - len(before) == 30


def test_the_step_of_a_quoted_number_is_its_last_digit(make: Make):
    assert make(value="2.2").expects.step == pytest.approx(0.1)
    assert make(value="162").expects.step == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"value": "two"}, "write the number as quoted"),
        ({"value": ""}, "needs a value"),
        ({"kind": "judgement"}, "needs a judgement"),
        ({"kind": "rumour"}, "kind"),
        ({"test": "spending"}, "test"),
        ({"verdict": "holds"}, "verdict"),
        ({"reported": "soon"}, "reported"),
    ],
)
def test_an_entry_that_lacks_something_is_refused_with_its_name(
    tmp_path, make: Make, change, fault
):
    with pytest.raises(LedgerError, match=f"(?s)spending-made-by-hand.*{fault}"):
        ledger.load(written(tmp_path, make(), **change))


def test_all_faults_are_listed_at_once(tmp_path, make: Make):
    path = written(tmp_path, make(), make(), value="two")
    with pytest.raises(LedgerError) as error:
        ledger.load(path)
    assert len(error.value.faults) == 2


def test_an_id_that_stands_twice_is_refused(tmp_path, make: Make):
    with pytest.raises(LedgerError, match="stands 2 times"):
        ledger.load(written(tmp_path, make(), make()))


@pytest.mark.parametrize("text", ["- id: [", "id: a mapping"])
def test_a_file_that_is_no_ledger_is_refused(tmp_path, text):
    (tmp_path / "claims.yml").write_text(text)
    with pytest.raises(LedgerError):
        ledger.load(tmp_path / "claims.yml")


def test_no_ledger_means_no_claims(tmp_path):
    assert ledger.load(tmp_path / "claims.yml") == ()


def test_check_names_missing_functions_sources_and_claims(project, make: Make):
    kept = make(test="spending.nowhere", reported_in=["atlas", "lost-source"])
    written(project.root / "data", kept)
    found = ledger.problems()
    assert "spending-made-by-hand: claims/spending.py has no function nowhere" in found
    assert "spending-made-by-hand: source 'lost-source' is not in references.bib" in found
    assert "spending.serbia_2024: no claim names this function" in found


def test_a_function_must_be_marked_as_a_test(make: Make):
    with pytest.raises(LookupError, match="not marked"):
        ledger.function(make(test="spending.sipri_amounts"))


def test_pages_on_record_count_from_the_day_they_appeared(make: Make):
    record = {"what": "A page that says it was so.", "source": "sipri-milex-2026",
              "known_from": "2026-04-27"}  # fmt: skip
    claim = make(records=[record, {**record, "part": "other", "shows": False}])
    assert ledger.recorded(claim, Known(dt.date(2026, 4, 26))) == []
    (found,) = ledger.recorded(claim, Known(dt.date(2026, 4, 27)))
    assert (found.number, found.sources) == (1.0, ("sipri-milex-2026",))
    assert ledger.recorded(claim, Known(dt.date(2026, 4, 27)), "other")[0].number == 0.0


def test_no_verdict_stands_in_the_ledger():
    assert not {"verdict", "rating"} & set(Claim.model_fields)
    assert all(claim.judgement is None for claim in ledger.load() if not claim.is_judged)
