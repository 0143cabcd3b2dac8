"""The frames and the facts of the chapter on spending, section by section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from balkandefence.findings import spending_looks as looks
from balkandefence.findings.page import EditionLike, Page
from balkandefence.measures import (
    spending,
    spending_china,
    spending_nato,
    spending_revisions,
    spending_scope,
    spending_sources,
)
from balkandefence.provenance import Fact

Frame = pd.DataFrame
FourFrames = tuple[Frame, Frame, Frame, Frame]
SixFrames = tuple[Frame, Frame, Frame, Frame, Frame, Frame]
Frames = Mapping[str, Frame]


@dataclass(frozen=True)
class Tables:
    """The tables that the chapter reads, as known on the edition's day."""

    names: pd.DataFrame
    milex: pd.DataFrame
    scope: pd.DataFrame
    nato: pd.DataFrame
    budgets: pd.DataFrame
    rates: pd.DataFrame
    economy: pd.DataFrame
    ties: pd.DataFrame
    releases: pd.DataFrame
    nato_releases: pd.DataFrame

    @classmethod
    def of(cls, edition: EditionLike) -> Tables:
        """Return the tables that an edition loads; of two also every release then known."""
        return cls(
            edition.load("countries"),
            edition.load("military_expenditure"),
            edition.load("military_expenditure_scope"),
            edition.load("nato_defence_expenditure"),
            edition.load("national_budgets"),
            edition.load("exchange_rates"),
            edition.load("economy"),
            edition.load("china_ties"),
            edition.load("military_expenditure", vintages=True),
            edition.load("nato_defence_expenditure", vintages=True),
        )

    @property
    def amounts(self) -> FourFrames:
        """What amounts by source are read from: SIPRI, NATO, home budgets, exchange rates."""
        return self.milex, self.nato, self.budgets, self.rates

    @property
    def reconciled(self) -> SixFrames:
        """What a reconciliation reads: every edition of NATO's, scope marks and names too."""
        return self.milex, self.nato_releases, self.budgets, self.rates, self.scope, self.names


#: Country-years whose budgets the chapter follows from draft to result.
CASES = (("SRB", 2024), ("XKX", 2023), ("ALB", 2024))


def cases(year: int) -> list[tuple[str, int]]:
    """Return the country-years that the chapter follows, up to a year."""
    return [case for case in CASES if case[1] <= year]


def page(edition: EditionLike) -> Page:
    """Return all that the chapter publishes."""
    t = Tables.of(edition)
    year = int(spending.latest_year(t.milex, edition.countries, edition.last_year))
    made = frames(t, edition, year)
    found = chapter(t, made, edition, year)
    return Page(
        found, made, looks.titles(found), looks.COLUMNS, looks.options(found, edition)
    )  # fmt: skip


def frames(t: Tables, edition: EditionLike, year: int) -> dict[str, Frame]:
    """Return what the figures and tables show, by their ids, up to the newest year known."""
    codes, first, beside = edition.countries, edition.first_year, edition.comparators
    milex, nato, names = t.milex, t.nato, t.names
    span, recent = (codes, first, year), max(first, year - 5)
    ranked = spending.ranks(milex, *span)
    split = spending_nato.equipment(nato, codes, beside, first, year)
    changed = spending_revisions.revised(t.releases, *span)
    share, everyone = "share_of_government_spending_pct", [*codes, *beside]
    return {
        "level": spending.level(milex, *span, edition.price_basis),
        "ranks": ranked,
        "leaders": spending.leaders(ranked, names),
        "growth": spending.growth(milex, codes, year, edition.price_basis),
        "burden": spending.series(milex, everyone, first, year, "share_of_gdp_pct"),
        "government": spending.series(milex, *span, share),
        "head": spending.then_and_now(milex, codes, beside, year, 10, "per_capita_usd"),
        "soldier": spending_nato.per_soldier(milex, nato, t.economy, codes, beside, year),
        "equipment": split,
        "categories": spending_nato.categories(split),
        "sources": spending_sources.side_by_side(
            *t.amounts, codes, max(first, min(2014, year - 5)), year
        ),
        "reconciliation": spending_sources.reconciliation(*t.reconciled, codes, recent, year),
        "steps": spending_sources.budget_steps(*t.amounts, cases(year)),
        "fan": spending_revisions.fan(t.releases, edition.highlight, first, year),
        "changed": changed,
        "revisions": spending_revisions.largest(changed, names) if len(changed) else changed,
        "investment": spending_china.investment(t.ties, names),
        "trade": spending_china.trade(t.ties),
        "china": spending_china.ledger(t.ties, names),
        "missing": spending_sources.availability(milex, nato, t.budgets, *span),
    }


