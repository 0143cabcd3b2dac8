"""Charts of the outlook: members beside the Baltic states, and Serbia beside its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balkandefence import style
from balkandefence.charts.spending import codes_of, line

_BAND = "#e6e9ed"


def _band(axes: Axes, frame: pd.DataFrame) -> None:
    """Shade the range of the Baltic states and draw their mean, in years that have all."""
    part = frame[frame["baltic"]].groupby("year")["value"].agg(["min", "mean", "max", "count"])
    whole = part[part["count"] == part["count"].max()]
    if len(whole):
        axes.fill_between(whole.index, whole["min"], whole["max"], color=_BAND, zorder=1)
        axes.plot(whole.index, whole["mean"], color=style.INK, linewidth=1.0, zorder=2)


def _range(frame: pd.DataFrame, unit: str, years: str = "") -> str:
    part = frame[frame["baltic"]]
    if part.empty:
        return " The Baltic states have no figures."
    last = part[part["year"] == part["year"].max()]["value"]
    year = int(part["year"].max())
    return f" Baltic states in {years}{year}: {last.min():.1f} to {last.max():.1f}{unit}."


def _each(frame: pd.DataFrame, names: dict[str, str], unit: str, years: str = "year ") -> str:
    told = []
    for code in codes_of(frame[~frame["baltic"]]):
        part = frame[frame["iso3"] == code].sort_values("year")
        first, last = part.iloc[0], part.iloc[-1]
        told.append(
            f"{names[code]} {first['value']:.1f}{unit} in {years}{first['year']}, "
            f"{last['value']:.1f}{unit} in {years}{last['year']}"
        )
    return "; ".join(told)


def _members(
    axes: Axes, frame: pd.DataFrame, names: dict[str, str], highlight: str, unit: str
) -> None:
    labels = []
    for code in codes_of(frame[~frame["baltic"]]):
        part, bold = frame[frame["iso3"] == code], code == highlight
        line(axes, part, colour=style.colour(code), width=2.8 if bold else 1.9, order=3 + bold)
        last = part.sort_values("year").iloc[-1]
        axes.plot(last["year"], last["value"], "o", color=style.colour(code), zorder=5)
        text = f"{names[code]} {last['value']:.1f}{unit}"
        labels.append((float(last["year"]), float(last["value"]), text, style.colour(code)))
    mean = frame[frame["baltic"]].groupby("year")["value"].mean()
    if len(mean):
        text = f"Baltic mean {mean.iloc[-1]:.1f}"
        labels.append((float(mean.index[-1]), float(mean.iloc[-1]), text, style.INK))
    for label in style.end_labels(axes, labels):
        label.set(bbox=style.on_paper(), zorder=6)
        label.set_zorder(6)


def distance(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    highlight: str,
) -> Figure:
    """Draw burdens by years since accession; `frame` is that of `measures.outlook.distance`."""
    told = f"Percent of GDP ({frame['series'].iloc[0]}) by years since joining NATO; "
    told += "grey: range and mean of Estonia, Latvia and Lithuania"
    figure, axes = style.canvas(title, told, narrow=narrow, height=3.9)
    _band(axes, frame)
    axes.set_ylim(0, frame["value"].max() * 1.08)
    axes.set_xlim(0, frame["year"].max() * (1.02))
    _members(axes, frame, names, highlight, "")
    axes.locator_params(axis="x", nbins=5 if narrow else 11, integer=True)
    axes.set_xlabel("years since joining")
    return figure


def describe_distance(frame: pd.DataFrame, *, names: dict[str, str], highlight: str) -> str:
    """Say in words what `distance` shows."""
    told = _each(frame, names, "%", "year ")
    return (
        "Line chart of military spending as a share of GDP by years since joining NATO: "
        f"{told}." + _range(frame, "%", "year ")
    )


def beside(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    highlight: str,
    unit: str,
    marks: Sequence[float] = (),
) -> Figure:
    """Draw a share over the years; `frame` is that of `measures.outlook.beside`."""
    told = f"{unit}; grey: range and mean of the Baltic states; dashed: NATO's estimates"
    if marks:
        told += f"; dashes across: {style.listed([f'{mark:g}%' for mark in marks])}"
    figure, axes = style.canvas(title, told, narrow=narrow, height=3.7)
    _band(axes, frame)
    for mark in marks:
        axes.axhline(mark, color=style.MUTED, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1.5)
    axes.set_ylim(0, max([frame["value"].max(), *marks]) * 1.08)
    _members(axes, frame, names, highlight, "")
    first, last = int(frame["year"].min()), int(frame["year"].max())
    style.whole_years(axes, first, last, most=4 if narrow else 10)
    return figure


def describe_beside(
    frame: pd.DataFrame,
    *,
    names: dict[str, str],
    highlight: str,
    unit: str,
    marks: Sequence[float] = (),
) -> str:
    """Say in words what `beside` shows."""
    return f"Line chart, {unit}: {_each(frame, names, '%', '')}." + _range(frame, "%")


def people(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw soldiers per thousand inhabitants; `frame` is that of `measures.outlook.people`."""
    first, last = int(frame["year"].min()), int(frame["year"].max())
    wide = frame.pivot(index="iso3", columns="year", values="per_thousand")
    wide = wide.rename(columns={first: "then", last: "now"})
    wide = wide.assign(then=wide.get("then", wide["now"])).sort_values("now", ascending=False)
    baltic = set(frame.loc[frame["baltic"], "iso3"])
    subtitle = f"Military personnel (NATO) per thousand inhabitants; hollow {first}, filled {last}"
    subtitle += "; Baltic states in grey" if baltic else ""
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=0.6 + 0.34 * len(wide))
    for place, (code, row) in enumerate(wide.iterrows()):
        colour = style.MUTED if code in baltic else style.colour(str(code))
        axes.plot([row["then"], row["now"]], [place, place], color=colour, linewidth=1.6, zorder=2)
        axes.plot(row["then"], place, "o", color=colour, markerfacecolor=style.PAPER, zorder=3)
        axes.plot(row["now"], place, "o", color=colour, zorder=3)
        axes.annotate(
            f"{row['now']:.1f}", (max(row["then"], row["now"]), place), xytext=(8, 0),
            textcoords="offset points", va="center", fontsize=9, color=colour,
        )  # fmt: skip
    style.rows(axes, [names[str(code)] for code in wide.index])
    axes.set_xlim(0, frame["per_thousand"].max() * 1.14)
    return figure


