"""A copy of what the project's own checks read, for scaffolds to write into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from balkandefence.book import forks, warming

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "book"))
import desk as desks

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Copy:
    """A copy of the project, worked on by its own package."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which Python uses the copy's own package."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "BALKANDEFENCE"))}
        return {**kept, "PYTHONPATH": str(self.root)}

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run Python in the copy; return the exit code, and what it said."""
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run `balkandefence`, where it can be in a fork of a process that holds the imports."""
        with mock.patch.dict(os.environ, desks.warmth()):
            return forks.run(
                warming.KIND, "balkandefence", [*arguments], self.environment, self.root
            )

    def new(self, *arguments: str) -> tuple[int, str]:
        """Run `balkandefence new`."""
        return self.command("new", *arguments)

    def check(self) -> str:
        """Return what the copy's own check says."""
        return self.command("check")[1]

    def contents(self) -> dict[str, bytes]:
        """Return every source file by its path."""
        files = (p for p in self.root.rglob("*") if p.is_file())
        kept = (p for p in files if not {"__pycache__", "_build"} & set(p.parts))
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in kept}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Copy the project's sources, without tests and what is generated."""
    root = tmp_path / "copy"
    root.mkdir()
    for name in ("balkandefence", "chapters", "data", "editions"):
        shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_toc.yml", "_config.yml", "references.bib", "requirements.txt", "pyproject.toml"):
        shutil.copyfile(CHECKOUT / name, root / name)
    return Copy(root)
