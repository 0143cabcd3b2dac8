"""Measures of one country, on small hand-made frames."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from balkandefence.measures import country as m
from balkandefence.measures import country_gaps as gaps
from balkandefence.measures import country_key, spending
from balkandefence.measures import country_ledgers as held

CODES = ["SRB", "ALB"]
BLANK: dict[str, Any] = {"single_source": False, "confidence": "high", "source": ("a",)}


def table(name: str, rows: list[dict[str, Any]], columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return rows as the loader gives them: lines as index, the table's name in the attributes."""
    frame = pd.DataFrame(rows, index=pd.RangeIndex(2, 2 + len(rows), name="line"))
    for column in columns:
        if column not in frame:
            frame[column] = pd.Series(dtype="object")
    frame.attrs["tables"] = (name,)
    return frame


@pytest.fixture
def names() -> pd.DataFrame:
    rows = [
        ("SRB", "Serbia", "western_balkans"), ("ALB", "Albania", "western_balkans"),
        ("HRV", "Croatia", "comparator"), ("RUS", "Russia", "other"),
        ("NATO", "North Atlantic Treaty Organization", "other"),
    ]  # fmt: skip
    made = [
        {"iso3": c, "name": n, "short_name": n, "role": r, "supplier_bloc": "other"}
        for c, n, r in rows
    ]
    return table("countries", made)


@pytest.fixture
def milex() -> pd.DataFrame:
    amounts = {
        ("SRB", 2019): 100.0, ("SRB", 2024): 150.0, ("ALB", 2019): 30.0, ("ALB", 2024): 60.0,
        ("HRV", 2024): 500.0,
    }  # fmt: skip
    rows = [
        {
            "iso3": code, "year": year, "current_usd_millions": amount + 1,
            "constant_usd_millions": amount, "constant_base_year": 2023,
            "share_of_gdp_pct": amount / 50, "per_capita_usd": amount / 2,
            "sipri_estimate": code == "SRB", "territory": None,
        }
        for (code, year), amount in amounts.items()
    ]  # fmt: skip
    return table("military_expenditure", rows)


@pytest.fixture
def transfers() -> pd.DataFrame:
    made: dict[str, Any] = {
        "recipient_iso3": "SRB", "supplier_iso3": "CHN", "supplier_bloc": "China", "weapon": "X",
        "order_year": 2020, "order_year_uncertain": True, "ordered_tiv": 10.0,
        "delivered_tiv": 10.0, "delivery_years": (2022,), "delivery_start_year": 2022,
        "delivery_end_year": 2022, "status": "delivered", "data_to_year": 2024,
    }  # fmt: skip
    none = {**made, "recipient_iso3": "ALB", "delivered_tiv": 0.0, "status": "ordered"}
    more = {**made, "ordered_tiv": None, "delivered_tiv": 5.0}
    return table("arms_transfers", [made, more, none])


@pytest.fixture
def deals() -> pd.DataFrame:
    made = {
        **BLANK, "recipient_iso3": "SRB", "supplier_bloc": "China", "status": "delivered",
        "order_date": "2020-01", "deal_type": "purchase", "value_is_price": False,
        "value_millions": None, "value_currency": None, "value_shared_with": None,
        "value_status": "unknown", "deal_id": "R01", "value_kind": None,
    }  # fmt: skip
    return table("arms_deals", [
        made, {**made, "single_source": True, "order_date": None}, {**made, "status": "alleged"},
    ])  # fmt: skip


@pytest.fixture
def members() -> pd.DataFrame:
    rows = [
        ("SRB", "EU", "candidate", "2012-03-01"), ("SRB", "EU", "member", None),
        ("ALB", "NATO", "member", "2009-04-01"), ("SRB", "RACVIAC", "member", None),
    ]  # fmt: skip
    keys = ("iso3", "organisation", "status", "date_start")
    return table("memberships", [{**BLANK, **dict(zip(keys, row, strict=True))} for row in rows])


