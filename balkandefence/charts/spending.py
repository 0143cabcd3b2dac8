"""Charts of military spending: levels, burdens, ranks, growth and shares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balkandefence import style


def codes_of(frame: pd.DataFrame) -> list[str]:
    """Return the countries of a frame in the order in which they stand there."""
    return list(dict.fromkeys(frame["iso3"]))


def _runs(part: pd.DataFrame) -> Iterator[tuple[bool, list[int], list[float]]]:
    """Yield the stretches of one country's line: whether estimated, years and values.

    A stretch to an estimated year counts as estimated; a missing year breaks the line.
    """
    part = part.sort_values("year")
    years, values, guessed = (part[name].tolist() for name in ("year", "value", "estimate"))
    start = 0
    for i in range(1, len(years)):
        gap = years[i] != years[i - 1] + 1
        turns = i - 1 > start and guessed[i] != guessed[i - 1]
        if gap or turns:
            yield bool(guessed[i - 1]), years[start:i], values[start:i]
            start = i if gap else i - 1
    yield bool(guessed[-1]), years[start:], values[start:]


def line(axes: Axes, part: pd.DataFrame, *, colour: str, width: float, order: float = 2) -> None:
    """Draw one country's values over the years, dashed where they are estimates."""
    for estimated, years, values in _runs(part):
        dashes = (0, (2.2, 1.4)) if estimated else "-"
        axes.plot(years, values, color=colour, linewidth=width, linestyle=dashes, zorder=order)
    if len(part) == 1:
        axes.plot(part["year"], part["value"], "o", color=colour, zorder=order)


def _ends(part: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    ordered = part.sort_values("year")
    return ordered.iloc[0], ordered.iloc[-1]


def _dashed(frame: pd.DataFrame, names: dict[str, str]) -> str:
    marked = [names[code] for code in codes_of(frame[frame["estimate"]])]
    return f" Dashed stretches are estimates by SIPRI: {style.listed(marked)}." if marked else ""


def _told(frame: pd.DataFrame, names: dict[str, str], form: str) -> str:
    """Return each country's first, highest and last value in words."""
    told = []
    for code in codes_of(frame):
        part = frame[frame["iso3"] == code]
        (first, last), top = _ends(part), part.sort_values("value").iloc[-1]
        text = f"{names[code]} {first['value']:{form}} in {first['year']}"
        if top["year"] not in (first["year"], last["year"]):
            text += f", at most {top['value']:{form}} in {top['year']}"
        told.append(f"{text}, {last['value']:{form}} in {last['year']}")
    return "; ".join(told)


def level(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    unit: str,
    highlight: str,
) -> Figure:
    """Draw one line a country; `frame` is that of `measures.spending.level`."""
    subtitle = f"{unit[0].upper()}{unit[1:]}; dashed where SIPRI estimates"
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=3.9)
    labels = []
    for code in codes_of(frame):
        part, bold = frame[frame["iso3"] == code], code == highlight
        line(axes, part, colour=style.colour(code), width=2.8 if bold else 1.7, order=2 + bold)
        last = _ends(part)[1]
        text = f"{names[code]} {last['value']:,.0f}"
        labels.append((float(last["year"]), float(last["value"]), text, style.colour(code)))
    style.from_zero(axes)
    style.thousands(axes)
    first, latest = int(frame["year"].min()), int(frame["year"].max())
    style.whole_years(axes, first, latest, most=4 if narrow else 10)
    style.end_labels(axes, labels)
    return figure


def describe_level(frame: pd.DataFrame, *, names: dict[str, str], unit: str, highlight: str) -> str:
    """Say in words what `level` shows."""
    order = sorted(codes_of(frame), key=lambda code: code != highlight)
    told = _told(pd.concat([frame[frame["iso3"] == code] for code in order]), names, ",.0f")
    text = f"Line chart of military expenditure by country, {unit}: {told}."
    return text + _dashed(frame, names)


#: What the marks on share-of-GDP charts are called.
_MARK = {2.0: "guideline of 2%", 3.5: "commitment to 3.5% by 2035"}


