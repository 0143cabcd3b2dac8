"""Measures that only the claims ledger needs: ranks over windows, ratios, budgets in dollars.

`milex` is one release of the table military_expenditure, `nato` of nato_defence_expenditure.
Amounts and burdens themselves are those of `spending`, which the charts use too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from balkandefence.measures.spending import AMOUNT, known
from balkandefence.provenance import Provenance, Quantity, measure, quantity


@measure
def rank(
    milex: pd.DataFrame, codes: Sequence[str], iso3: str, first: int, last: int, column: str
) -> Quantity:
    """Return a country's place by the sum of a column over some years; 1 spent most.

    Not a number where one of the countries lacks one of the years.
    """
    rows = known(milex, codes, first, last, column)
    if len(rows) < len(codes) * (last - first + 1):
        return quantity(float("nan"), rows)
    totals = rows.groupby("iso3")[column].sum().rank(ascending=False, method="min")
    return quantity(float(totals[iso3]), rows)


@measure
def worst_rank(
    milex: pd.DataFrame, codes: Sequence[str], iso3: str, first: int, last: int, column: str
) -> Quantity:
    """Return a country's worst place by a column in any single one of some years."""
    rows = known(milex, codes, first, last, column)
    if len(rows) < len(codes) * (last - first + 1):
        return quantity(float("nan"), rows)
    places = rows.groupby("year")[column].rank(ascending=False, method="min")
    return quantity(float(places[rows["iso3"] == iso3].max()), rows)


@measure
def window_sum(milex: pd.DataFrame, iso3: str, first: int, last: int, column: str) -> Quantity:
    """Return the sum of a column over some years; not a number where a year is missing."""
    rows = known(milex, [iso3], first, last, column)
    whole = len(rows) == last - first + 1
    return quantity(float(rows[column].sum()) if whole else float("nan"), rows)


@measure
def nato_value(nato: pd.DataFrame, iso3: str, year: int, column: str) -> Quantity:
    """Return a column of NATO's tables for a member and year; not a number where unknown."""
    rows = nato[(nato["iso3"] == iso3) & (nato["year"] == year) & nato[column].notna()]
    return quantity(float(rows[column].iloc[0]) if len(rows) else float("nan"), rows)


@measure
def local_amount(milex: pd.DataFrame, iso3: str, year: int, currency: str) -> Quantity:
    """Return SIPRI's amount in local currency, in millions, where it is in that currency."""
    rows = milex[(milex["iso3"] == iso3) & (milex["year"] == year)]
    rows = rows[(rows["currency"] == currency) & rows["local_currency_millions"].notna()]
    value = float(rows["local_currency_millions"].iloc[0]) if len(rows) else float("nan")
    return quantity(value, rows)


@measure
def per_euro(rates: pd.DataFrame, year: int) -> Quantity:
    """Return US dollars per euro, the European Central Bank's average of a whole year."""
    rows = rates[(rates["series"] == "ecb") & (rates["currency"] == "USD")]
    rows = rows[(rows["year"] == year) & ~rows["partial_year"].astype(bool)]
    return quantity(float(rows["rate"].iloc[0]) if len(rows) else float("nan"), rows)


@measure
def budget(budgets: pd.DataFrame, budget_id: str) -> Quantity:
    """Return one reported budget figure, an amount in millions or a percentage."""
    rows = budgets[budgets["id"] == budget_id]
    if rows.empty:
        return quantity(float("nan"))
    value = rows["amount_millions"].fillna(rows["value_pct"]).iloc[0]
    return quantity(float(value), rows)


@measure
def budget_place(
    budgets: pd.DataFrame,
    milex: pd.DataFrame,
    rates: pd.DataFrame,
    chosen: Mapping[str, str],
    iso3: str,
    year: int,
) -> Quantity:
    """Return a country's place by reported euro budgets as shares of the GDP that SIPRI implies.

    `chosen` names one budget row a country. Not a number where a budget, a GDP or the rate is
    missing.
    """
    rate = float(per_euro(rates, year))
    shares, used = {}, []
    for code, budget_id in chosen.items():
        own = milex[(milex["iso3"] == code) & (milex["year"] == year)]
        line = budgets[(budgets["id"] == budget_id) & (budgets["currency"] == "EUR")]
        if own.empty or line.empty:
            return quantity(float("nan"))
        output = own["current_usd_millions"].iloc[0] / own["share_of_gdp_pct"].iloc[0]
        shares[code] = float(line["amount_millions"].iloc[0]) * rate / float(output)
        used += [own, line]
    place = 1 + sum(share > shares[iso3] for share in shares.values())
    return quantity(float(place) if rate == rate else float("nan"), *used)


