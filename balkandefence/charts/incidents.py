"""Charts of the incident ledger: coverage, timelines, kinds, authors.

Filled marks are rows that count in headlines; hollow ones rest on a single source or are of low
confidence. A year without a row is shown as such, never as zero.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from balkandefence import style
from balkandefence.charts.batches import Dots
from balkandefence.measures.incidents_missions import middle

_HOLLOW = "single source or low confidence"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as plain dictionaries, in order."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def star(until: dt.date) -> str:
    """Return what the star on the last year's tick means, or nothing where the year is over."""
    over = (until.month, until.day) == (12, 31)
    return "" if over else f" * to {until.day} {until:%B %Y}."


def _part(until: dt.date) -> str:
    """Return how the last year's tick is written when the year is not over."""
    return str(until.year) if (until.month, until.day) == (12, 31) else f"{until.year}*"


def year_ticks(axes: Axes, first: int, until: dt.date, *, most: int, at: float = 0.0) -> None:
    """Put ticks on whole years, the last marked with a star where it is not over."""
    style.whole_years(axes, first, until.year, most=most)
    ticks = axes.get_xticks()
    axes.set_xticks(ticks + at)
    axes.set_xticklabels([_part(until) if t == until.year else f"{t:.0f}" for t in ticks])


def coverage(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, until: dt.date, half: int
) -> Figure:
    """Draw rows a year, counted and left out; `frame` is that of `incidents_views.by_year`.

    `half` is the year from which on at least half of the rows date; its years are dark.
    """
    subtitle = (
        "Rows of the ledger a year; outlined: " + _HOLLOW + ", in no headline count." + star(until)
    )
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=2.9)
    counted = frame["counted_count"].astype(float).fillna(0)
    left_out = frame["left_out_count"].astype(float).fillna(0)
    shade = [style.INK if year >= half else style.MUTED for year in frame["year"]]
    axes.bar(frame["year"], counted, color=shade, width=0.74)
    axes.bar(
        frame["year"], left_out, bottom=counted, width=0.74, facecolor=style.PAPER,
        edgecolor=style.MUTED, linewidth=0.9,
    )  # fmt: skip
    size = 8.5 if narrow else 9
    for year, one, two in zip(frame["year"], counted, left_out, strict=True):
        if one + two:
            axes.annotate(
                f"{one + two:.0f}", (year, one + two), xytext=(0, 2), textcoords="offset points",
                ha="center", fontsize=size, color=style.INK,
            )  # fmt: skip
        else:
            axes.annotate(
                "none found", (year, 0), xytext=(0, 3), textcoords="offset points", ha="center",
                va="bottom", rotation=90, fontsize=8.5, color=style.MUTED,
            )  # fmt: skip
    style.from_zero(axes)
    axes.margins(y=0.1)
    axes.set_yticks([])
    axes.grid(visible=False)
    year_ticks(axes, int(frame["year"].min()), until, most=5 if narrow else 10)
    return figure


def describe_coverage(frame: pd.DataFrame, *, until: dt.date, half: int) -> str:
    """Say in words what `coverage` shows."""
    known = frame.dropna(subset=["counted_count"])
    told = "; ".join(
        f"{row['year']} {row['counted_count']} and {row['left_out_count']}"
        for row in records(known)
    )
    empty = style.listed(str(y) for y in frame.loc[frame["counted_count"].isna(), "year"])
    gap = f" No row was found for {empty}, which is not evidence of calm." if empty else ""
    return (
        f"Bars of the ledger's rows a year, counted and left out of headlines: {told}.{gap} "
        f"At least half of the rows date from {half} or later; {until.year} ends on "
        f"{until.day} {until:%B}."
    )


def _slots(at: Sequence[float], apart: float) -> list[int]:
    """Return for each position the slot (0, 1, -1, 2 …) in which it touches no earlier one."""
    order = [0, *(sign * step for step in range(1, 40) for sign in (1, -1))]
    last: dict[int, float] = {}
    found = []
    for x in at:
        slot = next(s for s in order if x - last.get(s, -1e9) >= apart)
        last[slot] = x
        found.append(slot)
    return found


def _lanes(frame: pd.DataFrame, column: str, lanes: Sequence[str]) -> dict[str, pd.DataFrame]:
    return {lane: frame[frame[column] == lane] for lane in lanes}