def describe_people(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `people` shows."""
    told = [
        f"{names[str(code)]} {part['per_thousand'].iloc[0]:.1f} in {part['year'].iloc[0]} and "
        f"{part['per_thousand'].iloc[-1]:.1f} in {part['year'].iloc[-1]}"
        for code, part in frame.sort_values("year").groupby("iso3")
    ]
    return f"Dot chart of soldiers per thousand inhabitants: {'; '.join(told)}."


_KIND = {"money": "#b3402a", "share of GDP": "#0b6aa8", "money per head": "#616e7c"}
_TOLD = {
    "money": "money, others together",
    "share of GDP": "share of GDP, their mean",
    "money per head": "per head, their mean",
}


def imbalance(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw a country over the others by year; `frame` is that of `measures.outlook.imbalance`."""
    subtitle = "Serbia as a multiple of the other five: 1 is parity"
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=3.4)
    axes.axhline(1.0, color=style.MUTED, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1)
    axes.set_ylim(0, frame["value"].max() * 1.08)
    labels = []
    for kind, part in frame.groupby("kind", sort=False):
        axes.plot(part["year"], part["value"], color=_KIND[str(kind)], zorder=3)
        text = f"{part['value'].iloc[-1]:.2f} " + _TOLD[str(kind)]
        if narrow:
            text = text.replace(", ", ",\n")
        labels.append((float(part["year"].iloc[-1]), float(part["value"].iloc[-1]), text,
                       _KIND[str(kind)]))  # fmt: skip
    first, last = int(frame["year"].min()), int(frame["year"].max())
    style.whole_years(axes, first, last, most=4 if narrow else 9)
    gap = frame["value"].max() * (0.17 if narrow else 0.08)
    style.end_labels(axes, labels, gap=gap)
    return figure


def describe_imbalance(frame: pd.DataFrame) -> str:
    """Say in words what `imbalance` shows."""
    told = [
        f"{_TOLD[str(kind)]}: {part['value'].iloc[0]:.2f} in {part['year'].iloc[0]}, at most "
        f"{part['value'].max():.2f}, {part['value'].iloc[-1]:.2f} in {part['year'].iloc[-1]}"
        for kind, part in frame.groupby("kind", sort=False)
    ]
    return f"Line chart of Serbia as a multiple of its five neighbours; {'; '.join(told)}."
