"""What a build must do: the pages in order, and which of them are notebooks to run."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from balkandefence import BookError, paths
from balkandefence.book.execute import Job
from balkandefence.editions import Edition


class PlanError(BookError, ValueError):
    """The table of contents or a page it names cannot be used."""


@dataclass(frozen=True)
class Page:
    """One page of the book: its name in addresses and its file."""

    name: str
    path: Path

    @property
    def is_notebook(self) -> bool:
        """Return whether the page comes from running a notebook."""
        return self.path.suffix == ".ipynb"


def _named(content: object) -> Iterator[str]:
    """Yield the files that a table of contents names, in its order."""
    if isinstance(content, dict):
        for name in ("root", "file"):
            if name in content:
                yield str(content[name])
        for name in ("parts", "chapters", "sections", "entries", "subtrees"):
            yield from _named(content.get(name))
    elif isinstance(content, list):
        for entry in content:
            yield from _named(entry)


def toc() -> dict[str, Any]:
    """Return _toc.yml as it stands; PlanError where it is missing or not YAML."""
    path = paths.root() / "_toc.yml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PlanError(f"_toc.yml: {error}") from error
    if not isinstance(content, dict):
        raise PlanError("_toc.yml: expected 'root:' and 'chapters:' or 'parts:'")
    return content


def pages() -> list[Page]:
    """Return the pages in the order of _toc.yml, the only place where it is written."""
    found, missing = [], []
    for named in _named(toc()):
        stem = paths.root() / named
        files = [f for f in (stem.with_suffix(".ipynb"), stem.with_suffix(".md")) if f.is_file()]
        if files:
            found.append(Page(stem.name, files[0]))
        else:
            missing.append(f"{named}: there is neither {named}.ipynb nor {named}.md")
    if missing:
        raise PlanError("_toc.yml names pages that do not exist:\n  " + "\n  ".join(missing))
    return found


def _digest(files: list[Path]) -> str:
    sums = hashlib.sha256()
    for path in sorted(files):
        sums.update(str(path.relative_to(paths.root())).encode() + b"\0")
        sums.update(hashlib.sha256(path.read_bytes()).digest())
    return sums.hexdigest()


def _shared_inputs() -> list[Path]:
    """Return every file, the notebook apart, that may change what a run gives."""
    package = [p for p in Path(__file__).parents[1].rglob("*.py") if p.parent.name != "book"]
    data = [p for p in paths.data().iterdir() if p.is_file()]
    editions = [paths.editions() / "parameters.yml"]
    root = paths.root()
    package = [p for p in package if p.is_relative_to(root)]
    return [*package, *data, *editions, paths.references(), root / "requirements.txt"]


def jobs(edition: Edition) -> list[Job]:
    """Return the runs that an edition needs, each with a key of everything it depends on.

    Two jobs of the same key give the same executed notebook.
    """
    shared = _digest(_shared_inputs())
    made = []
    for page in pages():
        if page.is_notebook:
            parts = [
                shared,
                hashlib.sha256(page.path.read_bytes()).hexdigest(),
                json.dumps(edition.parameters, sort_keys=True),
                edition.id,
                ".".join(platform.python_version_tuple()[:2]),
            ]
            key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
            made.append(Job(page.name, page.path, edition.parameters, key))
    return made
