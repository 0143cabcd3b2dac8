"""The chart of the back-test: ours over theirs, one dot a printed figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from balkandefence import style

_LOW, _HIGH = 0.1, 10.0


def _offsets(logs: np.ndarray) -> np.ndarray:
    """Return a height for each dot so that neighbours do not cover each other."""
    order, heights = np.argsort(logs, kind="stable"), np.zeros(len(logs))
    steps = (0.0, 0.17, -0.17, 0.34, -0.34)
    for place, index in enumerate(order):
        heights[index] = steps[place % len(steps)]
    return heights


def ratios(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw ours over theirs by family on a log axis; `frame` is that of `measures.checked`."""
    groups = list(dict.fromkeys(frame["family"]))
    tall = 0.9 + 0.8 * len(groups)
    subtitle = "Ours over theirs, one mark a figure, by country; band: within a tenth"
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=tall)
    axes.set_xscale("log")
    axes.axvspan(1 / 1.1, 1.1, color="#e6e9ed", zorder=1)
    axes.axvline(1.0, color=style.MUTED, linewidth=1.0, zorder=1.5)
    shown = frame.assign(ratio=frame["ratio"].clip(_LOW, _HIGH))
    shown["height"] = 0.0
    for place, group in enumerate(groups):
        inside = shown["family"] == group
        shown.loc[inside, "height"] = place + _offsets(np.log(shown["ratio"][inside].to_numpy()))
    sns.scatterplot(
        shown, x="ratio", y="height", hue="iso3", style="iso3", size="iso3", ax=axes, legend=False,
        edgecolor=style.PAPER, linewidth=0.3, zorder=3, **style.country_points(shown["iso3"], 6.0),
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    style.rows(axes, [g.replace(", ", ",\n") for g in groups])
    axes.set_xlim(0.09, max(2.2, float(shown["ratio"].max()) * 1.15))
    ticks = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    style.legend(
        axes, style.country_marks(frame["iso3"], names), columns=3 if narrow else 6,
        loc="upper center", at=(0.4, -0.42 / tall), borderpad=0.4,
    )  # fmt: skip
    return figure


def describe_ratios(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `ratios` shows."""
    told = []
    for group in dict.fromkeys(frame["family"]):
        part = frame[frame["family"] == group]
        told.append(
            f"{group}: {len(part)} figures, ours {part['ratio'].min():.2f} to "
            f"{part['ratio'].max():.2f} times theirs, in the middle {part['ratio'].median():.2f}"
        )
    return f"Dot chart of our figures over printed ones. {'; '.join(told)}."
