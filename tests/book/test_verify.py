"""An edition is rebuilt and compared; every difference is found, named, and given its cause."""

import copy
import json

import desk as desks
import pytest

from balkandefence.book import folders, record, verify
from balkandefence.book.verify import VerifyError
from balkandefence.editions import EditionError

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]

FIGURE = {
    "title": "Up", "call": "money.series(spending=spending)", "chart": "charts.bars",
    "tables": ["spending"], "csv": "c" * 64, "svg": "1" * 64, "narrow": "2" * 64, "png": "3" * 64,
}  # fmt: skip
RECORD = {
    "format": 1,
    "edition": "2026.11.0",
    "as_of": "2026-11-21",
    "parameters": {"first_year": 2006},
    "numbers": {
        "money/n": {
            "text": "5 dollars", "value": 5.0, "what": "money", "tables": ["spending"],
            "call": "money.total(spending=spending)", "rows": {"spending": "2"},
        },
    },
    "verdicts": {"claims/one": {"text": "true", "what": "A claim", "call": "", "tables": []}},
    "sections": {"claims/one": {"sha256": "c" * 64, "call": "claims.one(spending=spending)",
                                "tables": ["spending"]}},
    "guards": {"money": ["It grew."]},
    "figures": {"money/f": FIGURE},
    "tables": {"money/t": {"caption": "All", "csv": "d" * 64, "rows": 2, "tables": ["events"],
                           "call": "money.list(events=events)"}},
    "inputs": {
        "spending": {"rows": 3, "sha256": "a" * 64, "sidecar": "b" * 64, "marks": "000011112222"},
        "events": {"rows": 1, "sha256": "a" * 64, "sidecar": "b" * 64, "marks": "0000"},
    },
    "measures": {"money.total": "e" * 64},
    "charts": {"charts.bars": "f" * 64},
    "notebooks": {"money": "0" * 64},
    "pages": {"index": "0" * 64},
    "environment": {"packages": {"matplotlib": "3.11.2"}, "platform": "Linux x86_64",
                    "program": "9" * 64, "python": "3.11"},
}  # fmt: skip


def altered(*changes):
    """Return the record after changes, each a path of keys with the new value."""
    made = copy.deepcopy(RECORD)
    for *path, last, value in changes:
        place = made
        for key in path:
            place = place[key]
        place[last] = value
    return made


NUMBER = ("numbers", "money/n", "text", "6 dollars")
PNG = ("figures", "money/f", "png", "4" * 64)
ROWS = ("inputs", "spending", "sha256", "7" * 64)


def found(*changes):
    outcome = verify.compare(RECORD, altered(*changes))
    return {f"{d.kind} {d.id}": (d.before, d.after, d.cause) for d in outcome.differences}


def test_an_equal_record_gives_a_line_for_each_kind():
    outcome = verify.compare(RECORD, altered())
    assert outcome.differences == []
    lines = str(outcome).splitlines()
    assert [line.split()[0] for line in lines] == list(record.KINDS)
    assert lines[1] == "numbers     1 of 1 equal"


def test_what_a_record_was_made_with_is_not_compared():
    other = {"packages": {}, "platform": "Darwin arm64", "program": "", "python": "3.13"}
    assert found(("environment", other)) == {}


# Causes


def test_a_difference_after_altered_rows_is_laid_to_the_data():
    marks = ("inputs", "spending", "marks", "0000aaaa2222")
    assert found(NUMBER, ROWS, marks) == {
        "number money/n": ("5 dollars", "6 dollars", "data (spending)"),
        "input spending": (
            "3 rows, aaaaaaaaaaaa",
            "3 rows, 777777777777, another row on line 3",
            "data (spending)",
        ),
    }


def test_a_difference_after_other_parameters_is_laid_to_them():
    told = found(NUMBER, ("parameters", "first_year", 2010))
    assert told["parameter first_year"] == ("2006", "2010", "parameter (first_year)")
    assert told["number money/n"][2] == "parameter (first_year)"


