"""Measures of investment and trade between Serbia and China.

`ties` is the table china_ties. Its rows differ in partner group, period, currency and basis, so
nothing is summed and euro and dollars never share an axis. Claims are kept apart from statistics.
"""

from __future__ import annotations

import pandas as pd

from balkandefence.measures.spending import full, short
from balkandefence.provenance import Quantity, Words, measure, quantity, words

#: The only period for which investment of several partners is known on one basis.
COMMON = "2010-2022Q2"


def _nature(row: pd.Series) -> str:
    if row["claim"]:
        return "claim"
    return "own calculation" if row["derived"] else "quoted"


@measure
def investment(ties: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return cumulative direct investment in Serbia: partner, period, value, nature, same_basis.

    `value` is million euro; `nature` is quoted, own calculation or claim; `same_basis` marks the
    one period for which partners can be compared. Ordered for a chart: that period first.
    """
    kinds = ["fdi_inflow_cumulative", "claim_fdi_cumulative"]
    rows = ties[ties["measure"].isin(kinds)]
    scale = rows["unit"].map({"million EUR": 1.0, "billion EUR": 1000.0})
    said = "to " + rows["known_from"].dt.strftime("%B %Y")
    period = rows["period"].where(rows["period_kind"] == "span", said)
    made = pd.DataFrame(
        {
            "partner": rows["partner"].map(short(names)),
            "period": period,
            "value": rows["value"] * scale,
            "nature": [_nature(row) for _, row in rows.iterrows()],
            "same_basis": rows["period"] == COMMON,
        }
    )
    made = made[made["value"].notna()]
    return made.sort_values(["same_basis", "value"], ascending=False)


@measure
def trade(ties: pd.DataFrame) -> pd.DataFrame:
    """Return goods trade between Serbia and China by year: year, currency, value, nature, doubtful.

    `value` is billion units of `currency`; `nature` is quoted, own calculation or claim;
    `doubtful` marks figures that are most likely in another currency than they say.
    """
    kinds = ["goods_trade", "claim_goods_trade", "goods_trade_chinese_statistics"]
    rows = ties[ties["measure"].isin(kinds) & (ties["partner"] == "CHN")]
    rows = rows[rows["period_kind"] == "year"]
    made = pd.DataFrame(
        {
            "year": rows["year_to"].astype(int),
            "currency": rows["unit"].str.removeprefix("billion "),
            "value": rows["value"],
            "nature": [_nature(row) for _, row in rows.iterrows()],
            "doubtful": rows["probably_usd"].astype(bool),
        }
    )
    return made.sort_values(["currency", "year", "value"])


#: The measures of china_ties in words.
_WHAT = {
    "fdi_inflow_cumulative": "investment, sum of years",
    "claim_fdi_cumulative": "investment, sum of years",
    "fdi_inflow": "investment in the year",
    "goods_trade": "goods trade",
    "claim_goods_trade": "goods trade",
    "goods_trade_chinese_statistics": "goods trade, Chinese customs",
    "goods_exports_to": "Serbia's exports",
    "goods_imports_from": "Serbia's imports",
}

_MARKS = ("claim", "forecast", "lower_bound", "rounded", "derived", "preliminary", "probably_usd")


@measure
def ledger(ties: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return the figures on China: what, period, value (billion), currency, said, source.

    Whole years and spans only; `said` names each doubt that the row carries, and who said it.
    """
    rows = ties[
        ties["measure"].isin(list(_WHAT))
        & ties["partner"].str.startswith("CHN")
        & ties["period_kind"].isin(["year", "span", "date_of_statement"])
    ].copy()
    group = rows["partner"].map(short(names)).where(rows["partner"] != "CHN", "")
    rows["what"] = [
        f"{what} ({who})" if who else what
        for what, who in zip(rows["measure"].map(_WHAT), group, strict=True)
    ]
    rows["currency"] = rows["unit"].str[-3:]
    rows["value"] = rows["value"].where(rows["unit"].str.startswith("billion"), rows["value"] / 1e3)
    plain = {"probably_usd": "probably dollars", "lower_bound": "at least"}
    told = []
    for _, row in rows.iterrows():
        marks = ", ".join(plain.get(mark, mark) for mark in _MARKS if row[mark])
        who = row["stated_by"] if isinstance(row["stated_by"], str) else ""
        told.append("; ".join(part for part in (marks, who) if part) or None)
    rows["said"] = pd.Series(told, index=rows.index, dtype="object")
    return rows.sort_values(["what", "year_to", "value"])


@measure
def invested(ties: pd.DataFrame, partner: str) -> Quantity:
    """Return a partner's direct investment from 2010 to mid-2022, in million euro."""
    rows = ties[(ties["period"] == COMMON) & (ties["partner"] == partner)]
    return quantity(float(rows["value"].iloc[0]) if len(rows) else float("nan"), rows)


@measure
def times(ties: pd.DataFrame, partner: str, other: str) -> Quantity:
    """Return how many times `other`'s investment a partner's is, 2010 to mid-2022."""
    rows = ties[(ties["period"] == COMMON) & ties["partner"].isin([partner, other])]
    values = rows.set_index("partner")["value"]
    known = {partner, other} <= set(values.index)
    return quantity(values[partner] / values[other] if known else float("nan"), rows)


@measure
def claim_story(ties: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say what was claimed of Chinese investment beside the newest sum quoted."""
    rows = ties[ties["partner"] == "CHN"]
    quoted = rows[(rows["measure"] == "fdi_inflow_cumulative") & ~rows["derived"].astype(bool)]
    quoted = quoted.sort_values(["year_to", "value"])
    claimed = rows[rows["measure"] == "claim_fdi_cumulative"]
    if quoted.empty:
        return words(f"No sum of investment from {full(names)['CHN']} was known", rows)
    best = quoted.iloc[-1]
    base = (
        f"The newest sum quoted from the central bank is {best['value'] / 1000:.2f} billion euro "
        f"for {best['year_from']} to {best['year_to']}"
    )
    if claimed.empty:
        return words(base, quoted)
    said = claimed.iloc[-1]
    text = (
        f"The {said['stated_by']} put Chinese investment at {said['value']:.1f} billion euro "
        f"in {said['known_from']:%B %Y}; t{base[1:]}"
    )
    return words(text, quoted, claimed)


@measure
def trade_story(ties: pd.DataFrame) -> Words:
    """Say what trade with China was in the newest year, and what was claimed for later."""
    found = trade(ties)
    quoted = found[(found["currency"] == "USD") & (found["nature"] == "quoted")]
    claimed = found[found["nature"] == "claim"]
    if quoted.empty:
        return words("No trade with China in dollars was known")
    new = quoted.iloc[-1]
    text = f"Goods trade with China was {new['value']:.1f} billion dollars in {new['year']}"
    if len(claimed):
        said = claimed.iloc[-1]
        text += f"; {said['value']:.1f} billion euro were claimed for {said['year']}"
    return words(text)
