"""The facts of the chapter on incidents: measures called and named, section by section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from balkandefence.findings.page import EditionLike, Page, told
from balkandefence.measures import incidents, incidents_harm, incidents_missions, incidents_views
from balkandefence.provenance import Fact
from balkandefence.publishing import Heading

#: The two case studies, by their ids in the ledger.
BANJSKA, ZVECAN = "20230924-XKX-1", "20230529-XKX-1"
#: The four municipalities in the north of Kosovo, as the ledger writes them.
NORTH = ("Mitrovica", "Zvečan", "Leposavić", "Zubin Potok")

#: Columns of the chapter's tables.
COLUMNS: Mapping[str, Mapping[str, Heading | str]] = {
    "ledger": {
        "date": "Date",
        "place": "Place and kind",
        "title": "What happened",
        "attribution": "Who did it, and how sure",
        "source": Heading("Sources", keys=True),
    },
    "deadly": {
        "date": "Date",
        "title": "What happened",
        "killed": "Killed",
        "attribution": "Who did it",
        "source": Heading("Sources", keys=True),
    },
    "cases": {"question": "Question", BANJSKA: "Banjska", ZVECAN: "Zvečan"},
    "reports": {
        "mission": "Mission",
        "date": "Date",
        "strength_count": Heading("Strength", "persons", 0),
        "kind": "Kind of number",
        "basis": "As reported",
        "source": Heading("Sources", keys=True),
    },
}


def page(edition: EditionLike) -> Page:
    """Return all that the chapter publishes."""
    names = ("incidents", "countries", "boundaries", "conflict_deaths", "mission_strength")
    ledger_, states, base, ucdp, strength = map(edition.load, names)
    codes, first = edition.countries, edition.first_year
    until = incidents.last_day(edition.last_year, edition.as_of)
    begins = int(incidents.first_shown(ledger_, first))
    rows = incidents.selection(ledger_, codes, first, until)
    facts = chapter(ledger_, rows, states, ucdp, strength, codes, first, until)
    moments, half = incidents_views.moments(rows), int(told(facts)["half-since"])
    days = {"until": until}
    whose = {**days, "highlight": edition.highlight}
    return Page(
        facts,
        {
            "coverage": incidents_views.by_year(rows, until, begins),
            "map": incidents_views.places(rows),
            "timeline": moments,
            "timeline-kinds": moments,
            "kinds": incidents_views.kinds(rows, codes),
            "threads": incidents_views.threads(rows),
            "authors": incidents_views.authors(rows),
            "killed": incidents_harm.killed_by_year(rows, until, begins),
            "deadly": incidents_harm.deadly(rows, states),
            "injured": incidents_harm.injured_ranges(rows),
            "cases": incidents_harm.cases(ledger_, [BANJSKA, ZVECAN]),
            "ucdp": incidents_harm.beside_ucdp(rows, ucdp, codes, until, begins),
            "missions": incidents_missions.beside_incidents(strength, ledger_, begins, until),
            "reports": incidents_missions.reports(strength, begins, until),
            "ledger": incidents_views.ledger_table(rows, states),
        },
        titles(facts),
        COLUMNS,
        {
            "coverage": {**days, "half": half},
            "map": {"base": base},
            "timeline": {"by": "iso3", **whose},
            "timeline-kinds": {"by": "category", **whose},
            "threads": {"by": "topic", **days},
            "killed": days,
            "ucdp": {**days, "begins": begins},
            "missions": {**days, "first": begins},
        },
    )


def titles(facts: Iterable[Fact]) -> dict[str, str]:
    """Return the title of each figure by its id, made of the chapter's own facts."""
    said = told(facts)
    headline, kind = said["incidents-headline-count"], said["most-common-category"]
    first = said["first-shown"]
    return {
        "coverage": f"At least half of the rows date from {said['half-since']} or later",
        "map": f"Most counted incidents: {said['busiest-places']}",
        "timeline": f"Most counted incidents in one year: {said['busiest-years']}",
        "timeline-kinds": f"Most frequent kind: {kind} ({said['most-common-count']} of {headline})",
        "kinds": f"Most frequent kinds: {said['leading-kinds']}",
        "threads": f"The longest thread: {said['longest-thread']}",
        "authors": f"Contested: {said['contested-count']} of {headline} counted incidents",
        "killed": f"Killed on record: {said['deaths-count']}; deadliest: {said['deadliest']}",
        "injured": f"On the injured, the highest count is up to {said['widest-range']} the lowest",
        "ucdp": f"From {first} on, UCDP has {said['ucdp-deaths']}; "
        f"this ledger has {said['deaths-count']} killed",
        "missions": f"KFOR: {said['kfor-first']}, {said['kfor-last']}",
    }


