"""Timelines of deals, and what the register's last edition changed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from balkandefence import style
from balkandefence.charts.batches import Dots, Strokes
from balkandefence.charts.procurement import bloc_legend, point, shade, shape
from balkandefence.measures.procurement_deals import FIRM

#: The dashes of thin evidence, in widths of the line.
_THIN = (1.5, 1.2)
#: Markers: an order, a delivery, and a plan or claim without an order.
_KEYS = [
    Line2D([], [], ls="", marker="o", ms=5, color=style.MUTED, label="Full: order"),
    Line2D([], [], ls="", marker="|", ms=9, mew=2, color=style.MUTED, label="Last delivery"),
    Line2D([], [], ls="", marker="o", ms=5, color=style.MUTED, mfc=style.PAPER,
           label="Hollow: plan, claim, unclear"),
    Line2D([], [], lw=1.6, ls=(0, _THIN), color=style.MUTED, alpha=0.6,
           label="Pale: thin evidence"),
]  # fmt: skip


def _deals(axes: Axes, rows: pd.DataFrame, size: float, first: int) -> None:
    """Draw a row a deal: a mark for its start, a line to its last delivery; thin evidence pale."""
    lines, ends, starts = Strokes(), Dots(), Dots()
    for y, row in enumerate(rows.to_dict("records")):
        tone, alpha = shade(row["bloc"]), 0.5 if row["thin"] else 1.0
        start = max(row["start"], first)
        end = row["last"] if pd.notna(row["last"]) else row["first"]
        if pd.notna(end) and end > start:
            lines.add(start, end, y, tone=tone, alpha=alpha, dashes=_THIN if row["thin"] else ())
        if pd.notna(end):
            ends.add(end, y, "|", size * 1.7, edge=tone, fill=tone, alpha=alpha)
        if row["start"] >= first and (pd.isna(end) or end > start):
            fill = tone if row["status"] in FIRM else style.PAPER
            starts.add(start, y, shape(row["bloc"]), size, edge=tone, fill=fill, alpha=alpha)
    lines.draw(axes, width=size * 0.36)
    ends.draw(axes, width=size * 0.42)
    starts.draw(axes, width=1.1, order=3)


def _years(axes: Axes, frame: pd.DataFrame, first: int, *, narrow: bool) -> None:
    ends = frame[["start", "last"]].max().max()
    axes.set_xlim(first - 0.1, ends + 0.35)
    style.whole_years(axes, first, int(ends), most=4 if narrow else 8)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_yticks([])


def _first(frame: pd.DataFrame) -> int:
    """Return the first year to show: one old order shall not squeeze all others."""
    return max(int(frame["start"].min()), 2014)


def timeline(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw each country's deals as thin rows from order to last delivery, oldest first.

    `frame` is that of `measures.procurement_deals.timeline`; earlier orders start at the edge.
    """
    first = _first(frame)
    codes = list(dict.fromkeys(frame["iso3"]))
    counts = [int((frame["iso3"] == code).sum()) for code in codes]
    figure, panels = style.canvas(
        title, "One row a deal, colour and shape of the seller", narrow=narrow,
        height=0.062 * sum(counts) + 0.42 * len(codes) + 0.4, rows=len(codes), sharex=True,
        squeeze=False, height_ratios=[count + 2 for count in counts],
    )  # fmt: skip
    for axes, code, count in zip(panels[:, 0], codes, counts, strict=True):
        rows = frame[frame["iso3"] == code].reset_index(drop=True)
        _deals(axes, rows, 3.6, first)
        _years(axes, frame, first, narrow=narrow)
        axes.set_ylim(count, -1)
        axes.set_title(f"{names[code]}: {count}", loc="left", fontsize=10, weight="semibold",
                       color=style.colour(code), pad=3)  # fmt: skip
        axes.spines["bottom"].set_visible(axes is panels[-1, 0])
        axes.tick_params(axis="x", length=3 if axes is panels[-1, 0] else 0)
    bloc_legend(figure, list(frame["bloc"]), narrow=narrow, extra=_KEYS, points=True)
    return figure


