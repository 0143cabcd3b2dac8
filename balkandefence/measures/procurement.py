"""Measures of arms deliveries: who delivers how much to whom, when ordered, how concentrated.

All are in TIV, SIPRI's value of the capability delivered, never money. The register knows TIV an
entry only; it is spread evenly over its years of delivery, so that single years are not exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: First and last year of a window, both included.
Window = tuple[int, int]

#: Year of the full-scale invasion of Ukraine, after which Russian deliveries became rare.
INVASION = 2022

#: Each supplier bloc as prose names it.
BLOC_NAMES = {
    "US": "the United States",
    "EU-NATO": "other EU and NATO states",
    "Turkey": "Turkey",
    "Israel": "Israel",
    "China": "China",
    "Russia": "Russia",
    "Belarus": "Belarus",
    "domestic": "domestic firms",
    "other": "other states",
    "unknown": "sellers not named",
}


def windows(transfers: pd.DataFrame, first: int, last: int, years: int = 5) -> list[Window]:
    """Return the whole windows of `years` that end with the last year of data, oldest first.

    They end with `last` or, where the register stops before, with its last year, and start no
    earlier than `first`; a span too short for one window is a window itself.
    """
    covered = transfers["data_to_year"].max()
    end = last if pd.isna(covered) else min(last, int(covered))
    starts = range(end - years + 1, first - 1, -years)
    return [(start, start + years - 1) for start in reversed(starts)] or [(min(first, end), end)]


def span(window: Window) -> str:
    """Return a window as text, such as 2021–2025."""
    first, last = window
    return str(first) if first == last else f"{first}–{last}"


def spread(transfers: pd.DataFrame) -> pd.DataFrame:
    """Return one row an entry and year of delivery, with an even part of its TIV in `tiv`.

    The index stays the line of the entry, so that sums can name their rows.
    """
    times = transfers["delivery_years"].map(len).astype(int)
    rows = transfers.assign(tiv=(transfers["delivered_tiv"] / times).astype(float))
    years = transfers["delivery_years"].explode().dropna().astype(int)
    places = np.repeat(np.arange(len(rows)), times)
    return rows.iloc[places].assign(year=years.to_numpy())


def delivered(transfers: pd.DataFrame, countries: Sequence[str], window: Window) -> pd.DataFrame:
    """Return what was delivered to the countries in a window, spread over the years."""
    rows = spread(transfers[transfers["recipient_iso3"].isin(list(countries))])
    return rows[rows["year"].between(*window)]


def _entries(transfers: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Return the register's own rows behind a selection of spread ones."""
    return transfers[transfers.index.isin(used.index)]


def name_of(codes: pd.DataFrame, iso3: str) -> str:
    """Return a country's name from the table countries."""
    return str(codes.set_index("iso3").at[iso3, "name"])


@measure
def country(codes: pd.DataFrame, iso3: str) -> Words:
    """Return a country's name."""
    return words(name_of(codes, iso3), codes[codes["iso3"] == iso3])


@measure
def period(transfers: pd.DataFrame, window: Window) -> Words:
    """Return a window of deliveries as text, such as 2021–2025."""
    return words(span(window), transfers[transfers["delivery_end_year"].between(*window)])


@measure
def blocs(
    transfers: pd.DataFrame, countries: Sequence[str], windows: Sequence[Window]
) -> pd.DataFrame:
    """Return TIV delivered by recipient, window and supplier bloc, with its share in per cent.

    Columns iso3, window, bloc, amount, share_pct. A recipient without deliveries in a window has
    one row with amount 0 and no share.
    """
    found = []
    for window in windows:
        rows = delivered(transfers, countries, window)
        for code in countries:
            mine = rows[rows["recipient_iso3"] == code]
            by = mine.groupby("supplier_bloc")["tiv"].sum()
            by = by[by > 0].sort_values(ascending=False)
            total = by.sum()
            found += [
                (code, span(window), bloc, tiv, 100 * tiv / total) for bloc, tiv in by.items()
            ] or [(code, span(window), "unknown", 0.0, float("nan"))]
    return pd.DataFrame(found, columns=["iso3", "window", "bloc", "amount", "share_pct"])