def chapter(
    ledger_: pd.DataFrame,
    rows: pd.DataFrame,
    countries: pd.DataFrame,
    ucdp: pd.DataFrame,
    strength: pd.DataFrame,
    chosen: Sequence[str],
    first_year: int,
    until: dt.date,
) -> list[Fact]:
    """Return every fact of the chapter, section by section."""
    begins = int(incidents.first_shown(ledger_, first_year))
    return [
        *scope(ledger_, first_year),
        *ledger(rows, incidents.whole(ledger_, first_year, until), countries, chosen),
        *authors(rows),
        *harm(rows, ucdp, chosen, begins, until),
        *cases(ledger_),
        *missions(strength, begins, until),
    ]


def ledger(
    rows: pd.DataFrame, whole: pd.DataFrame, countries: pd.DataFrame, chosen: Sequence[str]
) -> list[Fact]:
    """Return what the ledger holds, how much of it counts, where, when and of which kind."""
    m = incidents
    places = incidents_views.places(rows)
    return [
        Fact("incidents-count", m.count(rows), "incidents in the ledger, marked ones included"),
        Fact("incidents-headline-count", m.headline_count(rows), "incidents that count"),
        Fact("left-out-count", m.left_out_count(rows), "marked rows, left out of headline counts"),
        Fact("single-source-count", m.left_out_count(rows, "single"), "rows of a single source"),
        Fact("low-count", m.left_out_count(rows, "low"), "rows of low confidence"),
        Fact("month-count", m.month_count(rows), "rows dated to a month only"),
        Fact("period", m.period(rows), "months of the first and last incident"),
        Fact("half-since", m.half_since(rows), "half of the rows date from it", grouped=False),
        Fact("kosovo-share", m.share_in(whole, "XKX"), "share of all six's rows in Kosovo", "%"),
        Fact("most-common-category", m.most_common_category(rows), "kind with most rows"),
        Fact("most-common-count", m.most_common_count(rows), "rows of the most common kind"),
        Fact("busiest-years", m.busiest_years(rows), "years with most counted rows"),
        Fact("leading-kinds", m.leading_kinds(rows, countries, chosen), "kinds by country"),
        Fact("busiest-places", incidents_views.busiest_places(places), "places with most rows"),
        Fact("located-count", m.located_count(rows), "counted rows with a point on the map"),
        Fact("unlocated-count", m.unlocated_count(rows), "rows without a point"),
        Fact("north-count", m.in_units_count(whole, NORTH), "counted rows in Kosovo's north"),
        Fact("longest-thread", incidents_views.longest_thread(incidents_views.threads(rows)),
             "topic that links most rows"),
    ]  # fmt: skip


def authors(rows: pd.DataFrame) -> list[Fact]:
    """Return who is said to have done it, how firmly, and what is contested."""
    m = incidents
    return [
        Fact("contested-share", m.contested_share(rows), "share of counted rows contested", "%"),
        Fact("contested-count", m.contested_count(rows), "counted rows that a party contests"),
        Fact("no-reply-count", m.without_reply_count(rows), "contested rows without a reply"),
        Fact("convicted-count", m.status_count(rows, "convicted"), "rows with a conviction"),
        Fact("charged-count", m.status_count(rows, "charged"), "rows with charges, no verdict"),
        Fact("open-count", m.status_count(rows, "public_act"), "rows of acts done in the open"),
        Fact("unknown-count", m.status_count(rows, "unknown"), "rows in which nobody is named"),
    ]


