"""Measures of one country: who it is, its ranks, its spending and its arms.

Frames in; number, word or frame out. `codes` are the countries that an edition compares; a
country that is none of them is measured and not ranked. What theme modules measure is taken from
them, so that a country's page and a theme's chapter cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from balkandefence.measures import procurement as flows
from balkandefence.measures import procurement_deals as orders
from balkandefence.measures import (
    spending,
    spending_scope,
)
from balkandefence.measures.procurement import Window
from balkandefence.measures.spending import AMOUNT, full
from balkandefence.provenance import Quantity, Words, measure, quantity, words

ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
)  # fmt: skip
COUNTED = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip

Rank = tuple[int, int]


def counted(number: int) -> str:
    """Return a small number as a word."""
    return COUNTED[number] if number < len(COUNTED) else str(number)


def ordinal(number: int) -> str:
    """Return a place in a row as a word, from 'first'; '21st' and the like beyond the twelfth."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def rank_of(values: Mapping[str, float], iso3: str, codes: Sequence[str]) -> Rank | None:
    """Return a country's place by value, largest first, and of how many; None where unranked.

    Countries without a value are not counted; one alone has no rank.
    """
    known = {code: values[code] for code in codes if pd.notna(values.get(code, float("nan")))}
    if iso3 not in known or len(known) < 2:
        return None
    return 1 + sum(value > known[iso3] for value in known.values()), len(known)


def placed(rank: Rank | None) -> str:
    """Return a rank as prose writes it: 'second of six', or 'not ranked'."""
    return f"{ordinal(rank[0])} of {counted(rank[1])}" if rank else "not ranked"


def _behind(rank: Rank | None) -> str:
    return f", {placed(rank)}" if rank else ""


def values_of(
    milex: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, column: str
) -> tuple[dict[str, float], pd.DataFrame]:
    """Return a column of military_expenditure in a year by country, and the rows behind."""
    rows = spending.known(milex, [*codes, iso3], year, year, column)
    return dict(zip(rows["iso3"], rows[column].astype(float), strict=True)), rows


def change(
    milex: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, basis: str, span: int
) -> dict[str, float]:
    """Return the change in spending over a span in per cent, by country; unknown ones left out."""
    grown = spending.growth(milex, list(dict.fromkeys([*codes, iso3])), year, basis, [span])
    return dict(zip(grown["iso3"], grown["growth_pct"].astype(float), strict=True))


def delivered(
    transfers: pd.DataFrame, iso3: str, codes: Sequence[str], window: Window
) -> dict[str, float]:
    """Return the TIV delivered in a window, by country, in million TIV.

    It is unknown, not zero, for a country that the extract of the register has no row on.
    """
    held, asked = {*transfers["recipient_iso3"]}, list(dict.fromkeys([*codes, iso3]))
    totals = flows.by_recipient(flows.delivered(transfers, asked, window), asked)
    return {code: float(totals[code]) if code in held else float("nan") for code in asked}


# Who it is


@measure
def name(names: pd.DataFrame, iso3: str, codes: Sequence[str] = ()) -> Words:
    """Return the country's name; ValueError for a code that the book is not about.

    `codes` are those that the edition chose; the six and their comparators are known besides.
    """
    own = names["role"].isin(["western_balkans", "comparator"]) | names["iso3"].isin(list(codes))
    known = names[own]
    if iso3 not in set(known["iso3"]):
        allowed = ", ".join(sorted(known["iso3"]))
        raise ValueError(f"country is {iso3!r}, expected one of {allowed}")
    return words(full(names)[iso3], names[names["iso3"] == iso3])


def is_covered(names: pd.DataFrame, iso3: str) -> bool:
    """Return whether the ledgers of deals and incidents cover the country: the six only."""
    return iso3 in set(names.loc[names["role"] == "western_balkans", "iso3"])


@measure
def part(names: pd.DataFrame, iso3: str, codes: Sequence[str]) -> Words:
    """Say whether the country is one of those that the edition compares and ranks."""
    number, row = counted(len(codes)), names[names["iso3"] == iso3]
    if iso3 in codes:
        return words(
            f"{full(names)[iso3]} is one of the {number} countries that this edition compares; "
            "ranks are among those with a figure.",
            row,
        )
    return words(
        f"{full(names)[iso3]} is not one of the {number} countries that this edition compares; "
        "this page sets it beside them as a partner, without a rank.",
        row,
    )


# Spending


@measure
def spending_rank(
    milex: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, column: str
) -> Words:
    """Return the country's rank by a column of military_expenditure, as 'second of six'."""
    values, rows = values_of(milex, iso3, codes, year, column)
    return words(placed(rank_of(values, iso3, codes)), rows)


@measure
def growth(milex: pd.DataFrame, iso3: str, year: int, basis: str, span: int) -> Quantity:
    """Return the change in spending over a span in per cent; not a number where unknown."""
    rows = spending.known(milex, [iso3], year - span, year, AMOUNT[basis])
    rows = rows[rows["year"].isin([year - span, year])]
    return quantity(change(milex, iso3, [], year, basis, span).get(iso3, float("nan")), rows)