def chapter(t: Tables, f: Frames, edition: EditionLike, year: int) -> list[Fact]:
    """Return all facts of the chapter, for an edition's choices and the newest year known."""
    codes, basis, highlight = edition.countries, edition.price_basis, edition.highlight
    return [
        *levels(t, f["ranks"], codes, edition.first_year, year, basis),
        *burdens(t.milex, t.names, codes, year, edition.as_of),
        *changes(t, f["growth"], basis, highlight),
        *shares(t, f, codes, year),
        *sources(t, f, edition.first_year, year),
        *revisions(t, f["changed"], highlight),
        *china(t.ties, t.names),
    ]


def levels(
    t: Tables, ranked: Frame, codes: Sequence[str], first: int, year: int, basis: str
) -> list[Fact]:
    """Return who spends most, how much more than the next, and what they spend together."""
    milex, names = t.milex, t.names
    unit = spending.unit(milex, basis)
    leading = spending.place(milex, codes, year, basis, 1)
    return [
        Fact("latest-year", spending.latest_year(milex, codes, year), "newest year with figures",
             grouped=False),
        Fact("unit", unit, "unit of amounts"),
        Fact("leader", spending.leader(milex, names, codes, year, basis), "spent most"),
        Fact("leader-level", spending.amount(milex, leading, year, basis), "what it spent", unit),
        Fact("second", spending.runner_up(milex, names, codes, year, basis), "spent second most"),
        Fact("leader-multiple", spending.multiple(milex, codes, year, basis),
             "leader's spending over the second's", "times", 1),
        Fact("leader-share", spending.leader_share(milex, codes, year, basis),
             "leader's share of what the countries spent together", "%"),
        Fact("region-total", spending.total(milex, codes, year, basis),
             "spent by the countries together", unit),
        Fact("leader-five-years", spending.leader(milex, names, codes, year, basis, 5),
             "spent most over five years"),
        Fact("five-years-multiple", spending.multiple(milex, codes, year, basis, 5),
             "leader's five years over the second's", "times", 1),
        Fact("lead-story", spending.lead_story(ranked, names), "who led in which years"),
        Fact("leaders-count", spending.leaders_count(ranked), "countries that ever led"),
        Fact("estimates", spending_scope.estimates(milex, names, codes, first, year),
             "which figures SIPRI estimates"),
        Fact("scope", spending_scope.scope_story(t.scope, names, codes), "what SIPRI leaves out"),
    ]  # fmt: skip


def burdens(
    milex: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str], year: int, as_of: dt.date
) -> list[Fact]:
    """Return the highest and lowest burden, NATO's marks, and who is above the guideline."""
    column = "share_of_gdp_pct"
    guideline = spending_nato.mark("guideline")
    return [
        Fact("highest-burden", spending.highest(milex, names, codes, year, column),
             "country with the highest burden"),
        Fact("highest-burden-value", spending.highest_value(milex, codes, year, column),
             "highest burden, share of GDP", "%", 1),
        Fact("lowest-burden", spending.lowest(milex, names, codes, year, column),
             "country with the lowest burden"),
        Fact("lowest-burden-value", spending.lowest_value(milex, codes, year, column),
             "lowest burden, share of GDP", "%", 1),
        Fact("guideline", guideline, "NATO's guideline of 2014, share of GDP", "%"),
        Fact("commitment", spending_nato.commitment(as_of), "NATO's commitment of 2025"),
        Fact("equipment-line", spending_nato.mark("equipment"), "NATO's equipment guideline", "%"),
        Fact("reached", spending.reached(milex, names, codes, year, guideline),
             "countries at or above the guideline by SIPRI's figures"),
    ]  # fmt: skip


def changes(t: Tables, grown: Frame, basis: str, highlight: str) -> list[Fact]:
    """Return who grew fastest and added most, and how the highlighted country changed."""
    names, unit = t.names, spending.unit(t.milex, basis)
    return [
        Fact("growth-story", spending.growth_story(grown, names, unit), "growth over ten years"),
        Fact("growth-title", spending.growth_title(grown, names), "growth over ten years, short"),
        Fact("change-story", spending.change_story(grown, names, highlight),
             "change over one, five and ten years"),
    ]  # fmt: skip


