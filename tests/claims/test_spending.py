"""The claims about spending, on the project's own tables."""

from __future__ import annotations

import pytest

from balkandefence.claims import finder
from tests.claims.conftest import Outcomes

THEN, NOW = "2025-09-30", "2026-11-21"


def by_prices(found, prices: str) -> list[float | None]:
    return [row.number for row in found.evidence if row.role == "like"
            and row.basis.prices == prices]  # fmt: skip


def test_serbia_leads_by_every_release_and_price_basis(outcome: Outcomes):
    assert outcome("spending-serbia-leads", THEN).verdict.word == "holds"
    assert outcome("spending-serbia-leads", NOW).verdict.agree == 8


def test_only_constant_dollars_of_the_release_of_2025_give_two_point_two_billion(outcome: Outcomes):
    for day in (THEN, NOW):
        found = outcome("spending-serbia-2024", day)
        assert found.verdict.agreeing == ("SIPRI (April 2025), spending, constant 2023 US dollars",)
    assert by_prices(outcome("spending-serbia-2024", NOW), "constant 2024 US dollars") == [
        pytest.approx(2.4035568)
    ]


def test_one_basis_gives_three_numbers_of_the_story(outcome: Outcomes):
    ids = ("spending-serbia-2024", "spending-serbia-albania-ratio", "spending-kosovo-2024")
    for day in (THEN, NOW):
        outcomes = [outcome(id, day) for id in ids]
        found = finder.joint([(one.claim, one.evidence) for one in outcomes])
        assert [one.explains_all for one in found].count(True) == 1
        assert found[0].basis.prices == "constant 2023 US dollars"


def test_ratios_that_mix_definitions_are_shown_and_never_counted(outcome: Outcomes):
    found = outcome("spending-serbia-albania-ratio", NOW)
    mixed = [row for row in found.evidence if row.role == "mixed"]
    assert any("NATO" in row.basis.definition for row in mixed)
    assert found.verdict.known == len([row for row in found.evidence if row.role == "like"]) == 5


def test_albania_reached_two_per_cent_by_old_releases_only(outcome: Outcomes):
    assert outcome("spending-albania-two-percent-2024", "2023-11-09").verdict.word == "cannot"
    assert outcome("spending-albania-two-percent-2024", THEN).verdict.word == "holds"
    found = outcome("spending-albania-two-percent-2024", NOW).verdict
    assert found.word == "named"
    assert "None of these is in the newest release." in found.sentence


def test_two_of_our_own_claims_do_not_hold(outcome: Outcomes):
    for id in ("spending-albania-2021", "economy-china-trade-2024"):
        assert outcome(id, NOW).verdict.word == "fails"


def test_what_a_claim_itself_defines_and_the_data_lack_cannot_be_checked(outcome: Outcomes):
    found = outcome("spending-kosovo-200-million-2023", NOW).verdict
    assert (found.word, found.agree, found.unknown) == ("cannot", 0, 1)


def test_serbia_is_third_by_first_budgets_and_first_by_what_was_spent(outcome: Outcomes):
    assert outcome("spending-serbia-third-2024", THEN).verdict.word in ("named", "fails")
    found = outcome("spending-serbia-third-2024", NOW).evidence
    places = {row.basis.source: row.number for row in found if row.role == "like"}
    assert places == {"SIPRI": 1.0, "Budgets reported at home": 3.0}


def test_a_plan_may_be_close_and_a_budget_cut_off_instead_of_rounded_too(outcome: Outcomes):
    assert outcome("spending-serbia-burden-2024", NOW).verdict.word == "close"
    assert outcome("spending-kosovo-budget-2025", NOW).verdict.word == "close"
    assert outcome("spending-kosovo-budget-2025", THEN).verdict.word == "cannot"


def test_six_times_in_real_terms_held_by_the_release_of_its_time(outcome: Outcomes):
    assert outcome("spending-serbia-albania-six-times", "2026-03-10").verdict.word == "holds"
    assert outcome("spending-serbia-albania-six-times", NOW).verdict.word == "named"


def test_chinas_place_and_sum_cannot_be_checked_and_a_forecast_waits(outcome: Outcomes):
    found = outcome("economy-china-biggest-investor", NOW)
    assert found.verdict.word == "cannot"
    assert [name for name, _ in found.verdict.parts] == ["biggest investor", "amount"]
    assert outcome("economy-china-trade", NOW).verdict.word == "cannot"


def test_views_on_the_gap_come_with_the_gap_computed(outcome: Outcomes):
    gap = outcome("outlook-imbalance", NOW).evidence
    assert gap[0].number == pytest.approx(1.40, abs=0.01)
    costs = [row for row in outcome("outlook-baltic-model", NOW).evidence if "cost" in
             row.basis.definition]  # fmt: skip
    assert [round(row.number or 0) for row in costs] == [405, 137, 264]