def timeline(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: Mapping[str, str],
    by: str,
    until: dt.date,
    highlight: str = "",
) -> Figure:
    """Draw each incident on its day, in a lane a country, category or topic.

    `frame` is that of `incidents_views.moments` or `threads`; `by` names the column of the lanes
    (iso3, category, topic). Incidents close in time are moved up and down within their lane, the
    same way each time; rows known to the month are strokes over the month, not dots on a day.
    Where lanes mix countries, each has its own shape besides its colour, and a legend.
    """
    lanes = _lanes(frame, by, list(dict.fromkeys(_ordered(frame, by))))
    mixed = by != "iso3" and frame["iso3"].nunique() > 1
    first = int(frame["from"].dt.year.min())
    apart = (until.year + 1 - first) / (3.5 if narrow else 7.0) * (0.078 if narrow else 0.088)
    placed = {lane: _slots([_at(d) for d in rows["from"]], apart) for lane, rows in lanes.items()}
    step, label = (0.08, 0.24) if narrow else (0.09, 0.22)
    tops = {lane: max([1, *slots]) * step + 0.05 for lane, slots in placed.items()}
    lows = {lane: -min([-1, *slots]) * step + 0.05 for lane, slots in placed.items()}
    height = max(1.0, math.fsum(tops[lane] + lows[lane] + label + 0.06 for lane in lanes))
    subtitle = (
        "Filled: counted. Hollow: " + _HOLLOW + ". Bars: only the month is known." + star(until)
    )
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=height + 0.75)
    base, dots = 0.0, Dots()
    for lane, rows in lanes.items():
        base -= label + tops[lane] + 0.03
        _lane(axes, dots, rows, placed[lane], base, step, narrow, shapes=mixed)
        shown = names.get(lane, lane)
        marked = int((~rows["counted"]).sum())
        told = f"{int(rows['counted'].sum())}" + (f" (+{marked})" if marked else "")
        axes.text(
            first, base + tops[lane] + 0.055, f"{shown[0].upper()}{shown[1:]}  {told}", fontsize=9,
            color=style.colour(lane) if by == "iso3" else style.INK,
            weight="bold" if lane == highlight or by != "iso3" else "semibold", va="bottom",
        )  # fmt: skip
        base -= lows[lane] + 0.03
        axes.axhline(base, color=style.GRID, linewidth=0.8)
    dots.draw(axes, width=0.9)
    axes.set_ylim(base, 0)
    axes.set_xlim(first - 0.1, until.year + 1)
    axes.set_yticks([])
    axes.grid(visible=False)
    year_ticks(axes, first, until, most=5 if narrow else 10, at=0.5)
    if mixed:
        _country_legend(axes, frame, names, narrow, -0.34 / height)
    return figure


def _ordered(frame: pd.DataFrame, by: str) -> list[str]:
    """Return the lanes: topics as they come, other values by number of rows, most first."""
    if by == "topic":
        return list(frame[by])
    sizes = frame[by].value_counts()
    return sorted(sizes.index, key=lambda lane: (-sizes[lane], lane))


def _at(day: pd.Timestamp) -> float:
    return middle(f"{day:%Y-%m-%d}")


def _lane(
    axes: Axes, dots: Dots, rows: pd.DataFrame, slots: list[int], base: float, step: float,
    narrow: bool, *, shapes: bool,
) -> None:  # fmt: skip
    """Put a lane's rows among the dots, and draw those of which only the month is known."""
    size = 4.0 if narrow else 4.8
    told = (rows[name] for name in ("iso3", "counted", "precision", "from", "to"))
    for code, counted, precision, start, end, slot in zip(*told, slots, strict=True):
        colour, at, y = style.colour(code), _at(start), base + slot * step
        fill = colour if counted else style.PAPER
        if precision == "month":
            bar = Rectangle(
                (at, y - 0.02), (_at(end) - at) * (2 if narrow else 1.4), 0.04, facecolor=fill,
                edgecolor=colour, linewidth=0.9, zorder=3,
            )  # fmt: skip
            axes.add_patch(bar)
            continue
        shape = style.country_mark(code) if shapes else "o"
        dots.add(at, y, shape, size, edge=colour, fill=fill)


def _country_legend(
    axes: Axes, frame: pd.DataFrame, names: Mapping[str, str], narrow: bool, below: float
) -> None:
    marks = style.country_marks(frame["iso3"], names)
    style.legend(axes, marks, columns=3 if narrow else 6, at=(0, below))


def describe_timeline(
    frame: pd.DataFrame,
    *,
    names: Mapping[str, str],
    by: str,
    until: dt.date,
    highlight: str = "",
) -> str:
    """Say in words what `timeline` shows."""
    told = []
    for lane, rows in _lanes(frame, by, list(dict.fromkeys(_ordered(frame, by)))).items():
        years = rows["from"].dt.year
        marked = int((~rows["counted"]).sum())
        told.append(
            f"{names.get(lane, lane)} {int(rows['counted'].sum())} counted and {marked} marked, "
            f"{years.min()} to {years.max()}"
        )
    what = {"iso3": "country", "category": "category", "topic": "topic"}[by]
    return f"Timeline of incidents to {until}, one lane a {what}: " + "; ".join(told) + "."


