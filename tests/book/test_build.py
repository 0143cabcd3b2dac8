"""A build that fails says why and where, and leaves the last good book exactly as it was."""

import desk as desks
import pytest

pytestmark = pytest.mark.xdist_group("desk")


@pytest.fixture(scope="module")
def failed(finished_desk, tmp_path_factory):
    """One build in which notebooks fail in every way there is, and one does not."""
    root = tmp_path_factory.mktemp("failed") / "desk"
    root.mkdir()
    desks.shutil.copytree(finished_desk.root, root, dirs_exist_ok=True)
    desk = desks.Desk(root)
    raising = desks.code("ratio", "tanks = 3\nratio = tanks / 0\nprint(ratio)")
    nested = desks.code("deep", "def ratio(n):\n    return 1 / n\n\n\nratio(0)")
    guard = desks.code("claim", 'publishing.guard("Tanks grow in number.", False)')
    killed = desks.code("crash", "import os\nos.kill(os.getpid(), 9)")
    desk.write_notebook("dividing", desks.chapter(raising, title="Dividing"))
    desk.write_notebook("nested", desks.chapter(nested, title="Nested"))
    desk.write_notebook("claiming", desks.chapter(guard, title="Claiming"))
    desk.write_notebook("crashing", desks.chapter(killed, title="Crashing"))
    desk.list_pages("dividing", "tanks", "nested", "claiming", "crashing")
    before = desks.contents(desk.book)
    return desk, desk.run("build"), before


def told(failed, page):
    """Return what the build said of one notebook."""
    for report in failed[1].err.split("\n\n"):
        at = report.find(f"{page}: cell")
        at = at if at >= 0 else report.find(f"{page}: failed")
        if at >= 0:
            return report[at:]
    raise AssertionError(f"nothing about {page} in {failed[1].err}")


def test_a_failing_cell_is_reported_with_its_marked_line_and_its_exception(failed):
    report = told(failed, "dividing").splitlines()
    assert report[0] == "dividing: cell 'ratio' failed (chapters/dividing.ipynb, line 2)"
    assert report[1:4] == ["      1 tanks = 3", "  >   2 ratio = tanks / 0", "      3 print(ratio)"]
    assert report[4] == "  ZeroDivisionError: division by zero"


def test_an_exception_raised_deeper_marks_the_line_of_the_cell_that_called(failed):
    assert "  >   5 ratio(0)" in told(failed, "nested").splitlines()


def test_the_failed_run_is_kept_where_the_report_says(failed):
    desk = failed[0]
    kept = desk.root / "_build" / "failed" / "dividing.ipynb"
    assert f"the failed run is kept at {kept}" in told(failed, "dividing")
    outputs = desks.nbformat.read(kept, as_version=4).cells[-1].outputs
    assert outputs[0].ename == "ZeroDivisionError"


def test_a_false_guard_names_its_sentence(failed):
    report = told(failed, "claiming")
    assert "cell 'claim' failed" in report
    assert (
        "GuardError: this sentence does not hold in this edition: Tanks grow in number." in report
    )


def test_a_kernel_that_dies_is_reported(failed):
    report = told(failed, "crashing")
    assert "cell 'crash' failed (chapters/crashing.ipynb)" in report
    assert "the kernel was killed from outside or ended by itself" in report
    assert "hint: nothing in the notebook was told why" in report


def test_no_failed_notebook_is_called_done_and_no_library_tells_of_one(failed):
    err = failed[1].err
    assert ": done" not in err
    assert "Kernel died" not in err


def test_all_failures_are_reported_and_the_exit_code_is_one(failed):
    _, ran, _ = failed
    assert ran.code == 1
    for page in ("dividing", "nested", "claiming", "crashing"):
        assert told(failed, page)
    assert "Traceback" not in ran.err


def test_after_failed_notebooks_the_last_good_book_is_exactly_as_it_was(failed):
    desk, _, before = failed
    assert desks.contents(desk.book) == before
    assert desk.leftovers == []


def test_the_sound_notebook_beside_failing_ones_is_not_called_failed(failed):
    assert "tanks: failed" not in failed[1].err
    assert "tanks: cell" not in failed[1].err


def test_all_that_pages_get_wrong_is_listed_at_once(desk, stands):
    cells = [
        desks.text("wrong", "Well.\nIt is {num}`nowhere`, see {fig}`lost` and {tab}`missing`."),
        desks.TOTAL,
        desks.code("again", desks.TOTAL.source),
        desks.code("chatter", "print('hello there')"),
        desks.code("stray", "rows.shape"),
    ]
    desk.write_notebook("tanks", desks.chapter(*cells))
    ran = desk.run("build")
    assert ran.code == 1
    for fault in (
        "tanks: cell 'wrong', line 2: {num}`nowhere` is not published; there is total",
        "tanks: cell 'wrong', line 2: {fig}`lost` is not published",
        "tanks: cell 'wrong', line 2: {tab}`missing` is not published",
        "tanks: number id 'total' is published twice",
        "tanks: cell 'chatter' has output that is not published, remove it: stream 'hello there'",
        "tanks: cell 'stray' has output that is not published, remove it: execute_result '(3, 4)'",
    ):
        assert fault in ran.err
    stands()


