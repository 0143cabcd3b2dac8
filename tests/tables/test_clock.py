"""The two clocks: what a table said on an earlier day."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import yaml

from balkandefence import tables

SPENDING, EVENTS = "data/spending.csv", "data/events.csv"


def ids(as_of, **options) -> list[str]:
    """Return the events known on a day."""
    return tables.load("events", as_of, **options)["event_id"].tolist()


# Releases -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "figures"),
    [
        ("2024-04-29", {}),
        ("2024-04-30", {2023: 2000.5}),
        ("2025-04-29", {2023: 2000.5}),
        ("2025-04-30", {2023: 2100, 2024: 2400}),
        (None, {2023: 2100, 2024: 2400}),
    ],
)
def test_the_newest_release_then_published_answers(project, as_of, figures):
    frame = tables.load("spending", as_of)
    serbia = frame[frame["iso3"] == "SRB"]

    assert dict(zip(serbia["year"], serbia["amount_usd_millions"], strict=True)) == figures


@pytest.mark.parametrize(("as_of", "lines"), [("2024-12-31", [2]), ("2025-04-30", [2, 3, 4, 5])])
def test_vintages_are_all_releases_published_by_the_day(project, as_of, lines):
    assert tables.load("spending", as_of, vintages=True).index.tolist() == lines


def test_a_table_of_series_answers_with_the_newest_release_of_each(project):
    project.sidecar("spending", lambda s: s["clock"].update(by=["iso3"]))
    project.replace(SPENDING, ("ALB,2024,2025-04-30", "ALB,2024,2024-04-30"))

    assert tables.load("spending").index.tolist() == [3, 4, 5]
    then = tables.load("spending", "2024-12-31")
    assert then["iso3"].tolist() == ["ALB", "SRB"] or then["iso3"].tolist() == ["SRB", "ALB"]
    assert tables.load("spending", "2024-01-01").empty


def test_rows_of_an_unnamed_series_are_not_lost(project):
    project.sidecar("spending", lambda s: s["clock"].update(by=["basis"]))

    assert tables.load("spending").index.tolist() == [3, 4, 5]


# Facts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "known"),
    [
        ("2023-06-01", []),
        ("2023-06-02", ["E1"]),
        ("2024-05-19", ["E1"]),
        ("2024-05-20", ["E1", "E2"]),
        ("2026-11-20", ["E1", "E2"]),
        ("2026-11-21", ["E1", "E2", "E3"]),
        (None, ["E1", "E2", "E3"]),
        (dt.date(2024, 5, 20), ["E1", "E2"]),
    ],
)
def test_a_fact_answers_from_the_day_it_was_known_or_else_compiled(project, as_of, known):
    assert ids(as_of) == known


@pytest.mark.parametrize(
    ("as_of", "outcomes"),
    [
        ("2023-06-29", [None]),  # the end is known to the month only, so it has not surely passed
        ("2023-06-30", ["settled"]),
        ("2025-02-02", ["settled", None]),
        ("2025-02-03", ["settled", "agreed"]),
    ],
)
def test_what_came_out_later_is_empty_before(project, as_of, outcomes):
    frame = tables.load("events", as_of)

    assert [None if pd.isna(v) else v for v in frame["outcome"]] == outcomes
    assert frame["date_end"].isna().tolist() == [v is None for v in outcomes]


@pytest.mark.parametrize(
    ("undated", "shown"), [("show", ["settled", "open"]), ("hide", ["settled", None])]
)
def test_an_undated_later_field_is_shown_or_hidden_as_the_sidecar_says(project, undated, shown):
    project.sidecar("events", lambda s: s["clock"]["later"][0].update(undated=undated))
    project.replace(EVENTS, ("2025-02-03,2024-05-20,agreed", ",2024-05-20,open"))

    earlier, today = tables.load("events", "2026-11-20"), tables.load("events")

    assert [None if pd.isna(v) else v for v in earlier["outcome"]] == shown
    assert today["outcome"].tolist()[:2] == ["settled", "open"]


def test_a_list_that_came_out_later_is_an_empty_list_before(project):
    project.sidecar(
        "events", lambda s: s["clock"]["later"][0].update(clear=["countries", "people_count"])
    )

    frame = tables.load("events", "2024-12-31")

    assert frame["countries"].tolist() == [("SRB", "ALB"), ()]
    assert frame["people_count"].isna().tolist() == [False, True]


def test_a_later_date_column_may_hold_full_dates_or_none_at_all(project):
    project.sidecar("events", lambda s: s["clock"]["later"][0].update(when="known_from"))
    project.replace(EVENTS, (",2023-06-02,", ",,"), (",2024-05-20,", ",,"))

    assert ids("2026-11-20") == []
    assert tables.load("events")["outcome"].tolist()[:2] == ["settled", "agreed"]


@pytest.mark.parametrize(("as_of", "gone"), [("2023-06-29", True), ("2023-06-30", False)])
def test_a_full_date_has_passed_on_its_own_day(project, as_of, gone):
    project.sidecar("events", lambda s: s.field("date_end").update(type="date", constraints={}))
    project.replace(EVENTS, ("2023-06,", "2023-06-30,"))

    assert tables.load("events", as_of)["outcome"].isna().tolist() == [gone]


def test_asking_for_an_earlier_day_leaves_today_as_it_is(project):
    before = tables.load("events")

    earlier = tables.load("events", "2024-12-31")
    earlier.loc[:, "outcome"] = "altered"

    pd.testing.assert_frame_equal(tables.load("events"), before)


def test_vintages_of_facts_are_the_facts_then_known(project):
    assert ids("2024-12-31", vintages=True) == ["E1", "E2"]


def test_a_static_table_says_the_same_on_every_day(project):
    pd.testing.assert_frame_equal(tables.load("countries", "1990-01-01"), tables.load("countries"))


def test_a_loaded_frame_names_its_table_and_keeps_its_lines(project):
    frame = tables.load("events", "2024-05-20")

    assert frame.attrs == {"tables": ("events",)}
    assert (frame.index.name, frame.index.tolist()) == ("line", [2, 3])


@pytest.mark.parametrize("as_of", ["2024", "31.12.2024", "2024-02-30"])
def test_a_malformed_day_is_refused(project, as_of):
    with pytest.raises(ValueError, match=f"'{as_of}' is not a date: expected YYYY-MM-DD"):
        tables.load("events", as_of)


def test_an_unknown_table_is_refused(project):
    with pytest.raises(tables.SidecarError, match="no table 'nope': data/ has countries"):
        tables.load("nope")


# Deals --------------------------------------------------------------------------------------

DEALS = """\
deal_id,status,order_status,known_from,order_known_from,delivery_start_known_from,status_known_from,source
D1,delivered,ordered,2020-01-01,2021-01-01,2022-01-01,2023-01-01,atlas
D2,alleged,,2020-01-01,,,2024-01-01,atlas
D3,delivered,approved,2020-01-01,2021-01-01,,,atlas
"""


@pytest.fixture
def deals(project):
    """Add a table of deals, whose status is told from dates."""
    columns = DEALS.splitlines()[0].split(",")
    kinds = {"known_from": "date", "source": "keys"}
    project.write("data/deals.csv", DEALS)
    project.write("data/deals.yml", (project.root / "data/events.yml").read_text())
    project.sidecar("deals", lambda s: s.update(
        name="deals",
        clock={"kind": "known_from", "column": "known_from", "rule": "deal_status"},
        schema={"primaryKey": ["deal_id"], "fields": [
            {"name": c, "title": c, "description": c,
             "type": "date" if c.endswith("known_from") else kinds.get(c, "string")}
            for c in columns
        ]},
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "statuses"),
    [
        ("2019-12-31", []),
        ("2020-12-31", ["announced", "announced", "announced"]),
        ("2021-01-01", ["ordered", "announced", "approved"]),
        ("2022-01-01", ["delivering", "announced", "approved"]),
        ("2023-01-01", ["delivered", "announced", "approved"]),
        ("2024-01-01", ["delivered", "alleged", "approved"]),
        ("2026-11-21", ["delivered", "alleged", "delivered"]),
    ],
)
def test_a_deal_has_the_status_of_the_newest_step_then_known(deals, as_of, statuses):
    assert tables.load("deals", as_of)["status"].tolist() == statuses


def test_a_table_of_deals_must_have_the_columns_its_status_is_told_from(project, deals):
    text = (project.root / "data/deals.yml").read_text()
    content = yaml.safe_load(text)
    content["schema"]["fields"] = content["schema"]["fields"][:3]
    project.write("data/deals.yml", yaml.safe_dump(content))

    with pytest.raises(tables.SidecarError, match="delivery_start_known_from") as caught:
        tables.sidecar("deals")

    assert "clock names no field" in str(caught.value)
