"""Measures of military spending: levels, leaders, burdens, growth and shares.

Frames in; number, word or frame out. Definitions follow SIPRI: the burden is military expenditure
as a share of GDP; constant prices are those of the release's base year. `milex` is always the
table military_expenditure, `names` the table countries, `codes` the countries chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The column of military_expenditure for each price basis.
AMOUNT = {"constant": "constant_usd_millions", "current": "current_usd_millions"}


def full(names: pd.DataFrame) -> dict[str, str]:
    """Return the name of every country by code, as sentences write it."""
    return dict(zip(names["iso3"], names["name"], strict=True))


def short(names: pd.DataFrame) -> dict[str, str]:
    """Return the short name of every country by code, as labels write it."""
    return dict(zip(names["iso3"], names["short_name"], strict=True))


def _chosen(milex: pd.DataFrame, codes: Sequence[str], first: int, last: int) -> pd.DataFrame:
    return milex[milex["iso3"].isin(list(codes)) & milex["year"].between(first, last)]


def known(
    milex: pd.DataFrame, codes: Sequence[str], first: int, last: int, column: str
) -> pd.DataFrame:
    """Return the rows with a value, without those that cover another territory."""
    rows = _chosen(milex, codes, first, last)
    return rows[rows[column].notna() & rows["territory"].isna()]


def _totals(
    milex: pd.DataFrame, codes: Sequence[str], year: int, basis: str, window: int
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the sums over the `window` years to `year`, largest first, and the rows behind.

    Empty where a country that has the year lacks one of the years before: a ranking without it
    would name a false leader.
    """
    rows = known(milex, codes, year - window + 1, year, AMOUNT[basis])
    now = rows.loc[rows["year"] == year, "iso3"]
    rows = rows[rows["iso3"].isin(now)]
    if (rows.groupby("iso3")["year"].count() < window).any():
        rows = rows.iloc[:0]
    return rows.groupby("iso3")[AMOUNT[basis]].sum().sort_values(ascending=False), rows


@measure
def latest_year(milex: pd.DataFrame, codes: Sequence[str], last: int) -> Quantity:
    """Return the newest year up to `last` for which any of the countries has an amount."""
    rows = known(milex, codes, 0, last, AMOUNT["current"])
    return quantity(float(rows["year"].max()), rows[rows["year"] == rows["year"].max()])


@measure
def unit(milex: pd.DataFrame, basis: str) -> Words:
    """Return the unit of amounts: US dollars of the release's base year, or current ones."""
    base = milex.loc[milex["constant_base_year"].notna(), "constant_base_year"].max()
    told = {"constant": f"million US dollars of {base}", "current": "million current US dollars"}
    return words(told[basis], milex.iloc[:1])


@measure
def series(
    milex: pd.DataFrame, codes: Sequence[str], first: int, last: int, column: str
) -> pd.DataFrame:
    """Return one column over the years: iso3, year, value, estimate (SIPRI's own).

    A year that the release lacks has no row; rows for another territory are left out.
    """
    rows = known(milex, codes, first, last, column)
    made = rows.rename(columns={column: "value", "sipri_estimate": "estimate"})
    made = made[["iso3", "year", "value", "estimate"]].astype({"year": int, "estimate": bool})
    order = made["iso3"].map({code: place for place, code in enumerate(codes)})
    return made.assign(order=order).sort_values(["order", "year"]).drop(columns="order")


@measure
def level(
    milex: pd.DataFrame, codes: Sequence[str], first: int, last: int, basis: str
) -> pd.DataFrame:
    """Return military expenditure: iso3, year, value (million US dollars of `basis`), estimate."""
    return series(milex, codes, first, last, AMOUNT[basis])


@measure
def amount(milex: pd.DataFrame, iso3: str, year: int, basis: str) -> Quantity:
    """Return one country's military expenditure in one year, in million US dollars."""
    return value(milex, iso3, year, AMOUNT[basis])


@measure
def value(milex: pd.DataFrame, iso3: str, year: int, column: str) -> Quantity:
    """Return one country's value of a column in one year; not a number where it is unknown."""
    rows = known(milex, [iso3], year, year, column)
    return quantity(float(rows[column].iloc[0]) if len(rows) else float("nan"), rows)


def place(
    milex: pd.DataFrame, codes: Sequence[str], year: int, basis: str, rank: int, window: int = 1
) -> str:
    """Return the code of the country at a rank by spending, empty where there is none."""
    totals, _ = _totals(milex, codes, year, basis, window)
    return str(totals.index[rank - 1]) if len(totals) >= rank else ""


@measure
def leader(
    milex: pd.DataFrame,
    names: pd.DataFrame,
    codes: Sequence[str],
    year: int,
    basis: str,
    window: int = 1,
) -> Words:
    """Return the short name of the country that spent most in the `window` years to `year`."""
    totals, rows = _totals(milex, codes, year, basis, window)
    return words(short(names)[str(totals.index[0])] if len(totals) else "no country", rows)


