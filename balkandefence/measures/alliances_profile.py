"""The alignment profile: six components a country, and what weights can and cannot change.

Every component runs from 0 to 100, upwards towards NATO and the EU. A high value is a direction,
not a merit. There is no total: `weightings` shows what every reasonable set of weights would give.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from balkandefence.measures.alliances import (
    TOP,
    bloc_of,
    concluded,
    full_names,
    ladder_steps,
    where,
)
from balkandefence.measures.alliances_exercises import EAST, WEST
from balkandefence.measures.alliances_voting import newest_alignment, sound
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: Years of votes that enter the profile.
VOTING_YEARS = 3
#: Weights tried: steps of a twentieth, each component between a twentieth and a half.
STEP, LEAST, MOST = 20, 1, 10
#: Points by which a country must lead; less is within what another year of votes would change.
MARGIN = 2.0

#: Component: (method, what has no value).
COMPONENTS = {
    "NATO ladder": (
        "Rung reached of four: Partnership for Peace, deepened partnership, action plan, member",
        "Accession by rungs treats unequal steps as equal",
    ),
    "EU ladder": (
        "Rung reached of five: potential candidate, candidate, talks decided, opened, member",
        "Chapters and clusters are not counted",
    ),
    "UN votes": (
        "Distance to Russia as a share of the distances to Russia and Germany, last three sound "
        "years",
        "Kosovo is not a UN member",
    ),
    "EU declarations": (
        "Share of EU foreign-policy declarations joined, newest published value",
        "Kosovo: no published value; periods differ",
    ),
    "Exercises": (
        "Listed exercises with NATO, the US or EUFOR, as a share of these and those with Russia, "
        "Belarus or China",
        "A sample, not a census",
    ),
    "Signed texts": (
        "NATO, EU and their members among the partners of signed texts, as a share of these and "
        "Russia, Belarus and China",
        "A sample; Turkey and others left out",
    ),
}


@measure
def ladder_component(
    members: pd.DataFrame, countries: Sequence[str], track: str, as_of: dt.date
) -> pd.DataFrame:
    """Return the rung reached on the NATO or EU ladder by a day, in percent of the highest rung.

    Columns: iso3, component, value (missing where the table has no step of the country).
    """
    since = members["known_from"]
    known = members[since.isna() | (since <= pd.Timestamp(as_of))]
    found = [ladder_steps(known, code, track)["rung"].max() for code in countries]
    return _component(f"{track} ladder", countries, [100 * f / TOP[track] for f in found])


def _component(name: str, countries: Sequence[str], values: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame({"iso3": list(countries), "component": name, "value": list(values)})


@measure
def voting_component(un: pd.DataFrame, countries: Sequence[str], last: int) -> pd.DataFrame:
    """Return how near each state votes to Germany against Russia, 0 at Russia, 100 at Germany.

    The mean over the last three sound years of distance to Russia divided by the sum of the
    distances to Russia and to Germany, in percent.
    """
    rows = sound(un, countries, 0, last)
    rows = rows[rows["year"] > rows["year"].max() - VOTING_YEARS]
    share = 100 * rows["distance_rus"] / (rows["distance_rus"] + rows["distance_deu"])
    means = share.groupby(rows["iso3"]).mean()
    return _component("UN votes", countries, [means.get(c, float("nan")) for c in countries])


@measure
def declarations_component(cfsp: pd.DataFrame, countries: Sequence[str], last: int) -> pd.DataFrame:
    """Return the newest published alignment with EU declarations, in percent."""
    rows = newest_alignment(cfsp, countries, last).set_index("iso3")["alignment_pct"]
    values = [float(rows.get(code, float("nan"))) for code in countries]
    return _component("EU declarations", countries, values)


@measure
def exercises_component(
    exercises: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return the share of a country's listed exercises held with NATO, the US or EUFOR, percent.

    Of those with NATO, the United States, EUFOR, Russia, Belarus or China; others are left out.
    """
    year = exercises["date_start"].str[:4].astype(int)
    rows = exercises[(exercises["status"] == "held") & year.between(first, last)]
    values = []
    for code in countries:
        mine = where(rows, [code in named for named in rows["wb6_participants"]])["bloc"]
        west, east = mine.isin(WEST).sum(), mine.isin(EAST).sum()
        values.append(100 * west / (west + east) if west + east else float("nan"))
    return _component("Exercises", countries, values)


