"""Measures of the incident ledger, on small hand-made frames."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from balkandefence.findings import incidents as findings
from balkandefence.findings.page import told
from balkandefence.measures import incidents as m
from balkandefence.measures import incidents_harm as harm
from balkandefence.measures import incidents_missions as missions
from balkandefence.measures import incidents_views as views

UNTIL = dt.date(2020, 12, 31)
COUNTS = [
    *(f"killed_{g}_count" for g in ("security", "international", "attackers", "civilians")),
    "killed_total_count",
    *(
        f"injured_{g}{end}_count"
        for g in ("security", "international", "civilians")
        for end in ("", "_low", "_high")
    ),
]
BLANK: dict[str, Any] = {
    "iso3": "XKX",
    "date_precision": "day",
    "category": "attack",
    "title": "Something happened",
    "location": "Zvečan",
    "admin_unit": "Zvečan",
    "latitude": 42.9,
    "longitude": 20.84,
    "location_precision": "town",
    "casualty_note": pd.NA,
    "attribution_status": "unknown",
    "attribution_detail": pd.NA,
    "contested": False,
    "disputed_note": pd.NA,
    "reply": pd.NA,
    "outcome": pd.NA,
    "confidence": "high",
    "sources_count": 2,
    "publishers_count": 2,
    "single_source": False,
    "tags": (),
    "source": ("a", "b"),
}


def ledger(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a ledger of the given rows, each filled up with plain values."""
    filled = []
    for number, row in enumerate(rows, 1):
        start = row.get("date_start", "2019-05-01")
        own = {"incident_id": f"i{number}", "date_start": start}
        filled.append({**BLANK, **dict.fromkeys(COUNTS, pd.NA), **own, **row})
    frame = pd.DataFrame(filled, index=pd.RangeIndex(2, 2 + len(rows), name="line"))
    frame = frame.astype(dict.fromkeys(COUNTS, "Int64"))
    frame.attrs = {"tables": ("incidents",)}
    return frame


def chosen(frame: pd.DataFrame, countries: tuple[str, ...] = ("XKX", "ALB")) -> pd.DataFrame:
    return m.selection(frame, countries, 2008, UNTIL)


COUNTRIES = pd.DataFrame(
    {
        "iso3": ["XKX", "ALB", "BIH"],
        "name": ["Kosovo", "Albania", "Bosnia and Herzegovina"],
        "short_name": ["Kosovo", "Albania", "Bosnia & Herz."],
    }
)


@pytest.mark.parametrize(
    ("last_year", "as_of", "expected"),
    [
        (2025, dt.date(2026, 11, 21), dt.date(2026, 11, 21)),
        (2024, dt.date(2025, 9, 30), dt.date(2025, 9, 30)),
        (2018, dt.date(2026, 11, 21), dt.date(2018, 12, 31)),
    ],
)
def test_an_edition_shows_events_to_its_day_unless_it_looks_back(
    last_year: int, as_of: dt.date, expected: dt.date
) -> None:
    assert m.last_day(last_year, as_of) == expected


def test_a_selection_keeps_countries_and_dates_and_marks_weak_rows() -> None:
    rows = chosen(
        ledger(
            {"iso3": "SRB"},
            {"date_start": "2021-01-01"},
            {"single_source": True},
            {"confidence": "low"},
            {"single_source": True, "confidence": "low"},
            {},
        )
    )
    assert list(rows["mark"]) == [
        "single source", "low confidence", "single source, low confidence", "",
    ]  # fmt: skip
    assert m.count(rows) == 4
    assert m.headline_count(rows) == 1
    assert m.left_out_count(rows) == 3
    assert m.left_out_count(rows, "single") == 2
    assert m.left_out_count(rows, "low") == 2
    assert m.headline_count(rows).provenance.rows == {"incidents": (7,)}


def test_an_empty_selection_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="choose more countries or years"):
        chosen(ledger({"iso3": "SRB"}))


def test_a_month_row_counts_as_month_and_is_drawn_over_the_whole_month() -> None:
    rows = chosen(ledger({"date_start": "2019-02", "date_precision": "month"}, {}))
    assert m.month_count(rows) == 1
    assert m.period(rows) == "February 2019 to May 2019"
    first = views.moments(rows).iloc[0]
    assert (str(first["from"].date()), str(first["to"].date())) == ("2019-02-01", "2019-02-28")


def test_half_of_the_rows_date_from_the_named_year_or_later() -> None:
    rows = chosen(ledger(*({"date_start": f"{y}-01-01"} for y in (2010, 2012, 2018, 2019))))
    assert m.half_since(rows) == 2018


