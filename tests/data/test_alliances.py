"""The ledgers of alliances agree with their notes and with each other."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from balkandefence import tables

SIX = {"ALB", "BIH", "XKX", "MNE", "MKD", "SRB"}
PARTNERS = ("blr", "chn", "deu", "fra", "gbr", "hun", "ita", "rus", "tur", "ukr", "usa")


def counts(column: pd.Series) -> dict[object, int]:
    """Return how often each value stands, unknown left out."""
    return column.value_counts().to_dict()


def naming(column: pd.Series, code: str) -> pd.Series:
    """Return where a list column names a code."""
    return column.map(lambda codes: code in codes).astype(bool)


def exempt(table: str, rule: str, column: str) -> set[object]:
    """Return the values of a column that a sidecar exempts from an identity."""
    listed = tables.sidecar(table).known_exceptions
    return {exception.where[column] for exception in listed if exception.rule == rule}


# --- the tables as a whole -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("memberships", 71),
        ("agreements", 106),
        ("exercises", 81),
        ("exercise_counts", 51),
        ("un_voting", 553 + 168),
        ("cfsp_alignment", 19),
        ("treaties", 490),
        ("missions", 37),
    ],
)
def test_no_row_was_lost(name: str, rows: int) -> None:
    assert len(tables.load(name)) == rows


@pytest.mark.parametrize(
    ("name", "single", "high", "medium", "low"),
    [
        ("memberships", 6, 56, 13, 2),
        ("agreements", 59, 36, 57, 13),
        ("exercises", 41, 31, 49, 1),
        ("exercise_counts", 45, 4, 45, 2),
        ("missions", 37, 0, 35, 2),
        ("cfsp_alignment", 13, 6, 12, 1),
    ],
)
def test_single_sources_and_confidence_are_as_audited(
    name: str, single: int, high: int, medium: int, low: int
) -> None:
    frame = tables.load(name)
    assert frame["single_source"].sum() == single
    split = counts(frame["confidence"])
    assert [split.get(level, 0) for level in ("high", "medium", "low")] == [
        high,
        medium,
        low,
    ]


@pytest.mark.parametrize(
    "name",
    ["memberships", "agreements", "exercises", "exercise_counts", "cfsp_alignment"],
)
def test_high_confidence_never_rests_on_a_single_source(name: str) -> None:
    frame = tables.load(name)
    assert not frame.loc[frame["confidence"] == "high", "single_source"].any()


@pytest.mark.parametrize(
    ("name", "end_2024", "september_2025", "today", "undated"),
    [
        ("memberships", 52, 52, 71, 19),
        ("agreements", 91, 100, 106, 2),
        ("exercises", 69, 75, 81, 0),
        ("exercise_counts", 49, 51, 51, 0),
        ("cfsp_alignment", 18, 18, 19, 1),
        ("missions", 36, 36, 37, 1),
        ("un_voting", 0, 168, 721, 0),
        ("treaties", 490, 490, 490, 0),
    ],
)
def test_less_was_known_on_earlier_days(
    name: str, end_2024: int, september_2025: int, today: int, undated: int
) -> None:
    assert len(tables.load(name, as_of="2024-12-31")) == end_2024
    assert len(tables.load(name, as_of="2025-09-30")) == september_2025
    frame = tables.load(name)
    assert len(frame) == today
    assert frame[tables.sidecar(name).clock.column].isna().sum() == undated


# --- memberships ---------------------------------------------------------------------------


def test_countries_joined_nato_on_the_days_of_the_record() -> None:
    frame = tables.load("memberships")
    members = frame[(frame["organisation"] == "NATO") & (frame["status"] == "member")]
    assert dict(zip(members["iso3"], members["date_start"], strict=True)) == {
        "ALB": "2009-04-01",
        "HRV": "2009-04-01",
        "MNE": "2017-06-05",
        "MKD": "2020-03-27",
    }


def test_north_macedonia_was_no_ally_the_day_before_its_accession() -> None:
    before = tables.load("memberships", as_of="2020-03-26")
    members = before[(before["organisation"] == "NATO") & (before["status"] == "member")]
    assert set(members["iso3"]) == {"ALB", "HRV", "MNE"}


def test_memberships_by_organisation_add_up() -> None:
    assert counts(tables.load("memberships")["organisation"]) == {
        "EU": 14,
        "NATO": 12,
        "Adriatic Charter (A5)": 7,
        "RACVIAC": 7,
        "US State Partnership Program": 7,
        "SEDM": 6,
        "Balkan Medical Task Force": 5,
        "EU CSDP": 4,
        "NATO Partnership for Peace": 4,
        "EU Security and Defence Partnership": 3,
        "CSTO Parliamentary Assembly": 1,
        "military neutrality": 1,
    }


def test_members_and_observers_are_counted_apart() -> None:
    status = counts(tables.load("memberships")["status"])
    assert {k: status[k] for k in ("member", "founding member", "observer", "participant")} == {
        "member": 23,
        "founding member": 3,
        "observer": 3,
        "participant": 3,
    }
    assert status["candidate"] == 5
    assert status["accession negotiations opened"] == 4


def test_nobody_has_two_standings_in_one_organisation() -> None:
    standings = {
        "member",
        "founding member",
        "founding participant",
        "participant",
        "not a participant",
        "participant on equal terms (invited)",
        "observer",
        "potential candidate",
        "candidate",
    }
    frame = tables.load("memberships")
    standing = frame[frame["status"].isin(standings)]
    assert not standing.duplicated(["iso3", "organisation"]).any()
    paired = frame[frame["organisation"] == "US State Partnership Program"]
    assert paired["iso3"].is_unique
    assert paired["status"].is_unique


def test_steps_towards_the_eu_follow_each_other() -> None:
    frame = tables.load("memberships")
    steps = frame[frame["organisation"] == "EU"].set_index(["iso3", "status"])["date_start"]
    for country in ("ALB", "MKD", "MNE", "SRB"):
        assert steps[country, "candidate"] < steps[country, "accession negotiations opened"]
    assert steps["BIH", "candidate"] == "2022-12-15"
    assert steps["BIH", "candidate"] < steps["BIH", "decision to open accession negotiations"]
    opened = steps["ALB", "accession negotiations opened"]
    assert opened < steps["ALB", "first cluster (fundamentals) opened"]


def test_the_end_of_serbias_action_plan_shows_only_after_it() -> None:
    def end(as_of: str) -> object:
        frame = tables.load("memberships", as_of=as_of)
        return frame.loc[frame["status"].str.startswith("second IPAP"), "date_end"].item()

    assert pd.isna(end("2021-12-30"))
    assert end("2021-12-31") == "2021"
    assert tables.load("memberships")["date_end"].notna().sum() == 1


def test_memberships_and_agreements_give_the_same_dates() -> None:
    frame = tables.load("memberships").set_index(["iso3", "organisation", "status"])["date_start"]
    agreements = tables.load("agreements").set_index("agreement_id")
    framework = "framework participation agreement signed"
    partnership = "EU Security and Defence Partnership"
    same = {
        "agr-010": ("MNE", "EU CSDP", framework),
        "agr-013": ("SRB", "EU CSDP", framework),
        "agr-019": ("MKD", "EU CSDP", framework),
        "agr-029": ("BIH", "EU CSDP", framework),
        "agr-073": ("MKD", partnership, "signed"),
        "agr-075": ("ALB", partnership, "signed"),
        "agr-027": ("SRB", "NATO", "PfP SOFA signed"),
        "agr-028": ("SRB", "NATO", "IPAP agreed"),
        "agr-040": ("SRB", "NATO", "second IPAP cycle adopted (2019-2021)"),
    }
    for agreement, membership in same.items():
        row = agreements.loc[agreement]
        date = row["date_decided"] if pd.isna(row["date_signed"]) else row["date_signed"]
        assert date == frame[membership], agreement


# --- agreements ----------------------------------------------------------------------------


def test_dates_of_agreements_by_kind() -> None:
    frame = tables.load("agreements")
    kinds = frame[["date_signed", "date_decided", "date_reported"]].notna()
    bounded = frame[["date_earliest", "date_latest"]].notna().any(axis=1)
    assert kinds.sum().tolist() == [75, 8, 8]
    assert bounded.sum() == 13
    assert frame["date_earliest"].notna().sum() == 12
    assert frame["date_latest"].notna().sum() == 13
    filled = kinds.sum(axis=1) + bounded
    assert filled.max() == 1
    assert (filled == 0).sum() == 2
    assert set(frame.loc[filled == 0, "agreement_id"]) == {"agr-090", "agr-091"}


def test_agreements_fall_in_the_window_that_their_dates_give() -> None:
    frame = tables.load("agreements")
    date = frame["date_signed"].fillna(frame["date_decided"]).fillna(frame["date_reported"])
    date = date.fillna(frame["date_earliest"])
    within = frame["in_window_2005_2026"]
    assert within.sum() == 100
    assert (~within.dropna()).sum() == 3
    assert within.isna().sum() == 3
    assert within.isna().equals(date.isna())
    assert ((date.dropna() >= "2005") == within.dropna()).all()


def test_agreements_count_their_parties() -> None:
    frame = tables.load("agreements")
    assert (frame["parties"].map(len) == frame["parties_count"]).all()
    assert frame["parties_count"].sum() == 214
    assert frame.loc[frame["parties_count"] > 3, "agreement_id"].tolist() == ["agr-070"]


def test_unilateral_decisions_stand_apart() -> None:
    frame = tables.load("agreements")
    alone = frame["type"] == "unilateral decision"
    assert alone.sum() == 8
    assert ((frame["recipients"].map(len) > 0) == alone).all()
    assert ((frame["parties_count"] == 1) == alone).all()
    deciders = [party for parties in frame.loc[alone, "parties"] for party in parties]
    assert sorted(deciders) == ["BIH", "EU", "EU", "EU", "EU", "EU", "GBR", "RUS"]
    concluded = frame["status"].isin(["signed", "adopted", "signed, ratification under way"])
    assert not (concluded & alone).any()
    assert frame.loc[~concluded & ~alone, "agreement_id"].tolist() == ["agr-095"]


def test_every_agreement_names_one_of_the_six() -> None:
    frame = tables.load("agreements")
    named = frame["parties"] + frame["recipients"]
    assert named.map(lambda codes: bool({*SIX, "SCG"} & set(codes))).all()


def test_serbia_is_party_to_38_agreements_and_concerned_by_two_decisions() -> None:
    frame = tables.load("agreements")
    assert naming(frame["parties"], "SRB").sum() == 38
    assert naming(frame["recipients"], "SRB").sum() == 2


def test_types_of_agreements_add_up() -> None:
    split = counts(tables.load("agreements")["type"])
    assert sum(split.values()) == 106
    assert split["defence cooperation"] == 34
    assert split["annual cooperation plan"] == 15
    assert split["donation agreement"] == 10


def test_the_british_commitment_to_kfor_was_unknown_the_day_before() -> None:
    def known(as_of: str) -> bool:
        return "agr-085" in set(tables.load("agreements", as_of=as_of)["agreement_id"])

    assert not known("2025-10-21")
    assert known("2025-10-22")


# --- exercises -----------------------------------------------------------------------------


def test_participant_lists_are_complete_in_26_rows_only() -> None:
    complete = tables.load("exercises")["participants_complete"]
    assert complete.fillna(False).sum() == 26
    assert (~complete.dropna()).sum() == 28
    assert complete.isna().sum() == 27


def test_the_six_in_an_exercise_are_those_among_its_participants() -> None:
    frame = tables.load("exercises")
    for _, row in frame.iterrows():
        named = tuple(code for code in row["participants"] if code in SIX)
        assert row["wb6_participants"] == named, row["exercise_id"]
    unknown = frame[frame["wb6_participants"].map(len) == 0]
    assert sorted(unknown["exercise_id"]) == ["exe-004", "exe-053", "exe-070"]
    assert not unknown["participants_complete"].any()


def test_participations_of_the_six_add_up() -> None:
    taken = counts(tables.load("exercises")["wb6_participants"].explode())
    assert taken == {"SRB": 40, "BIH": 22, "MKD": 19, "MNE": 16, "XKX": 13, "ALB": 13}


def test_named_participants_and_hosts_add_up() -> None:
    frame = tables.load("exercises")
    assert frame["participants"].map(len).sum() == 303
    assert frame["host"].map(len).sum() == 85
    assert counts(frame["organisations"].explode()) == {
        "EUFOR": 8,
        "KFOR": 6,
        "EULEX": 5,
        "NATO": 2,
    }


def bloc(row: pd.Series) -> str:
    """Return the bloc of an exercise by the rule in its sidecar."""
    states, bodies = set(row["participants"]), set(row["organisations"])
    leader = "" if pd.isna(row["organiser"]) else str(row["organiser"])
    if "CHN" in states:
        return "CHN"
    if states & {"RUS", "BLR"}:
        return "RUS/BLR"
    if "EUFOR" in bodies or "EUFOR" in leader:
        return "EU"
    if "USA" in states or bodies & {"NATO", "KFOR"} or re.search(r"\b(US|NATO|KFOR)\b", leader):
        return "NATO/US"
    return "TUR" if row["host"] == ("TUR",) else "other"


def test_the_bloc_of_an_exercise_follows_from_who_was_there() -> None:
    frame = tables.load("exercises")
    derived = frame.apply(bloc, axis=1)
    differs = set(frame.loc[derived != frame["bloc"], "exercise_id"])
    assert differs == exempt("exercises", "identity:bloc", "exercise_id")
    assert counts(frame["bloc"]) == {
        "NATO/US": 44,
        "RUS/BLR": 15,
        "other": 12,
        "EU": 8,
        "TUR": 1,
        "CHN": 1,
    }


def test_one_exercise_was_announced_and_is_not_held() -> None:
    frame = tables.load("exercises", as_of="2026-02-11")
    announced = frame[frame["status"] == "announced"]
    assert announced["exercise_id"].tolist() == ["exe-077"]
    assert announced["participants"].item() == ("ALB", "XKX", "HRV")
    assert "exe-077" not in set(tables.load("exercises", as_of="2026-02-10")["exercise_id"])
    assert counts(tables.load("exercises")["status"]) == {"held": 80, "announced": 1}


def test_no_exercise_is_held_before_it_begins() -> None:
    frame = tables.load("exercises")
    held = frame[frame["status"] == "held"]
    begins = held["date_start"].map(lambda text: pd.Timestamp(tables.bounds(text)[0]))
    assert (held["known_from"] >= begins).all()


def test_an_exercise_under_way_has_no_end_yet() -> None:
    def platinum_wolf(as_of: str) -> pd.DataFrame:
        frame = tables.load("exercises", as_of=as_of)
        return frame[frame["name"] == "Platinum Wolf 23"]

    assert platinum_wolf("2023-06-15").empty
    assert platinum_wolf("2023-06-26")["date_end"].isna().all()
    assert platinum_wolf("2023-06-27")["date_end"].item() == "2023-06-27"


def test_ends_still_to_come_are_hidden_from_an_earlier_day() -> None:
    def without_end(as_of: str | None) -> list[str]:
        frame = tables.load("exercises", as_of=as_of)
        return sorted(frame.loc[frame["date_end"].isna(), "exercise_id"])

    assert without_end("2024-12-31") == ["exe-042"]
    assert without_end("2025-09-30") == ["exe-042", "exe-076"]
    assert without_end("2026-11-20") == ["exe-042", "exe-077"]
    assert without_end(None) == ["exe-042"]


def test_exercises_by_year_show_the_weight_of_2019() -> None:
    years = counts(tables.load("exercises")["date_start"].str[:4])
    assert years["2019"] == 17
    assert years["2020"] == 1
    assert sum(years.values()) == 81


# --- published counts ----------------------------------------------------------------------


def published(iso3: str, year: int, **wanted: object) -> int:
    """Return the published count of exercises for a scope or an arrangement, whole years only."""
    frame = tables.load("exercise_counts")
    fits = (frame["iso3"] == iso3) & (frame["year"] == year) & (frame["measure"] == "exercises")
    fits &= frame["period"] == "year"
    for column, value in wanted.items():
        fits &= frame[column].isna() if value is None else frame[column] == value
    return int(frame.loc[fits, "events_count"].sum())


def test_counts_by_kind_and_measure() -> None:
    frame = tables.load("exercise_counts")
    assert counts(frame["count_kind"]) == {
        "exact": 44,
        "estimate": 4,
        "derived": 1,
        "planned": 1,
        "average (lower bound)": 1,
    }
    assert counts(frame["measure"]) == {
        "exercises": 42,
        "joint military activities": 5,
        "joint activities": 3,
        "joint activities planned": 1,
    }
    assert frame["events_count"].sum() == 1301
    assert frame["events_count"].notna().sum() == 50


def test_only_the_average_has_a_lower_bound_in_place_of_a_count() -> None:
    frame = tables.load("exercise_counts")
    bound = frame[frame["events_low_count"].notna()]
    assert bound["count_kind"].tolist() == ["average (lower bound)"]
    assert bound["events_low_count"].item() == 20
    assert frame["events_count"].isna().equals(frame["events_low_count"].notna())


@pytest.mark.parametrize(("iso3", "total"), [("ALB", 20), ("MKD", 31)])
def test_bilateral_and_multilateral_exercises_of_2023_make_up_all(iso3: str, total: int) -> None:
    bilateral = published(iso3, 2023, scope="bilateral")
    multilateral = published(iso3, 2023, scope="multilateral")
    assert bilateral + multilateral == published(iso3, 2023, arrangement="all partners") == total


@pytest.mark.parametrize(
    ("iso3", "listed", "multilateral"),
    [("ALB", 17, 17), ("MNE", 23, 23), ("MKD", 17, 18)],
)
def test_kinds_of_multilateral_exercises_of_2023(iso3: str, listed: int, multilateral: int) -> None:
    """North Macedonia's three published kinds fall one short of its published sum."""
    kinds = ("led by the partner", "regional", "with the partner")
    assert sum(published(iso3, 2023, arrangement=kind) for kind in kinds) == listed
    assert published(iso3, 2023, scope="multilateral") == multilateral


