"""A folder's SHA256SUMS is what sha256sum reads, and tells of each file that differs."""

import subprocess

import pytest

from balkandefence.book import checksums
from balkandefence.book.checksums import ChecksumsError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a b.csv").write_text("1")
    (tmp_path / "index.html").write_text("2")
    (tmp_path / ".balkandefence").write_text("mark")
    checksums.write(tmp_path)
    return tmp_path


def test_the_usual_program_accepts_it(folder):
    ran = subprocess.run(["sha256sum", "-c", "SHA256SUMS", "--strict"], cwd=folder,
                         capture_output=True, text=True, check=True)  # fmt: skip
    assert ran.stdout == "data/a b.csv: OK\nindex.html: OK\n"
    assert checksums.faults(folder) == []


def test_an_altered_a_missing_and_a_foreign_file_are_told(folder):
    (folder / "index.html").write_text("3")
    (folder / "data/a b.csv").rename(folder / "c.csv")
    told = checksums.faults(folder)
    assert [(name, old == "none", new == "none") for name, old, new in told] == [
        ("c.csv", True, False),
        ("data/a b.csv", False, True),
        ("index.html", False, False),
    ]
    assert [name for name, *_ in checksums.faults(folder, only=["c.csv", "d.csv"])] == ["c.csv"]


def test_a_line_that_is_none_of_its_own_is_refused(folder):
    with (folder / "SHA256SUMS").open("a") as file:
        file.write("d41d8cd9  index.html\n")
    with pytest.raises(ChecksumsError, match="SHA256SUMS:3 is not 'HASH  FILE': 'd41d8cd9"):
        checksums.read(folder)


def test_a_folder_without_checksums_is_refused(tmp_path):
    with pytest.raises(ChecksumsError, match="there is no"):
        checksums.read(tmp_path)