@measure
def received(transfers: pd.DataFrame, countries: Sequence[str], window: Window) -> Quantity:
    """Return the TIV delivered to the countries together in a window, in million TIV."""
    rows = delivered(transfers, countries, window)
    return quantity(float(rows["tiv"].sum()), _entries(transfers, rows))


def by_recipient(rows: pd.DataFrame, countries: Sequence[str]) -> pd.Series:
    """Return the TIV of delivered rows for each country, in million TIV, by its code."""
    totals = rows.groupby("recipient_iso3")["tiv"].sum()
    return totals.reindex(list(countries), fill_value=0.0)


@measure
def largest_recipient(
    transfers: pd.DataFrame, countries: Sequence[str], window: Window, codes: pd.DataFrame
) -> Words:
    """Return the name of the country that received most TIV in a window."""
    rows = delivered(transfers, countries, window)
    totals = by_recipient(rows, countries)
    name = name_of(codes, str(totals.idxmax())) if totals.sum() else "none of them"
    return words(name, _entries(transfers, rows))


@measure
def largest_recipient_share(
    transfers: pd.DataFrame, countries: Sequence[str], window: Window
) -> Quantity:
    """Return the largest recipient's share of all TIV delivered to the countries, in per cent."""
    rows = delivered(transfers, countries, window)
    totals = by_recipient(rows, countries)
    share = 100 * totals.max() / totals.sum() if totals.sum() else 0.0
    return quantity(float(share), _entries(transfers, rows))


def _top_bloc(rows: pd.DataFrame) -> tuple[str, float]:
    """Return the bloc of which most TIV came, and its share in per cent; "" and 0 of nothing."""
    by = rows.groupby("supplier_bloc")["tiv"].sum()
    if not by.sum():
        return "", 0.0
    return str(by.idxmax()), float(100 * by.max() / by.sum())


@measure
def top_bloc(transfers: pd.DataFrame, iso3: str, window: Window) -> Words:
    """Return the name of the bloc that delivered most TIV to a country in a window."""
    rows = delivered(transfers, [iso3], window)
    bloc, _ = _top_bloc(rows)
    return words(BLOC_NAMES.get(bloc, "no supplier"), _entries(transfers, rows))


@measure
def top_bloc_share(transfers: pd.DataFrame, iso3: str, window: Window) -> Quantity:
    """Return the share of the bloc that delivered most TIV to a country, in per cent."""
    rows = delivered(transfers, [iso3], window)
    return quantity(_top_bloc(rows)[1], _entries(transfers, rows))


@measure
def shift(
    transfers: pd.DataFrame, iso3: str, windows: Sequence[Window], codes: pd.DataFrame
) -> Words:
    """Return a sentence on who delivered most to a country in the last window and the one before.

    It says so where a window saw no delivery.
    """
    told = []
    last = windows[-2:]
    rows = delivered(transfers, [iso3], (last[0][0], last[-1][1]))
    for window in reversed(last):
        bloc, share = _top_bloc(rows[rows["year"].between(*window)])
        told.append(f"{BLOC_NAMES[bloc]} ({share:.0f}%) in {span(window)}" if bloc else "")
    country = name_of(codes, iso3)
    if not (transfers["recipient_iso3"] == iso3).any():
        text = f"This book's extract of SIPRI's register has no row on {country}."
    elif not told[0]:
        text = f"SIPRI records no delivery of major arms to {country} in {span(windows[-1])}."
    elif len(told) > 1 and told[1]:
        text = (
            f"The largest share of what {country} received came from {told[0]}; "
            f"before that, from {told[1]}."
        )
    else:
        text = f"The largest share of what {country} received came from {told[0]}."
    return words(text, _entries(transfers, rows))


@measure
def leaders(
    transfers: pd.DataFrame, countries: Sequence[str], window: Window, codes: pd.DataFrame
) -> Words:
    """Return which bloc delivered most to which countries, as 'China in Serbia, …'."""
    led: dict[str, list[str]] = {}
    rows = delivered(transfers, countries, window)
    for code in countries:
        bloc, _ = _top_bloc(rows[rows["recipient_iso3"] == code])
        name = BLOC_NAMES.get(bloc, "none on record")
        led.setdefault(name, []).append(name_of(codes, code))
    parts = [f"{bloc} in {' and '.join([', '.join(c[:-1]), c[-1]] if c[1:] else c)}"
             for bloc, c in led.items()]  # fmt: skip
    return words("; ".join(parts), _entries(transfers, rows))