def test_a_number_that_another_page_names_wrongly_is_refused(desk, stands):
    desk.write(
        "chapters/index.md", "# A small book\n\n{num}`tanks/totals` and {num}`guns/total`.\n"
    )
    ran = desk.run("build")
    assert ran.code == 1
    asked = "index:3: {num}`tanks/totals` is not published; did you mean 'total'?"
    assert asked in ran.err
    assert "index:3: {num}`guns/total` is not published; guns publishes none" in ran.err
    stands()


def test_an_unknown_citation_is_refused_before_any_kernel(desk, stands):
    desk.write("chapters/index.md", "# A small book\n\n\nSo they say {footcite}`nobody-2020`.\n")
    ran = desk.run("build", "--force")
    assert ran.code == 1
    told = "chapters/index.md:4: cites 'nobody-2020', which is not in references.bib"
    assert told in ran.err
    assert "running" not in ran.err
    stands()


def test_a_broken_cross_reference_is_refused_with_its_page_and_name(desk, stands):
    desk.write("chapters/index.md", "# A small book\n\nSee [there](#no-such-place).\n")
    ran = desk.run("build")
    assert ran.code == 1
    assert "index.md:3: WARNING" in ran.err
    assert "no-such-place" in ran.err
    stands()


def test_a_broken_row_is_refused_before_any_kernel(desk, stands):
    rows = (desk.root / "data" / "parades.csv").read_text(encoding="utf-8")
    desk.write("data/parades.csv", rows.replace("2023,7,", "2023,seven,"))
    ran = desk.run("build")
    assert ran.code == 1
    assert "data/parades.csv:3 tanks_count: 'seven' expected a whole number" in ran.err
    assert "running" not in ran.err
    stands()


def test_equal_inputs_are_not_run_again(desk):
    before = desks.contents(desk.book)
    ran = desk.run("build")
    assert ran.code == 0
    assert "tanks: reused" in ran.err
    assert "0 notebooks run, 1 reused" in ran.out
    assert desks.contents(desk.book) == before


def test_a_damaged_run_is_not_used(desk):
    before = desks.contents(desk.book)
    (kept,) = (desk.root / "_build" / "runs").glob("tanks@*.ipynb")
    content = kept.read_text(encoding="utf-8")
    damaged = content.replace("7 tanks", "9 tanks")
    assert damaged != content
    kept.write_text(damaged, encoding="utf-8")
    ran = desk.run("build", "--explain")
    assert ran.code == 0
    assert "tanks  ran: the kept run is damaged\n" in ran.out
    assert "1 notebooks run, 0 reused" in ran.out
    assert desks.contents(desk.book) == before


@pytest.mark.long
def test_plain_kernels_give_the_same_book_as_warm_ones(desk, monkeypatch):
    before = desks.contents(desk.book)
    monkeypatch.setenv("BALKANDEFENCE_WARM", "no")
    ran = desk.run("build", "--force")
    assert "1 notebooks run, 0 reused" in ran.out
    assert desks.contents(desk.book) == before


def test_new_prose_runs_nothing_and_new_code_its_notebook_only_and_both_are_explained(desk):
    before = desks.contents(desk.book)
    other = desks.chapter(desks.code("again", desks.TOTAL.source), title="Other")
    desk.write_notebook("other", other)
    desk.list_pages("tanks", "other")
    assert "1 notebooks run, 1 reused" in desk.run("build").out
    cells = desks.tanks()
    cells[0].source += "\n\nOne more sentence."
    desk.write_notebook("tanks", cells)
    other[-1].source += "  # as above"
    desk.write_notebook("other", other)
    ran = desk.run("build", "--explain")
    assert ran.out.splitlines()[:2] == [
        "other  ran: code of cell 'again'",
        "tanks  reused: nothing it used changed",
    ]
    assert "One more sentence." in (desk.book / "tanks.html").read_text(encoding="utf-8")
    assert desks.contents(desk.book)["figures/tanks/shown.svg"] == before["figures/tanks/shown.svg"]


@pytest.mark.long
def test_two_builds_at_once_share_a_store_and_both_succeed(desk):
    before = desks.contents(desk.book)
    desks.shutil.rmtree(desk.root / "_build" / "runs")
    places = [desk.root / "_build" / name for name in ("first", "second")]
    both = [desk.start("build", "--out", str(place)) for place in places]
    assert [build.wait(300) for build in both] == [0, 0]
    assert [desks.contents(place) for place in places] == [before, before]
    assert len(list((desk.root / "_build" / "runs").glob("tanks@*"))) == 2
    assert "0 notebooks run, 1 reused" in desk.run("build").out


def test_a_page_that_left_the_contents_leaves_the_book(desk):
    desk.write("chapters/index.md", "# A small book\n\nNothing is counted here.\n")
    (desk.root / "chapters" / "tanks.ipynb").unlink()
    desk.list_pages()
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    assert not (desk.book / "tanks.html").exists()
    assert not (desk.book / "figures").exists()
