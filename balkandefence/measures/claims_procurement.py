"""Measures that only the claims ledger needs: shares of suppliers by value, count and money.

Shares by value are of TIV spread as in `procurement`, counts and money of the deal ledger as in
`procurement_deals` and `procurement_money`. Each share is in per cent of what is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.procurement import Window, spread
from balkandefence.measures.procurement_deals import firm, thin, year_of
from balkandefence.provenance import Quantity, measure, quantity

#: Blocs that can be called Western: always these, by other readings with Turkey and Israel.
WESTERN = ("US", "EU-NATO")

#: Categories of the deal ledger that are not weapons or weapon systems.
GOODS = ("logistics/support", "ammunition plant/industrial")


#: What shares of volume rest on; choosing rows of all thirty columns takes four times as long.
_VOLUME = [
    "recipient_iso3", "supplier_iso3", "supplier_bloc", "order_year", "ordered_tiv",
    "delivery_years", "delivered_tiv",
]  # fmt: skip


def _volume(transfers: pd.DataFrame, codes: Sequence[str], window: Window, by: str) -> pd.DataFrame:
    """Return entries with `tiv` inside a window, by year of delivery or by year of order."""
    mine = transfers[_VOLUME][transfers["recipient_iso3"].isin(list(codes))]
    if by == "delivery":
        rows = spread(mine)
        return rows[rows["year"].between(*window)]
    rows = mine[mine["order_year"].between(*window) & mine["ordered_tiv"].notna()]
    return rows.assign(tiv=rows["ordered_tiv"].astype(float))


def _behind(transfers: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the register's own entries behind a selection of volumes."""
    return transfers[_VOLUME[:1]][transfers.index.isin(rows.index)]


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else float("nan")


@measure
def volume_share(
    transfers: pd.DataFrame,
    codes: Sequence[str],
    blocs: Sequence[str],
    window: Window,
    by: str = "delivery",
) -> Quantity:
    """Return blocs' share of what countries received (or ordered) in a window, by TIV."""
    rows = _volume(transfers, codes, window, by)
    part = rows.loc[rows["supplier_bloc"].isin(list(blocs)), "tiv"].sum()
    used = _behind(transfers, rows)
    return quantity(_share(float(part), float(rows["tiv"].sum())), used)


@measure
def lowest_volume_share(
    transfers: pd.DataFrame, codes: Sequence[str], blocs: Sequence[str], window: Window
) -> Quantity:
    """Return the lowest of the countries' own shares by TIV, of those with deliveries."""
    rows = _volume(transfers, codes, window, "delivery")
    rows = rows.assign(part=rows["tiv"].where(rows["supplier_bloc"].isin(list(blocs)), 0.0))
    sums = rows.groupby("recipient_iso3")[["tiv", "part"]].sum()
    sums = sums[sums["tiv"] > 0]
    used = _behind(transfers, rows)
    value = float((100 * sums["part"] / sums["tiv"]).min()) if len(sums) else float("nan")
    return quantity(value, used)


@measure
def volume_rank(
    transfers: pd.DataFrame, iso3: str, bloc: str, window: Window, by: str = "delivery"
) -> Quantity:
    """Return a bloc's place among a country's suppliers in a window, by TIV; 1 is the largest."""
    rows = _volume(transfers, [iso3], window, by)
    sums = rows.groupby("supplier_bloc")["tiv"].sum()
    used = _behind(transfers, rows)
    if not sums.sum():
        return quantity(float("nan"), used)
    return quantity(float(1 + (sums > sums.get(bloc, 0.0)).sum()), used)


@measure
def supplier_share(
    transfers: pd.DataFrame, iso3: str, suppliers: Sequence[str], window: Window
) -> Quantity:
    """Return supplier states' share of what a country received in a window, by TIV."""
    rows = _volume(transfers, [iso3], window, "delivery")
    part = rows.loc[rows["supplier_iso3"].isin(list(suppliers)), "tiv"].sum()
    used = _behind(transfers, rows)
    return quantity(_share(float(part), float(rows["tiv"].sum())), used)


