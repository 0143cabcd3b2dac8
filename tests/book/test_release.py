"""An edition is proved, frozen beside the earlier ones, and never altered."""

import json
import shutil
import subprocess
import sys
import tarfile

import desk as desks
import pytest

from balkandefence.book import build, pdf, publish, record, release, site, verify
from balkandefence.book.release import ReleaseError

pytestmark = [pytest.mark.xdist_group("desk"), pytest.mark.long]

OLD, NEW = "2025.9.0", "2026.11.0"


@pytest.fixture(autouse=True)
def _without_a_browser(monkeypatch):
    """Release without a PDF: printing has tests of its own."""
    monkeypatch.setenv("CHROMIUM", "none")


@pytest.fixture
def desk_with_site(released_desk, tmp_path):
    """A copy of the committed desk with its site of two editions."""
    shutil.copytree(released_desk.root, tmp_path / "desk", symlinks=True)
    return desks.Desk(tmp_path / "desk")


@pytest.fixture
def stays(desk_with_site):
    """A check that the site is exactly as it was, and that nothing lies beside it."""
    before = desks.contents(desk_with_site.site)
    assert f"{OLD}/tanks.html" in before

    def check():
        assert desks.contents(desk_with_site.site) == before
        assert desk_with_site.leftovers == ["site"]

    return check


@pytest.fixture
def no_build(monkeypatch):
    """Fail where a refusal comes only after a build."""

    def build_book(*arguments, **more):
        pytest.fail("the edition was built before it was refused")

    monkeypatch.setattr(build, "build", build_book)


@pytest.fixture
def at_hand(monkeypatch):
    """Let a release find the edition's book as built already, in place of building it."""

    def use(book, *differences):
        @verify.contextmanager
        def rebuilt(id, *, jobs, report):
            yield book, verify.Outcome(differences=list(differences))

        monkeypatch.setattr(verify, "rebuilt", rebuilt)

    return use


# What is on the site


def test_the_site_holds_both_editions_their_archives_and_the_lists(released_desk):
    there = {path.name for path in released_desk.site.iterdir()}
    assert there == {
        OLD, NEW, "latest", "index.html", "switcher.json", "switcher.js", "SHA256SUMS",
        f"balkandefence-{OLD}.tar.gz", f"balkandefence-{NEW}.tar.gz", publish.SITE_MARK,
    }  # fmt: skip


def test_a_frozen_folder_is_the_book_with_nothing_but_named_additions(released_desk):
    frozen = desks.contents(released_desk.site / NEW)
    built = desks.contents(released_desk.book)
    built.pop(publish.MARK)
    assert frozen.keys() - built.keys() == {"ro-crate-metadata.json", "SHA256SUMS"}
    assert {name: frozen[name] for name in built} == built


