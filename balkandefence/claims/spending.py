"""Claims about military spending: amounts, ratios, ranks and burdens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from balkandefence.claims.evidence import FIRST, Evidence, Known, context, row
from balkandefence.claims.ledger import Claim, tests_claim
from balkandefence.measures import claims_spending as own
from balkandefence.measures import spending, spending_sources
from balkandefence.provenance import Provenance, Quantity

SIX = ("ALB", "BIH", "XKX", "MNE", "MKD", "SRB")
SIPRI = "SIPRI"
NATO = "NATO"
HOME = "Budgets reported at home"

_BURDEN = "share_of_gdp_pct"
_NATO_AMOUNTS = {"current": "nato_current_usd_millions", "constant": "nato_constant_usd_millions"}


def prices(frame: Any, basis: str) -> str:
    """Return a price basis in words, with the release's base year."""
    if basis == "current":
        return "current US dollars"
    return f"constant {int(frame['constant_base_year'].dropna().max())} US dollars"


def sipri_amounts(known: Known, iso3: str, year: int) -> Iterator[Evidence]:
    """Yield SIPRI's spending of a year in million dollars: every release and price basis."""
    for release, milex in known.releases("military_expenditure"):
        for basis in spending.AMOUNT:
            value = spending.amount(milex, iso3, year, basis)
            if value == value:  # a release that ends before the year is no basis
                yield row(
                    value, SIPRI, "spending", release=release, prices=prices(milex, basis),
                    unit="million US dollars", decimals=1,
                )  # fmt: skip


def _home_amounts(known: Known, iso3: str, year: int) -> Iterator[Evidence]:
    """Yield whole budgets reported at home, turned into million dollars."""
    rates, milex = known("exchange_rates"), known("military_expenditure")
    found = spending_sources.side_by_side(
        milex, known("nato_defence_expenditure"), known("national_budgets"), rates,
        [iso3], year, year,
    )  # fmt: skip
    home = found[found["source"] == "home"]
    same = np.log(home["usd_millions"]).round(2)  # one budget told in two currencies is one basis
    made = Provenance(found.attrs["function"], found.attrs["arguments"], found.attrs["tables"])
    for _, line in home[~home.assign(same=same).duplicated(["kind", "same"])].iterrows():
        yield row(
            line["usd_millions"], HOME, f"{line['kind']} budget", prices="current US dollars",
            unit="million US dollars", decimals=1, provenance=made,
        )  # fmt: skip


def in_euro(known: Known, iso3: str, year: int) -> Iterator[Evidence]:
    """Yield SIPRI's current amounts in million euro: another unit than dollars."""
    rate = own.per_euro(known("exchange_rates"), year)
    for release, milex in known.releases("military_expenditure"):
        amount = own.quotient(spending.amount(milex, iso3, year, "current"), rate)
        if amount == amount:
            yield row(
                amount, SIPRI, "spending", release=release, prices="euro, ECB average",
                role="mixed", unit="million euro", decimals=1,
                says="Another unit than the one quoted",
            )  # fmt: skip


def _billions(rows: list[Evidence]) -> list[Evidence]:
    return [
        replace(
            found, value=None if found.number is None else found.number / 1000, decimals=2,
            unit=found.unit.replace("million", "billion"),
        )
        for found in rows
    ]  # fmt: skip


@tests_claim
def serbia_leads(claim: Claim, known: Known) -> list[Evidence]:
    """Place of Serbia among the six by the sum over 2020 to 2024, and in its worst year."""
    found = []
    for release, milex in known.releases("military_expenditure"):
        if milex["year"].max() < 2024:
            continue  # a release that ends before the window is no basis
        for basis, column in spending.AMOUNT.items():
            told: dict[str, Any] = {
                "release": release,
                "prices": prices(milex, basis),
                "window": "2020–2024",
            }
            total = own.rank(milex, SIX, "SRB", 2020, 2024, column)
            worst = own.worst_rank(milex, SIX, "SRB", 2020, 2024, column)
            found += [
                row(total, SIPRI, "sum of five years", unit="rank", expects=FIRST, **told),
                row(worst, SIPRI, "worst single year", unit="rank", expects=FIRST, **told),
            ]
        burden = own.worst_rank(milex, SIX, "SRB", 2020, 2024, _BURDEN)
        found.append(context(burden, SIPRI, "share of GDP, worst single year", release=release,
                             window="2020–2024", unit="rank"))  # fmt: skip
    return found


@tests_claim
def serbia_2024(claim: Claim, known: Known) -> list[Evidence]:
    """Serbia's 2024 in billion dollars: SIPRI's releases and bases, budgets, and euro apart."""
    found = [*sipri_amounts(known, "SRB", 2024), *_home_amounts(known, "SRB", 2024)]
    budgets, rate = known("national_budgets"), own.per_euro(known("exchange_rates"), 2024)
    for budget_id, what in (
        ("SRB-2024-04", "first budget with the January supplement"),
        ("SRB-2024-05", "first budget, supplement and amendment"),
    ):
        value = own.product(own.budget(budgets, budget_id), rate)
        if value == value:
            found.append(row(value, HOME, what, prices="current US dollars",
                             unit="million US dollars"))  # fmt: skip
    return _billions([*found, *in_euro(known, "SRB", 2024)])