def test_a_difference_after_altered_code_is_laid_to_the_function_or_the_notebook():
    told = found(NUMBER, ("measures", "money.total", "8" * 64))
    assert told["number money/n"][2] == "code (money.total)"
    assert told["measure money.total"][2] == "code (money.total)"
    assert found(NUMBER, ("notebooks", "money", "8"))["number money/n"][2] == (
        "code (the notebook money)"
    )
    assert found(PNG, ("charts", "charts.bars", "8"))["figure money/f"][2] == "code (charts.bars)"
    assert found(NUMBER, ("environment", "program", "8"))["number money/n"][2] == (
        "code (the package, outside the measures)"
    )


def test_several_causes_are_all_named():
    told = found(NUMBER, ROWS, ("measures", "money.total", "8" * 64))
    assert told["number money/n"][2] == "data (spending), code (money.total)"


def test_a_difference_of_bytes_alone_is_laid_to_package_or_platform():
    assert found(PNG)["figure money/f"] == ("png 333333333333", "png 444444444444", "platform")
    newer = ("environment", "packages", "matplotlib", "3.12.0")
    assert found(PNG, newer)["figure money/f"][2] == "package (matplotlib 3.11.2 → 3.12.0)"
    assert found(PNG, ("environment", "python", "3.13"))["figure money/f"][2] == (
        "platform (Python 3.11 on Linux x86_64 → Python 3.13 on Linux x86_64)"
    )
    both = found(PNG, newer, ("environment", "python", "3.13"))["figure money/f"][2]
    assert both == (
        "package (matplotlib 3.11.2 → 3.12.0), "
        "platform (Python 3.11 on Linux x86_64 → Python 3.13 on Linux x86_64)"
    )
    more = {"matplotlib": "3.12.0", "aiohttp": "3.14"}
    assert found(PNG, ("environment", "packages", more))["figure money/f"][2] == (
        "package (matplotlib 3.11.2 → 3.12.0, aiohttp none → 3.14)"
    )
    # rows that changed without changing the frame are not the cause
    assert found(PNG, ROWS)["figure money/f"][2] == "platform"


def test_a_figures_frame_is_told_before_its_bytes():
    told = found(PNG, ("figures", "money/f", "csv", "5" * 64), ROWS)
    assert told["figure money/f"] == ("frame cccccccccccc", "frame 555555555555", "data (spending)")


# Both sides of a difference


@pytest.mark.parametrize(
    ("change", "name", "sides"),
    [
        (NUMBER, "number money/n", ("5 dollars", "6 dollars")),
        (("numbers", "money/n", "value", 5.0000001), "number money/n", ("5.0", "5.0000001")),
        (("numbers", "money/n", "rows", {}), "number money/n",
         ("rows {'spending': '2'}", "rows {}")),
        (("numbers", {}), "number money/n", ("5 dollars", "none")),
        (("verdicts", "claims/one", "text", "false"), "verdict claims/one", ("true", "false")),
        (("verdicts", "claims/one", "what", "It"), "verdict claims/one", ("A claim", "It")),
        (("verdicts", "other", {"text": "open"}), "verdict other", ("none", "open")),
        (("sections", "claims/one", "sha256", "5" * 64), "section claims/one",
         ("sha256 cccccccccccc", "sha256 555555555555")),
        (("guards", "money", ["It fell."]), "guard money", ("It grew.", "It fell.")),
        (("guards", "money", []), "guard money", ("It grew.", "none")),
        (("guards", "money", ["It grew."] * 2), "guard money",
         ("in another order", "in another order")),
        (("figures", "money/f", "narrow", "5" * 64), "figure money/f",
         ("narrow picture 222222222222", "narrow picture 555555555555")),
        (("figures", "money/f", "title", "Down"), "figure money/f", ("title Up", "title Down")),
        (("figures", {}), "figure money/f", ("Up", "none")),
        (("tables", "money/t", "rows", 3), "table money/t", ("rows 2", "rows 3")),
        (("tables", {}), "table money/t", ("All", "none")),
        (("inputs", "spending", "sidecar", "5" * 64), "input spending",
         ("description bbbbbbbbbbbb", "description 555555555555")),
        (ROWS, "input spending", ("3 rows, aaaaaaaaaaaa", "3 rows, 777777777777")),
        (("inputs", "spending", {**RECORD["inputs"]["spending"], "rows": 2, "sha256": "7" * 64,
                                 "marks": "00002222"}), "input spending",
         ("3 rows, aaaaaaaaaaaa", "2 rows, 777777777777, first differing on line 3")),
        (("inputs", {"events": RECORD["inputs"]["events"]}), "input spending", ("there", "none")),
        (("pages", "index", "5" * 64), "page index", ("000000000000", "555555555555")),
    ],
)  # fmt: skip
def test_each_difference_is_told_as_before_and_after(change, name, sides):
    assert found(change)[name][:2] == sides