def test_releasing_a_second_edition_left_the_first_untouched(released_desk, tmp_path):
    """The first is as its own archive, packed before the second was there, has it."""
    with tarfile.open(released_desk.site / f"balkandefence-{OLD}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    first = desks.contents(tmp_path / f"balkandefence-{OLD}")
    assert first == desks.contents(released_desk.site / OLD)


def test_where_a_browser_is_installed_a_release_holds_the_pdf_and_links_to_it(
    desk_with_site, monkeypatch
):
    file = f"balkandefence-{NEW}.pdf"
    monkeypatch.setattr(pdf, "refuse", lambda: None)
    monkeypatch.setattr(pdf, "make", lambda book, edition, out: out.write_bytes(b"%PDF-printed"))
    shutil.rmtree(desk_with_site.site)
    assert desk_with_site.run("release", NEW).code == 0
    folder = desk_with_site.site / NEW
    assert f'<a href="{file}">' in (folder / "index.html").read_text(encoding="utf-8")
    assert f"  {file}\n" in (folder / "SHA256SUMS").read_text()
    assert file in (folder / "ro-crate-metadata.json").read_text()
    ran = desk_with_site.run("release", NEW)
    assert "was released before, with the same bytes" in ran.out, ran.err
    ran = desk_with_site.run("verify", NEW, "--published", str(folder))
    assert ran.code == 0, ran.out + ran.err
    (folder / file).write_bytes(b"%PDF-other")
    ran = desk_with_site.run("verify", NEW, "--published", str(folder))
    assert ran.code == 1
    assert f"published file {file}: " in ran.out


def test_releasing_again_changes_nothing_at_all(desk_with_site, stays):
    ran = desk_with_site.run("release", OLD)
    assert ran.code == 0, ran.err
    assert f"Edition {OLD} was released before, with the same bytes" in ran.out
    assert f"The site has {NEW}, {OLD}." in ran.out
    stays()


def test_the_order_of_releases_leaves_the_same_site(desk_with_site, stays):
    shutil.rmtree(desk_with_site.site)
    for id in (NEW, OLD):
        ran = desk_with_site.run("release", id)
        assert ran.code == 0, ran.err
        assert f"Edition {id} is released." in ran.out
    stays()


@pytest.mark.parametrize("folder", [".", OLD, NEW])
def test_the_usual_program_accepts_the_checksums(released_desk, folder):
    ran = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS", "--strict"],
        cwd=released_desk.site / folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    listed = {line.removesuffix(": OK") for line in ran.stdout.splitlines()}
    there = desks.contents(released_desk.site / folder).keys()
    assert there - listed == {"SHA256SUMS"} | ({publish.SITE_MARK} if folder == "." else set())


def test_no_released_file_names_the_place_where_it_was_made(released_desk):
    hidden = (str(released_desk.root).encode(), b"balkandefence-verify-")
    files = [path for path in released_desk.site.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [p for p in files if any(place in p.read_bytes() for place in hidden)] == []


# Verifying what was released


def run_anywhere(desk, *arguments):
    """Run the command line as a program, from the root of the file system."""
    return subprocess.run(
        [sys.executable, "-m", "balkandefence", *arguments], cwd="/", text=True,
        env=desks.os.environ | desk.environment(), capture_output=True, check=False,
    )  # fmt: skip


def test_a_released_folder_is_the_same_from_any_working_folder(desk_with_site, stays):
    ran = run_anywhere(desk_with_site, "verify", OLD, "--published", str(desk_with_site.site / OLD))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "published checksums" in ran.stdout
    assert f"edition {OLD} is the same" in ran.stdout
    stays()


def test_a_released_archive_is_the_same(desk_with_site):
    file = desk_with_site.site / f"balkandefence-{NEW}.tar.gz"
    ran = desk_with_site.run("verify", NEW, "--published", str(file))
    assert ran.code == 0, ran.out + ran.err
    assert "published page files" in ran.out


@pytest.fixture
def compared(desk_with_site):
    """Return how to compare the altered released folder with the book as built."""

    def compare():
        outcome = verify.Outcome()
        verify.compare_folder(desk_with_site.site / NEW, desk_with_site.book, outcome)
        return [(d.id, d.cause) for d in outcome.differences]

    compare.folder = desk_with_site.site / NEW
    return compare


def test_a_released_folder_differs_from_the_book_in_nothing(compared):
    assert compared() == []


def test_altered_metadata_is_found_by_the_checksums(compared):
    (compared.folder / "ro-crate-metadata.json").write_text("altered")
    assert compared() == [("ro-crate-metadata.json", "altered after it was published")]


def test_altered_checksums_are_found_where_the_file_is_the_same(compared):
    sums = compared.folder / "SHA256SUMS"
    lines = sums.read_text().splitlines()
    wrong = ["0" * 64 + line[64:] if line.endswith("  tanks.html") else line for line in lines]
    assert wrong != lines
    sums.write_text("\n".join(wrong) + "\n")
    assert compared() == [("tanks.html", "SHA256SUMS was altered after it was published")]


def test_an_altered_page_is_told_once(compared):
    page = compared.folder / "tanks.html"
    page.write_text(page.read_text().replace("Parades", "Marches"))
    [told] = compared()
    assert told[0].startswith("tanks.html, line ")


def test_an_archive_that_reaches_out_is_refused_before_anything_is_built(
    desk_with_site, stays, no_build, tmp_path
):
    file = tmp_path / "bad.tar.gz"
    with tarfile.open(file, "w:gz") as made:
        made.addfile(tarfile.TarInfo("../outside.html"))
    ran = desk_with_site.run("verify", NEW, "--published", str(file))
    assert ran.code == 1
    assert "../outside.html lies outside the archive; nothing was unpacked" in ran.err
    assert not (tmp_path / "outside.html").exists()
    stays()


# Refusals


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("2026.11", "an id is YEAR.MONTH.PATCH"),
        ("../2026.11.0", "an id is YEAR.MONTH.PATCH"),
        ("latest", "an id is YEAR.MONTH.PATCH"),
        ("2024.1.0", "unknown; there are:"),
    ],
)
def test_an_id_that_is_none_is_refused(desk_with_site, stays, no_build, id, said):
    ran = desk_with_site.run("release", id)
    assert ran.code == 1
    assert said in ran.err
    stays()