@pytest.mark.parametrize(("year", "total"), [(2022, 5), (2023, 13)])
def test_north_macedonias_bilateral_exercises_add_up(year: int, total: int) -> None:
    everything = published("MKD", year, arrangement="bilateral")
    assert published("MKD", year, scope="bilateral") == total
    assert everything == 2 * total


def test_albanias_exercises_with_kosovo_are_the_difference_of_two_estimates() -> None:
    total = published("ALB", 2022, arrangement="all partners")
    assert total - published("ALB", 2022, partner_iso3="NATO") == 4
    assert published("ALB", 2022, partner_iso3="XKX") == 4


def test_serbias_activities_with_nato_in_2016_are_the_sum_of_the_part_counts() -> None:
    frame = tables.load("exercise_counts")
    year = frame[(frame["iso3"] == "SRB") & (frame["year"] == 2016)]
    parts = year.loc[year["period"] == "part of 2016", "events_count"]
    whole = year[(year["period"] == "year") & (year["partner_iso3"] == "NATO")]
    assert parts.sum() == whole["events_count"].item() == 206


def test_serbias_listed_exercises_do_not_exceed_the_published_counts() -> None:
    listed = tables.load("exercises")
    serbian = listed[naming(listed["participants"], "SRB")]
    for year, listed_with_russia in ((2019, 4), (2021, 3)):
        of_year = serbian[serbian["date_start"].str.startswith(str(year))]
        russian = int(naming(of_year["participants"], "RUS").sum())
        assert russian == listed_with_russia
        assert russian <= published("SRB", year, partner_iso3="RUS")
    years = counts(serbian["date_start"].str[:4])
    assert years.get("2022", 0) == published("SRB", 2022, arrangement="all partners") == 0
    assert years["2023"] == published("SRB", 2023, arrangement="all partners") == 1


