"""Measures of what goals would cost, and of what was agreed since the proposals were made.

See `measures.outlook` for the method. Amounts are million US dollars at the prices and exchange
rates of the newest year that SIPRI has for the country.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from balkandefence.measures.outlook import SPREAD
from balkandefence.measures.spending import full, known, short
from balkandefence.provenance import Words, measure, words
from balkandefence.spelling import listed

#: States whose joint steps bear on the proposals.
TOGETHER = ("ALB", "HRV", "MNE", "MKD", "XKX")

_SHARE = "share_of_gdp_pct"


def _start(milex: pd.DataFrame, codes: Sequence[str], last: int) -> pd.DataFrame:
    """Return each country's newest row up to `last`."""
    rows = known(milex, codes, 0, last, _SHARE)
    return rows[rows["year"] == rows.groupby("iso3")["year"].transform("max")]


def _starts(
    milex: pd.DataFrame, codes: Sequence[str], last: int
) -> dict[str, tuple[int, float, float]]:
    """Return year, amount and share of each country's newest row, in the order of the codes."""
    rows = _start(milex, codes, last)
    found = {
        str(code): (int(year), float(amount), float(share))
        for code, year, amount, share in zip(
            rows["iso3"], rows["year"], rows["current_usd_millions"], rows[_SHARE], strict=True
        )
    }
    return {code: found[code] for code in codes if code in found}


@measure
def highest_neighbour(milex: pd.DataFrame, names: pd.DataFrame, last: int) -> Words:
    """Return which of the six has the highest burden, and how high it is."""
    six = names.loc[names["role"] == "western_balkans", "iso3"]
    top = _start(milex, list(six), last).sort_values(_SHARE).iloc[[-1]]
    row = top.iloc[0]
    return words(f"{full(names)[row['iso3']]}, {row[_SHARE]:.1f}% in {row['year']}", top)


def neighbour_pct(milex: pd.DataFrame, names: pd.DataFrame, last: int) -> float:
    """Return the highest burden of the six in percent of GDP."""
    six = names.loc[names["role"] == "western_balkans", "iso3"]
    return float(_start(milex, list(six), last)[_SHARE].max())


@measure
def paths(
    milex: pd.DataFrame, codes: Sequence[str], last: int, target: float, year: int, growth: float
) -> pd.DataFrame:
    """Return spending year by year to a goal: iso3, year, unchanged, path, reached.

    `unchanged` keeps the share of GDP, `path` moves it in equal steps to `target` percent in
    `year`; `reached` marks countries that are there, whose path stays at their own share.
    """
    found = []
    for code, (begin, amount, share) in _starts(milex, codes, last).items():
        reached = share >= target
        for now in range(begin, year + 1):
            unchanged = amount * (1 + growth / 100) ** (now - begin)
            step = (now - begin) / (year - begin)
            burden = share if reached else share + (target - share) * step
            found.append((code, now, unchanged, unchanged * burden / share, reached))
    return pd.DataFrame(found, columns=["iso3", "year", "unchanged", "path", "reached"])


def _extra(amount: float, share: float, goal: float, years: int, growth: float) -> float:
    return max(amount * (goal / share - 1), 0.0) * (1 + growth / 100) ** years


@measure
def costs(
    milex: pd.DataFrame,
    names: pd.DataFrame,
    codes: Sequence[str],
    last: int,
    goals: Mapping[str, float],
    year: int,
    growth: float,
) -> pd.DataFrame:
    """Return what each goal would cost each country beyond an unchanged share of GDP.

    Columns: iso3, name, goal, goal_pct, start, share, extra, low, high, total, needed_pct,
    past_pct, reached. `extra` is the sum of the target year, `low` and `high` with growth two
    points lower and higher, `total` that of all years to it; `needed_pct` is the growth of
    spending a year, `past_pct` that of the five years before (constant prices), empty if unknown.
    """
    calls, found = full(names), []
    money = known(milex, codes, 0, last, "constant_usd_millions")
    constant = money.set_index(["iso3", "year"])["constant_usd_millions"].to_dict()
    for code, (begin, amount, share) in _starts(milex, codes, last).items():
        span = year - begin
        before, now = constant.get((code, begin - 5)), constant.get((code, begin))
        past = 100 * ((now / before) ** 0.2 - 1) if before and now else float("nan")
        for goal, percent in goals.items():
            low, extra, high = (
                _extra(amount, share, percent, span, growth + shift)
                for shift in (-SPREAD, 0.0, SPREAD)
            )
            total = math.fsum(
                max(amount * (percent / share - 1), 0) * step / span * (1 + growth / 100) ** step
                for step in range(1, span + 1)
            )
            factor = max(percent / share, 1.0) * (1 + growth / 100) ** span
            needed = 100 * (factor ** (1 / span) - 1)
            found.append(
                (code, calls[code], goal, percent, begin, share, extra, low, high, total, needed,
                 past, bool(share >= percent))
            )  # fmt: skip
    columns = "iso3 name goal goal_pct start share extra low high total needed_pct past_pct reached"
    return pd.DataFrame(found, columns=columns.split())