def test_shares_are_of_counted_rows_only() -> None:
    rows = chosen(
        ledger(
            {"contested": True, "reply": "none found in the pages read"},
            {"iso3": "ALB"},
            {"contested": True, "confidence": "low"},
        )
    )
    assert m.contested_share(rows) == 50
    assert m.contested_count(rows) == 1
    assert m.without_reply_count(rows) == 1
    assert m.share_in(rows, "XKX") == 50
    assert m.status_count(rows, "unknown") == 2


def test_kinds_that_tie_are_all_named_and_lead_nowhere() -> None:
    rows = chosen(ledger({"category": "unrest"}, {}, {"iso3": "ALB"}))
    assert m.most_common_category(rows) == "attacks on persons"
    assert m.most_common_count(rows) == 2
    told = m.leading_kinds(rows, COUNTRIES, ["XKX", "ALB"])
    assert told == "attacks on persons in Albania"


def test_rows_that_all_stay_out_give_words_instead_of_numbers() -> None:
    rows = chosen(ledger({"confidence": "low"}))
    assert m.most_common_category(rows) == "none"
    assert m.most_common_count(rows) == 0
    assert m.busiest_years(rows) == "none"
    assert m.leading_kinds(rows, COUNTRIES, ["XKX"]) == "no single kind in any country"
    assert views.busiest_places(views.places(rows)) == "no single place"


def test_a_year_without_a_row_is_missing_and_not_zero() -> None:
    rows = chosen(ledger({"date_start": "2018-01-01"}, {"date_start": "2020-01-01"}))
    found = views.by_year(rows, UNTIL, 2018).set_index("year")["counted_count"]
    assert found[2018] == 1
    assert pd.isna(found[2019])
    assert m.busiest_years(rows) == "2018 and 2020 (1 each)"


def test_incidents_of_a_municipality_are_gathered_at_its_seat() -> None:
    wide = {"location_precision": "municipality"}
    rows = chosen(
        ledger(
            {"location": "Rudare (Zvečan)", **wide},
            {"location": "Banjska (Zvečan)", "confidence": "low", **wide},
            {"iso3": "ALB", "location": "Tirana", "latitude": 41.3, "admin_unit": "Tirana"},
            {"latitude": None, "longitude": None, "location_precision": "country"},
        )
    )
    found = views.places(rows)
    assert list(found["place"]) == ["Zvečan", "Tirana"]
    assert list(found["left_out_count"]) == [1, 0]
    assert m.unlocated_count(rows) == 1
    assert m.located_count(rows) == 2
    assert views.busiest_places(found) == "Zvečan (1) and Tirana (1)"


def test_places_that_tie_beyond_the_third_are_not_picked_at_random() -> None:
    spots = [{"location": f"P{n}", "latitude": 42 + n / 10} for n in range(5)]
    rows = chosen(ledger(*spots, spots[0]))
    assert views.busiest_places(views.places(rows)) == "P0 (2)"


def test_a_thread_links_rows_of_a_topic_and_never_the_legal_term() -> None:
    tagged = [{"tags": ("Iran", "terrorism charge")}] * 4
    rows = chosen(ledger(*tagged, {"tags": ("Iran",), "confidence": "low"}, {}))
    linked = views.threads(rows)
    assert set(linked["topic"]) == {"Iran"}
    assert views.longest_thread(linked) == "Iran (5 rows)"
    assert views.longest_thread(views.threads(chosen(ledger({})))) == "none"


def test_kinds_by_country_leave_unfound_pairs_empty() -> None:
    found = views.kinds(chosen(ledger({}, {}, {"category": "plot"})), ["XKX", "ALB"])
    first = found.iloc[0]
    assert (first["category"], first["XKX"], first["all"]) == ("attacks on persons", 2, 2)
    assert found["ALB"].isna().all()


def test_an_attribution_of_later_days_is_open_on_the_editions_day() -> None:
    found = views.authors(chosen(ledger({"attribution_status": None}, {"contested": True})))
    assert found.iloc[-1].to_dict() == {
        "status": m.OPEN, "uncontested_count": 1, "contested_count": 0,
    }  # fmt: skip
    assert m.OPEN not in set(views.authors(chosen(ledger({})))["status"])