# --- votes in the United Nations ------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "states", "points", "votes", "pairs", "distances"),
    [
        ("final-passage votes", 553, 488.8515, 41887, 1974, 1463.8559),
        ("all votes", 168, 155.0951, 18415, 1848, 1520.4076),
    ],
)
def test_ideal_points_and_distances_add_up(
    series: str, states: int, points: float, votes: int, pairs: int, distances: float
) -> None:
    frame = tables.load("un_voting")
    frame = frame[frame["series"] == series]
    columns = frame[[f"distance_{partner}" for partner in PARTNERS]]
    assert len(frame) == states
    assert frame["ideal_point"].sum() == pytest.approx(points, abs=1e-4)
    assert frame["votes_count"].sum() == votes
    assert columns.notna().sum().sum() == pairs
    assert columns.sum().sum() == pytest.approx(distances, abs=1e-4)


def test_distances_are_differences_of_points() -> None:
    frame = tables.load("un_voting")
    frame = frame[frame["series"] == "final-passage votes"]
    point = frame.set_index(["iso3", "year"])["ideal_point"]
    checked = 0
    for partner in PARTNERS:
        column = f"distance_{partner}"
        pairs = frame[frame[column].notna()]
        theirs = point.reindex([(partner.upper(), year) for year in pairs["year"]])
        gap = (pairs["ideal_point"].to_numpy() - theirs.to_numpy()).__abs__()
        assert abs(gap - pairs[column].to_numpy()).max() < 1.01e-4
        checked += len(pairs)
    assert checked == 1974


