"""Measures of spending on small frames made by hand."""

import datetime as dt
import math

import pandas as pd
import pytest

from balkandefence.measures import (
    spending,
    spending_china,
    spending_nato,
    spending_revisions,
    spending_scope,
    spending_sources,
)
from balkandefence.provenance import Quantity, Words

TWO = ["AAA", "BBB"]


def loaded(rows, name):
    """Return rows as the loader gives them: lines as index, the table's name in attrs."""
    frame = pd.DataFrame(rows)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    frame.attrs = {"tables": (name,)}
    return frame


@pytest.fixture
def names():
    pairs = {"AAA": "Aland", "BBB": "Beland", "CHN": "China", "EU": "European Union",
             "CHN+HKG+TWN+MAC": "China group"}  # fmt: skip
    return loaded(
        [{"iso3": c, "name": n, "short_name": n[:3] + "."} for c, n in pairs.items()], "countries"
    )


def milex_row(iso3, year, amount, **changes):
    row = {
        "iso3": iso3, "year": year, "release": pd.Timestamp("2026-04-27"),
        "current_usd_millions": amount, "constant_usd_millions": amount * 2.0,
        "constant_base_year": 2024, "local_currency_millions": amount * 10.0, "currency": "LCU",
        "share_of_gdp_pct": amount / 100, "share_of_government_spending_pct": amount / 50,
        "per_capita_usd": amount / 10, "sipri_estimate": False, "territory": None,
    }  # fmt: skip
    return {**row, **changes}


@pytest.fixture
def milex():
    rows = [milex_row("AAA", year, 100.0 + year - 2015) for year in range(2015, 2026)]
    rows += [milex_row("BBB", year, 50.0 * (year - 2014)) for year in range(2015, 2026)]
    return loaded(rows, "military_expenditure")


def nato_row(iso3, year, amount, **changes):
    row = {
        "iso3": iso3, "year": year, "release": pd.Timestamp("2026-07-10"),
        "nato_current_usd_millions": amount, "nato_local_currency_millions": amount * 10.0,
        "share_of_gdp_real_pct": 2.5, "equipment_share_pct": 25.0, "personnel_share_pct": 50.0,
        "infrastructure_share_pct": 5.0, "other_share_pct": 20.0,
        "military_personnel_thousands": 2.0, "estimate": False,
    }  # fmt: skip
    return {**row, **changes}


@pytest.fixture
def nato():
    rows = [nato_row("AAA", 2024, 100.0), nato_row("AAA", 2025, 110.0, estimate=True)]
    return loaded(rows, "nato_defence_expenditure")


def budget_row(iso3, year, amount, stage, **changes):
    row = {
        "iso3": iso3, "year": year, "scope": "ministry", "measure": "defence_budget",
        "stage": stage, "amount_millions": amount, "currency": "LCU", "derived": False,
        "lower_bound": False, "single_secondary_page": False,
    }  # fmt: skip
    return {**row, **changes}


@pytest.fixture
def budgets():
    rows = [
        budget_row("BBB", 2025, 5500.0, "initial"),
        budget_row("BBB", 2024, 4000.0, "initial"),
        budget_row("BBB", 2024, 90.0, "supplement", currency="EUR", scope="extra arming"),
        budget_row("AAA", 2024, 1000.0, "outturn"),
        budget_row("AAA", 2023, 99.0, "reported", currency="EUR", single_secondary_page=True),
    ]
    return loaded(rows, "national_budgets")


@pytest.fixture
def rates():
    rows = [
        {"series": "ecb", "currency": "USD", "year": y, "rate": 1.1, "partial_year": False}
        for y in (2023, 2024, 2025)
    ]
    return loaded(rows, "exchange_rates")


@pytest.fixture
def scope():
    rows = [{"iso3": "AAA", "meaning": "adopted_budget_not_actual"},
            {"iso3": "BBB", "meaning": "excludes_military_pensions"}]  # fmt: skip
    return loaded(rows, "military_expenditure_scope")


