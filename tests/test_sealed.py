"""What is sealed comes back whole or not at all."""

import os

import pytest

from balkandefence import sealed


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "folder" / "kept"
    sealed.write(path, b"first\nsecond \xff")
    return path


def test_what_was_written_comes_back_and_leaves_nothing_beside_it(kept):
    assert sealed.read(kept) == b"first\nsecond \xff"
    sealed.write(kept, b"")
    assert sealed.read(kept) == b""
    assert [path.name for path in kept.parent.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw[:-1], lambda raw: b"", lambda raw: raw + b" ", lambda raw: b"x" + raw,
     lambda raw: raw.replace(b"first", b"worst"), lambda raw: raw.split(b"\n", 1)[1]],
    ids=["cut", "empty", "longer", "another seal", "altered", "no seal"],
)  # fmt: skip
def test_what_was_damaged_is_as_good_as_none(kept, damage):
    raw = kept.read_bytes()
    assert damage(raw) != raw
    kept.write_bytes(damage(raw))
    assert sealed.read(kept) is None


def test_where_nothing_was_written_there_is_none(tmp_path):
    assert sealed.read(tmp_path / "nothing") is None
    assert sealed.read(tmp_path) is None


def test_where_nothing_may_be_written_nothing_is_and_nobody_minds(tmp_path):
    (tmp_path / "file").write_text("in the way")
    sealed.write(tmp_path / "file" / "kept", b"content")
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_is_read_counts_as_just_used(kept):
    os.utime(kept, (1, 1))
    sealed.read(kept)
    assert kept.stat().st_mtime > 1


def test_of_two_files_the_one_used_later_is_always_the_later(tmp_path):
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.touch()
    for turn in range(100):
        one, other = paths[turn % 2], paths[1 - turn % 2]
        sealed.used(one)
        sealed.used(other)
        assert one.stat().st_mtime_ns < other.stat().st_mtime_ns
    sealed.used(tmp_path / "gone")


def test_the_longest_unused_files_go_where_there_are_too_many(tmp_path):
    for age in (3, 1, 2):
        path = tmp_path / str(age)
        path.write_bytes(b"x" * 100)
        os.utime(path, (age, age))
    sealed.bound(tmp_path, 250)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2", "3"]
    sealed.bound(tmp_path / "nowhere", 250)