@measure
def texts_component(
    texts: pd.DataFrame, countries: Sequence[str], codes: pd.DataFrame
) -> pd.DataFrame:
    """Return the share of NATO, the EU and their members among a country's partners, percent.

    Of partners in concluded texts that are NATO, the EU, one of their members (Turkey and the six
    left out), Russia, Belarus or China; each partner once, however many texts there are.
    """
    rows, values = concluded(texts), []
    for code in countries:
        mine = where(rows, [code in parties for parties in rows["parties"]])["parties"]
        partners = {party for parties in mine for party in parties}
        blocs = [bloc_of(codes, partner) for partner in sorted(partners)]
        west = sum(bloc in ("US", "EU-NATO") for bloc in blocs)
        east = sum(bloc in ("Russia", "Belarus", "China") for bloc in blocs)
        values.append(100 * west / (west + east) if west + east else float("nan"))
    return _component("Signed texts", countries, values)


@measure
def profile(
    ladders: pd.DataFrame,
    accession: pd.DataFrame,
    votes: pd.DataFrame,
    declarations: pd.DataFrame,
    held: pd.DataFrame,
    signed: pd.DataFrame,
) -> pd.DataFrame:
    """Return the six components beside each other: iso3, component, value (0 to 100)."""
    parts = [ladders, accession, votes, declarations, held, signed]
    return pd.concat(parts, ignore_index=True)


@measure
def all_components(
    members: pd.DataFrame,
    un: pd.DataFrame,
    cfsp: pd.DataFrame,
    exercises: pd.DataFrame,
    texts: pd.DataFrame,
    codes: pd.DataFrame,
    countries: Sequence[str],
    years: tuple[int, int],
    as_of: dt.date,
) -> pd.DataFrame:
    """Return the profile of the countries from the six tables; see `profile` and its parts."""
    return profile(
        ladder_component(members, countries, "NATO", as_of),
        ladder_component(members, countries, "EU", as_of),
        voting_component(un, countries, years[1]),
        declarations_component(cfsp, countries, years[1]),
        exercises_component(exercises, countries, *years),
        texts_component(texts, countries, codes),
    )


@measure
def components_table(profile: pd.DataFrame) -> pd.DataFrame:
    """Return one row a component of a profile: component, method, gap (where it falls short)."""
    shown = [name for name in COMPONENTS if name in set(profile["component"])]
    told = [(name, *COMPONENTS[name]) for name in shown]
    return pd.DataFrame(told, columns=["component", "method", "gap"])


def weights_tried(count: int) -> np.ndarray:
    """Return all sets of weights on the grid, one row each, summing to one."""
    spare = STEP - count * LEAST
    cuts = itertools.combinations(range(spare + count - 1), count - 1)
    rows = np.array(
        [np.diff((-1, *cut, spare + count - 1)) - 1 + LEAST for cut in cuts], dtype=float
    )
    return rows[rows.max(axis=1) <= MOST] / STEP


def _scores(profile: pd.DataFrame, missing: float | None) -> tuple[list[str], np.ndarray]:
    """Return the countries and their weighted mean under each set of weights (rows).

    Where a component is missing, its weight goes to the others, or it takes the value `missing`.
    """
    wide = profile.pivot(index="iso3", columns="component", values="value").astype(float)
    wide = wide.reindex(index=list(dict.fromkeys(profile["iso3"])), columns=list(COMPONENTS))
    wide = wide.dropna(axis=1, how="all")
    weights = weights_tried(wide.shape[1])
    values = wide.to_numpy()
    if missing is not None:
        return list(wide.index), weights @ np.nan_to_num(values, nan=missing).T
    known = (~np.isnan(values)).astype(float)
    return list(wide.index), (weights @ np.nan_to_num(values).T) / (weights @ known.T)


