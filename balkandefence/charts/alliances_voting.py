"""Charts of votes in the General Assembly and of alignment with EU declarations."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balkandefence import style

_AGAINST = {"RUS": "against Russia", "CHN": "against China"}
_SERIES = {"final-passage votes": "final passage", "all votes": "all votes"}


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def tilt(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
    highlight: str = "",
) -> Figure:
    """Draw the tilt by year, a panel against Russia and one against China.

    `frame` is that of `measures.alliances_voting.tilt`. Years that cannot be read by themselves
    are hollow and not joined.
    """
    marked = bool((~frame["sound"]).any())
    subtitle = "Points; above zero: nearer to Germany" + (
        "; hollow: few votes or a jump" if marked else ""
    )
    figure, grid = style.canvas(
        title, subtitle, narrow=narrow, height=5.6 if narrow else 3.7,
        rows=2 if narrow else 1, columns=1 if narrow else 2, sharey=True, squeeze=False,
    )  # fmt: skip
    first, last = int(frame["year"].min()), int(frame["year"].max())
    low, high = float(frame["tilt"].min()), float(frame["tilt"].max())
    for axes, partner in zip(grid.flat, _AGAINST, strict=True):
        axes.set_ylim(low - 0.12, high + 0.12)
        _tilt_panel(axes, frame[frame["partner"] == partner], countries, highlight, names)
        axes.axhline(0, color=style.MUTED, lw=1.0)
        axes.set_title(_AGAINST[partner], loc="left", fontweight="semibold")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
        style.whole_years(axes, first, last, most=4)
        axes.set_xlim(first - 0.3, last + 0.3)
    return figure


def _tilt_panel(
    axes: Axes,
    frame: pd.DataFrame,
    countries: Sequence[str],
    highlight: str,
    names: dict[str, str],
) -> None:
    """Draw one panel; the neighbour, which is not among the countries, is thin."""
    labels = []
    shown = [code for code in frame["iso3"].unique() if code in countries]
    others = [code for code in frame["iso3"].unique() if code not in countries]
    for code in [*others, *shown]:
        mine = frame[frame["iso3"] == code].sort_values("year")
        sound, weak = mine[mine["sound"]], mine[~mine["sound"]]
        colour, wide = style.colour(code), 2.8 if code == highlight else 1.7
        axes.plot(
            sound["year"], sound["tilt"], color=colour, lw=wide if code in shown else 1.0,
            zorder=3 if code == highlight else 2,
        )  # fmt: skip
        axes.plot(
            weak["year"], weak["tilt"], "o", ms=4.5, color=colour, markerfacecolor=style.PAPER,
            markeredgewidth=1.2,
        )  # fmt: skip
        end = mine.iloc[-1]
        labels.append((float(end["year"]) + 0.2, float(end["tilt"]), names[code], colour))
    style.end_labels(axes, labels, gap=0.145 * (axes.get_ylim()[1] - axes.get_ylim()[0]) / 2.6)


def describe_tilt(
    frame: pd.DataFrame, *, names: dict[str, str], countries: Sequence[str], highlight: str = ""
) -> str:
    """Say in words what `tilt` shows."""
    told = []
    for partner, label in _AGAINST.items():
        rows = frame[(frame["partner"] == partner) & frame["sound"]]
        parts = []
        for code in rows["iso3"].unique():
            mine = rows[rows["iso3"] == code].sort_values("year")
            a, b = mine.iloc[0], mine.iloc[-1]
            parts.append(
                f"{names[code]} {_signed(a['tilt'])} in {a['year']}, "
                f"{_signed(b['tilt'])} in {b['year']}"
            )
        told.append(f"{label[0].upper()}{label[1:]}: {'; '.join(parts)}.")
    weak = sorted({int(year) for year in frame.loc[~frame["sound"], "year"]})
    mark = f" Years drawn hollow: {style.listed(map(str, weak))}." if weak else ""
    return f"Lines of the tilt towards Germany by year. {' '.join(told)}{mark}"


def releases(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
) -> Figure:
    """Draw the tilt against Russia in each release, one panel a country.

    `frame` is that of `measures.alliances_voting.tilt_by_release`.
    """
    shown = [code for code in countries if code in set(frame["iso3"])]
    columns = 2 if narrow else min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure, grid = style.canvas(
        title, "Tilt against Russia, points; solid: final-passage votes, dashed: all votes",
        narrow=narrow, height=rows * 1.65, rows=rows, columns=columns, sharex=True, sharey=True,
        squeeze=False,
    )  # fmt: skip
    first, last = int(frame["year"].min()), int(frame["year"].max())
    for axes, code in zip(grid.flat, shown, strict=False):
        for series, dash in (("all votes", (0, (3, 1.5))), ("final-passage votes", "-")):
            mine = frame[(frame["iso3"] == code) & (frame["series"] == series)]
            colour = style.colour(code) if dash == "-" else style.MUTED
            axes.plot(mine["year"], mine["tilt"], color=colour, ls=dash, lw=1.8)
        axes.axhline(0, color=style.MUTED, lw=1.0)
        axes.set_title(names[code], loc="left", color=style.colour(code), fontweight="semibold")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
        style.whole_years(axes, first, last, most=3)
        axes.tick_params(labelbottom=True)
    for axes in list(grid.flat)[len(shown) :]:
        axes.set_axis_off()
    return figure


def describe_releases(
    frame: pd.DataFrame, *, names: dict[str, str], countries: Sequence[str]
) -> str:
    """Say in words what `releases` shows."""
    told = []
    for code in [code for code in countries if code in set(frame["iso3"])]:
        mine = frame[frame["iso3"] == code]
        year = int(mine.groupby("series")["year"].max().min())
        ends = mine[mine["year"] == year]
        parts = [f"{_signed(row['tilt'])} ({_SERIES[row['series']]})" for _, row in ends.iterrows()]
        told.append(f"{names[code]} in {year}: {' and '.join(parts)}")
    return (
        f"Lines of the tilt against Russia in each release, {frame['year'].min()} to "
        f"{frame['year'].max()}. {'; '.join(told)}."
    )


_MOVED = {
    "point": ("its own point", style.INK, "o"),
    "germany": ("distance to Germany", style.BLOC["EU-NATO"], "s"),
    "russia": ("distance to Russia", style.BLOC["Russia"], "D"),
}


def shift(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw what moved after 2022 by state: its own point and its distances, one mark each.

    `frame` is that of `measures.alliances_voting.shift`.
    """
    figure, axes = style.canvas(
        title, "Change from 2019–21 to 2022–23, points", narrow=narrow,
        height=0.42 * len(frame) + 0.75,
    )  # fmt: skip
    for y, (_, row) in enumerate(frame.iterrows()):
        axes.plot([0, row["russia"]], [y, y], color=style.GRID, lw=2, zorder=1)
        for column, (_, colour, mark) in _MOVED.items():
            axes.plot(row[column], y, mark, color=colour, ms=7, zorder=2)
        axes.annotate(
            _signed(row["russia"]), (row["russia"], y), xytext=(8, 0),
            textcoords="offset points", va="center", fontsize=9, color=_MOVED["russia"][1],
        )  # fmt: skip
    axes.axvline(0, color=style.MUTED, lw=1.0)
    style.rows(axes, [names[code] for code in frame["iso3"]])
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(
        lambda value, _: f"{value:+g}".replace("-", "−") if value else "0"
    )
    style.legend(
        axes, [style.mark(mark, colour, label) for label, colour, mark in _MOVED.values()],
        columns=3, at=(-0.3 if narrow else 0, -0.12), columnspacing=0.8,
        fontsize=8.5 if narrow else 9,
    )  # fmt: skip
    return figure


