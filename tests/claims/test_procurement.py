"""The claims about arms suppliers, on the project's own tables."""

from __future__ import annotations

from tests.claims.conftest import Outcomes

THEN, NOW = "2025-09-30", "2026-11-21"


def test_whether_the_neighbours_rely_on_the_west_hangs_on_turkey(outcome: Outcomes):
    found = outcome("procurement-neighbours-western", NOW)
    assert found.verdict.word == "named"
    misses = [row.basis.definition for row in found.evidence
              if row.unit == "%" and (row.number or 0) <= 50]  # fmt: skip
    assert misses
    assert all("without Turkey" in definition for definition in misses)


def test_kosovos_suppliers_hold_by_value_and_count_but_no_price_is_known(outcome: Outcomes):
    for day in (THEN, NOW):
        found = outcome("procurement-kosovo-suppliers", day).verdict
        assert (found.word, found.agree, found.unknown) == ("named", 5, 1)


def test_single_deals_hold_where_the_ledger_has_them_delivered(outcome: Outcomes):
    assert outcome("procurement-kosovo-puma", THEN).verdict.word == "holds"
    assert outcome("procurement-kosovo-puma", "2025-09-01").verdict.word == "fails"
    assert outcome("procurement-kosovo-nato-standard", NOW).verdict.word == "holds"


def test_a_signed_contract_is_not_a_building(outcome: Outcomes):
    found = outcome("procurement-kosovo-factory", NOW).verdict
    assert (found.word, found.agree, found.unknown) == ("named", 1, 1)


def test_russias_part_moves_with_the_window(outcome: Outcomes):
    assert outcome("procurement-serbia-russia-before", NOW).verdict.word == "named"


def test_china_leads_by_deliveries_and_not_by_orders_today(outcome: Outcomes):
    agreeing = outcome("procurement-serbia-china-since", NOW).verdict.agreeing
    assert len(agreeing) == 2
    assert all("deliveries" in label for label in agreeing)


def test_the_range_class_rests_on_pages(outcome: Outcomes):
    found = outcome("procurement-serbia-chinese-systems", NOW)
    assert found.verdict.word == "holds"
    assert [row.sources for row in found.evidence if row.sources]


def test_coordination_is_shown_and_not_judged(outcome: Outcomes):
    found = outcome("procurement-uncoordinated", NOW)
    assert found.verdict.word == "not-ours"
    assert found.evidence[0].unit == "%"
