"""Alliances: memberships, ties, exercises, votes, the profile and its weights, on small frames."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from balkandefence.measures import (
    alliances,
    alliances_exercises,
    alliances_profile,
    alliances_texts,
    alliances_voting,
)

DAY = dt.date(2024, 7, 1)


def table(name: str, rows: list[dict[str, Any]], columns: dict[str, Any]) -> pd.DataFrame:
    """Return a frame like a loaded table: defaults filled in, a line index, its name in attrs."""
    frame = pd.DataFrame([{**columns, **row} for row in rows], columns=list(columns))
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    frame.attrs["tables"] = (name,)
    return frame


def codes() -> pd.DataFrame:
    rows = [
        ("SRB", "Serbia", "western_balkans", None),
        ("ALB", "Albania", "western_balkans", None),
        ("XKX", "Kosovo", "western_balkans", None),
        ("HRV", "Croatia", "comparator", "EU-NATO"),
        ("USA", "United States", "other", "US"),
        ("RUS", "Russia", "other", "Russia"),
        ("NATO", "NATO", "other", None),
    ]
    frame = pd.DataFrame(rows, columns=["iso3", "name", "role", "supplier_bloc"])
    frame["short_name"] = frame["name"]
    frame.attrs["tables"] = ("countries",)
    return frame


def members(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {"iso3": "", "organisation": "NATO", "status": "member", "date_start": None}
    more = {"known_from": pd.Timestamp("2000-01-01"), "single_source": False, "confidence": "high"}
    return table("memberships", list(rows), {**base, **more})


def texts(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = {
        "parties": ("SRB", "RUS"), "recipients": (), "type": "defence cooperation",
        "status": "signed", "title": "text", "date_signed": None, "date_decided": None,
        "date_reported": None, "date_earliest": None, "date_latest": None,
        "single_source": False, "confidence": "high", "source": ("a",), "parties_count": 2,
    }  # fmt: skip
    return table("agreements", list(rows), base)


def held(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = {
        "exercise_id": "", "name": "Wolf", "date_start": "2019-06", "status": "held",
        "wb6_participants": ("SRB",), "bloc": "NATO/US", "single_source": False,
        "confidence": "high", "participants_complete": True,
    }  # fmt: skip
    numbered = [{"exercise_id": f"exe-{i}", **row} for i, row in enumerate(rows)]
    return table("exercises", numbered, base)


def counts(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = {
        "iso3": "SRB", "year": 2019, "period": "year", "measure": "exercises", "scope": "x",
        "arrangement": "with the partner", "partner_iso3": "NATO", "events_count": pd.NA,
        "events_low_count": pd.NA, "count_kind": "exact", "single_source": True, "source": ("a",),
    }  # fmt: skip
    return table("exercise_counts", list(rows), base)


def votes(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = {
        "iso3": "SRB", "year": 2023, "series": alliances_voting.MAIN, "ideal_point": 0.4,
        "votes_count": 80, "distance_rus": 0.6, "distance_chn": 1.0, "distance_deu": 0.4,
        "distance_usa": 1.4,
    }  # fmt: skip
    return table("un_voting", list(rows), base)


def cfsp(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = {
        "iso3": "SRB", "year": 2023, "period": "year", "alignment_pct": 54.0,
        "value_kind": "published", "confidence": "medium",
    }  # fmt: skip
    return table("cfsp_alignment", list(rows), base)


# --- dates and names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2016-02-03", "2016-02-03", "2016-02-03"),
    ],
)
def test_a_partial_date_spans_all_days_that_it_may_mean(date: str, first: str, last: str) -> None:
    found = alliances.span(date)
    assert [day.isoformat() for day in found] == [first, last]


def test_a_year_is_drawn_at_its_middle_not_at_new_year() -> None:
    assert alliances.middle("2015") == pytest.approx(2015.5, abs=0.01)


# --- memberships ----------------------------------------------------------------------------


def test_a_spell_ends_where_the_next_rung_begins_and_a_lower_step_opens_none() -> None:
    pfp = "NATO Partnership for Peace"
    table_ = members(
        {"iso3": "SRB", "organisation": pfp, "status": "participant", "date_start": "2006-12-14"},
        {"iso3": "SRB", "status": "IPAP agreed", "date_start": "2015-01-15"},
        {"iso3": "SRB", "status": "PfP SOFA signed", "date_start": "2014"},
        {"iso3": "SRB", "status": "Intensified Dialogue", "date_start": "2016"},
    )
    frame = alliances.ladder(table_, ["SRB"], 2006, DAY)
    assert list(frame["rung"]) == [1, 2]
    assert frame["end"].iloc[0] == frame["start"].iloc[1]
    assert frame["end"].iloc[1] == pytest.approx(2024.5, abs=0.01)


def test_an_undated_step_reaches_back_to_the_first_year_and_says_so() -> None:
    pfp = "NATO Partnership for Peace"
    table_ = members({"iso3": "XKX", "organisation": pfp, "status": "not a participant"})
    frame = alliances.ladder(table_, ["XKX"], 2010, DAY)
    assert frame["start"].iloc[0] == 2010
    assert frame["date"].iloc[0] == ""
    assert frame.attrs["tables"] == ("memberships",)


def test_spells_that_ended_before_the_first_year_are_left_out() -> None:
    table_ = members(
        {"iso3": "ALB", "status": "MAP activated", "date_start": "1999"},
        {"iso3": "ALB", "date_start": "2009-04-01"},
    )
    assert list(alliances.ladder(table_, ["ALB"], 2010, DAY)["step"]) == ["member"]


def test_members_and_others_are_counted_and_named_with_their_rows() -> None:
    table_ = members({"iso3": "ALB", "date_start": "2009-04-01"}, {"iso3": "HRV"})
    count = alliances.nato_members_count(table_, ["SRB", "ALB"])
    assert count == 1
    assert count.provenance.rows == {"memberships": (2,)}
    assert alliances.nato_members(table_, ["SRB", "ALB"], codes()) == "Albania"
    assert alliances.not_in_nato(table_, ["SRB", "ALB"], codes()) == "Serbia"


def test_nobody_inside_or_outside_is_said_in_words() -> None:
    table_ = members({"iso3": "ALB"})
    assert alliances.nato_members(table_, ["SRB"], codes()) == "none of them"
    assert alliances.not_in_nato(table_, ["ALB"], codes()) == "none of them"
    assert alliances.outside_steps(table_, ["ALB"], codes()) == "none of them"


def test_those_outside_are_told_with_their_last_step() -> None:
    table_ = members({"iso3": "SRB", "status": "IPAP agreed", "date_start": "2015-01-15"})
    told = alliances.outside_steps(table_, ["SRB", "XKX"], codes())
    assert told == "Serbia (deepened partnership since 2015) and Kosovo (no step in the table)"


def test_a_body_shows_the_last_status_and_its_year() -> None:
    body = "EU Security and Defence Partnership"
    table_ = members(
        {"iso3": "ALB", "organisation": body, "status": "adopted", "date_start": "2024-11-19"},
        {"iso3": "ALB", "organisation": body, "status": "signed", "date_start": "2024-12-18"},
        {"iso3": "SRB", "organisation": "RACVIAC"},
    )
    frame = alliances.bodies(table_, ["SRB", "ALB"]).set_index("organisation")
    assert frame.loc[body, "ALB"] == "signed, 2024"
    assert frame.loc["RACVIAC", "SRB"] == "member"
    assert pd.isna(frame.loc["RACVIAC", "ALB"])


# --- ties -----------------------------------------------------------------------------------


def test_drafts_decisions_of_one_side_and_summit_declarations_are_no_ties() -> None:
    table_ = texts(
        {"status": "draft approved by one side"},
        {"type": "unilateral decision", "parties": ("RUS",), "parties_count": 1},
        {"type": "joint declaration", "parties_count": 11},
        {"date_signed": "2013-11-13"},
    )
    assert list(alliances.concluded(table_).index) == [5]


@pytest.mark.parametrize(
    ("dates", "label"),
    [
        ([{"date_signed": "2013-11-13"}], "2013"),
        ([{"date_signed": "2013"}, {"date_reported": "2016-05"}], "2013–16"),
        ([{"date_earliest": "2012-01", "date_latest": "2014-12"}], "2012–14"),
        ([{"date_latest": "2015-12"}], "by 2015"),
        ([{}], "n.d."),
    ],
)
def test_a_tie_says_when_as_exactly_as_known(dates: list[dict[str, Any]], label: str) -> None:
    frame = alliances.ties(texts(*dates), ["SRB"], ["RUS", "USA"], codes())
    assert list(frame["when"]) == [label]
    assert list(frame["bloc"]) == ["Russia"]


def test_a_tie_is_firm_only_where_one_text_has_two_origins() -> None:
    weak = texts({"single_source": True}, {"confidence": "low"})
    assert not alliances.ties(weak, ["SRB"], ["RUS"], codes())["firm"].iloc[0]
    firm = texts({"single_source": True}, {})
    assert alliances.ties(firm, ["SRB"], ["RUS"], codes())["firm"].iloc[0]


def test_one_text_may_stand_under_two_families_and_partners_exclude_the_six() -> None:
    table_ = texts(
        {"parties": ("SRB", "HRV"), "type": "defence cooperation and status of forces"},
        {"parties": ("SRB", "ALB")},
    )
    frame = alliances.ties_by_family(table_, "SRB", ["RUS"], codes())
    assert list(frame["family"]) == ["Cooperation", "Forces' status"]
    assert set(frame["partner"]) == {"HRV"}
    assert alliances.partners_count(table_, "SRB", ["RUS"], codes()) == 1


def test_who_is_tied_is_named_or_none_of_them() -> None:
    assert alliances.tied_with(texts({}), ["SRB", "ALB"], ["RUS"], codes()) == "Serbia"
    assert alliances.tied_with(texts({}), ["ALB"], ["RUS"], codes()) == "none of them"


def test_texts_are_counted_with_the_share_of_single_sources() -> None:
    table_ = texts({"single_source": True}, {}, {"parties": ("ALB", "USA")})
    assert alliances.texts_listed(table_, ["SRB"]) == 2
    assert alliances.texts_single_source(table_, ["SRB"]) == 50
    assert alliances.texts_single_source(table_, ["XKX"]) == 0


def test_decisions_of_one_side_are_listed_by_date_for_those_whom_they_concern() -> None:
    table_ = texts(
        {"type": "unilateral decision", "parties": ("USA",), "recipients": ("ALB",),
         "date_reported": "2023-09"},
        {"type": "unilateral decision", "parties": ("USA",), "recipients": ("ALB", "SRB"),
         "date_decided": "2020-10"},
        {"type": "unilateral decision", "parties": ("USA",), "recipients": ("SRB",)},
    )  # fmt: skip
    frame = alliances_texts.unilateral(table_, ["ALB"], codes())
    assert list(frame["date"]) == ["2020-10", "2023-09"]
    assert list(frame["concerning"]) == ["Albania and Serbia", "Albania"]


def test_treaty_partners_are_those_at_the_end_of_the_data_set() -> None:
    base = {"dataset": "ATOP 5.1", "iso3": "ALB", "end_year": 2018, "obligations": ("defense",)}
    spells = table(
        "treaties",
        [{}, {"obligations": ("nonagg",)}, {"end_year": 2005}, {"dataset": "COW"}],
        base,
    )
    frame = alliances_texts.treaty_partners(spells, ["SRB", "ALB"], codes())
    assert list(frame["country"]) == ["Albania"]
    assert frame[["defense", "consul", "nonagg"]].iloc[0].tolist() == [1, 0, 1]


# --- exercises, counts, missions --------------------------------------------------------------


def ledger() -> pd.DataFrame:
    return held(
        {},
        {"single_source": True},
        {"bloc": "RUS/BLR", "name": "BARS", "date_start": "2018-10-01"},
        {"bloc": "RUS/BLR", "name": "Shield", "date_start": "2021-10-14", "confidence": "low"},
        {"status": "announced"},
        {"wb6_participants": ("ALB", "SRB"), "date_start": "2023", "name": "Late",
         "participants_complete": None},
    )  # fmt: skip


def test_announced_exercises_and_other_years_are_not_listed() -> None:
    frame = alliances_exercises.listed_exercises(ledger(), ["SRB", "ALB"], 2018, 2021)
    assert frame.groupby("iso3").size().to_dict() == {"SRB": 4}
    assert list(frame["firm"]) == [True, False, True, False]


def test_counts_are_given_with_and_without_the_weaker_rows() -> None:
    chosen = (ledger(), ["SRB"], ("RUS/BLR", "CHN"), 2014, 2023)
    assert alliances_exercises.exercises_count(*chosen) == 2
    firm = alliances_exercises.exercises_firm_count(*chosen)
    assert firm == 1
    assert firm.provenance.rows == {"exercises": (4,)}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{}], "either way more with NATO"),
        ([{"bloc": "CHN"}], "either way more with Russia"),
        ([{"single_source": True}, {"single_source": True}, {"bloc": "CHN"}], "cannot say"),
    ],
)
def test_the_ledger_says_who_was_more_only_where_both_readings_agree(
    rows: list[dict[str, Any]], told: str
) -> None:
    assert told in alliances_exercises.verdict(held(*rows), "SRB", 2014, 2023)


def test_an_empty_choice_of_exercises_has_shares_of_zero_and_says_none() -> None:
    chosen = (ledger(), ["XKX"], 2014, 2023)
    assert alliances_exercises.exercises_single_source(*chosen) == 0
    assert alliances_exercises.exercises_complete(*chosen) == 0
    assert alliances_exercises.east_partners(*chosen, codes()) == "none of them"
    assert alliances_exercises.later_exercises(ledger(), ["XKX"], 2014) == "none"
    assert alliances_exercises.since(ledger(), "XKX", 2014) == "none"
    assert alliances_exercises.last_with(ledger(), "XKX", "CHN") == "none"


def test_shares_names_and_the_last_exercise_come_from_the_rows_held() -> None:
    chosen = (ledger(), ["SRB"], 2014, 2023)
    assert alliances_exercises.exercises_single_source(*chosen) == 20
    assert alliances_exercises.exercises_complete(*chosen) == 80
    assert alliances_exercises.east_partners(*chosen, codes()) == "Serbia"
    assert alliances_exercises.later_exercises(ledger(), ["SRB"], 2021) == "Late (2023)"
    assert alliances_exercises.since(ledger(), "SRB", 2021) == "Shield and Late"
    found = alliances_exercises.last_with(ledger(), "SRB", "RUS/BLR")
    assert found == "Shield (October 2021)"


def published() -> pd.DataFrame:
    return counts(
        {"events_count": 13, "period": "to end of October 2019"},
        {"events_count": 23},
        {"year": 2022, "arrangement": "all partners", "partner_iso3": None, "events_count": 0},
        {"measure": "joint activities", "events_count": 197, "year": 2015},
        {"measure": "joint activities", "events_low_count": 20, "partner_iso3": "USA"},
    )


def test_published_counts_that_differ_are_a_range_and_activities_stay_out() -> None:
    frame = alliances_exercises.published_ranges(published(), "SRB")
    assert frame.to_dict("records") == [
        {"year": 2019, "partner": "NATO", "low": 13, "high": 23, "part_year": True},
        {"year": 2022, "partner": "ALL", "low": 0, "high": 0, "part_year": False},
    ]


def test_a_published_range_is_told_and_a_missing_one_too() -> None:
    told = alliances_exercises.published_range
    assert told(published(), "SRB", "NATO", 2019) == "13 to 23"
    assert told(published(), "SRB", "ALL", 2022) == "0"
    assert told(published(), "SRB", "RUS", 2019) == "no published number of"


def test_totals_and_activities_never_mix() -> None:
    totals = alliances_exercises.published_totals(published(), ["SRB"], codes())
    assert list(totals["exercises"]) == [0]
    told = alliances_exercises.activities(published(), codes())
    assert list(told["activities"]) == ["197", "more than 20"]


def contributed() -> pd.DataFrame:
    base: dict[str, Any] = {
        "iso3": "ALB", "mission": "KFOR", "date": "2022-08", "personnel_count": 58,
        "count_kind": "exact",
    }  # fmt: skip
    rows = [
        {}, {"date": "2017-02", "personnel_count": 13}, {"iso3": "HRV", "personnel_count": 147},
        {"mission": "EUFOR Althea", "personnel_count": pd.NA, "count_kind": "listed, no number"},
        {"iso3": "SRB", "mission": "UNIFIL", "date": None, "personnel_count": 177},
        {"iso3": None, "personnel_count": 3735},
    ]  # fmt: skip
    return table("missions", rows, base)


def test_contributions_keep_lists_without_numbers_and_leave_totals_out() -> None:
    frame = alliances_exercises.contributions(contributed(), ["SRB", "ALB"])
    assert list(frame["group"].unique()) == ["KFOR", "EUFOR Althea", "UN and others"]
    assert len(frame) == 5
    assert frame["personnel"].isna().sum() == 1


def test_the_newest_list_and_the_largest_number_are_told() -> None:
    told = alliances_exercises.kfor_part(contributed(), ["ALB"], codes())
    assert told == "Croatia 147 and Albania 58"
    largest = alliances_exercises.largest(contributed(), ["ALB"], codes())
    assert largest == "Albania, 58 in KFOR, 2022"
    assert alliances_exercises.largest(contributed(), ["XKX"], codes()) == ""


# --- votes ------------------------------------------------------------------------------------


def test_the_tilt_is_the_difference_of_two_distances_and_weak_years_are_marked() -> None:
    table_ = votes({}, {"year": 2024, "votes_count": 7}, {"year": 2025})
    frame = alliances_voting.tilt(table_, ["SRB"], 2006, 2025)
    russia = frame[frame["partner"] == "RUS"]
    assert russia["tilt"].tolist() == pytest.approx([0.2] * 3)
    assert russia["sound"].tolist() == [True, False, False]
    told = alliances_voting.weak_years(table_, ["SRB"], 2006, 2025)
    assert "2024 rests on at most 7 votes" in told
    assert "2025" in told


def test_a_day_without_any_release_is_said_and_draws_nothing() -> None:
    none = votes({}).iloc[:0]
    years = (2006, 2023)
    assert alliances_voting.tilt(none, ["SRB"], *years).empty
    assert alliances_voting.tilt_by_release(none, ["SRB"], *years).empty
    assert alliances_voting.shift(none, ["SRB"], 2023).empty
    assert "No release" in alliances_voting.lean(none, ["SRB"], *years, codes())
    assert "Only one release" in alliances_voting.releases_agree(none, ["SRB"], *years)
    assert "both sides of 2022" in alliances_voting.shift_told(none, ["SRB"], 2023)
    assert alliances_voting.least_tilted(none, ["SRB"], *years, codes()) == ""
    assert alliances_voting.us_same(none, ["SRB"], *years) == 100


def test_the_other_release_answers_where_the_main_one_was_not_out() -> None:
    table_ = votes({"series": alliances_voting.CHECK}, {"iso3": "ALB", "year": 2023,
                   "series": alliances_voting.CHECK, "distance_rus": 2.0})  # fmt: skip
    assert len(alliances_voting.tilt(table_, ["SRB", "ALB"], 2006, 2025)) == 4
    assert alliances_voting.least_tilted(table_, ["SRB", "ALB"], 2006, 2025, codes()) == "Serbia"


def test_who_leans_where_is_told_in_a_sentence() -> None:
    table_ = votes({"distance_rus": 0.1}, {"iso3": "ALB"})
    told = alliances_voting.lean(table_, ["SRB", "ALB"], 2006, 2023, codes())
    assert told.endswith(
        "Albania voted nearer to Germany than to Russia, and Serbia voted nearer to Russia."
    )
    years = alliances_voting.years_towards_russia(table_, ["SRB", "ALB"], 2006, 2023, codes())
    assert years == "Serbia in 1 of 1 years"


def test_a_sign_that_another_release_contradicts_is_said_to_be_in_doubt() -> None:
    table_ = votes({"distance_rus": 0.1}, {"series": alliances_voting.CHECK, "distance_rus": 0.9})
    told = alliances_voting.lean(table_, ["SRB"], 2006, 2023, codes())
    assert told.endswith("; for Serbia another release of the data says the opposite.")


def test_two_releases_are_compared_over_the_pairs_that_both_have() -> None:
    rows = [
        {"year": year, "series": series, "distance_rus": 0.3 + 0.1 * i + extra}
        for i, year in enumerate((2020, 2021, 2022))
        for series, extra in ((alliances_voting.MAIN, 0.0), (alliances_voting.CHECK, 0.05))
    ]
    told = alliances_voting.releases_agree(votes(*rows), ["SRB"], 2006, 2023)
    assert "correlation of 1.00 over 3 pairs" in told
    assert "in 1 of these" not in told
    correlation = alliances_voting.releases_correlation(votes(*rows), ["SRB"], 2006, 2023)
    assert correlation == pytest.approx(1)


def test_what_moved_after_2022_is_the_difference_of_the_means() -> None:
    early = [{"year": year} for year in (2019, 2020, 2021)]
    late = [{"year": year, "ideal_point": 0.5, "distance_rus": 1.1} for year in (2022, 2023)]
    table_ = votes(*early, *late)
    moved = alliances_voting.shift(table_, ["SRB"], 2023).iloc[0]
    assert moved["point"] == pytest.approx(0.1)
    assert moved["russia"] == pytest.approx(0.5)
    told = alliances_voting.shift_told(table_, ["SRB"], 2023)
    assert "more than 0.10" in told
    assert "changed by +0.50" in told


def test_why_the_us_is_not_the_yardstick_is_told_only_where_its_point_is_known() -> None:
    usa = votes(
        {"iso3": "USA", "ideal_point": 2.26, "distance_rus": None},
        {"iso3": "USA", "ideal_point": 3.36, "year": 2025, "distance_rus": None},
    )
    assert "from 2.26 in 2023 to 3.36 in 2025" in alliances_voting.why_not_us(usa, 2006, 2025)
    assert "does not give" in alliances_voting.why_not_us(usa, 2006, 2023)


def test_a_half_year_covers_half_of_its_year_and_doubt_is_marked() -> None:
    table_ = cfsp({}, {"period": "H1", "year": 2024}, {"year": 2025, "value_kind": "inferred year"})
    frame = alliances_voting.alignment(table_, ["SRB"], 2006, 2025)
    assert frame["end"].tolist() == pytest.approx([2024, 2024.5, 2026])
    assert frame["doubtful"].tolist() == [False, False, True]


def test_the_highest_alignment_names_all_who_share_it_and_skips_low_confidence() -> None:
    table_ = cfsp(
        {"alignment_pct": 99.0, "year": 2025, "confidence": "low"},
        {},
        {"iso3": "ALB", "alignment_pct": 100.0, "period": "H1", "year": 2024},
        {"iso3": "HRV", "alignment_pct": 100.0},
    )
    assert alliances_voting.most_aligned(table_, ["SRB", "ALB"], 2025, codes()) == "Albania"
    told = alliances_voting.alignment_told(table_, ["SRB", "ALB"], 2025, codes())
    assert told == "Albania 100% (first half of 2024) and Serbia 54% (2023)"
    none = alliances_voting.alignment_told(table_, ["XKX"], 2025, codes())
    assert none == "no value is known"


# --- profile ------------------------------------------------------------------------------------


def profile(**values: list[float]) -> pd.DataFrame:
    rows = [
        (code, component, value)
        for code, given in values.items()
        for component, value in zip(alliances_profile.COMPONENTS, given, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["iso3", "component", "value"])
    frame.attrs["tables"] = ("memberships",)
    return frame


NAN = float("nan")


def test_all_sets_of_weights_sum_to_one_and_stay_in_bounds() -> None:
    weights = alliances_profile.weights_tried(6)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert weights.min() == pytest.approx(0.05)
    assert weights.max() == pytest.approx(0.5)
    assert len(weights) == len({tuple(row) for row in weights})


def test_a_country_that_is_ahead_everywhere_leads_under_all_weights() -> None:
    parts = profile(SRB=[50] * 6, ALB=[90] * 6)
    assert alliances_profile.leaders(parts, codes()) == "Albania"
    told = alliances_profile.order_told(parts, codes())
    assert told == "Under every set of weights tried Albania leads Serbia."
    frame = alliances_profile.weightings(parts).set_index("iso3")
    assert frame.loc["ALB", ["best", "worst"]].tolist() == [1, 1]
    assert frame.loc["SRB", "low"] == pytest.approx(50)


def test_a_lead_within_the_margin_is_no_lead() -> None:
    parts = profile(SRB=[50] * 6, ALB=[51] * 6)
    assert alliances_profile.leaders(parts, codes()) == ""
    assert alliances_profile.order_told(parts, codes()).startswith("No country leads")
    assert alliances_profile.margin(parts) == 2


def test_an_order_that_depends_on_the_weights_is_not_claimed() -> None:
    parts = profile(SRB=[100, 0, 50, 50, 50, 50], ALB=[0, 100, 50, 50, 50, 50])
    assert alliances_profile.leaders(parts, codes()) == ""
    frame = alliances_profile.weightings(parts).set_index("iso3")
    assert frame.loc["SRB", ["best", "worst"]].tolist() == [1, 2]


def test_a_missing_component_gives_its_weight_away_and_widens_the_bounds() -> None:
    parts = profile(XKX=[0, 0, NAN, NAN, 100, 100], ALB=[100] * 6)
    row = alliances_profile.weightings(parts).set_index("iso3").loc["XKX"]
    assert row["equal"] == pytest.approx(50)
    assert row["missing_low"] < row["low"] < row["high"] < row["missing_high"]


def test_a_component_that_nobody_has_is_left_out_of_the_weights() -> None:
    parts = profile(SRB=[50, 50, NAN, 50, 50, 50], ALB=[90, 90, NAN, 90, 90, 90])
    count = len(alliances_profile.weights_tried(5))
    assert alliances_profile.weights_count(parts) == count


def test_the_profile_is_made_of_six_components_with_gaps_left_empty() -> None:
    frame = alliances_profile.all_components(
        members({"iso3": "ALB", "date_start": "2009"}),
        votes({"iso3": "ALB", "distance_rus": 1.0, "distance_deu": 1.0}),
        cfsp({"iso3": "ALB", "alignment_pct": 100.0}),
        held({"wb6_participants": ("ALB",)}, {"wb6_participants": ("ALB",), "bloc": "CHN"}),
        texts({"parties": ("ALB", "USA")}, {"parties": ("ALB", "RUS")}),
        codes(),
        ["ALB", "XKX"],
        (2006, 2025),
        DAY,
    )
    wide = frame.pivot(index="iso3", columns="component", values="value")
    assert wide.loc["ALB"].drop("EU ladder").to_dict() == {
        "NATO ladder": 100, "UN votes": 50, "EU declarations": 100, "Exercises": 50,
        "Signed texts": 50,
    }  # fmt: skip
    assert wide.loc["XKX"].isna().all()
    assert "un_voting" in frame.attrs["tables"]


def test_the_table_of_components_gives_method_and_gap_and_the_widest_is_named() -> None:
    parts = profile(SRB=[0, 50, 50, 50, 50, 50], ALB=[100, 50, 50, 50, 50, 50])
    table_ = alliances_profile.components_table(parts)
    assert list(table_["component"]) == list(alliances_profile.COMPONENTS)
    assert table_[["method", "gap"]].map(bool).all(axis=None)
    assert alliances_profile.widest(parts) == "NATO ladder"
