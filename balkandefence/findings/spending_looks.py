"""Titles, captions, options and headings of the charts and tables of the chapter on spending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from balkandefence.findings.spending import EditionLike
from balkandefence.measures.spending_nato import COMMITMENT, MARKS
from balkandefence.provenance import Fact, Quantity, Words
from balkandefence.publishing import Heading

#: What each chart shows, below it.
CAPTIONS = {
    "level": "Military expenditure by country. Dashed stretches are SIPRI's own estimates.",
    "burden": "Military expenditure as a share of GDP, by SIPRI's figures. "
    "NATO's marks bind its members only and follow its own definition.",
    "ranks": "Rank by military expenditure, by year and over five years, in both kinds of money.",
    "growth": "Change in military expenditure over one, five and ten years.",
    "government": "Military expenditure as a share of general government spending. "
    "Pale lines are the other countries.",
    "head": "Military expenditure per inhabitant now and ten years before.",
    "soldier": "Spending per soldier. Filled dots follow NATO, hollow dots SIPRI and the CIA; "
    "the two methods should not be compared with each other.",
    "equipment": "Equipment share against burden, by NATO's figures. "
    "The data behind the chart hold all four of NATO's categories.",
    "sources": "Spending by source. Budgets reported at home are turned into dollars of the year.",
    "steps": "Every amount that we found for contested country-years. "
    "Amounts overlap and must not be summed.",
    "fan": "What each release of SIPRI printed for the same years.",
    "missing": "Which figures exist. Estimates are the source's own; missing is not zero.",
    "investment": "Direct investment in Serbia, as quoted by the press; claims are hatched. "
    "China group is China with Hong Kong, Taiwan and Macao.",
    "trade": "Goods trade between Serbia and China, by the currency in which it was stated. "
    "The dollar figure of 2020 is from Chinese customs.",
}


def _titles(v: Mapping[str, Quantity | Words]) -> dict[str, str]:
    """Return the titles of the chapter's charts, made from its facts."""
    one = float(v["leaders-count"]) == 1
    return {
        "level": f"{v['leader']} spends {v['leader-multiple']:.1f} times as much as {v['second']}",
        "burden": f"{v['highest-burden']} bears the heaviest burden: "
        f"{v['highest-burden-value']:.1f}% of GDP",
        "ranks": f"{v['leader']} leads every year, in both kinds of money" if one
        else "The lead in spending changed hands",
        "growth": str(v["growth-title"]),
        "government": f"{v['government-top']} gives defence the largest share of "
        f"government spending: {v['government-value']:.1f}%",
        "head": f"{v['head-top']} spends most per head, {v['head-value']:,.0f} dollars, "
        f"and {v['head-low']} least, {v['head-low-value']:,.0f}",
        "soldier": str(v["soldier-title"]),
        "equipment": str(v["equipment-story"]),
        "sources": str(v["gap-top"]),
        "steps": str(v["steps-story"]),
        "fan": str(v["revision-story"]),
        "missing": f"SIPRI covers {v['known-sipri']:.0f}% of country-years, "
        f"outturns reported at home {v['known-outturn']:.0f}%",
        "investment": f"From 2010 to mid-2022 the EU invested {v['invested-times']:.1f} times "
        "as much in Serbia as China",
        "trade": str(v["trade-story"]),
    }  # fmt: skip


def charts(found: Sequence[Fact], edition: EditionLike) -> dict[str, dict[str, Any]]:
    """Return for every chart of the chapter its title, made from the facts, caption and options."""
    v = {fact.id: fact.value for fact in found}
    marks = [MARKS["guideline"]]
    if edition.as_of >= COMMITMENT:
        marks.append(MARKS["core"])
    options: dict[str, dict[str, Any]] = {
        "level": {"unit": str(v["unit"]), "highlight": edition.highlight},
        "burden": {"comparators": edition.comparators, "marks": marks,
                   "highlight": edition.highlight},
        "ranks": {"highlight": edition.highlight},
        "growth": {"unit": str(v["unit"])},
        "government": {"unit": "Share of government spending, percent"},
        "head": {"unit": "Current US dollars per head"},
        "equipment": {"burden_line": MARKS["guideline"], "equipment_line": MARKS["equipment"]},
        "fan": {"iso3": edition.highlight},
    }  # fmt: skip
    return {
        id: {"title": title, "caption": CAPTIONS[id], **options.get(id, {})}
        for id, title in _titles(v).items()
    }


_COLUMNS: dict[str, dict[str, Heading]] = {
    "leaders": {
        "year": Heading("Year", grouped=False),
        "leader": Heading("Most, constant"),
        "amount": Heading("Amount", "m US$", 0),
        "times": Heading("Lead", "times", 1),
        "leader_current": Heading("Most, current"),
        "amount_current": Heading("Amount", "m US$", 0),
        "leader_five": Heading("Most, 5 years"),
        "times_five": Heading("Lead", "times", 1),
    },
    "reconciliation": {
        "case": Heading("Case"),
        "sipri": Heading("SIPRI", "m US$", 0),
        "nato": Heading("NATO", "m US$", 0),
        "nato_gap_pct": Heading("Gap", "%", 0),
        "home": Heading("Home", "m US$", 0),
        "home_gap_pct": Heading("Gap", "%", 0),
        "stage": Heading("Stage"),
        "reason": Heading("Reason"),
    },
    "revisions": {
        "country": Heading("Country"),
        "year": Heading("Year", grouped=False),
        "before": Heading("First printed", "million US$", 0),
        "before_release": Heading("in"),
        "now": Heading("Now printed", "million US$", 0),
        "now_release": Heading("in"),
        "change_pct": Heading("Change", "%", 1),
    },
    "china": {
        "what": Heading("What"),
        "period": Heading("Period"),
        "value": Heading("Billion", decimals=2),
        "currency": Heading("Currency"),
        "said": Heading("Marks; stated by"),
        "source": Heading("Source", keys=True),
    },
}

#: What each table shows.
_TABLE_CAPTIONS = {
    "leaders": "Who spent most, in constant and in current money and over the five years to each "
    "year; the lead is over the second.",
    "reconciliation": "SIPRI's amount, NATO's, and the budget at home that came furthest towards "
    "what was spent; gaps are SIPRI's amount over the other's.",
    "revisions": "The largest revisions: what was first printed for a year and what is now.",
    "china": "Figures on investment and trade between Serbia and China, with every doubt marked.",
}

#: Columns and caption of each of the chapter's tables.
TABLES: dict[str, dict[str, Any]] = {
    id: {"columns": columns, "caption": _TABLE_CAPTIONS[id]} for id, columns in _COLUMNS.items()
}
