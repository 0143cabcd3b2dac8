"""Charts by NATO's definition: money per soldier, equipment against burden, the four categories."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from balkandefence import style
from balkandefence.charts.spending import codes_of


def per_soldier(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw spending per soldier; `frame` is that of `measures.spending_nato.per_soldier`."""
    order = frame.groupby("iso3")["usd_thousand"].max().sort_values(ascending=False).index.tolist()
    newest = int(frame["year"].max())
    subtitle = f"Thousand current US dollars, {newest} unless marked"
    high, foot = 0.4 + 0.3 * len(order), 0.45 if narrow else 0.28
    figure, drawn = style.canvas(
        title, subtitle, narrow=narrow, height=high + foot, rows=2, squeeze=False,
        height_ratios=[high, foot],
    )  # fmt: skip
    axes = drawn[0][0]
    for _, row in frame.iterrows():
        place, nato = order.index(row["iso3"]), row["method"] == "NATO"
        colour = style.colour(row["iso3"])
        face = colour if nato else style.PAPER
        axes.plot(row["usd_thousand"], place, "o", color=colour, markerfacecolor=face, markersize=7)
    for place, code in enumerate(order):
        part = frame[frame["iso3"] == code].sort_values("usd_thousand")
        text = " and ".join(f"{value:,.0f}" for value in part["usd_thousand"])
        if (part["year"] < newest).any():
            text += f" ({part['year'].min()})"
        axes.annotate(
            text, (part["usd_thousand"].max(), place), xytext=(8, 0), textcoords="offset points",
            va="center", fontsize=9, color=style.colour(code),
        )  # fmt: skip
    style.rows(axes, [names[code] for code in order])
    axes.set_xlim(0, frame["usd_thousand"].max() * (1.28 if narrow else 1.12))
    axes.locator_params(axis="x", nbins=4 if narrow else 7)
    labels = {"NATO": "NATO's money and count", "SIPRI and CIA": "SIPRI's money, CIA's count"}
    shown = [m for m in labels if m in set(frame["method"])]
    marks = [style.mark("o", style.INK, labels[m], hollow=m != "NATO") for m in shown]
    style.legend_row(figure, drawn, marks, columns=1 if narrow else 2)
    return figure