def test_points_of_the_check_series_fit_its_distances() -> None:
    """One place of each partner must explain the distances of all countries in a year."""
    frame = tables.load("un_voting")
    frame = frame[frame["series"] == "all votes"]
    assert set(frame["iso3"]) == {"ALB", "BIH", "HRV", "MKD", "MNE", "SRB"}
    for year, rows in frame.groupby("year"):
        for partner in PARTNERS:
            sides = [
                (
                    row.ideal_point - getattr(row, f"distance_{partner}"),
                    row.ideal_point + getattr(row, f"distance_{partner}"),
                )
                for row in rows.itertuples()
            ]
            fits = any(
                all(min(abs(place - low), abs(place - high)) < 2e-3 for low, high in sides)
                for place in sides[0]
            )
            assert fits, (year, partner)


def test_states_vote_every_year_except_in_the_known_gaps() -> None:
    frame = tables.load("un_voting")
    main = frame[frame["series"] == "final-passage votes"]
    years = main.groupby("iso3")["year"].agg(set)
    every = set(range(1992, 2026))
    gaps = {iso3: sorted(every - seen) for iso3, seen in years.items() if every - seen}
    assert gaps == {
        "BIH": [1997, 1998],
        "MKD": [1992],
        "MNE": list(range(1992, 2006)),
        "SRB": list(range(1993, 2000)),
        "TUR": [2025],
    }
    assert "XKX" not in years


