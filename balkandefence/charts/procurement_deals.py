"""Charts of the deal ledger, of types held in common, of prices, revisions and trade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from balkandefence import style
from balkandefence.charts.procurement import bloc_legend, legend, shade


def _columns(axes: Any, labels: list[str], colours: list[str]) -> None:
    """Name a matrix's columns above it, each in its colour."""
    axes.set_xticks(range(len(labels)), labels, weight="semibold")
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    for label, colour in zip(axes.get_xticklabels(), colours, strict=True):
        label.set_color(colour)
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.spines["bottom"].set_visible(False)


def commonality(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw which country has which type: full where delivered, hollow where only on order.

    `frame` is that of `measures.procurement_types.common_types`; the number is what came, "+"
    what is on order.
    """
    types = list(dict.fromkeys(frame["weapon"]))
    codes = sorted(set(frame["iso3"]), key=list(style.COUNTRY).index)
    figure, axes = style.canvas(
        title, "Number delivered, + on order (? where not known)",
        narrow=narrow, height=0.43 * len(types) + 0.5,
    )  # fmt: skip
    for cell in frame.to_dict("records"):
        x, y = codes.index(cell["iso3"]), types.index(cell["weapon"])
        tone, has = style.colour(cell["iso3"]), cell["delivered"] > 0
        axes.scatter(x, y, s=330, color=tone if has else style.PAPER, edgecolor=tone, lw=1.4,
                     ls="-" if has else (0, (2, 1.5)))  # fmt: skip
        rest = cell["on_order"]
        more = ("?" if pd.isna(rest) or rest == 0 else f"{rest:,.0f}") if cell["waiting"] else ""
        text = f"{cell['delivered']:,.0f}" if has else f"+{more}"
        axes.text(x, y, text, ha="center", va="center_baseline", fontsize=8.5, weight="semibold",
                  color=style.PAPER if has else tone)  # fmt: skip
        if has and more:
            axes.annotate(f"+{more}", (x, y), xytext=(0, -14.5), textcoords="offset points",
                          ha="center", va="center_baseline", fontsize=8.5, color=tone,
                          bbox={"color": style.PAPER, "pad": 0.5})  # fmt: skip
    axes.set_yticks(range(len(types)), types)
    axes.set_ylim(len(types) - 0.4, -0.6)
    labels = [code if narrow else names[code].replace(" ", "\n", 1) for code in codes]
    _columns(axes, labels, [style.colour(code) for code in codes])
    return figure


def describe_commonality(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words which types are held in common by whom."""
    told = []
    for weapon, rows in frame.groupby("weapon", sort=False):
        who = [
            f"{names[row['iso3']]} ({row['delivered']:,.0f}"
            f"{', more on order' if row['waiting'] else ''})"
            for row in rows.to_dict("records")
        ]
        told.append(f"{weapon}: {style.listed(who)}")
    return f"Matrix of {len(told)} types by country, with numbers delivered. {'; '.join(told)}."


def coordination(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw how many orders are matched, from the loosest to the strictest test."""
    figure, axes = style.canvas(
        title, "Orders of a type that another of the countries also ordered: number and share",
        narrow=narrow, height=0.42 * len(frame) + 0.2,
    )  # fmt: skip
    for y, row in enumerate(frame.to_dict("records")):
        axes.barh(y, row["orders"], height=0.62, color=style.MUTED)
        axes.annotate(f"{row['orders']}  ({row['share_pct']:.0f}%)", (row["orders"], y),
                      xytext=(4, 0), textcoords="offset points", va="center")  # fmt: skip
    axes.set_yticks(range(len(frame)), list(frame["step"]))
    axes.set_ylim(len(frame) - 0.5, -0.5)
    axes.set_xlim(0, max(float(frame["orders"].max()), 1) * 1.28)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    return figure


def describe_coordination(frame: pd.DataFrame) -> str:
    """Say in words how many orders pass each test."""
    steps = [
        f"{row['step']} {row['orders']} ({row['share_pct']:.0f}%)"
        for row in frame.to_dict("records")
    ]
    return f"Bars of orders matched by another country's order of the type: {', '.join(steps)}."


def standards(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw each country's orders by standard: full NATO, pale unclear, hollow not; thin dashed."""
    figure, axes = style.canvas(title, "Orders", narrow=narrow, height=0.42 * len(frame) + 0.5)
    ends = []
    for y, row in enumerate(frame.to_dict("records")):
        tone = style.colour(row["iso3"])
        looks: list[tuple[str, dict[str, Any]]] = [
            ("yes", {"color": tone}),
            ("unclear", {"color": tone, "alpha": 0.35}),
            ("no", {"fill": False, "edgecolor": tone, "lw": 1.2, "hatch": "////"}),
            ("thin", {"fill": False, "edgecolor": style.MUTED, "ls": (0, (2, 1.5)), "lw": 0.9}),
        ]
        end = 0.0
        for column, look in looks:
            if row[column]:
                axes.barh(y, row[column], left=end, height=0.6, **look)
                end += row[column]
        ends.append(end)
        share = f"{row['share_pct']:.0f}%" if pd.notna(row["share_pct"]) else "none"
        axes.annotate(share, (end, y), xytext=(5, 0), textcoords="offset points", va="center",
                      weight="semibold", color=tone)  # fmt: skip
    axes.set_yticks(range(len(frame)), [names[code] for code in frame["iso3"]])
    axes.set_ylim(len(frame) - 0.5, -0.5)
    axes.set_xlim(0, max([*ends, 1]) * 1.13)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    tone = style.MUTED
    handles = [
        Patch(color=tone, label="NATO standard (share at the end)"),
        Patch(color=tone, alpha=0.35, label="Unclear"),
        Patch(fill=False, edgecolor=tone, hatch="////", label="Not NATO standard"),
        Patch(fill=False, edgecolor=tone, ls="--", label="Thin evidence, in no share"),
    ]
    legend(figure, handles, columns=1 if narrow else 2)
    return figure


def describe_standards(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words each country's orders by standard."""
    told = [
        f"{names[row['iso3']]} {row['yes']} of NATO standard, {row['no']} not, "
        f"{row['unclear']} unclear, {row['thin']} on thin evidence"
        for row in frame.to_dict("records")
    ]
    return f"Stacked bars of orders by standard: {'; '.join(told)}."


#: Channels as columns name them, wide and narrow.
_CHANNELS = {
    "bought": ("Bought", "Bought"),
    "part aid": ("Part aid", "Part\naid"),
    "given": ("Given", "Given"),
    "made jointly": ("Made jointly", "Made\njointly"),
    "unclear": ("Unclear", "Un-\nclear"),
}


def channels(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw a matrix of dots, country by channel; the dot's area is the number of orders."""
    codes = list(dict.fromkeys(frame["iso3"]))
    figure, axes = style.canvas(
        title, "Orders; + orders on thin evidence", narrow=narrow, height=0.52 * len(codes) + 0.5
    )
    scale = 800 / max(float(frame["count"].max()), 1)
    for cell in frame.to_dict("records"):
        x, y = list(_CHANNELS).index(cell["channel"]), codes.index(cell["iso3"])
        tone, number = style.colour(cell["iso3"]), cell["count"]
        if number:
            axes.scatter(x, y, s=number * scale, color=tone, alpha=0.9, lw=0)
        weak = f"+{cell['thin']}" if cell["thin"] else ""
        inside = number * scale > 260
        if inside:
            axes.text(x, y, f"{number}", ha="center", va="center_baseline", fontsize=9,
                      weight="semibold", color=style.PAPER)  # fmt: skip
        beside = weak if inside or not number else f"{number} {weak}".strip()
        radius = (number * scale) ** 0.5 / 2
        axes.annotate(beside, (x, y), xytext=(radius + 2, 0), textcoords="offset points",
                      va="center_baseline", fontsize=9, color=tone)  # fmt: skip
    axes.set_yticks(range(len(codes)), [names[code] for code in codes])
    axes.set_ylim(len(codes) - 0.45, -0.6)
    axes.grid(visible=True, axis="y")
    labels = [label[narrow] for label in _CHANNELS.values()]
    _columns(axes, labels, [style.INK] * len(labels))
    return figure


def describe_channels(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words how each country's orders were paid for."""
    told = []
    for code, rows in frame.groupby("iso3", sort=False):
        parts = [f"{r['channel']} {r['count']}" for r in rows.to_dict("records") if r["count"]]
        told.append(f"{names[str(code)]}: {', '.join(parts) or 'none'}")
    thin = int(frame["thin"].sum())
    return f"Matrix of orders by channel. {'; '.join(told)}. On thin evidence besides: {thin}."


def money(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw disclosed euro by seller beside the number of orders with and without a price.

    `frame` is that of `measures.procurement_money.money`. The largest order is set apart by a
    line; hollow euro rest on thin evidence; a seller without any price says so.
    """
    rows = frame[frame[["priced", "unpriced"]].sum(axis=1) + frame["thin"] > 0]
    height = 0.27 * len(rows) + 0.5
    layout: dict[str, Any] = {"rows": 2} if narrow else {"columns": 2, "width_ratios": [3, 2]}
    figure, (left, right) = style.canvas(
        title, narrow=narrow, height=height * (2 if narrow else 1) + 0.6, **layout
    )
    most = max(float(frame["eur_millions"].fillna(0.0).max()), 1.0)
    for y, row in enumerate(rows.to_dict("records")):
        tone, known = shade(row["bloc"]), pd.notna(row["eur_millions"])
        end = row["eur_millions"] if known else 0.0
        if known:
            top = row["largest_eur_millions"]
            left.barh(y, top, height=0.66, color=tone)
            left.barh(y, end - top, left=top, height=0.66, color=tone, edgecolor=style.PAPER)
        if row["thin_eur_millions"]:
            left.barh(y, row["thin_eur_millions"], left=end, height=0.62, fill=False,
                      edgecolor=tone, ls=(0, (2, 1.5)))  # fmt: skip
        text = f"{end:,.0f}" if known else "no price public"
        left.annotate(text, (end + row["thin_eur_millions"], y), xytext=(4, 0), va="center",
                      textcoords="offset points", fontsize=8.5, color=style.MUTED)  # fmt: skip
        right.barh(y, row["priced"], height=0.66, color=tone)
        right.barh(y, row["unpriced"], left=row["priced"], height=0.66, color=tone, alpha=0.3)
        if row["thin"]:
            right.barh(y, row["thin"], left=row["priced"] + row["unpriced"], height=0.62,
                       fill=False, edgecolor=style.MUTED, ls=(0, (2, 1.5)), lw=0.8)  # fmt: skip
    for axes in (left, right):
        named = narrow or axes is left
        axes.set_yticks(range(len(rows)), _sellers(rows) if named else [""] * len(rows))
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        axes.grid(visible=True, axis="x")
        style.thousands(axes, "x")
    left.set_xlim(0, most * (1.3 if narrow else 1.18))
    left.locator_params(axis="x", nbins=4)
    right.xaxis.get_major_locator().set_params(integer=True)
    look = {"loc": "left", "fontsize": 9.5, "color": style.MUTED}
    left.set_title("Disclosed prices, million euro", **look)
    right.set_title("Orders that are paid for", **look)
    extra = [
        Patch(color=style.MUTED, label="With public price"),
        Patch(color=style.MUTED, alpha=0.3, label="Price not public"),
        Patch(fill=False, edgecolor=style.MUTED, ls="--", label="Thin evidence"),
    ]
    bloc_legend(figure, list(rows["bloc"]), narrow=narrow, extra=extra)
    return figure


def _sellers(rows: pd.DataFrame) -> list[str]:
    brief = {
        "United States of America": "United States",
        "Bosnia and Herzegovina": "Bosnia & Herz.",
    }
    return [brief.get(str(name), str(name)) for name in rows["supplier"]]


def describe_money(frame: pd.DataFrame) -> str:
    """Say in words what each seller's public prices add up to, and how much is not public."""
    priced = frame[frame["eur_millions"].notna()].to_dict("records")
    told = [f"{row['supplier']} {row['eur_millions']:,.0f}" for row in priced]
    silent = [
        f"{row['supplier']} ({row['unpriced']})"
        for row in frame[frame["eur_millions"].isna() & (frame["unpriced"] > 0)].to_dict("records")
    ]
    none = f" No public price: {style.listed(silent)}." if silent else ""
    return (
        f"Bars of disclosed prices in million euro by seller: {', '.join(told) or 'none'}. "
        f"Orders with a public price: {frame['priced'].sum()}, without: "
        f"{frame['unpriced'].sum()}.{none}"
    )


def trade(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: Mapping[str, str]
) -> Figure:
    """Draw what each country received (full) and supplied (hollow); unknown is not drawn."""
    figure, axes = style.canvas(
        title, "Million TIV, major arms", narrow=narrow, height=0.62 * len(frame) + 0.4
    )
    for y, row in enumerate(frame.to_dict("records")):
        tone = style.colour(row["iso3"])
        axes.barh(y - 0.19, row["received"], height=0.34, color=tone)
        parts = [(y - 0.19, row["received"], f"{row['received']:,.0f}")]
        if pd.notna(row["supplied"]):
            axes.barh(y + 0.19, row["supplied"], height=0.34, fill=False, edgecolor=tone, lw=1.3)
            parts.append((y + 0.19, row["supplied"], f"{row['supplied']:,.0f}"))
        else:
            parts.append((y + 0.19, 0, "not known then"))
        for place, end, text in parts:
            axes.annotate(text, (end, place), xytext=(4, 0), textcoords="offset points",
                          va="center", fontsize=8.5, color=style.MUTED)  # fmt: skip
    axes.set_yticks(range(len(frame)), [names[code] for code in frame["iso3"]])
    axes.set_ylim(len(frame) - 0.5, -0.5)
    axes.set_xlim(0, max(float(frame[["received", "supplied"]].fillna(0.0).max().max()), 1) * 1.12)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    style.thousands(axes, "x")
    axes.locator_params(axis="x", nbins=4 if narrow else 7)
    handles = [
        Patch(color=style.MUTED, label="Received"),
        Patch(fill=False, edgecolor=style.MUTED, label="Supplied to others"),
    ]
    legend(figure, handles, columns=2)
    return figure


def describe_trade(frame: pd.DataFrame, *, names: Mapping[str, str]) -> str:
    """Say in words what each country received and supplied."""
    told = []
    for row in frame.to_dict("records"):
        gave = f"{row['supplied']:,.0f}" if pd.notna(row["supplied"]) else "not known"
        told.append(f"{names[row['iso3']]} {row['received']:,.0f} and {gave}")
    return f"Paired bars of million TIV received and supplied: {'; '.join(told)}."
