"""Measures of what the ledgers hold on one country: memberships, texts and incidents.

Frames in; number, word or frame out. `names` is the table countries. A ledger is a sample: no row
is no evidence that there was nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from balkandefence.measures import alliances, incidents, incidents_harm, incidents_views
from balkandefence.measures import procurement_deals as orders
from balkandefence.measures.alliances import where
from balkandefence.measures.country import is_covered
from balkandefence.measures.spending import full
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The ladders of memberships as prose names their ends.
TRACKS = {"NATO": "NATO", "EU": "the EU"}


# Memberships and texts


@measure
def step(members: pd.DataFrame, iso3: str, track: str) -> Words:
    """Return the furthest step on a ladder (NATO, EU) as 'candidate (2012)', or 'no step found'.

    Of a country that the table has no row on it says so: nobody looked.
    """
    if not (members["iso3"] == iso3).any():
        return words("not looked for", members.iloc[:0])
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
    if not (members["iso3"] == iso3).any():
        called = full(names)[iso3]
        return words(f"Memberships of {called} were not looked for.", members.iloc[:0])
    told = [f"with {end}: {step(members, iso3, track)}" for track, end in TRACKS.items()]
    text = f"The furthest step found for {full(names)[iso3]} {'; '.join(told)}."
    return words(text, members[members["iso3"] == iso3])


@measure
def ties(
    texts: pd.DataFrame, iso3: str, powers: Sequence[str], names: pd.DataFrame
) -> pd.DataFrame:
    """Return `alliances.ties_by_family` without the country as a partner of its own.

    A country that is not one of the six is in its texts beside them, and thereby no partner.
    """
    found = alliances.ties_by_family(texts, iso3, powers, names)
    return found[found["partner"] != iso3].reset_index(drop=True)


@measure
def partners_count(
    texts: pd.DataFrame, iso3: str, powers: Sequence[str], names: pd.DataFrame
) -> Quantity:
    """Return with how many partners outside the six the country has a concluded text."""
    partners = set(ties(texts, iso3, powers, names)["partner"])
    rows = texts_of(alliances.concluded(texts), iso3)
    rows = where(rows, [bool(partners & set(parties)) for parties in rows["parties"]])
    return quantity(len(partners), rows)


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
        return words(f"No incident is listed for {called}.", names[names["iso3"] == iso3])
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
