"""What is installed is pinned with hashes, and the versions that we state agree."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

import balkandefence
from balkandefence import editions

LOCKS = ["requirements.txt", "tests/requirements.txt"]
PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def plain(name: str) -> str:
    """Return a package's name as the lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(text: str) -> list[str]:
    """Return a lock file's lines, continued ones joined, without comments."""
    bare = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in "\n".join(bare).replace("\\\n", " ").splitlines() if line.strip()]


def faults(text: str) -> list[str]:
    """Return the lines of a lock file that are no pin with hashes and a marker at most."""
    wrong = []
    for line in lines(text):
        pin, *hashes = re.split(r"\s+(?=--)", line.strip())
        held = hashes and all(HASH.fullmatch(h.strip()) for h in hashes)
        if not (held and re.fullmatch(PIN.pattern + r"(\s*;.*)?", pin)):
            wrong.append(line)
    return wrong


def pins(text: str) -> dict[str, set[str]]:
    """Return each package's versions; there are several where a marker tells them apart."""
    found: dict[str, set[str]] = {}
    for line in lines(text):
        if match := PIN.match(line):
            found.setdefault(plain(match[1]), set()).add(match[2])
    return found


@pytest.fixture
def project_table(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "pandas==3.1.1",
        "pandas>=3 --hash=sha256:" + "a" * 64,
        "pandas==3.1.1 --hash=md5:" + "a" * 32,
        "pandas @ https://example.org/pandas.whl --hash=sha256:" + "a" * 64,
        "--index-url https://example.org/simple",
        "--extra-index-url=https://example.org/simple",
        "-r other.txt",
        "-e .",
    ],
)
def test_a_line_that_is_no_pin_with_hashes_is_seen(line):
    good = "rich==15.0.0 ; python_version < '3.13' \\\n    --hash=sha256:" + "b" * 64

    assert faults(good) == []
    assert faults(f"{good}\n{line}") == [line]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(repository, lock):
    text = (repository / lock).read_text(encoding="utf-8")

    assert len(pins(text)) > 50
    assert faults(text) == []


def test_the_crate_validators_own_environment_is_pinned_with_hashes(repository):
    text = (repository / "tests/crate-requirements.txt").read_text(encoding="utf-8")
    stated = (repository / "tests/crate-requirements.in").read_text(encoding="utf-8")

    assert faults(text) == []
    assert set(stated.split()) <= {f"{n}=={v}" for n, found in pins(text).items() for v in found}


@pytest.mark.parametrize("lock", [*LOCKS, "tests/crate-requirements.txt"])
def test_a_lock_file_names_no_package_index(repository, lock):
    text = (repository / lock).read_text(encoding="utf-8")

    assert re.findall(r"index-url|find-links|trusted-host|\bhttps?:|file:", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_direct_dependency_is_locked_at_the_version_it_states(
    repository, project_table, lock
):
    locked = pins((repository / lock).read_text(encoding="utf-8"))
    direct = project_table["project"]["dependencies"]
    stated = {plain(m[1]): {m[2]} for m in map(PIN.match, direct) if m}

    assert len(stated) == len(direct), "each direct dependency states one version"
    assert {name: locked.get(name) for name in stated} == stated


def test_what_the_build_of_the_package_requires_is_locked(repository, project_table):
    locked = pins((repository / "requirements.txt").read_text(encoding="utf-8"))

    for requirement in project_table["build-system"]["requires"]:
        match = PIN.fullmatch(requirement)
        assert match
        assert locked[plain(match[1])] == {match[2]}


def test_what_the_tests_need_is_locked(repository, project_table):
    locked = pins((repository / "tests/requirements.txt").read_text(encoding="utf-8"))
    names = project_table["project"]["optional-dependencies"]["test"]

    assert [n for n in names if plain(re.match(r"[\w.-]+", n)[0]) not in locked] == []


def test_the_tests_run_with_the_versions_that_readers_install(repository):
    book, tests = (pins((repository / lock).read_text(encoding="utf-8")) for lock in LOCKS)

    assert {name: tests.get(name) for name in book} == book


def test_the_version_is_that_of_the_current_edition_everywhere(repository, monkeypatch):
    monkeypatch.delenv("BALKANDEFENCE_ROOT", raising=False)
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["version"] == balkandefence.__version__ == balkandefence.CURRENT
    assert editions.load().id == balkandefence.CURRENT
    assert citation["date-released"] >= editions.load().as_of