def test_the_latest_year_is_the_newest_with_an_amount(milex):
    assert spending.latest_year(milex, TWO, 2030) == 2025
    assert spending.latest_year(milex, TWO, 2020) == 2020


def test_the_unit_names_the_base_year_of_the_release(milex):
    assert spending.unit(milex, "constant") == "million US dollars of 2024"
    assert spending.unit(milex, "current") == "million current US dollars"


def test_level_keeps_the_chosen_order_and_takes_the_price_basis(milex):
    found = spending.level(milex, ["BBB", "AAA"], 2024, 2025, "constant")
    assert list(found["iso3"]) == ["BBB", "BBB", "AAA", "AAA"]
    assert list(found["value"]) == [1000.0, 1100.0, 218.0, 220.0]
    assert found.attrs["tables"] == ("military_expenditure",)


def test_rows_of_another_territory_are_left_out():
    rows = [milex_row("AAA", 2005, 9.0, territory="serbia_and_montenegro")]
    milex = loaded([*rows, milex_row("AAA", 2006, 5.0)], "military_expenditure")
    assert list(spending.level(milex, ["AAA"], 2000, 2010, "current")["year"]) == [2006]


def test_an_unknown_amount_is_not_a_number_and_never_zero(milex):
    assert math.isnan(spending.amount(milex, "AAA", 1999, "current"))
    assert math.isnan(spending.amount(milex, "ZZZ", 2025, "current"))


def test_the_leader_is_the_one_that_spent_most(milex, names):
    assert spending.leader(milex, names, TWO, 2025, "current") == "Bel."
    assert spending.leader(milex, names, TWO, 2015, "current") == "Ala."
    assert spending.runner_up(milex, names, TWO, 2025, "current") == "Aland"
    assert spending.multiple(milex, TWO, 2025, "current") == pytest.approx(550 / 110)
    assert spending.leader_share(milex, TWO, 2025, "current") == pytest.approx(100 * 550 / 660)
    assert spending.total(milex, TWO, 2025, "current") == 660


def test_a_published_number_names_the_rows_behind_it(milex):
    total = spending.total(milex, TWO, 2025, "current")
    assert isinstance(total, Quantity)
    assert total.provenance.rows == {"military_expenditure": (12, 23)}
    assert total.provenance.function.endswith("spending.total")


def test_five_years_are_summed_and_not_ranked_where_a_country_lacks_one(milex, names):
    assert spending.total(milex, ["BBB"], 2019, "current", 5) == 50 + 100 + 150 + 200 + 250
    short = milex[~((milex["iso3"] == "BBB") & (milex["year"] == 2023))]
    assert spending.leader(short, names, TWO, 2025, "current", 5) == "no country"
    assert math.isnan(spending.multiple(short, TWO, 2025, "current", 5))


def test_nobody_leads_an_empty_selection(milex, names):
    assert spending.leader(milex, names, [], 2025, "current") == "no country"
    assert spending.runner_up(milex, names, ["AAA"], 2025, "current") == "no other"
    assert math.isnan(spending.total(milex, [], 2025, "current"))
    assert math.isnan(spending.leader_share(milex, [], 2025, "current"))
    assert spending.place(milex, [], 2025, "current", 1) == ""
    assert spending.highest(milex, names, [], 2025, "share_of_gdp_pct") == "no country"
    assert spending.lowest(milex, names, [], 2025, "share_of_gdp_pct") == "no country"


def test_ranks_hold_both_moneys_and_both_windows(milex):
    ranked = spending.ranks(milex, TWO, 2015, 2025)
    assert set(zip(ranked["money"], ranked["window"], strict=True)) == {
        ("constant", 1), ("constant", 5), ("current", 1), ("current", 5),
    }  # fmt: skip
    assert ranked[ranked["window"] == 5]["year"].min() == 2019


