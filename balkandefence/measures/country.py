"""Measures of one country: its key numbers with their rank, and what each table says of it.

Frames in; number, word or frame out. `codes` are the countries that an edition compares; a
country that is none of them is measured and not ranked. What theme modules measure is taken from
them, so that a country's page and a theme's chapter cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from balkandefence.measures import (
    alliances,
    incidents,
    incidents_harm,
    incidents_views,
    spending,
    spending_scope,
)
from balkandefence.measures import procurement as flows
from balkandefence.measures import procurement_deals as orders
from balkandefence.measures.alliances import where
from balkandefence.measures.procurement import Window
from balkandefence.measures.spending import AMOUNT, full, listed
from balkandefence.provenance import Quantity, Words, measure, quantity, words

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

#: The ladders of memberships as prose names their ends.
TRACKS = {"NATO": "NATO", "EU": "the EU"}

Rank = tuple[int, int]


def counted(number: int) -> str:
    """Return a small number as a word."""
    return COUNTED[number] if number < len(COUNTED) else str(number)


def rank_of(values: Mapping[str, float], iso3: str, codes: Sequence[str]) -> Rank | None:
    """Return a country's place by value, largest first, and of how many; None where unranked.

    Countries without a value are not counted; one alone has no rank.
    """
    known = {code: values[code] for code in codes if pd.notna(values.get(code, float("nan")))}
    if iso3 not in known or len(known) < 2:
        return None
    return 1 + sum(value > known[iso3] for value in known.values()), len(known)


def placed(rank: Rank | None) -> str:
    """Return a rank as prose writes it: 'second of six', or 'not ranked'."""
    return f"{ORDINALS[rank[0] - 1]} of {counted(rank[1])}" if rank else "not ranked"


def _behind(rank: Rank | None) -> str:
    return f", {placed(rank)}" if rank else ""


def _values(
    milex: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, column: str
) -> tuple[dict[str, float], pd.DataFrame]:
    rows = spending.known(milex, [*codes, iso3], year, year, column)
    return dict(zip(rows["iso3"], rows[column].astype(float), strict=True)), rows


def _growth(
    milex: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, basis: str, span: int
) -> dict[str, float]:
    grown = spending.growth(milex, list(dict.fromkeys([*codes, iso3])), year, basis, [span])
    return dict(zip(grown["iso3"], grown["growth_pct"].astype(float), strict=True))


def _received(
    transfers: pd.DataFrame, iso3: str, codes: Sequence[str], window: Window
) -> dict[str, float]:
    asked = dict.fromkeys([*codes, iso3])
    return {code: float(flows.received(transfers, [code], window)) for code in asked}


# Who it is


@measure
def name(names: pd.DataFrame, iso3: str) -> Words:
    """Return the country's name; ValueError for a code that the book is not about."""
    known = names[names["role"].isin(["western_balkans", "comparator"])]
    if iso3 not in set(known["iso3"]):
        allowed = ", ".join(sorted(known["iso3"]))
        raise ValueError(f"country is {iso3!r}, expected one of {allowed}")
    return words(full(names)[iso3], names[names["iso3"] == iso3])


def is_covered(names: pd.DataFrame, iso3: str) -> bool:
    """Return whether the ledgers of deals and incidents cover the country: the six only."""
    return iso3 in set(names.loc[names["role"] == "western_balkans", "iso3"])


@measure
def part(names: pd.DataFrame, iso3: str, codes: Sequence[str]) -> Words:
    """Say whether the country is one of those that the edition compares and ranks."""
    number, row = counted(len(codes)), names[names["iso3"] == iso3]
    if iso3 in codes:
        return words(
            f"{full(names)[iso3]} is one of the {number} countries that this edition compares; "
            "ranks are among those with a figure.",
            row,
        )
    return words(
        f"{full(names)[iso3]} is not one of the {number} countries that this edition compares; "
        "this page sets it beside them as a partner, without a rank.",
        row,
    )


# Spending


@measure
def spending_rank(
    milex: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, column: str
) -> Words:
    """Return the country's rank by a column of military_expenditure, as 'second of six'."""
    values, rows = _values(milex, iso3, codes, year, column)
    return words(placed(rank_of(values, iso3, codes)), rows)


@measure
def growth(milex: pd.DataFrame, iso3: str, year: int, basis: str, span: int) -> Quantity:
    """Return the change in spending over a span in per cent; not a number where unknown."""
    rows = spending.known(milex, [iso3], year - span, year, AMOUNT[basis])
    rows = rows[rows["year"].isin([year - span, year])]
    return quantity(_growth(milex, iso3, [], year, basis, span).get(iso3, float("nan")), rows)


