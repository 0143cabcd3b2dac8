"""What the sources of the spending tables say, written down, against the tables.

Counts and sums were taken from the sources before they were turned into tables. Where two sources
disagree, the disagreement itself is the expectation.
"""

import pandas as pd
import pytest

from balkandefence import tables

SIX = {"ALB", "BIH", "XKX", "MNE", "MKD", "SRB"}
COMPARATORS = {"HRV", "SVN", "BGR", "ROU", "GRC", "HUN", "EST", "LVA", "LTU"}


def every(name):
    return tables.load(name, vintages=True)


def cell(frame, column, iso3, year, **more):
    """The one value of a country and year."""
    fits = (frame["iso3"] == iso3) & (frame["year"] == year)
    for key, value in more.items():
        fits &= frame[key] == value
    found = frame.loc[fits, column]
    assert len(found) == 1, (column, iso3, year, more, len(found))
    return found.iloc[0]


def sipri(column, iso3, year, **more):
    return cell(tables.load("military_expenditure"), column, iso3, year, **more)


def nato(column, iso3, year):
    return cell(tables.load("nato_defence_expenditure"), column, iso3, year)


def budgets(iso3, year, **more):
    frame = tables.load("national_budgets")
    fits = (frame["iso3"] == iso3) & (frame["year"] == year)
    for key, value in more.items():
        fits &= frame[key] == value
    return frame[fits]


def pairs(frame):
    return {(str(i), int(y)) for i, y in zip(frame["iso3"], frame["year"], strict=True)}


# Nothing lost, nothing changed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "column", "count", "total"),
    [
        ("2024-04-30", "current_usd_millions", 129, 36926.678),
        ("2024-04-30", "constant_usd_millions", 129, 44027.295),
        ("2024-04-30", "local_currency_millions", 129, 2611211.8465),
        ("2024-04-30", "share_of_gdp_pct", 129, 208.3709),
        ("2024-04-30", "share_of_government_spending_pct", 129, 556.7987),
        ("2024-04-30", "per_capita_usd", 129, 10014.1382),
        ("2025-04-30", "current_usd_millions", 135, 40607.2459),
        ("2025-04-30", "constant_usd_millions", 135, 54158.3479),
        ("2025-04-30", "local_currency_millions", 135, 2916824.6417),
        ("2025-04-30", "share_of_gdp_pct", 135, 215.4745),
        ("2025-04-30", "share_of_government_spending_pct", 135, 586.6903),
        ("2025-04-30", "per_capita_usd", 135, 11354.446),
        ("2026-04-27", "current_usd_millions", 375, 473601.6985),
        ("2026-04-27", "constant_usd_millions", 375, 569593.0242),
        ("2026-04-27", "local_currency_millions", 375, 18293392.4283),
        ("2026-04-27", "share_of_gdp_pct", 375, 649.4969),
        ("2026-04-27", "share_of_government_spending_pct", 370, 1615.5876),
        ("2026-04-27", "per_capita_usd", 375, 80535.5732),
    ],
)
def test_sipri_measures_have_the_counts_and_sums_of_the_workbooks(release, column, count, total):
    frame = every("military_expenditure")
    values = frame.loc[frame["release"] == release, column]
    assert values.count() == count
    assert values.sum() == pytest.approx(total, abs=1e-3)


@pytest.mark.parametrize(
    ("release", "column", "count", "total"),
    [
        ("2024-06-17", "nato_current_usd_millions", 154, 15786156.6412),
        ("2024-06-17", "nato_constant_usd_millions", 154, 14493215.9616),
        ("2024-06-17", "nato_local_currency_millions", 132, 9284358.0574),
        ("2024-06-17", "share_of_gdp_real_pct", 154, 273.6301),
        ("2024-06-17", "equipment_share_pct", 132, 2575.7139),
        ("2024-06-17", "personnel_share_pct", 132, 7292.6106),
        ("2024-06-17", "infrastructure_share_pct", 132, 485.6121),
        ("2024-06-17", "other_share_pct", 132, 2846.0566),
        ("2024-06-17", "military_personnel_thousands", 154, 59796.1896),
        ("2024-06-17", "nato_gdp_current_usd_millions", 154, 707536506.3698),
        ("2026-07-10", "nato_current_usd_millions", 182, 20748593),
        ("2026-07-10", "nato_constant_usd_millions", 182, 20425133),
        ("2026-07-10", "nato_local_currency_millions", 124, 12855055),
        ("2026-07-10", "share_of_gdp_real_pct", 182, 346.87),
        ("2026-07-10", "equipment_share_pct", 156, 3382.62),
        ("2026-07-10", "personnel_share_pct", 156, 8294.31),
        ("2026-07-10", "infrastructure_share_pct", 156, 571.81),
        ("2026-07-10", "other_share_pct", 156, 3351.1),
        ("2026-07-10", "military_personnel_thousands", 156, 3662.9),
        ("2026-07-10", "nato_gdp_current_usd_millions", 153, 14106782),
    ],
)
def test_nato_measures_have_the_counts_and_sums_of_the_editions(release, column, count, total):
    frame = every("nato_defence_expenditure")
    values = frame.loc[frame["release"] == release, column]
    assert values.count() == count
    assert values.sum() == pytest.approx(total, abs=1e-3)