def test_a_lead_that_changes_hands_is_told_in_years(milex, names):
    ranked = spending.ranks(milex, TWO, 2015, 2025)
    assert spending.leaders_count(ranked) == 2
    assert "changed hands" in spending.lead_story(ranked, names)
    steady = spending.ranks(milex, TWO, 2020, 2025)
    steady = steady[steady["window"] == 1]
    assert spending.lead_story(steady, names).startswith("Beland spent most in every year since")


def test_the_table_of_leaders_has_the_newest_year_first(milex, names):
    found = spending.leaders(spending.ranks(milex, TWO, 2015, 2025), names)
    assert found["year"].iloc[0] == 2025
    assert found.loc[0, ["leader", "times"]].tolist() == ["Bel.", 5.0]
    assert pd.isna(found["leader_five"].iloc[-1])


def test_growth_gives_percent_and_money_and_skips_what_has_no_base(milex):
    grown = spending.growth(milex, TWO, 2025, "current")
    ten = grown[(grown["iso3"] == "BBB") & (grown["span"] == 10)].iloc[0]
    assert (ten["since"], ten["added"], ten["growth_pct"]) == (2015, 500.0, 1000.0)
    assert spending.growth(milex, TWO, 2024, "current", (10,)).empty


def test_growth_is_told_with_who_grew_fastest_and_who_added_most(milex, names):
    grown = spending.growth(milex, TWO, 2025, "current")
    assert spending.growth_story(grown, names, "m") == (
        "Over 10 years spending grew fastest in Beland (+1,000%), "
        "which also added most money, 500 m"
    )
    assert "Beland's spending grew fastest" in spending.growth_title(grown, names)
    parted = pd.DataFrame({"iso3": TWO, "span": 10, "growth_pct": [9.0, 1.0], "added": [5.0, 50.0]})
    assert "but Beland added most money: 50 m" in spending.growth_story(parted, names, "m")
    assert spending.growth_title(parted, names).endswith("Beland added most money")
    falling = parted.assign(growth_pct=[-1.0, -2.0])
    assert "fell least in Aland (−1%)" in spending.growth_story(falling, names, "m")
    nothing = grown.iloc[:0]
    assert "No country has figures" in spending.growth_story(nothing, names, "m")
    assert "can be compared" in spending.growth_title(nothing, names)


def test_a_country_s_change_is_told_over_every_span(milex, names):
    grown = spending.growth(milex, TWO, 2025, "current")
    told = spending.change_story(grown, names, "BBB")
    assert told.endswith("+10% in one year, +83% in five years and +1,000% in ten years")
    assert spending.change_story(grown.iloc[:0], names, "AAA") == "Aland has no series"


def test_then_and_now_leaves_an_unknown_past_empty(milex):
    short = milex[~((milex["iso3"] == "AAA") & (milex["year"] == 2015))]
    found = spending.then_and_now(short, ["AAA"], ["BBB"], 2025, 10, "per_capita_usd")
    assert found["then"].isna().tolist() == [True, False]
    assert found["comparator"].tolist() == [False, True]


def test_who_reached_a_mark_is_listed_in_the_chosen_order(milex, names):
    assert spending.reached(milex, names, TWO, 2025, 1.0) == "Aland and Beland"
    assert spending.reached(milex, names, TWO, 2025, 99.0) == "none of them"
    assert spending.highest_value(milex, TWO, 2025, "share_of_gdp_pct") == 5.5
    assert spending.lowest_value(milex, TWO, 2025, "share_of_gdp_pct") == 1.1
    assert spending.highest(milex, names, TWO, 2025, "share_of_gdp_pct") == "Beland"
    assert spending.lowest(milex, names, TWO, 2025, "share_of_gdp_pct") == "Aland"


