"""Claims about investment and trade between Serbia and China."""

from __future__ import annotations

from typing import Any

from balkandefence.claims.evidence import FIRST, Evidence, Known, context, row
from balkandefence.claims.ledger import Claim, tests_claim
from balkandefence.measures import claims_spending as own
from balkandefence.measures import spending_china
from balkandefence.provenance import Quantity

CENTRAL_BANK = "National Bank of Serbia, as quoted"
QUOTED = "Officials and statistics, as quoted"

_STATES = ("NLD", "DEU", "SVN", "AUT", "GBR", "LUX", "RUS", "USA")


@tests_claim
def biggest_investor(claim: Claim, known: Known) -> list[Evidence]:
    """China's place among investors, with the EU as one and state by state, and the amount."""
    ties = known("china_ties")
    place: dict[str, Any] = {"part": "biggest investor", "unit": "rank", "expects": FIRST}
    found = [
        row(own.tie_rank(ties, "CHN", ["EU"], spending_china.COMMON), CENTRAL_BANK,
            "investment summed, the EU as one", window="2010 to mid-2022", **place),
        row(None, CENTRAL_BANK, "investment summed, state by state",
            says="No table lists every single state's sum, so the place among states is unknown",
            **place),
    ]  # fmt: skip
    for period, window in (
        ("2020", "2020"), ("2022 Jan-Sep", "January to September 2022"),
        ("2024 part-year", "part of 2024"),
    ):  # fmt: skip
        value = own.tie_rank(ties, "CHN", _STATES, period)
        if value == value:
            found.append(context(value, QUOTED, "investment of one period, states listed",
                                 window=window, unit="rank", part="biggest investor",
                                 says="A flow, not the sum, among the states listed",
                                 ))  # fmt: skip
    for row_id, window in (("CT003", "2010–2023"), ("CT004", "2016–2023"), ("CT040", "2010–2024")):
        value = own.tie(ties, row_id)
        if value == value:
            found.append(_billion(value, window))
    found.append(row(None, CENTRAL_BANK, "investment summed", window="to September 2025",
                     part="amount", unit="billion euro",
                     says="No sum up to the day of the statement is in the data"))  # fmt: skip
    return found


def _billion(value: Quantity, window: str) -> Evidence:
    return row(
        own.product(value, Quantity(0.001)), CENTRAL_BANK, "investment summed", window=window,
        role="mixed", part="amount", unit="billion euro", decimals=2,
        says="Ends before the statement was made, so it is a lower bound",
    )  # fmt: skip


@tests_claim
def trade_2025(claim: Claim, known: Known) -> list[Evidence]:
    """Trade with China in 2025 once there is an outturn; until then the growth it needs."""
    ties = known("china_ties")
    trade = spending_china.trade(ties)
    outturn = trade[(trade["year"] == 2025) & (trade["nature"] != "claim")]
    euro = outturn[outturn["currency"] == "EUR"]["value"]
    found = [
        row(float(value), QUOTED, "goods trade", window="2025", unit="billion euro", decimals=2)
        for value in euro
    ] or [row(None, QUOTED, "goods trade", window="2025", unit="billion euro",
              says="No outturn for 2025 is in the data")]  # fmt: skip
    base = own.tie(ties, "CT057")
    if base == base:
        found.append(context(base, QUOTED, "goods trade, dollars turned into euro", window="2024",
                             unit="billion euro", decimals=2))  # fmt: skip
        growth = 100 * (float(claim.value) / float(base) - 1)
        found.append(context(growth, "Own calculation", "growth that the forecast needs",
                             window="2024 to 2025", unit="%", decimals=1))  # fmt: skip
    before = own.tie(ties, "CT053")
    if base == base and before == before:
        found.append(context(100 * (float(own.quotient(base, before)) - 1), "Own calculation",
                             "growth a year before", window="2023 to 2024", unit="%"))  # fmt: skip
    return found


@tests_claim
def trade_2024_euro(claim: Claim, known: Known) -> list[Evidence]:
    """Trade with China in 2024 in euro; the same figure in dollars apart."""
    ties = known("china_ties")
    euro, dollars = own.tie(ties, "CT057"), own.tie(ties, "CT054")
    missing = row(None, QUOTED, "goods trade", window="2024", unit="billion euro",
                  says="No figure for 2024 had been published")  # fmt: skip
    if euro != euro:
        return [missing]
    return [
        row(euro, QUOTED, "goods trade, dollars turned into euro", window="2024",
            unit="billion euro", decimals=2),
        row(dollars, QUOTED, "goods trade in US dollars", window="2024", role="mixed",
            unit="billion US dollars", decimals=2, says="Another unit than the one quoted"),
    ]  # fmt: skip