def kinds(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw counted rows by category and country as circles whose area is the number.

    `frame` is that of `incidents_views.kinds`; a pair without a row stays empty.
    """
    codes = [str(c) for c in frame.columns if c not in ("category", "all")]
    subtitle = "Counted rows by kind and country; an empty place means that none was found"
    row_height = 0.46 if narrow else 0.36
    figure, axes = style.canvas(
        title, subtitle, narrow=narrow, height=row_height * len(frame) + (0.75 if narrow else 0.5)
    )
    dots = Dots()
    for y, row in enumerate(records(frame)):
        for x, code in enumerate(codes):
            if pd.notna(row[code]):
                _circle(axes, dots, x, y, int(row[code]), style.colour(code), narrow)
        total = "" if pd.isna(row["all"]) else f"{row['all']}"
        axes.text(len(codes), y, total, ha="center", va="center", fontsize=9.5, weight="semibold")
        if narrow:
            name = f"{row['category'][0].upper()}{row['category'][1:]}"
            axes.text(-0.45, y - 0.47, name, fontsize=8.5, va="center", color=style.MUTED)
    dots.draw(axes, width=0)
    axes.set_xlim(-0.5, len(codes) + 0.45)
    axes.set_ylim(len(frame) - 0.45, -0.75 if narrow else -0.55)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(codes) + 1), [*(names[c] for c in codes), "All"])
    if narrow:
        axes.tick_params("x", rotation=40, labelsize=8.5)
        axes.set_yticks([])
    else:
        axes.set_yticks(range(len(frame)), [f"{c[0].upper()}{c[1:]}" for c in frame["category"]])
    axes.tick_params("x", length=0, colors=style.INK)
    axes.spines["bottom"].set_visible(False)
    for y in range(len(frame)):
        axes.axhline(y + 0.5 - (0.22 if narrow else 0), color=style.GRID, linewidth=0.6)
    axes.grid(visible=False)
    return figure


def _circle(axes: Axes, dots: Dots, x: int, y: int, number: int, colour: str, narrow: bool) -> None:
    dots.add(x, y, "o", ((20 if narrow else 30) * number) ** 0.5, edge=colour, fill=colour)
    inside = number > (5 if narrow else 3)
    axes.annotate(
        str(number), (x, y), ha="center" if inside else "left", va="center", fontsize=8.5,
        xytext=(0 if inside else 3 + (20 * number) ** 0.5 / 2, -0.5), textcoords="offset points",
        color=style.PAPER if inside else style.INK,
    )  # fmt: skip


def describe_kinds(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words what `kinds` shows."""
    told = []
    for row in records(frame):
        parts = [
            f"{names[code]} {row[code]}"
            for code in row
            if code not in ("category", "all") and pd.notna(row[code])
        ]
        if parts:
            told.append(f"{row['category']} {row['all']} ({', '.join(parts)})")
    return "Circles of counted incidents by kind and country: " + "; ".join(told) + "."


def authors(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw counted rows by attribution status, the contested part dark.

    `frame` is that of `incidents_views.authors`.
    """
    subtitle = "Counted rows by the furthest step that holds; dark: a party contests the account"
    height = (0.52 if narrow else 0.42) * len(frame)
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=height + 0.2)
    both = frame["contested_count"] + frame["uncontested_count"]
    thick = 0.42 if narrow else 0.62
    for y, (dark, total) in enumerate(zip(frame["contested_count"], both, strict=True)):
        axes.barh(y, total, height=thick, color=style.FAINT)
        axes.barh(y, dark, height=thick, color=style.INK)
        if dark:
            axes.annotate(
                str(dark), (dark, y), xytext=(-3, -0.5), textcoords="offset points", ha="right",
                va="center", fontsize=8.5, color=style.PAPER,
            )  # fmt: skip
        axes.annotate(
            f"{total}", (total, y), xytext=(4, -0.5), textcoords="offset points", va="center",
            fontsize=9.5, weight="semibold",
        )  # fmt: skip
        if narrow:
            status = frame["status"].iloc[y]
            axes.text(0, y - 0.4, f"{status[0].upper()}{status[1:]}", fontsize=8.5, va="center")
    axes.set_yticks(
        [] if narrow else range(len(frame)),
        [] if narrow else [f"{s[0].upper()}{s[1:]}" for s in frame["status"]],
    )
    axes.set_ylim(len(frame) - 0.5, -0.6)
    axes.set_xlim(0, max(1, both.max()) * 1.1)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    return figure


def describe_authors(frame: pd.DataFrame) -> str:
    """Say in words what `authors` shows."""
    told = [
        f"{row['status']} {row['contested_count'] + row['uncontested_count']}, "
        f"{row['contested_count']} of them contested"
        for row in records(frame)
    ]
    return "Bars of counted incidents by attribution, firmest first: " + "; ".join(told) + "."