def test_the_year_2024_rests_on_a_handful_of_votes() -> None:
    frame = tables.load("un_voting")
    few = frame[frame["votes_count"] < 20]
    assert counts(few["year"]) == {2024: 17, 1992: 2}
    assert set(few.loc[few["year"] == 1992, "iso3"]) == {"SRB"}
    assert few.loc[few["year"] == 2024, "votes_count"].between(6, 8).all()


def test_before_april_2026_only_the_check_series_answers() -> None:
    assert set(tables.load("un_voting", as_of="2026-04-29")["series"]) == {"all votes"}
    assert tables.load("un_voting", as_of="2026-04-29")["year"].max() == 2023
    both = tables.load("un_voting", as_of="2026-04-30")
    assert counts(both["series"]) == {"final-passage votes": 553, "all votes": 168}


# --- alignment with the European Union ------------------------------------------------------


def test_alignment_is_the_share_of_declarations_joined() -> None:
    frame = tables.load("cfsp_alignment")
    both = frame[frame["declarations_aligned_count"].notna() & frame["declarations_count"].notna()]
    share = 100 * both["declarations_aligned_count"] / both["declarations_count"]
    assert len(both) == 3
    assert (share.astype(float).round() == both["alignment_pct"]).all()
    assert frame["declarations_count"].notna().sum() == 4


