"""The facts of the outlook, its frames and the titles of its charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from balkandefence.findings.page import EditionLike, Page, told
from balkandefence.measures import outlook, outlook_costs, spending_nato
from balkandefence.provenance import Fact
from balkandefence.publishing import Heading

#: The day by which the two stories with the proposals had appeared.
STORIES = dt.date(2025, 9, 30)

#: Columns of the chapter's tables.
COLUMNS: dict[str, dict[str, Heading | str]] = {
    "same-distance": {
        "name": "Member", "joined": Heading("Joined", grouped=False), "distance": "Years since",
        "own": Heading("Burden", "% of GDP", 2),
        "low": Heading("Baltic lowest then", "% of GDP", 2),
        "mean": Heading("Baltic mean then", "% of GDP", 2),
        "high": Heading("Baltic highest then", "% of GDP", 2),
        "baltic_now": Heading("Baltic mean now", "% of GDP", 2),
    },
    "costs": {
        "name": "Country", "share": Heading("Share now", "% of GDP", 2),
        "goal_pct": Heading("Goal", "% of GDP", 2),
        "extra": Heading("Extra in the year", "million US$", 0),
        "low": Heading("Slower growth", "million US$", 0),
        "high": Heading("Faster growth", "million US$", 0),
        "total": Heading("All years to it", "million US$", 0),
        "needed_pct": Heading("Growth needed", "% a year", 1),
        "past_pct": Heading("Growth before", "% a year", 1),
    },
    "steps": {
        "what": "What", "kind": "Kind", "parties": "Parties", "status": "Status",
        "known": "Known from", "after": "After the stories",
        "source": Heading("Sources", keys=True),
    },
}  # fmt: skip

#: The six of the claim on imbalance, whatever countries an edition chooses.
SIX = ("SRB", "ALB", "BIH", "XKX", "MNE", "MKD")


@dataclass(frozen=True)
class Assumed:
    """What the reader may assume: the share aimed at, the year, and the growth of GDP."""

    target: float
    year: int
    growth: float


@dataclass(frozen=True)
class Frames:
    """The frames behind the chapter's figures and tables; see the measures of the same names."""

    entry: pd.DataFrame
    distance: pd.DataFrame
    stood: pd.DataFrame
    burden: pd.DataFrame
    equipment: pd.DataFrame
    people: pd.DataFrame
    imbalance: pd.DataFrame
    walked: pd.DataFrame
    priced: pd.DataFrame
    steps: pd.DataFrame

    @classmethod
    def of(cls, edition: EditionLike, last: int, assumed: Assumed) -> Frames:
        """Return the frames of an edition."""
        milex, nato = edition.load("military_expenditure"), edition.load("nato_defence_expenditure")
        names, codes = edition.load("countries"), edition.countries
        beside = [*codes, *(code for code in edition.comparators if code == "HRV")]
        entry = outlook.entered(edition.load("memberships"), codes)
        if len(entry):
            entry = outlook.entered(edition.load("memberships"), beside)
        distance = outlook.distance(milex, nato, entry, last) if len(entry) else entry
        since = max(edition.first_year, 2014)
        goals = goals_of(milex, nato, names, last, assumed.target)
        how = (last, assumed.target, assumed.year, assumed.growth)
        return cls(
            entry,
            distance,
            outlook.standing(distance, names) if len(entry) else entry,
            outlook.beside(nato, entry, since, last, "share_of_gdp_real_pct"),
            outlook.beside(nato, entry, since, last, "equipment_share_pct"),
            outlook.people(nato, milex, entry, last),
            outlook.imbalance(milex, SIX, "SRB", edition.first_year, last),
            outlook_costs.paths(milex, codes, *how),
            outlook_costs.costs(milex, names, codes, last, goals, assumed.year, assumed.growth),
            outlook_costs.joint_steps(
                edition.load("agreements"), edition.load("exercises"), names,
                dt.date(2025, 1, 1), STORIES,
            ),
        )  # fmt: skip


def page(edition: EditionLike, assumed: Assumed) -> Page:
    """Return all that the chapter publishes, under what the reader assumes."""
    last, highlight = edition.last_year, edition.highlight
    f = Frames.of(edition, last, assumed)
    facts = chapter(f, edition, last, assumed)
    said = told(facts)
    unit = {"unit": said["price-unit"][0].upper() + said["price-unit"][1:]}
    charts = ("distance", "burden", "equipment", "people", "paths", "extra", "pace", "imbalance")
    titles = {id: said.get(f"{id}-title", "") for id in charts}
    titles["distance"] = said.get("standing-title", "")
    marks = (spending_nato.MARKS["guideline"], spending_nato.MARKS["core"])
    return Page(
        facts,
        {
            "distance": f.distance, "same-distance": f.stood, "burden": f.burden,
            "equipment": f.equipment, "people": f.people, "paths": f.walked, "extra": f.priced,
            "costs": f.priced, "pace": f.priced, "imbalance": f.imbalance, "steps": f.steps,
        },
        titles,
        COLUMNS,
        {
            "distance": {"highlight": highlight},
            "burden": {"highlight": highlight, "marks": marks,
                       "unit": "Defence expenditure (NATO), percent of GDP"},
            "equipment": {"highlight": highlight, "marks": (spending_nato.MARKS["equipment"],),
                          "unit": "Equipment, percent of defence expenditure (NATO)"},
            "paths": unit, "extra": unit,
        },
    )  # fmt: skip


