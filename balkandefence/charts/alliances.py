"""Charts of memberships and ties."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from balkandefence import style
from balkandefence.measures.alliances import UNDATED

#: Depth of colour by rung, from the first step to membership.
_DEPTH = {
    "NATO": {0: 0.0, 1: 0.25, 2: 0.5, 3: 0.75, 4: 1.0},
    "EU": {1: 0.2, 2: 0.4, 3: 0.6, 4: 0.8, 5: 1.0},
}
_RUNGS = {
    "NATO": {
        0: "outside",
        1: "Partnership for Peace",
        2: "deepened partnership",
        3: "action plan",
        4: "member",
    },
    "EU": {
        1: "potential candidate",
        2: "candidate",
        3: "talks decided",
        4: "talks opened",
        5: "member",
    },
}


def mixed(colour: str, depth: float) -> tuple[float, float, float]:
    """Return a colour thinned towards white; an opaque tint prints alike everywhere."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return tuple(1 - depth * (1 - part) for part in (red, green, blue))  # type: ignore[return-value]


def ink_on(fill: tuple[float, float, float]) -> str:
    """Return white or ink, whichever reads better on a fill."""
    red, green, blue = fill
    return style.INK if 0.3 * red + 0.59 * green + 0.11 * blue > 0.5 else style.PAPER


def ladder(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
    first: int,
    highlight: str = "",
) -> Figure:
    """Draw bars of membership steps by country, NATO above and EU below.

    `frame` is that of `measures.alliances.ladder`; darker is a further step, dots are years before
    the first row of the table.
    """
    row = 0.27
    figure, panels = style.canvas(
        title,
        "The year is that of the step; dots: no row in the table",
        narrow=narrow,
        height=2 * (row * len(countries) + (0.85 if narrow else 0.6)),
        rows=2,
        sharex=True,
    )
    end = float(frame["end"].max())
    for axes, track in zip(panels, _RUNGS, strict=True):
        _ladder_panel(axes, frame[frame["track"] == track], track, countries, first, end, narrow)
        axes.set_yticks(range(len(countries)), [names[code] for code in countries])
        for label, code in zip(axes.get_yticklabels(), countries, strict=True):
            label.set_color(style.INK)
            label.set_weight("semibold" if code == highlight else "normal")
    ticks = list(range(first, int(end) + 1, 5 if narrow or end - first > 12 else 2))
    panels[1].set_xticks(ticks, [str(year) for year in ticks])
    return figure


def _ladder_panel(
    axes: Axes,
    frame: pd.DataFrame,
    track: str,
    countries: Sequence[str],
    first: int,
    end: float,
    narrow: bool,
) -> None:
    inch = (2.9 if narrow else 6.1) / (end - first)
    for place, code in enumerate(countries):
        spells = frame[frame["iso3"] == code]
        begun = float(spells["start"].min()) if len(spells) else end
        axes.plot([first, begun], [place, place], ":", color=style.FAINT, lw=1.4)
        for _, spell in spells.iterrows():
            depth = _DEPTH[track][spell["rung"]]
            wide = spell["end"] - spell["start"]
            fill = mixed(style.colour(code), depth)
            axes.add_patch(
                Rectangle(
                    (spell["start"], place - 0.36),
                    wide,
                    0.72,
                    facecolor=fill,
                    edgecolor=style.colour(code),
                    lw=0.8,
                )
            )
            label = spell["date"][:4] or "no date found"
            if wide * inch > (0.34 if spell["date"] else 1.0):
                axes.text(
                    spell["start"] + 0.05 / inch,
                    place,
                    label,
                    va="center",
                    fontsize=8.5,
                    color=ink_on(fill),
                )
    axes.set_xlim(first, end)
    axes.set_ylim(len(countries) - 0.45, -0.55)
    axes.grid(False)
    axes.set_title(track, loc="left", fontweight="semibold")
    keys = [
        Patch(facecolor=mixed("#3a4550", _DEPTH[track][rung]), edgecolor="#3a4550", lw=0.8,
              label=label)
        for rung, label in _RUNGS[track].items()
    ]  # fmt: skip
    style.legend(
        axes, keys, columns=3 if narrow else 5, fontsize=8.5, handlelength=1.1, handleheight=0.8,
        at=(-0.38 if narrow else 0.0, -0.06 if track == "NATO" else -0.16),
        columnspacing=0.9, handletextpad=0.4,
    )  # fmt: skip


