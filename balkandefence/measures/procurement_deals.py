"""Measures of the deal ledger: counts, standards, channels, dates.

A deal counts as an order when it is ordered, delivering or delivered. Headline counts leave out
deals that rest on a single source or on low confidence ("thin" ones), which charts show apart.
Rows differ from a vehicle to a factory, so counts say how often, never how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from balkandefence.measures.procurement import BLOC_NAMES, Window, span
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
    """Return the year of each order, else of its first delivery, else of its first report."""
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


@measure
def first_blocs(deals: pd.DataFrame, countries: Sequence[str], window: Window) -> Words:
    """Return the bloc or blocs with most orders in a window, thin ones left out."""
    rows = firm(deals, countries)
    rows = rows[~thin(rows) & year_of(rows).between(*window)]
    by = rows["supplier_bloc"].value_counts()
    if by.empty:
        return words("no seller", rows)
    first = sorted(BLOC_NAMES[str(bloc)] for bloc in by[by == by.max()].index)
    return words(" and ".join([", ".join(first[:-1]), first[-1]] if first[1:] else first), rows)


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


def doubts(rows: pd.DataFrame) -> pd.Series:
    """Return the mark of each row's doubt: S single source, L low confidence, SL both, or none."""
    single = rows["single_source"].fillna(True).astype(bool)
    low = rows["confidence"] == "low"
    marks = pd.Series("–", index=rows.index).mask(low, "L").mask(single, "S")
    return marks.mask(single & low, "SL")


def _number(ordered: Any, came: Any) -> str:
    """Return a deal's number as '8 of 9', as far as it is known."""
    parts = [f"{came}" if pd.notna(came) else "?", f"{ordered}" if pd.notna(ordered) else "?"]
    return "–" if parts == ["?", "?"] else " of ".join(parts)


def _years(first: Any, last: Any) -> str | None:
    """Return the years of delivery as '2022–2023'."""
    found = sorted({str(date)[:4] for date in (first, last) if pd.notna(date)})
    return "–".join(found) or None


@measure
def ledger(deals: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame) -> pd.DataFrame:
    """Return all deals as the book shows them: one row a deal, with its doubts and sources.

    Columns deal_id, recipient, system, seller, status, order (year or month), delivery (years),
    number (delivered of ordered), doubt (see `doubts`), source.
    """
    rows = _chosen(deals, countries)
    names = codes.set_index("iso3")["short_name"]
    delivery = [_years(*dates) for dates in rows[["delivery_start", "delivery_end"]].to_numpy()]
    numbers = [
        _number(ordered, came)
        for ordered, came in zip(rows["quantity_ordered"], rows["quantity_delivered"], strict=True)
    ]
    place = {code: number for number, code in enumerate(countries)}
    made = rows.assign(
        recipient=rows["recipient_iso3"].map(names),
        seller=rows["supplier_iso3"].map(names).fillna("not named"),
        order=rows["order_date"].str[:7], delivery=pd.Series(delivery, index=rows.index),
        number=pd.Series(numbers, index=rows.index), doubt=doubts(rows),
        place=rows["recipient_iso3"].map(place),
    ).sort_values(["place", "deal_id"])  # fmt: skip
    columns = ["deal_id", "recipient", "system", "seller", "status", "order", "delivery",
               "number", "doubt", "source"]  # fmt: skip
    return made[columns]