def _money(value: float) -> str:
    return f"{value:,.0f}"


@measure
def cost_story(priced: pd.DataFrame, goal: str) -> Words:
    """Say what one goal would cost each country in the target year, with the range."""
    part = priced[priced["goal"] == goal]
    there = part.loc[part["reached"], "name"].tolist()
    away = part[~part["reached"]].sort_values("extra", ascending=False)
    told = []
    if len(away):
        each = [
            f"{row['name']} {_money(row['extra'])} ({_money(row['low'])} to {_money(row['high'])})"
            for _, row in away.iterrows()
        ]
        told.append(f"more a year than at an unchanged share: {listed(each)}")
    if there:
        told.append(f"already there: {listed(there)}")
    return words("; ".join(told))


@measure
def cost_title(priced: pd.DataFrame, names: pd.DataFrame, goal: str, year: int) -> Words:
    """Say in a title what the goals mean for the countries, by `costs`."""
    part = priced[(priced["goal"] == goal)]
    away = part[~part["reached"]].sort_values("extra", ascending=False)
    percent = part["goal_pct"].iloc[0]
    if away.empty:
        return words(f"All countries chosen already spend {percent:g}% of GDP")
    top = away.iloc[0]
    return words(
        f"{percent:g}% of GDP in {year}: {_money(top['extra'])} million US dollars more a year "
        f"for {short(names)[top['iso3']]}"
    )


@measure
def paths_title(walked: pd.DataFrame, names: pd.DataFrame, target: float) -> Words:
    """Say in a title who has to raise the share of GDP for a goal, by `paths`."""
    calls = short(names)
    away = [calls[c] for c in walked.loc[~walked["reached"], "iso3"].unique()]
    if not away:
        return words(f"Every country chosen is at {target:g}% of GDP or above")
    verb = "have" if len(away) > 1 else "has"
    return words(f"{listed(away)} {verb} yet to reach {target:g}% of GDP")


@measure
def pace_story(priced: pd.DataFrame, goal: str) -> Words:
    """Say whose spending would have to grow faster than in the five years before, by `costs`."""
    part = priced[(priced["goal"] == goal) & ~priced["reached"]]
    fair = part[part["past_pct"].notna()]
    faster = fair[fair["needed_pct"] > fair["past_pct"]]
    if part.empty:
        return words("No country chosen would have to grow faster than the economy")
    if faster.empty:
        return words("Spending of each country grew faster in the five years before than it needs")
    each = [
        f"{row['name']} ({row['needed_pct']:.1f}% a year, {row['past_pct']:.1f}% before)"
        for _, row in faster.iterrows()
    ]
    text = f"Spending would have to grow faster than in the five years before in {listed(each)}"
    return words(text.replace("-", "\N{MINUS SIGN}"))


@measure
def pace_title(priced: pd.DataFrame, goal: str) -> Words:
    """Say in a title how many countries would have to speed up for a goal, by `costs`."""
    fair = priced[(priced["goal"] == goal) & priced["past_pct"].notna()]
    faster = fair.loc[~fair["reached"] & (fair["needed_pct"] > fair["past_pct"]), "name"].tolist()
    percent = priced.loc[priced["goal"] == goal, "goal_pct"].iloc[0]
    if not faster:
        return words(f"For {percent:g}% of GDP none would have to outpace its last five years")
    verb = "have" if len(faster) > 1 else "has"
    count = f"{len(faster)} of {len(fair)} countries"
    return words(f"For {percent:g}% of GDP {count} {verb} to outpace the last five years")


