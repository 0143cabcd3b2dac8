"""Charts of arms deliveries and orders: who supplies whom, when, and how concentrated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import ScaledTranslation

from balkandefence import style
from balkandefence.charts.batches import Boxes
from balkandefence.measures.procurement import BLOC_NAMES

#: Blocs as legends name them, in the order in which they are stacked.
LEGEND = {
    "US": "United States",
    "EU-NATO": "Other EU and NATO",
    "Turkey": "Turkey",
    "Israel": "Israel",
    "China": "China",
    "Russia": "Russia",
    "Belarus": "Belarus",
    "domestic": "Domestic",
    "other": "Other",
    "unknown": "Not named",
}

#: Blocs as bars name them.
_SHORT = {"EU-NATO": "EU, NATO", "domestic": "own", "other": "others", "unknown": "not named"}

#: Blocs whose colour needs dark letters upon it.
_LIGHT = {"EU-NATO", "Belarus", "unknown", "other"}


def shade(bloc: str) -> str:
    """Return a bloc's colour."""
    return style.BLOC.get(bloc, style.FAINT)


def legend(figure: Figure, handles: Sequence[Patch | Line2D], *, columns: int) -> None:
    """Put a legend between the title and the panels, and make the figure higher by its rows."""
    room = 0.187 * -(-len(handles) // columns) + 0.1
    width, total = figure.get_size_inches()
    engine: Any = figure.get_layout_engine()
    left, bottom, wide, high = engine.get()["rect"]
    head, grown = (1 - bottom - high) * total, total + room
    figure.set_size_inches(width, grown)
    for text in figure.texts:
        text.set_y(1 - (1 - text.get_position()[1]) * total / grown)
    engine.set(rect=(left, bottom * total / grown, wide, high * total / grown))
    made = figure.legend(
        handles=list(handles), loc="upper left", ncols=columns, handlelength=1.0,
        handleheight=0.8, columnspacing=1.2, borderpad=0.0, borderaxespad=0.0,
        bbox_to_anchor=(0, 0, 1, 1), bbox_transform=figure.transFigure
        + ScaledTranslation(0.08, -head + 0.02, figure.dpi_scale_trans),
    )  # fmt: skip
    made.set_in_layout(False)  # its room is kept above, not by the layout


def shape(bloc: str) -> str:
    """Return a bloc's shape, a circle for one that has none of its own."""
    return style.BLOC_MARK.get(bloc, "o")


def point(bloc: str, size: float) -> dict[str, Any]:
    """Return a bloc's shape, as large as a circle of that size."""
    return style.point(shape(bloc), size)


def bloc_legend(
    figure: Figure,
    blocs: Sequence[str],
    *,
    narrow: bool,
    extra: Sequence[Patch | Line2D] = (),
    points: bool = False,
) -> None:
    """Put a legend of the blocs drawn, in the order of LEGEND, above the panels.

    `points` shows each bloc's shape, for charts that draw blocs as points instead of bars.
    """
    shown = [bloc for bloc in LEGEND if bloc in set(blocs)]
    handles: list[Patch | Line2D] = [
        style.mark(colour=shade(bloc), label=LEGEND[bloc], **point(bloc, 6.0))
        if points
        else Patch(color=shade(bloc), label=LEGEND[bloc])
        for bloc in shown
    ]
    legend(figure, [*handles, *extra], columns=2 if narrow else 4)


def short(window: str) -> str:
    """Return a window as a tick shows it: 2016–20."""
    first, dash, last = window.partition("–")
    return f"{first}{dash}{last[2:]}" if dash and first[:2] == last[:2] else window


def _places(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the height of each bar: countries downward, a gap between, the last window on top."""
    found, y = {}, 0.0
    for code in dict.fromkeys(frame["iso3"]):
        mine = frame[frame["iso3"] == code]
        for window in reversed(list(dict.fromkeys(mine["window"]))):
            found[code, window] = y
            y += 1.0
        y += 0.8
    return found


def _rows(axes: Axes, places: Mapping[tuple[str, str], float], names: Mapping[str, str]) -> None:
    """Name the windows on the axis and each country above its first bar's label."""
    axes.set_yticks(list(places.values()), [short(window) for _, window in places])
    axes.set_ylim(max(places.values()) + 0.6, -1.1)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    for code in dict.fromkeys(code for code, _ in places):
        top = min(y for (owner, _), y in places.items() if owner == code)
        axes.annotate(
            names[code], (0, top - 0.45), xycoords=("axes fraction", "data"), xytext=(1, 1),
            textcoords="offset points", va="bottom", fontsize=9, weight="semibold",
            color=style.colour(code), annotation_clip=False,
        )  # fmt: skip


def _stack(axes: Axes, boxes: Boxes, rows: pd.DataFrame, y: float, column: str) -> float:
    """Put one stacked bar among the boxes of a panel, with its labels; return where it ends."""
    left = 0.0
    parts = zip(rows["bloc"].tolist(), rows[column].tolist(), strict=True)
    known = [part for part in parts if pd.notna(part[1])]
    for bloc, value in sorted(known, key=lambda part: list(LEGEND).index(part[0])):
        boxes.add(left, y - 0.39, value, 0.78, tone=shade(bloc))
        if column == "share_pct" and value >= 22:
            ink = style.INK if bloc in _LIGHT else style.PAPER
            label = f"{_SHORT.get(bloc, bloc)} {value:.0f}"  # a name needs no colour
            text = label if len(label) * 2.4 <= value else f"{value:.0f}"
            axes.text(left + value / 2, y, text, ha="center", va="center",
                      fontsize=8.5, color=ink)  # fmt: skip
        left += value
    return left


def blocs(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str], unit: str
) -> Figure:
    """Draw amounts beside shares by supplier bloc, a bar a country and window.

    `frame` has iso3, window, bloc, amount, share_pct; `thin`, where it has it, is shown hollow
    behind the amounts and enters no share.
    """
    places = _places(frame)
    panel = 0.235 * (max(places.values()) + 1.6)
    layout: dict[str, Any] = {"rows": 2} if narrow else {"columns": 2, "sharey": True}
    figure, (left, right) = style.canvas(
        title, narrow=narrow, height=(2 * panel + 0.9 if narrow else panel + 0.6), **layout
    )
    weak = "thin" in frame and frame["thin"].sum() > 0
    ends = []
    amounts, shares = Boxes(), Boxes()
    of_place = dict(tuple(frame.groupby(["iso3", "window"])))
    for place, y in places.items():
        rows = of_place[place]
        end = _stack(left, amounts, rows, y, "amount")
        behind = float(rows["thin"].sum()) if weak else 0.0
        if behind:
            left.barh(y, behind, left=end, height=0.74, fill=False, edgecolor=style.MUTED,
                      lw=0.8, ls=(0, (2, 1.5)))  # fmt: skip
        ends.append(end + behind)
        amount = rows["amount"].sum()
        text = f"{amount:,.0f}" if amount >= 1 or not amount else f"{amount:.1f}"
        text += f" + {behind:.0f}" if behind else ""
        left.annotate(text, (end + behind, y), xytext=(3, 0), textcoords="offset points",
                      va="center", fontsize=8.5, color=style.MUTED)  # fmt: skip
        _stack(right, shares, rows, y, "share_pct")
        if rows["share_pct"].isna().all():
            right.text(1, y, "none", va="center", fontsize=8.5, color=style.MUTED)
    amounts.draw(left, width=0.6)
    shares.draw(right, width=0.6)
    left.set_xlim(0, max(max(ends), 1) * 1.17)
    right.set_xlim(0, 100)
    left.set_title(unit, loc="left", fontsize=9.5, color=style.MUTED, pad=14)
    right.set_title("Share, %", loc="left", fontsize=9.5, color=style.MUTED, pad=14)
    left.locator_params(axis="x", nbins=4)
    style.thousands(left, "x")
    _rows(left, places, names)
    if narrow:
        _rows(right, places, names)
    else:
        right.grid(visible=False, axis="y")
        right.grid(visible=True, axis="x")
    extra = [Patch(fill=False, edgecolor=style.MUTED, ls="--", label="Thin evidence")]
    drawn = frame[frame["amount"] > 0]["bloc"]
    bloc_legend(figure, list(drawn), narrow=narrow, extra=extra if weak else [])
    return figure


def describe_blocs(frame: pd.DataFrame, *, names: Mapping[str, str], unit: str) -> str:
    """Say in words what `blocs` shows: each country's total and first bloc in the last window."""
    last = frame["window"].iloc[-1]
    told = []
    for code, rows in frame[frame["window"] == last].groupby("iso3", sort=False):
        total, most = rows["amount"].sum(), rows["share_pct"].max()
        first = [BLOC_NAMES[bloc] for bloc in rows.loc[rows["share_pct"] == most, "bloc"]]
        each = " each" if len(first) > 1 else ""
        lead = f", {most:.0f}%{each} from {style.listed(first)}" if first else ""
        told.append(f"{names[str(code)]} {total:,.0f}{lead}")
    windows = style.listed(dict.fromkeys(frame["window"]))
    return (
        f"Stacked bars by supplier bloc for {windows}, absolute ({unit[0].lower()}{unit[1:]}) "
        f"beside share. In {last}: {'; '.join(told)}."
    )


def highlight_suppliers(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw one country's TIV by year of delivery above the same by year of order.

    `frame` is that of `measures.procurement.by_year`. What is on order is hatched; a question
    mark stands where the volume of an order is not known.
    """
    high = frame.groupby(["basis", "year"])["tiv"].sum().groupby("basis").max()
    tops = [max(float(high.get(basis, 0.0)), 0.4 * high.max()) for basis in ("delivery", "order")]
    figure, panels = style.canvas(
        title, "Million TIV a year", narrow=narrow, height=5.0, rows=2, sharex=True,
        height_ratios=tops,
    )  # fmt: skip
    for axes, top in zip(panels, tops, strict=True):
        axes.set_ylim(0, top * 1.08)  # the same inches a TIV in both panels
        axes.yaxis.set_major_locator(MultipleLocator(_step(max(tops))))
    parts = frame.groupby(["basis", "year", "state", "bloc"])["tiv"].sum().to_dict()
    unvalued = frame.groupby(["basis", "year"])["unvalued"].sum().to_dict()
    for axes, basis in zip(panels, ("delivery", "order"), strict=True):
        boxes = Boxes()
        for year in sorted(set(frame.loc[frame["basis"] == basis, "year"])):
            base = 0.0
            for state, bloc in itertools.product(("delivered", "outstanding"), LEGEND):
                part = parts.get((basis, year, state, bloc), 0.0)
                if part > 0:
                    tone = shade(bloc)
                    if state == "outstanding":  # each hatched in its own tone
                        axes.bar(year, part, bottom=base, width=0.78, fill=False, edgecolor=tone,
                                 hatch="////", lw=0.8)  # fmt: skip
                    else:
                        boxes.add(year - 0.39, base, 0.78, part, tone=tone)
                    base += part
            if unvalued[basis, year]:
                axes.annotate("?", (year, base), xytext=(0, 1), textcoords="offset points",
                              ha="center", fontsize=10, weight="semibold")  # fmt: skip
        boxes.draw(axes, width=0.4)
        axes.set_title(f"By year of {basis}", loc="left", fontsize=10, weight="semibold")
        axes.tick_params(labelbottom=True)
        style.thousands(axes)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    style.whole_years(panels[1], first, last, most=5 if narrow else 10)
    extra = [Patch(fill=False, hatch="////", edgecolor=style.MUTED, label="Ordered, not delivered")]
    if frame["unvalued"].sum():
        extra.append(Line2D([], [], ls="", marker="$?$", color=style.INK, label="Volume unknown"))  # type: ignore[arg-type]
    bloc_legend(figure, list(frame["bloc"]), narrow=narrow, extra=extra)
    return figure


def _step(top: float) -> float:
    """Return a round distance between ticks that gives about four of them."""
    raw = max(top, 1.0) / 4
    size = 10.0 ** math.floor(math.log10(raw))
    return next(m * size for m in (1, 2, 2.5, 5, 10) if m * size >= raw)


def describe_highlight_suppliers(frame: pd.DataFrame) -> str:
    """Say in words what `highlight_suppliers` shows: the peak years and what is on order."""
    told = []
    for basis in ("delivery", "order"):
        by = frame[frame["basis"] == basis].groupby("year")["tiv"].sum()
        if by.sum():
            told.append(f"by year of {basis} the peak is {by.idxmax()} with {by.max():,.0f}")
    rest = frame[frame["state"] == "outstanding"]["tiv"].sum()
    blind = int(frame["unvalued"].sum())
    return (
        f"Two stacked bar charts of million TIV from {frame['year'].min()} to "
        f"{frame['year'].max()}, by supplier bloc: {'; '.join(told)}. On order and not delivered: "
        f"{rest:,.0f}. Orders of unknown volume: {blind}."
    )


def arrivals(frame: pd.DataFrame, *, title: str, narrow: bool = False, after: int) -> Figure:
    """Draw for each item when it was ordered (mark) and when it came (bar), oldest order first.

    `frame` is that of `measures.procurement.arrivals`; a hollow mark is an uncertain year.
    """
    rows = frame.nlargest(14, "tiv").sort_values(
        ["order_year", "first", "tiv"], ascending=[True, True, False]
    )
    figure, axes = style.canvas(
        title, "Year of order, years of delivery, and million TIV that came after the line",
        narrow=narrow, height=0.24 * len(rows) + 0.9,
    )  # fmt: skip
    last = int(rows["last"].max())
    for y, row in enumerate(rows.to_dict("records")):
        tone, start = shade(row["bloc"]), row["first"]
        axes.plot([row["order_year"], start], [y, y], color=style.FAINT, lw=1.2, zorder=1)
        axes.barh(y, row["last"] - start + 0.7, left=start - 0.35, height=0.5, color=tone)
        axes.plot(row["order_year"], y, zorder=3, mec=tone, mew=1.5, **point(row["bloc"], 6.5),
                  mfc=style.PAPER if row["uncertain"] else tone)  # fmt: skip
        axes.annotate(
            f"{row['tiv']:,.0f}" if row["tiv"] >= 1 else "<1", (last + 0.5, y), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=8.5, color=style.MUTED,
            annotation_clip=False,
        )  # fmt: skip
    axes.axvline(after + 0.5, color=style.INK, lw=0.9, ls=(0, (4, 2)))
    axes.annotate(
        f"after {after}", (after + 0.5, -0.55), xytext=(4, 0), textcoords="offset points",
        va="bottom", fontsize=8.5, color=style.INK, annotation_clip=False,
    )  # fmt: skip
    axes.set_yticks(range(len(rows)), [str(item) for item in rows["item"]])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_xlim(rows["order_year"].min() - 0.6, last + 0.5)
    style.whole_years(axes, int(rows["order_year"].min()), last, most=4 if narrow else 10)
    extra = [
        Line2D([], [], ls="", marker="o", ms=6, color=style.MUTED, label="Full: ordered"),
        Line2D([], [], ls="", marker="o", ms=6, color=style.MUTED, mfc=style.PAPER,
               label="Hollow: year uncertain"),
    ]  # fmt: skip
    bloc_legend(figure, list(rows["bloc"]), narrow=narrow, extra=extra, points=True)
    return figure


def describe_arrivals(frame: pd.DataFrame, *, after: int) -> str:
    """Say in words what `arrivals` shows: how old the orders are, and the largest items."""
    old = frame[frame["order_year"] < after]["tiv"].sum()
    top = [
        f"{row['item']} ({row['tiv']:,.0f}, ordered {row['order_year']})"
        for row in frame.nlargest(4, "tiv").to_dict("records")
    ]
    return (
        f"Dots for the year of order and bars for the years of delivery of {len(frame)} items "
        f"that came after {after}; of {frame['tiv'].sum():,.0f} million TIV, {old:,.0f} had been "
        f"ordered before {after}. Largest: {', '.join(top)}."
    )


def concentration(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw each window's concentration (full dot) and that without the largest item (hollow)."""
    places = _places(frame)
    figure, axes = style.canvas(
        title, "Herfindahl-Hirschman index of supplier states, by TIV delivered",
        narrow=narrow, height=0.3 * (max(places.values()) + 1.6),
    )  # fmt: skip
    for (code, window), y in places.items():
        row = frame[(frame["iso3"] == code) & (frame["window"] == window)].iloc[0]
        tone = style.colour(code)
        axes.plot([row["hhi"], row["hhi_without"]], [y, y], color=tone, lw=1.3, zorder=1)
        axes.plot(row["hhi_without"], y, "o", ms=6.5, mfc=style.PAPER, mec=tone, mew=1.5)
        axes.plot(row["hhi"], y, "o", ms=6.5, color=tone, zorder=3)
    _rows(axes, places, names)
    items = [
        frame[(frame["iso3"] == code) & (frame["window"] == window)].iloc[0]
        for code, window in places
    ]
    labels = [
        f"{short(row['window'])}\n{row['item']}, {row['item_share_pct']:.0f}%"
        if narrow else f"{row['item']}, {row['item_share_pct']:.0f}%   {short(row['window'])}"
        for row in items
    ]  # fmt: skip
    axes.set_yticks(list(places.values()), labels, fontsize=8.5 if narrow else 9)
    axes.set_xlim(0, 10_400)
    axes.set_xticks([0, 2500, 5000, 7500, 10_000])
    style.thousands(axes, "x")
    handles = [
        Line2D([], [], ls="", marker="o", color=style.MUTED, label="All deliveries"),
        Line2D([], [], ls="", marker="o", color=style.MUTED, mfc=style.PAPER,
               label="Without the largest item"),
    ]  # fmt: skip
    legend(figure, handles, columns=1 if narrow else 2)
    return figure


def describe_concentration(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words what `concentration` shows in the last window of each country."""
    told = []
    for code, rows in frame.groupby("iso3", sort=False):
        row = rows.iloc[-1]
        rest = (
            f"{row['hhi_without']:,.0f} without {row['item']} ({row['item_share_pct']:.0f}%)"
            if pd.notna(row["hhi_without"]) else f"all of it {row['item']}"
        )  # fmt: skip
        told.append(f"{names[str(code)]} {row['hhi']:,.0f}, {rest}, in {row['window']}")
    return (
        "Dots for the concentration of suppliers, with and without the largest item; "
        f"10,000 is a single supplier. {'; '.join(told)}."
    )
