"""Every change between two editions is found, put in its class by the data, and ranked."""

import json

import pytest

from balkandefence import BookError, tables
from balkandefence.book import changes, changes_text, record
from balkandefence.editions import EditionError

EARLY = """title: May 2025
as_of: 2025-05-01
first_year: 2006
last_year: 2024
countries: [SRB, ALB, XKX]
comparators: []
price_basis: constant
highlight: SRB
"""
_DAYS = {"2025.5.0": "2025-05-01", "2026.11.0": "2026-11-21"}


@pytest.fixture
def editions_(project):
    """A checkout with an earlier edition, between whose day and today something was published."""
    project.write("editions/2025.5.0.yml", EARLY)
    project.write("chapters/index.md", "# Front\n\nIt was {num}`money/front`.\n")
    more = "SRB,2024,2026-04-30,2450,,,atlas\nSRB,2025,2026-04-30,2600,,,atlas\n"
    path = project.root / "data/spending.csv"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    events = project.root / "data/events.csv"
    late = "E4,SRB,2025-12-03,2025-12-03,2025-12-03,agreed,,atlas\n"
    events.write_text(events.read_text(encoding="utf-8") + late, encoding="utf-8")
    return project


def number(text, value=None, call="money.total(spending=spending)", rows=None, what="money"):
    made = {"text": text, "what": what, "call": call, "tables": ["spending"], "rows": rows or {}}
    return made | ({} if value is None else {"value": value})


def a_record(id, **shelves):
    day = changes.dt.date.fromisoformat(_DAYS[id])
    inputs = {}
    for name in tables.names():
        known = tables.known(name, day)
        inputs[name] = {
            "rows": len(known.rows),
            "sha256": record.sha256(known.text),
            "sidecar": "",
            "marks": record.marks(known.text),
        }
    made = {kind: {} for kind in record.KINDS}
    made |= {
        "format": record.FORMAT,
        "edition": id,
        "as_of": day.isoformat(),
        "environment": {"packages": {}, "platform": "", "program": "", "python": "3.11"},
        "inputs": inputs,
        "parameters": {"as_of": day.isoformat(), "comparators": []},
        "measures": {"money.total": "a" * 64},
    }
    return made | shelves


def compared(before, after, **shelves):
    """Return the changes from one number to another, the records equal apart from it."""
    first = a_record("2025.5.0", numbers={"money/n": before} if before else {}, **shelves)
    second = a_record("2026.11.0", numbers={"money/n": after} if after else {}, **shelves)
    return changes.compare(first, second)


def test_equal_records_have_no_changes(editions_):
    same = number("5", 5.0)
    assert compared(same, same) == []
    assert "nothing that the editions publish differs" in changes_text.as_text("a", "b", [])


def test_the_same_fact_in_a_newer_release_is_a_source_revised(editions_):
    [found] = compared(
        number("2,400", 2400.0, rows={"spending": "4"}),
        number("2,450", 2450.0, rows={"spending": "6"}),
    )
    assert (found.cause, found.why) == (changes.REVISED, "spending: SRB 2024")
    assert (found.before, found.after, found.how) == ("2,400", "2,450", "changed")


def test_a_fact_known_only_after_the_earlier_day_is_new(editions_):
    [found] = compared(
        number("2,400", 2400.0, rows={"spending": "4"}),
        number("2,600", 2600.0, rows={"spending": "7"}),
    )
    assert (found.cause, found.why) == (changes.NEW, "spending: SRB 2025")


def test_a_new_event_is_new(editions_):
    before, after = (
        number("2", 2.0, rows={"events": "2-3"}),
        number("3", 3.0, rows={"events": "2-5"}),
    )
    [found] = compared(before, after)
    assert (found.cause, found.why) == (changes.NEW, "events: E3, events: E4")


def test_a_status_that_became_known_later_is_a_source_revised(editions_):
    later = "E5,ALB,2025-01-02,2025-09,2025-01-02,settled,,atlas\n"
    path = editions_.root / "data/events.csv"
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    last = {id: len(tables.known("events", changes.dt.date.fromisoformat(day)).rows) + 1
            for id, day in _DAYS.items()}  # fmt: skip
    before = number("open", rows={"events": str(last["2025.5.0"])})
    [found] = compared(before, number("settled", rows={"events": str(last["2026.11.0"])}))
    assert (found.cause, found.why) == (changes.REVISED, "events: E5")


def test_another_fingerprint_or_another_function_is_a_method_changed(editions_):
    first = a_record("2025.5.0", numbers={"money/n": number("5", 5.0)})
    second = a_record("2026.11.0", numbers={"money/n": number("6", 6.0)})
    second["measures"] = {"money.total": "b" * 64}
    [found] = changes.compare(first, second)
    assert (found.cause, found.why) == (changes.METHOD, "money.total was altered")
    [found] = compared(number("5", 5.0), number("6", 6.0, call="money.sum(spending=spending)"))
    assert found.cause == changes.METHOD
    assert found.why == "now computed by money.sum, before by money.total"