def describe_timeline(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words how many deals each country has and how many have been delivered."""
    told = []
    for code, rows in frame.groupby("iso3", sort=False):
        done, plans = (rows["status"] == "delivered").sum(), (~rows["status"].isin(FIRM)).sum()
        told.append(f"{names[str(code)]} {len(rows)}, {done} delivered, {plans} without an order")
    return (
        f"Timeline of {len(frame)} deals from order to last delivery, in panels by country: "
        f"{'; '.join(told)}. {int(frame['thin'].sum())} rest on thin evidence."
    )


def deals_of_one(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw one country's deals as named rows from order to last delivery, oldest first."""
    first = _first(frame)
    rows = frame.reset_index(drop=True)
    figure, axes = style.canvas(title, narrow=narrow, height=0.185 * len(rows) + 1.0)
    _deals(axes, rows, 5.0, first)
    _years(axes, rows, first, narrow=narrow)
    width = 25 if narrow else 44
    labels = [textwrap.shorten(str(text), width, placeholder=" …") for text in rows["system"]]
    axes.set_yticks(range(len(rows)), labels, fontsize=8.5)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    if narrow:
        style.whole_years(axes, first, int(rows[["start", "last"]].max().max()), most=3)
    bloc_legend(figure, list(rows["bloc"]), narrow=narrow, extra=_KEYS, points=True)
    return figure


def describe_deals_of_one(frame: pd.DataFrame) -> str:
    """Say in words how many deals there are, how many came, and the newest."""
    newest = frame.sort_values(["start", "deal_id"]).tail(3)["system"]
    done, plans = (frame["status"] == "delivered").sum(), (~frame["status"].isin(FIRM)).sum()
    return (
        f"Timeline of {len(frame)} named deals from order to last delivery: {done} delivered, "
        f"{plans} without an order, {int(frame['thin'].sum())} on thin evidence. Newest: "
        f"{style.listed(newest)}."
    )


def revisions(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw TIV ordered in the earlier edition (hollow) and the later one (full), by order.

    `frame` is that of `measures.procurement_types.revised_orders`. A removed order ends in a
    cross at zero; an order that one edition does not value has one mark only.
    """
    figure, axes = style.canvas(
        title, "Million TIV on order, by item and year of order",
        narrow=narrow, height=0.3 * len(frame) + 0.5,
    )  # fmt: skip
    for y, row in enumerate(frame.to_dict("records")):
        tone = shade(row["bloc"])
        old, new = row["earlier"], row["later"]
        gone, fresh = row["kind"] == "removed", row["kind"] == "added"
        left, right = (0.0 if fresh else old), (0.0 if gone else new)
        if pd.notna(left) and pd.notna(right):
            axes.plot([left, right], [y, y], color=tone, lw=1.3, zorder=1)
        if pd.notna(old):
            axes.plot(old, y, mfc=style.PAPER, mec=tone, mew=1.5, **point(row["bloc"], 6.5))
        if gone:
            axes.plot(0, y, "x", ms=6.5, mew=2, color=tone, clip_on=False, zorder=4)
        if pd.notna(new):
            axes.plot(new, y, color=tone, zorder=3, **point(row["bloc"], 6.5))
        known = [value for value in (old, new) if pd.notna(value)]
        text = {"removed": "removed", "added": "added", "valued": "first valued"}.get(
            row["kind"], f"{row['change']:+,.0f}".replace("-", "\N{MINUS SIGN}")
        )
        axes.annotate(text, (max(known), y), xytext=(8, 0), textcoords="offset points",
                      va="center", fontsize=8.5, color=style.MUTED)  # fmt: skip
    axes.set_yticks(range(len(frame)), list(frame["item"]))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    top = float(frame[["earlier", "later"]].max().max())
    axes.set_xlim(-0.02 * top, top * (1.32 if narrow else 1.15))
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.locator_params(axis="x", nbins=4 if narrow else 7)
    look: dict[str, Any] = {"ls": "", "color": style.MUTED}
    keys = [
        Line2D([], [], marker="o", mfc=style.PAPER, label="Hollow: earlier edition", **look),
        Line2D([], [], marker="o", label="Full: later edition", **look),
        Line2D([], [], marker="x", label="Removed", **look),
    ]
    bloc_legend(figure, list(frame["bloc"]), narrow=narrow, extra=keys, points=True)
    return figure


def describe_revisions(frame: pd.DataFrame) -> str:
    """Say in words which orders changed most between the two editions."""
    told = []
    for row in frame.head(8).to_dict("records"):
        old, new = (
            f"{row[side]:,.0f}" if pd.notna(row[side]) else "none" for side in ("earlier", "later")
        )  # fmt: skip
        told.append(f"{row['item']} {old} to {new} ({row['kind']})")
    return f"Dots of million TIV on order in two editions of the register: {'; '.join(told)}."