def describe_ladder(
    frame: pd.DataFrame,
    *,
    names: dict[str, str],
    countries: Sequence[str],
    first: int,
    highlight: str = "",
) -> str:
    """Say in words what `ladder` shows."""
    told = []
    for track in _RUNGS:
        parts = []
        for code in countries:
            rows = frame[(frame["track"] == track) & (frame["iso3"] == code)]
            if rows.empty:
                parts.append(f"{names[code]} no row")
                continue
            last = rows.iloc[-1]
            since = f" since {last['date'][:4]}" if last["date"] else ", date not found"
            parts.append(f"{names[code]} {last['step']}{since}")
        told.append(f"{track}: " + "; ".join(parts) + ".")
    return f"Bars by country from {first} on, last step of each. " + " ".join(told)


def _grid(
    axes: Axes, frame: pd.DataFrame, rows: Sequence[str], columns: Sequence[str], column: str
) -> None:
    """Draw one cell a tie, full colour where two origins back it, and its years inside."""
    for _, tie in frame.iterrows():
        x, y = columns.index(tie[column]), rows.index(tie["partner"])
        colour = style.BLOC[tie["bloc"]]
        fill = mixed(colour, 1.0 if tie["firm"] else 0.28)
        axes.add_patch(
            Rectangle(
                (x - 0.46, y - 0.42),
                0.92,
                0.84,
                facecolor=fill,
                edgecolor=colour,
                lw=0.9,
            )
        )
        axes.text(
            x, y, tie["when"], ha="center", va="center", fontsize=8.5,
            color=ink_on(fill),
        )  # fmt: skip
    spots = itertools.product(range(len(columns)), range(len(rows)))
    axes.plot(*zip(*spots, strict=True), ".", color=style.GRID, ms=3, zorder=0)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.xaxis.tick_top()
    axes.spines["bottom"].set_visible(False)


def _key(frame: pd.DataFrame) -> str:
    """Return how the cells of a grid are to be read."""
    undated = "; n.d.: no date found" if UNDATED in set(frame["when"]) else ""
    return (
        "Years of the first and last text found; pale: single source or low confidence; "
        f"a dot: none found{undated}"
    )


def _labels(axes: Axes, names: Sequence[str], narrow: bool) -> None:
    axes.set_xticks(range(len(names)), list(names), fontsize=8.5 if narrow else 9)
    if narrow:
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="left", rotation_mode="anchor")
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_color(style.INK)


def ties(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    countries: Sequence[str],
    powers: Sequence[str],
) -> Figure:
    """Draw a grid of powers (rows) and countries (columns): a cell where a text was concluded."""
    figure, axes = style.canvas(
        title,
        _key(frame),
        narrow=narrow,
        height=0.29 * len(powers) + 0.5,
    )
    _grid(axes, frame, list(powers), list(countries), "iso3")
    axes.set_yticks(range(len(powers)), [names[code] for code in powers])
    _labels(axes, [names[code] for code in countries], narrow)
    return figure


def describe_ties(
    frame: pd.DataFrame, *, names: dict[str, str], countries: Sequence[str], powers: Sequence[str]
) -> str:
    """Say in words what `ties` shows."""
    told = []
    for code in countries:
        mine = frame[frame["iso3"] == code]
        found = [
            f"{names[p]} {when}" for p, when in zip(mine["partner"], mine["when"], strict=True)
        ]
        told.append(f"{names[code]}: {', '.join(found) or 'none found'}")
    return (
        f"Grid of {len(powers)} powers and {len(countries)} countries with the years of the texts "
        f"found. {'; '.join(told)}."
    )


def ties_by_family(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: dict[str, str],
    families: Sequence[str],
) -> Figure:
    """Draw one country's grid of partners (rows) and kinds of text (columns)."""
    partners = list(dict.fromkeys(frame["partner"]))
    used = [family for family in families if family in set(frame["family"])]
    figure, axes = style.canvas(
        title,
        _key(frame),
        narrow=narrow,
        height=0.29 * len(partners) + (0.9 if narrow else 0.5),
    )
    shown = frame.assign(when=_short(frame["when"])) if narrow else frame
    _grid(axes, shown, partners, used, "family")
    axes.set_yticks(range(len(partners)), [names[code] for code in partners])
    _labels(axes, used, narrow)
    return figure


def _short(labels: pd.Series) -> list[str]:
    """Return years as two digits where the cells are small: 2013–16 becomes 13–16."""
    return [
        "–".join(part[-2:] for part in label.split("–")) if "–" in label else label
        for label in labels
    ]


def describe_ties_by_family(
    frame: pd.DataFrame, *, names: dict[str, str], families: Sequence[str]
) -> str:
    """Say in words what `ties_by_family` shows."""
    told = []
    for partner, rows in frame.groupby("partner", sort=False):
        kinds = [f"{f.lower()} {w}" for f, w in zip(rows["family"], rows["when"], strict=True)]
        told.append(f"{names[str(partner)]}: {', '.join(kinds)}")
    return f"Grid of partners and kinds of text, with years. {'; '.join(told)}."
