"""Measures of the outlook: Balkan NATO members beside the Baltic states, and what goals would cost.

`milex` is the table military_expenditure, `nato` nato_defence_expenditure, `members` memberships,
`names` countries, `codes` the countries chosen. Distance is the number of calendar years since
the year in which a state joined NATO. Costs are reckoned, not forecast: GDP, as SIPRI's amount and
share imply it, grows at one assumed pace in constant prices, and the share moves in equal steps
from the newest year to the goal.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.spending import full, known
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

#: The Baltic states and the year in which they joined NATO (29 March 2004).
BALTIC, BALTIC_JOINED = ("EST", "LVA", "LTU"), 2004

#: Points by which growth is varied to show how far a cost depends on it.
SPREAD = 2.0

_SHARE, _NATO_SHARE = "share_of_gdp_pct", "share_of_gdp_real_pct"


@measure
def assumed(value: float) -> Quantity:
    """Return an assumption of the reader's as a number: a share, a year or a pace of growth."""
    return quantity(float(value))


@measure
def entered(members: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return NATO members among the countries and the Baltic states: iso3, joined, baltic.

    `joined` is the year of accession. Empty where none of the countries is a member.
    """
    rows = members[members["organisation"].eq("NATO") & members["status"].eq("member")]
    rows = rows[rows["iso3"].isin(list(codes))]
    joined = rows["date_start"].str[:4].astype(int)
    own = pd.DataFrame({"iso3": rows["iso3"], "joined": joined, "baltic": False})
    if own.empty:
        return own.astype({"baltic": bool})
    beside = pd.DataFrame({"iso3": BALTIC, "joined": BALTIC_JOINED, "baltic": True})
    order = own["iso3"].map({code: place for place, code in enumerate(codes)})
    return pd.concat([own.loc[order.sort_values().index], beside], ignore_index=True)


@measure
def members_story(entry: pd.DataFrame, names: pd.DataFrame, codes: Sequence[str]) -> Words:
    """Say which of the chosen countries are compared, or that none can be, by `entered`."""
    calls = full(names)
    own = entry[~entry["baltic"].astype(bool)]
    if own.empty:
        chosen = listed([calls[code] for code in codes])
        return words(
            f"Of {chosen} none is a member of NATO, so this edition has no figure beside the "
            "Baltic states"
        )
    told = [f"{calls[iso3]} ({joined})" for iso3, joined in zip(own.iso3, own.joined, strict=True)]
    return words(f"Compared, with the year in which each joined: {listed(told)}")


@measure
def distance(
    milex: pd.DataFrame, nato: pd.DataFrame, entry: pd.DataFrame, last: int
) -> pd.DataFrame:
    """Return burdens by years since accession: iso3, year (the distance), value and so on.

    Further columns: estimate, calendar (the year itself), joined, baltic, series. It is SIPRI's
    share of GDP where the release in hand has the Baltic states, else NATO's headline share,
    which starts in 2014.
    """
    codes = list(entry["iso3"])
    rows, column, series = known(milex, codes, BALTIC_JOINED, last, _SHARE), _SHARE, "SIPRI"
    estimate = "sipri_estimate"
    if not set(BALTIC) <= set(rows["iso3"]):
        rows = nato[nato["iso3"].isin(codes) & nato["year"].le(last)]
        column, series, estimate = _NATO_SHARE, "NATO", "estimate"
    made = rows[["iso3", "year"]].rename(columns={"year": "calendar"}).astype({"calendar": int})
    made = made.assign(value=rows[column], estimate=rows[estimate].astype(bool), series=series)
    made = made.merge(entry, on="iso3")
    made["year"] = made["calendar"] - made["joined"]
    order = made["iso3"].map({code: place for place, code in enumerate(codes)})
    made = made.assign(order=order)[made["year"] >= 0].sort_values(["order", "year"])
    return made.drop(columns="order").reset_index(drop=True)


@measure
def standing(by_distance: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return each member's newest burden beside the Baltic ones at its distance and today.

    Columns: iso3, name, joined, distance, calendar, own, low, mean, high (Baltic states at that
    distance; empty where the series lacks one of them), baltic_now (their mean in the newest year),
    series. Percent of GDP.
    """
    calls, found = full(names), []
    baltic = by_distance[by_distance["baltic"]]
    newest = baltic[baltic["calendar"] == baltic["calendar"].max()]["value"].mean()
    for iso3, part in by_distance[~by_distance["baltic"]].groupby("iso3", sort=False):
        now = part.sort_values("year").iloc[-1]
        then = baltic.loc[baltic["year"] == now["year"], "value"]
        whole = len(then) == len(BALTIC)
        low, mean, high = (then.min(), then.mean(), then.max()) if whole else (float("nan"),) * 3
        found.append(
            (iso3, calls[str(iso3)], now["joined"], now["year"], now["calendar"], now["value"],
             low, mean, high, newest, now["series"])
        )  # fmt: skip
    columns = "iso3 name joined distance calendar own low mean high baltic_now series"
    return pd.DataFrame(found, columns=columns.split())


@measure
def standing_story(stood: pd.DataFrame) -> Words:
    """Say who spends more and who less than the Baltic states did at the same distance."""
    if stood.empty:
        return words("no chosen country can be set beside the Baltic states")
    fair = stood[stood["mean"].notna()]
    told = []
    for sign, verb in ((1, "more"), (-1, "less")):
        part = fair[(fair["own"] - fair["mean"]) * sign > 0]
        if len(part):
            each = [
                f"{row['name']} ({row['own']:.1f}% of GDP after {row['distance']} years, Baltic "
                f"mean {row['mean']:.1f}%)"
                for _, row in part.iterrows()
            ]
            plural = "spend" if len(part) > 1 else "spends"
            told.append(f"{listed(each)} {plural} {verb} than the Baltic states then did")
    missing = stood.loc[stood["mean"].isna(), "name"].tolist()
    if missing:
        told.append(f"for {listed(missing)} the series in hand has no Baltic year to compare")
    return words("; ".join(told))


@measure
def standing_title(stood: pd.DataFrame) -> Words:
    """Say in a title who is ahead of the Baltic states at the same distance."""
    fair = stood[stood["mean"].notna()]
    ahead = fair.loc[fair["own"] > fair["mean"], "name"].tolist()
    behind = fair.loc[fair["own"] <= fair["mean"], "name"].tolist()
    if not ahead and not behind:
        return words("Burdens since accession: no year in common with the Baltic states")
    if ahead:
        return words(f"Ahead of the Baltic states at the same age in NATO: {listed(ahead)}")
    return words(f"Behind the Baltic states at the same age in NATO: {listed(behind)}")


@measure
def beside(
    nato: pd.DataFrame, entry: pd.DataFrame, first: int, last: int, column: str
) -> pd.DataFrame:
    """Return a column of NATO's tables over the years: iso3, year, value, estimate, baltic."""
    rows = nato[nato["iso3"].isin(list(entry["iso3"])) & nato["year"].between(first, last)]
    rows = rows[rows[column].notna()]
    made = pd.DataFrame(
        {
            "iso3": rows["iso3"],
            "year": rows["year"].astype(int),
            "value": rows[column].astype(float),
            "estimate": rows["estimate"].astype(bool),
            "baltic": rows["iso3"].isin(BALTIC),
        }
    )
    order = made["iso3"].map({code: place for place, code in enumerate(entry["iso3"])})
    return made.assign(order=order).sort_values(["order", "year"]).drop(columns="order")


def _newest(lines: pd.DataFrame) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    year = int(lines["year"].max())
    now = lines[lines["year"] == year]
    return year, now[~now["baltic"]], now[now["baltic"]]


@measure
def beside_story(lines: pd.DataFrame, names: pd.DataFrame, what: str) -> Words:
    """Say where the members and the Baltic states stood in the newest year, by `beside`."""
    if lines.empty or lines["baltic"].all():
        return words(f"For {what} no chosen country has figures of NATO's")
    year, own, other = _newest(lines)
    calls = full(names)
    each = [f"{calls[c]} {v:.1f}%" for c, v in zip(own["iso3"], own["value"], strict=True)]
    told = f"In {year} {what} was {listed(each)}"
    if len(other):
        low, high = other["value"].min(), other["value"].max()
        told += f", in the Baltic states {low:.1f} to {high:.1f}%"
    mark = ", by NATO's estimate" if own["estimate"].any() else ""
    return words(told + mark)


@measure
def beside_title(lines: pd.DataFrame, names: pd.DataFrame, what: str) -> Words:
    """Say in a title who is within and who below the Baltic range, by `beside`."""
    if lines.empty or lines["baltic"].all() or not lines["baltic"].any():
        return words(f"{what[0].upper()}{what[1:]}, members beside the Baltic states")
    year, own, other = _newest(lines)
    calls = full(names)
    below = [calls[c] for c in own.loc[own["value"] < other["value"].min(), "iso3"]]
    count = len(own)
    if len(below) == count:
        who = "the member compared" if count == 1 else "all members compared"
        return words(f"{what[0].upper()}{what[1:]} in {year}: {who} below every Baltic state")
    if not below:
        who = "the member compared" if count == 1 else "every member compared"
        return words(f"In {year} {who} reached the Baltic range in {what}")
    return words(f"In {year} {listed(below)} stood below the Baltic range in {what}")


@measure
def people(nato: pd.DataFrame, milex: pd.DataFrame, entry: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return soldiers per thousand inhabitants: iso3, year, soldiers, per_thousand, baltic.

    NATO's military personnel (`soldiers`, persons) over the population that SIPRI's amounts per
    head imply, in the first and in the newest year that both have. No row where one is unknown.
    """
    heads = known(milex, list(entry["iso3"]), 2014, last, "per_capita_usd")
    population = heads.assign(population=heads["current_usd_millions"] / heads["per_capita_usd"])
    rows = nato[nato["iso3"].isin(list(entry["iso3"])) & nato["year"].le(last)]
    rows = rows[["iso3", "year", "military_personnel_thousands"]].dropna()
    both = rows.merge(population[["iso3", "year", "population"]], on=["iso3", "year"])
    both = both[both["year"].isin([both["year"].min(), both["year"].max()])]
    made = pd.DataFrame(
        {
            "iso3": both["iso3"],
            "year": both["year"].astype(int),
            "soldiers": both["military_personnel_thousands"] * 1000,
            "per_thousand": both["military_personnel_thousands"] / both["population"],
            "baltic": both["iso3"].isin(BALTIC),
        }
    )
    return made.sort_values(["iso3", "year"]).reset_index(drop=True)


@measure
def people_story(found: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say how many soldiers there are per thousand inhabitants, by `people`."""
    if found.empty or found["baltic"].all():
        return words("Soldiers per inhabitant are not known for any chosen country")
    year, own, other = _newest(found)
    calls = full(names)
    each = [
        f"{calls[c]} {value:.1f}" for c, value in zip(own["iso3"], own["per_thousand"], strict=True)
    ]
    told = f"In {year} there were, per thousand inhabitants, so many soldiers: {listed(each)}"
    if other.empty:
        return words(f"{told}; populations of the Baltic states were not in the release then known")
    each = [
        f"{calls[c]} {value:.1f}"
        for c, value in zip(other["iso3"], other["per_thousand"], strict=True)
    ]
    return words(f"{told}; {listed(each)}")


@measure
def people_title(found: pd.DataFrame, names: pd.DataFrame) -> Words:
    """Say in a title who has most soldiers per inhabitant, by `people`."""
    year, own, other = _newest(found)
    top = pd.concat([own, other]).sort_values("per_thousand").iloc[-1]
    name = full(names)[str(top["iso3"])]
    return words(f"Of those shown {name} has most soldiers per thousand inhabitants ({year})")


@measure
def imbalance(
    milex: pd.DataFrame, codes: Sequence[str], iso3: str, first: int, last: int
) -> pd.DataFrame:
    """Return a country over the others of a list by year: year, kind, value (times).

    Kinds: money (its current dollars over those of all others together), share of GDP and money
    per head (over the plain mean of the others). A year in which one is unknown has no row.
    """
    found = []
    for kind, column in (
        ("money", "current_usd_millions"), ("share of GDP", _SHARE),
        ("money per head", "per_capita_usd"),
    ):  # fmt: skip
        rows = known(milex, codes, first, last, column)
        for year, part in rows.groupby("year"):
            if len(part) == len(codes):
                values = part.set_index("iso3")[column]
                rest = values.drop(iso3)
                over = rest.sum() if kind == "money" else rest.mean()
                found.append((int(str(year)), kind, float(values[iso3] / over)))
    return pd.DataFrame(found, columns=["year", "kind", "value"])


def _ratio(frame: pd.DataFrame, kind: str, year: int) -> float:
    return float(frame.loc[(frame["kind"] == kind) & (frame["year"] == year), "value"].iloc[0])


@measure
def imbalance_story(frame: pd.DataFrame, name: str, since: int) -> Words:
    """Say how the ratios of `imbalance` moved from a year to the newest one."""
    last, calls = int(frame["year"].max()), name
    start = max(min(since, last - 1), int(frame["year"].min()))
    told = [
        f"{text.format(_ratio(frame, kind, start))} in {start} and "
        f"{_ratio(frame, kind, last):.2f} times in {last}"
        for kind, text in (
            ("money", calls + " spent {:.2f} times what the other five did together"),
            ("share of GDP", "its share of GDP was {:.2f} times their mean"),
            ("money per head", "its money per head was {:.2f} times theirs"),
        )
    ]
    return words("; ".join(told))


@measure
def imbalance_title(frame: pd.DataFrame, name: str) -> Words:
    """Say in a title what a country spends beside the others together, by `imbalance`."""
    last = int(frame["year"].max())
    now = _ratio(frame, "money", last)
    top = frame[frame["kind"] == "money"].sort_values("value").iloc[-1]
    peak = "" if int(top["year"]) == last else f", down from {top['value']:.2f} in {top['year']}"
    return words(f"{name} spent {now:.2f} times what the other five did in {last}{peak}")


@measure
def baltic_mean(nato: pd.DataFrame, last: int, column: str) -> Quantity:
    """Return the plain mean of a column over the Baltic states in NATO's newest year."""
    rows = nato[nato["iso3"].isin(BALTIC) & nato["year"].le(last)]
    rows = rows[rows["year"] == rows["year"].max()]
    return quantity(float(rows[column].mean()), rows)


@measure
def newest_nato(nato: pd.DataFrame, last: int) -> Quantity:
    """Return the newest year of NATO's tables up to `last`."""
    rows = nato[nato["iso3"].isin(BALTIC) & nato["year"].le(last)]
    return quantity(float(rows["year"].max()), rows[rows["year"] == rows["year"].max()])