@pytest.mark.parametrize(
    ("table", "column", "series", "measure", "count", "total"),
    [
        ("economy", "value", "cia_factbook", "armed_forces_personnel_active", 6, 53800),
        (
            "economy",
            "value",
            "sipri_implied",
            "gdp_current_usd_implied",
            375,
            23940808.6,
        ),
        ("economy", "value", "sipri_implied", "population_implied", 375, 2039397636),
        ("economy", "value", "nato", "gdp_current_usd", 153, 14106782),
        (
            "economy",
            "value",
            "wb_armed_forces",
            "armed_forces_personnel_total",
            288,
            13009801,
        ),
        ("economy", "value", "wb_gdp", "gdp_current_usd", 352, 20821703.143),
        ("economy", "value", "wb_milex_gdp", "milex_share_gdp", 360, 616.2619),
        ("economy", "value", "wb_population", "population", 375, 1973738160),
        ("price_indices", "value", "bls_cpiu", "cpi_u_index", 27, 6400.0864),
        ("price_indices", "value", "wb_cpi", "cpi_inflation", 408, 1712.1241),
        (
            "price_indices",
            "value",
            "wb_deflator",
            "gdp_deflator_inflation",
            399,
            1959.0958,
        ),
    ],
)
def test_each_series_has_the_count_and_sum_of_its_source(
    table, column, series, measure, count, total
):
    frame = every(table)
    values = frame.loc[(frame["series"] == series) & (frame["measure"] == measure), column]
    assert len(values) == count
    assert values.sum() == pytest.approx(total, abs=1e-3)


def test_no_economy_or_price_row_belongs_to_another_series():
    assert len(every("economy")) == 2284
    assert len(every("price_indices")) == 834


@pytest.mark.parametrize(
    ("series", "count", "total"),
    [
        ("ecb", 167, 10380.52291),
        ("fred", 26, 22.2583),
        ("sipri_implied", 141, 6482.95992),
    ],
)
def test_exchange_rates_have_the_count_and_sum_of_their_source(series, count, total):
    frame = tables.load("exchange_rates")
    rates = frame.loc[frame["series"].str.startswith(series), "rate"]
    assert len(rates) == count
    assert rates.sum() == pytest.approx(total, abs=1e-4)


@pytest.mark.parametrize(
    ("currency", "count", "total"),
    [
        ("ALL", 4, 208238.376),
        ("BAM", 4, 1720.4),
        ("EUR", 67, 24094.815411),
        ("MKD", 1, 20450.82),
        ("RSD", 5, 1022091.822),
        ("USD", 2, 230.5),
    ],
)
def test_budget_amounts_have_the_count_and_sum_of_the_notes(currency, count, total):
    frame = tables.load("national_budgets")
    amounts = frame.loc[frame["currency"] == currency, "amount_millions"]
    assert len(amounts) == count
    assert amounts.sum() == pytest.approx(total, abs=1e-6)


def test_every_budget_row_is_either_an_amount_or_a_percentage():
    frame = tables.load("national_budgets")
    assert len(frame) == 114
    assert (frame["amount_millions"].notna() ^ frame["value_pct"].notna()).all()
    assert (frame["amount_millions"].notna() == frame["currency"].notna()).all()
    assert (frame["value_pct"].notna() == frame["pct_of"].notna()).all()
    assert frame["value_pct"].count() == 31
    assert frame["value_pct"].sum() == pytest.approx(179.26 + 50 + 267)


def test_budget_rows_by_country_and_quality_are_those_of_the_notes():
    frame = tables.load("national_budgets")
    by_country = {
        "ALB": 13,
        "BIH": 11,
        "HRV": 1,
        "MKD": 13,
        "MNE": 17,
        "SRB": 29,
        "XKX": 30,
    }
    assert frame["iso3"].value_counts().to_dict() == by_country
    flags = [
        "rounded",
        "approximate",
        "derived",
        "lower_bound",
        "single_secondary_page",
    ]
    assert [int(frame[flag].sum()) for flag in flags] == [25, 3, 3, 5, 33]


@pytest.mark.parametrize(
    ("unit", "count", "total"),
    [
        ("million EUR", 35, 70508.5),
        ("billion EUR", 13, 168.03),
        ("billion USD", 8, 34.06),
        ("percent of inflow", 3, 99.2),
        ("percent of goods trade", 4, 186.9),
        ("percent", 2, 72.5),
        ("percent vs 2024", 1, 23.3),
    ],
)
def test_ties_with_china_have_the_counts_and_sums_of_the_notes(unit, count, total):
    frame = tables.load("china_ties")
    values = frame.loc[frame["unit"] == unit, "value"]
    assert len(values) == count
    assert values.sum() == pytest.approx(total)


# Who is covered ---------------------------------------------------------------------------------