@tests_claim
def kosovo_2024(claim: Claim, known: Known) -> list[Evidence]:
    """Kosovo's 2024 in million dollars: SIPRI's releases and bases, budgets, and euro apart."""
    return [
        *sipri_amounts(known, "XKX", 2024),
        *_home_amounts(known, "XKX", 2024),
        *in_euro(known, "XKX", 2024),
    ]


def _amounts_of(known: Known, iso3: str, year: int) -> list[tuple[Evidence, Quantity]]:
    """Return every amount for a country and year with its basis, SIPRI's and NATO's."""
    found = []
    for release, milex in known.releases("military_expenditure"):
        for basis in spending.AMOUNT:
            value = spending.amount(milex, iso3, year, basis)
            found.append((row(value, SIPRI, "ratio of spending", release=release,
                              prices=prices(milex, basis)), value))  # fmt: skip
    for release, nato in known.releases("nato_defence_expenditure"):
        for basis, column in _NATO_AMOUNTS.items():
            value = own.nato_value(nato, iso3, year, column)
            found.append((row(value, NATO, "ratio of spending", release=release,
                              prices=prices(nato, basis)), value))  # fmt: skip
    return [(made, value) for made, value in found if value == value]


@tests_claim
def serbia_albania_ratio(claim: Claim, known: Known) -> list[Evidence]:
    """Serbia's 2024 over Albania's: pairs of one basis, and every mixed pair apart."""
    like, mixed = [], []
    below = _amounts_of(known, "ALB", 2024)
    for over, top in _amounts_of(known, "SRB", 2024):
        for under, bottom in below:
            value = own.quotient(top, bottom)
            if over.basis == under.basis:
                told: dict[str, Any] = {"release": over.basis.release, "prices": over.basis.prices}
                like.append(row(value, SIPRI, "ratio of spending", decimals=2, **told))
                continue
            label = (
                f"Serbia by {over.basis.source} ({over.basis.release:%B %Y}, {over.basis.prices}) "
                f"over Albania by {under.basis.source} ({under.basis.release:%B %Y}, "
                f"{under.basis.prices})"
            )
            mixed.append(row(value, "Mixed", label, role="mixed", decimals=2,
                             says="Parts of different bases"))  # fmt: skip
    budgets = known("national_budgets")
    first = own.quotient(own.budget(budgets, "SRB-2024-07"), own.budget(budgets, "ALB-2024-02"))
    if first == first:
        like.append(row(first, HOME, "ratio of first budgets", prices="euro", decimals=2))
    return like + mixed


@tests_claim
def dw_six_times(claim: Claim, known: Known) -> list[Evidence]:
    """Serbia's spending over Albania's, the sums of 2020 to 2024."""
    found = []
    for release, milex in known.releases("military_expenditure"):
        for basis, column in spending.AMOUNT.items():
            sums = [own.window_sum(milex, iso3, 2020, 2024, column) for iso3 in ("SRB", "ALB")]
            value = own.quotient(*sums)
            real = basis == "constant"
            if value == value:
                found.append(row(
                    value, SIPRI, "ratio of sums", release=release, prices=prices(milex, basis),
                    window="2020–2024", decimals=2, role="like" if real else "mixed",
                    says="" if real else "The statement speaks of real terms",
                ))  # fmt: skip
    nothing = row(None, SIPRI, "ratio of sums", window="2020–2024",
                  says="No release that covers 2020 to 2024 had appeared")  # fmt: skip
    return found or [nothing]


def _burdens(known: Known, iso3: str, year: int) -> list[Evidence]:
    """Return a country's share of GDP in a year: every release of SIPRI and NATO."""
    found = []
    for release, milex in known.releases("military_expenditure"):
        value = spending.value(milex, iso3, year, _BURDEN)
        if value == value:
            found.append(row(value, SIPRI, "share of GDP", release=release, unit="%", decimals=2))
    for release, nato in known.releases("nato_defence_expenditure"):
        value = own.nato_value(nato, iso3, year, "share_of_gdp_real_pct")
        if value == value:
            found.append(row(value, NATO, "share of GDP", release=release, unit="%", decimals=2))
    return found


def _not_yet(year: int, what: str = "share of GDP") -> Evidence:
    return row(None, SIPRI, what, unit="%", says=f"No release that covers {year} had appeared")


@tests_claim
def serbia_burden_2024(claim: Claim, known: Known) -> list[Evidence]:
    """Serbia's share of GDP in 2024 by every release; the first budget's share apart."""
    found = _burdens(known, "SRB", 2024) or [_not_yet(2024)]
    first = own.budget(known("national_budgets"), "SRB-2024-11")
    if first == first:
        found.append(row(first, HOME, "first budget, share of GDP", unit="%", decimals=2,
                         role="mixed", says="Without the supplement"))  # fmt: skip
    return found


