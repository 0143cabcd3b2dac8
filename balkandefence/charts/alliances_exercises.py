"""Charts of exercises, published counts and contributions to missions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balkandefence import style
from balkandefence.charts.batches import Dots

#: Blocs of the ledger in stacking order: the book's bloc and the name in the key.
BLOCS = {
    "NATO/US": ("US", "NATO or US"),
    "EU": ("EU-NATO", "EUFOR"),
    "TUR": ("Turkey", "Turkey"),
    "other": ("other", "others"),
    "CHN": ("China", "China"),
    "RUS/BLR": ("Russia", "Russia, Belarus"),
}

_MIXED = "UN and others"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def exercises(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
) -> Figure:
    """Draw one mark an exercise, by year and bloc, in one panel a country.

    `frame` is that of `measures.alliances_exercises.listed_exercises`.
    """
    columns = 2 if narrow else min(3, len(countries))
    rows = -(-len(countries) // columns)
    most = int(frame.groupby(["iso3", "year"]).size().max())
    figure, grid = style.canvas(
        title,
        "One mark: one exercise found; hollow: single source or low confidence",
        narrow=narrow,
        height=rows * (0.55 + 0.095 * max(most, 5)) + (0.5 if narrow else 0.3),
        rows=rows + 1,
        height_ratios=[*[1.0] * rows, 0.3 if narrow else 0.16],
        columns=columns,
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    first, last = int(frame["year"].min()), int(frame["year"].max())
    for axes, code in zip(grid.flat, countries, strict=False):
        _dots(axes, frame[frame["iso3"] == code], 3.6 if narrow else 4.6)
        axes.set_title(names[code], loc="left", color=style.colour(code), fontweight="semibold")
        axes.set_xlim(first - 0.7, last + 0.7)
        axes.set_ylim(0, most + 1)
        ticks = [y for y in range(first, last + 1) if (last - y) % 5 == 0]
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.tick_params(labelbottom=True)
        axes.set_yticks(range(0, most + 1, 5))
    for axes in list(grid.flat)[len(countries) :]:
        axes.set_axis_off()
    used = [bloc for bloc in BLOCS if bloc in set(frame["bloc"])]
    keys = [
        style.mark(colour=style.BLOC[bloc], label=label, **style.point(style.BLOC_MARK[bloc], 5))
        for bloc, label in (BLOCS[key] for key in used)
    ]
    # The key has a row of its own: a legend outside the axes would run into the footer.
    style.legend(grid[-1][0], keys, columns=3 if narrow else 6, at=(-0.02, 1.0), free=True)
    return figure


def _dots(axes: Axes, frame: pd.DataFrame, size: float) -> None:
    order = {bloc: place for place, bloc in enumerate(BLOCS)}
    dots = Dots()
    found = zip(frame["year"].tolist(), frame["bloc"], frame["firm"].tolist(), strict=True)
    height: Counter[int] = Counter()
    for year, kind, firm in sorted(found, key=lambda row: (order[row[1]], not row[2])):
        bloc = BLOCS[kind][0]
        colour = style.BLOC[bloc]
        fill = colour if firm else style.PAPER
        dots.add(year, height[year] + 0.6, style.BLOC_MARK[bloc], size, edge=colour, fill=fill)
        height[year] += 1
    dots.draw(axes, width=1.1)


def describe_exercises(
    frame: pd.DataFrame, *, names: dict[str, str], countries: Sequence[str]
) -> str:
    """Say in words what `exercises` shows."""
    told = []
    for code in countries:
        mine = frame[frame["iso3"] == code]
        counts = mine["bloc"].value_counts()
        parts = [f"{int(counts[b])} with {BLOCS[b][1]}" for b in BLOCS if b in counts]
        told.append(f"{names[code]}: {', '.join(parts) or 'none found'}")
    return (
        f"Marks, one an exercise found in the ledger, {frame['year'].min()} to "
        f"{frame['year'].max()}. {'; '.join(told)}. "
        f"{int((~frame['firm'].astype(bool)).sum())} of the {len(frame)} marks are hollow."
    )


_PARTNERS = {
    "NATO": (style.BLOC["US"], "with NATO members\nand partners"),
    "RUS": (style.BLOC["Russia"], "with Russia"),
    "ALL": (style.INK, "with all partners"),
}


def moratorium(frame: pd.DataFrame, *, title: str, narrow: bool = False, since: int) -> Figure:
    """Draw published yearly numbers of exercises as ranges, with the suspension shaded.

    `frame` is that of `measures.alliances_exercises.published_ranges`; `since` is the year in
    which exercises were suspended.
    """
    figure, axes = style.canvas(
        title, "Exercises a year as published; a bar where sources differ", narrow=narrow,
        height=2.9,
    )  # fmt: skip
    first, last = int(frame["year"].min()), max(int(frame["year"].max()), since)
    axes.axvspan(since - 0.5, last + 0.6, color="#eef1f4", zorder=0)
    top = float(frame["high"].max())
    axes.text(
        since - 0.42,
        top * 1.12,
        f"suspended from {since}",
        fontsize=9,
        color=style.MUTED,
        va="center",
    )
    for _, row in frame.iterrows():
        colour = _PARTNERS[row["partner"]][0]
        x = row["year"] + {"NATO": -0.09, "RUS": 0.09}.get(row["partner"], 0.0)
        axes.plot([x, x], [row["low"], row["high"]], color=colour, lw=5, alpha=0.35)
        axes.plot(
            [x] * 2, [row["low"], row["high"]], "o", color=colour, ms=6, clip_on=False, zorder=5
        )
        same = row["low"] == row["high"]
        label = f"{row['high']:.0f}" if same else f"{row['low']:.0f} to {row['high']:.0f}"
        if not same and row["part_year"]:
            label += "*"
        axes.annotate(
            label, (x, row["high"]), xytext=(0, 7), textcoords="offset points", ha="center",
            fontsize=9.5, color=colour, fontweight="semibold",
        )  # fmt: skip
    for partner, rows in frame.groupby("partner"):
        row = rows.iloc[0]
        x, y, gap = row["year"], (row["low"] + row["high"]) / 2, 14
        if partner == "ALL":  # its low points leave no room beside them
            x, y, gap = since - 0.42, top * 0.24, 0
        axes.annotate(
            _PARTNERS[str(partner)][1], (x, y), xytext=(gap, 0), textcoords="offset points",
            va="center", fontsize=9, color=_PARTNERS[str(partner)][0],
        )  # fmt: skip
    for year in sorted(set(range(first, last)) - set(frame["year"])):
        axes.text(
            year, top * 0.03, "no number\nfound", ha="center", fontsize=8.5,
            color=style.MUTED, va="bottom",
        )  # fmt: skip
    axes.set_xlim(first - 0.6, last + 0.6)
    axes.set_ylim(0, top * 1.2)
    axes.set_xticks(range(first, last + 1), [str(year) for year in range(first, last + 1)])
    return figure


def describe_moratorium(frame: pd.DataFrame, *, since: int) -> str:
    """Say in words what `moratorium` shows."""
    told = []
    for _, row in frame.iterrows():
        low, high = f"{row['low']:.0f}", f"{row['high']:.0f}"
        label = _PARTNERS[row["partner"]][1].replace("\n", " ")
        told.append(f"{row['year']} {label} {low if low == high else f'{low} to {high}'}")
    return (
        f"Published numbers of exercises a year, suspended from {since} on: {'; '.join(told)}. "
        "Where one count covers only a part of the year the range is starred."
    )


def _when(date: str) -> str:
    if not date:
        return "no date"
    return f"{_MONTHS[int(date[5:7]) - 1][:3]} {date[:4]}" if len(date) >= 7 else date


def contributions(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw one bar a reported contribution, grouped by mission, with its number.

    `frame` is that of `measures.alliances_exercises.contributions`.
    """
    groups = list(dict.fromkeys(frame["group"]))
    sizes = [int((frame["group"] == group).sum()) for group in groups]
    figure, grid = style.canvas(
        title, "Personnel as reported; snapshots, not a series", narrow=narrow,
        height=0.24 * sum(sizes) + 0.42 * len(groups) + 0.3, rows=len(groups),
        sharex=True, squeeze=False, height_ratios=[size + 0.6 for size in sizes],
    )  # fmt: skip
    top = max(float(frame["personnel"].max(skipna=True) or 0), 1.0)
    for axes, group in zip(grid.flat, groups, strict=True):
        rows = frame[frame["group"] == group].reset_index(drop=True)
        labels = []
        for y, row in rows.iterrows():
            _bar(axes, y, row, top, inside=narrow and group == _MIXED)
            which = f" · {row['mission']}" if group == _MIXED and not narrow else ""
            labels.append(f"{names[row['iso3']]}{which} · {_when(row['date'])}")
        axes.set_yticks(range(len(rows)), labels)
        axes.tick_params(axis="y", labelcolor=style.INK)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_title(group, loc="left", fontweight="semibold")
        axes.set_xlim(0, top * (1.35 if narrow else 1.18))
        axes.grid(False)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
    return figure