def test_the_newest_sipri_release_has_the_six_and_nine_comparators_and_older_ones_the_six():
    frame = every("military_expenditure")
    by_release = frame.groupby("release")["iso3"].agg(set)
    assert by_release["2026-04-27"] == SIX | COMPARATORS
    assert by_release["2025-04-30"] == by_release["2024-04-30"] == SIX


def test_country_roles_agree_with_the_spending_tables():
    frame = tables.load("countries")
    assert set(frame.loc[frame["role"] == "western_balkans", "iso3"]) == SIX
    assert set(frame.loc[frame["role"] == "comparator", "iso3"]) == COMPARATORS


def test_every_state_but_the_six_has_a_bloc_as_seller_and_nothing_else_has():
    frame = tables.load("countries")
    has_bloc = frame["supplier_bloc"].notna()
    assert set(frame.loc[(frame["kind"] == "state") & ~has_bloc, "iso3"]) == SIX
    assert not has_bloc[frame["kind"] != "state"].any()


def test_the_great_sellers_stand_in_their_own_bloc():
    blocs = tables.load("countries").set_index("iso3")["supplier_bloc"]
    own = {"USA": "US", "TUR": "Turkey", "RUS": "Russia", "BLR": "Belarus"}
    own |= {"CHN": "China", "ISR": "Israel", "GBR": "EU-NATO", "CAN": "EU-NATO"}
    own |= {"CYP": "EU-NATO", "UKR": "other", "ZAF": "other"}
    assert {code: blocs[code] for code in own} == own


def test_kosovo_is_listed_without_prejudice_to_status():
    row = tables.load("countries").set_index("iso3").loc["XKX"]
    assert row["name"] == "Kosovo"
    assert "without prejudice" in row["note"]


@pytest.mark.parametrize(
    ("iso3", "first"),
    [
        ("ALB", 2000),
        ("MKD", 2000),
        ("SRB", 2000),
        ("BIH", 2002),
        ("MNE", 2005),
        ("XKX", 2008),
    ],
)
def test_sipri_series_run_without_a_gap_to_2025(iso3, first):
    frame = tables.load("military_expenditure")
    years = frame.loc[frame["iso3"] == iso3, "year"].tolist()
    assert years == list(range(first, 2026))


def test_only_albania_to_2004_lacks_the_share_of_government_spending():
    frame = tables.load("military_expenditure")
    missing = frame[frame["share_of_government_spending_pct"].isna()]
    assert pairs(missing) == {("ALB", year) for year in range(2000, 2005)}


def test_sipri_estimates_are_those_printed_in_blue():
    frame = tables.load("military_expenditure")
    expected = {("SRB", year) for year in range(2012, 2026)}
    expected |= {("MNE", 2005), ("MNE", 2006), ("GRC", 2000), ("GRC", 2001)}
    expected |= {(iso3, year) for iso3 in ("HRV", "BGR") for year in range(2000, 2004)}
    assert pairs(frame[frame["sipri_estimate"]]) == expected


def test_serbia_covers_the_state_union_to_2005_in_every_release():
    frame = every("military_expenditure")
    union = frame[frame["territory"].notna()]
    assert len(union) == 3 * 6
    assert pairs(union) == {("SRB", year) for year in range(2000, 2006)}


def test_scope_marks_did_not_change_between_releases():
    frame = every("military_expenditure_scope")
    marks = frame.groupby("release").apply(
        lambda part: frozenset(zip(part["iso3"], part["meaning"], strict=True))
    )
    assert len(marks) == 3
    assert marks.nunique() == 1
    assert len(marks.iloc[0]) == 13


def test_albania_and_bosnia_are_adopted_budgets_and_serbia_has_no_mark():
    frame = tables.load("military_expenditure_scope")
    adopted = frame.loc[frame["meaning"] == "adopted_budget_not_actual", "iso3"]
    assert set(adopted) == {"ALB", "BIH"}
    pensions = frame.loc[frame["meaning"] == "excludes_military_pensions", "iso3"]
    assert set(pensions) == {"BIH", "MKD", "BGR"}
    assert "SRB" not in set(frame["iso3"])
    assert "XKX" not in set(frame["iso3"])


def test_nato_estimates_are_the_last_two_years_of_each_edition():
    frame = every("nato_defence_expenditure")
    last = frame.groupby("release")["year"].transform("max")
    assert (frame["estimate"] == (frame["year"] >= last - 1)).all()


def test_national_currency_missing_in_the_newest_nato_edition_is_what_was_not_typed_in():
    frame = tables.load("nato_defence_expenditure")
    missing = frame[frame["nato_local_currency_millions"].isna()]
    states = missing[~missing["iso3"].str.startswith("NATO")]
    expected = {("ALB", year) for year in range(2014, 2020)}
    expected |= {(iso3, year) for iso3 in ("ROU", "SVN") for year in range(2014, 2027)}
    assert pairs(states) == expected


# What was known when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2024-12-31", 2135.7671), ("2025-09-30", 1796.8794), (None, 1796.1055)],
)
def test_serbia_2023_depends_on_the_day_of_asking(as_of, expected):
    frame = tables.load("military_expenditure", as_of=as_of)
    assert cell(frame, "current_usd_millions", "SRB", 2023) == expected