@tests_claim
def serbia_third_2024(claim: Claim, known: Known) -> list[Evidence]:
    """Whether Serbia was third by share of GDP in 2024, by every release of SIPRI."""
    found = []
    for release, milex in known.releases("military_expenditure"):
        place = own.rank(milex, SIX, "SRB", 2024, 2024, _BURDEN)
        if place == place:
            found.append(row(place, SIPRI, "place by share of GDP", release=release, unit="rank"))
        for iso3, name in (("ALB", "Albania"), ("MKD", "North Macedonia"), ("SRB", "Serbia")):
            value = spending.value(milex, iso3, 2024, _BURDEN)
            if value == value:
                found.append(context(value, SIPRI, f"{name}, share of GDP", release=release,
                                     unit="%", decimals=2))  # fmt: skip
    place = own.budget_place(
        known("national_budgets"), known("military_expenditure"), known("exchange_rates"),
        {"SRB": "SRB-2024-07", "ALB": "ALB-2024-02", "MKD": "MKD-2024-01"}, "SRB", 2024,
    )  # fmt: skip
    if place == place:
        found.append(row(place, HOME, "place by first budgets, of the three named, share of GDP",
                         unit="rank"))  # fmt: skip
    like = [evidence for evidence in found if evidence.role == "like"]
    return found if like else [_not_yet(2024, "place by share of GDP")]


@tests_claim
def albania_two_percent(claim: Claim, known: Known) -> list[Evidence]:
    """Albania's share of GDP in 2024: every release of SIPRI and NATO."""
    found = _burdens(known, "ALB", 2024) or [_not_yet(2024)]
    planned = own.budget(known("national_budgets"), "ALB-2024-01")
    if planned == planned:
        found.append(context(planned, HOME, "draft budget", unit="million lek",
                             decimals=0))  # fmt: skip
    return found


def _euro_amounts(known: Known, iso3: str, year: int) -> list[Evidence]:
    found = []
    for release, milex in known.releases("military_expenditure"):
        value = own.local_amount(milex, iso3, year, "EUR")
        if value == value:
            found.append(row(value, SIPRI, "spending", release=release, prices="euro",
                             unit="million euro"))  # fmt: skip
    return found


@tests_claim
def kosovo_budget_2025(claim: Claim, known: Known) -> list[Evidence]:
    """Kosovo's 2025 in euro by SIPRI; the report itself is no test of the statement."""
    budgets = known("national_budgets")
    later = own.budget(budgets, "XKX-2025-01")
    found = _euro_amounts(known, "XKX", 2025)
    found = found or [_not_yet(2025, "spending")]
    if later == later:
        found.append(row(later, HOME, "Security Force only", prices="euro", unit="million euro",
                         role="mixed", says="A part of the ministry's budget"))  # fmt: skip
    return found


@tests_claim
def kosovo_200_million_2023(claim: Claim, known: Known) -> list[Evidence]:
    """Kosovo's 2023: SIPRI's euro amounts and the totals that other pages report."""
    budgets = known("national_budgets")
    found = _euro_amounts(known, "XKX", 2023)
    for budget_id, what in (("XKX-2023-02", "total reported later"), ("XKX-2023-03", "draft")):
        value = own.budget(budgets, budget_id)
        if value == value:
            found.append(row(value, HOME, what, prices="euro", unit="million euro"))
    found.append(row(None, HOME, "all allocations with supplements", prices="euro",
                     unit="million euro", says="No published total that includes the supplements "
                     "is in the data"))  # fmt: skip
    extra = own.budget(budgets, "XKX-2023-04")
    if extra == extra:
        found.append(context(extra, HOME, "supplement of December 2023", unit="million euro"))
    for evidence in _burdens(known, "XKX", 2023):
        found.append(replace(evidence, role="context"))
    return found


@tests_claim
def albania_2021(claim: Claim, known: Known) -> list[Evidence]:
    """Albania's 2021 in million euro: SIPRI and NATO, every release, at the year's rate."""
    rate = own.per_euro(known("exchange_rates"), 2021)
    found = []
    for release, milex in known.releases("military_expenditure"):
        value = own.quotient(spending.amount(milex, "ALB", 2021, "current"), rate)
        found.append(row(value, SIPRI, "spending", release=release, prices="euro, ECB average",
                         unit="million euro"))  # fmt: skip
    for release, nato in known.releases("nato_defence_expenditure"):
        value = own.quotient(own.nato_value(nato, "ALB", 2021, _NATO_AMOUNTS["current"]), rate)
        found.append(row(value, NATO, "spending", release=release, prices="euro, ECB average",
                         unit="million euro"))  # fmt: skip
    return found or [_not_yet(2021, "spending")]
