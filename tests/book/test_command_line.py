"""The command line says what is wrong, all at once, before anything runs."""

import shutil
import subprocess
import sys
from io import StringIO

import desk as desks
import pytest
from copies import plain_environment
from rich.console import Console

from balkandefence import __main__ as command_line

pytestmark = pytest.mark.xdist_group("desk")


def refusal(desk, *arguments):
    """Return what a refused build said; it must have run nothing."""
    ran = desk.run("build", "--force", *arguments)
    assert ran.code == 1
    assert ran.out == ""
    assert "running" not in ran.err
    assert "Traceback" not in ran.err
    return ran.err


def test_all_wrong_parameters_are_listed_at_once_with_what_is_allowed(desk, stands):
    wrong = ("first_yaer=2014", "last_year=no", "as_of=2030-01-01", "price_basis=gold",
             "countries=[SRB]", "highlight=HUN", "comparators=[HRV, HRV]")  # fmt: skip
    said = refusal(desk, *(part for pair in wrong for part in ("--param", pair)))
    for fault in (
        "first_yaer is not a parameter; did you mean first_year?",
        "last_year is False (bool), expected a year from 2007 to",
        "as_of is 2030-01-01, expected a date from 2024-04-30 to",
        "price_basis is 'gold' (str), expected one of constant, current",
        "countries is ['SRB'] (list), expected a list without repeats, at least 2 of ALB, BIH",
        "highlight is 'HUN' (str), expected one of ALB, BIH",
        "comparators is ['HRV', 'HRV'] (list), expected a list without repeats",
    ):
        assert fault in said
    stands()


def test_all_contradictions_are_listed_at_once(desk, stands):
    wrong = ("first_year=2025", "last_year=2025", "as_of=2024-06-30", "highlight=ALB",
             "countries=[SRB, XKX]")  # fmt: skip
    said = refusal(desk, *(part for pair in wrong for part in ("--param", pair)))
    assert "first_year 2025 is not before last_year 2025" in said
    assert "last_year 2025 lies after as_of 2024-06-30" in said
    assert "highlight ALB is not among countries SRB, XKX" in said
    stands()


def test_texts_that_are_no_assignment_or_no_yaml_are_listed_at_once(desk, stands):
    said = refusal(desk, "--param", "first_year", "--param", "countries=[SRB")
    assert "'first_year' is not NAME=VALUE" in said
    assert "'countries=[SRB': the value is not YAML" in said
    stands()


@pytest.mark.parametrize(
    ("id", "fault"),
    [
        ("2020.1.0", "unknown; there are: "),
        ("latest", "an id is YEAR.MONTH.PATCH"),
        ("2026.13.0", "an id is YEAR.MONTH.PATCH"),
        ("../2026.11.0", "an id is YEAR.MONTH.PATCH"),
    ],
)
def test_an_edition_that_is_not_there_is_refused(desk, stands, id, fault):
    said = refusal(desk, "--edition", id)
    assert f"edition '{id}'" in said
    assert fault in said
    stands()


def test_a_folder_with_other_files_is_refused_before_anything_runs(desk, stands):
    thesis = desk.write("elsewhere/thesis.txt", "years of work")
    said = refusal(desk, "--out", str(thesis.parent))
    assert "holds other files; name an empty or a new folder for the book" in said
    assert [path.name for path in thesis.parent.iterdir()] == ["thesis.txt"]
    stands()


def test_the_project_itself_is_refused_as_a_place_for_the_book(desk, stands):
    assert "holds other files" in refusal(desk, "--out", str(desk.root))
    stands()


def test_a_file_is_refused_as_a_place_for_the_book(desk, stands):
    thesis = desk.write("thesis.txt", "years of work")
    assert "is a file; name a folder for the book" in refusal(desk, "--out", str(thesis))
    assert thesis.read_text(encoding="utf-8") == "years of work"
    stands()


def test_a_book_can_go_to_a_folder_of_any_name(desk, stands):
    ran = desk.run("build", "--out", str(desk.root / "a [bold] place"))
    assert ran.code == 0
    index = desk.root / "a [bold] place" / "index.html"
    assert index.is_file()
    assert f"Open {index}" in ran.out
    stands()


@pytest.mark.parametrize(
    "arguments", [("build", "--jobs", "0"), ("build", "--fast"), ("paint",), ("check", "data")]
)
def test_what_the_command_line_does_not_know_is_refused(desk, stands, arguments):
    ran = desk.run(*arguments)
    assert ran.code == 2
    assert "Usage: " in ran.err
    stands()


def test_a_terminal_shows_a_bar_for_each_notebook(desk, monkeypatch):
    screen = StringIO()
    terminal = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(command_line, "_err", terminal)
    assert desk.run("build").code == 0
    assert "tanks" in screen.getvalue()
    assert "8/8" in screen.getvalue()


def test_check_says_that_all_is_well_without_running_anything(desk):
    ran = desk.run("check")
    assert (ran.code, ran.out, ran.err) == (0, "all is well\n", "")


def test_check_lists_every_problem_and_counts_them(desk):
    desk.write("chapters/index.md", "# A small book\n\nThere were 7 of 12.\n")
    ran = desk.run("check")
    assert ran.code == 1
    assert [line.partition(": ")[0] for line in ran.out.splitlines()] == ["chapters/index.md:3"] * 2
    assert ran.err == "2 problems\n"


def test_check_of_the_data_alone_does_not_read_the_pages(desk):
    desk.write("chapters/index.md", "# A small book\n\nThere were 7.\n")
    assert desk.run("check", "--data").out == "all is well\n"
    desk.write("references.bib", "")
    ran = desk.run("check", "--data")
    assert ran.code == 1
    assert "data/parades.csv:2 source" in ran.out


def test_the_module_runs_as_a_program_and_describes_itself():
    ran = subprocess.run([sys.executable, "-m", "balkandefence", "--help"],
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode == 0
    assert "build" in ran.stdout
    assert "check" in ran.stdout


@pytest.mark.long
def test_in_another_checkout_than_the_installed_one_all_of_a_build_uses_the_package_there(desk):
    theirs = desk.root / "balkandefence"
    shutil.copytree(
        desks.CHECKOUT / "balkandefence", theirs, ignore=shutil.ignore_patterns("__pycache__")
    )
    style = theirs / "style.py"
    text = style.read_text(encoding="utf-8")
    assert 'INK = "#1f2933"' in text
    style.write_text(text.replace('INK = "#1f2933"', 'INK = "#123456"'), encoding="utf-8")
    before = {k: v for k, v in plain_environment(desk.root).items() if k != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-m", "balkandefence", "build", "--force"],
        cwd=desk.root,
        env=before,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    drawn = (desk.book / "figures" / "tanks" / "shown.svg").read_text(encoding="utf-8")
    assert "#123456" in drawn
    assert "#1f2933" not in drawn
