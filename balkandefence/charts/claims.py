"""Charts of the claims ledger: what each basis gives beside what was said."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balkandefence import style

_AGREES, _DIFFERS = "#0b6aa8", "#8a94a0"
_BAND = "#f2dfae"


def _number(found: pd.Series) -> str:
    return f"{float(found['value']):,.{int(found['decimals'])}f}"


def _dots(axes: Axes, frame: pd.DataFrame, *, labels: bool, narrow: bool) -> None:
    """Draw one panel: a row a basis, the quoted number with its rounding as a band."""
    rows = frame.reset_index(drop=True)
    top = len(rows) - 1
    said = float(rows["said"].iloc[0])
    ends = [float(rows[end].iloc[0]) for end in ("low", "high")]
    reach = 1.22 * max(said, *(x for x in [*rows["value"], *ends] if pd.notna(x)))
    low, high = (
        end if pd.notna(end) else open_ for end, open_ in zip(ends, (0.0, reach), strict=True)
    )
    axes.axvspan(low, high, color=_BAND, linewidth=0, zorder=0)
    axes.axvline(said, color="#c98a00", linewidth=1.2, zorder=1)
    for place, found in rows.iterrows():
        y = top - int(str(place))
        if pd.isna(found["value"]):
            axes.annotate("not covered", (0, y), xytext=(4, 0), textcoords="offset points",
                          va="center", fontsize=8.5, color=style.MUTED)  # fmt: skip
            continue
        agrees = bool(found["agrees"])
        tone = _AGREES if agrees else _DIFFERS
        axes.plot(found["value"], y, "o", markersize=7, color=tone,
                  markerfacecolor=tone if agrees else "white", markeredgewidth=1.5)  # fmt: skip
        shown = _number(found)
        axes.annotate(shown, (found["value"], y), xytext=(8, 0), textcoords="offset points",
                      va="center", fontsize=8.5, color=style.INK if agrees else style.MUTED,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.75},
                      )  # fmt: skip
    axes.set_ylim(-0.6, top + 0.6)
    axes.set_xlim(0, reach)
    axes.set_yticks(range(top + 1))
    width = 26 if narrow else 44
    names = [textwrap.fill(str(label), width) for label in reversed(rows["basis"])]
    axes.set_yticklabels(names if labels else [""] * (top + 1))
    axes.grid(axis="y", color=style.GRID)
    axes.grid(axis="x", visible=False)
    style.thousands(axes, "x")
    axes.locator_params(axis="x", nbins=4)


def bases(frame: pd.DataFrame, *, title: str, unit: str, narrow: bool = False) -> Figure:
    """Draw what each basis gives beside what was said; the band is what rounds to it."""
    lines = 0.56 if narrow else 0.34
    subtitle = f"{unit}. Line and band: what was said, and what rounds to or keeps it"
    figure, axes = style.canvas(
        title, subtitle, narrow=narrow, height=0.7 + lines * max(2, len(frame))
    )
    _dots(axes, frame, labels=True, narrow=narrow)
    return figure


def _row_in_words(found: pd.Series) -> str:
    if pd.isna(found["value"]):
        return f"{found['basis']}: not covered"
    how = "agrees" if found["agrees"] else "differs"
    return f"{found['basis']}: {_number(found)}, {how}"


def describe_bases(frame: pd.DataFrame, *, unit: str) -> str:
    """Return the quoted number and what each basis gives, in words."""
    said = f"{float(frame['said'].iloc[0]):,.10g}"
    told = "; ".join(_row_in_words(found) for _, found in frame.iterrows())
    return f"What was said is {said} ({unit}). By basis: {told}."


def joint(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw every number of a story, one panel each, by the bases that cover several of them."""
    names: list[Any] = list(dict.fromkeys(frame["number"]))
    count = frame["basis"].nunique()
    panel = 0.55 + (0.5 if narrow else 0.4) * count
    height = panel * len(names) + 0.45 * len(names) if narrow else panel + 0.4
    figure, grid = style.canvas(
        title, "Line and band: the number quoted, and what rounds to it", narrow=narrow,
        height=height, rows=len(names) if narrow else 1, columns=1 if narrow else len(names),
        squeeze=False,
    )  # fmt: skip
    for place, (axes, name) in enumerate(zip(grid.flat, names, strict=True)):
        rows = frame[frame["number"] == name]
        _dots(axes, rows, labels=narrow or place == 0, narrow=True)
        axes.set_title(textwrap.fill(str(name), 30), loc="left", fontsize=9.5, color=style.INK)
    return figure


def describe_joint(frame: pd.DataFrame) -> str:
    """Return for each number of the story what each basis gives, in words."""
    told = []
    for name, rows in frame.groupby("number", sort=False):
        listed = "; ".join(_row_in_words(found) for _, found in rows.iterrows())
        told.append(f"{name}: {listed}.")
    return "Numbers of one story by basis. " + " ".join(told)
