"""Charts that set sources of spending side by side, and show revisions and gaps."""

from __future__ import annotations

import math
import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from balkandefence import style
from balkandefence.charts.spending import codes_of, line

#: How home figures are drawn, by how far they had come: marker, hollow, label.
_HOME = {
    "outturn": ("D", False, "home, outturn"),
    "amended": ("^", False, "home, amended"),
    "adopted": ("^", True, "home, first voted"),
    "initial": ("^", True, "home, first voted"),
    "draft": ("v", True, "home, draft"),
    "reported": ("X", False, "home, stage not said"),
    "claimed": ("*", False, "home, claimed"),
}


def side_by_side(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw every source's amounts; `frame` is that of `measures.spending_sources.side_by_side`."""
    codes = codes_of(frame)
    columns = min(len(codes), 2 if narrow else 3)
    rows = -(-len(codes) // columns)
    foot = 0.95 if narrow else 0.5
    figure, drawn = style.canvas(
        title, "Million current US dollars, own scales; pale marks: one secondary page alone",
        narrow=narrow,
        height=1.75 * rows + foot, rows=rows + 1, columns=columns, squeeze=False,
        height_ratios=[1.75] * rows + [foot],
    )  # fmt: skip
    places = list(drawn[:-1].flat)
    for axes in places[len(codes) :]:
        axes.set_visible(False)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    for axes, code in zip(places, codes, strict=False):
        own = frame[frame["iso3"] == code]
        sipri = own[own["source"] == "SIPRI"].rename(columns={"usd_millions": "value"})
        if len(sipri):
            marked = sipri.assign(estimate=sipri["kind"] == "estimate")
            line(axes, marked, colour=style.colour(code), width=2)
        nato = own[own["source"] == "NATO"]
        axes.plot(nato["year"], nato["usd_millions"], "s", color=style.INK, markersize=4.5,
                  markerfacecolor="none", zorder=4)  # fmt: skip
        for (kind, single), part in own[own["source"] == "home"].groupby(["kind", "single"]):
            marker, hollow, _ = _HOME[str(kind)]
            colour = style.FAINT if single else style.MUTED
            axes.plot(part["year"], part["usd_millions"], marker, color=colour, markersize=5,
                      markerfacecolor=style.PAPER if hollow else colour, zorder=3)  # fmt: skip
        axes.set_title(names[code], loc="left", color=style.colour(code))
        axes.set_ylim(0, own["usd_millions"].max() * 1.12)
        axes.locator_params(axis="y", nbins=4)
        style.thousands(axes)
        style.whole_years(axes, first, last, most=3 if narrow else 4)
        axes.set_xlim(first - 0.5, last + 0.5)
    handles = [Line2D([], [], color=style.INK, label="SIPRI (dashed: estimate)")]
    if "NATO" in set(frame["source"]):
        handles.append(style.mark("s", style.INK, "NATO", hollow=True))
    kinds = set(frame.loc[frame["source"] == "home", "kind"])
    for label in dict.fromkeys(_HOME[kind][2] for kind in _HOME if kind in kinds):
        marker, hollow, _ = next(look for look in _HOME.values() if look[2] == label)
        handles.append(style.mark(marker, style.MUTED, label, hollow=hollow))
    style.legend_row(figure, drawn, handles, columns=2 if narrow else 4)
    return figure


def describe_side_by_side(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `side_by_side` shows."""
    told = []
    for code in codes_of(frame):
        own = frame[(frame["iso3"] == code)]
        newest = own[own["year"] == own["year"].max()]
        amounts = ", ".join(
            f"{row['source']} {row['usd_millions']:,.0f}" for _, row in newest.iterrows()
        )
        told.append(f"{names[code]} in {newest['year'].iloc[0]}: {amounts}")
    return (
        f"Small charts of spending by source, million US dollars, {frame['year'].min()} to "
        f"{frame['year'].max()}. {'; '.join(told)}."
    )


#: How amounts of single country-years are filled.
_BAR = {"SIPRI": style.INK, "NATO": style.MUTED, "supplement": style.FAINT, "claimed": style.PAPER}


def budget_steps(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw all amounts of single country-years; `frame` is `spending_sources.budget_steps`."""
    cases = list(dict.fromkeys(zip(frame["iso3"], frame["year"], strict=True)))
    parts = [frame[(frame["iso3"] == code) & (frame["year"] == year)] for code, year in cases]
    counts = [len(part) for part in parts]
    figure, drawn = style.canvas(
        title, "Million euro; white bars are claims, pale bars come on top of a budget",
        narrow=narrow, height=math.fsum(0.32 + 0.37 * n for n in counts), rows=len(parts),
        squeeze=False, height_ratios=counts,
    )  # fmt: skip
    for axes, (code, year), part in zip(drawn.flat, cases, parts, strict=True):
        colour, top = style.colour(code), float(part["eur_millions"].max())
        for place, (_, row) in enumerate(part.iterrows()):
            face = _BAR.get(row["kind"], colour)
            edge = colour if row["kind"] == "claimed" else face
            axes.barh(place + 0.18, row["eur_millions"], height=0.3, color=face, edgecolor=edge)
            sign = "over " if row["lower_bound"] else ""
            axes.annotate(
                f"{sign}{row['eur_millions']:,.0f}", (row["eur_millions"], place + 0.18),
                xytext=(4, 0), textcoords="offset points", va="center", fontsize=9,
            )  # fmt: skip
            note = " (one secondary page)" if row["single"] else ""
            label = textwrap.shorten(f"{row['label']}{note}", 58 if narrow else 90)
            axes.annotate(label, (0, place - 0.05), va="bottom", fontsize=8.5, color=style.MUTED)
        axes.set_title(f"{names[code]} {year}", loc="left", color=colour)
        axes.set_ylim(len(part) - 0.45, -0.6)
        axes.set_xlim(0, top * (1.3 if narrow else 1.15))
        axes.set_xticks([])
        axes.set_yticks([])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
    return figure


def describe_budget_steps(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `budget_steps` shows."""
    told = []
    for (code, year), part in frame.groupby(["iso3", "year"], sort=False):
        amounts = "; ".join(f"{r['label']} {r['eur_millions']:,.0f}" for _, r in part.iterrows())
        told.append(f"{names[str(code)]} {year}: {amounts}.")
    return f"Bars of every amount known, million euro. {' '.join(told)}"


def fan(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str], iso3: str
) -> Figure:
    """Draw a country's spending as each release printed it; `frame` is `spending_revisions.fan`."""
    figure, axes = style.canvas(
        title, f"{names[iso3]}, million current US dollars, by release of SIPRI", narrow=narrow,
        height=3.7,
    )  # fmt: skip
    days = sorted(frame["release"].unique())
    looks = [("#7d8794", (0, (1, 1.2))), ("#3f4a55", (0, (4, 1.6)))]
    for place, day in enumerate(days):
        part, newest = frame[frame["release"] == day], place == len(days) - 1
        colour, dashes = (style.colour(iso3), "-") if newest else looks[place % 2]
        end = part.iloc[-1]
        axes.plot(
            part["year"], part["value"], color=colour, linewidth=2.6 if newest else 1.7,
            linestyle=dashes, zorder=4 - place if newest else 5 + place,
            label=f"{pd.Timestamp(day):%B %Y}, ending with {end['value']:,.0f} in {end['year']}",
        )  # fmt: skip
        axes.plot(end["year"], end["value"], "o", color=colour, markersize=6, zorder=9)
    axes.set_ylim(0, frame["value"].max() * 1.32)
    style.thousands(axes)
    style.whole_years(
        axes, int(frame["year"].min()), int(frame["year"].max()), most=4 if narrow else 9
    )
    axes.legend(loc="upper left", title="Release of", alignment="left", handlelength=2.4)
    return figure


def describe_fan(frame: pd.DataFrame, *, names: dict[str, str], iso3: str) -> str:
    """Say in words what `fan` shows."""
    told = []
    for day, part in frame.groupby("release"):
        end = part.iloc[-1]
        told.append(f"the release of {day:%B %Y} ends with {end['value']:,.0f} in {end['year']}")
    wide = frame.groupby("year")["value"].agg(["min", "max"])
    widest = wide.assign(ratio=wide["max"] / wide["min"]).sort_values("ratio").iloc[-1]
    low, high = widest["min"], widest["max"]
    return (
        f"Line chart of {names[iso3]}'s spending by release, million US dollars: {'; '.join(told)}."
        f" The releases differ most on {widest.name}: {low:,.0f} to {high:,.0f}."
    )


_STATE = {"printed": "#3f5468", "estimate": "#9fb0c0", "one page": "#d8c9a3", "missing": "#f0ede6"}


def _grid(axes: Axes, part: pd.DataFrame, codes: list[str], years: list[int]) -> None:
    """Draw one cell a country and year as an image, which is far quicker than single bars."""
    states = list(_STATE)
    wide = part.assign(shade=part["state"].map(states.index)).pivot(
        index="iso3", columns="year", values="shade"
    )
    cells = wide.reindex(index=codes, columns=years).to_numpy(dtype=float)
    edges = [[i - 0.5 for i in range(n + 1)] for n in (len(years), len(codes))]
    axes.pcolormesh(
        *edges, cells, cmap=ListedColormap(list(_STATE.values())), vmin=-0.5,
        vmax=len(states) - 0.5, edgecolors=style.PAPER, linewidth=1.2,
    )  # fmt: skip


def availability(
    frame: pd.DataFrame, *, title: str, narrow: bool = False, names: dict[str, str]
) -> Figure:
    """Draw which figures exist; `frame` is that of `measures.spending_sources.availability`."""
    asked = list(dict.fromkeys(frame["asked"]))
    codes, years = codes_of(frame), sorted(int(year) for year in frame["year"].unique())
    columns = 1 if narrow else 2
    rows, each = -(-len(asked) // columns), 0.62 + 0.17 * len(codes)
    foot = 0.5 if narrow else 0.3
    figure, drawn = style.canvas(
        title, narrow=narrow, height=rows * each + foot, rows=rows + 1, columns=columns,
        squeeze=False, height_ratios=[each] * rows + [foot],
    )  # fmt: skip
    for axes, name in zip(drawn[:-1].flat, asked, strict=False):
        _grid(axes, frame[frame["asked"] == name], codes, years)
        axes.set_title(name, loc="left")
        axes.set_yticks(range(len(codes)), [names[code] for code in codes])
        axes.set_ylim(len(codes) - 0.5, -0.5)
        axes.set_xlim(-0.6, len(years) - 0.4)
        step = -(-len(years) // 4)
        ticks = range(len(years) - 1, -1, -step)
        axes.set_xticks(list(ticks), [str(years[i]) for i in ticks])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
    shown = set(frame["state"])
    handles = [Patch(color=look, label=state) for state, look in _STATE.items() if state in shown]
    style.legend_row(figure, drawn, handles, columns=2 if narrow else 4)
    return figure


def describe_availability(frame: pd.DataFrame, *, names: dict[str, str]) -> str:
    """Say in words what `availability` shows."""
    told = []
    for name, part in frame.groupby("asked", sort=False):
        known = part["state"] != "missing"
        lacking = [names[c] for c in codes_of(part) if not known[part["iso3"] == c].any()]
        text = f"{name}: {known.sum()} of {len(part)} country-years"
        told.append(text + (f", none for {style.listed(lacking)}" if lacking else ""))
    span = f"{frame['year'].min()} to {frame['year'].max()}"
    return f"Grids of what is known, {span}. {'; '.join(told)}."
