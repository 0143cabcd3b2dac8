"""Measures of how states vote: UN General Assembly ideal points and EU declarations.

The tilt of a state in a year is its distance to Russia (or China) minus its distance to Germany,
in points on the ideal-point line of Bailey, Strezhnev and Voeten: above zero it votes nearer to
Germany. Germany stands for the EU's middle, since the United States' own point moved most.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from balkandefence.measures.alliances import NEIGHBOUR, decimal, full_names, span
from balkandefence.provenance import Quantity, Words, measure, quantity, words
from balkandefence.spelling import listed

MAIN, CHECK = "final-passage votes", "all votes"
#: A point that rests on fewer votes of a state is too thin to read by itself.
FEWEST_VOTES = 20
#: Years in which the points of the large powers lie far from those of the years before.
UNSETTLED = {MAIN: (2025,)}
#: Years before and after Russia's full-scale invasion of Ukraine.
BEFORE, AFTER = (2019, 2021), (2022, 2023)

_PARTNERS = ("rus", "chn")


def series_known(un: pd.DataFrame) -> list[str]:
    """Return the series that the table un_voting holds on the day, the main one first."""
    return [name for name in (MAIN, CHECK) if (un["series"] == name).any()]


def _chosen(
    un: pd.DataFrame, countries: Sequence[str], series: str, first: int, last: int
) -> pd.DataFrame:
    wanted = un["iso3"].isin(list(countries)) & (un["series"] == series)
    return un[wanted & un["year"].between(first, last) & un["distance_rus"].notna()]


def _is_sound(rows: pd.DataFrame, series: str) -> pd.Series:
    return (rows["votes_count"] >= FEWEST_VOTES) & ~rows["year"].isin(UNSETTLED.get(series, ()))


def sound(
    un: pd.DataFrame, countries: Sequence[str], first: int, last: int, series: str = ""
) -> pd.DataFrame:
    """Return the rows of years that can be read by themselves, of one series (the main one)."""
    known = series_known(un)
    name = series or (known[0] if known else MAIN)
    rows = _chosen(un, countries, name, first, last)
    return rows[_is_sound(rows, name)]


@measure
def tilt(un: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> pd.DataFrame:
    """Return the tilt by state and year towards Germany against Russia and against China.

    `un` is the table un_voting; the main series answers, or the other where it was not yet out.
    One row a state, year and partner: iso3, year, partner (RUS, CHN), tilt (points), votes_count,
    sound (False for years that rest on few votes or in which the large powers' points jump).
    """
    known = series_known(un)
    name = known[0] if known else MAIN
    rows = _chosen(un, [*countries, NEIGHBOUR], name, first, last)
    parts = [
        pd.DataFrame(
            {
                "iso3": rows["iso3"],
                "year": rows["year"].astype(int),
                "partner": partner.upper(),
                "tilt": rows[f"distance_{partner}"] - rows["distance_deu"],
                "votes_count": rows["votes_count"],
                "sound": _is_sound(rows, name).astype(bool),
            }
        )
        for partner in _PARTNERS
    ]
    return pd.concat(parts, ignore_index=True)


@measure
def tilt_by_release(
    un: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> pd.DataFrame:
    """Return the tilt against Russia in each series, sound years only.

    One row a state, year and series: iso3, year, series, tilt.
    """
    parts = []
    for name in series_known(un):
        rows = sound(un, countries, first, last, name)
        shift = rows["distance_rus"] - rows["distance_deu"]
        part = {"iso3": rows["iso3"], "year": rows["year"].astype(int), "series": name}
        parts.append(pd.DataFrame({**part, "tilt": shift}))
    columns = ["iso3", "year", "series", "tilt"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


@measure
def releases_agree(un: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> Words:
    """Return in words how well the two releases agree: correlation, and where the sign differs."""
    both = tilt_by_release(un, countries, first, last)
    wide = both.pivot(index=["iso3", "year"], columns="series", values="tilt").dropna()
    if wide.shape[1] < 2 or len(wide) < 3:
        return words("Only one release was out on that day, so none checks the other.", un.iloc[:0])
    used = pd.concat([sound(un, countries, first, last, name) for name in (MAIN, CHECK)])
    used = un.loc[used.index]
    correlation = wide[MAIN].corr(wide[CHECK])
    differ = int((wide[MAIN] * wide[CHECK] < 0).sum())
    signs = f"in {differ} of these the sign differs" if differ else "the sign never differs"
    return words(
        f"The tilts in the two releases have a correlation of {correlation:.2f} over {len(wide)} "
        f"pairs of state and year, and {signs}.",
        used,
    )


@measure
def releases_correlation(
    un: pd.DataFrame, countries: Sequence[str], first: int, last: int
) -> Quantity:
    """Return the correlation of the tilts against Russia in the two releases, nan without both."""
    both = tilt_by_release(un, countries, first, last)
    wide = both.pivot(index=["iso3", "year"], columns="series", values="tilt").dropna()
    if wide.shape[1] < 2 or len(wide) < 3:
        return quantity(float("nan"))
    return quantity(float(wide[MAIN].corr(wide[CHECK])))


@measure
def least_tilted(
    un: pd.DataFrame, countries: Sequence[str], first: int, last: int, codes: pd.DataFrame
) -> Words:
    """Return who tilted least towards Germany against Russia in the last sound year, or ""."""
    rows = sound(un, countries, first, last)
    rows = rows[rows["year"] == rows["year"].max()]
    if len(rows) < 2:
        return words("", rows)
    return words(full_names(codes, [str(_tilts(rows).idxmin())])[0], rows)


def _tilts(rows: pd.DataFrame) -> pd.Series:
    return (rows["distance_rus"] - rows["distance_deu"]).set_axis(rows["iso3"])


@measure
def lean(
    un: pd.DataFrame, countries: Sequence[str], first: int, last: int, codes: pd.DataFrame
) -> Words:
    """Return in a sentence who voted nearer to Russia and who to Germany in the last sound year."""
    rows = sound(un, countries, first, last)
    if rows.empty:
        return words("No release of the voting data was out on that day.", rows)
    rows = rows[rows["year"] == rows["year"].max()]
    tilts = _tilts(rows).reindex([c for c in countries if c in set(rows["iso3"])])
    west = full_names(codes, list(tilts[tilts > 0].index))
    east = full_names(codes, list(tilts[tilts <= 0].index))
    start = f"In {int(rows['year'].max())}, the last year that stands on firm ground,"
    parts = []
    if west:
        parts.append(f"{listed(west)} voted nearer to Germany than to Russia")
    if east:
        parts.append(f"{listed(east)} voted nearer to Russia")
    other = sound(un, countries, int(rows["year"].max()), int(rows["year"].max()), CHECK)
    doubted = _tilts(other).reindex(tilts.index) * tilts < 0
    doubt = listed(full_names(codes, list(tilts.index[doubted])))
    close = f"; for {doubt} another release of the data says the opposite" if doubt else ""
    return words(f"{start} {', and '.join(parts)}{close}.", un.loc[rows.index.union(other.index)])


@measure
def weak_years(un: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> Words:
    """Return in a sentence which years shown cannot be read by themselves, and why."""
    known = series_known(un)
    rows = _chosen(un, countries, known[0] if known else MAIN, first, last)
    jumps = rows[rows["year"].isin(UNSETTLED.get(known[0] if known else MAIN, ()))]
    thin = rows[(rows["votes_count"] < FEWEST_VOTES) & ~rows["year"].isin(jumps["year"])]
    told = [
        f"{year} rests on at most {int(part.max())} votes a state"
        for year, part in thin.groupby("year")["votes_count"]
    ]
    told += [
        f"in {int(year)} the points of the large powers lie far from those of the years before"
        for year in sorted(set(jumps["year"]))
    ]
    if not told:
        return words("Every year shown rests on enough votes.", rows)
    start = "Years drawn hollow are left out of every statement: "
    return words(start + ", and ".join(told) + ".", un.loc[thin.index.union(jumps.index)])


@measure
def years_towards_russia(
    un: pd.DataFrame, countries: Sequence[str], first: int, last: int, codes: pd.DataFrame
) -> Words:
    """Return for each state with any such year how often it voted nearer to Russia, as a phrase."""
    rows = sound(un, countries, first, last)
    nearer = rows["distance_rus"] < rows["distance_deu"]
    told = []
    for code in countries:
        mine = nearer[rows["iso3"] == code]
        if mine.any():
            name = full_names(codes, [code])[0]
            told.append(f"{name} in {int(mine.sum())} of {len(mine)} years")
    return words(listed(told) or "none of them in any year", rows)


@measure
def shift(un: pd.DataFrame, countries: Sequence[str], last: int) -> pd.DataFrame:
    """Return what moved between 2019-21 and 2022-23: the state, or Russia and Germany.

    Columns: iso3; point (change of the state's own point), russia and germany (changes of its
    distances), all in points, mean of the later years minus mean of the earlier. Empty where
    the years shown end before 2022.
    """
    shown = [*countries, NEIGHBOUR]
    early = sound(un, shown, *BEFORE)
    late = sound(un, shown, AFTER[0], min(AFTER[1], last))
    columns = {"ideal_point": "point", "distance_rus": "russia", "distance_deu": "germany"}
    means = [part.groupby("iso3")[list(columns)].mean() for part in (early, late)]
    moved = (means[1] - means[0]).dropna().rename(columns=columns)
    return moved.reindex([code for code in shown if code in moved.index]).reset_index()


@measure
def shift_told(un: pd.DataFrame, countries: Sequence[str], last: int) -> Words:
    """Return in a sentence how far the states' own points and their distance to Russia moved."""
    moved = shift(un, countries, last)
    moved = moved[moved["iso3"].isin(list(countries))]
    if moved.empty:
        return words("The years shown do not reach both sides of 2022.", un.iloc[:0])
    rows = sound(un, countries, BEFORE[0], min(AFTER[1], last))
    own, russia = moved["point"].abs(), moved["russia"]
    ends = [f"{value:+.2f}".replace("-", "−") for value in (russia.min(), russia.max())]
    told = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    years = f"{BEFORE[0]}–{BEFORE[1]} and {AFTER[0]}–{min(AFTER[1], last)}"
    return words(
        f"Between {years} no state's own point moved by more than {own.max():.2f}, while the "
        f"distance to Russia changed by {told}.",
        rows,
    )


@measure
def why_not_us(un: pd.DataFrame, first: int, last: int) -> Words:
    """Return in a sentence how far the United States' own point moved since its last sound year."""
    rows = un[(un["iso3"] == "USA") & (un["series"] == MAIN) & un["year"].between(first, last)]
    firm = rows[_is_sound(rows, MAIN)].tail(1)
    late = rows[(rows["votes_count"] >= FEWEST_VOTES) & rows["year"].isin(UNSETTLED[MAIN])].tail(1)
    if firm.empty or late.empty:
        return words(
            "The release then known does not give the own point of the United States.",
            rows.iloc[:0],
        )
    before, after = firm.iloc[0], late.iloc[0]
    return words(
        f"The United States' own point also moved far: from {before['ideal_point']:.2f} in "
        f"{before['year']} to {after['ideal_point']:.2f} in {after['year']}.",
        rows.loc[firm.index.union(late.index)],
    )


@measure
def us_same(un: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> Quantity:
    """Return in which share of states and years a tilt against the US is the same for all, percent.

    The same means that the distance to the United States minus that to Germany differs by at
    most 0.1 point from the year's median: it then says nothing of the state.
    """
    rows = sound(un, [*countries, NEIGHBOUR], first, last)
    gap = rows["distance_usa"] - rows["distance_deu"]
    middle = gap.groupby(rows["year"]).transform("median")
    return quantity(100 * ((gap - middle).abs() <= 0.1).mean() if len(rows) else 100.0, rows)


def _period(row: pd.Series) -> tuple[float, float]:
    start, end = span(str(row["year"]))
    half = {"H1": (0.0, 0.5), "H2": (0.5, 1.0)}.get(row["period"], (0.0, 1.0))
    length = round(decimal(end)) - decimal(start)
    return decimal(start) + half[0] * length, decimal(start) + half[1] * length


@measure
def alignment(cfsp: pd.DataFrame, countries: Sequence[str], first: int, last: int) -> pd.DataFrame:
    """Return published shares of EU foreign-policy declarations joined, one row a value.

    `cfsp` is the table cfsp_alignment. Columns: iso3, year, period, start and end (decimal years
    that the value covers), alignment_pct, doubtful (inferred year or low confidence). Half-years
    and years overlap and are not one line.
    """
    rows = cfsp[cfsp["iso3"].isin(list(countries)) & cfsp["year"].between(first, last)]
    ends = [_period(row) for _, row in rows.iterrows()]
    return pd.DataFrame(
        {
            "iso3": rows["iso3"],
            "year": rows["year"].astype(int),
            "period": rows["period"],
            "start": [start for start, _ in ends],
            "end": [end for _, end in ends],
            "alignment_pct": rows["alignment_pct"],
            "doubtful": (rows["value_kind"] != "published") | (rows["confidence"] == "low"),
        }
    ).reset_index(drop=True)


def newest_alignment(cfsp: pd.DataFrame, countries: Sequence[str], last: int) -> pd.DataFrame:
    """Return each country's newest published share, without low-confidence values."""
    rows = cfsp[cfsp["iso3"].isin(list(countries)) & (cfsp["year"] <= last)]
    rows = rows[rows["confidence"] != "low"]
    ends = [_period(row)[1] for _, row in rows.iterrows()]
    rows = rows.assign(end=ends).sort_values("end", kind="stable")
    return rows.drop_duplicates("iso3", keep="last")


@measure
def most_aligned(
    cfsp: pd.DataFrame, countries: Sequence[str], last: int, codes: pd.DataFrame
) -> Words:
    """Return the country or countries with the highest alignment last known, or "none of them"."""
    rows = newest_alignment(cfsp, countries, last)
    best = rows[rows["alignment_pct"] == rows["alignment_pct"].max()]
    inside = [code for code in countries if code in set(best["iso3"])]
    return words(listed(full_names(codes, inside)) or "none of them", best)


@measure
def alignment_told(
    cfsp: pd.DataFrame, countries: Sequence[str], last: int, codes: pd.DataFrame
) -> Words:
    """Return each country's newest alignment with its period, as a phrase, highest first."""
    rows = newest_alignment(cfsp, countries, last)
    rows = rows.sort_values(["alignment_pct", "iso3"], ascending=[False, True], kind="stable")
    told = []
    for _, row in rows.iterrows():
        when = {"year": "", "H1": "first half of "}.get(row["period"], f"{row['period']} ")
        name = full_names(codes, [row["iso3"]])[0]
        told.append(f"{name} {row['alignment_pct']:.0f}% ({when}{row['year']})")
    return words(listed(told) or "no value is known", rows)
