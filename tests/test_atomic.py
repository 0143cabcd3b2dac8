"""Several files are written as one: all of them or none."""

from __future__ import annotations

import os

import pytest

from balkandefence import atomic


def test_all_files_are_written_with_bare_line_feeds(tmp_path):
    texts = {tmp_path / "a.txt": "č\n", tmp_path / "new" / "b.txt": "b\r\n"}
    atomic.write(texts)
    assert (tmp_path / "a.txt").read_bytes() == "č\n".encode()
    assert (tmp_path / "new" / "b.txt").read_bytes() == b"b\r\n"
    assert len(list(tmp_path.rglob("*"))) == 3


def test_where_one_cannot_be_written_all_are_as_they_were(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("before")
    replace, done = os.replace, []

    def full(part, path):
        if done:
            raise OSError("the disk is full")
        done.append(path)
        replace(part, path)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="full"):
        atomic.write({tmp_path / name: "after" for name in ("a.txt", "b.txt", "c.txt")})
    assert done
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "before"


def test_a_file_keeps_who_may_read_it(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("before")
    path.chmod(0o600)
    atomic.write({path: "after"})
    assert path.stat().st_mode & 0o777 == 0o600
