"""The chart of how long each way takes to make the book."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import style

_OURS = "ours"


def _spelled(seconds: float) -> str:
    return f"{seconds:,.1f} s" if seconds < 10 else f"{seconds:,.0f} s"


def bars(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw one bar a way, in a panel a case, shortest time said beside each.

    `frame` has case, way (its key), label and seconds, in the order in which they are shown.
    """
    cases = list(dict.fromkeys(frame["case"]))
    rows = [frame[frame["case"] == case] for case in cases]
    sizes = [len(part) for part in rows]
    figure, axes = style.canvas(
        title, "Median seconds, from the first command to the finished pages", narrow=narrow,
        height=0.26 * sum(sizes) + 0.42 * len(cases), rows=len(cases), columns=1, squeeze=False,
        sharex=True, height_ratios=sizes,
    )  # fmt: skip
    widest = float(frame["seconds"].max())
    for at, case, part in zip(axes[:, 0], cases, rows, strict=True):
        colours = [style.COUNTRY["ALB"] if way == _OURS else style.FAINT for way in part["way"]]
        at.barh(range(len(part)), part["seconds"], color=colours, height=0.7)
        style.rows(at, list(part["label"]))
        for y, seconds in enumerate(part["seconds"]):
            at.annotate(
                _spelled(seconds), (seconds, y), xytext=(4, 0), textcoords="offset points",
                va="center", fontsize=8.5, color=style.INK,
            )  # fmt: skip
        at.set_title(case, loc="left", fontsize=9.5, weight="semibold")
        at.set_xlim(0, widest * (1.18 if not narrow else 1.3))
    return figure


def describe_bars(frame: pd.DataFrame) -> str:
    """Say in words what `bars` shows."""
    told = [
        f"{case}: " + ", ".join(f"{label} {_spelled(s)}" for label, s in
                                zip(part["label"], part["seconds"], strict=True))
        for case, part in frame.groupby("case", sort=False)
    ]  # fmt: skip
    return "Bar chart of the median seconds that each way takes. " + ". ".join(told) + "."