def test_a_listed_correction_comes_with_its_reason(editions_):
    listed = (
        "- {date: 2026-11-01, edition: 2026.11.0, ids: [money/n], reason: We read a wrong row.}\n"
        "- {date: 2025-01-01, edition: 2025.1.0, ids: [money/m], reason: Mended long before.}\n"
    )
    editions_.write("editions/corrections.yml", listed)
    [found] = compared(number("5", 5.0), number("6", 6.0))
    assert (found.cause, found.why) == (changes.CORRECTION, "We read a wrong row.")
    assert changes.editions.ids() == ["2025.5.0", "2026.11.0"]


def test_a_row_altered_since_is_an_unlisted_correction(editions_):
    first = a_record("2025.5.0", numbers={"money/n": number("5", 5.0, rows={"spending": "4"})})
    editions_.replace("data/spending.csv", ("2025-04-30,2400", "2025-04-30,2300"))
    after = {"money/n": number("6", 6.0, rows={"spending": "6"})}
    [found] = changes.compare(first, a_record("2026.11.0", numbers=after))
    assert found.cause == changes.CORRECTION
    assert found.why == "rows that were known then were altered since: spending"


def test_another_row_altered_since_does_not_make_a_correction(editions_):
    first = a_record("2025.5.0", numbers={"money/n": number("5", 5.0, rows={"spending": "4"})})
    editions_.replace("data/spending.csv", ("2025-04-30,2100", "2025-04-30,2300"))
    after = {"money/n": number("6", 6.0, rows={"spending": "6"})}
    [found] = changes.compare(first, a_record("2026.11.0", numbers=after))
    assert (found.cause, found.why) == (changes.REVISED, "rows of spending")


def test_without_rows_the_tables_as_a_whole_decide(editions_):
    [found] = compared(number("5", 5.0), number("6", 6.0))
    assert (found.cause, found.why) == (changes.REVISED, "rows of spending")
    other = number("6", 6.0, call="money.total(spending=spending, year=2025)")
    [found] = compared(number("5", 5.0), other)
    assert (found.cause, found.why) == (changes.NEW, "rows of spending")


def test_a_choice_of_the_edition_is_told_as_such(editions_):
    same = {"tables": ["countries"], "call": "money.total(countries=countries)"}
    first = a_record("2025.5.0", numbers={"money/n": number("5", 5.0) | same})
    second = a_record("2026.11.0", numbers={"money/n": number("6", 6.0) | same})
    second["parameters"] = {"as_of": "2026-11-21", "comparators": ["HRV"]}
    [found] = changes.compare(first, second)
    assert (found.cause, found.why) == (changes.CHOICE, "the editions differ in comparators")


def test_what_nothing_else_explains_is_a_change_of_text_or_code(editions_):
    first = a_record("2025.5.0", notebooks={"money": "a" * 64})
    [found] = changes.compare(first, a_record("2026.11.0", notebooks={"money": "b" * 64}))
    assert (found.kind, found.cause) == ("chapter", changes.METHOD)
    assert (found.before, found.after) == ("source aaaaaaaa", "source bbbbbbbb")


def test_what_was_added_and_removed_is_told(editions_):
    [found] = compared(None, number("6", 6.0, rows={"spending": "7"}))
    assert (found.how, found.before, found.after, found.cause) == ("added", "", "6", changes.NEW)
    [found] = compared(number("6", 6.0, rows={"spending": "4"}), None)
    assert (found.how, found.before, found.after) == ("removed", "6", "")
    shown = changes_text.as_text("a", "b", [found])
    assert "number money/n (money): removed: 6" in shown


def test_figures_change_with_their_frame_or_title_and_not_with_their_bytes(editions_):
    seen = {"title": "Up", "csv": "c" * 64, "call": "", "chart": "", "tables": ["spending"]}
    files = {"svg": "1", "narrow": "1", "png": "1"}
    first = a_record("2025.5.0", figures={"money/f": seen | files})
    redrawn = seen | dict.fromkeys(files, "2")
    assert changes.compare(first, a_record("2026.11.0", figures={"money/f": redrawn})) == []
    other = redrawn | {"csv": "d" * 64}
    [found] = changes.compare(first, a_record("2026.11.0", figures={"money/f": other}))
    assert (found.kind, found.before, found.after) == (
        "figure", "Up (data cccccccc)", "Up (data dddddddd)")  # fmt: skip


def test_tables_change_with_their_data(editions_):
    seen = {"caption": "All", "csv": "c" * 64, "rows": 2, "call": "", "tables": ["events"]}
    first = a_record("2025.5.0", tables={"money/t": seen})
    other = {"money/t": seen | {"csv": "d" * 64, "rows": 4}}
    [found] = changes.compare(first, a_record("2026.11.0", tables=other))
    assert (found.before, found.after) == ("2 rows, data cccccccc", "4 rows, data dddddddd")
    assert (found.cause, found.why) == (changes.NEW, "rows of events")