@pytest.fixture
def texts() -> pd.DataFrame:
    made: dict[str, Any] = {
        **BLANK, "agreement_id": "agr-001", "parties": ("SRB", "RUS"), "parties_count": 2,
        "type": "defence cooperation", "status": "signed", "title": "A text",
        "date_signed": "2013-11-13", "date_decided": None, "date_reported": None,
        "date_earliest": None, "date_latest": None,
    }  # fmt: skip
    return table("agreements", [
        made,
        {**made, "parties": ("SRB", "HRV"), "date_signed": "2010", "agreement_id": "agr-002"},
        {**made, "status": "draft approved by one side", "date_signed": None,
         "agreement_id": "agr-003", "single_source": True},
        {**made, "type": "unilateral decision", "parties": ("SRB",), "parties_count": 1},
    ])  # fmt: skip


def incident(start: str, **changes: Any) -> dict[str, Any]:
    plain = {
        **BLANK, "incident_id": start, "iso3": "SRB", "date_start": start, "category": "unrest",
        "date_precision": "day", "title": f"Event of {start}", "location": "Town",
        "attribution_status": "unknown", "contested": False, "killed_total_count": pd.NA,
    }  # fmt: skip
    return {**plain, **changes}


@pytest.fixture
def ledger() -> pd.DataFrame:
    return table("incidents", [
        incident("2012-01-01", killed_total_count=4), incident("2019-02-02"),
        incident("2020-03-03", single_source=True), incident("2021-04", date_precision="month"),
        incident("2024-12-31"),
    ])  # fmt: skip


# Ranks


def test_the_largest_value_is_first_and_equals_share_a_place():
    values = {"SRB": 3.0, "ALB": 2.0, "BIH": 2.0, "XKX": 1.0}
    codes = list(values)
    assert [m.rank_of(values, code, codes) for code in codes] == [(1, 4), (2, 4), (2, 4), (4, 4)]


def test_countries_without_a_value_are_not_counted_in_a_rank():
    assert m.rank_of({"SRB": 3.0, "ALB": 2.0, "BIH": float("nan")}, "ALB", CODES) == (2, 2)


@pytest.mark.parametrize(
    ("values", "iso3"),
    [({"SRB": 3.0, "ALB": 2.0, "HRV": 9.0}, "HRV"), ({"SRB": 3.0}, "SRB"), ({"ALB": 1.0}, "SRB")],
)
def test_a_partner_a_lone_country_and_an_unknown_value_have_no_rank(values, iso3):
    assert m.rank_of(values, iso3, CODES) is None
    assert m.placed(None) == "not ranked"


def test_a_rank_is_spelled_out_with_how_many_are_compared():
    assert m.placed((2, 6)) == "second of six"


# Who it is


def test_a_code_that_the_book_is_not_about_is_refused_with_those_allowed(names):
    with pytest.raises(ValueError, match="country is 'RUS', expected one of ALB, HRV, SRB"):
        m.name(names, "RUS")


def test_a_partner_is_told_to_be_without_a_rank(names):
    assert "one of the two countries" in m.part(names, "SRB", CODES)
    assert "without a rank" in m.part(names, "HRV", CODES)


# Spending


def test_spending_is_told_with_both_ranks(milex, names):
    told = m.spending_story(milex, names, "ALB", CODES, 2024, "constant")
    assert told == (
        "In 2024 Albania spent 60 million US dollars of 2023 on its armed forces, second of two, "
        "and 1.2% of its GDP, second of two."
    )
    assert told.provenance.rows["military_expenditure"] == (3, 5, )  # fmt: skip


