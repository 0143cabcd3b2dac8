"""Kept pictures come back as they were, and take no more room than they may."""

import os

from balkandefence import pictures


def test_a_kept_picture_comes_back_and_counts_as_just_used(tmp_path):
    path = tmp_path / "one.json"
    pictures.keep(path, {"svg": "<svg/>"})
    os.utime(path, (1, 1))
    assert pictures.taken(path) == {"svg": "<svg/>"}
    assert path.stat().st_mtime > 1
    assert pictures.taken(tmp_path / "other.json") is None


def test_the_longest_unused_pictures_go_where_there_are_too_many(tmp_path):
    for age in (3, 1, 2):
        path = tmp_path / f"{age}.json"
        path.write_text("x" * 102)
        os.utime(path, (age, age))
    pictures.bound(tmp_path, 250)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2", "3"]