def test_nothing_of_sipri_was_known_before_the_first_release():
    assert tables.load("military_expenditure", as_of="2024-04-29").empty


def test_each_day_answers_with_one_release_only():
    for as_of, rows in [("2024-12-31", 129), ("2025-09-30", 135), ("2026-11-21", 375)]:
        frame = tables.load("military_expenditure", as_of=as_of)
        assert frame["release"].nunique() == 1
        assert len(frame) == rows


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [("2024-12-31", 516.114), ("2025-09-30", 516.114), (None, 367)],
)
def test_natos_albania_2024_was_an_estimate_until_july_2026(as_of, expected):
    frame = tables.load("nato_defence_expenditure", as_of=as_of)
    assert cell(frame, "nato_current_usd_millions", "ALB", 2024) == expected


@pytest.mark.parametrize(
    ("as_of", "rows"),
    [
        ("2019-12-31", 13),
        ("2022-12-31", 39),
        ("2024-12-31", 75),
        ("2025-09-30", 87),
        ("2026-11-20", 106),
        (None, 114),
    ],
)
def test_budget_figures_appear_with_their_sources(as_of, rows):
    assert len(tables.load("national_budgets", as_of=as_of)) == rows


def test_undated_budget_figures_rest_on_two_pages():
    frame = tables.load("national_budgets")
    undated = frame[frame["known_from"].isna()]
    assert set(undated["source"]) == {("vreme-2024",), ("ruserbia-bih-2026",)}


@pytest.mark.parametrize(
    ("as_of", "rows"),
    [
        ("2022-12-31", 34),
        ("2024-12-31", 47),
        ("2025-09-03", 58),
        ("2025-09-30", 61),
        (None, 66),
    ],
)
def test_figures_on_china_appear_with_their_sources(as_of, rows):
    assert len(tables.load("china_ties", as_of=as_of)) == rows


def test_yearly_exchange_rates_are_known_when_the_year_is_over():
    known = tables.load("exchange_rates", as_of="2025-09-30")
    assert known["year"].max() == 2024
    assert set(known["series"]) == {"ecb", "fred"}


def test_only_the_world_banks_prices_were_in_hand_in_2025():
    assert set(tables.load("price_indices", as_of="2025-09-30")["series"]) == {
        "wb_cpi",
        "wb_deflator",
    }
    assert tables.load("economy", as_of="2025-09-30").empty


# Releases against each other --------------------------------------------------------------------


def by_release(iso3, year):
    frame = every("military_expenditure")
    rows = frame[(frame["iso3"] == iso3) & (frame["year"] == year)].sort_values("release")
    return [round(value, 1) for value in rows["current_usd_millions"]]


def test_serbia_2023_was_revised_down_by_16_percent():
    first, second, third = by_release("SRB", 2023)
    assert [first, second, third] == [2135.8, 1796.9, 1796.1]
    assert round((third / first - 1) * 100) == -16


def test_serbia_2024_was_revised_up_by_3_and_a_half_percent():
    first, second = by_release("SRB", 2024)
    assert [first, second] == [2322.8, 2403.6]
    assert round((second / first - 1) * 100, 1) == 3.5


def test_serbia_2021_was_revised_up_by_24_percent():
    first, second, third = by_release("SRB", 2021)
    assert [first, second, third] == [1465.7, 1813.0, 1805.5]
    assert round((second / first - 1) * 100) == 24


def test_bosnia_2023_went_down_and_up_again():
    assert by_release("BIH", 2023) == [216.7, 197.3, 216.8]


def test_north_macedonia_2024_was_revised_down_from_354_to_300():
    assert by_release("MKD", 2024) == [353.7, 299.5]


def revised(earlier, later, percent):
    """Countries and years whose current dollars moved by more than some percent."""
    frame = every("military_expenditure")
    old, new = (frame[frame["release"] == day] for day in (earlier, later))
    both = old.merge(new, on=["iso3", "year"], suffixes=("_old", "_new"))
    change = (both["current_usd_millions_new"] / both["current_usd_millions_old"] - 1).abs() * 100
    return pairs(both[change > percent])


def test_only_serbia_and_bosnia_moved_by_more_than_3_percent_in_april_2025():
    expected = {("SRB", year) for year in (2015, 2016, 2017, 2018, 2019, 2021, 2022, 2023)}
    expected |= {("BIH", year) for year in (2021, 2022, 2023)}
    assert revised("2024-04-30", "2025-04-30", 3) == expected


def test_north_macedonia_moved_most_in_april_2026():
    expected = {("MKD", year) for year in range(2019, 2025)} | {
        ("BIH", 2023),
        ("SRB", 2024),
    }
    assert revised("2025-04-30", "2026-04-27", 3) == expected