def describe_per_soldier(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `per_soldier` shows."""
    told = [
        f"{names[row['iso3']]} {row['usd_thousand']:,.0f} by {row['method']} in {row['year']}"
        for _, row in frame.sort_values("usd_thousand", ascending=False).iterrows()
    ]
    return f"Dot chart of spending per soldier, thousand US dollars: {'; '.join(told)}."


def equipment(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    burden_line: float,
    equipment_line: float,
) -> Figure:
    """Draw equipment share against burden; `frame` is that of `measures.spending_nato.equipment`.

    The path of each chosen country from the first year to the last; of comparators the last year.
    """
    last = int(frame["year"].max())
    subtitle = f"Percent, NATO's figures; paths start at the hollow dot and end in {last}"
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=4.2)
    axes.axvline(burden_line, color=style.MUTED, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    axes.axhline(equipment_line, color=style.MUTED, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    for code in codes_of(frame):
        part = frame[frame["iso3"] == code].sort_values("year")
        end, beside = part.iloc[-1], bool(part["comparator"].iloc[0])
        colour = style.MUTED if beside else style.colour(code)
        if not beside:
            axes.plot(part["burden"], part["equipment"], color=colour, linewidth=1.1, alpha=0.55)
            axes.plot(
                part["burden"].iloc[0], part["equipment"].iloc[0], "o", color=colour,
                markerfacecolor=style.PAPER, markersize=5,
            )  # fmt: skip
        axes.plot(end["burden"], end["equipment"], "o", color=colour, markersize=5 if beside else 8)
        axes.annotate(
            names[code], (end["burden"], end["equipment"]), xytext=(8, 0), va="center",
            textcoords="offset points", fontsize=9, color=colour,
            weight="regular" if beside else "semibold",
            bbox=style.on_paper(),
        )  # fmt: skip
    axes.set_xlim(0, max(frame["burden"].max(), burden_line) * (1.3 if narrow else 1.15))
    axes.set_ylim(0, max(frame["equipment"].max(), equipment_line) * 1.12)
    axes.annotate(
        f"{equipment_line:.0f}% for equipment", (axes.get_xlim()[1], equipment_line),
        xytext=(-2, 3), textcoords="offset points", fontsize=8.5, color=style.MUTED, ha="right",
    )  # fmt: skip
    axes.annotate(
        f"{burden_line:.0f}% of GDP", (burden_line, 0), xytext=(4, 4), textcoords="offset points",
        fontsize=8.5, color=style.MUTED,
    )  # fmt: skip
    axes.set_xlabel("Defence spending, share of GDP")
    axes.set_ylabel("Equipment, share of defence spending")
    axes.grid(visible=False)
    return figure


def describe_equipment(
    frame: pd.DataFrame, *, names: dict[str, str], burden_line: float, equipment_line: float
) -> str:
    """Say in words what `equipment` shows."""
    told = []
    for code in codes_of(frame):
        part = frame[frame["iso3"] == code].sort_values("year")
        first, end = part.iloc[0], part.iloc[-1]
        text = f"{names[code]} {end['burden']:.1f}% of GDP, {end['equipment']:.0f}% for equipment"
        if not part["comparator"].iloc[0]:
            text += f" (in {first['year']} {first['burden']:.1f}% and {first['equipment']:.0f}%)"
        told.append(text)
    return (
        f"Equipment share against burden in {frame['year'].max()}, with lines at "
        f"{burden_line:.0f}% of GDP and {equipment_line:.0f}% for equipment: {'; '.join(told)}."
    )


#: NATO's categories from the foot of a bar up: fill (none: the country's colour) and hatching.
_CATEGORY = {
    "equipment": ("", ""),
    "infrastructure": (style.PAPER, "////"),
    "other": (style.GRID, ""),
    "personnel": (style.FAINT, ""),
}


def categories(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    equipment_line: float,
) -> Figure:
    """Draw the four categories as stacked bars, a panel a country.

    `frame` is that of `measures.spending_nato.categories`. Equipment stands at the foot, so that
    NATO's line for it can be read; the numbers at the right are the last year's.
    """
    codes = codes_of(frame)
    columns = min(len(codes), 2 if narrow else 4 if len(codes) > 6 else 3)
    rows = -(-len(codes) // columns)
    foot = 0.45 if narrow else 0.28
    figure, drawn = style.canvas(
        title, f"Percent of defence spending; dashes across: NATO's {equipment_line:.0f}% for "
        "equipment; pale: NATO's estimate", narrow=narrow, height=1.75 * rows + foot,
        rows=rows + 1, columns=columns, squeeze=False, height_ratios=[1.75] * rows + [foot],
    )  # fmt: skip
    places = list(drawn[:-1].flat)
    for axes in places[len(codes) :]:
        axes.set_visible(False)
    for axes, code in zip(places, codes, strict=False):
        part = frame[frame["iso3"] == code]
        colour = style.MUTED if part["comparator"].iloc[0] else style.colour(code)
        _stacked(axes, part, colour)
        axes.axhline(equipment_line, color=style.INK, linewidth=1, linestyle=(0, (4, 2)))
        axes.set_title(names[code], loc="left", color=colour)
        first, last = int(frame["year"].min()), int(frame["year"].max())
        axes.set_xlim(first - 0.6, last + 0.6)
        axes.set_ylim(0, 100)
        axes.set_yticks([0, 20, 50, 100])
        style.whole_years(axes, first, last, most=2)
        axes.grid(visible=False)
    looks = _CATEGORY.items()
    marks = [
        Patch(facecolor=fill or style.MUTED, hatch=hatch, edgecolor=style.MUTED, linewidth=0.5,
              label="equipment, in the country's colour" if not fill else name)
        for name, (fill, hatch) in looks
    ]  # fmt: skip
    style.legend_row(figure, drawn, marks, columns=2 if narrow else 4)
    return figure


def _columns(years: Iterable[int], foot: Iterable[float], height: Iterable[float]) -> Path:
    """Return one path of a column a year: a patch for each would take long to draw."""
    boxes = [
        Path([(x - 0.41, y), (x + 0.41, y), (x + 0.41, y + h), (x - 0.41, y + h), (x, y)],
             closed=True)
        for x, y, h in zip(years, foot, height, strict=True)
    ]  # fmt: skip
    return Path.make_compound_path(*boxes)


def _stacked(axes: Axes, part: pd.DataFrame, colour: str) -> None:
    """Draw one country's bars, and the last year's numbers beside them."""
    wide = part.pivot(index="year", columns="category", values="share_pct")
    guessed = part.groupby("year")["estimate"].first().to_numpy()
    base = pd.Series(0.0, index=wide.index)
    for name, (fill, hatch) in _CATEGORY.items():
        for marked in sorted(set(guessed)):
            years = wide.index[guessed == marked]
            axes.add_patch(
                PathPatch(
                    _columns(years, base[years], wide.loc[years, name]), facecolor=fill or colour,
                    hatch=hatch, edgecolor=style.MUTED if hatch else "none", linewidth=0.0,
                    alpha=0.55 if marked else None,
                )
            )  # fmt: skip
        middle, value = float((base + wide[name] / 2).iloc[-1]), float(wide[name].iloc[-1])
        if value >= 9:  # a thinner layer has no room for its number
            axes.annotate(
                f"{value:.0f}", (wide.index[-1] + 0.5, middle), xytext=(3, 0), va="center",
                textcoords="offset points", fontsize=9, annotation_clip=False,
                color=style.MUTED if fill else colour, weight="regular" if fill else "semibold",
            )  # fmt: skip
        base += wide[name]


def describe_categories(
    frame: pd.DataFrame, *, names: dict[str, str], equipment_line: float
) -> str:
    """Say in words what `categories` shows."""
    told = []
    for code in codes_of(frame):
        part = frame[frame["iso3"] == code].sort_values("year")
        ends = [part[part["year"] == year] for year in (part["year"].min(), part["year"].max())]
        shares = [
            ", ".join(f"{row['category']} {row['share_pct']:.0f}%" for _, row in end.iterrows())
            for end in ends[: 1 if len(part["year"].unique()) == 1 else 2]
        ]
        years = [str(end["year"].iloc[0]) for end in ends]
        told.append(f"{names[code]} " + "; ".join(
            f"in {year} {share}" for year, share in zip(years, shares, strict=False)))  # fmt: skip
    return (
        f"Stacked bars of NATO's four categories of spending, a line at {equipment_line:.0f}% for "
        f"equipment. {'. '.join(told)}."
    )
