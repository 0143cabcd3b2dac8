"""What a run reads is noted: rows, sources and files, and nothing of what others cover."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from balkandefence import editions, recording, sources, tables

#: A run that reads in every way; it begins as a kernel does, and writes when it has ended.
RUN = """import os, sys
from pathlib import Path
from balkandefence import recording
root, to = sys.argv[1:]
os.chdir(root)
recording.start(root, to)
open("read.txt").read()
Path("folder/deep.txt").read_bytes()
os.close(os.open("low.txt", os.O_RDONLY))
open("appended.txt", "a").close()
open("changed.txt", "r+").close()
os.close(os.open("written.txt", os.O_WRONLY | os.O_CREAT))
for path in ("absent.txt", "../outside.txt"):
    try:
        open(path)
    except OSError:
        pass
open("_build/made.txt").read()
open(b"bytes.txt").read()
with recording.covered():
    open("covered.txt").read()
sys.path.insert(0, root)
import beside
sys.path.insert(0, f"{root}/venv/lib/site-packages")
import installed
recording._write(root, Path(to))
"""


@pytest.fixture
def noted(monkeypatch):
    """What is noted from now on."""
    made = set()
    monkeypatch.setattr(recording, "_noted", made)
    return made


def files_read(root):
    to = root.parent / "reads.json"
    subprocess.run([sys.executable, "-c", RUN, str(root), str(to)], check=True)
    return json.loads(to.read_text(encoding="utf-8"))


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    for file in ("read", "folder/deep", "low", "appended", "changed", "covered", "bytes",
                 "_build/made"):  # fmt: skip
        path = made / f"{file}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")
    (made / "beside.py").write_text("", encoding="utf-8")
    packages = made / "venv/lib/site-packages"
    packages.mkdir(parents=True)
    (packages / "installed.py").write_text("", encoding="utf-8")
    return made


@pytest.mark.parametrize("cached", [False, True])
def test_files_that_the_process_reads_below_the_root_are_noted(root, monkeypatch, cached):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    if cached:
        files_read(root)
        assert list((root / "__pycache__").glob("beside*.pyc"))
    reads = files_read(root)["reads"]
    assert {kind for kind, _ in reads} == {"file"}
    assert sorted(file for _, file in reads) == [
        "absent.txt", "beside.py", "bytes.txt", "folder/deep.txt", "low.txt", "read.txt",
    ]  # fmt: skip


def test_modules_of_the_package_are_told_by_name_and_others_not(root):
    modules = files_read(root)["modules"]
    assert modules == ["balkandefence/__init__.py", "balkandefence/recording.py"]


def test_nothing_is_noted_outside_a_build(project):
    assert recording._noted is None
    recording.note("table", "spending", "2025-06-30")
    tables.load("spending")
    assert recording._noted is None


def test_a_table_is_noted_with_its_day_and_its_sidecar(project, noted):
    tables.load("spending", "2025-06-30")
    tables.load("events")
    assert noted == {
        ("table", "spending", "2025-06-30"), ("file", "data/spending.yml"),
        ("table", "events", "2026-11-21"), ("file", "data/events.yml"),
    }  # fmt: skip


def test_a_sidecar_is_noted_though_it_was_read_under_a_cover_before(project, noted):
    with recording.covered():
        tables.load("countries")
    assert noted == set()
    tables.load("countries")
    assert ("file", "data/countries.yml") in noted


def test_of_the_sources_those_asked_for_are_noted_unless_all_are(project, noted):
    found = sources.load()
    assert noted == set()
    assert found["atlas"].short == "Maps & Sons 2020"
    assert found.get("nobody") is None
    assert "gazette" in found
    assert noted == {("source", "atlas"), ("source", "nobody"), ("source", "gazette")}
    assert len(found) == 3
    assert ("file", "references.bib") not in noted
    assert sorted(found) == ["atlas", "gazette", "ledger-2024"]
    assert ("file", "references.bib") in noted


def test_of_the_editions_what_this_one_is_called_is_noted(project, noted):
    edition = editions.load()
    noted.clear()
    assert editions.of_notebook(edition.parameters).id == edition.id
    ((kind, values),) = noted
    assert kind == "edition"
    assert json.loads(values)["first_year"] == edition.first_year


def test_a_cover_ends_with_an_error_too(noted):
    with pytest.raises(KeyError), recording.covered(), recording.covered():
        raise KeyError
    recording.note("file", "read.txt")
    assert noted == {("file", "read.txt")}


def test_a_kernel_writes_what_it_read_after_every_cell(monkeypatch, tmp_path):
    registered = {}

    class Shell:
        class events:  # noqa: N801
            register = registered.__setitem__

    monkeypatch.setattr("IPython.core.getipython.get_ipython", Shell)
    monkeypatch.setattr(recording, "_watch", lambda root: None)
    monkeypatch.setattr(recording, "_noted", None)
    to = tmp_path / "reads.json"
    recording.start(str(tmp_path), str(to))
    recording.note("file", "read.txt")
    registered["post_run_cell"](None)
    assert ["file", "read.txt"] in json.loads(to.read_text(encoding="utf-8"))["reads"]
    assert [path.name for path in Path(tmp_path).iterdir()] == ["reads.json"]