def test_estimates_and_scope_marks_are_told_for_the_chosen_only(milex, names, scope):
    assert "marks none" in spending_scope.estimates(milex, names, TWO, 2015, 2025)
    marked = milex.assign(sipri_estimate=(milex["iso3"] == "AAA") & (milex["year"] > 2023))
    marked.attrs = milex.attrs
    told = spending_scope.estimates(marked, names, TWO, 2015, 2025)
    assert told.endswith("Aland (2024 to 2025)")
    assert spending_scope.estimates(marked, names, TWO, 2015, 2024).endswith("Aland (2024)")
    assert "military pensions" not in spending_scope.scope_story(scope, names, ["AAA"])
    assert "no marks" in spending_scope.scope_story(scope, names, [])


def test_the_higher_commitment_is_known_only_since_it_was_made():
    assert "no higher mark" in spending_nato.commitment(dt.date(2025, 6, 24))
    assert "3.5%" in spending_nato.commitment(dt.date(2025, 6, 25))
    assert spending_nato.mark("guideline") == 2.0


def test_equipment_is_taken_from_members_only(nato, names):
    found = spending_nato.equipment(nato, TWO, [], 2020, 2025)
    assert set(found["iso3"]) == {"AAA"}
    assert found["equipment_usd_millions"].tolist() == [25.0, 27.5]
    assert spending_nato.equipment_story(found, names) == "In 2025 Aland passed both NATO lines"
    low = found.assign(burden=1.0, equipment=5.0)
    assert spending_nato.equipment_story(low, names) == "In 2025 Aland passed neither NATO line"
    assert "equipment line" in spending_nato.equipment_story(found.assign(burden=1.0), names)
    assert "burden line" in spending_nato.equipment_story(found.assign(equipment=1.0), names)
    assert "None" in spending_nato.equipment_story(found.iloc[:0], names)


def test_money_per_soldier_keeps_its_two_methods_apart(milex, nato, names):
    economy = loaded(
        [{"measure": "armed_forces_personnel_active", "iso3": code, "year": 2025, "value": 1000.0}
         for code in TWO], "economy",
    )  # fmt: skip
    found = spending_nato.per_soldier(milex, nato, economy, TWO, [], 2025)
    given = found.set_index(["iso3", "method"])["usd_thousand"].to_dict()
    assert given == {("AAA", "NATO"): 55.0, ("AAA", "SIPRI and CIA"): 110.0,
                     ("BBB", "SIPRI and CIA"): 550.0}  # fmt: skip
    assert "Beland spends most per soldier, 550" in spending_nato.per_soldier_story(
        found, names, TWO
    )
    title = spending_nato.per_soldier_title(found, names, TWO)
    assert title == "Per soldier Beland spends most, Aland least"
    assert "the CIA gives" in spending_nato.methods_story(found)


def test_without_any_strength_nothing_is_said_of_soldiers(milex, nato, names):
    economy = loaded([{"measure": "population", "iso3": "AAA", "year": 2025, "value": 1.0}], "e")
    none = spending_nato.per_soldier(milex, nato, economy, ["BBB"], [], 2025)
    assert none.empty
    assert "No strength" in spending_nato.per_soldier_story(none, names, ["BBB"])
    assert "other countries" in spending_nato.per_soldier_title(none, names, ["BBB"])
    one = spending_nato.per_soldier(milex, nato, economy, ["AAA"], [], 2025)
    assert one["usd_thousand"].tolist() == [55.0]
    assert "55 thousand" in spending_nato.per_soldier_story(one, names, ["AAA"])
    assert "55 thousand" in spending_nato.per_soldier_title(one, names, ["AAA"])
    assert "Only NATO" in spending_nato.methods_story(one)


def test_the_highest_share_is_restated_with_nato_s_amount_where_there_is_one(milex, nato, names):
    told = spending_nato.restated(milex, nato, names, ["AAA"], 2025)
    assert told.endswith("Aland's share would be 2.2%")
    assert "not in NATO's tables" in spending_nato.restated(milex, nato, names, TWO, 2025)
    assert "No share" in spending_nato.restated(milex, nato, names, [], 2025)