def shares(t: Tables, f: Frames, codes: Sequence[str], year: int) -> list[Fact]:
    """Return spending in proportion to governments, people, soldiers and NATO's lines."""
    milex, nato, names = t.milex, t.nato, t.names
    share, head = "share_of_government_spending_pct", "per_capita_usd"
    soldiers, equipment = f["soldier"], f["equipment"]
    return [
        Fact("government-top", spending.highest(milex, names, codes, year, share),
             "highest share of government spending: country"),
        Fact("government-value", spending.highest_value(milex, codes, year, share),
             "highest share of government spending", "%", 1),
        Fact("restated", spending_nato.restated(milex, nato, names, codes, year),
             "that share with NATO's amount"),
        Fact("head-top", spending.highest(milex, names, codes, year, head),
             "spends most per head"),
        Fact("head-value", spending.highest_value(milex, codes, year, head),
             "most spent per head", "US dollars"),
        Fact("head-low", spending.lowest(milex, names, codes, year, head),
             "spends least per head"),
        Fact("head-low-value", spending.lowest_value(milex, codes, year, head),
             "least spent per head", "US dollars"),
        Fact("soldier-story", spending_nato.per_soldier_story(soldiers, names, codes),
             "most and least per soldier"),
        Fact("soldier-methods", spending_nato.methods_story(soldiers), "how it is counted"),
        Fact("soldier-title", spending_nato.per_soldier_title(soldiers, names, codes),
             "most and least per soldier, short"),
        Fact("equipment-story", spending_nato.equipment_story(equipment, names),
             "who passed NATO's two lines"),
        Fact("categories-story", spending_nato.categories_story(equipment, names),
             "equipment's and personnel's shares, then and now"),
        Fact("categories-title", spending_nato.categories_title(equipment, names),
             "the same, short"),
        Fact("largest-category", spending_nato.largest_category_story(equipment, names),
             "category that takes most"),
    ]  # fmt: skip


def sources(t: Tables, f: Frames, first: int, year: int) -> list[Fact]:
    """Return where the sources differ, which budgets SIPRI repeats, and how much is missing."""
    names, reconciled, steps, available = t.names, f["reconciliation"], f["steps"], f["missing"]
    kosovo = spending_sources.reconciliation(*t.reconciled, ["XKX"], first, year)
    asked = spending_sources.ASKED
    return [
        Fact("gap-story", spending_sources.gap_story(reconciled, names), "SIPRI against NATO"),
        Fact("gap-top", spending_sources.gap_top(reconciled, names), "largest gap"),
        Fact("repeated-story", spending_sources.repeated_story(kosovo, names, "XKX"),
             "years in which SIPRI's Kosovo equals an early budget"),
        Fact("steps-story", spending_sources.steps_story(steps, names),
             "first budget against SIPRI's amount"),
        Fact("known-sipri", spending_sources.coverage(available, asked[0]),
             "country-years that SIPRI covers", "%"),
        Fact("known-home", spending_sources.coverage(available, asked[4]),
             "country-years with a whole budget reported at home", "%"),
        Fact("known-outturn", spending_sources.coverage(available, asked[5]),
             "country-years with an outturn reported at home", "%"),
    ]  # fmt: skip


def revisions(t: Tables, changed: Frame, highlight: str) -> list[Fact]:
    """Return how many releases are known and how far they moved the past."""
    names = t.names
    return [
        Fact("releases", spending_revisions.releases(t.releases), "releases of SIPRI known"),
        Fact("revision-story", spending_revisions.revision_story(changed, names, highlight),
             "largest revision of the highlighted country"),
        Fact("revised-elsewhere",
             spending_revisions.revised_elsewhere(changed, names, highlight),
             "largest revision of the other countries"),
        Fact("revised-share", spending_revisions.large_share(changed),
             "country-years revised by more than 5%", "%"),
    ]  # fmt: skip


def china(ties: pd.DataFrame, names: pd.DataFrame) -> list[Fact]:
    """Return Chinese investment beside the EU's, what was claimed of it, and trade."""
    group = "CHN+HKG+TWN+MAC"
    return [
        Fact("invested-eu", spending_china.invested(ties, "EU"),
             "EU investment in Serbia, 2010 to mid-2022", "million euro"),
        Fact("invested-china", spending_china.invested(ties, group),
             "investment from China with Hong Kong, Taiwan and Macao", "million euro"),
        Fact("invested-times", spending_china.times(ties, "EU", group),
             "EU investment over China's", "times", 1),
        Fact("claim-story", spending_china.claim_story(ties, names), "claim beside statistics"),
        Fact("trade-story", spending_china.trade_story(ties), "trade with China"),
    ]  # fmt: skip