def _bar(axes: Axes, y: int, row: pd.Series, top: float, *, inside: bool) -> None:
    """Draw one contribution; `inside` writes the mission into or behind the bar."""
    colour = style.colour(row["iso3"])
    if pd.isna(row["personnel"]):
        text = "listed, no number" + (f": {row['mission']}" if inside else "")
        axes.text(top * 0.01, y, text, va="center", fontsize=9, color=style.MUTED)
        return
    count, rounded = float(row["personnel"]), row["kind"] != "exact"
    fill = style.PAPER if rounded else colour
    axes.barh(y, count, 0.62, color=fill, edgecolor=colour, lw=1.0)
    text = f"about {count:,.0f}" if rounded else f"{count:,.0f}"
    if inside and count > top / 2:
        axes.text(
            top * 0.02, y, row["mission"], va="center", fontsize=8.5,
            color=style.INK if rounded else style.PAPER,
        )  # fmt: skip
    elif inside:
        text += f" · {row['mission']}"
    axes.text(count + top * 0.015, y, text, va="center", fontsize=9)


def describe_contributions(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `contributions` shows."""
    told = []
    for _, row in frame.iterrows():
        count = "listed without a number" if pd.isna(row["personnel"]) else f"{row['personnel']:,}"
        told.append(f"{names[row['iso3']]}, {row['mission']}, {_when(row['date'])}: {count}")
    return "Bars of reported personnel. " + "; ".join(told) + "."
