"""The tables of arms and industry agree with their notes, with each other and with their day.

The literal numbers were counted when the tables were compiled; a change of data must change them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any

import pandas as pd
import pytest

from balkandefence import tables

EARLIER, LATER = "2025-03-13", "2026-05-18"
BETWEEN = "2025-09-30"  # a day after the earlier edition of the register and before the later one

#: Changes between the editions that the noted revisions do not name.
DROPPED = {f"ATR-R{n:02}" for n in range(5, 12)}
ADDED = {"ATR002", "ATR008", "ATR014", "ATR016", "ATR022", "ATR025", "ATR026"}
ALTERED = {
    "ATR019", "ATR027", "ATR030", "ATR032", "ATR042", "ATR045", "ATR047", "ATR052", "ATR054",
    "ATR055", "ATR069", "ATR076", "ATR080", "ATR094", "ATR105", "ATR107", "ATR137", "ATR140",
    "ATR151",
}  # fmt: skip


@cache
def deals(as_of: str | None = None) -> pd.DataFrame:
    return tables.load("arms_deals", as_of).set_index("deal_id")


@cache
def register(as_of: str | None = None) -> pd.DataFrame:
    return tables.load("arms_transfers", as_of).set_index("transfer_id")


def spread(entries: pd.DataFrame, *by: str) -> dict[tuple[Any, ...], float]:
    """Return TIV delivered by the given columns and year, each entry spread evenly."""
    total: dict[tuple[Any, ...], float] = defaultdict(float)
    for entry in entries.to_dict("records"):
        for year in entry["delivery_years"]:
            place = (*(entry[column] for column in by), int(year))
            total[place] += entry["delivered_tiv"] / len(entry["delivery_years"])
    return total


def known(value: Any) -> bool:
    return not pd.isna(value)


# The register


def test_the_register_has_157_entries_today_and_had_151_before() -> None:
    both = tables.load("arms_transfers", vintages=True)
    assert both.groupby("release").size().to_dict() == {
        pd.Timestamp(EARLIER): 151,
        pd.Timestamp(LATER): 157,
    }
    assert len(register()) == 157
    assert set(register(BETWEEN)["release"]) == {pd.Timestamp(EARLIER)}
    assert register("2025-03-12").empty


@pytest.mark.parametrize(
    ("as_of", "count", "delivered", "ordered"),
    [(None, 157, 2394.84, 3533.46), (BETWEEN, 151, 2070.30, 3148.23)],
)
def test_the_volume_of_each_edition_is_that_of_its_export(
    as_of: str | None, count: int, delivered: float, ordered: float
) -> None:
    edition = register(as_of)
    assert len(edition) == count
    assert edition["delivered_tiv"].sum() == pytest.approx(delivered, abs=0.001)
    assert edition["ordered_tiv"].sum() == pytest.approx(ordered, abs=0.001)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (None, "ALB 18 131.25 BIH 5 15.05 HRV 37 691.38 MKD 27 157.67 MNE 9 30.63 "
               "SRB 52 1331.29 XKX 9 37.57"),
        (BETWEEN, "ALB 12 71.55 BIH 5 13.65 HRV 37 550.06 MKD 28 148.85 MNE 8 29.03 "
                  "SRB 52 1227.39 XKX 9 29.77"),
    ],
)  # fmt: skip
def test_every_recipient_has_its_entries_and_volume(as_of: str | None, expected: str) -> None:
    by = register(as_of).groupby("recipient_iso3")["delivered_tiv"].agg(["size", "sum"])
    found = " ".join(f"{row.Index} {row.size} {row.sum:.2f}" for row in by.itertuples())
    assert found == expected


def test_statuses_of_the_register_are_counted() -> None:
    assert register()["status"].value_counts().to_dict() == {
        "delivered": 117,
        "no delivery recorded": 30,
        "part delivered": 10,
    }
    assert register(BETWEEN)["status"].value_counts().to_dict() == {
        "delivered": 106,
        "no delivery recorded": 34,
        "part delivered": 11,
    }


@pytest.mark.parametrize("as_of", [None, BETWEEN])
def test_status_and_years_follow_from_the_numbers(as_of: str | None) -> None:
    for transfer, entry in register(as_of).iterrows():
        none = entry["delivered_count"] == 0
        whole = known(entry["ordered_count"]) and entry["delivered_count"] == entry["ordered_count"]
        expected = "no delivery recorded" if none else "delivered" if whole else "part delivered"
        assert entry["status"] == expected, transfer
        years = [int(year) for year in entry["delivery_years"]]
        assert (not years) == none, transfer
        assert years == sorted(years), transfer
        if years:
            assert (years[0], years[-1]) == (
                entry["delivery_start_year"],
                entry["delivery_end_year"],
            ), transfer
        assert known(entry["deal_value_millions"]) == known(entry["deal_value_currency"]), transfer


@pytest.mark.parametrize("table", ["arms_transfers", "arms_exports"])
def test_tiv_delivered_is_number_times_unit(table: str) -> None:
    entries = tables.load(table, vintages=True)
    for entry in entries[entries["unit_tiv"].notna()].to_dict("records"):
        number = entry["delivered_count"]
        assert entry["delivered_tiv"] == pytest.approx(
            entry["unit_tiv"] * number, abs=0.005 * number + 0.01
        ), entry


def test_a_value_that_sipri_had_not_set_is_missing_and_not_zero() -> None:
    both = tables.load("arms_transfers", vintages=True)
    unset = both[both["unit_tiv"].isna()].groupby("release")["transfer_id"].agg(set)
    assert unset[EARLIER] == {"ATR077", "ATR110"}
    assert unset[LATER] == {"ATR014", "ATR026", "ATR054", "ATR067", "ATR077"}
    open_order = both["ordered_count"].isna() | both["unit_tiv"].isna()
    assert both["ordered_tiv"].isna().equals(open_order)
    assert both[open_order].groupby("release").size().to_list() == [13, 15]


def test_the_editions_share_140_entries_of_which_32_changed() -> None:
    before, now = register(BETWEEN), register()
    assert set(before.index) - set(now.index) == {f"ATR-R{n:02}" for n in range(1, 12)}
    shared = sorted(set(before.index) & set(now.index))
    assert len(shared) == 140
    facts = ["order_year", "order_year_uncertain", "ordered_count", "ordered_uncertain",
             "delivered_count", "delivery_years", "unit_tiv", "condition", "aid"]  # fmt: skip
    same = ["recipient_iso3", "supplier_iso3", "supplier_bloc", "category", "condition", "aid"]
    assert before.loc[shared, same].equals(now.loc[shared, same])
    then, later = (edition.loc[shared, facts].astype(object) for edition in (before, now))
    differs = (then != later) & ~(then.isna() & later.isna())
    differs |= then.isna() != later.isna()
    changed = set(differs.index[differs.fillna(True).any(axis=1)])
    noted = named_by_revisions()
    assert len(changed) == 32
    assert changed - noted == ALTERED
    assert set(before.index) - set(now.index) - noted == DROPPED
    assert set(now.index) - set(before.index) - noted == ADDED
    assert (now.loc[sorted(ADDED - {"ATR016"}), "order_year"] == 2025).all()


def test_the_register_of_march_2025_still_lists_the_russian_orders_of_2021() -> None:
    russian = register(BETWEEN).query("recipient_iso3 == 'SRB' and supplier_iso3 == 'RUS'")
    orders = russian[(russian["order_year"] == 2021) & (russian["delivered_count"] == 0)]
    assert orders["ordered_count"].to_dict() == {
        "ATR-R01": 12,
        "ATR-R02": 300,
        "ATR-R03": 4,
        "ATR-R04": 3,
    }
    assert not set(orders.index) & set(register().index)


# Revisions


def named_by_revisions() -> set[str]:
    return {t for row in tables.load("arms_transfer_revisions")["transfer_ids"] for t in row}


def test_23_revisions_are_noted_and_none_was_known_before() -> None:
    revisions = tables.load("arms_transfer_revisions")
    assert revisions.groupby("recipient_iso3").size().to_dict() == {
        "ALB": 5,
        "BIH": 1,
        "MNE": 2,
        "SRB": 12,
        "XKX": 3,
    }
    assert len(named_by_revisions()) == 27
    assert tables.load("arms_transfer_revisions", BETWEEN).empty


def agrees(words: str, entry: pd.Series) -> bool:
    """Return whether the words of a revision fit an entry of the register."""
    ordered, delivered, unit = entry[["ordered_count", "delivered_count", "unit_tiv"]]
    facts = {
        r"^no number$": lambda: pd.isna(ordered),
        r"^listed without numbers": lambda: pd.isna(ordered),
        r"^TIV per unit not set$": lambda: pd.isna(unit),
        r"none delivered": lambda: delivered == 0,
        r"ordered (\d{4})": lambda n: entry["order_year"] == n,
        r"ordered (\d{1,3})\b(?!\d)": lambda n: ordered == n,
        r"(\d+) ordered": lambda n: ordered == n,
        r"^delivered (\d+)|, delivered (\d+)|(?<!none )\b(\d+) delivered": lambda n: delivered == n,
        r"(\d+) ordered and delivered": lambda n: ordered == delivered == n,
        r"^(\d+)(?: over .*)?$": lambda n: ordered == delivered == n,
        r"([\d.]+) TIV(?! per unit not)": lambda n: unit == n,
        r"^(\d+) at": lambda n: ordered == n,
        r"(\d+) for the order": lambda n: entry["ordered_tiv"] == n,
        r"(?:delivered|over|and) (\d{4})": lambda n: str(int(n)) in entry["delivery_years"],
    }
    tested = False
    for pattern, holds in facts.items():
        for match in re.finditer(pattern, words):
            numbers = [float(group) for group in match.groups() if group]
            tested = True
            if not holds(*numbers[:1]):
                return False
    return tested


@pytest.mark.parametrize(
    ("column", "as_of"), [("earlier_value", BETWEEN), ("later_value", None)]
)  # fmt: skip
def test_revisions_say_what_the_editions_hold(column: str, as_of: str | None) -> None:
    edition = register(as_of)
    ammunition = {"ATR-R02"}  # the words give the launchers; the missiles stand in the item
    for row in tables.load("arms_transfer_revisions").to_dict("records"):
        words = row[column]
        for transfer in set(row["transfer_ids"]) - ammunition:
            if words in ("absent", "row removed"):
                assert transfer not in edition.index, (row["item"], transfer)
            else:
                assert agrees(words, edition.loc[transfer]), (row["item"], words)


# Yearly volume


def test_the_totals_hold_239_cells_of_three_methods() -> None:
    totals = tables.load("arms_transfer_totals")
    columns = {
        "register_derived": ("derived_tiv", 130, 2383.76),
        "published_table": ("published_tiv", 44, 792.0),
        "published_table_total": ("published_total_tiv", 65, 1497.0),
    }
    assert len(totals) == 239
    for method, (column, count, volume) in columns.items():
        filled = totals[totals[column].notna()]
        assert set(filled["method"]) == {method}
        assert len(filled) == count
        assert filled[column].sum() == pytest.approx(volume, abs=0.001)
    derived = totals["method"] == "register_derived"
    assert totals["derived_split_tiv"].notna().equals(derived)
    before = tables.load("arms_transfer_totals", BETWEEN)
    assert len(before) == 109
    assert before["derived_tiv"].isna().all()


def test_derived_totals_are_the_register_spread_evenly() -> None:
    totals = tables.load("arms_transfer_totals").query("method == 'register_derived'")
    cells = totals.set_index(["recipient_iso3", "supplier_iso3", "year"])
    entries = register()
    whole = spread(entries, "recipient_iso3", "supplier_iso3")
    whole = {place: tiv for place, tiv in whole.items() if place[-1] >= 2000}
    several = entries[entries["delivery_years"].map(len) > 1]
    split = spread(several, "recipient_iso3", "supplier_iso3")
    assert set(whole) == set(cells.index)
    for place, tiv in whole.items():
        cell = cells.loc[place]
        assert cell["derived_tiv"] == pytest.approx(tiv, abs=0.0051), place
        assert cell["derived_split_tiv"] == pytest.approx(split.get(place, 0.0), abs=0.0051), place
        share = 100 * cell["derived_split_tiv"] / cell["derived_tiv"]
        assert cell["derived_split_pct"] == pytest.approx(share, abs=0.051), place


def test_published_lines_never_exceed_the_published_total() -> None:
    totals = tables.load("arms_transfer_totals")
    by = totals.groupby(["recipient_iso3", "year"])[["published_tiv", "published_total_tiv"]].sum()
    assert (by["published_tiv"] <= by["published_total_tiv"]).all()


def test_serbia_2023_is_93_as_published_and_323_as_derived() -> None:
    totals = tables.load("arms_transfer_totals").query("recipient_iso3 == 'SRB'")
    by = totals.groupby("year")[["derived_tiv", "published_total_tiv"]].sum()
    assert by.loc[2023].round().to_list() == [323, 93]
    assert by.loc[2022].round().to_list() == [224, 172]
    published = by[by.index <= 2023]
    gap = (published["derived_tiv"] - published["published_total_tiv"]).abs()
    assert gap.idxmax() == 2023


# Exports


def test_exports_have_58_entries_worth_900_tiv() -> None:
    exports = tables.load("arms_exports")
    by = exports.groupby("supplier_iso3")["delivered_tiv"].agg(["size", "sum"]).round(2)
    assert by["size"].to_dict() == {"ALB": 1, "BIH": 6, "HRV": 11, "MKD": 3, "MNE": 9, "SRB": 28}
    assert by["sum"].to_list() == [1.2, 34.12, 109.46, 90.4, 202.7, 462.36]
    assert exports["recipient_iso3"].isna().sum() == 2
    assert exports["unit_tiv"].isna().sum() == 1


def test_transfers_within_the_region_stand_in_both_registers_alike() -> None:
    columns = ["recipient_iso3", "supplier_iso3", "weapon", "weapon_description", "category",
               "order_year", "order_year_uncertain", "ordered_count", "ordered_uncertain",
               "delivered_count", "delivery_years", "condition", "unit_tiv",
               "delivered_tiv"]  # fmt: skip
    exports, imports = tables.load("arms_exports"), register().reset_index()
    sold = exports[exports["recipient_iso3"].isin(imports["recipient_iso3"])]
    bought = imports[imports["supplier_iso3"].isin(exports["supplier_iso3"])]
    assert len(sold) == len(bought) == 3
    order = ["recipient_iso3", "weapon"]
    pd.testing.assert_frame_equal(
        sold[columns].sort_values(order).reset_index(drop=True),
        bought[columns].sort_values(order).reset_index(drop=True),
    )


# Deals: counts


def test_the_ledger_has_129_deals() -> None:
    assert deals().groupby("recipient_iso3").size().to_dict() == {
        "ALB": 21,
        "BIH": 17,
        "MKD": 15,
        "MNE": 15,
        "SRB": 40,
        "XKX": 21,
    }
    assert deals()["status"].value_counts().to_dict() == {
        "delivered": 70,
        "ordered": 20,
        "delivering": 14,
        "approved": 10,
        "announced": 9,
        "alleged": 3,
        "unknown": 3,
    }


def test_doubt_is_kept_in_the_fields() -> None:
    ledger = deals()
    assert ledger["single_source"].sum() == 31
    assert ledger["quantity_uncertain"].sum() == 49
    assert ledger["order_date_uncertain"].sum() == 38
    assert ledger["confidence"].value_counts().to_dict() == {"high": 64, "medium": 44, "low": 21}
    filled = ledger[
        ["quantity_ordered", "quantity_planned", "quantity_delivered", "order_date",
         "delivery_start", "delivery_end", "planned_delivery_from", "planned_delivery_to",
         "value_millions", "differs_from_sipri", "note", "status_as_of"]
    ].notna().sum()  # fmt: skip
    assert filled.to_list() == [82, 13, 97, 118, 82, 83, 14, 18, 50, 31, 125, 128]


def test_numbers_stand_in_the_column_of_their_status() -> None:
    firm = deals()["status"].isin(["ordered", "delivering", "delivered"])
    ordered = deals()["quantity_ordered"].notna()
    assert set(deals().index[ordered & ~firm]) == {"R21"}
    planned = deals()["quantity_planned"].notna()
    assert set(deals().index[planned & firm]) == {"K10", "A18"}
    assert not (ordered & planned).any()
    arrived = deals()["quantity_delivered"].fillna(0) > 0
    assert set(deals().loc[arrived, "status"]) == {"delivering", "delivered"}
    both = deals()[arrived & ordered]
    assert (both["quantity_delivered"] <= both["quantity_ordered"]).all()


def test_a_delivery_date_needs_a_delivery() -> None:
    started = deals()["delivery_start"].notna() | deals()["delivery_end"].notna()
    assert set(deals().loc[started, "status"]) == {"delivering", "delivered"}
    assert set(deals().index[~started & (deals()["status"] == "delivered")]) == {"K18"}
    kinds = deals()["delivery_date_kind"].map(len)
    assert (kinds > 0).equals(started)


def test_precision_is_how_a_date_is_written() -> None:
    written = deals()["order_date"].dropna().map(len).map({4: "year", 7: "month", 10: "day"})
    assert written.to_dict() == deals()["order_date_precision"].dropna().to_dict()


# Deals: values


def test_only_17_values_are_prices() -> None:
    prices = deals()[deals()["value_is_price"].fillna(False)]
    assert set(prices["status"]) <= {"ordered", "delivering", "delivered"}
    assert set(prices["value_kind"]) == {"contract value", "package total"}
    assert prices.index[prices["value_kind"] == "package total"].to_list() == ["A01"]
    assert prices.groupby("value_currency")["value_millions"].agg(
        ["size", "sum"]
    ).to_numpy().tolist() == [
        [12, pytest.approx(3315.0)],
        [5, pytest.approx(539.54)],
    ]
    assert not deals().loc["N13", "value_is_price"]


def test_value_fields_are_filled_together() -> None:
    worth = deals()["value_millions"].notna()
    assert worth.sum() == 50
    for column in ("value_currency", "value_kind", "value_is_price"):
        assert deals()[column].notna().equals(worth), column
    assert (deals()["value_status"] != "unknown").equals(worth)


def test_a_shared_value_stands_on_one_deal_only() -> None:
    shared = deals()["value_shared_with"].dropna().to_dict()
    assert shared == {"A01": "A02", "A02": "A01", "R04": "R05", "R05": "R04"}
    worth = deals().loc[list(shared), "value_millions"]
    assert worth.dropna().to_dict() == {"A01": 78.6, "R04": 75.0}


# Deals against the register

#: Deals whose further entries are added to the first; of R37 they are parts of one contract.
ADDED_UP = {"A04", "M08", "R03", "R11"}
PARTS = {"R37"}


def linked() -> list[tuple[str, pd.Series, pd.DataFrame]]:
    return [
        (str(name), deal, register().loc[list(deal["register_row_ids"])])
        for name, deal in deals().iterrows()
        if deal["register_row_ids"]
    ]


def test_deals_link_to_entries_of_the_same_recipient() -> None:
    used = [transfer for _, deal, _ in linked() for transfer in deal["register_row_ids"]]
    assert len(used) == 91
    assert {transfer for transfer in used if used.count(transfer) > 1} == {"ATR023", "ATR062"}
    for name, deal, entries in linked():
        assert set(entries["recipient_iso3"]) == {deal["recipient_iso3"]}, name
        assert entries["category"].iloc[0] == deal["category"], name
    recent = register().query("recipient_iso3 != 'HRV' and order_year >= 2014")
    engines = {"ATR119", "ATR138", "ATR151", "ATR154"}
    assert set(recent.index) - set(used) == engines


def test_further_entries_are_ammunition() -> None:
    further = {
        name: [*entries["weapon"].iloc[1:]]
        for name, _, entries in linked()
        if len(entries) > 1 and name not in ADDED_UP | PARTS
    }
    assert further == {
        "R08": ["9M120 Ataka"],
        "R10": ["57-E6"],
        "R13": ["FT-8"],
        "R14": ["HQ-22"],
        "R16": ["HQ-17"],
    }
    missiles = register().loc[["ATR141", "ATR116", "ATR117", "ATR122", "ATR109"]]
    assert missiles["weapon_description"].str.contains("missile").all()
    assert not missiles["weapon_description"].str.contains("system").any()


def test_the_seller_is_the_supplier_of_the_register_or_the_difference_is_explained() -> None:
    differs = {
        name
        for name, deal, entries in linked()
        if str(deal["supplier_iso3"]) != str(entries["supplier_iso3"].iloc[0])
    }
    assert differs == {"A02", "M04", "M05", "N03", "N07", "R27"}
    words = deals().loc[sorted(differs), "differs_from_sipri"]
    assert words.str.contains("SIPRI books").all()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("quantity_ordered", "ordered_count"), ("quantity_delivered", "delivered_count")],
)
def test_numbers_are_those_of_the_register_or_the_difference_is_explained(
    ours: str, theirs: str
) -> None:
    for name, deal, entries in linked():
        counted = entries if name in ADDED_UP else entries.iloc[:1]
        number = counted[theirs].sum(min_count=1)
        if pd.isna(deal[ours]):
            silent = pd.isna(number) or number == 0 or known(deal["quantity_planned"])
            assert silent or known(deal["differs_from_sipri"]), name
        elif deal[ours] != number:
            assert known(deal["differs_from_sipri"]), name


def test_an_order_year_taken_from_sipri_is_that_of_the_register() -> None:
    for name, deal, entries in linked():
        if deal["order_date_kind"] == "sipri order year":
            years = set(entries["order_year"].astype(str)) if name in ADDED_UP else set(
                entries["order_year"].iloc[:1].astype(str)
            )  # fmt: skip
            assert deal["order_date"] in years, name


def test_a_status_that_differs_from_the_register_is_explained() -> None:
    same = {"delivered": "delivered", "delivering": "part delivered"}
    for name, deal, entries in linked():
        if entries["status"].iloc[0] != same.get(deal["status"], "no delivery recorded"):
            assert known(deal["differs_from_sipri"]), name


def test_uncertain_numbers_of_the_register_are_uncertain_in_the_ledger() -> None:
    for name, deal, entries in linked():
        main = entries.iloc[0]
        if main["ordered_uncertain"] or main["delivered_uncertain"]:
            number = deal[["quantity_ordered", "quantity_planned", "quantity_delivered"]].dropna()
            assert deal["quantity_uncertain"] is True or number.empty, name


# Deals on an earlier day


def test_the_status_of_each_deal_on_30_september_2025() -> None:
    then, now = deals(BETWEEN)["status"], deals()["status"]
    assert len(then) == 115
    assert set(now.index) - set(then.index) == {
        "A13", "A18", "A19", "B09", "B17", "K09", "K12", "K17", "K18", "R17", "R18", "R20",
        "R36", "R39",
    }  # fmt: skip
    moved = {deal: status for deal, status in then.items() if status != now[deal]}
    assert moved == {
        "A09": "ordered",  # first missiles in December 2025
        "A10": "delivering",  # three drones seen; six only in the register of 2026
        "A11": "ordered",
        "A16": "approved",  # the order stands only in the register of 2026
        "B05": "ordered",
        "R16": "delivering",
        "R21": "ordered",  # still in the register, gone from it by 2026
        "R22": "ordered",
        "R23": "ordered",
        "R26": "delivering",
        "R29": "ordered",  # the register of 2025 had no delivery yet
        "R35": "ordered",
    }


def test_kosovo_had_its_second_batch_of_m1117_since_15_august_2025() -> None:
    assert "K04" not in deals("2025-08-14").index
    batch = deals(BETWEEN).loc["K04"]
    assert (batch["status"], batch["quantity_delivered"]) == ("delivered", 50)
    assert register(BETWEEN).loc["ATR062", "delivered_count"] == 55
    assert register().loc["ATR062", "delivered_count"] == 105


@pytest.mark.parametrize("as_of", ["2019-06-30", "2022-02-24", "2024-06-30", BETWEEN, "2026-01-15"])
def test_nothing_that_came_later_was_known(as_of: str) -> None:
    day = tables.day(as_of)
    then = deals(as_of)
    for column in ("order_date", "delivery_start", "delivery_end"):
        late = then[column].dropna().map(lambda text: tables.bounds(text)[0] > day)
        assert not late.any(), (column, late.index[late])
    delivered = then[then["status"] == "delivered"]
    assert delivered["delivery_end"].notna().all()
    arriving = then[then["status"] == "delivering"]
    assert (arriving["delivery_start"].notna() | (arriving.index == "M14")).all()
    waiting = then[~then["status"].isin(["delivered", "delivering"])]
    assert waiting["delivery_start"].isna().all()
    assert (waiting["quantity_delivered"].fillna(0) == 0).all()
    assert (then["status_as_of"].dropna().map(lambda text: tables.bounds(text)[0]) <= day).all()


def test_a_number_that_only_the_later_register_has_was_not_known_before() -> None:
    then = deals(BETWEEN)
    assert then.loc[["A07", "A09", "A11", "A16", "R16"], "quantity_ordered"].isna().all()
    assert then.loc[["A09", "A10", "R28", "N05"], "quantity_delivered"].isna().all()
    assert pd.isna(then.loc["M06", "value_millions"])
    assert deals().loc["M06", "value_millions"] == 66
    assert not known(register(BETWEEN).loc["ATR081", "deal_value_millions"])


def test_a_plan_becomes_an_order_on_the_day_of_its_contract() -> None:
    assert deals("2024-03-25").loc["M08", "status"] == "announced"
    assert not known(deals("2024-03-25").loc["M08", "value_millions"])
    assert deals("2024-03-26").loc["M08", "status"] == "ordered"
    assert deals("2024-03-26").loc["M08", "value_millions"] == 250
    assert deals("2024-06-30").loc["K10", "status"] == "approved"
    assert deals("2024-12-31").loc["K10", "status"] == "ordered"


def test_serbian_tanks_came_in_two_lots() -> None:
    assert deals("2020-10-31").loc["R04", "status"] == "ordered"
    assert deals("2021-01-31").loc["R04", "status"] == "delivering"
    assert deals("2021-05-23").loc["R04", "status"] == "delivered"


def test_every_filled_group_of_fields_says_when_it_was_known() -> None:
    ledger = deals()
    for column, when in [
        ("order_date", "order_known_from"),
        ("delivery_start", "delivery_start_known_from"),
        ("delivery_end", "delivery_end_known_from"),
    ]:
        assert ledger[column].notna().equals(ledger[when].notna()), column
    numbered = ledger["quantity_ordered"].notna() | ledger["quantity_planned"].notna()
    assert numbered.equals(ledger["quantity_known_from"].notna())
    worth = ledger["value_millions"].notna()
    assert set(ledger.index[worth & ledger["value_known_from"].isna()]) == {"A01"}
    assert ledger.index[ledger["status_known_from"].isna()].to_list() == ["K18"]
    days = [column for column in ledger if str(column).endswith("_known_from")]
    for column in days:
        assert not (ledger[column] < ledger["known_from"]).any(), column


# Industry


def test_industry_has_49_facts() -> None:
    facts = tables.load("defence_industry").set_index("fact_id")
    assert len(facts) == 49
    assert facts["value"].notna().sum() == 31
    assert facts["value"].sum() == pytest.approx(6904.56)
    assert (facts["value"].notna() == facts["unit"].notna()).all()
    assert facts["single_source"].sum() == 28
    undated = facts.index[facts["known_from"].isna()].to_list()
    assert undated == ["I27", "I34", "I41", "I42", "I43"]


def test_serbian_exports_of_2014_to_2025_are_the_sum_of_the_register() -> None:
    fact = tables.load("defence_industry").set_index("fact_id").loc["I17"]
    sold = tables.load("arms_exports").query("supplier_iso3 == 'SRB'")
    by: dict[str, float] = defaultdict(float)
    for (recipient, year), tiv in spread(sold, "recipient").items():
        if 2014 <= year <= 2025:
            by[str(recipient)] += tiv
    assert sum(by.values()) == pytest.approx(fact["value"], abs=0.05)
    first = sorted(by.items(), key=lambda item: -item[1])[:4]
    assert [(name, round(tiv)) for name, tiv in first] == [
        ("Saudi Arabia", 91),
        ("Bangladesh", 46),
        ("Cyprus", 45),
        ("Azerbaijan", 36),
    ]


@pytest.mark.parametrize(("fact", "supplier"), [("I23", "MKD"), ("I24", "MNE"), ("I25", "BIH")])
def test_transfers_to_ukraine_are_those_of_the_register(fact: str, supplier: str) -> None:
    value = tables.load("defence_industry").set_index("fact_id").loc[fact, "value"]
    sold = tables.load("arms_exports").query("recipient_iso3 == 'UKR'")
    volume = sold[sold["supplier_iso3"] == supplier]["delivered_tiv"].sum()
    assert volume == pytest.approx(value, abs=0.05)


@pytest.mark.parametrize(
    ("fact", "parts", "rest"),
    [
        ("I37", ["A16", "A17"], 0),
        ("I38", ["M11", "M12", "M13"], 1),  # the EU's sum holds a regional measure of one million
        ("I39", ["N15"], 0),
        ("I40", ["B12", "B13"], 0),
    ],
)
def test_peace_facility_sums_are_those_of_the_deals(fact: str, parts: list[str], rest: int) -> None:
    value = tables.load("defence_industry").set_index("fact_id").loc[fact, "value"]
    assert deals().loc[parts, "value_millions"].sum() + rest == value


def test_serbian_suppliers_of_2020_to_2024_are_the_shares_in_the_note() -> None:
    note = tables.load("defence_industry").set_index("fact_id").loc["I49", "note"]
    totals = tables.load("arms_transfer_totals")
    serbia = totals[(totals["recipient_iso3"] == "SRB") & totals["year"].between(2020, 2024)]
    by = serbia.groupby("supplier_iso3")["derived_tiv"].sum()
    shares = [f"{100 * by[code] / by.sum():.1f}" for code in ("CHN", "RUS", "FRA")]
    assert ", ".join(shares) in str(note)