@measure
def weightings(profile: pd.DataFrame) -> pd.DataFrame:
    """Return what each country's weighted mean would be under every set of weights tried.

    Columns: iso3; low, middle_low, equal, middle_high, high (least, 10th percentile, equal
    weights, 90th percentile, greatest); missing_low and missing_high (least and greatest where
    missing components could be anything from 0 to 100); best and worst rank taken.
    """
    countries, scores = _scores(profile, None)
    floor, ceiling = _scores(profile, 0.0)[1], _scores(profile, 100.0)[1]
    wide = profile.pivot(index="iso3", columns="component", values="value").astype(float)
    ranks = (scores[:, :, None] < scores[:, None, :] - 1e-9).sum(axis=2) + 1
    return pd.DataFrame(
        {
            "iso3": countries,
            "low": scores.min(axis=0),
            "middle_low": np.percentile(scores, 10, axis=0),
            "equal": wide.mean(axis=1).reindex(countries).to_numpy(),
            "middle_high": np.percentile(scores, 90, axis=0),
            "high": scores.max(axis=0),
            "missing_low": floor.min(axis=0),
            "missing_high": ceiling.max(axis=0),
            "best": ranks.min(axis=0),
            "worst": ranks.max(axis=0),
        }
    )


@measure
def weights_count(profile: pd.DataFrame) -> Quantity:
    """Return how many sets of weights are tried for the components that have any value."""
    known = profile.dropna(subset="value")["component"].nunique()
    return quantity(len(weights_tried(known)))


@measure
def margin(profile: pd.DataFrame) -> Quantity:
    """Return the lead, in points, below which two countries of a profile count as level."""
    return quantity(MARGIN, profile)


@measure
def widest(profile: pd.DataFrame) -> Words:
    """Return the component on which the countries lie furthest apart."""
    spread = profile.groupby("component", sort=False)["value"].agg(lambda v: v.max() - v.min())
    return words(str(spread.idxmax()))


@measure
def order_told(profile: pd.DataFrame, codes: pd.DataFrame) -> Words:
    """Return in a sentence which countries lead which under every set of weights tried.

    One country leads another where it is ahead by at least MARGIN points under every set.
    """
    countries, scores = _scores(profile, None)
    behind = _led(scores)
    groups: dict[tuple[int, ...], list[str]] = {}
    for place in np.argsort(-scores.mean(axis=0), kind="stable"):
        if behind[place]:
            groups.setdefault(tuple(behind[place]), []).append(countries[place])
    told = []
    for led, leaders in groups.items():
        ahead = full_names(codes, [code for code in countries if code in leaders])
        verb = "leads" if len(ahead) == 1 else "each lead"
        told.append(
            f"{listed(ahead)} {verb} {listed(full_names(codes, [countries[i] for i in led]))}"
        )
    if not told:
        return words("No country leads another under every set of weights tried.")
    return words(f"Under every set of weights tried {'; '.join(told)}.")


@measure
def leaders(profile: pd.DataFrame, codes: pd.DataFrame) -> Words:
    """Return the smallest group that leads every country outside it under all weights, or ""."""
    countries, scores = _scores(profile, None)
    order = [int(place) for place in np.argsort(-scores.mean(axis=0), kind="stable")]
    behind = _led(scores)
    for size in range(1, len(order)):
        rest = set(order[size:])
        if all(rest <= set(behind[place]) for place in order[:size]):
            found = [countries[place] for place in sorted(order[:size])]
            return words(listed(full_names(codes, found)))
    return words("")


def _led(scores: np.ndarray) -> list[list[int]]:
    """Return for each column of `scores` the columns that it leads in every row."""
    lead = (scores[:, :, None] - scores[:, None, :]).min(axis=0)
    return [[int(j) for j in np.flatnonzero(row >= MARGIN)] for row in lead]