def test_nato_changed_2014_to_2022_by_more_than_one_percent_for_croatia_only():
    frame = every("nato_defence_expenditure")
    old, new = (frame[frame["release"] == day] for day in ("2024-06-17", "2026-07-10"))
    both = old.merge(new, on=["iso3", "year"], suffixes=("_old", "_new"))
    both = both[both["year"] <= 2022]
    change = both["nato_current_usd_millions_new"] / both["nato_current_usd_millions_old"] - 1
    assert pairs(both[change.abs() > 0.01]) == {
        ("HRV", year) for year in (2014, 2015, 2017, 2018, 2019)
    }
    assert pairs(both[change.abs() > 0.0125]) == {("HRV", year) for year in (2014, 2018, 2019)}


# Sources against each other ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "of_sipri", "of_nato", "percent"),
    [(2023, 400, 305, 31), (2024, 535, 367, 46), (2025, 624, 450, 39)],
)
def test_sipri_stands_far_above_nato_for_albania_since_2023(year, of_sipri, of_nato, percent):
    one = sipri("current_usd_millions", "ALB", year)
    other = nato("nato_current_usd_millions", "ALB", year)
    assert (round(one), other) == (of_sipri, of_nato)
    assert round((one / other - 1) * 100) == percent


def test_sipri_and_nato_agree_on_albania_to_2022_within_one_percent():
    for year in range(2014, 2023):
        one = sipri("current_usd_millions", "ALB", year)
        assert one == pytest.approx(nato("nato_current_usd_millions", "ALB", year), rel=0.011)


def test_sipris_lek_for_albania_2024_is_natos_first_estimate_and_not_its_present_figure():
    first = tables.load("nato_defence_expenditure", as_of="2024-12-31")
    estimate = cell(first, "nato_local_currency_millions", "ALB", 2024)
    assert round(estimate) == sipri("local_currency_millions", "ALB", 2024) == 49842
    assert nato("nato_local_currency_millions", "ALB", 2024) == 34081


def test_albanias_share_of_gdp_2024_is_1_98_or_1_35():
    assert round(sipri("share_of_gdp_pct", "ALB", 2024), 2) == 1.98
    assert nato("share_of_gdp_real_pct", "ALB", 2024) == 1.35


def test_sipri_and_nato_agree_on_five_comparators_within_one_percent_to_2024():
    ours = tables.load("military_expenditure").merge(
        tables.load("nato_defence_expenditure"), on=["iso3", "year"]
    )
    ours = ours[ours["iso3"].isin(["BGR", "HRV", "EST", "LVA", "ROU"]) & (ours["year"] <= 2024)]
    ratio = ours["current_usd_millions"] / ours["nato_current_usd_millions"]
    assert len(ours) == 5 * 11
    assert (ratio - 1).abs().max() < 0.01


def test_sipri_stands_3_to_8_percent_above_nato_for_greece_every_year_to_2024():
    for year in range(2014, 2025):
        ratio = sipri("current_usd_millions", "GRC", year) / nato(
            "nato_current_usd_millions", "GRC", year
        )
        assert 1.03 < ratio < 1.08


def test_sipri_was_23_percent_below_nato_for_lithuania_in_2025():
    ratio = sipri("current_usd_millions", "LTU", 2025) / nato(
        "nato_current_usd_millions", "LTU", 2025
    )
    assert round((ratio - 1) * 100) == -23


@pytest.mark.parametrize("year", range(2019, 2026))
def test_sipri_and_nato_differ_by_3_to_7_percent_for_north_macedonia(year):
    ratio = sipri("current_usd_millions", "MKD", year) / nato(
        "nato_current_usd_millions", "MKD", year
    )
    assert 0.03 < abs(ratio - 1) < 0.07


def test_sipris_north_macedonia_2025_is_the_draft_budget_and_nato_is_higher():
    (draft,) = budgets("MKD", 2025)["amount_millions"]
    assert round(draft) == sipri("local_currency_millions", "MKD", 2025) == 20451
    assert nato("nato_local_currency_millions", "MKD", 2025) == 21899


def test_the_constant_price_amount_for_north_macedonia_2024_is_not_its_budget():
    frame = tables.load("nato_defence_expenditure", as_of="2024-12-31")
    assert round(cell(frame, "nato_constant_usd_millions", "MKD", 2024), 1) == 262.6
    assert round(cell(frame, "nato_current_usd_millions", "MKD", 2024), 1) == 352.6


def test_montenegros_ministry_agrees_with_nato_to_rounding():
    for year in range(2017, 2025):
        (said,) = budgets("MNE", year, measure="defence_spending")["amount_millions"]
        assert abs(said - nato("nato_local_currency_millions", "MNE", year)) <= 0.5


def test_sipris_montenegro_2024_is_near_the_plan_and_not_the_result():
    assert sipri("local_currency_millions", "MNE", 2024) == 138.7
    (plan,) = budgets("MNE", 2024, measure="defence_budget")["amount_millions"]
    (result,) = budgets("MNE", 2024, measure="defence_spending")["amount_millions"]
    assert (plan, result) == (138.9, 127.23)


def test_sipri_stands_14_percent_above_nato_for_montenegro_in_2022():
    ratio = sipri("current_usd_millions", "MNE", 2022) / nato(
        "nato_current_usd_millions", "MNE", 2022
    )
    assert round((ratio - 1) * 100) == 14


