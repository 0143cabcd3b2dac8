"""Charts of military spending."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import style


def level(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], unit: str
) -> Figure:
    """Draw one line a country over the years; `frame` is that of `measures.spending.level`."""
    figure, axes = style.canvas(title, unit, narrow=narrow, height=3.6)
    for code in frame:
        axes.plot(frame.index, frame[code], color=style.colour(code))
    style.from_zero(axes)
    style.thousands(axes)
    style.whole_years(
        axes, int(frame.index.min()), int(frame.index.max()), most=5 if narrow else 10
    )
    last = frame.ffill().iloc[-1]
    labels = [(frame.index.max(), float(last[c]), names[c], style.colour(c)) for c in frame]
    style.end_labels(axes, labels)
    return figure


def describe_level(frame: pd.DataFrame, *, names: dict[str, str], unit: str) -> str:
    """Say in words what `level` shows."""
    first, last = frame.index.min(), frame.index.max()
    told = [
        f"{names[c]} {frame[c].loc[first]:,.0f} in {first} and {frame[c].loc[last]:,.0f} in {last}"
        for c in frame
    ]
    return f"Line chart from {first} to {last}, million US dollars: " + "; ".join(told) + "."
