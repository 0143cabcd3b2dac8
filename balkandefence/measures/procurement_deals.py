"""Measures of the deal ledger: counts, standards, channels, disclosed prices, dates.

A deal counts as an order when it is ordered, delivering or delivered. Headline counts leave out
deals that rest on a single source or on low confidence ("thin" ones), which charts show apart.
Rows differ from a vehicle to a factory, so counts say how often, never how much.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.procurement import BLOC_NAMES, Window, name_of, span
from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: Statuses in which something was ordered.
FIRM = ("ordered", "delivering", "delivered")

#: How a deal is paid for, in four groups, by the ledger's type of deal.
CHANNELS = {
    "purchase": "bought",
    "FMS": "bought",
    "co-financed": "part aid",
    "FMF": "part aid",
    "donation": "given",
    "co-production": "made jointly",
    "unclear": "unclear",
}


def _chosen(deals: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    return deals[deals["recipient_iso3"].isin(list(countries))]


def firm(deals: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return the deals of the countries in which something was ordered."""
    rows = _chosen(deals, countries)
    return rows[rows["status"].isin(FIRM)]


def thin(deals: pd.DataFrame) -> pd.Series:
    """Return which deals rest on a single source or on low confidence."""
    return deals["single_source"].fillna(True).astype(bool) | (deals["confidence"] == "low")


def year_of(deals: pd.DataFrame) -> pd.Series:
    """Return the year of each deal's order, else of its first delivery, else of its first report."""
    text = deals["order_date"].fillna(deals["delivery_start"]).fillna(deals["first_public"])
    return text.astype(str).str[:4].astype(int)


@measure
def count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of rows in the ledger for the countries, of any status."""
    rows = _chosen(deals, countries)
    return quantity(float(len(rows)), rows)


@measure
def firm_count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of deals in which something was ordered, thin ones included."""
    rows = firm(deals, countries)
    return quantity(float(len(rows)), rows)


@measure
def headline_count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of orders that do not rest on a single source or low confidence."""
    rows = firm(deals, countries)
    rows = rows[~thin(rows)]
    return quantity(float(len(rows)), rows)


@measure
def thin_count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of orders that rest on a single source or on low confidence."""
    rows = firm(deals, countries)
    rows = rows[thin(rows)]
    return quantity(float(len(rows)), rows)


@measure
def status_count(
    deals: pd.DataFrame, countries: Sequence[str], statuses: Sequence[str]
) -> Quantity:
    """Return the number of deals in the given statuses, thin ones included."""
    rows = _chosen(deals, countries)
    rows = rows[rows["status"].isin(list(statuses))]
    return quantity(float(len(rows)), rows)


@measure
def blocs(deals: pd.DataFrame, countries: Sequence[str], windows: Sequence[Window]) -> pd.DataFrame:
    """Return the number of orders by recipient, window of the order, and bloc of the seller.

    Columns iso3, window, bloc, amount, share_pct as `measures.procurement.blocs`, and thin: the
    number left out of amount and share for a single source or low confidence. An order without
    date counts by its first delivery, else by its first report.
    """
    rows = firm(deals, countries)
    rows = rows.assign(year=year_of(rows), thin=thin(rows))
    found = []
    for window in windows:
        inside = rows[rows["year"].between(*window)]
        for code in countries:
            mine = inside[inside["recipient_iso3"] == code]
            by = mine.groupby("supplier_bloc")["thin"].agg(["size", "sum"])
            by = (by["size"] - by["sum"]).rename("sure").to_frame().assign(thin=by["sum"])
            total = by["sure"].sum()
            found += [
                (code, span(window), bloc, float(row.sure),
                 100 * row.sure / total if total else float("nan"), float(row.thin))
                for bloc, row in by.sort_values("sure", ascending=False).iterrows()
            ] or [(code, span(window), "unknown", 0.0, float("nan"), 0.0)]  # fmt: skip
    columns = ["iso3", "window", "bloc", "amount", "share_pct", "thin"]
    return pd.DataFrame(found, columns=columns)


# Standards and channels