@pytest.mark.parametrize(
    ("year", "stage"),
    [
        (2017, "adopted"),
        (2019, "adopted"),
        (2023, "draft"),
        (2024, "initial"),
        (2025, "initial"),
    ],
)
def test_sipris_kosovo_equals_the_first_ministry_budget(year, stage):
    (first,) = budgets("XKX", year, scope="ministry total", stage=stage)["amount_millions"]
    assert sipri("local_currency_millions", "XKX", year) == pytest.approx(first, abs=0.3)


def test_kosovo_2023_has_four_figures_that_contradict_each_other():
    frame = budgets("XKX", 2023)
    assert sorted(frame["amount_millions"]) == [40, 116.4, 123, 200]
    claim = frame[frame["stage"] == "claimed_total"].iloc[0]
    assert claim["amount_millions"] == 200
    assert claim["lower_bound"]
    assert sipri("local_currency_millions", "XKX", 2023) == 123.277


def test_kosovos_budget_lines_to_2018_stay_below_the_ministry():
    for year in (2017, 2018):
        frame = budgets("XKX", year)
        line = frame[frame["scope"].str.startswith("KSF budget line")]["amount_millions"]
        whole = frame[frame["scope"] == "ministry total"]["amount_millions"]
        assert line.max() < whole.min()


def test_serbias_first_budget_of_2024_is_61_percent_of_sipris_figure():
    first = budgets("SRB", 2024, stage="initial", currency="RSD")["amount_millions"]
    assert first.tolist() == [158859.212]
    assert round(first.iloc[0] / sipri("local_currency_millions", "SRB", 2024) * 100) == 61


def test_serbias_claimed_total_of_2024_is_the_sum_of_its_parts():
    frame = budgets("SRB", 2024, currency="EUR")
    parts = frame[frame["stage"].isin(["initial", "supplement", "rebalance"])]["amount_millions"]
    (total,) = frame[(frame["stage"] == "claimed_total") & frame["derived"]]["amount_millions"]
    assert parts.sum() == pytest.approx(total, abs=0.05)
    assert total == 2508.7


def test_serbias_derived_budgets_follow_from_their_notes():
    (rebalanced,) = budgets("SRB", 2023, stage="rebalance", currency="RSD")["amount_millions"]
    assert rebalanced == pytest.approx(158859.212 + 4725.853)
    (voted,) = budgets("SRB", 2025, currency="RSD")["amount_millions"]
    assert voted == pytest.approx(158859.212 * 1.6478, abs=0.1)


def test_the_shares_of_serbias_drafts_add_to_100():
    for year in (2023, 2024):
        frame = budgets("SRB", year, pct_of="ministry budget")
        assert len(frame) == 4
        assert frame["value_pct"].sum() == pytest.approx(100, abs=0.05)


def test_bosnias_budget_of_2023_is_sipris_figure():
    (said,) = budgets("BIH", 2023, currency="BAM")["amount_millions"]
    assert said == 392
    assert round(sipri("local_currency_millions", "BIH", 2023)) == 392


def economy(series, measure=None):
    frame = tables.load("economy")
    frame = frame[frame["series"] == series]
    return frame if measure is None else frame[frame["measure"] == measure]


def test_the_world_banks_share_of_gdp_is_a_copy_of_sipris_release_of_2025():
    then = tables.load("military_expenditure", as_of="2025-12-31")
    both = economy("wb_milex_gdp").merge(then, on=["iso3", "year"])
    assert len(both) == 135
    assert (both["value"] - both["share_of_gdp_pct"]).abs().max() < 0.000006
    assert economy("wb_milex_gdp")["copy_of_sipri"].all()


def test_serbias_gdp_of_2023_is_75_or_81_billion_dollars():
    assert round(cell(economy("wb_gdp"), "value", "SRB", 2023) / 1000, 1) == 75.2
    implied = economy("sipri_implied", "gdp_current_usd_implied")
    assert round(cell(implied, "value", "SRB", 2023) / 1000, 1) == 81.3


def test_albanias_population_of_2024_is_15_percent_lower_after_the_census():
    census = cell(economy("wb_population"), "value", "ALB", 2024)
    implied = economy("sipri_implied", "population_implied")
    used = cell(implied, "value", "ALB", 2024)
    assert (round(census / 1e6, 2), round(used / 1e6, 2)) == (2.38, 2.80)
    assert round((census / used - 1) * 100) == -15


def test_world_bank_personnel_includes_paramilitary_and_dwarfs_natos_count():
    for iso3, total, active in [("MNE", 12000, 1.9), ("MKD", 16000, 6.4)]:
        assert cell(economy("wb_armed_forces"), "value", iso3, 2020) == total
        assert nato("military_personnel_thousands", iso3, 2020) == active
    assert economy("wb_armed_forces")["includes_paramilitary"].all()
    assert "XKX" not in set(economy("wb_armed_forces")["iso3"])


