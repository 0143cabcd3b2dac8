"""Measures of disclosed prices in the deal ledger, and of what is not disclosed.

Only values that are prices count (`value_is_price`): contract values and totals of signed packages
of orders in force. Ceilings, budget lines, notifications and press estimates are none. Currencies
are never mixed: dollars become euro at the European Central Bank's average rate of the order year.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.procurement import BLOC_NAMES
from balkandefence.measures.procurement_deals import doubts, firm, thin, year_of
from balkandefence.provenance import Quantity, Words, measure, quantity, words


def _euro_rate(rates: pd.DataFrame, currency: str, year: int) -> float:
    if currency == "EUR":
        return 1.0
    rows = rates[(rates["series"] == "ecb") & (rates["per_currency"] == "EUR")]
    rows = rows[(rows["currency"] == currency) & (rows["year"] == year)]
    return float(rows["rate"].iloc[0]) if len(rows) else float("nan")


def paid(deals: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return the orders that somebody pays for: all but gifts and those whose kind is unclear."""
    rows = firm(deals, countries)
    return rows[~rows["deal_type"].isin(["donation", "unclear"])]


@measure
def prices(
    deals: pd.DataFrame, rates: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return every order with a disclosed price, in its own currency and in euro.

    Only values that are prices (`value_is_price`). Dollars become euro at the European Central
    Bank's average rate of the order year. Columns deal_id, recipient, supplier, bloc, system,
    year, millions, currency, price (both, as text), eur_millions, thin, doubt, source, dearest
    first.
    """
    rows = firm(deals, countries)
    rows = rows[rows["value_is_price"].fillna(False).astype(bool)]
    names = codes.set_index("iso3")["name"]
    found = rows.assign(
        recipient=rows["recipient_iso3"].map(names),
        supplier=rows["supplier_iso3"].map(names).fillna("not named"),
        bloc=rows["supplier_bloc"], year=year_of(rows), millions=rows["value_millions"],
        currency=rows["value_currency"], thin=thin(rows),
    )  # fmt: skip
    euro = [
        float(value) / _euro_rate(rates, str(currency), int(year))
        for value, currency, year in found[["millions", "currency", "year"]].to_numpy()
    ]
    price = [f"{unit} {worth:,.4g}" for unit, worth in found[["currency", "millions"]].to_numpy()]
    columns = ["deal_id", "recipient", "supplier", "bloc", "system", "year", "millions",
               "currency", "price", "eur_millions", "thin", "doubt", "source"]  # fmt: skip
    found = found.assign(eur_millions=euro, price=pd.Series(price, index=found.index),
                         doubt=doubts(rows))[columns]  # fmt: skip
    return found.sort_values(["eur_millions", "deal_id"], ascending=[False, True])


def _priced(rows: pd.DataFrame) -> pd.Series:
    """Return which orders have a disclosed price, of their own or shared with another order."""
    own = rows["value_is_price"].fillna(False).astype(bool)
    return own | rows["deal_id"].isin(set(rows.loc[own, "value_shared_with"].dropna()))


@measure
def money(
    deals: pd.DataFrame, rates: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return disclosed money and undisclosed orders by seller.

    One row a seller with an order that is paid for: supplier, bloc, eur_millions (disclosed
    prices; missing where none is), thin_eur_millions, largest, largest_eur_millions; priced,
    unpriced, thin (numbers of orders that are paid for). Thin orders stand in thin alone.
    """
    rows = paid(deals, countries)
    names = codes.set_index("iso3")["name"]
    rows = rows.assign(
        supplier=rows["supplier_iso3"].map(names).fillna("not named"),
        priced=_priced(rows), thin=thin(rows),
    )  # fmt: skip
    known = prices(deals, rates, countries, codes)
    found = []
    for supplier, mine in rows.groupby("supplier"):
        worth = known[known["supplier"] == supplier]
        sure = worth[~worth["thin"] & worth["eur_millions"].notna()]
        weak = float(worth.loc[worth["thin"], "eur_millions"].sum())
        firmly = mine[~mine["thin"]]
        has = int(firmly["priced"].sum())
        top = ("", float("nan"))
        if len(sure):
            top = (str(sure["system"].iloc[0]), float(sure["eur_millions"].iloc[0]))
        total = float(sure["eur_millions"].sum()) if len(sure) else float("nan")
        bloc, weakly = str(mine["supplier_bloc"].iloc[0]), len(mine) - len(firmly)
        found.append((supplier, bloc, total, weak, *top, has, len(firmly) - has, weakly))
    columns = ["supplier", "bloc", "eur_millions", "thin_eur_millions", "largest",
               "largest_eur_millions", "priced", "unpriced", "thin"]  # fmt: skip
    made = pd.DataFrame(found, columns=columns)
    ranked = made.assign(orders=made["priced"] + made["unpriced"])
    order = ["eur_millions", "orders", "supplier"]
    ranked = ranked.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return ranked.drop(columns="orders")


@measure
def disclosed(
    deals: pd.DataFrame, rates: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> Quantity:
    """Return the sum of disclosed prices in million euro, thin deals left out."""
    known = prices(deals, rates, countries, codes)
    known = known[~known["thin"]]
    return quantity(float(known["eur_millions"].sum()), deals[deals.index.isin(known.index)])


@measure
def priced_count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return how many orders that are paid for have a public price, thin ones left out."""
    rows = paid(deals, countries)
    rows = rows[_priced(rows) & ~thin(rows)]
    return quantity(float(len(rows)), rows)


@measure
def paid_count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of orders that are paid for, thin ones left out."""
    rows = paid(deals, countries)
    rows = rows[~thin(rows)]
    return quantity(float(len(rows)), rows)


@measure
def dearest(
    deals: pd.DataFrame, rates: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> Words:
    """Return a sentence on the dearest disclosed price and its share of all disclosed money."""
    known = prices(deals, rates, countries, codes)
    known = known[~known["thin"]]
    rows = deals[deals.index.isin(known.index)]
    if known.empty:
        return words("No price is disclosed.", deals)
    top, total = known.iloc[0], float(known["eur_millions"].sum())
    text = (
        f"{top['recipient']}'s order of {top['year']} from {top['supplier']} alone "
        f"({top['system']}, {top['eur_millions']:,.0f} million euro) makes "
        f"{100 * top['eur_millions'] / total:.0f}% of all disclosed money."
    )
    return words(text, rows)


@measure
def silent_blocs(deals: pd.DataFrame, countries: Sequence[str]) -> Words:
    """Return a sentence on the blocs that sold and of whose prices none is disclosed."""
    rows = paid(deals, countries)
    rows = rows[~thin(rows)]
    priced = rows["value_is_price"].fillna(False).astype(bool)
    by = priced.groupby(rows["supplier_bloc"]).agg(["size", "sum"])
    silent = by[by["sum"] == 0]["size"].sort_values(ascending=False)
    told = [f"{BLOC_NAMES[str(bloc)]} ({size} {'orders' if size > 1 else 'order'})"
            for bloc, size in silent.items()]  # fmt: skip
    listed = " and ".join([", ".join(told[:-1]), told[-1]] if told[1:] else told)
    text = f"No contract price is public for any paid order from {listed}." if told else (
        "Of each group of sellers at least one contract price is public."
    )  # fmt: skip
    return words(text, rows[rows["supplier_bloc"].isin(silent.index)])