def test_the_ledger_table_is_newest_first_and_says_what_is_not_counted() -> None:
    rows = chosen(ledger({"date_start": "2010-01-01"}, {"single_source": True, "contested": True}))
    found = views.ledger_table(rows, COUNTRIES)
    assert list(found["date"]) == ["2019-05-01", "2010-01-01"]
    told = "nobody is named; contested. Confidence: high, single source; not counted"
    assert found["attribution"].iloc[0] == told
    assert found["place"].iloc[1] == "Zvečan, Kosovo: attacks on persons"


def deadly_rows() -> pd.DataFrame:
    return chosen(
        ledger(
            {"killed_security_count": 8, "killed_attackers_count": 10, "killed_total_count": 18,
             "location": "Banjska (Zvečan)"},
            {"killed_civilians_count": 1, "killed_total_count": 1, "confidence": "low"},
            {"date_start": "2012-03-01"},
        )
    )  # fmt: skip


def test_deaths_are_sums_of_filled_cells_of_counted_rows() -> None:
    rows = deadly_rows()
    assert harm.deaths(rows) == 18
    assert harm.deaths_left_out(rows) == 1
    assert harm.deadly_count(rows) == 1
    assert harm.most_in_a_year(rows) == 19
    assert harm.deadliest(rows) == "Banjska in May 2019 (18)"
    assert harm.last_killing(rows) == "May 2019"
    told = harm.deaths_by_group(rows)
    assert told.startswith("8 police")
    assert told.endswith("none on record: KFOR, EULEX and UN personnel and civilians")


def test_without_a_death_on_record_the_words_say_none() -> None:
    rows = chosen(ledger({}))
    assert harm.deaths(rows) == 0
    assert harm.deadliest(rows) == "none"
    assert harm.last_killing(rows) == "none"
    assert harm.most_in_a_year(rows) == 0
    assert harm.deadly(rows, COUNTRIES).empty


def test_a_year_without_a_death_on_record_is_missing() -> None:
    found = harm.killed_by_year(deadly_rows(), UNTIL, 2012).set_index("year")
    assert found.loc[2019, "security_count"] == 8
    assert found.loc[2019, "left_out_count"] == 1
    assert pd.isna(found.loc[2012, "security_count"])


def test_deadly_rows_show_groups_and_marks_most_killed_first() -> None:
    found = harm.deadly(deadly_rows(), COUNTRIES)
    assert list(found["killed"]) == ["police or soldiers 8; attackers 10", "civilians 1"]
    assert found["attribution"].iloc[1].endswith("; not counted: low confidence")


def test_ranges_of_the_injured_come_widest_first_and_only_where_sources_differ() -> None:
    def hurt(low: int | None, best: int, high: int | None) -> dict[str, Any]:
        group = "injured_international"
        return {f"{group}_low_count": low, f"{group}_count": best, f"{group}_high_count": high}

    rows = chosen(ledger(hurt(2, 4, 4), hurt(25, 93, 100), hurt(None, 3, None), hurt(5, 5, 5)))
    found = harm.injured_ranges(rows)
    assert list(found["ratio"]) == [4.0, 2.0]
    assert harm.widest_range(found) == "4 times"
    assert harm.widest_range(harm.injured_ranges(chosen(ledger({})))) == "none"