def test_natos_gdp_is_the_same_in_both_tables():
    both = economy("nato").merge(tables.load("nato_defence_expenditure"), on=["iso3", "year"])
    assert len(both) == 153
    assert (both["value"] == both["nato_gdp_current_usd_millions"]).all()
    assert (both["estimate_x"] == both["estimate_y"]).all()


# Identities -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("release", "cases"), [("2024-06-17", 132), ("2026-07-10", 156)])
def test_natos_four_shares_add_to_100(release, cases):
    frame = every("nato_defence_expenditure")
    shares = frame.loc[
        frame["release"] == release,
        [
            "equipment_share_pct",
            "personnel_share_pct",
            "infrastructure_share_pct",
            "other_share_pct",
        ],
    ].dropna()
    assert len(shares) == cases
    assert (shares.sum(axis=1) - 100).abs().max() < 0.011


def test_natos_amount_over_its_gdp_gives_the_printed_share():
    # The share is on real prices and so may differ; it does for totals, whose deflator is a mix.
    frame = every("nato_defence_expenditure")
    share = frame["nato_current_usd_millions"] / frame["nato_gdp_current_usd_millions"] * 100
    gap = (share - frame["share_of_gdp_real_pct"]).abs()
    assert gap.count() == 154 + 153
    states = ~frame["iso3"].str.startswith("NATO")
    assert gap[states].max() < 0.011
    assert pairs(frame[gap > 0.02]) == {
        ("NATO_EUR_CAN", 2018),
        ("NATO_TOTAL", 2014),
        ("NATO_TOTAL", 2019),
        ("NATO_TOTAL", 2020),
        ("NATO_TOTAL", 2021),
    }


@pytest.mark.parametrize(
    ("table", "current", "constant"),
    [
        ("military_expenditure", "current_usd_millions", "constant_usd_millions"),
        (
            "nato_defence_expenditure",
            "nato_current_usd_millions",
            "nato_constant_usd_millions",
        ),
    ],
)
def test_constant_prices_equal_current_prices_in_the_base_year(table, current, constant):
    frame = every(table)
    base = frame[frame["year"] == frame["constant_base_year"]]
    assert len(base) == {"military_expenditure": 27, "nato_defence_expenditure": 28}[table]
    assert (base[current] - base[constant]).abs().max() < 0.001


def test_implied_gdp_and_population_follow_from_sipris_figures():
    spending = tables.load("military_expenditure")
    gdp = economy("sipri_implied", "gdp_current_usd_implied").merge(spending, on=["iso3", "year"])
    heads = economy("sipri_implied", "population_implied").merge(spending, on=["iso3", "year"])
    assert len(gdp) == len(heads) == 375
    expected = gdp["current_usd_millions"] / gdp["share_of_gdp_pct"] * 100
    assert (gdp["value"] / expected - 1).abs().max() < 2e-5
    expected = heads["current_usd_millions"] * 1e6 / heads["per_capita_usd"]
    assert (heads["value"] / expected - 1).abs().max() < 1e-6


def test_implied_exchange_rates_follow_from_sipris_figures():
    rates = tables.load("exchange_rates")
    both = rates[rates["iso3"].notna()].merge(
        tables.load("military_expenditure"), on=["iso3", "year"]
    )
    assert len(both) == 141
    expected = both["local_currency_millions"] / both["current_usd_millions"]
    assert (both["rate"] / expected - 1).abs().max() < 1e-5
    assert (both["currency_x"] == both["currency_y"]).all()


def rates(series, currency):
    frame = tables.load("exchange_rates")
    return frame[(frame["series"] == series) & (frame["currency"] == currency)].set_index("year")[
        "rate"
    ]


def test_sipris_local_and_dollar_amounts_agree_with_the_central_banks_rates():
    frame = every("military_expenditure")
    dollar = rates("ecb", "USD")
    to_euro = {("EUR", year): 1.0 for year in dollar.index}
    to_euro |= {("BAM", year): 1.95583 for year in dollar.index}  # fixed by law
    for currency in ("BGN", "HUF", "RON"):
        to_euro |= {(currency, year): rate for year, rate in rates("ecb", currency).items()}
    money = zip(frame["currency"], frame["year"], strict=True)
    known = pd.Series([to_euro.get(pair) for pair in money], index=frame.index, dtype="float64")
    expected = known / frame["year"].map(dollar).astype("float64")
    implied = frame["local_currency_millions"] / frame["current_usd_millions"]
    gap = (implied / expected - 1).abs()
    assert gap.count() == 409
    # Converted at the fixed rate of entry, while the old currency still floated against the euro:
    floated = {("LTU", y) for y in (2000, 2001)} | {("LVA", y) for y in range(2000, 2005)}
    floated |= {("SVN", y) for y in range(2000, 2004)}
    # The central bank's average of the new leu covers only part of the year:
    assert pairs(frame[gap > 0.01]) == floated | {("ROU", 2005)}