@measure
def runner_up(
    milex: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], year: int, basis: str
) -> Words:
    """Return the name of the country that spent second most in a year."""
    totals, rows = _totals(milex, codes, year, basis, 1)
    return words(full(names)[str(totals.index[1])] if len(totals) > 1 else "no other", rows)


@measure
def multiple(
    milex: pd.DataFrame, codes: Sequence[str], year: int, basis: str, window: int = 1
) -> Quantity:
    """Return how many times the second country's spending the leader's is."""
    totals, rows = _totals(milex, codes, year, basis, window)
    return quantity(totals.iloc[0] / totals.iloc[1] if len(totals) > 1 else float("nan"), rows)


@measure
def total(
    milex: pd.DataFrame, codes: Sequence[str], year: int, basis: str, window: int = 1
) -> Quantity:
    """Return what the countries spent together, in million US dollars."""
    totals, rows = _totals(milex, codes, year, basis, window)
    return quantity(totals.sum() if len(totals) else float("nan"), rows)


@measure
def leader_share(milex: pd.DataFrame, codes: Sequence[str], year: int, basis: str) -> Quantity:
    """Return the leader's share of what the countries spent together, in percent."""
    totals, rows = _totals(milex, codes, year, basis, 1)
    return quantity(100 * totals.iloc[0] / totals.sum() if len(totals) else float("nan"), rows)


@measure
def ranks(milex: pd.DataFrame, codes: Sequence[str], first: int, last: int) -> pd.DataFrame:
    """Return ranks: money (constant, current), window (1, 5), year, iso3, value, rank.

    `value` is the sum over the window's years in million US dollars; a window is ranked
    only where every country with the last of its years has them all.
    """
    found = []
    for basis in AMOUNT:
        for window in (1, 5):
            for year in range(first, last + 1):
                totals, _ = _totals(milex, codes, year, basis, window)
                found += [
                    (basis, window, year, code, sum_, rank)
                    for rank, (code, sum_) in enumerate(totals.items(), 1)
                ]
    return pd.DataFrame(found, columns=["money", "window", "year", "iso3", "value", "rank"])