@measure
def groups_delivering(transfers: pd.DataFrame, iso3: str, window: Window) -> Quantity:
    """Return from how many of three groups (Western, China, Russia) a country received arms."""
    rows = _volume(transfers, [iso3], window, "delivery")
    blocs = set(rows.loc[rows["tiv"] > 0, "supplier_bloc"])
    found = sum(bool(blocs & set(group)) for group in (WESTERN, ("China",), ("Russia",)))
    return quantity(float(found), _behind(transfers, rows))


def orders(
    deals: pd.DataFrame,
    codes: Sequence[str],
    window: Window,
    *,
    weapons: bool = False,
    sure: bool = False,
) -> pd.DataFrame:
    """Return orders of the deal ledger in a window of years, with the loader's line index.

    `weapons` leaves out goods and plants, `sure` what rests on one source or low confidence.
    """
    rows = firm(deals, codes)
    rows = rows[year_of(rows).between(*window)]
    if weapons:
        rows = rows[~rows["category"].isin(GOODS)]
    return rows[~thin(rows)] if sure else rows


@measure
def order_share(deals: pd.DataFrame, column: str, wanted: Sequence[str]) -> Quantity:
    """Return the share of orders whose column holds one of the wanted values, by count."""
    hits = deals[column].isin(list(wanted)).sum()
    return quantity(_share(float(hits), float(len(deals))), deals)


@measure
def lowest_order_share(deals: pd.DataFrame, column: str, wanted: Sequence[str]) -> Quantity:
    """Return the lowest share by count among the recipients in a selection of orders."""
    hits = deals[column].isin(list(wanted)).groupby(deals["recipient_iso3"]).mean()
    return quantity(100 * float(hits.min()) if len(hits) else float("nan"), deals)


@measure
def order_rank(deals: pd.DataFrame, bloc: str) -> Quantity:
    """Return a bloc's place among sellers by number of orders; 1 has most."""
    counts = deals["supplier_bloc"].value_counts()
    if counts.empty:
        return quantity(float("nan"), deals)
    return quantity(float(1 + (counts > counts.get(bloc, 0)).sum()), deals)


@measure
def money_share(deals: pd.DataFrame, suppliers: Sequence[str]) -> Quantity:
    """Return supplier states' share of disclosed prices in one currency, by money.

    Not a number where no price is disclosed, or prices are in several currencies.
    """
    rows = deals[deals["value_is_price"].fillna(False).astype(bool)]
    if rows["value_currency"].nunique() != 1:
        return quantity(float("nan"), rows)
    part = rows.loc[rows["supplier_iso3"].isin(list(suppliers)), "value_millions"].sum()
    return quantity(_share(float(part), float(rows["value_millions"].sum())), rows)


@measure
def deal_is(deals: pd.DataFrame, deal_ids: Sequence[str], statuses: Sequence[str]) -> Quantity:
    """Return 1 where any of the deals has one of the statuses on the day, 0 where none has.

    Not a number where none of them was known.
    """
    rows = deals[deals["deal_id"].isin(list(deal_ids))]
    hits = rows[rows["status"].isin(list(statuses))]
    value = float(bool(len(hits))) if len(rows) else float("nan")
    return quantity(value, hits if len(hits) else rows)


@measure
def register_has(transfers: pd.DataFrame, iso3: str, bloc: str, category: str) -> Quantity:
    """Return 1 where the register records a delivery of a category from a bloc, else 0."""
    rows = transfers[
        (transfers["recipient_iso3"] == iso3)
        & (transfers["supplier_bloc"] == bloc)
        & (transfers["category"] == category)
        & (transfers["delivered_tiv"] > 0)
    ]
    return quantity(float(bool(len(rows))), rows)


@measure
def fact_known(industry: pd.DataFrame, fact_ids: Sequence[str]) -> Quantity:
    """Return 1 where one of the facts of defence_industry was known, else 0."""
    rows = industry[industry["fact_id"].isin(list(fact_ids))]
    return quantity(float(bool(len(rows))), rows)