@measure
def standards(deals: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return each country's orders by NATO standard: yes, unclear, no; thin ones apart.

    One row a country: iso3, yes, unclear, no, thin, share_pct (yes among the first three).
    """
    rows = firm(deals, countries)
    sure = rows[~thin(rows)]
    table = pd.crosstab(sure["recipient_iso3"], sure["nato_standard"])
    table = table.reindex(index=list(countries), columns=["yes", "unclear", "no"], fill_value=0)
    weak = rows[thin(rows)].groupby("recipient_iso3").size()
    total = table.sum(axis=1)
    shares = 100 * table["yes"] / total.where(total > 0)
    made = table.assign(thin=weak.reindex(table.index, fill_value=0), share_pct=shares)
    return made.rename_axis("iso3").rename_axis(columns=None).reset_index()


@measure
def standard_share(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the share of NATO-standard items among orders, thin ones left out, in per cent."""
    rows = firm(deals, countries)
    rows = rows[~thin(rows)]
    yes = (rows["nato_standard"] == "yes").sum()
    return quantity(100 * float(yes) / len(rows) if len(rows) else 0.0, rows)


@measure
def standard_share_others(deals: pd.DataFrame, countries: Sequence[str], iso3: str) -> Quantity:
    """Return the share of NATO-standard items among the orders of all countries but one."""
    others = [code for code in countries if code != iso3]
    rows = firm(deals, others)
    rows = rows[~thin(rows)]
    yes = (rows["nato_standard"] == "yes").sum()
    return quantity(100 * float(yes) / len(rows) if len(rows) else 0.0, rows)


@measure
def channels(deals: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return each country's orders by how they are paid for; see CHANNELS.

    Long: iso3, channel, count (thin ones left out), thin.
    """
    rows = firm(deals, countries)
    rows = rows.assign(channel=rows["deal_type"].map(CHANNELS), thin=thin(rows))
    found = []
    for code in countries:
        for channel in dict.fromkeys(CHANNELS.values()):
            cell = rows[(rows["recipient_iso3"] == code) & (rows["channel"] == channel)]
            weak = int(cell["thin"].sum())
            found.append((code, channel, len(cell) - weak, weak))
    return pd.DataFrame(found, columns=["iso3", "channel", "count", "thin"])


@measure
def channel_share(deals: pd.DataFrame, countries: Sequence[str], channel: str) -> Quantity:
    """Return the share of one channel among orders, thin ones left out, in per cent."""
    rows = firm(deals, countries)
    rows = rows[~thin(rows)]
    hits = (rows["deal_type"].map(CHANNELS) == channel).sum()
    return quantity(100 * float(hits) / len(rows) if len(rows) else 0.0, rows)


# Money


def _euro_rate(rates: pd.DataFrame, currency: str, year: int) -> float:
    if currency == "EUR":
        return 1.0
    rows = rates[(rates["series"] == "ecb") & (rates["per_currency"] == "EUR")]
    rows = rows[(rows["currency"] == currency) & (rows["year"] == year)]
    return float(rows["rate"].squeeze()) if len(rows) else float("nan")


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
    year, millions, currency, eur_millions, thin, source; dearest first.
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
        row.millions / _euro_rate(rates, str(row.currency), int(row.year))
        for row in found.itertuples()
    ]
    columns = ["deal_id", "recipient", "supplier", "bloc", "system", "year", "millions",
               "currency", "eur_millions", "thin", "source"]  # fmt: skip
    found = found.assign(eur_millions=euro)[columns]
    return found.sort_values(["eur_millions", "deal_id"], ascending=[False, True])


@measure
def money(
    deals: pd.DataFrame, rates: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return disclosed money and undisclosed orders by seller.

    One row a seller with an order that is paid for: supplier, bloc, eur_millions (disclosed
    prices, thin ones left out), thin_eur_millions, largest, largest_eur_millions, priced,
    unpriced (numbers of orders that are paid for). A price shared by two orders counts for both.
    """
    rows = paid(deals, countries)
    priced = rows["value_is_price"].fillna(False).astype(bool)
    shared = set(rows.loc[priced, "value_shared_with"].dropna())
    priced |= rows["deal_id"].isin(shared)
    names = codes.set_index("iso3")["name"]
    rows = rows.assign(supplier=rows["supplier_iso3"].map(names).fillna("not named"), priced=priced)
    known = prices(deals, rates, countries, codes)
    found = []
    for supplier, mine in rows.groupby("supplier"):
        worth = known[known["supplier"] == supplier]
        sure = worth[~worth["thin"]]
        weak = float(worth.loc[worth["thin"], "eur_millions"].sum())
        has = int(mine["priced"].sum())
        bloc = str(mine["supplier_bloc"].iloc[0])
        first = sure.iloc[0] if len(sure) else None
        found.append((
            supplier, bloc, float(sure["eur_millions"].sum()) if len(sure) else float("nan"),
            weak, "" if first is None else str(first["system"]),
            float("nan") if first is None else float(first["eur_millions"]),
            has, len(mine) - has,
        ))  # fmt: skip
    columns = ["supplier", "bloc", "eur_millions", "thin_eur_millions", "largest",
               "largest_eur_millions", "priced", "unpriced"]  # fmt: skip
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
    """Return the number of orders that are paid for and whose price is disclosed."""
    rows = paid(deals, countries)
    rows = rows[rows["value_is_price"].fillna(False).astype(bool)]
    return quantity(float(len(rows)), rows)


@measure
def paid_count(deals: pd.DataFrame, countries: Sequence[str]) -> Quantity:
    """Return the number of orders that are paid for: all but gifts and those of unclear kind."""
    rows = paid(deals, countries)
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
    text = f"No price at all is disclosed for {listed}." if told else (
        "Each group of sellers has disclosed at least one price."
    )  # fmt: skip
    return words(text, rows[rows["supplier_bloc"].isin(silent.index)])


# The ledger itself


@measure
def timeline(deals: pd.DataFrame, countries: Sequence[str]) -> pd.DataFrame:
    """Return each deal's dates as decimal years, by country and first date.

    Columns iso3, deal_id, system, bloc, status, thin, start (order, else first delivery, else
    first report), ordered (decimal year or missing), first, last (deliveries). A date known to
    the month or year stands at its middle.
    """
    rows = _chosen(deals, countries)
    order = {code: place for place, code in enumerate(countries)}
    found = pd.DataFrame({
        "iso3": rows["recipient_iso3"], "deal_id": rows["deal_id"], "system": rows["system"],
        "bloc": rows["supplier_bloc"], "status": rows["status"], "thin": thin(rows),
        "ordered": rows["order_date"].map(_decimal, na_action="ignore").astype(float),
        "first": rows["delivery_start"].map(_decimal, na_action="ignore").astype(float),
        "last": rows["delivery_end"].map(_decimal, na_action="ignore").astype(float),
        "reported": rows["first_public"].map(_decimal, na_action="ignore").astype(float),
    })  # fmt: skip
    start = found["ordered"].fillna(found["first"]).fillna(found["reported"])
    found = found.assign(start=start, place=found["iso3"].map(order))
    found = found.sort_values(["place", "start", "deal_id"], ignore_index=True)
    return found.drop(columns=["place", "reported"])


def _decimal(date: str) -> float:
    """Return a partial date as a decimal year, at the middle of what is not known."""
    year, month, day = (*map(int, date.split("-")), 0, 0)[:3]
    if not month:
        return year + 0.5
    return year + (month - 1) / 12 + (day - 1 if day else 15) / 365.25


@measure
def ledger(deals: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> pd.DataFrame:
    """Return all deals as the book shows them: one row a deal, with its doubts and sources.

    Columns deal_id, recipient, system, seller, status, order, delivery, ordered, delivered,
    evidence (single source, low confidence), source.
    """
    rows = _chosen(deals, countries)
    names = codes.set_index("iso3")["short_name"]
    single = rows["single_source"].fillna(True).astype(bool)
    low = rows["confidence"] == "low"
    doubt = pd.Series("", index=rows.index)
    doubt = doubt.mask(low, "low confidence").mask(single, "single source")
    doubt = doubt.mask(single & low, "single source, low confidence")
    spans = [
        None if pd.isna(first) and pd.isna(last)
        else str(last) if pd.isna(first) else str(first) if pd.isna(last) or first == last
        else f"{first} to {last}"
        for first, last in zip(rows["delivery_start"], rows["delivery_end"], strict=True)
    ]  # fmt: skip
    made = rows.assign(
        recipient=rows["recipient_iso3"].map(names),
        seller=rows["supplier_iso3"].map(names).fillna("not named"),
        order=rows["order_date"], delivery=spans, ordered=rows["quantity_ordered"],
        delivered=rows["quantity_delivered"], evidence=doubt.where(doubt != "", "–"),
    )  # fmt: skip
    place = {code: number for number, code in enumerate(countries)}
    made = made.assign(place=made["recipient_iso3"].map(place)).sort_values(["place", "deal_id"])
    return made[
        ["deal_id", "recipient", "system", "seller", "status", "order", "delivery", "ordered",
         "delivered", "evidence", "source"]
    ]  # fmt: skip