def harm(
    rows: pd.DataFrame, ucdp: pd.DataFrame, chosen: Sequence[str], begins: int, until: dt.date
) -> list[Fact]:
    """Return the killed and injured on record, and what UCDP counts for the same countries."""
    m = incidents_harm
    ranges = m.injured_ranges(rows)
    return [
        Fact("killed-groups", m.deaths_by_group(rows), "killed on record, by group"),
        Fact("deaths-count", m.deaths(rows), "killed on record, sum of the filled cells"),
        Fact("deaths-left-out", m.deaths_left_out(rows), "killed in rows that do not count"),
        Fact("deadly-count", m.deadly_count(rows), "counted rows with a death on record"),
        Fact("deadliest", m.deadliest(rows), "counted row with most killed"),
        Fact("last-killing", m.last_killing(rows), "month of the last death on record"),
        Fact("most-in-a-year", m.most_in_a_year(rows), "most killed in one country and year"),
        Fact("widest-range", m.widest_range(ranges), "widest disagreement on the injured"),
        Fact("ucdp-deaths", m.ucdp_deaths(ucdp, chosen, begins, until), "UCDP's best estimate"),
        Fact("ucdp-last-deadly", m.ucdp_last_deadly(ucdp), "last year above zero in UCDP"),
        Fact("ucdp-last-year", m.ucdp_last_year(ucdp), "last year of UCDP's release"),
        Fact("deaths-within-ucdp", m.deaths_within_ucdp(rows, ucdp), "killed in UCDP's years"),
    ]


def cases(ledger: pd.DataFrame) -> list[Fact]:
    """Return the numbers of the two case studies, from their rows in the ledger."""
    m = incidents_harm

    def number(id: str, incident: str, column: str, what: str) -> Fact:
        return Fact(id, m.case_number(ledger, incident, column), what)

    return [
        Fact("banjska-date", m.case_date(ledger, BANJSKA), "day of Banjska"),
        number("banjska-police", BANJSKA, "killed_security_count", "police killed at Banjska"),
        number("banjska-attackers", BANJSKA, "killed_attackers_count", "attackers killed there"),
        Fact("banjska-injured", m.case_spread(ledger, BANJSKA, "security"), "police injured there"),
        number("banjska-pages", BANJSKA, "sources_count", "pages on Banjska"),
        number("banjska-publishers", BANJSKA, "publishers_count", "publishers on Banjska"),
        Fact("banjska-rows", m.thread_count(ledger, "Banjska"), "rows linked to Banjska"),
        Fact("zvecan-date", m.case_date(ledger, ZVECAN), "day of Zvečan"),
        number("zvecan-kfor", ZVECAN, "injured_international_count", "KFOR soldiers injured"),
        Fact("zvecan-range", m.case_spread(ledger, ZVECAN, "international"), "KFOR, all counts"),
        number("zvecan-civilians", ZVECAN, "injured_civilians_count", "protesters injured"),
        number("zvecan-publishers", ZVECAN, "publishers_count", "publishers on Zvečan"),
        Fact("mayors-rows", m.thread_count(ledger, "mayors 2023"), "rows on the mayors of 2023"),
    ]


def scope(ledger: pd.DataFrame, first_year: int) -> list[Fact]:
    """Return from which year on charts show incidents."""
    first = incidents.first_shown(ledger, first_year)
    return [Fact("first-shown", first, "first year shown", grouped=False)]


def missions(strength: pd.DataFrame, begins: int, until: dt.date) -> list[Fact]:
    """Return what was reported of the strength of KFOR and EUFOR, and when nothing was."""
    m = incidents_missions
    found = []
    for mission, id in (("KFOR", "kfor"), ("EUFOR_ALTHEA", "eufor")):
        name = m.MISSION[mission]
        first = m.first_report(strength, mission, begins, until)
        last = m.last_report(strength, mission, begins, until)
        gaps = m.years_without(strength, mission, begins, until)
        found += [
            Fact(f"{id}-first", first, f"first strength of {name}"),
            Fact(f"{id}-last", last, f"last strength of {name}"),
            Fact(f"{id}-gaps", gaps, f"years without a strength of {name}"),
        ]
    return [
        *found,
        Fact("report-count", m.report_count(strength), "reports of strength"),
        Fact("report-one-count", m.one_source_count(strength), "reports of one source"),
    ]