def test_sources_stand_side_by_side_in_dollars(milex, nato, budgets, rates):
    found = spending_sources.side_by_side(milex, nato, budgets, rates, TWO, 2023, 2025)
    home = found[found["source"] == "home"].set_index(["iso3", "year"])
    assert home.loc[("BBB", 2025), "usd_millions"] == pytest.approx(550.0)
    assert home.loc[("AAA", 2023), "usd_millions"] == pytest.approx(99 * 1.1)
    assert home.loc[("AAA", 2023), "single"]
    assert ("BBB", 2024) in home.index
    assert len(home) == 4, "a supplement is no whole budget"
    assert list(dict.fromkeys(found["iso3"])) == TWO


def reconciled(milex, nato, budgets, rates, scope, names, codes=TWO):
    return spending_sources.reconciliation(
        milex, nato, budgets, rates, scope, names, codes, 2020, 2025
    )


def test_a_reconciliation_says_why_sources_differ(milex, nato, budgets, rates, scope, names):
    found = reconciled(milex, nato, budgets, rates, scope, names).set_index(["iso3", "year"])
    assert found.loc[("BBB", 2025), "reason"] == "SIPRI equals the initial budget"
    assert found.loc[("BBB", 2024), "reason"] == "budget topped up later"
    assert found.loc[("AAA", 2025), "reason"] == "agree within 2%"
    assert found.loc[("AAA", 2024), "nato_gap_pct"] == pytest.approx(9.0)
    assert found.loc[("AAA", 2024), "reason"] == "SIPRI counts adopted budgets"
    assert found.loc[("AAA", 2023), "stage"] == "reported, one page"


def test_a_figure_that_nato_has_changed_since_is_recognised(
    milex, nato, budgets, rates, scope, names
):
    old = nato_row("AAA", 2024, 109.0, release=pd.Timestamp("2024-06-17"))
    both = loaded([*nato.to_dict("records"), old], "nato_defence_expenditure")
    found = reconciled(milex, both, budgets, rates, scope, names).set_index(["iso3", "year"])
    assert (
        found.loc[("AAA", 2024), "reason"] == "SIPRI repeats NATO's figure of June 2024, cut since"
    )


def test_other_reasons_are_estimates_pensions_and_none(milex, nato, budgets, rates, scope, names):
    marked = milex.assign(sipri_estimate=milex["iso3"] == "BBB")
    marked.attrs = milex.attrs
    found = reconciled(marked, nato, budgets, rates, scope, names).set_index(["iso3", "year"])
    assert found.loc[("BBB", 2024), "reason"].endswith("SIPRI's own estimate")
    high = loaded([nato_row("BBB", 2023, 900.0), nato_row("AAA", 2022, 107.0)], "nato")
    found = reconciled(milex, high, budgets, rates, scope, names).set_index(["iso3", "year"])
    assert "military pensions" in found.loc[("BBB", 2023), "reason"]
    found = reconciled(milex, nato, budgets, rates, scope.iloc[:0], names)
    assert "not explained" in set(found["reason"])
    near = loaded([nato_row("AAA", 2023, 108.0)], "nato")
    odd = loaded([budget_row("AAA", 2023, 5000.0, "reported")], "national_budgets")
    found = reconciled(milex, near, odd, rates, scope, names)
    assert found["reason"].tolist() == ["SIPRI and NATO agree; home figure unexplained"]


def test_gaps_are_told_or_said_to_be_small(milex, nato, budgets, rates, scope, names):
    found = reconciled(milex, nato, budgets, rates, scope, names)
    assert spending_sources.gap_story(found, names) == (
        "SIPRI and NATO agree within 10% in every year shown"
    )
    assert "Aland in 2024 (+9%)" in spending_sources.gap_story(found, names, 5.0)
    assert spending_sources.gap_top(found, names).endswith("SIPRI is 9% above NATO")
    outside = reconciled(milex, nato, budgets, rates, scope, names, ["BBB"])
    assert "cannot be checked" in spending_sources.gap_story(outside, names)
    assert "NATO counts none" in spending_sources.gap_top(outside, names)
    assert spending_sources.repeated_story(found, names, "BBB").endswith("voted in 2025")
    assert "equal no budget" in spending_sources.repeated_story(found, names, "AAA")


