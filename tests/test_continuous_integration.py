"""What continuous integration runs is pinned, and keeps every released edition."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
import yaml


@pytest.fixture
def workflow(repository):
    return (repository / ".github/workflows/book.yml").read_text(encoding="utf-8")


def test_every_action_is_pinned_to_one_commit(workflow):
    used = re.findall(r"uses: *(\S+)", workflow)

    assert len(used) >= 5
    assert [name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name)] == []


def test_only_a_tag_releases_and_only_after_the_tests_and_the_proof(workflow):
    jobs = yaml.safe_load(workflow)["jobs"]
    release = jobs.pop("release")

    assert release["if"] == "startsWith(github.ref, 'refs/tags/')"
    assert set(release["needs"]) == set(jobs)
    assert all("permissions" not in job for job in jobs.values())
    steps = [step["run"] for step in release["steps"] if "run" in step]
    assert [step.split()[0:2] for step in steps] == [
        [".ci/site", "fetch"],
        ["make", "release"],
        [".ci/site", "keep"],
    ]


def test_the_edition_is_proved_on_every_python_that_the_package_supports(workflow):
    proved = yaml.safe_load(workflow)["jobs"]["verify"]["strategy"]["matrix"]["python"]

    assert proved == ["3.11", "3.12", "3.13"]


# The branch that keeps the released editions


def git(folder, *arguments):
    ran = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True,
                         check=True)  # fmt: skip
    return ran.stdout


@pytest.fixture
def clones(tmp_path, repository, monkeypatch):
    """Two clones of a repository that holds the script, and its remote."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "tester@home")
    origin = tmp_path / "origin.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", origin)
    made = tmp_path / "one"
    git(tmp_path, "clone", "-q", origin, made)
    (made / ".ci").mkdir()
    shutil.copy(repository / ".ci/site", made / ".ci/site")
    (made / ".gitignore").write_text("/_build/\n*.ignored\n")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "All")
    git(made, "push", "-q", "origin", "HEAD:main")
    git(tmp_path, "clone", "-q", origin, tmp_path / "two")
    return made, tmp_path / "two"


def site(clone, *arguments):
    """Run the script of a clone from elsewhere."""
    return subprocess.run([clone / ".ci/site", *arguments], cwd="/", capture_output=True,
                          text=True, check=False)  # fmt: skip


def put(clone, **files):
    for name, text in files.items():
        path = clone / "_build/site" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")


def test_what_one_release_keeps_the_next_one_gets_byte_for_byte(clones):
    first, second = clones
    assert site(first, "fetch").returncode == 0
    put(first, **{"a__index_dot_html": "one\r\n", "_dot_mark": "", "x_dot_ignored": "kept"})
    kept = site(first, "keep", "Release a")
    assert kept.returncode == 0, kept.stderr
    assert git(first, "status", "--porcelain") == ""

    assert site(second, "fetch").returncode == 0
    folder = second / "_build/site"
    assert (folder / "a/index.html").read_bytes() == b"one\r\n"
    assert {path.name for path in folder.iterdir()} == {"a", ".mark", "x.ignored"}
    put(second, b__index_dot_html="two")
    assert site(second, "keep", "Release b").returncode == 0

    log = git(second, "log", "--format=%s", "refs/remotes/origin/gh-pages", "--")
    assert log == "Release b\nRelease a\n"
    assert site(first, "fetch").returncode == 0
    assert (first / "_build/site/b/index.html").read_text() == "two"


def test_of_two_releases_at_once_the_later_one_is_refused(clones):
    first, second = clones
    for clone in clones:
        assert site(clone, "fetch").returncode == 0
    put(first, a="1")
    put(second, b="2")
    assert site(first, "keep", "Release a").returncode == 0
    refused = site(second, "keep", "Release b")
    assert refused.returncode != 0
    assert "rejected" in refused.stderr
    assert site(second, "fetch").returncode == 0
    assert (second / "_build/site/a").is_file()


def test_a_remote_that_does_not_answer_is_an_error_not_an_empty_site(clones):
    first, _ = clones
    git(first, "remote", "set-url", "origin", "/nowhere")
    assert site(first, "fetch").returncode not in (0, 2)


@pytest.mark.parametrize("arguments", [(), ("drop",), ("keep",)])
def test_the_script_says_how_it_is_used(clones, arguments):
    ran = site(clones[0], *arguments)
    assert ran.returncode != 0
    assert "usage:" in ran.stderr or "say what is kept" in ran.stderr


def test_the_script_is_a_program(repository):
    assert os.access(repository / ".ci/site", os.X_OK)
