"""The map of incidents: a conformal conic projection, all six filled alike, one circle a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from balkandefence import style
from balkandefence.charts.batches import Dots
from balkandefence.charts.incidents import records

#: Standard parallels a sixth inside the six's extent, and the central meridian, in degrees.
PARALLELS, MERIDIAN, ORIGIN = (40.7, 45.1), 19.3, 43.0
#: West, south, east, north of the two views, in degrees.
REGION, NORTH = (15.55, 39.55, 23.15, 46.3), (20.3, 42.5, 21.5, 43.38)

_EARTH_KM = 6371.0
_LAND, _PALE, _SEA = "#dfe3e8", "#f4f5f7", "#e9f0f6"

Points = np.ndarray[Any, np.dtype[np.float64]]


def project(longitude: Any, latitude: Any) -> Points:
    """Return x and y in kilometres on a Lambert conformal conic with two standard parallels.

    On a sphere; the last axis of the result holds x and y. Angles and small shapes are true; the
    scale is within 0.1 % over the six.
    """
    one, two = np.radians(PARALLELS)
    lat = np.radians(np.asarray(latitude, dtype=float))
    turn = np.radians(np.asarray(longitude, dtype=float) - MERIDIAN)

    def stretched(angle: Any) -> Any:
        return np.tan(np.pi / 4 + angle / 2)

    cone = np.log(np.cos(one) / np.cos(two)) / np.log(stretched(two) / stretched(one))
    factor = _EARTH_KM * np.cos(one) * stretched(one) ** cone / cone
    radius, middle = factor / stretched(lat) ** cone, factor / stretched(np.radians(ORIGIN)) ** cone
    return np.stack([radius * np.sin(cone * turn), middle - radius * np.cos(cone * turn)], axis=-1)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Points]:
    """Yield every line or ring of a GeoJSON geometry, projected."""
    parts = geometry["coordinates"]
    depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
    for _ in range(depth[geometry["type"]] - 1):
        parts = [ring for part in parts for ring in part]
    for ring in [parts] if geometry["type"] == "LineString" else parts:
        points = np.asarray(ring, dtype=float)
        yield project(points[:, 0], points[:, 1])


def _area(geometry: Mapping[str, Any], view: Bbox) -> Path | None:
    """Return an area as far as it lies in the view: what lies outside would only swell the file."""
    rings = [Path(ring, closed=True) for ring in _rings(geometry)]
    shown = [ring.clip_to_bbox(view) for ring in rings if ring.intersects_bbox(view)]
    shown = [ring for ring in shown if np.size(ring.vertices)]
    return Path.make_compound_path(*shown) if shown else None


def _base(axes: Axes, base: pd.DataFrame, box: tuple[float, float, float, float]) -> None:
    """Draw the areas and lines of the base map and set the view to a box of degrees."""
    west, south, east, north = box
    edges = project([west, east, MERIDIAN, west, east], [south, south, north, north, north])
    axes.set_xlim(edges[[0, 1, 3, 4], 0].min(), edges[[0, 1, 3, 4], 0].max())
    axes.set_ylim(edges[:2, 1].min(), edges[2:, 1].max())
    view = axes.viewLim.padded(5.0)
    for feature in records(base[base["kind"] != "boundary_line"]):
        fill = _LAND if feature["kind"] == "country" else _PALE
        area = _area(feature["geometry"], view)
        if area is not None:
            name = feature["feature_id"]
            axes.add_patch(PathPatch(area, facecolor=fill, edgecolor="none", label=name))
    for status, style_ in (
        ("settled", "-"),
        ("alignment_disputed", ":"),
        ("status_disputed", "--"),
    ):
        chosen = base[(base["kind"] == "boundary_line") & (base["status"] == status)]
        lines = [line for geometry in chosen["geometry"] for line in _rings(geometry)
                 if Path(line).intersects_bbox(view, filled=False)]  # fmt: skip
        width = 1.0 if status == "status_disputed" else 0.7
        colour = style.MUTED if status == "status_disputed" else "#a3adb8"
        drawn = LineCollection(lines, colors=colour, linewidths=width, linestyles=style_)
        axes.add_collection(drawn)
    axes.set_aspect("equal")
    axes.set_anchor("NW")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.set_facecolor(_SEA)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.GRID)


def _inside(frame: pd.DataFrame, box: tuple[float, float, float, float]) -> pd.DataFrame:
    west, south, east, north = box
    return frame[frame["longitude"].between(west, east) & frame["latitude"].between(south, north)]


def _circles(axes: Axes, frame: pd.DataFrame, area: float) -> None:
    """Draw one filled circle a place, its area the counted rows; a ring adds the others."""
    circles, rings = Dots(), Dots()
    for row in records(frame[::-1]):
        x, y = project(row["longitude"], row["latitude"])
        colour, counted = style.colour(row["iso3"]), area * row["counted_count"]
        circles.add(x, y, "o", counted**0.5, edge=style.PAPER, fill=colour, alpha=0.82)
        if row["left_out_count"]:
            total = counted + area * row["left_out_count"]
            rings.add(x, y, "o", total**0.5, edge=colour, fill="none")
    circles.draw(axes, width=0.6, order=3)
    rings.draw(axes, width=0.9, order=3)


#: Where a name stands beside its circle, if not on the right: it would run into another there.
_SIDE = {
    "Zubin Potok": "left", "Sarajevo": "left", "Tirana": "left", "Raška": "left", "Zvečan": "above",
    "North Mitrovica": "below", "Kuršumlija": "left", "Podujevo": "below", "Gračanica": "left",
    "Pristina": "left", "Podgorica": "below",
}  # fmt: skip


def _names(axes: Axes, frame: pd.DataFrame, area: float, least: int) -> None:
    """Write places' names and numbers beside their circles."""
    for row in records(frame[frame["counted_count"] >= least]):
        x, y = project(row["longitude"], row["latitude"])
        away = (area * (row["counted_count"] + row["left_out_count"]) / np.pi) ** 0.5 + 3
        offset, across, up = {
            "left": ((-away, -1), "right", "center"),
            "above": ((0, away - 1), "center", "bottom"),
            "below": ((0, -away), "center", "top"),
        }.get(_SIDE.get(row["place"], ""), ((away, -1), "left", "center"))
        axes.annotate(
            f"{row['place']} {row['counted_count']}", (x, y), xytext=offset, ha=across, va=up,
            textcoords="offset points", fontsize=8.5, zorder=4,
            bbox=style.on_paper(_LAND),
        )  # fmt: skip