def test_steps_run_from_plan_to_result_with_supplements_apart(milex, nato, budgets, rates, names):
    steps = spending_sources.budget_steps(
        milex, nato, budgets, rates, [("BBB", 2024), ("AAA", 2024)]
    )
    assert steps["kind"].tolist() == ["initial", "supplement", "SIPRI", "outturn", "NATO", "SIPRI"]
    assert steps["eur_millions"].iloc[1] == pytest.approx(90.0)
    assert spending_sources.steps_story(steps, names) == (
        "Beland's first budget of 2024 was 80% of what SIPRI counts for the year"
    )
    empty = spending_sources.budget_steps(milex, nato, budgets, rates, [])
    assert empty.empty
    assert "No first budget" in spending_sources.steps_story(empty, names)


def test_an_amount_given_in_local_money_and_euro_is_shown_once(milex, nato, rates):
    rows = [budget_row("AAA", 2024, 900.0, "draft"),
            budget_row("AAA", 2024, 80.0, "draft", currency="EUR"),
            budget_row("AAA", 2024, 70.0, "adopted", currency="USD", derived=True)]  # fmt: skip
    budgets = loaded(rows, "national_budgets")
    steps = spending_sources.budget_steps(milex, nato, budgets, rates, [("AAA", 2024)])
    assert steps.loc[steps["kind"] == "draft", "eur_millions"].tolist() == [80.0]
    assert steps.loc[steps["kind"] == "adopted", "label"].item().endswith("(our sum)")


def test_an_amount_without_a_rate_is_left_out_not_zero(milex, nato, rates):
    budgets = loaded([budget_row("AAA", 2025, 9.0, "draft", currency="EUR"),
                      budget_row("AAA", 2025, 9.0, "draft", currency="XXX")], "b")  # fmt: skip
    found = spending_sources.side_by_side(milex, nato, budgets, rates.iloc[:0], TWO, 2025, 2025)
    assert "home" not in set(found["source"])


def test_what_is_missing_is_told_apart_from_estimates_and_lone_pages(milex, nato, budgets):
    found = spending_sources.availability(milex, nato, budgets, TWO, 2023, 2025)
    state = found.set_index(["asked", "iso3", "year"])["state"]
    assert state[("NATO military personnel", "AAA", 2025)] == "estimate"
    assert state[("NATO military personnel", "BBB", 2025)] == "missing"
    assert state[("Budget reported at home", "AAA", 2023)] == "one page"
    assert state[("Outturn reported at home", "AAA", 2024)] == "printed"
    assert spending_sources.coverage(found, "SIPRI amounts") == 100
    assert spending_sources.coverage(found, "Budget reported at home") == pytest.approx(50)


@pytest.fixture
def releases():
    old = pd.Timestamp("2024-04-30")
    rows = [milex_row("AAA", 2022, 100.0, release=old), milex_row("AAA", 2022, 80.0),
            milex_row("BBB", 2022, 50.0, release=old), milex_row("BBB", 2022, 51.0),
            milex_row("BBB", 2025, 9.0)]  # fmt: skip
    return loaded(rows, "military_expenditure")