def test_the_central_bank_and_the_federal_reserve_agree_on_the_dollar():
    both = pd.concat([rates("ecb", "USD"), rates("fred", "EUR")], axis=1, keys=["ecb", "fred"])
    both = both.dropna()
    assert len(both) == 26
    assert (both["ecb"] * both["fred"] - 1).abs().max() < 0.0015
    assert round(both["ecb"][2024], 4) == 1.0824
    assert round(both["ecb"][2025], 4) == 1.1300


def test_the_euro_implied_for_kosovo_agrees_with_the_central_bank():
    both = pd.concat([rates("ecb", "USD"), rates("sipri_implied_xkx", "EUR")], axis=1).dropna()
    assert len(both) == 18
    assert (both.iloc[:, 0] * both.iloc[:, 1] - 1).abs().max() < 0.007


def test_sipris_population_differs_from_the_world_banks_only_where_censuses_do():
    implied = economy("sipri_implied", "population_implied")
    both = implied.merge(economy("wb_population"), on=["iso3", "year"])
    assert len(both) == 360
    apart = both[(both["value_x"] / both["value_y"] - 1).abs() > 0.05]
    expected = {("ALB", year) for year in range(2015, 2025)} | {("XKX", 2024)}
    expected |= {("BGR", year) for year in range(2018, 2025)}
    expected |= {("MKD", year) for year in range(2007, 2014)}
    assert pairs(apart) == expected


def test_implied_gdp_differs_from_the_world_banks_by_more_than_5_percent_in_ten_cases():
    implied = economy("sipri_implied", "gdp_current_usd_implied")
    both = implied.merge(economy("wb_gdp"), on=["iso3", "year"])
    assert len(both) == 345
    apart = both[(both["value_x"] / both["value_y"] - 1).abs() > 0.05]
    # Accounts revised after the World Bank copy, and early years of Serbia, Bosnia and Kosovo.
    assert pairs(apart) == {
        ("BIH", 2002),
        ("LVA", 2006),
        ("LVA", 2007),
        ("LVA", 2022),
        ("MKD", 2023),
        ("SRB", 2000),
        ("SRB", 2022),
        ("SRB", 2023),
        ("XKX", 2008),
        ("XKX", 2009),
    }


def test_one_world_bank_price_is_out_of_line_and_says_so():
    frame = tables.load("price_indices")
    prices = frame[(frame["measure"] == "cpi_inflation") & (frame["year"] >= 2021)]
    assert pairs(prices[prices["value"] < 0]) == {("ROU", 2024)}
    assert "should not be used" in cell(prices, "note", "ROU", 2024)


# Ties with China --------------------------------------------------------------------------------


def china(**more):
    frame = tables.load("china_ties")
    for key, value in more.items():
        frame = frame[frame[key] == value]
    return frame


def test_two_figures_are_claims_of_the_president_and_carry_it_in_their_name():
    claims = china(claim=True)
    assert sorted(claims["value"]) == [7.2, 8.5]
    assert set(claims["stated_by"]) == {"president of Serbia"}
    assert (claims["measure"].str.startswith("claim_")).all()
    assert set(claims["known_from"]) == {pd.Timestamp("2025-09-04")}


def test_calculated_figures_on_china_follow_from_their_parts():
    dollar = rates("ecb", "USD")
    derived = china(derived=True)
    assert len(derived) == 5
    trade = derived[derived["measure"] == "goods_trade"].set_index("year_to")["value"]
    assert trade[2023] == pytest.approx(6.09 / dollar[2023], abs=0.005)
    assert trade[2024] == pytest.approx(7.46 / dollar[2024], abs=0.005)
    (total,) = derived[derived["measure"] == "fdi_inflow_cumulative"]["value"]
    assert total == 5540 + 1400
    (union,) = derived[derived["partner"] == "EU"]["value"]
    assert union == pytest.approx(5100 * 0.372, abs=0.5)
    (growth,) = derived[derived["measure"] == "goods_trade_growth_needed_for_claim"]["value"]
    assert growth == pytest.approx((8.5 / trade[2024] - 1) * 100, abs=0.1)


def test_serbias_exports_and_imports_of_2023_add_to_its_trade_with_china():
    parts = china(year_to=2023, unit="billion USD").set_index("measure")["value"]
    assert parts["goods_exports_to"] + parts["goods_imports_from"] == pytest.approx(
        parts["goods_trade"]
    )


def test_trade_with_china_in_2024_was_quoted_in_euro_but_meant_dollars():
    doubtful = china(probably_usd=True)
    assert doubtful["value"].tolist() == [7.5]
    assert doubtful["unit"].tolist() == ["billion EUR"]
    quoted = china(measure="goods_trade", year_to=2024, unit="billion USD")["value"].tolist()
    assert quoted == [7.46]


def test_china_alone_is_never_mixed_with_the_group_of_four():
    flows = china(measure="fdi_inflow", period_kind="year")
    partners = {
        year: set(part["partner"]) & {"CHN", "CHN+HKG+TWN+MAC"}
        for year, part in flows.groupby("year_to")
    }
    assert partners[2020] == partners[2021] == {"CHN+HKG+TWN+MAC"}
    assert partners[2024] == {"CHN"}
