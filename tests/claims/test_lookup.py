"""Evidence from one table alone, on the project's own tables."""

from __future__ import annotations

import datetime as dt

from balkandefence.claims.evidence import TRUE, Known
from balkandefence.claims.lookup import looked_up

NOW = Known(dt.date(2026, 11, 21))
KOSOVO = {"iso3": "XKX", "year": 2022}


def test_each_release_that_says_it_is_a_basis(make):
    claim = make(value="1.2", unit="%")
    found = looked_up(claim, NOW, "military_expenditure", "share_of_gdp_pct", where=KOSOVO)
    assert [row.basis.release.year for row in found] == [2024, 2025, 2026]
    assert {row.basis.source for row in found} == {"SIPRI Military Expenditure Database"}
    assert {row.basis.definition for row in found} == {"Share of GDP (XKX, 2022)"}
    assert all(row.shown.endswith("%") and len(row.shown) == len("1.15%") for row in found)
    assert all(row.provenance.rows["military_expenditure"] for row in found)


def test_a_release_that_ends_before_the_year_is_none(make):
    where = {**KOSOVO, "year": 2025}
    (found,) = looked_up(make(), NOW, "military_expenditure", "share_of_gdp_pct", where=where)
    assert found.basis.release == dt.date(2026, 4, 27)


def test_without_a_column_rows_are_counted(make):
    (found,) = looked_up(make(unit="incidents"), NOW, "incidents", where={"iso3": "XKX"})
    assert found.number == len(found.provenance.rows["incidents"]) > 50
    assert found.shown.endswith(" incidents")


def test_a_claim_without_a_number_is_on_record_or_not_known(make):
    claim = make(value="", unit="", relation="is_true")
    (found,) = looked_up(claim, NOW, "incidents", where={"iso3": "XKX"})
    assert (found.number, found.expects, found.shown) == (1.0, TRUE, "yes")
    (unknown,) = looked_up(claim, NOW, "incidents", where={"iso3": "ZZZ"})
    assert unknown.number is None
    assert unknown.says == "No row of incidents tells it"


def test_no_row_is_no_evidence_that_there_was_nothing(make):
    (found,) = looked_up(make(), NOW, "incidents", where={"iso3": "ZZZ"})
    assert found.number is None