def test_revisions_compare_the_oldest_with_the_newest_release(releases, names):
    changed = spending_revisions.revised(releases, TWO, 2000, 2025)
    assert changed["iso3"].tolist() == TWO
    assert changed["change_pct"].tolist() == pytest.approx([-20, 2])
    assert spending_revisions.releases(releases) == 2
    assert spending_revisions.large_share(changed) == 50
    assert spending_revisions.large_share(changed.iloc[:0]) == 0
    shown = spending_revisions.largest(changed, names, 1)
    assert shown[["country", "before_release"]].values.tolist() == [["Ala.", "April 2024"]]
    told = spending_revisions.revision_story(changed, names, "AAA")
    assert told == "SIPRI changed Aland's 2022 most, from 100 to 80 million dollars, down 20%"
    assert "up 2%" in spending_revisions.revised_elsewhere(changed, names, "AAA")


def test_a_single_release_is_no_revision(milex, names):
    changed = spending_revisions.revised(milex, TWO, 2015, 2025)
    assert changed.empty
    assert (
        spending_revisions.revision_story(changed, names, "AAA") == "Only one release covers Aland"
    )
    assert "only one release" in spending_revisions.revised_elsewhere(changed, names, "AAA")


def test_a_tiny_revision_is_called_hardly_any(releases, names):
    changed = spending_revisions.revised(releases, TWO, 2000, 2025).assign(change_pct=0.1)
    assert "hardly" in spending_revisions.revision_story(changed, names, "AAA")
    assert "hardly" in spending_revisions.revised_elsewhere(changed, names, "AAA")


def test_the_fan_keeps_every_release(releases):
    found = spending_revisions.fan(releases, "AAA", 2000, 2025)
    assert found["value"].tolist() == [100.0, 80.0]


def tie(measure, partner, value, unit, period, **changes):
    row = {
        "measure": measure, "partner": partner, "value": value, "unit": unit, "period": period,
        "period_kind": "year", "year_from": 2010, "year_to": 2024, "claim": False,
        "forecast": False, "rounded": False, "lower_bound": False, "derived": False,
        "preliminary": False, "probably_usd": False, "stated_by": None,
        "known_from": pd.Timestamp("2025-09-04"), "source": ("key",),
    }  # fmt: skip
    return {**row, **changes}


@pytest.fixture
def ties():
    span = {"period_kind": "span"}
    group, common = "CHN+HKG+TWN+MAC", spending_china.COMMON
    return loaded(
        [
            tie("fdi_inflow_cumulative", "EU", 600.0, "million EUR", common, **span),
            tie("fdi_inflow_cumulative", group, 100.0, "million EUR", common, **span),
            tie("fdi_inflow_cumulative", "CHN", 500.0, "million EUR", "2010-2024", **span),
            tie("claim_fdi_cumulative", "CHN", 0.7, "billion EUR", "2025-09-04", claim=True,
                period_kind="date_of_statement", stated_by="president"),
            tie("goods_trade", "CHN", 7.5, "billion USD", "2024"),
            tie("claim_goods_trade", "CHN", 8.5, "billion EUR", "2025", year_to=2025, claim=True,
                forecast=True),
            tie("goods_trade", "CHN", 7.4, "billion EUR", "2024", probably_usd=True),
            tie("goods_trade", "CHN", 6.9, "billion EUR", "2024", derived=True),
        ],
        "china_ties",
    )  # fmt: skip


def test_investment_keeps_the_common_basis_apart_from_claims(ties, names):
    found = spending_china.investment(ties, names)
    assert found["value"].tolist() == [600.0, 100.0, 700.0, 500.0]
    assert found["nature"].tolist() == ["quoted", "quoted", "claim", "quoted"]
    assert found["period"].iloc[2] == "to September 2025"
    assert spending_china.invested(ties, "EU") == 600
    assert math.isnan(spending_china.invested(ties, "US"))
    assert spending_china.times(ties, "EU", "CHN+HKG+TWN+MAC") == 6
    assert math.isnan(spending_china.times(ties, "EU", "US"))