def test_serbias_65_and_70_declarations_of_2022_do_not_make_136() -> None:
    frame = tables.load("cfsp_alignment")
    fits = (frame["iso3"] == "SRB") & (frame["year"] == 2022) & (frame["period"] == "year")
    row = frame[fits].iloc[0]
    assert (row["declarations_aligned_count"], row["declarations_count"]) == (65, 136)
    assert "70 not aligned" in row["note"]
    assert row["alignment_pct"] == 48


def test_alignment_values_add_up() -> None:
    frame = tables.load("cfsp_alignment")
    assert frame["alignment_pct"].sum() == 1343
    assert counts(frame["iso3"]) == {"SRB": 11, "ALB": 2, "BIH": 2, "MKD": 2, "MNE": 2}
    assert counts(frame["value_kind"]) == {"published": 18, "inferred year": 1}


# --- treaties ------------------------------------------------------------------------------


def test_treaty_spells_by_data_set_and_obligation() -> None:
    frame = tables.load("treaties")
    assert counts(frame["dataset"]) == {"ATOP 5.1": 477, "COW Formal Alliances 4.1": 13}
    atop = frame[frame["dataset"] == "ATOP 5.1"]
    obligations = counts(atop["obligations"].explode())
    assert obligations == {"nonagg": 477, "consul": 100, "defense": 92, "neutral": 11}
    cow = frame[frame["dataset"] != "ATOP 5.1"]
    assert counts(cow["obligations"].explode()) == {
        "nonagg": 11,
        "defense": 4,
        "neutral": 3,
        "entente": 2,
    }
    assert (frame["end_year"] - frame["start_year"] + 1).sum() == 7557