def describe_shift(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `shift` shows."""
    told = [
        f"{names[row['iso3']]}: own point {_signed(row['point'])}, distance to Russia "
        f"{_signed(row['russia'])}, to Germany {_signed(row['germany'])}"
        for _, row in frame.iterrows()
    ]
    return f"Marks of the change between the means of 2019–21 and 2022–23. {'; '.join(told)}."


def alignment(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
) -> Figure:
    """Draw each published share over the period that it covers, one panel a country.

    `frame` is that of `measures.alliances_voting.alignment`. Half-years are thin, doubtful values
    hollow; nothing is joined, since periods overlap.
    """
    columns = 1 if narrow else min(3, len(countries))
    rows = -(-len(countries) // columns)
    figure, grid = style.canvas(
        title, "% of EU declarations joined; thin: a half-year, hollow: year inferred",
        narrow=narrow, height=rows * (1.45 if narrow else 1.75), rows=rows,
        columns=columns, sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    first, last = int(frame["year"].min()), int(frame["year"].max())
    for axes, code in zip(grid.flat, countries, strict=False):
        mine = frame[frame["iso3"] == code]
        for _, row in mine.iterrows():
            _segment(axes, row)
        if mine.empty:
            axes.text(
                (first + last + 1) / 2, 50, "no published value", ha="center", fontsize=9,
                color=style.MUTED,
            )  # fmt: skip
        axes.set_title(names[code], loc="left", color=style.colour(code), fontweight="semibold")
        axes.set_ylim(0, 118)
        axes.set_yticks([0, 50, 100])
        axes.set_xlim(first - 0.2, last + 1.2)
        step = 4 if narrow or last - first > 4 else 2
        ticks = list(range(last, first - 1, -step))
        axes.set_xticks([tick + 0.5 for tick in ticks], [str(tick) for tick in ticks])
        axes.tick_params(labelbottom=True)
    for axes in list(grid.flat)[len(countries) :]:
        axes.set_axis_off()
    return figure


def _segment(axes: Axes, row: pd.Series) -> None:
    colour, value = style.colour(row["iso3"]), float(row["alignment_pct"])
    half = row["end"] - row["start"] < 0.9
    ends = [row["start"] + 0.06, row["end"] - 0.06]
    axes.plot(ends, [value] * 2, color=colour, lw=1.6 if half else 3.4, solid_capstyle="butt")
    if row["doubtful"]:
        inner = [ends[0] + 0.07, ends[1] - 0.07]
        axes.plot(inner, [value] * 2, color=style.PAPER, lw=1.6, solid_capstyle="butt")
    axes.annotate(
        f"{value:.0f}", ((row["start"] + row["end"]) / 2, value), xytext=(0, -3 if half else 3),
        textcoords="offset points", ha="center", va="top" if half else "bottom", fontsize=8.5,
        color=colour,
    )  # fmt: skip


def describe_alignment(
    frame: pd.DataFrame, *, names: dict[str, str], countries: Sequence[str]
) -> str:
    """Say in words what `alignment` shows."""
    told = []
    for code in countries:
        mine = frame[frame["iso3"] == code]
        parts = [
            f"{row['alignment_pct']:.0f} in "
            + {"year": "", "H1": "the first half of "}.get(row["period"], f"the {row['period']} ")
            + str(row["year"])
            for _, row in mine.iterrows()
        ]
        told.append(f"{names[code]}: {', '.join(parts) or 'no published value'}")
    return f"Percent of EU foreign-policy declarations joined. {'; '.join(told)}."