def test_trade_never_mixes_currencies(ties):
    found = spending_china.trade(ties)
    assert found.groupby("currency").size().to_dict() == {"EUR": 3, "USD": 1}
    assert found["doubtful"].sum() == 1
    assert spending_china.trade_story(ties) == (
        "Goods trade with China was 7.5 billion dollars in 2024; 8.5 billion euro were claimed "
        "for 2025"
    )
    unclaimed = ties[~ties["claim"]]
    assert "claimed" not in spending_china.trade_story(unclaimed)
    assert "No trade" in spending_china.trade_story(ties.iloc[:3])


def test_the_ledger_names_every_doubt_and_one_scale(ties, names):
    found = spending_china.ledger(ties, names)
    assert set(found["currency"]) == {"EUR", "USD"}
    assert found["value"].max() < 10
    said = set(found["said"].dropna())
    assert said == {"claim; president", "claim, forecast", "probably dollars", "derived"}
    assert "investment, sum of years (Chi.)" in set(found["what"])


def test_the_claim_stands_beside_the_newest_quoted_sum(ties, names):
    told = spending_china.claim_story(ties, names)
    assert isinstance(told, Words)
    assert told.startswith("The president put Chinese investment at 0.7 billion euro")
    assert told.endswith("the newest sum quoted from the central bank is 0.50 billion euro for "
                         "2010 to 2024")  # fmt: skip
    assert spending_china.claim_story(ties[~ties["claim"]], names).startswith("The newest sum")
    assert "was known" in spending_china.claim_story(ties.iloc[:2], names)


def split(*rows):
    """Return a frame such as `spending_nato.equipment` gives."""
    columns = ["iso3", "year", "equipment", "infrastructure", "other", "personnel", "comparator"]
    return pd.DataFrame(rows, columns=columns).assign(estimate=False, burden=1.0)


FOUR = split(
    ("ALB", 2014, 17.0, 1.0, 14.0, 68.0, False),
    ("ALB", 2024, 20.0, 11.0, 15.0, 54.0, False),
    ("MNE", 2014, 7.0, 1.0, 13.0, 79.0, False),
    ("MNE", 2024, 43.0, 4.0, 13.0, 40.0, False),
    ("EST", 2024, 29.0, 6.0, 45.0, 20.0, True),
)


def test_the_four_categories_stand_one_below_the_other_and_comparators_last():
    found = spending_nato.categories(FOUR)
    assert len(found) == 4 * len(FOUR)
    assert found["iso3"].iloc[-1] == "EST"
    sums = found.groupby(["iso3", "year"])["share_pct"].sum()
    assert (sums == 100).all()


def test_a_year_that_lacks_a_category_is_left_out():
    part = FOUR.copy()
    part.loc[0, "other"] = float("nan")
    found = spending_nato.categories(part)
    assert len(found) == 4 * (len(FOUR) - 1)


def test_the_story_of_the_categories_leaves_comparators_out():
    names = pd.DataFrame(
        {"iso3": ["ALB", "MNE", "EST"], "name": ["Albania", "Montenegro", "Estonia"],
         "short_name": ["Albania", "Montenegro", "Estonia"]}
    )  # fmt: skip
    assert spending_nato.categories_title(FOUR, names) == (
        "Since 2014 equipment's share rose in 2 of 2 countries, personnel's fell in 2"
    )
    assert spending_nato.categories_story(FOUR, names) == (
        "From 2014 to 2024 equipment's share moved from 17% to 20% in Albania and from 7% to 43% "
        "in Montenegro, personnel's from 68% to 54% and from 79% to 40%"
    )
    assert spending_nato.largest_category_story(FOUR, names) == (
        "The largest part goes to personnel in Albania and equipment in Montenegro"
    )
    one = FOUR[FOUR["iso3"] == "ALB"]
    assert spending_nato.categories_title(one, names) == (
        "Albania's equipment share was 17% in 2014, 20% in 2024"
    )
    none = FOUR[FOUR["comparator"]]
    for measure in (spending_nato.categories_title, spending_nato.categories_story):
        assert measure(none, names) == "None of the chosen countries is in NATO's tables"
