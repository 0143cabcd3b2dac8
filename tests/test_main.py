"""The command line: what it hands on, what it prints, and the code it ends with."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from balkandefence import __main__ as command
from balkandefence.book import build as book
from balkandefence.book import changes, changes_text, verify
from balkandefence.book import record as records
from balkandefence.book.running import Event


@pytest.fixture
def run(project, monkeypatch, capsys):
    """Return how to run the command line: its exit code, output and errors."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["balkandefence", *arguments])
        for name, error in (("_out", False), ("_err", True)):
            console = command.Console(stderr=error, soft_wrap=True, highlight=False)
            monkeypatch.setattr(command, name, console)
        with pytest.raises(SystemExit) as caught:
            command.main()
        return int(caught.value.code or 0), *capsys.readouterr()

    return ran


@pytest.fixture
def built(monkeypatch):
    """Put a build of no notebooks in the book's place; return what it was asked for."""
    asked = {}

    def build(edition, target, *, jobs, force, report, with_pdf, cluster):
        asked.update(edition=edition, target=target, jobs=jobs, force=force, pdf=with_pdf)
        if asked.get("error"):
            raise asked["error"]
        report(Event("spending", 1, 3))
        report(Event("spending", 3, 3))
        report(Event("alliances", 4, 4, reused=True))
        printed = target / "book.pdf" if with_pdf else None
        return SimpleNamespace(ran=1, reused=1, index=target / "index.html", pdf=printed)

    monkeypatch.setattr(book, "build", build)
    return asked


def test_a_check_of_good_data_says_that_all_is_well(run):
    assert run("check", "--data") == (0, "all is well\n", "")


def test_a_check_lists_every_problem_counts_them_and_ends_with_one(run, project):
    project.replace("data/spending.csv", ("2000.5", "4"), ("outturn", "[plan]"))

    code, out, err = run("check", "--data")

    first, second = out.splitlines()
    assert first.startswith("data/spending.csv:2 amount_usd_millions")
    assert "'4'" in first
    assert first.endswith("must be at least 5")
    assert second.startswith("data/spending.csv:3 basis")
    assert "'[plan]'" in second
    assert second.endswith("expected one of budget, outturn")
    assert (code, err) == (1, "2 problems\n")


def test_a_single_problem_is_one_problem(run, project):
    project.replace("data/spending.csv", ("2000.5", "4"))

    assert run("check", "--data")[2] == "1 problem\n"


def test_a_build_hands_on_what_was_chosen(run, built, tmp_path):
    code, out, err = run(
        "build", "--param", "first_year=2014", "--param", "countries=[XKX, SRB]",
        "--out", str(tmp_path / "here"), "--jobs", "3", "--force",
    )  # fmt: skip

    assert code == 0
    assert built["edition"].first_year == 2014
    assert built["edition"].countries == ("XKX", "SRB")
    assert (built["target"], built["jobs"], built["force"]) == (tmp_path / "here", 3, True)
    assert out.startswith("Edition 2026.11.0 (changed): 1 notebooks run, 1 reused, ")
    assert out.endswith(f"Open {tmp_path / 'here' / 'index.html'}\n")
    assert err.splitlines() == [
        "spending: running", "spending: done, 3 cells", "alliances: reused",
    ]  # fmt: skip


def test_a_plain_build_makes_the_current_edition_in_its_place(run, built, project):
    run("build")

    assert built["edition"].id == "2026.11.0"
    assert built["target"] == project.root / "_build/html"
    assert built["jobs"] >= 1
    assert built["force"] is False
    assert built["pdf"] is False


def test_a_build_with_a_pdf_says_where_it_is(run, built, project):
    code, out, _ = run("build", "--pdf")

    assert (code, built["pdf"]) == (0, True)
    assert out.splitlines()[-1] == f"Its PDF is {project.root / '_build/html/book.pdf'}"


