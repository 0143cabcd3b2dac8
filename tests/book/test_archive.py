"""An edition's archive has the same bytes each time and is unpacked without trust."""

import datetime as dt
import io
import os
import subprocess
import tarfile

import pytest

from balkandefence.book import archive
from balkandefence.book.archive import ArchiveError

DAY = dt.date(2026, 11, 21)


@pytest.fixture
def book(tmp_path):
    made = tmp_path / "2026.11.0"
    for name in ("index.html", "data/b.csv", "data/a.csv", "data-more.txt"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    return made


def written(book, tmp_path, name="a.tar.gz"):
    target = tmp_path / name
    archive.write(book, target, top="book", day=DAY)
    return target


def test_the_same_folder_gives_the_same_bytes_whatever_its_files_clocks_and_rights(book, tmp_path):
    first = written(book, tmp_path).read_bytes()
    for path in book.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    assert written(book, tmp_path, "b.tar.gz").read_bytes() == first


def test_it_is_sorted_dated_and_owned_by_nobody(book, tmp_path):
    with tarfile.open(written(book, tmp_path)) as opened:
        members = opened.getmembers()
    names = [member.name for member in members]
    assert names == sorted(names)
    assert names == ["book/data-more.txt", "book/data/a.csv", "book/data/b.csv", "book/index.html"]
    told = {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in members}
    assert told == {(1795219200, 0, 0, "", "", 0o644)}


def test_what_was_packed_comes_out_again(book, tmp_path):
    out = archive.unpack(written(book, tmp_path), tmp_path / "out")
    assert out == tmp_path / "out" / "book"
    assert (out / "data/a.csv").read_text() == "data/a.csv"
    assert sum(path.is_file() for path in out.rglob("*")) == 4


def test_the_usual_program_reads_it(book, tmp_path):
    ran = subprocess.run(["tar", "tzf", written(book, tmp_path)], capture_output=True, check=True)
    assert b"book/index.html" in ran.stdout


def packed(target, *members):
    """Write an archive of members: name, or name and what sets the member up."""
    with tarfile.open(target, "w:gz") as made:
        for name, more in members:
            member = tarfile.TarInfo(name)
            member.size = 2
            for key, value in more.items():
                setattr(member, key, value)
            made.addfile(member, io.BytesIO(b"hi"))
    return target


GOOD = ("book/index.html", {})


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (("../outside.txt", {}), "../outside.txt lies outside the archive"),
        (("book/../../outside.txt", {}), "lies outside the archive"),
        (("/tmp/outside.txt", {}), "lies outside the archive"),
        (("book\\..\\outside.txt", {}), "lies outside the archive"),
        (("C:outside.txt", {}), "lies outside the archive"),
        (("book/link", {"type": tarfile.SYMTYPE, "linkname": "/etc"}), "is a link or a device"),
        (("book/link", {"type": tarfile.LNKTYPE, "linkname": "x"}), "is a link or a device"),
        (("book/null", {"type": tarfile.CHRTYPE}), "is a link or a device"),
        (("other/index.html", {}), "does not lie in the one folder 'book'"),
        (GOOD, "stands twice in it"),
    ],
)
def test_an_archive_that_reaches_out_is_refused_before_anything_is_written(tmp_path, member, said):
    file = packed(tmp_path / "bad.tar.gz", GOOD, member)
    with pytest.raises(ArchiveError, match=r"bad\.tar\.gz is refused") as caught:
        archive.unpack(file, tmp_path / "out")
    assert said in str(caught.value)
    assert "nothing was unpacked" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tar.gz"]


def test_an_archive_of_more_than_an_edition_could_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_FILES", 1)
    file = packed(tmp_path / "bad.tar.gz", GOOD, ("book/two.html", {}))
    with pytest.raises(ArchiveError, match="holds more than 1 files"):
        archive.unpack(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"no archive", b"", b"\x1f\x8b\x08\x00"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    file = tmp_path / "x.tar.gz"
    file.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"x\.tar\.gz is"):
        archive.unpack(file, tmp_path / "out")


def test_an_archive_that_was_cut_off_is_refused(book, tmp_path):
    file = written(book, tmp_path)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ArchiveError, match="is not a whole"):
        archive.unpack(file, tmp_path / "out")


def test_an_archive_without_a_file_is_refused(tmp_path):
    file = packed(tmp_path / "x.tar.gz", ("book", {"type": tarfile.DIRTYPE, "size": 0}))
    with pytest.raises(ArchiveError, match="holds no file"):
        archive.unpack(file, tmp_path / "out")