def test_a_tree_that_is_not_committed_is_refused_with_its_files_named(
    desk_with_site, stays, no_build
):
    desk_with_site.write("data/new table.csv", "a,b\n")
    desk_with_site.write("chapters/index.md", "# A small book\n")
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert "the tree is not what is committed; commit or remove these:" in ran.err
    assert "?? data/new table.csv" in ran.err
    assert " M chapters/index.md" in ran.err
    stays()


def test_a_long_list_of_files_is_cut(desk_with_site, no_build):
    for number in range(25):
        desk_with_site.write(f"data/new-{number}.csv", "")
    assert "and 5 more" in desk_with_site.run("release", NEW).err


def test_a_folder_that_is_no_git_checkout_is_refused(desk_with_site, stays, no_build):
    shutil.rmtree(desk_with_site.root / ".git")
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert "is not a git checkout, and a release is made from what is committed" in ran.err
    stays()


def test_a_system_without_git_is_told_so(desk_with_site, no_build, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in desk_with_site.run("release", NEW).err


def test_a_missing_record_is_refused(desk_with_site, stays, no_build):
    (desk_with_site.root / f"editions/{NEW}.record.json").unlink()
    desk_with_site.commit()
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert f"make it by: balkandefence build --edition {NEW} --record" in ran.err
    stays()


def test_a_record_of_another_format_is_refused(desk_with_site, stays, no_build):
    path = desk_with_site.root / f"editions/{NEW}.record.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'))
    desk_with_site.commit()
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert "is a record of format 99, this program reads 1" in ran.err
    stays()


def test_checks_that_fail_are_refused(desk_with_site, stays):
    desk_with_site.write("chapters/index.md", "# A small book\n\nThere were 7 of them.\n")
    desk_with_site.commit()
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert "chapters/index.md:3: '7' is typed" in ran.err
    assert "running" not in ran.err
    stays()


def test_a_record_that_differs_is_refused_with_every_difference(desk_with_site, stays):
    rows = (desk_with_site.root / "data/parades.csv").read_text(encoding="utf-8")
    desk_with_site.write("data/parades.csv", rows.replace("2023,7,", "2023,8,"))
    desk_with_site.commit()
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert "number tanks/total: 7 tanks → 8 tanks" in ran.err
    assert f"edition {NEW} differs from its record, so it is not released" in ran.err
    stays()


def test_an_edition_that_was_released_with_other_bytes_is_refused(desk_with_site, stays):
    rows = (desk_with_site.root / "data/parades.csv").read_text(encoding="utf-8")
    desk_with_site.write("data/parades.csv", rows.replace("2023,7,", "2023,8,"))
    assert desk_with_site.run("build", "--record").code == 0
    desk_with_site.commit()
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert f"edition {NEW} was released with other bytes: " in ran.err
    assert "give what changed an edition of its own" in ran.err
    stays()


def damage_page(folder):
    page = folder / OLD / "tanks.html"
    page.write_text(page.read_text().replace("Parades", "Marches"))


def damage_sums(folder):
    (folder / "SHA256SUMS").write_text("nonsense\n")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_page, f"{OLD}/tanks.html is "),
        (lambda folder: (folder / OLD / "tanks.html").unlink(), f"{OLD}/tanks.html is missing"),
        (lambda folder: shutil.rmtree(folder / OLD), "and "),
        (lambda folder: (folder / OLD / "x.html").write_text(""), "x.html was not released"),
        (lambda folder: (folder / "2024.1.0").mkdir() or (folder / "2024.1.0/i").write_text(""),
         "2024.1.0/i was not released"),
        (lambda folder: (folder / f"balkandefence-{OLD}.tar.gz").unlink(), ".tar.gz is missing"),
        (damage_sums, "SHA256SUMS:1 is not 'HASH  FILE'"),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "there is no"),
    ],
)  # fmt: skip
def test_a_damaged_site_is_refused_and_left_as_it_is(desk_with_site, no_build, damage, said):
    damage(desk_with_site.site)
    before = desks.contents(desk_with_site.site)
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 1
    assert "is damaged" in ran.err
    assert said in ran.err
    assert desks.contents(desk_with_site.site) == before