def test_spending_of_a_partner_is_told_without_a_rank(milex, names):
    told = m.spending_story(milex, names, "HRV", CODES, 2024, "constant")
    assert told.endswith("on its armed forces, and 10.0% of its GDP.")
    assert m.spending_rank(milex, "HRV", CODES, 2024, "share_of_gdp_pct") == "not ranked"
    assert m.spending_rank(milex, "SRB", CODES, 2024, "share_of_gdp_pct") == "first of two"


def test_a_country_without_figures_gets_sentences_that_say_so(milex, names):
    none = milex[milex["iso3"] != "HRV"]
    scope = table("military_expenditure_scope", [], ("iso3", "meaning"))
    assert "gives no figure of Croatia" in m.spending_story(
        none, names, "HRV", CODES, 2024, "constant"
    )
    assert "is not held" in m.head_story(none, names, "HRV", CODES, 2024)
    assert "no mark of SIPRI" in m.marks_story(none, scope, names, "HRV", 2006, 2024)
    assert "own estimates for Serbia" in m.marks_story(milex, scope, names, "SRB", 2006, 2024)


def test_change_is_unknown_where_the_earlier_year_is(milex, names):
    assert m.growth(milex, "SRB", 2024, "constant", 5) == pytest.approx(50)
    assert pd.isna(m.growth(milex, "HRV", 2024, "constant", 5))
    grown = spending.growth(milex, ["SRB", "HRV"], 2024, "constant")
    assert "+50% in five years, in constant prices." in m.change_story(
        grown, names, "SRB", "constant"
    )
    assert "No change can be computed" in m.change_story(grown, names, "HRV", "constant")


# Arms


def test_deliveries_are_told_with_the_rank_and_the_first_bloc(transfers, names):
    told = m.arms_story(transfers, names, "SRB", CODES, (2020, 2024))
    assert told == (
        "From 2020 to 2024 Serbia received 15 million TIV of major arms, first of two; 100% of it "
        "came from China."
    )
    assert m.received_rank(transfers, "ALB", CODES, (2020, 2024)) == "second of two"


def test_a_country_without_any_row_is_unknown_and_not_told_to_have_nothing(
    transfers, members, names
):
    told = m.arms_story(transfers, names, "HRV", CODES, (2020, 2024))
    assert told == "This book's extract of SIPRI's register has no row on Croatia."
    assert m.received_rank(transfers, "HRV", [*CODES, "HRV"], (2020, 2024)) == "not ranked"
    assert held.step(members, "HRV", "NATO") == "not looked for"
    told = held.ties_story(members, names, "HRV")
    assert told == "Memberships of Croatia were not looked for."


def test_no_delivery_is_told_as_such(transfers, names):
    told = m.arms_story(transfers, names, "ALB", CODES, (2020, 2024))
    assert told == "SIPRI records no delivery of major arms to Albania in 2020–2024."


def test_the_ledger_of_deals_tells_orders_thin_ones_and_plans_apart(deals, names):
    told = m.deals_story(deals, names, "SRB")
    assert "3 deals of Serbia: orders 1, orders on thin evidence 1, plans" in told
    assert told.endswith("unknown fate 1.")


def test_a_country_that_the_ledgers_do_not_cover_is_told_apart_from_one_without_rows(
    deals, ledger, names
):
    until = dt.date(2024, 12, 31)
    assert m.deals_story(deals, names, "ALB") == "The ledger holds no deal of Albania."
    assert "covers the six" in m.deals_story(deals, names, "HRV")
    rows = {code: held.incident_rows(ledger, code, 2006, until) for code in ("ALB", "HRV")}
    assert "no sign of calm" in held.incidents_story(rows["ALB"], names, "ALB")
    assert "covers the six" in held.incidents_story(rows["HRV"], names, "HRV")
    assert held.deaths_story(rows["HRV"], names, "HRV") == "No incident is listed for Croatia."


# Memberships and texts