# Deliveries and orders over time


@measure
def by_year(transfers: pd.DataFrame, iso3: str, first: int, last: int) -> pd.DataFrame:
    """Return one country's TIV by year of delivery and by year of order.

    Columns basis (delivery, order), year, bloc, state (delivered, outstanding), tiv, unvalued.
    `outstanding` is ordered and not delivered; `unvalued` counts orders of which SIPRI gives no
    number or value, so that their volume is not known.
    """
    mine = transfers[transfers["recipient_iso3"] == iso3]
    came = spread(mine).assign(basis="delivery", state="delivered", unvalued=0)
    ordered = mine.assign(
        basis="order", year=mine["order_year"].astype(int), state="delivered",
        tiv=mine["delivered_tiv"].astype(float), unvalued=0,
    )  # fmt: skip
    rest = (mine["ordered_tiv"] - mine["delivered_tiv"]).astype(float)
    open_ = mine["status"] != "delivered"
    outstanding = ordered.assign(
        state="outstanding",
        tiv=rest.clip(lower=0).fillna(0.0),
        unvalued=(open_ & mine["ordered_tiv"].isna()).astype(int),
    )[open_]
    columns = ["basis", "year", "supplier_bloc", "state", "tiv", "unvalued"]
    long = pd.concat([frame[columns] for frame in (came, ordered, outstanding)])
    long = long[long["year"].between(first, last) & ((long["tiv"] > 0) | (long["unvalued"] > 0))]
    keys = ["basis", "year", "supplier_bloc", "state"]
    summed = long.groupby(keys, as_index=False)[["tiv", "unvalued"]].sum()
    return summed.rename(columns={"supplier_bloc": "bloc"})


@measure
def outstanding(transfers: pd.DataFrame, iso3: str, window: Window, codes: pd.DataFrame) -> Words:
    """Return a sentence on how much of the TIV that a country ordered in a window has not come.

    Orders of which SIPRI gives no volume are counted and told, never taken for zero.
    """
    then = transfers["order_year"].between(*window)
    mine = transfers[(transfers["recipient_iso3"] == iso3) & then]
    valued = mine[mine["ordered_tiv"].notna()]
    blind = len(mine) - len(valued)
    total, came = float(valued["ordered_tiv"].sum()), float(valued["delivered_tiv"].sum())
    what = f"what {name_of(codes, iso3)} ordered in {span(window)}"
    if mine.empty:
        text = f"SIPRI records no order of {name_of(codes, iso3)} in {span(window)}."
    elif not total:
        text = f"The volume of {what} is not known."
    else:
        left = f"{100 * (1 - came / total):.0f}% of {what}, by volume, had not come"
        text = left if came < total else f"All of {what}, by volume, had come"
        some = f"; {blind} order{'s' if blind > 1 else ''} of unknown volume not counted."
        text += some if blind else "."
    return words(text, mine)


@measure
def arrivals(transfers: pd.DataFrame, iso3: str, after: int, last: int) -> pd.DataFrame:
    """Return what reached a country after a year, with the year in which it was ordered.

    Columns item, bloc, order_year, first, last (years of delivery), tiv (delivered after `after`,
    up to `last`), uncertain (SIPRI's question mark at the order year); oldest order first.
    """
    rows = delivered(transfers, [iso3], (after + 1, last))
    keys = ["weapon", "supplier_bloc", "order_year"]
    grouped = rows.groupby(keys, as_index=False).agg(
        first=("delivery_start_year", "min"), last=("delivery_end_year", "max"),
        tiv=("tiv", "sum"), uncertain=("order_year_uncertain", "max"),
    )  # fmt: skip
    grouped = grouped[grouped["tiv"] > 0].assign(last=grouped["last"].clip(upper=last))
    grouped = grouped.rename(columns={"weapon": "item", "supplier_bloc": "bloc"})
    order = ["order_year", "first", "tiv", "item"]
    return grouped.sort_values(order, ascending=[True, True, False, True], ignore_index=True)


