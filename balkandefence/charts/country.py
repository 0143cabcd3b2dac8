"""The chart of a country's page that no theme has: one country before all others."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import style
from balkandefence.charts.spending import codes_of, line


def _records(part: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one country's points as plain dictionaries, oldest first."""
    rows = part.sort_values("year").to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def before_others(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    country: str,
    unit: str,
    decimals: int = 0,
) -> Figure:
    """Draw a country's values over the years in its colour, the others in grey.

    `frame` is that of `measures.spending.series`; estimates are dashed.
    """
    subtitle = f"{unit[0].upper()}{unit[1:]}; dashed where SIPRI estimates"
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=3.4)
    labels = []
    for code in codes_of(frame):
        own = code == country
        part = frame[frame["iso3"] == code].sort_values("year")
        colour = style.colour(code) if own else style.FAINT
        line(axes, part, colour=colour, width=2.8 if own else 1.3, order=3 if own else 2)
        last = _records(part)[-1]
        text = f"{names[code]} {last['value']:,.{decimals}f}"
        shade = style.colour(code) if own else style.MUTED
        labels.append((float(last["year"]), float(last["value"]), text, shade))
    style.from_zero(axes)
    style.thousands(axes)
    years = frame["year"]
    style.whole_years(axes, int(years.min()), int(years.max()), most=4 if narrow else 10)
    for label in style.end_labels(axes, labels):
        label.set_fontweight("semibold" if label.get_color() == style.colour(country) else "normal")
    return figure


def describe_before_others(
    frame: pd.DataFrame, *, names: dict[str, str], country: str, unit: str, decimals: int = 0
) -> str:
    """Say in words what `before_others` shows: the country's course, and where the others end."""
    own = frame[frame["iso3"] == country].sort_values("year")
    first, last = _records(own)[0], _records(own)[-1]
    top = max(_records(own), key=lambda row: row["value"])
    form = f",.{decimals}f"
    text = (
        f"Line chart, {unit}. {names[country]}: {first['value']:{form}} in {first['year']}, at "
        f"most {top['value']:{form}} in {top['year']}, {last['value']:{form}} in {last['year']}."
    )
    ends = [_records(frame[frame["iso3"] == code])[-1] for code in codes_of(frame)]
    others = [f"{names[e['iso3']]} {e['value']:{form}}" for e in ends if e["iso3"] != country]
    if others:
        text += f" In grey, with their last value: {', '.join(others)}."
    marked = own.loc[own["estimate"], "year"]
    if len(marked):
        text += f" SIPRI's own estimates for it: {marked.min()} to {marked.max()}."
    return text