@measure
def spending_story(
    milex: pd.DataFrame, names: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, basis: str
) -> Words:
    """Say what the country spent and its burden, with ranks, or that no figure is held."""
    amounts, rows = values_of(milex, iso3, codes, year, AMOUNT[basis])
    called = full(names)[iso3]
    if iso3 not in amounts:
        return words(
            f"The release of SIPRI that this edition holds gives no figure of {called} for {year}.",
            rows,
        )
    burdens, more = values_of(milex, iso3, codes, year, "share_of_gdp_pct")
    text = (
        f"In {year} {called} spent {amounts[iso3]:,.0f} {spending.unit(milex, basis)} "
        f"on its armed forces{_behind(rank_of(amounts, iso3, codes))}"
    )
    if iso3 in burdens:
        rank = _behind(rank_of(burdens, iso3, codes))
        text += f", and {burdens[iso3]:.1f}% of its GDP{rank}"
    return words(f"{text}.", rows, more)


@measure
def change_story(grown: pd.DataFrame, names: pd.DataFrame, iso3: str, basis: str) -> Words:
    """Say how the country's spending changed over each span, by `spending.growth`."""
    if not len(grown[grown["iso3"] == iso3]):
        called = full(names)[iso3]
        return words(f"No change can be computed for {called}: years that it needs are missing.")
    return words(f"{spending.change_story(grown, names, iso3)}, in {basis} prices.")


@measure
def head_story(
    milex: pd.DataFrame, names: pd.DataFrame, iso3: str, codes: Sequence[str], year: int
) -> Words:
    """Say what was spent per inhabitant, with the rank, or that it is not known."""
    values, rows = values_of(milex, iso3, codes, year, "per_capita_usd")
    if iso3 not in values:
        return words(f"What {full(names)[iso3]} spent per head in {year} is not held.", rows)
    rank = _behind(rank_of(values, iso3, codes))
    return words(f"Per head it was {values[iso3]:,.0f} current US dollars{rank}.", rows)


@measure
def marks_story(
    milex: pd.DataFrame,
    scope: pd.DataFrame,
    names: pd.DataFrame,
    iso3: str,
    first: int,
    last: int,
) -> Words:
    """Say which of the country's figures SIPRI estimates, and what its marks say on their scope."""
    rows = spending.known(milex, [iso3], first, last, AMOUNT["current"])
    if rows.empty:
        return words(
            f"With no figure held there is no mark of SIPRI to tell for {full(names)[iso3]}.", rows
        )
    guessed = spending_scope.estimates(milex, names, [iso3], first, last)
    marked = spending_scope.scope_story(scope, names, [iso3])
    return words(f"{guessed}. {marked}.", rows, scope[scope["iso3"] == iso3])


# Arms


@measure
def received_rank(
    transfers: pd.DataFrame, iso3: str, codes: Sequence[str], window: Window
) -> Words:
    """Return the country's rank by TIV delivered in a window, as 'second of six'."""
    return words(placed(rank_of(delivered(transfers, iso3, codes, window), iso3, codes)))


@measure
def arms_story(
    transfers: pd.DataFrame, names: pd.DataFrame, iso3: str, codes: Sequence[str], window: Window
) -> Words:
    """Say how much TIV was delivered in a window, with the rank, and who delivered most."""
    values = delivered(transfers, iso3, codes, window)
    called, mine = full(names)[iso3], transfers[transfers["recipient_iso3"] == iso3]
    if mine.empty:
        text = f"This book's extract of SIPRI's register has no row on {called}."
        return words(text, mine)
    if not values[iso3]:
        text = f"SIPRI records no delivery of major arms to {called} in {flows.span(window)}."
        return words(text, mine)
    bloc = flows.top_bloc(transfers, iso3, window)
    share = flows.top_bloc_share(transfers, iso3, window)
    amount = f"{values[iso3]:,.0f}" if values[iso3] >= 10 else f"{values[iso3]:.1f}"
    rank = _behind(rank_of(values, iso3, codes))
    return words(
        f"From {window[0]} to {window[1]} {called} received {amount} million TIV of major arms"
        f"{rank}; {share:.0f}% of it came from {bloc}.",
        mine,
    )


@measure
def deals_story(deals: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how many deals the ledger holds for the country, by status, or that it holds none."""
    called, rows = full(names)[iso3], deals[deals["recipient_iso3"] == iso3]
    if not is_covered(names, iso3):
        return words(
            f"The ledger of deals covers the six Western Balkan states only, so it holds none of "
            f"{called}; SIPRI's register is the one source here.",
            names[names["iso3"] == iso3],
        )
    if rows.empty:
        return words(f"The ledger holds no deal of {called}.", names[names["iso3"] == iso3])
    firm = orders.firm(deals, [iso3])
    thin, plans = int(orders.thin(firm).sum()), len(rows) - len(firm)
    return words(
        f"The ledger holds {len(rows)} {'deal' if len(rows) == 1 else 'deals'} of {called}: "
        f"orders {len(firm) - thin}, orders on thin evidence {thin}, plans, claims and deals of "
        f"unknown fate {plans}.",
        rows,
    )