def test_the_report_shows_before_and_after_and_the_cause():
    text = str(verify.compare(RECORD, altered(NUMBER, ROWS)))
    assert "numbers     0 of 1 equal" in text
    assert "number money/n: 5 dollars → 6 dollars\n    likely cause: data (spending)" in text


# Two folders


@pytest.fixture
def books(tmp_path):
    """Two equal published folders, and a function that alters one file of the first."""
    link = '<p><a class="i" href="numbers.html#num-{}"><span>{}</span></a></p>\n'
    files = {
        "index.html": link.format("money-n", "5 &lt; 6")
        + link.format("money-m", "7")
        + "<p>A</p>\n",
        "figures/money/f.png": bytes(range(200)),
        "data/spending.csv": "a,b\n1,2\n",
        "record.json": record.text(RECORD),
        ".balkandefence": "mark",
    }
    for folder in ("published", "rebuilt"):
        for name, content in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def compare(name="", old=b"", new=b""):
        if name:
            path = tmp_path / "published" / name
            content = path.read_bytes()
            assert old in content
            path.write_bytes(content.replace(old, new, 1))
        outcome = verify.Outcome()
        verify.compare_folder(tmp_path / "published", tmp_path / "rebuilt", outcome)
        told = [(d.id, d.before, d.after, d.cause) for d in outcome.differences]
        return outcome.counts, told

    compare.root = tmp_path
    return compare


AFTER = "altered after it was published"


def test_equal_folders_are_counted_by_kind(books):
    counts, told = books()
    assert told == []
    assert counts == {
        "published data files": [1, 1],
        "published pictures and their data": [1, 1],
        "published page files": [1, 1],
        "published other files": [1, 1],
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("index.html", b">5 &lt; 6<", b">5 &lt; 9<",
         ("index.html, number money-n", "5 < 9", "5 < 6", AFTER)),
        ("index.html", b"<p>A</p>", b"<p>B</p>",
         ("index.html, line 3", "<p>B</p>", "<p>A</p>", AFTER)),
        ("index.html", b"<p>A</p>\n", b"", ("index.html, line 3", "nothing", "<p>A</p>", AFTER)),
        ("index.html", b"<p>A</p>\n", b"<p>A</p>", ("index.html, line ends", "", "", AFTER)),
        ("index.html", b"<p>A</p>", b"\xff\xfe",
         ("index.html, byte 150 of 152", "0xff", "0x3c", AFTER)),
        ("figures/money/f.png", b"\x10", b"\x11",
         ("figures/money/f.png, byte 17 of 200", "0x11", "0x10", AFTER)),
        ("figures/money/f.png", bytes([199]), b"",
         ("figures/money/f.png, byte 200 of 199", "its end", "0xc7", AFTER)),
        ("data/spending.csv", b"1,2", b"1,3", ("data/spending.csv, line 2", "1,3", "1,2", AFTER)),
    ],
)  # fmt: skip
def test_a_tampered_file_is_named_with_the_place(books, name, old, new, expected):
    assert books(name, old, new)[1] == [expected]