@measure
def lead_story(ranked: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say who led in how many years, by `ranks`."""
    first = ranked[ranked["rank"] == 1]
    calls, years = full(names), int(first.loc[first["window"] == 1, "year"].min())
    if first["iso3"].nunique() == 1:
        always = calls[first["iso3"].iloc[0]]
        return words(
            f"{always} spent most in every year since {years} and over every five years "
            "that can be compared, in constant as in current money"
        )
    yearly = first[(first["window"] == 1) & (first["money"] == "constant")]
    count = yearly["iso3"].value_counts()
    told = [f"{calls[str(code)]} in {n} of the {count.sum()} years" for code, n in count.items()]
    return words(f"The lead changed hands: in constant money {listed(told)} spent most")


@measure
def leaders_count(ranked: pd.DataFrame) -> Quantity:
    """Return how many countries led at least once, by `ranks`."""
    return quantity(float(ranked.loc[ranked["rank"] == 1, "iso3"].nunique()))


@measure
def leaders(ranked: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return one row a year: who spent most and what, in constant and current money, and over five.

    Columns: year, leader, amount, times (the second's amount), leader_current, amount_current,
    times_current, leader_five, amount_five, times_five (constant money over five years).
    """
    calls = short(names)
    cases = {"": ("constant", 1), "_current": ("current", 1), "_five": ("constant", 5)}
    columns = {}
    for ending, (money, window) in cases.items():
        part = ranked[(ranked["money"] == money) & (ranked["window"] == window)]
        first = part[part["rank"] == 1].set_index("year")
        second = part[part["rank"] == 2].set_index("year")["value"]
        columns[f"leader{ending}"] = first["iso3"].map(calls)
        columns[f"amount{ending}"] = first["value"]
        columns[f"times{ending}"] = first["value"] / second
    made = pd.DataFrame(columns).sort_index(ascending=False)
    return made.rename_axis("year").reset_index()


@measure
def growth(
    milex: pd.DataFrame,
    codes: Sequence[str],
    year: int,
    basis: str,
    spans: Sequence[int] = (1, 5, 10),
) -> pd.DataFrame:
    """Return change up to `year` over each span: iso3, span, since, before, now, added, growth_pct.

    Amounts are million US dollars of `basis`; a country without the earlier year has no row.
    """
    column, found = AMOUNT[basis], []
    for span in spans:
        rows = known(milex, codes, year - span, year, column)
        amounts = rows.set_index(["iso3", "year"])[column].to_dict()
        for code in codes:
            before, now = amounts.get((code, year - span)), amounts.get((code, year))
            if before and now:
                found.append((code, span, year - span, before, now))
    made = pd.DataFrame(found, columns=["iso3", "span", "since", "before", "now"])
    made["added"] = made["now"] - made["before"]
    made["growth_pct"] = 100 * made["added"] / made["before"]
    return made


def _top(frame: pd.DataFrame, span: int, column: str) -> dict[str, Any] | None:
    part = frame[frame["span"] == span].sort_values(column, ascending=False)
    return None if part.empty else {str(k): v for k, v in part.iloc[0].items()}


@measure
def growth_story(grown: pd.DataFrame, names: pd.DataFrame, unit: str, span: int = 10) -> Words:
    """Say who grew most in percent and who added most money over a span, by `growth`."""
    fast, more, calls = _top(grown, span, "growth_pct"), _top(grown, span, "added"), full(names)
    if fast is None or more is None:
        return words(f"No country has figures {span} years apart")
    verb = "grew fastest" if fast["growth_pct"] > 0 else "fell least"
    quick = f"Over {span} years spending {verb} in {calls[fast['iso3']]}"
    quick += f" ({fast['growth_pct']:+,.0f}%)".replace("-", "−")
    if fast["iso3"] == more["iso3"]:
        return words(f"{quick}, which also added most money, {more['added']:,.0f} {unit}")
    return words(
        f"{quick}, but {calls[more['iso3']]} added most money: {more['added']:,.0f} {unit}"
    )


@measure
def growth_title(grown: pd.DataFrame, names: pd.DataFrame, span: int = 10) -> Words:
    """Say in a title who grew fastest and who added most money, by `growth`."""
    fast, more, calls = _top(grown, span, "growth_pct"), _top(grown, span, "added"), full(names)
    if fast is None or more is None:
        return words("Change in spending over the years that can be compared")
    pace = f"{fast['growth_pct']:+,.0f}%".replace("-", "−")
    verb = "grew fastest" if fast["growth_pct"] > 0 else "fell least"
    quick = f"{calls[fast['iso3']]}'s spending {verb} in {span} years, {pace}"
    if fast["iso3"] == more["iso3"]:
        return words(quick)
    return words(f"{quick}; {calls[more['iso3']]} added most money")


@measure
def change_story(grown: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how one country's spending changed over each span, by `growth`."""
    own = grown[grown["iso3"] == iso3].sort_values("span")
    spans = {1: "one year", 5: "five years", 10: "ten years"}
    told = [
        f"{row['growth_pct']:+,.0f}% in {spans.get(row['span'], str(row['span']) + ' years')}"
        for _, row in own.iterrows()
    ]
    name = full(names)[iso3]
    text = f"The spending of {name} changed by {listed(told)}" if told else f"{name} has no series"
    return words(text.replace("-", "−"))


@measure
def then_and_now(
    milex: pd.DataFrame,
    codes: Sequence[str],
    comparators: Sequence[str],
    year: int,
    span: int,
    column: str,
) -> pd.DataFrame:
    """Return a column in a year and `span` years before: iso3, then, now, comparator, years.

    A country without the year has no row; one without the earlier year has no `then`.
    """
    rows = known(milex, [*codes, *comparators], year - span, year, column)
    wide = rows.pivot(index="iso3", columns="year", values=column)
    made = pd.DataFrame({"then": wide.get(year - span), "now": wide.get(year)}, index=wide.index)
    made = made[made["now"].notna()].astype(float).rename_axis("iso3").reset_index()
    made["comparator"] = made["iso3"].isin(list(comparators))
    return made.assign(then_year=year - span, now_year=year)


def _called(names: pd.DataFrame, rows: pd.DataFrame, column: str, place: int) -> Words:
    """Return the name of the country at a place in the order of a column, lowest first."""
    ordered = rows.sort_values(column)["iso3"].tolist()
    return words(full(names)[ordered[place]] if ordered else "no country", rows)


@measure
def highest(
    milex: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], year: int, column: str
) -> Words:
    """Return the name of the country with the highest value of a column in a year."""
    return _called(names, known(milex, codes, year, year, column), column, -1)


@measure
def highest_value(milex: pd.DataFrame, codes: Sequence[str], year: int, column: str) -> Quantity:
    """Return the highest value of a column in a year."""
    rows = known(milex, codes, year, year, column)
    return quantity(float(rows[column].max()), rows)


@measure
def lowest(
    milex: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], year: int, column: str
) -> Words:
    """Return the name of the country with the lowest value of a column in a year."""
    return _called(names, known(milex, codes, year, year, column), column, 0)


@measure
def lowest_value(milex: pd.DataFrame, codes: Sequence[str], year: int, column: str) -> Quantity:
    """Return the lowest value of a column in a year."""
    rows = known(milex, codes, year, year, column)
    return quantity(float(rows[column].min()), rows)


@measure
def reached(
    milex: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], year: int, percent: float
) -> Words:
    """Say which countries had a burden of at least `percent` in a year: 'a and b' or 'none'."""
    rows = known(milex, codes, year, year, "share_of_gdp_pct")
    found = set(rows.loc[rows["share_of_gdp_pct"] >= percent, "iso3"])
    return words(listed([full(names)[c] for c in codes if c in found]) or "none of them", rows)