def burden(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    comparators: Sequence[str],
    marks: Sequence[float],
    highlight: str,
) -> Figure:
    """Draw shares of GDP, the comparators in a panel of their own; `frame` as for `level`."""
    beside = [code for code in codes_of(frame) if code in comparators]
    groups = [[code for code in codes_of(frame) if code not in comparators], beside]
    groups = [group for group in groups if group]
    count = len(groups)
    shape = {"rows": count} if narrow else {"columns": count}
    told = style.listed([_MARK[mark] for mark in marks])
    figure, drawn = style.canvas(
        title, f"Military expenditure, percent of GDP; dashes across: NATO's {told}",
        narrow=narrow, height=2.9 * count if narrow else 3.7, **shape, squeeze=False, sharey=True,
    )  # fmt: skip
    panels = list(drawn.flat)
    first, latest = int(frame["year"].min()), int(frame["year"].max())
    top = max(frame["value"].max(), max(marks)) * 1.08
    for axes, group in zip(panels, groups, strict=True):
        for mark in marks:
            axes.axhline(mark, color=style.MUTED, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1)
        labels = []
        for code in group:
            part, bold = frame[frame["iso3"] == code], code == highlight
            line(axes, part, colour=style.colour(code), width=2.6 if bold else 1.7, order=2 + bold)
            last = _ends(part)[1]
            text = f"{names[code]} {last['value']:.1f}"
            labels.append((float(last["year"]), float(last["value"]), text, style.colour(code)))
        axes.set_ylim(0, top)
        style.whole_years(axes, first, latest, most=4 if narrow or count > 1 else 9)
        style.end_labels(axes, labels, gap=top * 0.19 / (2.5 if narrow else 3.2))
    if count > 1:
        panels[0].set_title("Western Balkans", loc="left", color=style.MUTED)
        panels[1].set_title("For comparison", loc="left", color=style.MUTED)
    return figure


def describe_burden(
    frame: pd.DataFrame,
    *,
    names: dict[str, str],
    comparators: Sequence[str],
    marks: Sequence[float],
    highlight: str,
) -> str:
    """Say in words what `burden` shows."""
    own = frame[~frame["iso3"].isin(list(comparators))]
    beside = frame[frame["iso3"].isin(list(comparators))]
    newest = own[(own["year"] == own["year"].max()) & (own["value"] >= min(marks))]
    above = style.listed([names[code] for code in newest["iso3"]]) or "none"
    bold = f" {names[highlight]} is drawn bold."
    compared = f" For comparison: {_told(beside, names, '.1f')}." if len(beside) else ""
    lines = style.listed([_MARK[mark] for mark in marks])
    return (
        f"Line chart of military expenditure in percent of GDP, with NATO's {lines} as dashed "
        f"lines: {_told(own, names, '.1f')}. At or above {min(marks):.0f}% at the end: {above}."
        f"{compared}{_dashed(frame, names)}{bold}"
    )


_MONEY = {"constant": "constant money", "current": "current money"}


def _rank_panels(frame: pd.DataFrame) -> list[tuple[str, int, pd.DataFrame]]:
    cases = [(money, window) for window in (1, 5) for money in _MONEY]
    parts = [(m, w, frame[(frame["money"] == m) & (frame["window"] == w)]) for m, w in cases]
    return [case for case in parts if len(case[2])]