def places(
    frame: pd.DataFrame,
    *,
    title: str,
    narrow: bool = False,
    names: Mapping[str, str],
    base: pd.DataFrame,
) -> Figure:
    """Draw one circle a place, its area the number of counted rows, and the north of Kosovo apart.

    `frame` is that of `incidents_views.places`, `base` the table boundaries. All six are filled
    alike, neighbours paler, the line between Serbia and Kosovo dashed. The second view is drawn
    where at least three of the places lie in it.
    """
    near = _inside(frame, NORTH)
    apart = len(near) >= 3
    subtitle = "Circle area: counted incidents. Ring: with those of single source or low confidence"
    if narrow:
        layout: dict[str, Any] = {"rows": 2, "height_ratios": [4.25, 3.5]} if apart else {}
        height = 8.3 if apart else 4.9
    else:
        layout = {"columns": 2, "width_ratios": [4.15, 3.1]} if apart else {}
        height = 5.0
    figure, axes = style.canvas(title, subtitle, narrow=narrow, height=height, **layout)
    views = list(np.atleast_1d(axes))
    area = 22.0 if narrow else 26.0
    _base(views[0], base, REGION)
    _circles(views[0], frame, area)
    far = frame.drop(index=near.index) if apart else frame
    _names(views[0], far, area, 5)
    _countries(views[0], names, _LABELS)
    if apart:
        _frame(views[0])
        _base(views[1], base, NORTH)
        _circles(views[1], near, area * 1.5)
        _names(views[1], near, area * 1.5, 1)
        views[1].set_title("The north of Kosovo and around", fontsize=9.5, loc="left")
        _countries(views[1], names, {"SRB": (21.05, 43.3), "XKX": (20.72, 42.68)})
    _key(views[-1], area * (1.5 if apart else 1))
    return figure


#: Where the names of the six stand on the map, longitude and latitude.
_LABELS = {
    "SRB": (20.9, 44.35), "ALB": (20.05, 40.62), "BIH": (17.05, 44.36), "XKX": (20.8, 42.385),
    "MNE": (19.2, 42.95), "MKD": (21.55, 41.5),
}  # fmt: skip


def _countries(
    axes: Axes, names: Mapping[str, str], where: Mapping[str, tuple[float, float]]
) -> None:
    for code, (longitude, latitude) in where.items():
        x, y = project(longitude, latitude)
        axes.text(
            x, y, names[code].upper(), ha="center", va="center", fontsize=8.5, color=style.MUTED,
            zorder=2,
        )  # fmt: skip


def _frame(axes: Axes) -> None:
    """Outline the second view's extent on the first."""
    west, south, east, north = NORTH
    low, high = project([west, east], [south, north])
    axes.add_patch(
        Rectangle(low, *(high - low), facecolor="none", edgecolor=style.INK, linewidth=0.8)
    )


def _key(axes: Axes, area: float) -> None:
    """Say what sizes of circles mean, at the view's foot."""
    handles = [
        axes.scatter([], [], s=area * number, color=style.FAINT, label=str(number))
        for number in (1, 5, 10)
    ]
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, -0.15), ncols=3, fontsize=8.5,
        title="Incidents counted", title_fontsize=8.5, alignment="left", columnspacing=1.6,
        handletextpad=0.9, borderpad=0.1,
    )  # fmt: skip


def describe_places(frame: pd.DataFrame, *, names: Mapping[str, str], base: pd.DataFrame) -> str:
    """Say in words what `places` shows."""
    top = frame.head(8)
    told = "; ".join(
        f"{row['place']} ({names[row['iso3']]}) {row['counted_count']}" for row in records(top)
    )
    marked = int(frame["left_out_count"].sum())
    areas = int((base["kind"] == "country").sum())
    return (
        f"Map of {areas} countries, all filled alike, the line between Serbia and Kosovo dashed, "
        f"with one circle for each of {len(frame)} places of {int(frame['counted_count'].sum())} "
        f"counted incidents and {marked} marked ones. Most: {told}."
    )