def goals_of(
    milex: pd.DataFrame, nato: pd.DataFrame, names: pd.DataFrame, last: int, target: float
) -> Mapping[str, float]:
    """Return the goals in percent of GDP by name: own, NATO's, the highest neighbour's, Baltic."""
    return {
        "target": float(target),
        "commitment": float(spending_nato.mark("core")),
        "neighbour": outlook_costs.neighbour_pct(milex, names, last),
        "baltic": float(outlook.baltic_mean(nato, last, "share_of_gdp_real_pct")),
    }


def chapter(f: Frames, edition: EditionLike, last: int, assumed: Assumed) -> list[Fact]:
    """Return all facts of the chapter."""
    return [*standing(f, edition, last), *prices(f, edition, last, assumed), *since(f, edition)]


def standing(f: Frames, edition: EditionLike, last: int) -> list[Fact]:
    """Return where the members stand beside the Baltic states."""
    names, nato = edition.load("countries"), edition.load("nato_defence_expenditure")
    burden, equipment = "the burden by NATO's count", "the equipment share"
    share = "share_of_gdp_real_pct"
    facts = [
        Fact("members", outlook.members_story(f.entry, names, edition.countries), "compared"),
        Fact("baltic-year", outlook.newest_nato(nato, last), "newest year of NATO's",
             grouped=False),
        Fact("baltic-burden", outlook.baltic_mean(nato, last, share),
             "Baltic mean burden by NATO's count", "%", 1),
        Fact("baltic-equipment", outlook.baltic_mean(nato, last, "equipment_share_pct"),
             "Baltic mean equipment share", "%"),
        Fact("standing", outlook.standing_story(f.stood), "members at the Baltic distance"),
        Fact("burden", outlook.beside_story(f.burden, names, burden), "burdens now"),
        Fact("equipment", outlook.beside_story(f.equipment, names, equipment), "equipment now"),
        Fact("people", outlook.people_story(f.people, names), "soldiers per inhabitants"),
        Fact("imbalance", outlook.imbalance_story(f.imbalance, "Serbia", 2015),
             "Serbia beside the other five"),
        Fact("imbalance-title", outlook.imbalance_title(f.imbalance, "Serbia"), "the same, short"),
    ]  # fmt: skip
    if f.entry.empty:
        return facts
    return [
        *facts,
        Fact("standing-title", outlook.standing_title(f.stood), "the same, short"),
        Fact("burden-title", outlook.beside_title(f.burden, names, "burden"), "the same, short"),
        Fact("equipment-title", outlook.beside_title(f.equipment, names, equipment[4:]),
             "the same, short"),
        Fact("people-title", outlook.people_title(f.people, names), "the same, short"),
    ]  # fmt: skip


def prices(f: Frames, edition: EditionLike, last: int, assumed: Assumed) -> list[Fact]:
    """Return what the goals would cost."""
    milex, names = edition.load("military_expenditure"), edition.load("countries")
    return [
        Fact("target", outlook.assumed(assumed.target), "share of GDP aimed at", "%", 1),
        Fact("target-year", outlook.assumed(assumed.year), "year of the goal", grouped=False),
        Fact("growth", outlook.assumed(assumed.growth), "growth of GDP assumed, a year", "%", 1),
        Fact("spread", outlook.assumed(outlook.SPREAD), "points by which growth is varied"),
        Fact("core", spending_nato.mark("core"), "NATO's commitment", "%", 1),
        Fact("neighbour", outlook_costs.highest_neighbour(milex, names, last),
             "highest burden of the six"),
        Fact("price-unit", outlook_costs.price_unit(f.priced), "unit of the costs"),
        Fact("cost-target", outlook_costs.cost_story(f.priced, "target"), "cost of the goal"),
        Fact("cost-core", outlook_costs.cost_story(f.priced, "commitment"),
             "cost of NATO's commitment"),
        Fact("cost-neighbour", outlook_costs.cost_story(f.priced, "neighbour"),
             "cost of the highest neighbour's share"),
        Fact("pace", outlook_costs.pace_story(f.priced, "commitment"), "who must speed up"),
        Fact("two-starts", outlook_costs.two_starts(f.priced, f.burden, names),
             "where SIPRI and NATO start apart"),
        Fact("paths-title", outlook_costs.paths_title(f.walked, names, assumed.target),
             "who is short of the goal"),
        Fact("extra-title", outlook_costs.cost_title(f.priced, names, "commitment", assumed.year),
             "cost of the commitment, short"),
        Fact("pace-title", outlook_costs.pace_title(f.priced, "commitment"),
             "who must speed up, short"),
    ]  # fmt: skip


def since(f: Frames, edition: EditionLike) -> list[Fact]:
    """Return what the ledgers hold since the proposals were made."""
    members, texts = edition.load("memberships"), edition.load("agreements")
    held = edition.load("exercises")
    return [
        Fact("joint", outlook_costs.joint_story(f.steps), "joint steps since the stories"),
        Fact("kosovo", outlook_costs.kosovo_story(members, texts, held, STORIES),
             "Kosovo's steps since the stories"),
    ]  # fmt: skip