def test_the_furthest_step_is_told_with_its_year_where_known(members, names):
    assert held.step(members, "ALB", "NATO") == "member (2009)"
    assert held.step(members, "SRB", "EU") == "member"
    assert held.step(members, "SRB", "NATO") == "no step found"
    assert held.ties_story(members, names, "ALB") == (
        "The furthest step found for Albania with NATO: member (2009); with the EU: no step found."
    )


def test_memberships_of_one_country_keep_their_doubts_and_sources(members):
    found = held.memberships(members, "SRB")
    assert list(found["organisation"]) == ["EU", "EU", "RACVIAC"]
    assert list(found["doubt"]) == ["–", "–", "–"]
    assert held.memberships(members, "HRV").empty


def test_texts_are_listed_newest_first_without_decisions_of_one_side(texts, names):
    found = held.agreements(texts, names, "SRB")
    assert list(found["year"].dropna()) == ["2013", "2010"]
    assert list(found["partners"]) == ["Russia", "Croatia", "Russia"]
    assert list(found["doubt"]) == ["–", "–", "S"]


def test_texts_are_told_by_how_many_are_concluded_and_with_whom(texts, names):
    told = held.texts_story(texts, names, "SRB")
    assert "as a party: 3; concluded ones with one or two other sides: 2, with 2 partners" in told
    assert held.texts_story(texts, names, "HRV").endswith("1, with 1 partner.")
    assert held.texts_story(texts, names, "ALB").startswith("No text that names Albania")


def test_a_country_outside_the_six_is_no_partner_of_its_own(texts, names):
    assert held.ties(texts, "HRV", ("RUS",), names).empty
    assert held.partners_count(texts, "HRV", ("RUS",), names) == 0
    assert held.partners_count(texts, "SRB", ("RUS",), names) == 2


# Incidents


def test_incidents_outside_the_years_are_left_out_and_none_is_an_empty_frame(ledger):
    assert len(held.incident_rows(ledger, "SRB", 2015, dt.date(2021, 12, 31))) == 3
    empty = held.incident_rows(ledger, "ALB", 2006, dt.date(2024, 12, 31))
    assert empty.empty
    assert {"year", "counted", "mark"} <= set(empty)


def test_notable_incidents_are_the_gravest_and_the_latest(ledger, names):
    rows = held.incident_rows(ledger, "SRB", 2006, dt.date(2024, 12, 31))
    found = held.notable(rows, names, most=1)
    assert list(found["date"]) == ["2024-12-31", "2012-01-01"]
    assert found["killed"].iloc[1] == 4
    assert pd.isna(found["killed"].iloc[0])


def test_incidents_are_told_with_those_that_count(ledger, names):
    rows = held.incident_rows(ledger, "SRB", 2006, dt.date(2024, 12, 31))
    told = held.incidents_story(rows, names, "SRB")
    assert told == (
        "The ledger holds 5 incidents in Serbia, 4 of them sourced well enough to count; most of "
        "these: unrest."
    )
    assert "4, most at Town in January 2012" in held.deaths_story(rows, names, "SRB")
    later = held.incident_rows(ledger, "SRB", 2019, dt.date(2024, 12, 31))
    assert held.deaths_story(later, names, "SRB") == "No death is on record in the counted ones."


# Together


def test_key_numbers_rank_statistics_and_never_samples(
    milex, transfers, deals, members, ledger, names
):
    rows = held.incident_rows(ledger, "SRB", 2006, dt.date(2024, 12, 31))
    args = (CODES, 2024, "constant", (2020, 2024))
    found = country_key.key_numbers(milex, transfers, deals, members, rows, names, "SRB", *args)
    assert list(found["rank"].dropna()) == ["1 of 2", "1 of 2", "1 of 2", "2 of 2", "1 of 2"]
    assert list(found["value"]) == [
        "150", "3.0%", "75", "+50%", "15.0", "1", "no step found", "member", "4",
    ]  # fmt: skip
    assert set(found.attrs["tables"]) >= {"military_expenditure", "arms_deals", "incidents"}


