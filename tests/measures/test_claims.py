"""The measures that only claims need, on small frames made by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from balkandefence.measures import claims_alliances as allied
from balkandefence.measures import claims_procurement as bought
from balkandefence.measures import claims_spending as spent
from balkandefence.measures import claims_verdicts as tallies
from balkandefence.provenance import Quantity


def frame(table: str, rows: list[dict], **fixed) -> pd.DataFrame:
    made = pd.DataFrame([{**fixed, **row} for row in rows])
    made.index = pd.Index(range(2, len(made) + 2), name="line")
    made.attrs = {"tables": (table,)}
    return made


MILEX = frame(
    "military_expenditure",
    [
        {"iso3": "SRB", "year": 2023, "current_usd_millions": 10.0, "share_of_gdp_pct": 1.0},
        {"iso3": "SRB", "year": 2024, "current_usd_millions": 30.0, "share_of_gdp_pct": 2.0},
        {"iso3": "ALB", "year": 2023, "current_usd_millions": 20.0, "share_of_gdp_pct": 2.0},
        {"iso3": "ALB", "year": 2024, "current_usd_millions": 10.0, "share_of_gdp_pct": 1.0},
    ],
    territory=None,
    currency="EUR",
    local_currency_millions=5.0,
)
AMOUNT = "current_usd_millions"


def test_ranks_sum_a_window_and_find_the_worst_year():
    both = ("SRB", "ALB")
    assert spent.rank(MILEX, both, "SRB", 2023, 2024, AMOUNT) == 1
    assert spent.worst_rank(MILEX, both, "SRB", 2023, 2024, AMOUNT) == 2
    assert spent.rank(MILEX, both, "SRB", 2023, 2024, AMOUNT).provenance.rows
    assert math.isnan(spent.rank(MILEX, (*both, "BIH"), "SRB", 2023, 2024, AMOUNT))
    assert math.isnan(spent.worst_rank(MILEX, both, "SRB", 2022, 2024, AMOUNT))


def test_sums_ratios_and_products_carry_the_rows_of_both_parts():
    total = spent.window_sum(MILEX, "SRB", 2023, 2024, AMOUNT)
    other = spent.window_sum(MILEX, "ALB", 2023, 2024, AMOUNT)
    ratio = spent.quotient(total, other)
    assert ratio == pytest.approx(40 / 30)
    assert ratio.provenance.rows == {"military_expenditure": (2, 3, 4, 5)}
    assert spent.product(total, Quantity(0.5)) == 20
    assert math.isnan(spent.quotient(total, Quantity(0.0)))
    assert math.isnan(spent.window_sum(MILEX, "SRB", 2020, 2024, AMOUNT))


def test_a_country_is_set_beside_the_others_only_where_all_are_known():
    both = ("SRB", "ALB")
    assert spent.others_together(MILEX, both, "SRB", 2024, "current") == 3
    assert spent.others_mean(MILEX, both, "SRB", 2024, "share_of_gdp_pct") == 2
    assert math.isnan(spent.others_together(MILEX, (*both, "BIH"), "SRB", 2024, "current"))
    assert math.isnan(spent.others_mean(MILEX, (*both, "BIH"), "SRB", 2024, AMOUNT))
    assert spent.mean_value(MILEX, both, 2024, AMOUNT) == 20
    assert math.isnan(spent.mean_value(MILEX, ("BIH",), 2024, AMOUNT))


def test_the_cost_of_another_burden_is_a_share_of_the_implied_output():
    assert spent.cost_to_reach(MILEX, "SRB", 2024, 3.0) == pytest.approx(15)
    assert math.isnan(spent.cost_to_reach(MILEX, "BIH", 2024, 3.0))


def test_local_amounts_answer_in_their_own_currency_only():
    assert spent.local_amount(MILEX, "SRB", 2024, "EUR") == 5
    assert math.isnan(spent.local_amount(MILEX, "SRB", 2024, "RSD"))


def test_places_among_investors_need_a_rival():
    ties = frame("china_ties", [{"id": "A", "partner": "CHN+HKG", "value": 5.0},
                                {"id": "B", "partner": "EU", "value": 9.0}],
                 period="2020", measure="fdi_inflow")  # fmt: skip
    assert spent.tie_rank(ties, "CHN", ["EU"], "2020") == 2
    assert math.isnan(spent.tie_rank(ties, "CHN", ["USA"], "2020"))
    assert spent.tie(ties, "B") == 9
    assert math.isnan(spent.tie(ties, "C"))


TRANSFERS = frame(
    "arms_transfers",
    [
        {"recipient_iso3": "SRB", "supplier_bloc": "China", "supplier_iso3": "CHN",
         "delivery_years": ("2022", "2023"), "delivered_tiv": 60.0, "order_year": 2020,
         "ordered_tiv": 60.0, "category": "UCAV"},
        {"recipient_iso3": "SRB", "supplier_bloc": "US", "supplier_iso3": "USA",
         "delivery_years": ("2023",), "delivered_tiv": 20.0, "order_year": 2022,
         "ordered_tiv": 90.0, "category": "radar"},
        {"recipient_iso3": "ALB", "supplier_bloc": "US", "supplier_iso3": "USA",
         "delivery_years": ("2023",), "delivered_tiv": 20.0, "order_year": 2022,
         "ordered_tiv": None, "category": "radar"},
    ],
)  # fmt: skip


def test_shares_by_value_follow_deliveries_or_orders():
    assert bought.volume_share(TRANSFERS, ["SRB"], ["China"], (2023, 2023)) == 60
    assert bought.volume_share(TRANSFERS, ["SRB"], ["China"], (2020, 2022), "order") == 40
    assert bought.volume_rank(TRANSFERS, "SRB", "China", (2023, 2023)) == 1
    assert bought.volume_rank(TRANSFERS, "SRB", "China", (2020, 2022), "order") == 2
    assert math.isnan(bought.volume_rank(TRANSFERS, "SRB", "China", (2000, 2001)))
    assert math.isnan(bought.volume_share(TRANSFERS, ["SRB"], ["US"], (2000, 2001)))
    assert bought.lowest_volume_share(TRANSFERS, ["SRB", "ALB"], ["US"], (2023, 2023)) == 40
    assert math.isnan(bought.lowest_volume_share(TRANSFERS, ["SRB"], ["US"], (2000, 2001)))
    assert bought.supplier_share(TRANSFERS, "SRB", ["USA"], (2023, 2023)) == 40
    assert bought.groups_delivering(TRANSFERS, "SRB", (2022, 2023)) == 2
    assert bought.register_has(TRANSFERS, "SRB", "China", "UCAV") == 1
    assert bought.register_has(TRANSFERS, "SRB", "Russia", "UCAV") == 0


DEALS = frame(
    "arms_deals",
    [
        {"deal_id": "A", "supplier_bloc": "US", "category": "radar", "status": "delivered"},
        {"deal_id": "B", "supplier_bloc": "US", "category": "logistics/support",
         "status": "ordered", "single_source": True},
        {"deal_id": "C", "supplier_bloc": "China", "category": "radar", "status": "announced"},
    ],
    recipient_iso3="SRB", order_date="2022", delivery_start=None, first_public="2022",
    confidence="high", value_is_price=False, value_currency=None, value_millions=None,
    supplier_iso3="USA",
).fillna({"single_source": False})  # fmt: skip


def test_orders_are_chosen_by_year_kind_and_certainty():
    assert len(bought.orders(DEALS, ["SRB"], (2022, 2022))) == 2
    assert len(bought.orders(DEALS, ["SRB"], (2022, 2022), weapons=True)) == 1
    assert len(bought.orders(DEALS, ["SRB"], (2022, 2022), sure=True)) == 1
    assert len(bought.orders(DEALS, ["SRB"], (2023, 2023))) == 0


def test_shares_and_places_by_count():
    orders = bought.orders(DEALS, ["SRB"], (2022, 2022))
    assert bought.order_share(orders, "supplier_bloc", ["US"]) == 100
    assert bought.lowest_order_share(orders, "supplier_bloc", ["China"]) == 0
    assert bought.order_rank(orders, "China") == 2
    assert math.isnan(bought.order_rank(orders.iloc[:0], "China"))
    assert math.isnan(bought.order_share(orders.iloc[:0], "supplier_bloc", ["US"]))
    assert math.isnan(bought.lowest_order_share(orders.iloc[:0], "supplier_bloc", ["US"]))


def test_a_deal_is_or_is_not_or_is_unknown():
    assert bought.deal_is(DEALS, ["A"], ("delivered",)) == 1
    assert bought.deal_is(DEALS, ["C"], ("delivered",)) == 0
    assert math.isnan(bought.deal_is(DEALS, ["Z"], ("delivered",)))


def test_shares_of_money_need_prices_in_one_currency():
    assert math.isnan(bought.money_share(DEALS, ["USA"]))
    priced = DEALS.assign(value_is_price=True, value_currency="EUR", value_millions=[3.0, 1.0, 0.0],
                          supplier_iso3=["USA", "TUR", "CHN"])  # fmt: skip
    assert bought.money_share(priced, ["USA"]) == 75


def test_statuses_and_texts_are_on_record_or_not():
    members = frame("memberships", [{"iso3": "ALB", "organisation": "NATO", "status": "member"}])
    assert allied.has_status(members, "ALB", ("NATO",), ("member",)) == 1
    assert allied.has_status(members, "SRB", ("NATO",), ("member",)) == 0
    assert allied.statuses(members, "ALB", ("NATO",)) == "NATO: member"
    assert allied.statuses(members, "SRB", ("NATO",)) == "none on record"


def test_exercises_are_counted_between_partial_dates():
    rows = [{"date_start": "2025-07-19", "status": "held"},
            {"date_start": "2025", "status": "held"},
            {"date_start": "2025-07-20", "status": "announced"}]  # fmt: skip
    table = frame("exercises", rows, participants=("SRB", "CHN"), exercise_id="e")
    assert allied.exercises_with(table, ["SRB", "CHN"], "2025-07", "2025-07") == 1
    assert allied.exercises_with(table, ["SRB"], "2025", "2025") == 2
    assert allied.exercises_with(table, ["SRB", "RUS"], "2025", "2025") == 0
    assert allied.exercise_known(table, "e") == 1


def test_texts_of_incidents_are_told_as_they_stand():
    ledger = frame("incidents", [{"incident_id": "i", "reply": None, "title": "A clash"}])
    assert allied.incident_text(ledger, "i", "title") == "A clash"
    assert allied.incident_text(ledger, "i", "reply") == "not on record"
    assert allied.incident_text(ledger, "j", "title") == "not on record"


def test_verdicts_are_tallied():
    verdicts = pd.DataFrame({"made": ["Holds", "Close"], "today": ["Holds", "Holds"]})
    verdicts.attrs = {"tables": ("military_expenditure",)}
    assert tallies.statements(verdicts) == 2
    assert tallies.changed(verdicts) == 1
    assert tallies.summary(verdicts) == "holds: 2"


def test_a_place_by_budgets_needs_every_budget_and_output():
    rates = frame("exchange_rates", [{"series": "ecb", "currency": "USD", "year": 2024,
                                      "rate": 1.0, "partial_year": False}])  # fmt: skip
    budgets = frame("national_budgets", [{"id": "S", "amount_millions": 3.0},
                                         {"id": "A", "amount_millions": 9.0}],
                    currency="EUR", value_pct=None)  # fmt: skip
    both = {"SRB": "S", "ALB": "A"}
    assert spent.budget_place(budgets, MILEX, rates, both, "SRB", 2024) == 2
    assert spent.budget_place(budgets, MILEX, rates, both, "ALB", 2024) == 1
    assert math.isnan(spent.budget_place(budgets, MILEX, rates, {**both, "BIH": "B"}, "SRB", 2024))
    assert math.isnan(spent.budget_place(budgets, MILEX, rates.iloc[:0], both, "SRB", 2024))
    assert spent.budget(budgets, "S") == 3
    assert math.isnan(spent.budget(budgets, "Z"))
