"""Copies of the whole repository, built by their own package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from desk import CHECKOUT

#: What a copy of the repository leaves behind: everything generated.
_GENERATED = (".venv", "_build", ".git", "__pycache__", ".*_cache", ".coverage*", "*.egg-info")


def copy_checkout(folder: Path) -> Path:
    """Copy the repository, without what is generated, to a new folder."""
    shutil.copytree(CHECKOUT, folder, ignore=shutil.ignore_patterns(*_GENERATED))
    return folder


def share_runs(root: Path) -> Path:
    """Let a copy use the runs that the repository's own builds kept, as far as they still hold."""
    kept = CHECKOUT / "_build" / "runs"
    kept.mkdir(parents=True, exist_ok=True)
    (root / "_build").mkdir(exist_ok=True)
    (root / "_build" / "runs").symlink_to(kept)
    return root


def plain_environment(root: Path, **more: str) -> dict[str, str]:
    """Return an environment in which Python uses the package of `root`, unmeasured."""
    unwanted = ("COV", "BALKANDEFENCE", "PYTEST", "SOURCE_DATE_EPOCH")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    return kept | {"PYTHONPATH": str(root)} | more


def build_copy(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Build the book of a copy by the copy's own package."""
    return subprocess.run(
        [sys.executable, "-m", "balkandefence", "build", *arguments],
        cwd=root,
        env=plain_environment(root, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@dataclass(frozen=True)
class RealBook:
    """The whole book, built once from a copy of the repository."""

    root: Path
    ran: subprocess.CompletedProcess[str]

    @property
    def folder(self) -> Path:
        return self.root / "_build" / "html"

    @property
    def pages(self) -> list[Path]:
        return sorted(self.folder.glob("*.html"))
