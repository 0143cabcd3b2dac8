"""Charts of what goals would cost: paths, extra money and the pace that they need."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from balkandefence import style
from balkandefence.charts.spending import codes_of

#: Marks of the goals, in the order of the key; colours stay the countries'.
_MARK = {"target": "o", "commitment": "D", "neighbour": "s", "baltic": "^"}


def _labels(frame: pd.DataFrame) -> dict[str, str]:
    shares = frame.drop_duplicates("goal").set_index("goal")["goal_pct"]
    told = {
        "target": "own goal", "commitment": "NATO's commitment",
        "neighbour": "highest neighbour", "baltic": "Baltic mean",
    }  # fmt: skip
    return {goal: f"{told[goal]} {shares[goal]:.1f}%" for goal in told if goal in shares}


def paths(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], unit: str
) -> Figure:
    """Draw spending to a goal, a panel a country; `frame` of `measures.outlook_costs.paths`."""
    codes = codes_of(frame)
    columns = 2 if narrow else min(3, len(codes))
    rows = -(-len(codes) // columns)
    figure, drawn = style.canvas(
        title, f"{unit}, each panel on its own scale; dashed: unchanged share of "
        "GDP; full: path to the goal", narrow=narrow, height=1.75 * rows + 0.2, rows=rows,
        columns=columns, squeeze=False,
    )  # fmt: skip
    panels = list(drawn.flat)
    for axes, code in zip(panels, codes, strict=False):
        part, colour = frame[frame["iso3"] == code], style.colour(code)
        axes.fill_between(part["year"], part["unchanged"], part["path"], color=colour, alpha=0.16)
        axes.plot(part["year"], part["unchanged"], color=style.MUTED, linewidth=1.6,
                  linestyle=(0, (3, 1.5)))  # fmt: skip
        if part["reached"].iloc[0]:
            note = "at the goal"
        else:
            axes.plot(part["year"], part["path"], color=colour)
            note = f"+{part['path'].iloc[-1] - part['unchanged'].iloc[-1]:,.0f}"
        axes.set_title(f"{names[code]}: {note}", loc="left", color=colour, fontsize=9.5)
        axes.set_ylim(0, max(part["path"].max(), part["unchanged"].max()) * 1.15)
        years = [int(part["year"].min()), int(part["year"].max())]
        axes.set_xticks(years, [str(year) for year in years])
        axes.locator_params(axis="y", nbins=3)
        style.thousands(axes)
    for axes in panels[len(codes) :]:
        axes.set_axis_off()
    return figure


def describe_paths(frame: pd.DataFrame, *, names: dict[str, str], unit: str) -> str:
    """Say in words what `paths` shows."""
    told = []
    for code in codes_of(frame):
        last = frame[frame["iso3"] == code].iloc[-1]
        if last["reached"]:
            told.append(f"{names[code]} is at the goal with {last['unchanged']:,.0f}")
        else:
            told.append(f"{names[code]} {last['path']:,.0f} instead of {last['unchanged']:,.0f}")
    year = frame["year"].max()
    return f"Small line charts of spending up to {year}, {unit}: in {year} {'; '.join(told)}."


def extra(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], unit: str
) -> Figure:
    """Draw the extra cost of each goal and its range; `frame` of `outlook_costs.costs`."""
    codes, labels = codes_of(frame), _labels(frame)
    goals = sorted(labels, key=lambda goal: frame.loc[frame["goal"] == goal, "goal_pct"].iloc[0])
    tall = 0.9 + len(codes) * (0.17 * len(goals) + 0.16)
    figure, axes = style.canvas(
        title, f"{unit} beyond an unchanged share of GDP; bars: growth two points lower and "
        "higher; no mark where the goal is met", narrow=narrow, height=tall,
    )  # fmt: skip
    step = 0.8 / len(goals)
    for place, code in enumerate(codes):
        part = frame[(frame["iso3"] == code) & ~frame["reached"]].set_index("goal")
        for order, goal in enumerate(goals):
            if goal not in part.index:
                continue
            row, y = part.loc[goal], place - 0.4 + (order + 0.5) * step
            axes.plot([row["low"], row["high"]], [y, y], color=style.colour(code), linewidth=3.5,
                      alpha=0.35, zorder=2)  # fmt: skip
            axes.plot(row["extra"], y, _MARK[goal], color=style.colour(code), markersize=5.5,
                      zorder=3, clip_on=False)  # fmt: skip
            axes.annotate(f"{row['extra']:,.0f}", (row["high"], y), xytext=(5, 0),
                          textcoords="offset points", va="center", fontsize=8.5,
                          color=style.colour(code))  # fmt: skip
    style.rows(axes, [names[code] for code in codes])
    axes.set_xlim(0, max(frame["high"].max(), 1.0) * (1.16 if narrow else 1.08))
    axes.locator_params(axis="x", nbins=4 if narrow else 8)
    style.thousands(axes, "x")
    marks = [style.mark(_MARK[goal], style.MUTED, labels[goal], markersize=5.5) for goal in goals]
    _below(axes, marks, tall, columns=2 if narrow else len(goals))
    return figure


def describe_extra(frame: pd.DataFrame, *, names: dict[str, str], unit: str) -> str:
    """Say in words what `extra` shows."""
    labels, told = _labels(frame), []
    for code in codes_of(frame):
        part = frame[frame["iso3"] == code]
        each = [
            f"{labels[row['goal']]} " + ("met" if row["reached"] else f"{row['extra']:,.0f}")
            for _, row in part.iterrows()
        ]
        told.append(f"{names[code]}: {', '.join(each)}")
    return f"Dot chart of extra spending in the target year, {unit}. {'; '.join(told)}."


def _below(axes: Axes, marks: Sequence[Line2D], tall: float, *, columns: int) -> None:
    """Put a legend below the axis of a chart `tall` inches high."""
    style.legend(
        axes, marks, columns=columns, at=(0.4, -0.42 / tall), loc="upper center",
        handletextpad=0.2, columnspacing=2.0, borderpad=0.4,
    )  # fmt: skip


def pace(frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]) -> Figure:
    """Draw growth needed for each goal beside growth before; `frame` of `outlook_costs.costs`."""
    codes, labels = codes_of(frame), _labels(frame)
    goals = [goal for goal in ("target", "commitment") if goal in labels]
    tall = 0.9 + 0.48 * len(codes)
    figure, axes = style.canvas(
        title, "Growth of spending in percent a year, constant prices; bar: the five years before",
        narrow=narrow, height=tall,
    )  # fmt: skip
    for place, code in enumerate(codes):
        part = frame[frame["iso3"] == code].set_index("goal")
        axes.barh(place, part["past_pct"].iloc[0], height=0.5, color=style.colour(code), alpha=0.35)
        for goal in goals:
            axes.plot(part.loc[goal, "needed_pct"], place, _MARK[goal], markersize=7,
                      color=style.colour(code), zorder=3)  # fmt: skip
    marks = [style.mark(_MARK[goal], style.MUTED, f"needed, {labels[goal]}") for goal in goals]
    axes.axvline(0, color=style.FAINT, linewidth=1)
    style.rows(axes, [names[code] for code in codes])
    axes.margins(x=0.06)
    _below(axes, marks, tall, columns=1 if narrow else 2)
    return figure


def describe_pace(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `pace` shows."""
    told = []
    for code in codes_of(frame):
        part = frame[frame["iso3"] == code].set_index("goal")
        past = part["past_pct"].iloc[0]
        before = "not known" if pd.isna(past) else f"{past:.1f}%"
        needed = [
            f"{row['needed_pct']:.1f}% for {row['goal_pct']:.1f}% of GDP"
            for goal, row in part.iterrows()
            if goal in ("target", "commitment")
        ]
        told.append(f"{names[code]} {before} before, {style.listed(needed)} needed")
    return f"Bar and dot chart of yearly growth of spending: {'; '.join(told)}."