def test_verdicts_come_first_then_the_front_page_then_by_relative_change(editions_):
    def some(values, verdict):
        shelf = {f"money/{id}": number(str(v), float(v)) for id, v in values.items()}
        shelf["money/words"] = number("two words differ here" if verdict == "true" else
                                      "two words differ there")  # fmt: skip
        return {"numbers": shelf, "verdicts": {"claim": {"text": verdict, "what": "A claim"}}}

    first = a_record(
        "2025.5.0", **some({"front": 100, "small": 100, "large": 100, "zero": 0}, "true")
    )
    second = a_record(
        "2026.11.0", **some({"front": 101, "small": 110, "large": 300, "zero": 0}, "false")
    )
    found = changes.compare(first, second)
    ids = [change.id for change in found]
    assert ids == ["money/front", "claim", "money/large", "money/words", "money/small"]
    assert [round(change.weight, 2) for change in found[2:]] == [0.67, 0.25, 0.09]
    assert (found[1].before, found[1].after) == ("true", "false")


def test_the_twenty_first_come_before_the_rest_in_every_format(editions_):
    def many(step):
        return {f"money/n{i:02}": number(f"{i * step:g}", i * step) for i in range(1, 23)}

    found = changes.compare(
        a_record("2025.5.0", numbers=many(1.0)), a_record("2026.11.0", numbers=many(2.0))
    )
    text = changes_text.as_text("2025.5.0", "2026.11.0", found)
    assert text.startswith(
        "From edition 2025.5.0 to 2026.11.0: 22 changes\n  number: 22 source rev"
    )
    first, rest = text.split("\nThe rest\n")
    assert (first.count("\n- number"), rest.count("- number")) == (20, 2)
    markdown = changes_text.as_markdown("2025.5.0", "2026.11.0", found)
    assert markdown.startswith("# From edition 2025.5.0 to 2026.11.0\n")
    assert "## What matters first" in markdown
    assert "## Other numbers" in markdown
    assert "| money | 1 | 2 | *Source revised.* rows of spending |" in markdown
    told = json.loads(changes_text.as_json("2025.5.0", "2026.11.0", found))
    assert told["counts"] == {"number": {"source revised": 22}}
    assert told["changes"][0]["how"] == "changed"


def test_the_page_tells_of_the_edition_before_or_says_why_it_cannot(editions_):
    load = changes.editions.load
    now = a_record("2026.11.0", numbers={"money/n": number("2|6", 6.0)})
    page = changes_text.page(load("2026.11.0"), now)
    assert "Its record is not in the repository" in page
    earlier = a_record("2025.5.0", numbers={"money/n": number("5", 5.0)})
    record.file("2025.5.0").write_text(record.text(earlier), encoding="utf-8")
    page = changes_text.page(load("2026.11.0"), now)
    assert "The edition before is 2025.5.0, which says what was known on 1 May 2025." in page
    assert "| money | 5 | [2\\|6](#num-money-n) | *Source revised.* rows" in page
    assert "first edition" in changes_text.page(load("2025.5.0"), earlier)
    own = load("2026.11.0", {"first_year": 2010})
    assert "chosen by hand" in changes_text.page(own, now)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("- {date: 2026-11-01}", "0.edition: Field required"),
        ("- {date: 2026-11-01, edition: 1, ids: [], reason: x}", "0.ids"),
        ("- {", "not valid YAML"),
        ("- {date: 2026-11-01, edition: '1', ids: [a], reason: long enough, who: me}", "0.who"),
    ],
)
def test_corrections_of_another_form_are_refused(editions_, listed, said):
    editions_.write("editions/corrections.yml", listed)
    with pytest.raises(changes.ChangesError, match=r"editions/corrections\.yml") as refused:
        compared(number("5", 5.0), number("6", 6.0))
    assert said in str(refused.value)


def test_the_earlier_edition_must_come_first(editions_):
    with pytest.raises(changes.ChangesError, match="name the earlier edition first"):
        changes.compare(a_record("2026.11.0"), a_record("2025.5.0"))


@pytest.mark.parametrize(
    ("pair", "kind", "said"),
    [
        (("2025.5", "2026.11.0"), EditionError, "YEAR.MONTH.PATCH"),
        (("2024.1.0", "2026.11.0"), EditionError, "unknown"),
        (("2025.5.0", "2026.11.0"), record.RecordError, "balkandefence build --edition 2025.5.0"),
    ],
)
def test_editions_without_a_record_are_refused(editions_, pair, kind, said):
    with pytest.raises(kind, match=said):
        changes.between(*pair)


def test_an_unknown_format_is_refused():
    with pytest.raises(BookError, match="it can be text, markdown, json"):
        changes_text.formatter("xml")
