"""The chart of a country's page that no theme has: one country before all others."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from balkandefence import style
from balkandefence.charts.spending import codes_of, line


def _lines(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each country's points, oldest first."""
    ordered = frame.sort_values("year")
    return {code: ordered[ordered["iso3"] == code] for code in codes_of(frame)}


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
    for code, part in _lines(frame).items():
        own = code == country
        colour = style.colour(code) if own else style.FAINT
        line(axes, part, colour=colour, width=2.8 if own else 1.3, order=3 if own else 2)
        last = part.iloc[-1]
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
    lines = _lines(frame)
    own = lines[country]
    first, last = own.iloc[0], own.iloc[-1]
    top = own.iloc[int(own["value"].to_numpy().argmax())]
    form = f",.{decimals}f"
    text = (
        f"Line chart, {unit}. {names[country]}: {first['value']:{form}} in {first['year']}, at "
        f"most {top['value']:{form}} in {top['year']}, {last['value']:{form}} in {last['year']}."
    )
    ends = {code: part.iloc[-1]["value"] for code, part in lines.items() if code != country}
    others = [f"{names[code]} {value:{form}}" for code, value in ends.items()]
    if others:
        text += f" In grey, with their last value: {', '.join(others)}."
    marked = own.loc[own["estimate"], "year"]
    if len(marked):
        text += f" SIPRI's own estimates for it: {marked.min()} to {marked.max()}."
    return text