def test_missing_and_foreign_files_are_named(books):
    (books.root / "published/data/spending.csv").rename(books.root / "published/data/money.csv")
    assert books()[1] == [
        ("data/money.csv", "there", "not made by the build", AFTER),
        ("data/spending.csv", "missing", "there", AFTER),
    ]


def test_a_record_made_on_another_python_is_no_difference(books):
    assert books("record.json", b'"3.11"', b'"3.13"')[1] == []


def test_a_differing_file_of_another_python_is_laid_to_the_platform(books):
    books("record.json", b'"3.11"', b'"3.13"')
    [told] = books("figures/money/f.png", b"\x10", b"\x11")[1]
    assert told[3].startswith("platform (Python 3.13")
    assert told[3].endswith("or altered after it was published")


def test_files_that_differ_as_the_records_do_have_the_same_cause(books):
    books("record.json", b"a" * 64, b"7" * 64)
    told = books("data/spending.csv", b"1,2", b"1,3")[1]
    assert [d[3] for d in told] == ["data", "data"]


def test_a_long_line_is_clipped_around_the_difference():
    old, new = "x" * 100 + "a" + "y" * 100, "x" * 100 + "b" + "y" * 100
    place, before, after = folders._in_text(old, new)
    assert (place, before) == ("line 1", "…" + "x" * 30 + "a" + "y" * 29 + "…")
    assert after[31] == "b"


def test_an_unreadable_record_in_a_folder_is_a_difference():
    assert not folders._same_record(b"{", b"{}")
    assert not folders._same_record(b"[]", b"{}")


# The command, from one end to the other


@pytest.fixture(scope="module")
def recorded(finished_desk, tmp_path_factory):
    """A desk with the pages on the edition and its changes, and the records of two editions."""
    root = tmp_path_factory.mktemp("recorded") / "desk"
    desks.shutil.copytree(finished_desk.root, root)
    desk = desks.Desk(root)
    rows = (root / "data/parades.csv").read_text(encoding="utf-8")
    late = "2021,5,2026-05-09,natural-earth\n"
    desk.write("data/parades.csv", rows.replace("2022,", late + "2022,", 1))
    for page in ("edition", "changes"):
        desks.shutil.copyfile(desks.CHECKOUT / f"chapters/{page}.md", root / f"chapters/{page}.md")
    desk.list_pages("tanks", "edition", "changes")
    for path in root.glob("editions/*.record.json"):
        path.unlink()
    for id in ("2025.9.0", "2026.11.0"):
        ran = desk.run("build", "--edition", id, "--record")
        assert ran.code == 0, ran.err
        assert f"Its record is {root}/editions/{id}.record.json" in ran.out
    return desk


@pytest.fixture
def own_desk(recorded, tmp_path):
    desks.shutil.copytree(recorded.root, tmp_path / "desk")
    return desks.Desk(tmp_path / "desk")


def test_an_untouched_edition_is_the_same_and_nothing_is_left_behind(own_desk):
    before = desks.contents(own_desk.root)
    ran = own_desk.run("verify", "--published", str(own_desk.book))
    assert ran.code == 0, ran.out + ran.err
    assert "numbers                            1 of 1 equal" in ran.out
    assert "edition 2026.11.0 is the same" in ran.out
    assert desks.contents(own_desk.root) == before


