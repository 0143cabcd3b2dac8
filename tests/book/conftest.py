"""Desks to build on, and the one real book that many tests look at."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from unittest import mock

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import desk as desks
from copies import RealBook, build_copy, copy_checkout, share_runs

from balkandefence.book import forks, warming


@pytest.fixture(scope="session")
def real_book(tmp_path_factory):
    root = share_runs(copy_checkout(tmp_path_factory.mktemp("book") / "copy"))
    ran = build_copy(root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return RealBook(root, ran)


@pytest.fixture(scope="module")
def warm():
    """A warm process for all kernels of a test module, as a build has one."""
    with mock.patch.dict(os.environ, desks.warmth()):
        desks.wait_for(lambda: forks.wait_until_warm(warming.KIND), "the warm process to listen")
        yield os.environ[warming.KIND.address]


@pytest.fixture
def bare_desk(tmp_path, monkeypatch):
    """A small root with nothing built, which this process works on."""
    return desks.enter(tmp_path / "desk", monkeypatch)


@pytest.fixture(scope="session")
def finished_desk(tmp_path_factory):
    """A small root with a good book; look at it, but change a copy."""
    made = desks.lay_out(tmp_path_factory.mktemp("finished") / "desk")
    ran = made.run("build")
    assert ran.code == 0, ran.err
    return made


@pytest.fixture
def desk(finished_desk, tmp_path):
    """A copy of the small root with a good book in place, to change and build again."""
    shutil.copytree(finished_desk.root, tmp_path / "desk")
    return desks.Desk(tmp_path / "desk")


@pytest.fixture
def stands(desk):
    """A check that the desk's good book is exactly as it was, and that nothing lies beside it."""
    before = desks.contents(desk.book)
    assert "tanks.html" in before

    def check() -> None:
        assert desks.contents(desk.book) == before
        assert desk.leftovers == []

    return check


@pytest.fixture(scope="session")
def released_desk(finished_desk, tmp_path_factory):
    """A committed small root with two editions recorded and released; change a copy."""
    made = desks.Desk(tmp_path_factory.mktemp("released") / "desk")
    shutil.copytree(finished_desk.root, made.root)
    rows = (made.root / "data/parades.csv").read_text(encoding="utf-8")
    late = "2021,5,2026-05-09,natural-earth\n"
    made.write("data/parades.csv", rows.replace("2022,", late + "2022,", 1))
    for page in ("edition", "changes"):
        shutil.copyfile(desks.CHECKOUT / f"chapters/{page}.md", made.root / f"chapters/{page}.md")
    made.list_pages("tanks", "edition", "changes")
    for path in made.root.glob("editions/*.record.json"):
        path.unlink()
    made.write(".gitignore", "/_build/\n__pycache__/\n")
    for id in ("2025.9.0", "2026.11.0"):
        ran = made.run("build", "--edition", id, "--record")
        assert ran.code == 0, ran.err
    made.commit()
    with mock.patch.dict(os.environ, {"CHROMIUM": "none"}):  # printing has tests of its own
        for id in ("2025.9.0", "2026.11.0"):
            ran = made.run("release", id)
            assert ran.code == 0, ran.out + ran.err
    return made