@measure
def spending_story(
    milex: pd.DataFrame, names: pd.DataFrame, iso3: str, codes: Sequence[str], year: int, basis: str
) -> Words:
    """Say what the country spent and its burden, with ranks, or that no figure is held."""
    amounts, rows = _values(milex, iso3, codes, year, AMOUNT[basis])
    called = full(names)[iso3]
    if iso3 not in amounts:
        return words(
            f"The release of SIPRI that this edition holds gives no figure of {called} for {year}.",
            rows,
        )
    burdens, more = _values(milex, iso3, codes, year, "share_of_gdp_pct")
    text = (
        f"In {year} {called} spent {amounts[iso3]:,.0f} {spending.unit(milex, basis)} "
        f"on its armed forces{_behind(rank_of(amounts, iso3, codes))}"
    )
    if iso3 in burdens:
        rank = _behind(rank_of(burdens, iso3, codes))
        text += f", and {burdens[iso3]:.1f}% of its GDP{rank}"
    return words(f"{text}.", rows, more)


@measure
def change_story(grown: pd.DataFrame, names: pd.DataFrame, iso3: str, basis: str) -> Words:
    """Say how the country's spending changed over each span, by `spending.growth`."""
    if not len(grown[grown["iso3"] == iso3]):
        called = full(names)[iso3]
        return words(f"No change can be computed for {called}: years that it needs are missing.")
    return words(f"{spending.change_story(grown, names, iso3)}, in {basis} prices.")


@measure
def head_story(
    milex: pd.DataFrame, names: pd.DataFrame, iso3: str, codes: Sequence[str], year: int
) -> Words:
    """Say what was spent per inhabitant, with the rank, or that it is not known."""
    values, rows = _values(milex, iso3, codes, year, "per_capita_usd")
    if iso3 not in values:
        return words(f"What {full(names)[iso3]} spent per head in {year} is not held.", rows)
    rank = _behind(rank_of(values, iso3, codes))
    return words(f"Per head it was {values[iso3]:,.0f} current US dollars{rank}.", rows)


@measure
def marks_story(
    milex: pd.DataFrame,
    scope: pd.DataFrame,
    names: pd.DataFrame,
    iso3: str,
    first: int,
    last: int,
) -> Words:
    """Say which of the country's figures SIPRI estimates, and what its marks say on their scope."""
    rows = spending.known(milex, [iso3], first, last, AMOUNT["current"])
    if rows.empty:
        return words(
            f"With no figure held there is no mark of SIPRI to tell for {full(names)[iso3]}.", rows
        )
    guessed = spending_scope.estimates(milex, names, [iso3], first, last)
    marked = spending_scope.scope_story(scope, names, [iso3])
    return words(f"{guessed}. {marked}.", rows, scope[scope["iso3"] == iso3])


# Arms


@measure
def received_rank(
    transfers: pd.DataFrame, iso3: str, codes: Sequence[str], window: Window
) -> Words:
    """Return the country's rank by TIV delivered in a window, as 'second of six'."""
    return words(placed(rank_of(_received(transfers, iso3, codes, window), iso3, codes)))


@measure
def arms_story(
    transfers: pd.DataFrame, names: pd.DataFrame, iso3: str, codes: Sequence[str], window: Window
) -> Words:
    """Say how much TIV was delivered in a window, with the rank, and who delivered most."""
    values = _received(transfers, iso3, codes, window)
    called, mine = full(names)[iso3], transfers[transfers["recipient_iso3"] == iso3]
    if not values[iso3]:
        text = f"SIPRI records no delivery of major arms to {called} in {flows.span(window)}."
        return words(text, mine)
    bloc = flows.top_bloc(transfers, iso3, window)
    share = flows.top_bloc_share(transfers, iso3, window)
    amount = f"{values[iso3]:,.0f}" if values[iso3] >= 10 else f"{values[iso3]:.1f}"
    rank = _behind(rank_of(values, iso3, codes))
    return words(
        f"From {window[0]} to {window[1]} {called} received {amount} million TIV of major arms"
        f"{rank}; {share:.0f}% of it came from {bloc}.",
        mine,
    )


