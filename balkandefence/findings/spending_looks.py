"""Titles and options of the charts of the chapter on spending, headings of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from balkandefence.findings.page import EditionLike
from balkandefence.measures.spending_nato import COMMITMENT, MARKS
from balkandefence.provenance import Fact, Quantity, Words
from balkandefence.publishing import Heading


def _values(found: Sequence[Fact]) -> dict[str, Quantity | Words]:
    return {fact.id: fact.value for fact in found}


def titles(found: Sequence[Fact]) -> dict[str, str]:
    """Return the titles of the chapter's charts, made from its facts."""
    v = _values(found)
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
        "categories": str(v["categories-title"]),
        "sources": str(v["gap-top"]),
        "steps": str(v["steps-story"]),
        "fan": str(v["revision-story"]),
        "missing": f"SIPRI covers {v['known-sipri']:.0f}% of country-years, "
        f"outturns reported at home {v['known-outturn']:.0f}%",
        "investment": f"From 2010 to mid-2022 the EU invested {v['invested-times']:.1f} times "
        "as much in Serbia as China",
        "trade": str(v["trade-story"]),
    }  # fmt: skip


def options(found: Sequence[Fact], edition: EditionLike) -> dict[str, dict[str, Any]]:
    """Return what each chart of the chapter takes besides its frame and title."""
    v = _values(found)
    marks = [MARKS["guideline"]]
    if edition.as_of >= COMMITMENT:
        marks.append(MARKS["core"])
    return {
        "level": {"unit": str(v["unit"]), "highlight": edition.highlight},
        "burden": {"comparators": edition.comparators, "marks": marks,
                   "highlight": edition.highlight},
        "ranks": {"highlight": edition.highlight},
        "growth": {"unit": str(v["unit"])},
        "government": {"unit": "Share of government spending, percent"},
        "head": {"unit": "Current US dollars per head"},
        "equipment": {"burden_line": MARKS["guideline"], "equipment_line": MARKS["equipment"]},
        "categories": {"equipment_line": MARKS["equipment"]},
        "fan": {"iso3": edition.highlight},
    }  # fmt: skip


#: Columns of the chapter's tables.
COLUMNS: dict[str, dict[str, Heading | str]] = {
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
