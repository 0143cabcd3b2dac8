"""Several books in one run share what is equal; one that fails does not take others along."""

import desk as desks
import pytest

from balkandefence.book import grid

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]

GROWTH = "first_year=[2006, 2010]"
ALONE = """
slow: {edition: 2026.11.0, gdp_growth_pct: 1.0}
quick: {edition: 2026.11.0, gdp_growth_pct: 5.0}
early: {edition: 2025.9.0, countries: [XKX, ALB]}
"""


def guarded(year):
    """Return the cells of a chapter that holds in books that begin in one year alone."""
    cell = desks.code("claim", f'publishing.guard("It begins then.", first_year == {year})')
    return desks.chapter(cell, desks.TOTAL, title="Claiming")


@pytest.fixture(scope="module")
def made(finished_desk, tmp_path_factory):
    """Three books of a file, two of which differ in nothing that the desk's chapter is told."""
    desk = desks.Desk(tmp_path_factory.mktemp("grid") / "desk")
    desks.shutil.copytree(finished_desk.root, desk.root)
    desk.write("books.yml", ALONE)
    before = desks.contents(desk.book)
    return desk, desk.run("build", "--force", "--grid", str(desk.root / "books.yml")), before


def test_each_book_has_a_folder_of_its_name(made):
    desk, ran, _ = made
    assert ran.code == 0, ran.err
    found = sorted(path.name for path in (desk.root / "_build/grid").iterdir())
    assert found == ["early", "quick", "slow"]
    assert all((desk.root / "_build/grid" / name / "tanks.html").is_file() for name in found)
    assert "3 of 3 books, 2 notebooks run" in ran.out


def test_books_with_equal_inputs_share_a_run_and_the_log_says_so(made):
    _, ran, _ = made
    begun = [line for line in ran.err.splitlines() if line.endswith(": running")]
    assert sorted(begun) == ["early/tanks: running", "slow/tanks: running"]
    lines = dict(line.split(maxsplit=1) for line in ran.out.splitlines()[:3])
    assert lines["slow"].startswith("1 notebooks run, 0 shared or reused.")
    assert lines["quick"].startswith("0 notebooks run, 1 shared or reused.")


def test_a_book_of_a_grid_has_the_bytes_of_one_made_alone(made, tmp_path):
    desk, _, _ = made
    own = ("--edition", "2025.9.0", "--param", "countries=[XKX, ALB]", "--param", "highlight=XKX")
    ran = desk.run("build", "--force", "--out", str(tmp_path / "alone"), *own)
    assert ran.code == 0, ran.err
    assert desks.contents(tmp_path / "alone") == desks.contents(desk.root / "_build/grid/early")


def test_the_desks_one_book_is_left_alone(made):
    desk, _, before = made
    assert desks.contents(desk.book) == before
    assert set(desk.leftovers) == {"grid"}


def test_a_grid_of_which_nothing_changed_runs_and_writes_nothing(made):
    desk, _, _ = made
    ran = desk.run("build", "--grid", str(desk.root / "books.yml"))
    assert ran.code == 0
    assert ran.out.count("nothing changed. Open ") == 3
    assert ran.err == ""


def test_axes_are_crossed_and_name_their_books(bare_desk):
    axes = ["edition=[2025.9.0, 2026.11.0]", "countries=[[XKX, ALB], [SRB, BIH]]"]
    found = {cell.name: cell.edition for cell in grid.cells(axes, "2026.11.0", {})}
    assert list(found) == [
        "2025.9.0-xkx-alb", "2025.9.0-srb-bih", "2026.11.0-xkx-alb", "2026.11.0-srb-bih",
    ]  # fmt: skip
    assert found["2025.9.0-srb-bih"].countries == ("SRB", "BIH")
    assert found["2025.9.0-srb-bih"].last_year == 2024
    assert [edition.highlight for edition in found.values()] == ["XKX", "SRB", "XKX", "SRB"]