def test_a_build_explains_when_asked_why_each_notebook_ran_or_did_not(run, built, monkeypatch):
    why = ("module [m]", *(f"source s{n}" for n in range(9)))

    def build(edition, target, *, report, **rest):
        report(Event("spending", 0, 3, why=why))
        report(Event("spending", 3, 3))
        report(Event("arms", 4, 4, reused=True))
        return SimpleNamespace(ran=1, reused=1, index=target / "index.html", pdf=None)

    monkeypatch.setattr(book, "build", build)
    code, out, err = run("build", "--explain")

    assert code == 0
    assert out.splitlines()[:2] == [
        "arms      reused: nothing it used changed",
        "spending  ran: module [m]; source s0; source s1; source s2; source s3; source s4; "
        "and 4 more",
    ]
    assert err.splitlines() == ["spending: running", "spending: done, 3 cells", "arms: reused"]


def test_on_a_terminal_each_notebook_has_a_bar(monkeypatch, capsys):
    console = command.Console(stderr=True, force_terminal=True, width=80)
    monkeypatch.setattr(command, "_err", console)

    with command._progress() as report:
        report(Event("spending", 1, 3))
        report(Event("spending", 3, 3))

    assert "spending" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--param", "frist_year=2014"], "did you mean first_year?"),
        (["--param", "first_year"], "'first_year' is not NAME=VALUE"),
        (["--edition", "2025.1.0"], "unknown; there are: 2026.11.0"),
    ],
)
def test_a_refused_edition_ends_with_one_and_its_reason_before_anything_is_built(
    run, built, arguments, told
):
    code, out, err = run("build", *arguments)

    assert (code, out, built) == (1, "", {})
    assert told in err
    assert "Traceback" not in err


def test_a_failed_build_ends_with_one_and_its_reason(run, built):
    built["error"] = command.BookError("no [book] today")

    assert run("build") == (1, "", "no [book] today\n")


def test_an_interrupted_build_ends_with_130(run, built):
    built["error"] = KeyboardInterrupt()

    assert run("build") == (130, "", "interrupted; the last book stands as it was\n")


def test_a_recorded_build_keeps_its_record_and_says_where(run, built, monkeypatch, tmp_path):
    monkeypatch.setattr(records, "refuse_changed", lambda edition: built.update(asked=edition.id))
    monkeypatch.setattr(records, "keep", lambda target, id: f"{target.name}/{id}.json")

    code, out, _ = run("build", "--record", "--out", str(tmp_path / "here"))

    assert (code, built["asked"]) == (0, "2026.11.0")
    assert out.splitlines()[-1] == "Its record is here/2026.11.0.json"


@pytest.mark.parametrize(
    ("differences", "code", "told"),
    [
        ([], 0, "edition 2026.11.0 is the same"),
        (["one", "two"], 1, "edition 2026.11.0 is not the same: 2 differences"),
    ],
)
def test_a_verification_ends_with_one_where_the_edition_differs(
    run, monkeypatch, tmp_path, differences, code, told
):
    class Outcome(SimpleNamespace):
        def __str__(self) -> str:
            return "compared [all]"

    asked = {}

    def compared(edition, **options):
        asked.update(options, edition=edition)
        return Outcome(differences=differences)

    monkeypatch.setattr(verify, "verify", compared)

    ended, out, err = run("verify", "--published", str(tmp_path), "--jobs", "2")

    assert (asked["edition"], asked["published"], asked["jobs"]) == ("2026.11.0", tmp_path, 2)
    assert out.startswith("compared [all]\n")
    assert ended == code
    assert told in (err if code else out)


def test_a_comparison_of_editions_is_shown_in_the_form_asked_for(run, monkeypatch):
    monkeypatch.setattr(changes, "between", lambda before, after: ["[revised]"])
    monkeypatch.setattr(
        changes_text, "formatter", lambda form: lambda *told: f"{form}: {' '.join(map(str, told))}"
    )

    assert run("diff", "2026.10.0", "2026.11.0", "--format", "json") == (
        0, "json: 2026.10.0 2026.11.0 ['[revised]']\n", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [["build", "--jobs", "0"], ["build", "--colour", "red"], ["bild"]]
)
def test_a_misused_command_ends_with_two(run, built, arguments):
    code, _, err = run(*arguments)

    assert code == 2
    assert built == {}
    assert "Usage" in err


def test_without_a_command_it_says_what_there_is(run):
    _, out, err = run()

    assert "build" in out + err
    assert "check" in out + err