def ranks(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], highlight: str
) -> Figure:
    """Draw ranks by year and over five years; `frame` is that of `measures.spending.ranks`."""
    cases = _rank_panels(frame)
    columns = 1 if narrow or len(cases) == 1 else 2
    rows = -(-len(cases) // columns)
    most = int(frame["rank"].max())
    figure, drawn = style.canvas(
        title, "Rank by military expenditure, 1 spends most", narrow=narrow,
        height=rows * (0.75 + 0.2 * most), rows=rows, columns=columns, squeeze=False,
    )  # fmt: skip
    panels = list(drawn.flat)
    for axes in panels[len(cases) :]:
        axes.remove()
    for axes, (money, window, part) in zip(panels, cases, strict=False):
        for code in codes_of(part):
            own, bold = part[part["iso3"] == code].sort_values("year"), code == highlight
            colour = style.colour(code)
            axes.plot(
                own["year"], own["rank"], "-o", color=colour, linewidth=2.6 if bold else 1.6,
                markersize=4.5 if bold else 3, zorder=2 + bold,
            )  # fmt: skip
            axes.annotate(
                names[code], (own["year"].iloc[-1], own["rank"].iloc[-1]), xytext=(7, 0),
                textcoords="offset points", va="center", fontsize=9, color=colour,
                annotation_clip=False,
            )  # fmt: skip
        span = "Each year" if window == 1 else "Five years to the year"
        axes.set_title(f"{span}, {_MONEY[money]}", loc="left", color=style.MUTED)
        axes.set_ylim(most + 0.5, 0.5)
        axes.set_yticks(range(1, most + 1))
        axes.grid(visible=False)
        style.whole_years(axes, int(part["year"].min()), int(part["year"].max()), most=4)
    return figure


def describe_ranks(frame: pd.DataFrame, *, names: dict[str, str], highlight: str) -> str:
    """Say in words what `ranks` shows."""
    own = frame.loc[frame["iso3"] == highlight, "rank"]
    told = []
    for money, window, part in _rank_panels(frame):
        last = part[part["year"] == part["year"].max()].sort_values("rank")
        order = ", ".join(names[code] for code in last["iso3"])
        span = "the year" if window == 1 else "the five years to"
        told.append(f"in {_MONEY[money]}, for {span} {last['year'].iloc[0]}: {order}")
    ends = f"{names[highlight]}'s rank lies between {own.min()} and {own.max()}"
    return f"Rank of each country by spending. {ends}. Order at the end, {'; '.join(told)}."


def growth(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], unit: str
) -> Figure:
    """Draw change over each span as bars; `frame` is that of `measures.spending.growth`."""
    spans = sorted(frame["span"].unique())
    longest = frame[frame["span"] == spans[-1]].sort_values("growth_pct", ascending=False)
    order = [*longest["iso3"], *(c for c in codes_of(frame) if c not in set(longest["iso3"]))]
    shape = {"rows": len(spans)} if narrow else {"columns": len(spans)}
    each = 0.55 + 0.27 * len(order)
    figure, drawn = style.canvas(
        title, f"Change in percent and, in brackets, in {unit}", narrow=narrow,
        height=each * len(spans) if narrow else each, **shape, squeeze=False, sharey=True,
    )  # fmt: skip
    for axes, span in zip(drawn.flat, spans, strict=True):
        part = frame[frame["span"] == span].set_index("iso3")
        low, high = min(part["growth_pct"].min(), 0), max(part["growth_pct"].max(), 1)
        for place, code in enumerate(order):
            if code not in part.index:
                continue
            value, added = part.loc[code, "growth_pct"], part.loc[code, "added"]
            axes.barh(place, value, color=style.colour(code), height=0.62)
            text = f"{value:+,.0f}% ({added:+,.0f})".replace("-", "−")
            axes.annotate(
                text, (max(value, 0), place), xytext=(4, 0), textcoords="offset points",
                va="center", fontsize=8.5,
            )  # fmt: skip
        axes.set_xlim(low * 1.1, high + (high - low) * (0.55 if narrow else 0.95))
        axes.set_ylim(len(order) - 0.5, -0.5)
        axes.set_yticks(range(len(order)), [names[code] for code in order])
        axes.axvline(0, color=style.FAINT, linewidth=0.8)
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        since = int(part["since"].iloc[0])
        years = "One year" if span == 1 else f"{span} years"
        axes.set_title(f"{years}, since {since}", loc="left", color=style.MUTED)
    return figure


def describe_growth(frame: pd.DataFrame, *, names: dict[str, str], unit: str) -> str:
    """Say in words what `growth` shows."""
    told = []
    for span, part in frame.groupby("span"):
        values = "; ".join(
            f"{names[row['iso3']]} {row['growth_pct']:+.0f}% ({row['added']:+,.0f})"
            for _, row in part.iterrows()
        )
        years = "one year" if span == 1 else f"{span} years"
        told.append(f"Over {years} since {part['since'].iloc[0]}: {values}.")
    return f"Bars of change in spending, amounts in {unit}. {' '.join(told)}".replace("-", "−")