def test_a_tampered_row_page_and_picture_are_found_and_named(own_desk):
    rows = (own_desk.root / "data/parades.csv").read_text(encoding="utf-8")
    own_desk.write("data/parades.csv", rows.replace("2023,7,", "2023,8,"))
    page = own_desk.book / "tanks.html"
    shown = page.read_text(encoding="utf-8")
    assert ">7 tanks<" in shown
    page.write_text(shown.replace(">7 tanks<", ">9 tanks<"), encoding="utf-8")
    picture = own_desk.book / "figures/tanks/shown.png"
    content = bytearray(picture.read_bytes())
    content[-20] ^= 1
    picture.write_bytes(content)
    ran = own_desk.run("verify", "2026.11.0", "--published", str(own_desk.book))
    assert ran.code == 1
    assert "number tanks/total: 7 tanks → 8 tanks\n    likely cause: data (parades)" in ran.out
    assert "another row on line 4" in ran.out
    assert "figure tanks/shown: frame" in ran.out
    assert "published file tanks.html, number tanks-total: 9 tanks → 8 tanks" in ran.out
    assert "published file figures/tanks/shown.png, byte " in ran.out
    assert "published file data/parades.csv, line 4: 2023,7,2023-05-09" in ran.out
    assert "edition 2026.11.0 is not the same" in ran.err


def test_diff_tells_what_changed_in_each_format(recorded):
    for given, begins in ((), "From edition 2025.9.0 to 2026.11.0: 2 changes"), (
        ("--format", "markdown"), "# From edition 2025.9.0 to 2026.11.0"):  # fmt: skip
        ran = recorded.run("diff", "2025.9.0", "2026.11.0", *given)
        assert ran.code == 0, ran.err
        assert ran.out.startswith(begins)
        assert "new period or event" in ran.out
    told = json.loads(recorded.run("diff", "2025.9.0", "2026.11.0", "--format", "json").out)
    assert {change["kind"] for change in told["changes"]} == {"figure", "table"}
    assert recorded.run("diff", "2025.9.0", "2026.11.0", "--format", "xml").code == 1


def test_the_book_tells_of_its_edition_and_of_what_changed(recorded):
    page = (recorded.book / "changes.html").read_text(encoding="utf-8")
    assert "The edition before is 2025.9.0" in page
    assert "What matters first" in page
    assert 'href="tanks.html#figure-tanks-shown"' in page
    page = (recorded.book / "edition.html").read_text(encoding="utf-8")
    assert 'href="record.json"' in page
    assert "make verify ID=2026.11.0" in desks.re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "2026.11"), "an id is YEAR.MONTH.PATCH"),
        (("verify", "2024.1.0"), "unknown; there are:"),
        (("verify", "--published", "/no/such/book"), "/no/such/book is not there"),
        (("verify", "--published", "{root}/data"), "a published book has one"),
        (("verify", "2025.9.0", "--published", "{root}/_build/html"), "holds edition '2026.11.0'"),
        (("diff", "2026.11.0", "2025.9.0"), "name the earlier edition first"),
        (("build", "--param", "first_year=2010", "--record"), "not of 2026.11.0 (changed)"),
    ],
)
def test_what_cannot_be_verified_is_refused_before_anything_is_built(recorded, arguments, said):
    ran = recorded.run(*(part.format(root=recorded.root) for part in arguments))
    assert ran.code == 1
    assert said in ran.err
    assert "running" not in ran.err


def test_an_edition_without_a_record_says_how_to_make_it(desk):
    for path in desk.root.glob("editions/*.record.json"):
        path.unlink()
    ran = desk.run("verify")
    assert ran.code == 1
    assert "make it by: balkandefence build --edition 2026.11.0 --record" in ran.err


def test_the_refusals_have_their_own_errors(recorded, monkeypatch, tmp_path):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(recorded.root))
    quiet = {"jobs": 1, "report": lambda event: None}
    with pytest.raises(EditionError):
        verify.verify("2024.1.0", published=None, **quiet)
    with pytest.raises(VerifyError):
        verify.verify("2025.9.0", published=recorded.book, **quiet)
    with pytest.raises(record.RecordError, match="there is no record"):
        verify.verify("2026.11.0", published=tmp_path, **quiet)