def ucdp(*rows: tuple[str, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["iso3", "year", "deaths_total_best_count"])
    frame = frame.astype({"year": int, "deaths_total_best_count": "Int64"})
    frame.index = pd.RangeIndex(2, 2 + len(rows), name="line")
    frame.attrs = {"tables": ("conflict_deaths",)}
    return frame


def test_ucdp_stands_beside_the_ledger_for_the_same_countries() -> None:
    table = ucdp(("XKX", 2018, 0), ("XKX", 2019, 0), ("SRB", 2017, 30))
    rows = deadly_rows()
    found = harm.beside_ucdp(rows, table, ["XKX"], UNTIL, 2018).set_index("year")
    assert found.loc[2019].tolist() == [0, 18]
    assert pd.isna(found.loc[2020, "ucdp_count"])
    assert harm.ucdp_deaths(table, ["XKX"], 2018, UNTIL) == "no death"
    assert harm.ucdp_deaths(table, ["SRB"], 2017, UNTIL) == "30 deaths"
    assert harm.ucdp_last_deadly(table) == "2017"
    assert harm.ucdp_last_year(table) == "2019"
    assert harm.deaths_within_ucdp(rows, table) == 18


def test_before_ucdps_first_release_the_words_say_so() -> None:
    table, rows = ucdp(), deadly_rows()
    found = harm.beside_ucdp(rows, table, ["XKX"], UNTIL, 2019)
    assert list(found["year"]) == [2019, 2020]
    assert harm.ucdp_deaths(table, ["XKX"], 2018, UNTIL).startswith("no figure")
    assert harm.ucdp_last_deadly(table) == "no year on file"
    assert harm.ucdp_last_year(table) == "no year yet"
    assert harm.deaths_within_ucdp(rows, table) == 0


def test_a_case_is_read_from_its_own_row() -> None:
    table = ledger(
        {"killed_security_count": 1, "injured_security_count": 2, "injured_security_low_count": 1,
         "injured_security_high_count": 3, "tags": ("Banjska",)},
        {"date_start": "2008-06"},
    )  # fmt: skip
    assert harm.case_number(table, "i1", "killed_security_count") == 1
    assert harm.case_date(table, "i2") == "June 2008"
    assert harm.case_spread(table, "i1", "security") == "1 to 3"
    assert harm.case_spread(table, "i2", "security") == "no range on record"
    assert harm.thread_count(table, "Banjska") == 1
    found = harm.cases(table, ["i1", "i2"]).set_index("question")
    assert found.loc["Injured", "i1"] == "police, soldiers, guards of the six: 2 (1 to 3)"
    assert found.loc["Killed", "i2"] == "none on record"
    with pytest.raises(ValueError, match="no incident x"):
        harm.case_date(table, "x")


def strength(*rows: tuple[str, str, int | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["mission", "date", "strength_count", "count_kind"])
    frame["strength_count"] = frame["strength_count"].astype("Int64")
    frame["year"] = frame["date"].str[:4].astype(int)
    frame = frame.assign(
        basis="as said", note=None, single_source=True, source=[("a",)] * len(rows)
    )
    frame.index = pd.RangeIndex(2, 2 + len(rows), name="line")
    frame.attrs = {"tables": ("mission_strength",)}
    return frame


def test_strengths_keep_their_kind_and_years_without_a_report_are_named() -> None:
    table = strength(
        ("KFOR", "2010-02-01", 10000, "rounded"),
        ("KFOR", "2011-02-16", 5000, "planned"),
        ("KFOR", "2013-02", 6000, "upper bound"),
        ("KFOR", "2014", 4500, "lower bound"),
        ("KFOR", "2015-01-01", None, None),
        ("EUFOR_ALTHEA", "2022-02-24", 600, "exact"),
    )
    first, until = 2010, dt.date(2016, 12, 31)
    assert missions.first_report(table, "KFOR", first, until) == "about 10,000 on 1 February 2010"
    assert missions.last_report(table, "KFOR", first, until) == "more than 4,500 in 2014"
    gaps = missions.years_without(table, "KFOR", first, until)
    assert gaps == "2011 to 2012, 2015 to 2016"
    assert missions.first_report(table, "EUFOR_ALTHEA", first, until) == "not on record"
    assert missions.last_report(table, "EUFOR_ALTHEA", first, until) == "not on record"
    assert missions.report_count(table) == missions.one_source_count(table) == 6
    shown = missions.reports(table, first, until)
    assert len(shown) == 5
    assert shown["kind"].iloc[-1] == "no number; one source"


def test_missions_and_incidents_share_one_axis_of_years() -> None:
    table = strength(("KFOR", "2019-07-02", 3500, "exact"), ("KFOR", "2020-01", None, None))
    found = missions.beside_incidents(table, ledger({}, {}), 2008, UNTIL)
    assert list(found["series"]) == ["strength", "incidents"]
    assert found["at"].round(2).tolist() == [2019.5, 2019.5]
    assert missions.middle("2020") == 2020.5


def test_every_title_of_a_figure_is_made_of_facts() -> None:
    table = ledger(
        {"incident_id": findings.BANJSKA, "killed_security_count": 1, "killed_total_count": 1,
         "killed_attackers_count": 3},
        {"incident_id": findings.ZVECAN, "injured_international_count": 93,
         "injured_civilians_count": 52},
    )  # fmt: skip
    rows = chosen(table)
    reports = strength(("KFOR", "2019-07-02", 3500, "exact"))
    facts = findings.chapter(
        table, rows, COUNTRIES, ucdp(("XKX", 2019, 0)), reports, ["XKX"], 2008, UNTIL
    )
    said = told(facts)
    wanted = "incidents-count incidents-headline-count deaths-count most-common-category"
    assert {*wanted.split(), "kosovo-share", "contested-share"} <= set(said)
    assert said["kosovo-share"] == "100%"
    assert findings.titles(facts)["missions"].startswith("KFOR: 3,500")
    assert len({fact.id for fact in facts}) == len(facts)