def test_what_the_grid_does_not_say_the_edition_and_parameters_say(bare_desk):
    found = grid.cells(["first_year=[2008, 2012]"], "2025.9.0", {"price_basis": "current"})
    assert [cell.name for cell in found] == ["first_year-2008", "first_year-2012"]
    assert {cell.edition.as_of.year for cell in found} == {2025}
    assert {cell.edition.price_basis for cell in found} == {"current"}


def test_all_faults_are_listed_at_once_before_anything_runs(desk, stands):
    desk.write("books.yml", "../out: {edition: 2020.1.0}\nfine: {last_yaer: 2020}\n")
    wrong = ("first_year=2010", "nonsense", "countries=[[SRB], [XKX, ALB]]", "highlight=[HUN]")
    given = [part for text in (*wrong, str(desk.root / "books.yml")) for part in ("--grid", text)]
    ran = desk.run("build", *given)
    assert ran.code == 1
    for fault in (
        "'first_year=2010': expected a list of values, such as [2014, 2018]",
        "nonsense: ",
        "srb-highlight-HUN: countries is ['SRB'] (list), expected a list without repeats",
        "xkx-alb-highlight-HUN: highlight is 'HUN' (str), expected one of ALB, BIH",
        "'../out' cannot be a folder's name",
        "../out: unknown; there are: ",
        "fine: last_yaer is not a parameter; did you mean last_year?",
    ):
        assert fault in ran.err
    assert "running" not in ran.err
    stands()


def test_a_file_that_names_no_books_is_refused(desk, stands):
    for content in ("[]", "a: 1", "a: {b: 1", "{}"):
        desk.write("books.yml", content)
        ran = desk.run("build", "--grid", str(desk.root / "books.yml"))
        assert ran.code == 1
        assert "books.yml: " in ran.err
    stands()


def test_a_grid_makes_books_alone(desk, stands):
    ran = desk.run("build", "--grid", GROWTH, "--record")
    assert ran.code == 1
    assert "--grid makes books alone" in ran.err
    stands()


def test_a_folder_with_other_files_is_refused_before_anything_runs(desk, stands):
    desk.write("books/first_year-2010/thesis.txt", "years of work")
    ran = desk.run("build", "--grid", GROWTH, "--out", str(desk.root / "books"))
    assert ran.code == 1
    assert "first_year-2010: " in ran.err
    assert "holds other files" in ran.err
    assert "running" not in ran.err
    assert not (desk.root / "books/first_year-2006").exists()
    stands()


def test_a_book_that_cannot_be_made_is_named_and_the_others_are_made(desk):
    desk.write_notebook("claiming", guarded(2010))
    desk.list_pages("tanks", "claiming")
    ran = desk.run("build", "--grid", GROWTH)
    assert ran.code == 1
    assert "first_year-2006  stopped at claiming" in ran.out
    assert "first_year-2006/claiming: cell 'claim' failed" in ran.err
    assert "GuardError: this sentence does not hold in this edition: It begins then." in ran.err
    assert "first_year-2006: not made; the other books are" in ran.err
    assert "1 of 2 books" in ran.out
    books = desk.root / "_build/grid"
    assert [path.name for path in books.iterdir()] == ["first_year-2010"]
    assert (books / "first_year-2010/claiming.html").is_file()
    assert (desk.root / "_build/failed/first_year-2006/claiming.ipynb").is_file()


def test_pages_that_do_not_fit_stop_their_own_book_alone(desk):
    cell = desks.code("some", f"if first_year == 2010:\n    {desks.TOTAL.source}")
    prose = desks.text("prose", "There were {num}`total`.")
    desk.write_notebook("tanks", desks.chapter(cell, prose))
    desk.write("chapters/index.md", "# A small book\n\n<!-- pdf -->\n")
    ran = desk.run("build", "--grid", GROWTH)
    assert ran.code == 1
    assert "tanks: cell 'prose', line 1: {num}`total` is not published" in ran.out
    assert (desk.root / "_build/grid/first_year-2010/tanks.html").is_file()
