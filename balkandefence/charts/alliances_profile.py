"""Charts of the alignment profile and of what weights change."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import style


def profile(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
) -> Figure:
    """Draw six bars a country, one panel each, from 0 to 100 towards NATO and the EU.

    `frame` is that of `measures.alliances_profile.profile`; a missing component says so.
    """
    components = list(dict.fromkeys(frame["component"]))
    columns = 1 if narrow else min(3, len(countries))
    rows = -(-len(countries) // columns)
    figure, grid = style.canvas(
        title, "0 to 100; higher is nearer to NATO and the EU", narrow=narrow,
        height=rows * 1.75, rows=rows, columns=columns, sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    for axes, code in zip(grid.flat, countries, strict=False):
        mine = frame[frame["iso3"] == code].set_index("component")["value"]
        for y, component in enumerate(components):
            value = float(mine.get(component, float("nan")))
            axes.barh(y, 100, 0.64, color="#eef1f4")
            if pd.isna(value):
                axes.text(2, y, "no data", va="center", fontsize=8.5, color=style.MUTED)
                continue
            axes.barh(y, value, 0.64, color=style.colour(code))
            axes.text(103, y, f"{value:.0f}", va="center", fontsize=9)
        axes.set_title(names[code], loc="left", color=style.colour(code), fontweight="semibold")
        axes.set_yticks(range(len(components)), components)
        axes.tick_params(axis="y", labelcolor=style.INK)
        axes.set_ylim(len(components) - 0.5, -0.5)
        axes.set_xlim(0, 124)
        axes.grid(False)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
    for axes in list(grid.flat)[len(countries) :]:
        axes.set_axis_off()
    return figure


def describe_profile(
    frame: pd.DataFrame, *, names: dict[str, str], countries: Sequence[str]
) -> str:
    """Say in words what `profile` shows."""
    told = []
    for code in countries:
        mine = frame[frame["iso3"] == code]
        values = ["no data" if pd.isna(value) else f"{value:.0f}" for value in mine["value"]]
        parts = [f"{name} {value}" for name, value in zip(mine["component"], values, strict=True)]
        told.append(f"{names[code]}: {', '.join(parts)}")
    return f"Bars from 0 to 100, towards NATO and the EU. {'; '.join(told)}."


def weightings(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw the range of each country's weighted mean over all sets of weights tried.

    `frame` is that of `measures.alliances_profile.weightings`: thick from the 10th to the 90th
    percentile, thin for all, a dot for equal weights, dotted where a missing component could be
    anything.
    """
    figure, axes = style.canvas(
        title, "Thick: the middle 80% of sets of weights; thin: all; dot: equal weights; "
        "dotted: missing parts from 0 to 100", narrow=narrow, height=0.42 * len(frame) + 0.4,
    )  # fmt: skip
    for y, (_, row) in enumerate(frame.iterrows()):
        colour = style.colour(row["iso3"])
        axes.plot([row["missing_low"], row["missing_high"]], [y, y], ":", color=colour, lw=1.4)
        axes.plot([row["low"], row["high"]], [y, y], color=colour, lw=1.6)
        axes.plot(
            [row["middle_low"], row["middle_high"]], [y, y], color=colour, lw=8, alpha=0.55,
            solid_capstyle="butt",
        )  # fmt: skip
        axes.plot(row["equal"], y, "o", color=colour, ms=7, markeredgecolor=style.PAPER)
        axes.annotate(
            f"{row['equal']:.0f}", (row["equal"], y), xytext=(0, 8), textcoords="offset points",
            ha="center", fontsize=9, color=style.INK,
        )  # fmt: skip
    axes.set_yticks(range(len(frame)), [names[code] for code in frame["iso3"]])
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.set_ylim(len(frame) - 0.5, -0.7)
    axes.set_xlim(0, 102)
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    return figure


def describe_weightings(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `weightings` shows."""
    told = [
        f"{names[row['iso3']]} {row['equal']:.0f} with equal weights, {row['low']:.0f} to "
        f"{row['high']:.0f} over all, rank {row['best']} to {row['worst']}"
        for _, row in frame.iterrows()
    ]
    return f"Ranges of the weighted mean over all sets of weights tried. {'; '.join(told)}."
