"""Measures of procurement on small frames made by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from balkandefence.measures import procurement as flows
from balkandefence.measures import procurement_deals as ledger
from balkandefence.measures import procurement_money as money
from balkandefence.measures import procurement_types as types

CODES = pd.DataFrame({
    "iso3": ["SRB", "ALB", "CHN", "RUS", "USA", "FRA", "WB6"],
    "name": ["Serbia", "Albania", "China", "Russia", "United States", "France", "The six"],
    "short_name": ["Serbia", "Albania", "China", "Russia", "US", "France", "WB6"],
})  # fmt: skip
BLOC = {"CHN": "China", "RUS": "Russia", "USA": "US", "FRA": "EU-NATO"}


def lined(rows: list[dict[str, Any]], table: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    frame.index = pd.RangeIndex(2, 2 + len(frame), name="line")
    frame.attrs["tables"] = (table,)
    return frame


def transfer(
    id: str, to: str, by: str, weapon: str, ordered: int, years: tuple[int, ...], tiv: float,
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    row = {
        "transfer_id": id, "recipient_iso3": to, "supplier_iso3": by, "supplier_bloc": BLOC[by],
        "weapon": weapon, "category": "radar", "order_year": ordered,
        "order_year_uncertain": False, "ordered_count": 2.0, "delivered_count": 2,
        "delivery_years": years, "delivery_start_year": min(years, default=None),
        "delivery_end_year": max(years, default=None), "ordered_tiv": tiv, "delivered_tiv": tiv,
        "status": "delivered" if years else "no delivery recorded", "data_to_year": 2025,
        "release": pd.Timestamp("2026-05-18"),
    }  # fmt: skip
    return {**row, **more}


ROWS = [
    transfer("A", "SRB", "CHN", "HQ", 2020, (2022, 2023), 60.0),
    transfer("B", "SRB", "RUS", "Mi", 2016, (2017,), 30.0),
    transfer("C", "SRB", "FRA", "Jet", 2024, (), 0.0, ordered_tiv=90.0, delivered_count=0),
    transfer("D", "SRB", "FRA", "Gun", 2024, (), 0.0, ordered_tiv=None, delivered_count=0),
    transfer("E", "ALB", "USA", "Truck", 2022, (2023,), 20.0),
    transfer("F", "SRB", "USA", "Truck", 2021, (2025,), 20.0),
    transfer("G", "SRB", "USA", "engine", 2021, (2025,), 0.0, category="engine/component"),
]
REGISTER = lined(ROWS, "arms_transfers")
BOTH = ["SRB", "ALB"]
LAST = (2021, 2025)


# Windows


def test_windows_are_whole_and_end_with_the_data() -> None:
    assert flows.windows(REGISTER, 2014, 2026) == [(2016, 2020), (2021, 2025)]
    assert flows.windows(REGISTER, 2006, 2024)[-1] == (2020, 2024)
    assert flows.windows(REGISTER, 2006, 2025)[0] == (2006, 2010)


def test_a_span_too_short_for_a_window_is_one() -> None:
    assert flows.windows(REGISTER, 2024, 2025) == [(2024, 2025)]
    assert flows.windows(REGISTER.iloc[:0], 2016, 2025) == [(2016, 2020), (2021, 2025)]


def test_a_window_is_written_with_its_years() -> None:
    assert flows.span((2021, 2025)) == "2021–2025"
    assert flows.span((2025, 2025)) == "2025"


# Deliveries


def test_an_entry_is_spread_evenly_over_its_years() -> None:
    long = flows.spread(REGISTER)
    assert long.loc[2, "tiv"].to_list() == [30.0, 30.0]
    assert long["tiv"].sum() == REGISTER["delivered_tiv"].sum()


def test_blocs_add_up_to_the_whole_in_each_window() -> None:
    found = flows.blocs(REGISTER, BOTH, [(2016, 2020), LAST])
    serbia = found[(found["iso3"] == "SRB") & (found["window"] == "2021–2025")]
    assert serbia.set_index("bloc")["amount"].to_dict() == {"China": 60.0, "US": 20.0}
    assert serbia["share_pct"].sum() == pytest.approx(100)
    none = found[(found["iso3"] == "ALB") & (found["window"] == "2016–2020")].iloc[0]
    assert (none["amount"], pd.isna(none["share_pct"])) == (0.0, True)


def test_the_largest_recipient_is_named_with_its_share() -> None:
    assert flows.largest_recipient(REGISTER, BOTH, LAST, CODES) == "Serbia"
    assert flows.largest_recipient_share(REGISTER, BOTH, LAST) == pytest.approx(80)
    assert flows.received(REGISTER, BOTH, LAST) == 100
    assert flows.largest_recipient_share(REGISTER, BOTH, (2010, 2012)) == 0
    assert flows.largest_recipient(REGISTER, BOTH, (2010, 2012), CODES) == "none of them"


def test_a_number_names_the_rows_it_was_computed_from() -> None:
    share = flows.top_bloc_share(REGISTER, "SRB", LAST)
    assert share == pytest.approx(75)
    assert share.provenance.rows == {"arms_transfers": (2, 7, 8)}
    assert share.provenance.function.endswith("procurement.top_bloc_share")


def test_the_shift_between_windows_is_told_as_far_as_there_were_deliveries() -> None:
    both = [(2016, 2020), LAST]
    assert flows.top_bloc(REGISTER, "SRB", LAST) == "China"
    assert "China (75%) in 2021–2025; before that, from Russia (100%)" in flows.shift(
        REGISTER, "SRB", both, CODES
    )
    assert flows.shift(REGISTER, "ALB", both, CODES).endswith("(100%) in 2021–2025.")
    assert "no delivery" in flows.shift(REGISTER, "ALB", [(2016, 2020)], CODES)
    assert flows.top_bloc(REGISTER, "ALB", (2016, 2020)) == "no supplier"


def test_leaders_are_grouped_by_bloc() -> None:
    told = flows.leaders(REGISTER, BOTH, LAST, CODES)
    assert told == "China in Serbia; the United States in Albania"
    assert "none on record in Albania" in flows.leaders(REGISTER, BOTH, (2016, 2020), CODES)


# Time


def test_orders_not_delivered_stand_apart_and_unknown_volume_is_counted() -> None:
    found = flows.by_year(REGISTER, "SRB", 2016, 2025)
    orders = found[found["basis"] == "order"].set_index(["year", "state"])
    assert orders.loc[(2024, "outstanding"), "tiv"] == 90
    assert orders.loc[(2024, "outstanding"), "unvalued"] == 1
    deliveries = found[found["basis"] == "delivery"]
    assert deliveries["tiv"].sum() == 110


def test_what_is_outstanding_is_told_with_the_orders_of_unknown_volume() -> None:
    told = flows.outstanding(REGISTER, "SRB", LAST, CODES)
    assert told == (
        "82% of what Serbia ordered in 2021–2025, by volume, had not come; "
        "1 order of unknown volume not counted."
    )
    assert "is not known" in flows.outstanding(REGISTER.iloc[3:4], "SRB", LAST, CODES)
    assert "no order" in flows.outstanding(REGISTER, "ALB", (2010, 2012), CODES)
    told = flows.outstanding(REGISTER, "ALB", LAST, CODES)
    assert told.startswith("All of what Albania ordered in 2021–2025, by volume, had come")


def test_arrivals_are_told_by_the_age_of_their_order() -> None:
    found = flows.arrivals(REGISTER, "SRB", 2022, 2025)
    assert found["item"].to_list() == ["HQ", "Truck"]
    assert found["tiv"].to_list() == [30.0, 20.0]
    told = flows.arrivals_sentence(REGISTER, "SRB", 2022, 2025, CODES)
    assert told == ("100% of what reached Serbia after 2022, by TIV, had been ordered before 2022.")
    assert "no delivery" in flows.arrivals_sentence(REGISTER, "ALB", 2023, 2025, CODES)
    assert flows.arrivals(REGISTER, "ALB", 2023, 2025).empty


def test_what_a_bloc_sent_since_is_told_as_far_as_the_years_reach() -> None:
    assert flows.bloc_since(REGISTER, "SRB", "China", 2022, 2025) == (
        "After 2022, 30.0 million TIV came from China."
    )
    assert "has nothing from Russia" in flows.bloc_since(REGISTER, "SRB", "Russia", 2022, 2025)
    assert "outside" in flows.bloc_since(REGISTER, "SRB", "Russia", 2022, 2020)
    assert "outside" in flows.arrivals_sentence(REGISTER, "SRB", 2022, 2020, CODES)


# Concentration


def test_concentration_is_that_of_states_and_without_the_largest_item() -> None:
    row = flows.concentration(REGISTER, ["SRB"], [LAST]).iloc[0]
    assert row["hhi"] == pytest.approx(75**2 + 25**2)
    assert (row["item"], row["item_share_pct"], row["hhi_without"]) == ("HQ", 75.0, 10_000)
    assert flows.concentration_of(REGISTER, "SRB", LAST) == pytest.approx(row["hhi"])
    assert flows.largest_item(REGISTER, "SRB", LAST) == "HQ (75%)"


def test_a_single_item_leaves_nothing_to_compare() -> None:
    row = flows.concentration(REGISTER, ["ALB"], [LAST]).iloc[0]
    assert row["hhi"] == 10_000
    assert pd.isna(row["hhi_without"])
    assert flows.concentration(REGISTER, ["ALB"], [(2010, 2012)]).empty
    assert flows.concentration_of(REGISTER, "ALB", (2010, 2012)) == 0
    assert flows.largest_item(REGISTER, "ALB", (2010, 2012)) == "no item"
    assert flows.one_item_recipients(REGISTER, BOTH, LAST) == 2


# The ledger


def deal(id: str, to: str = "SRB", **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "deal_id": id, "recipient_iso3": to, "supplier_iso3": "FRA", "supplier_bloc": "EU-NATO",
        "system": f"System {id}", "status": "ordered", "order_date": "2022-03-10",
        "delivery_start": None, "delivery_end": None, "first_public": "2022-03",
        "deal_type": "purchase", "nato_standard": "yes", "confidence": "high",
        "single_source": False, "value_millions": None, "value_currency": None,
        "value_is_price": pd.NA, "value_shared_with": None, "quantity_ordered": 4,
        "quantity_delivered": None, "source": ("key",),
    }  # fmt: skip
    return {**row, **more}


DEALS = lined(
    [
        deal("R01", value_millions=100.0, value_currency="EUR", value_is_price=True),
        deal("R02", value_millions=110.0, value_currency="USD", value_is_price=True,
             supplier_iso3="USA", supplier_bloc="US"),
        deal("R03", single_source=True, value_millions=50.0, value_currency="EUR",
             value_is_price=True),
        deal("R04", supplier_iso3="CHN", supplier_bloc="China", nato_standard="no",
             status="delivered", order_date=None, delivery_start="2021", delivery_end="2023-05"),
        deal("R05", status="announced", order_date="2025"),
        deal("R06", status="alleged", confidence="low"),
        deal("A01", to="ALB", deal_type="donation", order_date="2018"),
        deal("A02", to="ALB", value_shared_with="A03"),
        deal("A03", to="ALB", value_shared_with="A02", value_millions=10.0,
             value_currency="EUR", value_is_price=True, confidence="medium"),
        deal("A04", to="ALB", value_millions=99.0, value_currency="EUR", value_is_price=False),
    ],
    "arms_deals",
)  # fmt: skip
RATES = lined(
    [{"series": "ecb", "currency": "USD", "per_currency": "EUR", "year": 2022, "rate": 1.1}],
    "exchange_rates",
)


def test_only_what_was_ordered_counts_and_thin_evidence_stands_apart() -> None:
    assert ledger.count(DEALS, BOTH) == 10
    assert ledger.firm_count(DEALS, BOTH) == 8
    assert ledger.headline_count(DEALS, BOTH) == 7
    assert ledger.thin_count(DEALS, BOTH) == 1
    assert ledger.status_count(DEALS, BOTH, ["announced"]) == 1
    assert ledger.count(DEALS, ["XKX"]) == 0


def test_an_order_without_date_counts_by_its_first_delivery() -> None:
    assert ledger.year_of(DEALS).to_list()[3] == 2021
    found = ledger.blocs(DEALS, BOTH, [(2016, 2020), LAST])
    serbia = found[(found["iso3"] == "SRB") & (found["window"] == "2021–2025")]
    assert serbia.set_index("bloc")["amount"].to_dict() == {"China": 1, "EU-NATO": 1, "US": 1}
    assert serbia["thin"].sum() == 1
    assert found[(found["iso3"] == "SRB") & (found["window"] == "2016–2020")]["amount"].sum() == 0


def test_all_blocs_with_most_orders_are_named() -> None:
    first = ledger.first_blocs(DEALS, ["SRB"], LAST)
    assert first == "China, other EU and NATO states and the United States"
    assert ledger.first_blocs(DEALS, ["SRB"], (2010, 2012)) == "no seller"


def test_standard_shares_leave_thin_evidence_out() -> None:
    found = ledger.standards(DEALS, BOTH).set_index("iso3")
    assert found.loc["SRB", ["yes", "unclear", "no", "thin"]].to_list() == [2, 0, 1, 1]
    assert found.loc["SRB", "share_pct"] == pytest.approx(100 * 2 / 3)
    assert ledger.standard_share(DEALS, BOTH) == pytest.approx(100 * 6 / 7)
    assert ledger.standard_share_others(DEALS, BOTH, "SRB") == 100
    assert ledger.standard_share(DEALS, ["XKX"]) == 0
    assert pd.isna(ledger.standards(DEALS, ["XKX"])["share_pct"].iloc[0])


def test_channels_tell_gifts_from_purchases() -> None:
    found = ledger.channels(DEALS, BOTH).set_index(["iso3", "channel"])
    assert found.loc[("ALB", "given"), "count"] == 1
    assert found.loc[("SRB", "bought"), ["count", "thin"]].to_list() == [3, 1]
    assert ledger.channel_share(DEALS, ["ALB"], "given") == 25
    assert ledger.channel_share(DEALS, ["XKX"], "given") == 0


def test_a_timeline_row_starts_with_the_first_date_known() -> None:
    found = ledger.timeline(DEALS, BOTH).set_index("deal_id")
    assert found.loc["R04", "start"] == 2021.5
    assert found.loc["A01", "ordered"] == 2018.5
    assert found.loc["R01", "start"] == pytest.approx(2022 + 2 / 12 + 9 / 365.25)
    assert found["iso3"].to_list() == ["SRB"] * 6 + ["ALB"] * 4


def test_the_ledger_shows_every_deal_with_its_doubt_and_sources() -> None:
    found = ledger.ledger(DEALS, BOTH, CODES).set_index("deal_id")
    assert len(found) == 10
    assert found.loc["R03", "doubt"] == "S"
    assert found.loc["R06", "doubt"] == "L"
    assert found.loc["R04", ["delivery", "number"]].to_list() == ["2021–2023", "? of 4"]
    assert found.loc["R01", "order"] == "2022-03"
    assert found.loc["R01", "source"] == ("key",)


# Money


def test_dollars_become_euro_at_the_rate_of_the_order_year() -> None:
    found = money.prices(DEALS, RATES, BOTH, CODES).set_index("deal_id")
    assert found["eur_millions"].to_dict() == {
        "R01": 100.0, "R02": pytest.approx(100.0), "R03": 50.0, "A03": 10.0,
    }  # fmt: skip
    assert found.loc["R02", "price"] == "USD 110"
    assert money.disclosed(DEALS, RATES, BOTH, CODES) == pytest.approx(210)


def test_a_price_without_rate_is_unknown_and_never_added_as_if_euro() -> None:
    found = money.prices(DEALS, RATES.iloc[:0], ["SRB"], CODES).set_index("deal_id")
    assert pd.isna(found.loc["R02", "eur_millions"])
    assert money.disclosed(DEALS, RATES.iloc[:0], ["SRB"], CODES) == 100


def test_orders_with_and_without_a_price_are_counted() -> None:
    assert money.paid_count(DEALS, BOTH) == 6
    assert money.priced_count(DEALS, BOTH) == 4  # A02 shares the price of A03
    found = money.money(DEALS, RATES, BOTH, CODES).set_index("supplier")
    assert found.loc["France", ["priced", "unpriced", "thin"]].to_list() == [3, 1, 1]
    assert found.loc["France", ["eur_millions", "thin_eur_millions"]].to_list() == [110.0, 50.0]
    assert pd.isna(found.loc["China", "eur_millions"])
    assert found.loc["China", "unpriced"] == 1


def test_the_dearest_order_and_the_silent_sellers_are_told() -> None:
    assert "makes 48%" in money.dearest(DEALS, RATES, BOTH, CODES)
    assert money.dearest(DEALS, RATES, ["XKX"], CODES) == "No price is disclosed."
    assert "China (1 order)" in money.silent_blocs(DEALS, BOTH)
    assert "Of each group" in money.silent_blocs(DEALS, ["ALB"])


# Across countries and editions

INDUSTRY = lined(
    [
        {"fact_id": "I1", "country_iso3": ("ALB", "SRB"), "topic": "joint procurement",
         "fact": "A joint order", "period": "2024", "status": "signed", "single_source": True,
         "confidence": "low", "source": ("key",)},
        {"fact_id": "I2", "country_iso3": ("ALB",), "topic": "joint procurement",
         "fact": "With a neighbour", "period": "2024", "status": "delivered",
         "single_source": False, "confidence": "high", "source": ("key",)},
        {"fact_id": "I3", "country_iso3": ("WB6",), "topic": "SAFE", "fact": "Loans",
         "period": "2025", "status": "in force", "single_source": True, "confidence": "high",
         "source": ("key",)},
    ],
    "defence_industry",
)  # fmt: skip


def test_common_types_leave_out_parts_and_types_of_one_country() -> None:
    found = types.common_types(REGISTER, BOTH, 2016, 2025)
    assert found["weapon"].unique().tolist() == ["Truck"]
    assert types.types_count(REGISTER, BOTH, 2016, 2025) == 5
    assert types.common_count(REGISTER, BOTH, 2016, 2025) == 1
    told = types.common_sentence(REGISTER, BOTH, 2016, 2025, CODES)
    assert told == "The most widespread is the Truck, received or ordered by Serbia and Albania."
    assert types.common_types(REGISTER, ["ALB"], 2016, 2025).empty
    assert "No type" in types.common_sentence(REGISTER, ["ALB"], 2016, 2025, CODES)


def test_coordination_counts_orders_matched_within_the_years() -> None:
    found = types.coordination(REGISTER, INDUSTRY, BOTH, 2016, 2025).set_index("step")["orders"]
    assert found.to_list() == [2, 2, 2, 0, 1]
    assert types.coordination_index(REGISTER, BOTH, 2016, 2025) == pytest.approx(100 * 2 / 6)
    assert types.coordination_index(REGISTER, BOTH, 2016, 2025, years=0) == 0
    assert types.coordination_index(REGISTER, BOTH, 2000, 2001) == 0
    assert types.orders_count(REGISTER, BOTH, 2016, 2025) == 6


def test_a_joint_order_needs_two_of_the_countries() -> None:
    assert types.joint_count(INDUSTRY, BOTH) == 1
    assert types.joint_count(INDUSTRY, ["ALB"]) == 0


def vintages() -> pd.DataFrame:
    early = {"release": pd.Timestamp("2025-03-13"), "data_to_year": 2024}
    old = [{**row, **early} for row in ROWS[:3]]
    old[0] = {**old[0], "ordered_tiv": 80.0}
    old[2] = {**old[2], "ordered_tiv": None}
    old.append(transfer("X", "SRB", "RUS", "Pan", 2021, (), 0.0, ordered_tiv=132.0, **early))
    return lined(old + ROWS, "arms_transfers")


def test_revisions_tell_removed_added_valued_and_changed_orders_apart() -> None:
    found = types.revised_orders(vintages(), BOTH).set_index("item")
    assert found["kind"].to_dict() == {
        "Pan, 2021": "removed", "Jet, 2024": "valued", "HQ, 2020": "changed",
        "Truck, 2021": "added", "Truck, 2022": "added",
    }  # fmt: skip
    assert found.loc["HQ, 2020", "change"] == -20
    told = types.revisions_sentence(vintages(), BOTH)
    assert "removed 1 entry" in told
    assert "132 million TIV" in told
    assert "no entry" in types.revisions_sentence(vintages(), ["ALB"])


def test_a_single_edition_has_no_revisions() -> None:
    assert types.revised_orders(REGISTER, BOTH).empty
    assert "Only one edition" in types.revisions_sentence(REGISTER, BOTH)


def test_noted_revisions_are_those_of_the_countries_in_their_order() -> None:
    noted = lined(
        [{"recipient_iso3": code, "item": code, "earlier_value": "1", "later_value": "2",
          "source": ("key",)} for code in ("ALB", "SRB", "MNE")],
        "arms_transfer_revisions",
    )  # fmt: skip
    assert types.noted_revisions(noted, BOTH, CODES)["recipient"].to_list() == ["Serbia", "Albania"]


def test_exports_not_yet_published_are_unknown_and_not_zero() -> None:
    sold = lined([transfer("S", "XKX", "FRA", "Gun", 2021, (2022,), 7.0)], "arms_exports")
    sold["supplier_iso3"] = "SRB"
    found = types.trade(REGISTER, sold, BOTH, *LAST).set_index("iso3")
    assert found["supplied"].to_dict() == {"SRB": 7.0, "ALB": 0.0}
    assert types.trade_sentence(sold, BOTH, LAST, CODES).startswith("Serbia supplied 100%")
    assert "None of them" in types.trade_sentence(sold, BOTH, (2010, 2012), CODES)
    assert types.trade(REGISTER, sold.iloc[:0], BOTH, *LAST)["supplied"].isna().all()
    assert "had appeared" in types.trade_sentence(sold.iloc[:0], BOTH, LAST, CODES)


def test_plants_carry_their_doubt_in_the_status() -> None:
    found = types.plants(INDUSTRY, ["SRB"], CODES)
    assert found["status"].to_list() == [
        "signed, single source, low confidence", "in force, single source",
    ]  # fmt: skip
    assert found["country"].to_list() == ["Albania, Serbia", "WB6"]