def test_a_folder_with_other_files_and_a_book_are_no_place_for_a_site(desk_with_site, no_build):
    thesis = desk_with_site.write("_build/thesis/thesis.txt", "years of work")
    for folder in (thesis.parent, desk_with_site.book):
        before = desks.contents(folder)
        ran = desk_with_site.run("release", NEW, "--site", str(folder))
        assert ran.code == 1
        assert "holds other files" in ran.err
        assert desks.contents(folder) == before


def test_a_site_is_no_place_for_a_book(desk_with_site, stays):
    ran = desk_with_site.run("build", "--out", str(desk_with_site.site))
    assert ran.code == 1
    assert "holds released editions; name another folder for the book" in ran.err
    stays()


# Interruptions


@pytest.mark.parametrize(
    "step", ["crate.write", "archive.write", "site.write", "publish._exchange"]
)
def test_an_interrupted_release_leaves_the_site_as_it_was(
    desk_with_site, monkeypatch, at_hand, step
):
    # the newer edition is to be released onto a site that has the older one
    folder = desk_with_site.site
    shutil.rmtree(folder / NEW)
    (folder / f"balkandefence-{NEW}.tar.gz").unlink()
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(desk_with_site.root))
    site.write(folder)
    before = desks.contents(folder)
    at_hand(desk_with_site.book)

    def interrupted(*arguments, **more):
        raise KeyboardInterrupt

    module, name = step.split(".")
    monkeypatch.setattr(getattr(release, module), name, interrupted)
    ran = desk_with_site.run("release", NEW)
    assert ran.code == 130, ran.err
    assert "interrupted; the site stands as it was" in ran.err
    assert desks.contents(folder) == before
    monkeypatch.undo()
    assert desk_with_site.leftovers == ["site"]


def test_files_that_a_host_laid_beside_the_editions_are_kept(desk_with_site, at_hand):
    at_hand(desk_with_site.book)
    (desk_with_site.site / "CNAME").write_text("book.example.org")
    assert desk_with_site.run("release", NEW).code == 0
    assert (desk_with_site.site / "CNAME").read_text() == "book.example.org"
    assert "  CNAME\n" in (desk_with_site.site / "SHA256SUMS").read_text()


def test_a_release_of_a_difference_is_an_error_of_its_own(desk_with_site, at_hand, monkeypatch):
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(desk_with_site.root))
    at_hand(desk_with_site.book, verify.Difference("number", "x", "1", "2", "data"))
    with pytest.raises(ReleaseError, match="number x: 1 → 2"):
        release.release(NEW, desk_with_site.site, jobs=1, report=lambda event: None)


def test_an_edition_of_another_record_format_stays_on_the_site(desk_with_site, monkeypatch):
    """A later program cannot compare with it, and says so."""
    monkeypatch.setenv("BALKANDEFENCE_ROOT", str(desk_with_site.root))
    path = desk_with_site.site / OLD / record.NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))
    site.write(desk_with_site.site)
    page = (desk_with_site.site / "index.html").read_text()
    assert f"It follows {OLD}, whose record cannot be read here." in page