@measure
def arrivals_sentence(
    transfers: pd.DataFrame, iso3: str, after: int, last: int, codes: pd.DataFrame
) -> Words:
    """Return a sentence on how much of what came after a year had been ordered before it.

    Shares are of TIV delivered from the year after `after` to `last`.
    """
    rows = delivered(transfers, [iso3], (after + 1, last))
    country, total = name_of(codes, iso3), float(rows["tiv"].sum())
    if last <= after:
        return words(f"What came after {after} lies outside the years shown.", rows)
    if not total:
        return words(f"SIPRI records no delivery to {country} after {after}.", rows)
    old = rows[rows["order_year"] < after]
    share = 100 * float(old["tiv"].sum()) / total
    text = (
        f"{share:.0f}% of what reached {country} after {after}, by TIV, had been ordered "
        f"before {after}."
    )
    return words(text, _entries(transfers, rows))


@measure
def bloc_since(transfers: pd.DataFrame, iso3: str, bloc: str, after: int, last: int) -> Words:
    """Return a sentence on the TIV that a bloc delivered to a country after a year, to `last`."""
    rows = delivered(transfers, [iso3], (after + 1, last))
    rows = rows[rows["supplier_bloc"] == bloc]
    tiv, name = float(rows["tiv"].sum()), BLOC_NAMES[bloc]
    if last <= after:
        text = f"What {name} delivered after {after} lies outside the years shown."
    elif tiv:
        text = f"After {after}, {tiv:,.1f} million TIV came from {name}."
    else:
        text = f"After {after}, the register has nothing from {name}."
    return words(text, _entries(transfers, rows))


# Concentration


def _hhi(by: pd.Series) -> float:
    total = by.sum()
    return float(((100 * by / total) ** 2).sum()) if total else float("nan")


@measure
def concentration(
    transfers: pd.DataFrame, countries: Sequence[str], windows: Sequence[Window]
) -> pd.DataFrame:
    """Return the concentration of suppliers by recipient and window, and without one item.

    Herfindahl-Hirschman index of supplier states' shares of TIV delivered, 0 to 10,000 (one
    supplier). Columns iso3, window, tiv, suppliers, hhi, item, item_share_pct, hhi_without (the
    index without the largest item, all deliveries of one designation). Windows without
    deliveries have no row.
    """
    found = []
    for code in countries:
        for window in windows:
            rows = delivered(transfers, [code], window)
            rows = rows[rows["tiv"] > 0]
            if rows.empty:
                continue
            rows = rows.assign(supplier=rows["supplier_iso3"].fillna("not named"))
            items = rows.groupby("weapon")["tiv"].sum()
            item = str(items.idxmax())
            by = rows.groupby("supplier")["tiv"].sum()
            without = rows[rows["weapon"] != item].groupby("supplier")["tiv"].sum()
            share = 100 * items.max() / items.sum()
            found.append(
                (code, span(window), by.sum(), len(by), _hhi(by), item, share, _hhi(without))
            )
    columns = ["iso3", "window", "tiv", "suppliers", "hhi", "item", "item_share_pct", "hhi_without"]
    return pd.DataFrame(found, columns=columns)


@measure
def concentration_of(transfers: pd.DataFrame, iso3: str, window: Window) -> Quantity:
    """Return a country's concentration of suppliers in a window, 0 to 10,000; 0 for no delivery."""
    rows = delivered(transfers, [iso3], window)
    by = rows.groupby(rows["supplier_iso3"].fillna("not named"))["tiv"].sum()
    return quantity(_hhi(by) if by.sum() else 0.0, _entries(transfers, rows))


@measure
def largest_item(transfers: pd.DataFrame, iso3: str, window: Window) -> Words:
    """Return a country's largest item in a window with its share of TIV, such as 'HQ-22 (46%)'."""
    rows = delivered(transfers, [iso3], window)
    items = rows.groupby("weapon")["tiv"].sum()
    if not items.sum():
        return words("no item", rows)
    share = 100 * items.max() / items.sum()
    return words(f"{items.idxmax()} ({share:.0f}%)", _entries(transfers, rows))


@measure
def one_item_recipients(
    transfers: pd.DataFrame, countries: Sequence[str], window: Window, over: float = 50.0
) -> Quantity:
    """Return for how many countries one item made more than `over` per cent of a window's TIV."""
    rows = delivered(transfers, countries, window)
    items = rows.groupby(["recipient_iso3", "weapon"])["tiv"].sum().groupby("recipient_iso3")
    share = 100 * items.max() / items.sum()
    return quantity(float((share > over).sum()), _entries(transfers, rows))