def test_key_numbers_of_a_partner_leave_empty_what_is_not_covered(
    milex, transfers, deals, members, ledger, names
):
    rows = held.incident_rows(ledger, "HRV", 2006, dt.date(2024, 12, 31))
    args = (CODES, 2024, "constant", (2020, 2024))
    found = country_key.key_numbers(milex, transfers, deals, members, rows, names, "HRV", *args)
    assert found["rank"].isna().all()
    unknown = found.loc[found["value"].isna(), "indicator"]
    assert [text.split()[0] for text in unknown] == ["Change", "Major", "Orders", "Incidents"]


# Gaps


@pytest.mark.parametrize(
    ("years", "text"),
    [([], ""), ([2007], "2007"), ([2009, 2006, 2007, 2007], "2006–2007, 2009")],
)
def test_years_are_told_as_spans(years, text):
    assert gaps.spans(years) == text


def test_missing_years_of_a_yearly_table_are_named(milex):
    (row,) = gaps.by_year(milex, "Spending", "SRB", 2018, 2024).to_dict("records")
    assert row == {"topic": "Spending", "held": "2019, 2024", "missing": "2018, 2020–2023"}
    (row,) = gaps.by_year(milex, "Spending", "XKX", 2023, 2024).to_dict("records")
    assert row["held"] == gaps.NOTHING
    (row,) = gaps.by_year(milex, "Spending", "HRV", 2024, 2024).to_dict("records")
    assert row["missing"] is None


def test_gaps_in_arms_count_unknown_volumes_and_doubts(transfers, deals, names):
    found = gaps.arms_gaps(transfers, deals, names, "SRB")
    assert list(found["held"]) == ["2 entries", "3 deals"]
    assert found["missing"].iloc[0] == "1 of unknown volume; 2 with an uncertain year of order"
    assert "1 on a single source" in found["missing"].iloc[1]
    assert list(gaps.arms_gaps(transfers, deals, names, "HRV")["held"]) == [
        gaps.NOTHING, gaps.UNCOVERED,
    ]  # fmt: skip


def test_gaps_in_ties_count_what_has_no_date(members, texts):
    event = {"participants": ("SRB", "RUS"), "date_start": "2014-11-14", "single_source": True}
    exercises = table("exercises", [event, {**event, "date_start": "2005-01-01"}])
    found = gaps.ties_gaps(members, texts, exercises, "SRB", 2006)
    assert list(found["held"]) == ["3 rows", "3 texts", "1 rows"]
    assert found["missing"].iloc[0] == "2 without a date"
    assert found["missing"].iloc[1] == "1 without a date; 1 on one source"


def test_gaps_in_incidents_name_the_years_without_a_row(ledger, names):
    until = dt.date(2022, 12, 31)
    rows = held.incident_rows(ledger, "SRB", 2019, until)
    (row,) = gaps.incident_gaps(rows, names, "SRB", 2019, until).to_dict("records")
    assert row["held"] == "3 incidents"
    assert row["missing"] == (
        "no row in 2022; 1 on a single source or low confidence; 1 dated to a month only"
    )


def test_the_story_of_gaps_names_what_is_empty(names):
    lines = [("UN votes", gaps.NOTHING, None), ("Spending, by NATO", gaps.UNCOVERED, None)]
    found = pd.DataFrame([*lines, ("Agreements", "3 texts", None)])
    found.columns = ["topic", "held", "missing"]
    assert gaps.story(found, names, "SRB") == (
        "Of three kinds of data this edition holds nothing on Serbia for: UN votes and "
        "spending, by NATO."
    )
    assert "each of the one kinds" in gaps.story(found.tail(1), names, "SRB")


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (7, "seventh"), (12, "twelfth"), (13, "13th"), (21, "21st"), (112, "112th")],
)
def test_a_place_in_a_row_is_a_word_and_beyond_twelve_a_number(number, word):
    assert m.ordinal(number) == word