def _named(parties: tuple[str, ...], calls: Mapping[str, str]) -> str:
    return listed([calls.get(code, code) for code in parties])


@measure
def joint_steps(
    texts: pd.DataFrame, held: pd.DataFrame, names: pd.DataFrame, since: dt.date, split: dt.date
) -> pd.DataFrame:
    """Return texts and exercises since a day that join two or more of the Balkan five.

    The five are Albania, Croatia, Montenegro, North Macedonia and Kosovo. Columns: known (day),
    kind, what, parties, status, after (known after `split`), source.
    """
    calls, found = full(names), []
    cases = ((texts, "text", "title", "parties"), (held, "exercise", "name", "participants"))
    for rows, kind, what, who in cases:
        for _, row in rows[rows["known_from"] >= pd.Timestamp(since)].iterrows():
            parties = row[who] if isinstance(row[who], tuple) else ()
            if len(set(parties) & set(TOGETHER)) >= 2 and len(parties) <= 4:
                after = row["known_from"] > pd.Timestamp(split)
                found.append(
                    (row["known_from"], kind, row[what], _named(parties, calls), row["status"],
                     after, row["source"])
                )  # fmt: skip
    columns = ["known", "kind", "what", "parties", "status", "after", "source"]
    made = pd.DataFrame(found, columns=columns).sort_values(["known", "what"])
    return made.reset_index(drop=True)


@measure
def joint_story(steps: pd.DataFrame) -> Words:
    """Say how many joint steps are on record before and after the stories, by `joint_steps`."""
    after = steps[steps["after"].astype(bool)]
    announced = int((after["status"] == "announced").sum())
    if after.empty:
        return words("the ledgers hold no joint text or exercise of theirs made known since then")
    count = "one joint step" if len(after) == 1 else f"{len(after)} joint steps"
    mark = f", of which {announced} only announced" if announced else ""
    return words(f"made known since then: {count}{mark} ({listed(sorted(after['what']))})")


@measure
def kosovo_story(
    members: pd.DataFrame, texts: pd.DataFrame, held: pd.DataFrame, split: dt.date
) -> Words:
    """Say what the ledgers hold since a day on Kosovo's way to NATO and with the United States."""
    day = pd.Timestamp(split)
    own = members[members["iso3"] == "XKX"]
    steps = own[(own["known_from"] > day) & own["organisation"].str.startswith("NATO")]
    joint = texts[texts["parties"].map(lambda who: {"XKX", "USA"} <= set(who))]
    signed = joint[joint["known_from"] > day]
    drills = held[
        held["participants"].map(lambda w: isinstance(w, tuple) and "XKX" in w and "USA" in w)
    ]
    drills = drills[drills["known_from"] > day]
    told = []
    for rows, one, many in (
        (steps, "step towards NATO", "steps towards NATO"),
        (signed, "text with the United States", "texts with the United States"),
        (drills, "exercise with the United States", "exercises with the United States"),
    ):
        count = len(rows)
        told.append(f"{count or 'no'} {one if count == 1 else many}")
    return words(f"since then the ledgers hold {listed(told)}", steps, signed, drills)


@measure
def price_unit(priced: pd.DataFrame) -> Words:
    """Return the unit of costs: million US dollars at prices of the newest year."""
    return words(f"million US dollars at prices of {priced['start'].max()}")


@measure
def two_starts(priced: pd.DataFrame, burden: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say where NATO's burden is below or above SIPRI's by a fifth or more in the same year."""
    calls, told = full(names), []
    shares = priced.drop_duplicates("iso3").set_index("iso3")
    for iso3, year, value in zip(burden["iso3"], burden["year"], burden["value"], strict=True):
        if iso3 in shares.index and shares.loc[iso3, "start"] == year:
            own = float(priced.loc[priced["iso3"] == iso3, "share"].iloc[0])
            if abs(value / own - 1) >= 0.2:
                told.append(f"{calls[iso3]} {own:.1f}% by SIPRI, {value:.1f}% by NATO in {year}")
    if not told:
        return words("no start differs by a fifth or more between SIPRI and NATO")
    return words(f"the start differs by a fifth or more: {listed(told)}")