def test_a_spell_is_censored_where_it_lasts_to_the_end_of_its_data_set() -> None:
    frame = tables.load("treaties")
    last = frame["dataset"].map({"ATOP 5.1": 2018, "COW Formal Alliances 4.1": 2012})
    assert ((frame["end_year"] == last) == frame["right_censored"]).all()
    assert frame["right_censored"].sum() == 340


def test_spells_of_a_pair_do_not_overlap() -> None:
    pair = ["dataset", "iso3", "partner_iso3"]
    frame = tables.load("treaties").sort_values([*pair, "start_year"])
    before = frame.groupby(pair)["end_year"].shift()
    follows = before.notna()
    assert (frame.loc[follows, "start_year"] > before[follows]).all()


def test_treaties_among_the_countries_are_mirror_images() -> None:
    frame = tables.load("treaties")
    among = frame[frame["partner_iso3"].isin(set(frame["iso3"]))]
    rest = ["dataset", "start_year", "end_year", "right_censored", "obligations"]
    there = set(among[["iso3", "partner_iso3", *rest]].itertuples(index=False, name=None))
    back = set(among[["partner_iso3", "iso3", *rest]].itertuples(index=False, name=None))
    assert there == back


def test_each_country_has_one_correlates_of_war_number() -> None:
    frame = tables.load("treaties")
    assert dict(zip(frame["iso3"], frame["cow_code"], strict=True)) == {
        "ALB": 339,
        "MNE": 341,
        "MKD": 343,
        "HRV": 344,
        "SRB": 345,
        "BIH": 346,
    }
    assert (frame.groupby("partner_iso3")["partner_cow_code"].nunique() == 1).all()
    assert frame["partner_iso3"].nunique() == 58


def test_atop_dates_defence_pacts_from_the_protocol_and_not_from_accession() -> None:
    frame = tables.load("treaties")
    atop = frame[(frame["dataset"] == "ATOP 5.1") & (frame["partner_iso3"] == "USA")]
    pacts = atop[naming(atop["obligations"], "defense")]
    first = dict(zip(pacts["iso3"], pacts["start_year"], strict=True))
    assert first == {"ALB": 2008, "HRV": 2008, "MNE": 2016}


def test_alliance_data_sets_have_their_own_releases() -> None:
    assert tables.load("treaties", as_of="2013-12-30").empty
    early = tables.load("treaties", as_of="2022-12-30")
    assert counts(early["dataset"]) == {"COW Formal Alliances 4.1": 13}


# --- missions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "states", "personnel", "stated"),
    [("2017-02", 11, 2624, "4,273"), ("2022-08", 16, 3060, "3,735")],
)
def test_kfor_contributions_stay_below_the_stated_total(
    date: str, states: int, personnel: int, stated: str
) -> None:
    frame = tables.load("missions")
    kfor = frame[(frame["mission"] == "KFOR") & (frame["date"] == date)]
    assert len(kfor) == states
    assert kfor["personnel_count"].sum() == personnel < int(stated.replace(",", ""))
    assert kfor["note"].str.contains(f"Total {stated}").all()


def test_contributions_without_a_number_are_marked() -> None:
    frame = tables.load("missions")
    assert counts(frame["count_kind"]) == {
        "exact": 31,
        "listed, no number": 4,
        "rounded": 2,
    }
    unnumbered = frame["count_kind"] == "listed, no number"
    assert frame["personnel_count"].isna().equals(unnumbered)
    assert frame["personnel_count"].sum() == 8143


def test_the_total_of_all_contributors_is_no_state() -> None:
    frame = tables.load("missions")
    total = frame[frame["contributor"] == "all contributors"]
    assert total["personnel_count"].tolist() == [1200]
    assert frame["iso3"].isna().equals(frame["contributor"] == "all contributors")
