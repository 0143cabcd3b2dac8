"""Charts of harm and of the missions: the killed, the injured, UCDP, KFOR and EUFOR."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from balkandefence import style
from balkandefence.charts.incidents import records, star, year_ticks
from balkandefence.measures.incidents import spoken
from balkandefence.measures.incidents_harm import GROUP
from balkandefence.measures.incidents_missions import MISSION


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _numbers_on(axes: Axes, years: pd.Series, values: pd.Series, size: float = 8.5) -> None:
    for year, value in zip(years, values, strict=True):
        if pd.notna(value):
            axes.annotate(
                f"{value:,}", (year, float(value)), xytext=(0, 2), textcoords="offset points",
                ha="center", fontsize=size, color=style.INK,
            )  # fmt: skip


def killed(frame: pd.DataFrame, *, title: str, narrow: bool = False, until: dt.date) -> Figure:
    """Draw the killed a year, one panel a group; `frame` is `incidents_harm.killed_by_year`.

    No bar means that no death is on record: unknown or none.
    """
    subtitle = "Killed in counted incidents, on record; no bar means unknown or none." + star(until)
    figure, axes = style.canvas(
        title, subtitle, narrow=narrow, height=4.7, rows=len(GROUP), sharex=True, sharey=True
    )
    columns = [f"{group}_count" for group in GROUP]
    top = max([1.0, *(float(v) for v in frame[columns].max().dropna())])
    for panel, (group, name) in zip(axes, GROUP.items(), strict=True):
        values = frame[f"{group}_count"]
        total = "none on record" if values.isna().all() else f"{values.sum()}"
        panel.bar(frame["year"], values.astype(float).fillna(0), color=style.INK, width=0.7)
        _numbers_on(panel, frame["year"], values)
        panel.set_title(f"{_capital(name)}: {total}", fontsize=9.5, loc="left", pad=4)
        panel.set_ylim(0, top * 1.25)
        panel.set_yticks([])
        panel.grid(visible=False)
    year_ticks(axes[-1], int(frame["year"].min()), until, most=5 if narrow else 10)
    return figure


def describe_killed(frame: pd.DataFrame, *, until: dt.date) -> str:
    """Say in words what `killed` shows."""
    told = []
    for group, name in GROUP.items():
        known = frame.dropna(subset=[f"{group}_count"])
        years = ", ".join(
            f"{year}: {number}"
            for year, number in zip(known["year"], known[f"{group}_count"], strict=True)
        )
        sum_ = known[f"{group}_count"].sum()
        told.append(f"{name} {sum_} ({years})" if years else f"{name} none on record")
    return f"Four panels of the killed on record a year to {until}: " + "; ".join(told) + "."


def _injured_labels(frame: pd.DataFrame) -> list[str]:
    return [f"{row['label']}, {spoken(row['month'])}: {row['group']}" for row in records(frame)]


def injured(frame: pd.DataFrame, *, title: str, narrow: bool = False) -> Figure:
    """Draw the lowest, highest and preferred count of the injured, one row a group of an incident.

    `frame` is that of `incidents_harm.injured_ranges`.
    """
    subtitle = "Injured by source: lowest to highest count; dot: the figure the ledger prefers"
    each = 0.4 if narrow else 0.27
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=each * len(frame) + 0.4)
    for y, (row, label) in enumerate(zip(records(frame), _injured_labels(frame), strict=True)):
        low, high, best = (int(row[f"{k}_count"]) for k in ("low", "high", "preferred"))
        axes.plot([low, high], [y, y], color=style.FAINT, linewidth=4.5)
        axes.plot([best], [y], marker="o", markersize=5.5, color=style.INK)
        for value, side in ((low, -1), (high, 1)):
            axes.annotate(
                str(value), (value, y), xytext=(side * 6, -0.5), textcoords="offset points",
                ha="right" if side < 0 else "left", va="center", fontsize=8.5, color=style.MUTED,
            )  # fmt: skip
        if narrow:
            axes.text(0, y - 0.43, label, fontsize=8.5, va="center")
    axes.set_yticks([] if narrow else range(len(frame)), [] if narrow else _injured_labels(frame))
    axes.tick_params("y", colors=style.INK)
    axes.set_ylim(len(frame) - 0.5, -0.8 if narrow else -0.6)
    top = float(frame["high_count"].max())
    axes.set_xlim(-top * (0.05 if narrow else 0.035), top * 1.1)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params("x", length=0)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x")
    axes.set_xlabel("persons")
    return figure


def describe_injured(frame: pd.DataFrame) -> str:
    """Say in words what `injured` shows."""
    told = [
        f"{label} {row['low_count']} to {row['high_count']}, preferred {row['preferred_count']}"
        for label, row in zip(_injured_labels(frame), records(frame), strict=True)
    ]
    return "Ranges of the injured by source: " + "; ".join(told) + "."


def ucdp(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, until: dt.date, begins: int
) -> Figure:
    """Draw UCDP's deaths a year above the ledger's, on the same years and different scales.

    `frame` is that of `incidents_harm.beside_ucdp`; `begins` is the ledger's first year here.
    """
    figure, axes = style.canvas(
        title, "Deaths a year, same countries; the two scales differ." + star(until),
        narrow=narrow, height=4.6, rows=2, sharex=True,
    )  # fmt: skip
    years, known = frame["year"], frame["ucdp_count"]
    heads = ("UCDP, organised violence, best estimate", "This ledger, killed on record")
    for panel, column, shade, head in zip(
        axes, ("ucdp_count", "ledger_count"), (style.MUTED, style.INK), heads, strict=True
    ):
        values = frame[column]
        panel.bar(years, values.astype(float).fillna(0), color=shade, width=0.75)
        panel.set_title(head, fontsize=9.5, loc="left", pad=4)
        panel.set_ylim(0, max([1.0, *values.dropna().astype(float)]) * 1.18)
        style.thousands(panel)
        panel.yaxis.set_major_locator(_few())
    zero = years[known.notna() & (known == 0)]
    if len(zero):
        axes[0].plot(
            zero, np.zeros(len(zero)), marker="o", markersize=3.2, markerfacecolor=style.PAPER,
            markeredgecolor=style.MUTED, linestyle="none", clip_on=False,
        )  # fmt: skip
    if known.notna().any():
        deadly = years[known.fillna(0) > 0]
        if len(zero) and len(deadly):
            axes[0].annotate(
                f"zero in every year\nsince {int(deadly.max()) + 1}",
                ((int(deadly.max()) + 1 + int(zero.max())) / 2, 0), xytext=(0, 14),
                textcoords="offset points", ha="center", fontsize=9, color=style.MUTED,
            )  # fmt: skip
    else:
        axes[0].text(
            0.5, 0.5, "no release known yet", transform=axes[0].transAxes, ha="center", fontsize=9
        )
    _numbers_on(axes[1], years, frame["ledger_count"])
    if begins > int(years.min()):
        axes[1].text(
            (begins + int(years.min())) / 2 - 0.5, axes[1].get_ylim()[1] * 0.45,
            f"not covered\nbefore {begins}", ha="center", va="center", fontsize=9,
            color=style.MUTED,
        )  # fmt: skip
        axes[1].axvspan(int(years.min()) - 0.5, begins - 0.5, color="#f3f5f7", linewidth=0)
    axes[1].set_xlim(int(years.min()) - 0.6, until.year + 0.6)
    year_ticks(axes[1], int(years.min()), until, most=5 if narrow else 10)
    return figure


def _few() -> MaxNLocator:
    return MaxNLocator(4, integer=True)


def describe_ucdp(frame: pd.DataFrame, *, until: dt.date, begins: int) -> str:
    """Say in words what `ucdp` shows."""
    told = []
    known = frame.dropna(subset=["ucdp_count"])
    above = known[known["ucdp_count"] > 0]
    if known.empty:
        told.append("UCDP had no release yet.")
    elif above.empty:
        told.append(f"UCDP: zero in every year to {known['year'].max()}.")
    else:
        peak = records(above.sort_values("ucdp_count", kind="stable"))[-1]
        told.append(
            f"UCDP: {peak['ucdp_count']:,} deaths in {peak['year']}, the most; the last above zero "
            f"in {above['year'].max()}; zero from then to {known['year'].max()}."
        )
    ours = frame.dropna(subset=["ledger_count"])
    years = ", ".join(f"{row['year']}: {row['ledger_count']}" for row in records(ours))
    told.append(f"The ledger, from {begins} to {until}: {years or 'no death on record'}.")
    return "Bars of deaths a year. " + " ".join(told)


#: How each kind of number is drawn: marker, filled or not, and in words.
_KINDS = {
    "exact": ("o", True, "exact count"),
    "rounded": ("s", True, "round number"),
    "upper bound": ("v", False, "“under”"),
    "lower bound": ("^", False, "“more than”"),
    "planned": ("x", False, "planned"),
}


def missions(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: Mapping[str, str],
    first: int,
    until: dt.date,
) -> Figure:
    """Draw reported strengths of KFOR and EUFOR above the incidents where they serve.

    `frame` is that of `incidents_missions.beside_incidents`. Strengths are points: the marker
    says what kind of number it is, and no line bridges years without a report.
    """
    layout: dict[str, Any] = {"rows": 3, "columns": 2, "height_ratios": [2.1, 2.1, 0.16]}
    if narrow:
        layout = {"rows": 5, "height_ratios": [1.7, 1.5, 1.7, 1.5, 0.36]}
    figure, axes = style.canvas(
        title, "Troops as reported, above; counted incidents a year, below." + star(until),
        narrow=narrow, height=7.4 if narrow else 4.8, **layout,
    )  # fmt: skip
    grid = axes[:4].reshape(2, 2) if narrow else axes[:2].T
    for (mission, name), (upper, lower) in zip(MISSION.items(), grid, strict=True):
        rows = frame[frame["mission"] == mission]
        host = "XKX" if mission == "KFOR" else "BIH"
        _strengths(upper, rows[rows["series"] == "strength"], style.colour(host))
        upper.set_title(f"{name}, troops", fontsize=9.5, loc="left", pad=4)
        incidents = rows[rows["series"] == "incidents"]
        lower.bar(incidents["at"], incidents["value"], width=0.7, color=style.colour(host))
        lower.set_title(f"Incidents counted, {names[host]}", fontsize=9.5, loc="left", pad=4)
        lower.set_ylim(0, max([4, *incidents["value"]]) * 1.15)
        lower.yaxis.set_major_locator(_few())
        for panel in (upper, lower):
            panel.set_xlim(first, until.year + 1)
            year_ticks(panel, first, until, most=5, at=0.5)
        upper.set_xticklabels([])
    spare = list(axes[4:] if narrow else axes[2])
    for panel in spare:
        panel.set_axis_off()
    _kinds_legend(spare[0], frame, narrow)
    return figure


def _strengths(axes: Axes, rows: pd.DataFrame, colour: str) -> None:
    for row in records(rows):
        marker, filled, _ = _KINDS[row["kind"]]
        axes.plot(
            [row["at"]], [row["value"]], marker=marker, markersize=5.5, linestyle="none",
            color=colour, markerfacecolor=colour if filled else style.PAPER, markeredgewidth=1.2,
        )  # fmt: skip
    if rows.empty:
        axes.text(0.5, 0.5, "no figure in these years", transform=axes.transAxes, ha="center")
    else:
        ordered = records(rows.sort_values("at", kind="stable"))
        for place, row in enumerate([ordered[0], *ordered[1:][-1:]]):
            axes.annotate(
                f"{row['value']:,}", (row["at"], row["value"]), xytext=(7 if place == 0 else 0, 7),
                textcoords="offset points", fontsize=8.5, ha="left" if place == 0 else "center",
            )  # fmt: skip
    axes.set_ylim(0, max([1000.0, *rows["value"].astype(float)]) * 1.2)
    style.thousands(axes)
    axes.yaxis.set_major_locator(_few())


def _kinds_legend(axes: Axes, frame: pd.DataFrame, narrow: bool) -> None:
    present = set(frame.loc[frame["series"] == "strength", "kind"])
    handles = [
        style.mark(marker, style.MUTED, label, hollow=not filled)
        for kind, (marker, filled, label) in _KINDS.items()
        if kind in present
    ]
    if handles:  # it may pass its panel, which must not grow for it
        style.legend(axes, handles, columns=3 if narrow else 5, free=True)


def describe_missions(
    frame: pd.DataFrame, *, names: Mapping[str, str], first: int, until: dt.date
) -> str:
    """Say in words what `missions` shows."""
    told = []
    for mission, name in MISSION.items():
        rows = frame[frame["mission"] == mission]
        reports = rows[rows["series"] == "strength"]
        incidents = rows[rows["series"] == "incidents"]
        figures = "; ".join(f"{r['date']} {r['value']:,} ({r['kind']})" for r in records(reports))
        counts = ", ".join(f"{r['date']}: {r['value']}" for r in records(incidents))
        host = names["XKX" if mission == "KFOR" else "BIH"]
        told.append(f"{name}, {figures or 'no figure'}. Incidents in {host}, {counts or 'none'}.")
    return f"Points of troops and bars of incidents, {first} to {until}. " + " ".join(told)
