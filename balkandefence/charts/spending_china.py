"""Charts of investment and trade between Serbia and China."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balkandefence import style

#: How sure a figure is, by what kind of statement it is: face and hatch.
_LOOK = {
    "quoted": (style.BLOC["China"], ""),
    "own calculation": ("#d69a9c", ""),
    "claim": (style.PAPER, "////"),
}

_PARTNER = {"EU": style.BLOC["EU-NATO"], "Russia": style.BLOC["Russia"], "US": style.BLOC["US"]}

_SUBTITLE = "hatched: a claim; pale: calculated from quoted figures"


def _bars(axes: Axes, rows: list[tuple[str, float, str, str, str]]) -> None:
    """Draw rows of (label, value, nature, colour, text) as bars from zero."""
    for place, (_, value, nature, colour, text) in enumerate(rows):
        face, hatch = _LOOK[nature]
        face = colour if nature == "quoted" else face
        axes.barh(
            place, value, height=0.62, color=face, hatch=hatch,
            edgecolor=style.BLOC["China"] if hatch else face, linewidth=0.8,
        )  # fmt: skip
        axes.annotate(
            text, (value, place), xytext=(4, 0), textcoords="offset points", va="center",
            fontsize=9,
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, max(row[1] for row in rows) * 1.25)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def investment(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw cumulative investment; `frame` is that of `measures.spending_china.investment`."""
    groups = [
        ("One basis for all partners: 2010 to mid-2022", frame[frame["same_basis"]]),
        ("China alone, other periods", frame[~frame["same_basis"]]),
    ]
    groups = [group for group in groups if len(group[1])]
    counts = [len(part) for _, part in groups]
    figure, drawn = style.canvas(
        title, f"Direct investment in Serbia, million euro; {_SUBTITLE}", narrow=narrow,
        height=math.fsum(0.5 + 0.3 * n for n in counts), rows=len(groups), squeeze=False,
        height_ratios=counts,
    )  # fmt: skip
    for axes, (heading, part) in zip(drawn.flat, groups, strict=True):
        rows = []
        for _, row in part.iterrows():
            label = row["partner"] if row["same_basis"] else row["period"].replace("-", "–")
            colour = _PARTNER.get(row["partner"], style.BLOC["China"])
            rows.append((label, row["value"], row["nature"], colour, f"{row['value']:,.0f}"))
        _bars(axes, rows)
        axes.set_xlim(0, frame["value"].max() * 1.2)
        axes.set_title(heading, loc="left", color=style.MUTED)
    return figure


def describe_investment(frame: pd.DataFrame) -> str:
    """Say in words what `investment` shows."""
    told = [
        f"{row['partner']}, {row['period']}: {row['value']:,.0f} ({row['nature']})"
        for _, row in frame.iterrows()
    ]
    return f"Bars of direct investment in Serbia, million euro. {'; '.join(told)}."


_CURRENCY = {"USD": "Billion US dollars", "EUR": "Billion euro"}


def trade(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw goods trade by year, dollars and euro apart; `frame` is `spending_china.trade`."""
    shown = [currency for currency in _CURRENCY if (frame["currency"] == currency).any()]
    most = int(frame["currency"].value_counts().max())
    each = 0.55 + 0.32 * most
    shape = {"rows": len(shown)} if narrow else {"columns": len(shown)}
    figure, drawn = style.canvas(
        title, f"Goods trade between Serbia and China; {_SUBTITLE}", narrow=narrow,
        height=each * (len(shown) if narrow else 1), **shape, squeeze=False,
    )  # fmt: skip
    for axes, currency in zip(drawn.flat, shown, strict=True):
        part = frame[frame["currency"] == currency]
        rows = []
        for _, row in part.iterrows():
            text = f"{row['value']:.1f}" + (" (probably dollars)" if row["doubtful"] else "")
            colour = style.FAINT if row["doubtful"] else style.BLOC["China"]
            rows.append((str(row["year"]), row["value"], row["nature"], colour, text))
        _bars(axes, rows)
        axes.set_xlim(0, part["value"].max() * 1.5)
        axes.set_title(_CURRENCY[currency], loc="left", color=style.MUTED)
    return figure


def describe_trade(frame: pd.DataFrame) -> str:
    """Say in words what `trade` shows."""
    told = [
        f"{row['year']}: {row['value']:.2f} billion {row['currency']} ({row['nature']})"
        for _, row in frame.iterrows()
    ]
    return f"Bars of goods trade between Serbia and China. {'; '.join(told)}."
