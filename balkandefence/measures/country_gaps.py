"""Measures of what is held and what is missing on one country, table by table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import pandas as pd

from balkandefence.measures import procurement_deals as orders
from balkandefence.measures import procurement_money as money
from balkandefence.measures import spending
from balkandefence.measures.alliances import bounds, where
from balkandefence.measures.country import counted, is_covered
from balkandefence.measures.country_ledgers import texts_of
from balkandefence.measures.spending import AMOUNT, full
from balkandefence.provenance import Words, measure, words
from balkandefence.spelling import listed

#: What stands where a table has nothing on the country, and where it does not cover it.
NOTHING, UNCOVERED = "nothing", "nothing: not covered"


def spans(years: Iterable[int]) -> str:
    """Return years as '2006–2008, 2011', empty for none."""
    told: list[list[int]] = []
    for year in sorted(set(years)):
        if told and told[-1][1] == year - 1:
            told[-1][1] = year
        else:
            told.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in told)


def _some(*parts: tuple[int, str]) -> str | None:
    """Return '3 without a date; 2 on one source' of the parts that are not zero."""
    return "; ".join(f"{number} {what}" for number, what in parts if number) or None


@measure
def by_year(
    rows: pd.DataFrame, topic: str, iso3: str, first: int, last: int, column: str = ""
) -> pd.DataFrame:
    """Return one line on a yearly table: topic, held (years), missing (years from `first`).

    `column` names the value that a row must have to count, where there is one.
    """
    mine = rows[(rows["iso3"] == iso3) & rows["year"].between(first, last)]
    if column:
        mine = mine[mine[column].notna()]
    years = {int(year) for year in mine["year"]}
    missing = spans(set(range(first, last + 1)) - years)
    return pd.DataFrame(
        [(topic, spans(years) or NOTHING, missing or None)], columns=["topic", "held", "missing"]
    )


@measure
def spending_gaps(
    milex: pd.DataFrame, nato: pd.DataFrame, budgets: pd.DataFrame, iso3: str, first: int, last: int
) -> pd.DataFrame:
    """Return one line a source of spending: topic, held, missing."""
    whole = budgets["measure"].isin(["defence_budget", "defence_spending"])
    home = budgets[whole & budgets["amount_millions"].notna()]
    return pd.concat([
        by_year(spending.known(milex, [iso3], first, last, AMOUNT["current"]),
                "Spending, by SIPRI", iso3, first, last),
        by_year(nato, "Spending, by NATO", iso3, first, last, "nato_current_usd_millions"),
        by_year(home, "Budget or spending reported at home", iso3, first, last),
    ], ignore_index=True)  # fmt: skip


@measure
def arms_gaps(
    transfers: pd.DataFrame, deals: pd.DataFrame, names: pd.DataFrame, iso3: str
) -> pd.DataFrame:
    """Return one line on SIPRI's register and one on the ledger of deals."""
    entries = transfers[transfers["recipient_iso3"] == iso3]
    mine, firm = deals[deals["recipient_iso3"] == iso3], orders.firm(deals, [iso3])
    paid = int(money.paid_count(deals, [iso3]))
    register = _some(
        (int(entries["ordered_tiv"].isna().sum()), "of unknown volume"),
        (int(entries["order_year_uncertain"].sum()), "with an uncertain year of order"),
    )
    ledger = _some(
        (int(orders.thin(mine).sum()), "on a single source or low confidence"),
        (int(firm["order_date"].isna().sum()), "orders without a date"),
        (paid - int(money.priced_count(deals, [iso3])), "paid orders without a public price"),
    )
    lines = [
        ("Major arms, by SIPRI", f"{len(entries)} entries" if len(entries) else NOTHING, register),
        ("Ledger of deals", _rows(len(mine), "deals", covered=is_covered(names, iso3)), ledger),
    ]
    return pd.DataFrame(lines, columns=["topic", "held", "missing"])


def _rows(number: int, what: str, *, covered: bool) -> str:
    return f"{number} {what}" if number else NOTHING if covered else UNCOVERED


@measure
def ties_gaps(
    members: pd.DataFrame,
    texts: pd.DataFrame,
    exercises: pd.DataFrame,
    iso3: str,
    first: int,
) -> pd.DataFrame:
    """Return one line on memberships, one on signed texts and one on exercises."""
    steps, named = members[members["iso3"] == iso3], texts_of(texts, iso3)
    undated = sum(not any(bounds(row)) for _, row in named.iterrows())
    held = where(exercises, [iso3 in who for who in exercises["participants"]])
    held = held[held["date_start"].str[:4].astype(int) >= first]
    lines = [
        ("Memberships and steps", f"{len(steps)} rows" if len(steps) else NOTHING,
         _some((int(steps["date_start"].isna().sum()), "without a date"))),
        ("Agreements", f"{len(named)} texts" if len(named) else NOTHING,
         _some((undated, "without a date"), (int(named["single_source"].sum()), "on one source"))),
        ("Exercises that name it", f"{len(held)} rows" if len(held) else NOTHING,
         _some((int(held["single_source"].sum()), "on one source"))),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["topic", "held", "missing"])


@measure
def incident_gaps(
    rows: pd.DataFrame, names: pd.DataFrame, iso3: str, begins: int, until: dt.date
) -> pd.DataFrame:
    """Return one line on the ledger of incidents; `rows` is that of `country.incident_rows`."""
    held = _rows(len(rows), "incidents", covered=is_covered(names, iso3))
    quiet = spans(set(range(begins, until.year + 1)) - set(rows["year"])) if len(rows) else ""
    weak = _some(
        (int((~rows["counted"].astype(bool)).sum()), "on a single source or low confidence"),
        (int((rows["date_precision"] == "month").sum()), "dated to a month only"),
    )
    told = [f"no row in {quiet}" if quiet else "", weak or ""]
    missing = "; ".join(part for part in told if part) or None
    return pd.DataFrame(
        [("Ledger of incidents", held, missing)], columns=["topic", "held", "missing"]
    )


@measure
def together(
    money: pd.DataFrame,
    arms: pd.DataFrame,
    ties: pd.DataFrame,
    votes: pd.DataFrame,
    alignment: pd.DataFrame,
    found: pd.DataFrame,
) -> pd.DataFrame:
    """Return the lines on all tables one below the other: topic, held, missing."""
    return pd.concat([money, arms, ties, votes, alignment, found], ignore_index=True)


@measure
def story(gaps: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say of which kinds of data nothing is held on the country; `gaps` is that of `together`."""
    empty: Sequence[str] = list(gaps.loc[gaps["held"].str.startswith(NOTHING), "topic"])
    called, kinds = full(names)[iso3], counted(len(gaps))
    if not empty:
        return words(f"On {called} each of the {kinds} kinds of data below holds something.")
    told = listed([topic[:1].lower() + topic[1:] if topic[1:2].islower() else topic
                   for topic in empty])  # fmt: skip
    return words(f"Of {kinds} kinds of data this edition holds nothing on {called} for: {told}.")