@measure
def deals_story(deals: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how many deals the ledger holds for the country, by status, or that it holds none."""
    called, rows = full(names)[iso3], deals[deals["recipient_iso3"] == iso3]
    if not is_covered(names, iso3):
        return words(
            f"The ledger of deals covers the six Western Balkan states only, so it holds none of "
            f"{called}; SIPRI's register is the one source here.",
            names[names["iso3"] == iso3],
        )
    if rows.empty:
        return words(f"The ledger holds no deal of {called}.", names[names["iso3"] == iso3])
    firm = orders.firm(deals, [iso3])
    thin, plans = int(orders.thin(firm).sum()), len(rows) - len(firm)
    return words(
        f"The ledger holds {len(rows)} {'deal' if len(rows) == 1 else 'deals'} of {called}: "
        f"{len(firm) - thin} orders, {thin} orders on thin evidence, and {plans} plans, claims or "
        "deals of unknown fate.",
        rows,
    )


# Memberships and texts


@measure
def step(members: pd.DataFrame, iso3: str, track: str) -> Words:
    """Return the furthest step on a ladder (NATO, EU) as 'candidate (2012)', or 'no step found'."""
    rows = alliances.ladder_steps(members, iso3, track)
    if rows.empty:
        return words("no step found", rows)
    best = rows[rows["rung"] == rows["rung"].max()].head(1)
    since = best["date_start"].iloc[0]
    year = f" ({since[:4]})" if isinstance(since, str) else ""
    return words(f"{best['step'].iloc[0]}{year}", members[members.index.isin(best.index)])


@measure
def ties_story(members: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how far the country has come with NATO and the EU, as far as the table tells."""
    told = [f"with {end}: {step(members, iso3, track)}" for track, end in TRACKS.items()]
    text = f"The furthest step found for {full(names)[iso3]} {'; '.join(told)}."
    return words(text, members[members["iso3"] == iso3])


@measure
def memberships(members: pd.DataFrame, iso3: str) -> pd.DataFrame:
    """Return the country's memberships and steps, by organisation and date.

    Columns organisation, status, since (as exactly as known), doubt, source.
    """
    rows = members[members["iso3"] == iso3]
    rows = rows.assign(since=rows["date_start"], doubt=orders.doubts(rows))
    order = ["organisation", "date_start"]
    rows = rows.sort_values(order, na_position="first", kind="stable")
    return rows[["organisation", "status", "since", "doubt", "source"]]


def texts_of(texts: pd.DataFrame, iso3: str) -> pd.DataFrame:
    """Return the texts that name the country as a party, without decisions of one side."""
    rows = texts[texts["type"] != "unilateral decision"]
    return where(rows, [iso3 in parties for parties in rows["parties"]])


@measure
def agreements(texts: pd.DataFrame, names: pd.DataFrame, iso3: str) -> pd.DataFrame:
    """Return the texts that name the country as a party, newest first.

    Columns year (or the years between which it lies), partners, title, kind, status, doubt,
    source. Drafts and consents are among them, with their status.
    """
    rows = texts_of(texts, iso3)
    bounds = [alliances.bounds(row) for _, row in rows.iterrows()]
    said = ["–".join(dict.fromkeys(str(end) for end in pair if end)) or None for pair in bounds]
    partners = [
        listed(alliances.full_names(names, [code for code in parties if code != iso3]))
        for parties in rows["parties"]
    ]
    made = rows.assign(
        year=pd.Series(said, index=rows.index, dtype="object"), partners=partners,
        kind=rows["type"], doubt=orders.doubts(rows),
    )  # fmt: skip
    order = ["year", "agreement_id"]
    made = made.sort_values(order, ascending=[False, True], na_position="last")
    return made[["year", "partners", "title", "kind", "status", "doubt", "source"]]


@measure
def texts_story(texts: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how many texts name the country, and with how many partners they were concluded."""
    rows = texts_of(texts, iso3)
    done = alliances.concluded(rows)
    partners = {code for parties in done["parties"] for code in parties} - {iso3}
    if rows.empty:
        text = f"No text that names {full(names)[iso3]} as a party was found."
    else:
        text = (
            f"Texts found that name {full(names)[iso3]} as a party: {len(rows)}; concluded ones "
            f"with one or two other sides: {len(done)}, with {len(partners)} "
            f"{'partner' if len(partners) == 1 else 'partners'}."
        )
    return words(text, rows)


# Incidents


@measure
def incident_rows(ledger: pd.DataFrame, iso3: str, first: int, until: dt.date) -> pd.DataFrame:
    """Return the country's rows as `incidents.selection` gives them, empty where there is none."""
    mine = ledger[ledger["iso3"] == iso3]
    years = mine["date_start"].str[:4].astype(int)
    if not ((years >= first) & (mine["date_start"] <= until.isoformat())).any():
        return mine.iloc[:0].assign(year=0, counted=False, mark="")
    return incidents.selection(ledger, [iso3], first, until)


@measure
def incidents_story(rows: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how many incidents the ledger holds in the country, and of which kind most are."""
    called = full(names)[iso3]
    if not is_covered(names, iso3):
        return words(
            f"The ledger of incidents covers the six Western Balkan states only, so it holds none "
            f"in {called}.",
            names[names["iso3"] == iso3],
        )
    if rows.empty:
        return words(
            f"The ledger holds no incident in {called} in these years, which is no sign of calm.",
            names[names["iso3"] == iso3],
        )
    text = f"The ledger holds {len(rows)} {'incident' if len(rows) == 1 else 'incidents'} in "
    text += f"{called}, {int(rows['counted'].sum())} of them sourced well enough to count"
    kind = incidents.most_common_category(rows)
    return words(f"{text}; most of these: {kind}." if kind != "none" else f"{text}.", rows)


@measure
def deaths_story(rows: pd.DataFrame, names: pd.DataFrame, iso3: str) -> Words:
    """Say how many killed are on record in counted rows, and in which incident most."""
    if rows.empty:
        called = full(names)[iso3]
        return words(f"So the ledger says nothing of deaths in {called}.", names.iloc[:0])
    deaths = int(incidents_harm.deaths(rows))
    if not deaths:
        return words("No death is on record in the counted ones.", rows)
    most = incidents_harm.deadliest(rows)
    return words(f"Killed on record in the counted ones: {deaths}, most at {most}.", rows)


@measure
def notable(rows: pd.DataFrame, names: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """Return the incidents with most killed on record and the latest ones, newest first.

    Columns as `incidents_views.ledger_table`, with killed (missing: unknown or none reported).
    """
    deadly = rows[rows["killed_total_count"].notna()]
    order = ["killed_total_count", "date_start"]
    grave = deadly.sort_values(order, ascending=False, kind="stable").head(most)
    latest = rows.sort_values("date_start", ascending=False, kind="stable").head(most)
    chosen = rows[rows.index.isin([*grave.index, *latest.index])]
    made = incidents_views.ledger_table(chosen, names)
    return made.assign(killed=chosen["killed_total_count"].reindex(made.index))


# The key numbers together


@measure
def key_numbers(
    milex: pd.DataFrame,
    transfers: pd.DataFrame,
    deals: pd.DataFrame,
    members: pd.DataFrame,
    rows: pd.DataFrame,
    names: pd.DataFrame,
    iso3: str,
    codes: Sequence[str],
    year: int,
    basis: str,
    window: Window,
) -> pd.DataFrame:
    """Return the country's key numbers: indicator, value, period, rank; missing where unknown.

    Ranked are statistics that cover every country alike. Deals and incidents come from samples,
    whose size says how much was found, so they have no rank. `rows` is that of `incident_rows`.
    """
    made: list[tuple[str, str | None, str | None, str | None]] = []
    columns = {
        AMOUNT[basis]: (f"Military expenditure, {spending.unit(milex, basis)}", "{:,.0f}"),
        "share_of_gdp_pct": ("The same, share of GDP", "{:.1f}%"),
        "per_capita_usd": ("The same per head, current US dollars", "{:,.0f}"),
    }

    def add(label: str, values: Mapping[str, float], form: str, period: str) -> None:
        value, rank = values.get(iso3), rank_of(values, iso3, codes)
        text = None if value is None else form.format(value).replace("-", "\N{MINUS SIGN}")
        made.append((label, text, period, f"{rank[0]} of {rank[1]}" if rank else None))

    for column, (label, form) in columns.items():
        add(label, _values(milex, iso3, codes, year, column)[0], form, str(year))
    label = f"Change over five years, {basis} prices"
    five = _growth(milex, iso3, codes, year, basis, 5)
    add(label, five, "{:+,.0f}%", f"{year - 5}–{year}")
    arms = _received(transfers, iso3, codes, window)
    add("Major arms delivered, million TIV", arms, "{:,.1f}", flows.span(window))
    covered = is_covered(names, iso3)
    found = str(int(orders.headline_count(deals, [iso3]))) if covered else None
    made.append(("Orders in the ledger, thin evidence left out", found, None, None))
    for track, end in TRACKS.items():
        made.append((f"Furthest step with {end}", str(step(members, iso3, track)), None, None))
    found = str(int(rows["counted"].sum())) if covered else None
    made.append(("Incidents in the ledger, thin evidence left out", found, None, None))
    return pd.DataFrame(made, columns=["indicator", "value", "period", "rank"])