def _merged(*values: Quantity) -> Provenance:
    rows: dict[str, set[int]] = {}
    for value in values:
        for table, lines in value.provenance.rows.items():
            rows.setdefault(table, set()).update(lines)
    return Provenance(rows={table: tuple(sorted(lines)) for table, lines in sorted(rows.items())})


@measure
def quotient(over: Quantity, under: Quantity) -> Quantity:
    """Return one number divided by another; not a number where one is unknown."""
    value = float(over) / float(under) if float(under) else float("nan")
    return Quantity(value, _merged(over, under))


@measure
def product(one: Quantity, other: Quantity) -> Quantity:
    """Return one number times another, for conversions."""
    return Quantity(float(one) * float(other), _merged(one, other))


@measure
def others_together(
    milex: pd.DataFrame, codes: Sequence[str], iso3: str, year: int, basis: str
) -> Quantity:
    """Return a country's spending over that of all the others of the list together."""
    rows = known(milex, codes, year, year, AMOUNT[basis])
    amounts = rows.set_index("iso3")[AMOUNT[basis]]
    rest = amounts.drop(iso3, errors="ignore")
    whole = len(amounts) == len(codes)
    return quantity(float(amounts[iso3] / rest.sum()) if whole else float("nan"), rows)


@measure
def others_mean(
    milex: pd.DataFrame, codes: Sequence[str], iso3: str, year: int, column: str
) -> Quantity:
    """Return a country's value of a column over the plain mean of the others of the list."""
    rows = known(milex, codes, year, year, column)
    values = rows.set_index("iso3")[column]
    rest = values.drop(iso3, errors="ignore")
    whole = len(values) == len(codes)
    return quantity(float(values[iso3] / rest.mean()) if whole else float("nan"), rows)


@measure
def mean_value(milex: pd.DataFrame, codes: Sequence[str], year: int, column: str) -> Quantity:
    """Return the plain mean of a column over the countries in a year, if all have it."""
    rows = known(milex, codes, year, year, column)
    return quantity(float(rows[column].mean()) if len(rows) == len(codes) else float("nan"), rows)


@measure
def cost_to_reach(milex: pd.DataFrame, iso3: str, year: int, percent: float) -> Quantity:
    """Return what more a burden of `percent` of GDP would have cost in a year, in million dollars.

    GDP is the one that SIPRI's amount and burden imply. Below zero where the burden is higher.
    """
    rows = known(milex, [iso3], year, year, "share_of_gdp_pct")
    if rows.empty:
        return quantity(float("nan"))
    amount = float(rows["current_usd_millions"].iloc[0])
    burden = float(rows["share_of_gdp_pct"].iloc[0])
    return quantity(amount * (percent / burden - 1), rows)


@measure
def tie(ties: pd.DataFrame, row_id: str) -> Quantity:
    """Return one figure of china_ties by its id."""
    rows = ties[ties["id"] == row_id]
    return quantity(float(rows["value"].iloc[0]) if len(rows) else float("nan"), rows)


@measure
def tie_rank(ties: pd.DataFrame, partner: str, rivals: Sequence[str], period: str) -> Quantity:
    """Return a partner's place by direct investment among rivals listed for a period.

    Not a number where the partner or every rival is missing. `partner` may be a group that
    starts with the code, such as CHN+HKG+TWN+MAC.
    """
    rows = ties[(ties["period"] == period) & ties["measure"].str.startswith("fdi")]
    own = rows[rows["partner"].str.split("+").str[0] == partner]
    other = rows[rows["partner"].isin(list(rivals))]
    if own.empty or other.empty:
        return quantity(float("nan"))
    place = 1 + int((other["value"] > own["value"].max()).sum())
    return quantity(float(place), own, other)