def panels(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], unit: str
) -> Figure:
    """Draw one small panel a country, the others pale behind; `frame` as for `level`."""
    codes = codes_of(frame)
    columns = min(len(codes), 2 if narrow else 3)
    rows = -(-len(codes) // columns)
    figure, drawn = style.canvas(
        title, unit, narrow=narrow, height=1.5 * rows, rows=rows, columns=columns,
        squeeze=False, sharex=True, sharey=True,
    )  # fmt: skip
    places = list(drawn.flat)
    for axes in places[len(codes) :]:
        axes.set_visible(False)
    first, latest = int(frame["year"].min()), int(frame["year"].max())
    for axes, code in zip(places, codes, strict=False):
        for other in codes:
            part = frame[frame["iso3"] == other]
            if other != code:
                axes.plot(part["year"], part["value"], color=style.GRID, linewidth=1.2, zorder=1)
        part = frame[frame["iso3"] == code]
        line(axes, part, colour=style.colour(code), width=2.2)
        last = _ends(part)[1]
        axes.set_title(names[code], loc="left", color=style.colour(code))
        axes.annotate(
            f"{last['value']:.1f}", (last["year"], last["value"]), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=9, color=style.colour(code),
            annotation_clip=False,
        )  # fmt: skip
        axes.set_ylim(0, frame["value"].max() * 1.12)
        style.whole_years(axes, first, latest, most=2 if narrow else 3)
        axes.tick_params(labelbottom=True)
    return figure


def describe_panels(frame: pd.DataFrame, *, names: dict[str, str], unit: str) -> str:
    """Say in words what `panels` shows."""
    return f"Small line charts by country, {unit}: {_told(frame, names, '.1f')}." + _dashed(
        frame, names
    )


def then_and_now(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], unit: str
) -> Figure:
    """Draw a value then and now for each country; `frame` is `measures.spending.then_and_now`."""
    ordered = frame.sort_values("now", ascending=False).reset_index(drop=True)
    then, now = int(frame["then_year"].iloc[0]), int(frame["now_year"].iloc[0])
    subtitle = f"{unit}; hollow {then}, filled {now}; comparison countries in grey"
    figure, axes = style.canvas(
        title, subtitle, narrow=narrow, height=0.5 + 0.29 * len(ordered)
    )  # fmt: skip
    for place, row in ordered.iterrows():
        colour = style.MUTED if row["comparator"] else style.colour(row["iso3"])
        axes.plot([row["then"], row["now"]], [place, place], color=colour, linewidth=1.6, zorder=2)
        axes.plot(row["then"], place, "o", color=colour, markerfacecolor=style.PAPER, zorder=3)
        axes.plot(row["now"], place, "o", color=colour, zorder=3)
        axes.annotate(
            f"{row['now']:,.0f}", (max(row["now"], row["then"]), place), xytext=(8, 0),
            textcoords="offset points", va="center", fontsize=9, color=colour,
        )  # fmt: skip
    style.rows(axes, [names[code] for code in ordered["iso3"]])
    axes.set_xlim(0, frame[["then", "now"]].max().max() * (1.15 if narrow else 1.08))
    axes.locator_params(axis="x", nbins=4 if narrow else 7)
    style.thousands(axes, "x")
    return figure


def describe_then_and_now(frame: pd.DataFrame, *, names: dict[str, str], unit: str) -> str:
    """Say in words what `then_and_now` shows."""
    ordered = frame.sort_values("now", ascending=False)
    told = []
    for _, row in ordered.iterrows():
        before = "" if pd.isna(row["then"]) else f" after {row['then']:,.0f}"
        told.append(f"{names[row['iso3']]} {row['now']:,.0f}{before}")
    years = f"{frame['now_year'].iloc[0]} beside {frame['then_year'].iloc[0]}"
    return f"Dot chart, {unit}, {years}: {'; '.join(told)}."
