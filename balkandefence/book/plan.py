"""What a build must do: the pages in order, and which of them are notebooks to run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from balkandefence import BookError, paths, yamls
from balkandefence.book import record
from balkandefence.editions import Edition


class PlanError(BookError, ValueError):
    """The table of contents or a page it names cannot be used."""


@dataclass(frozen=True)
class Page:
    """One page of the book: its name in addresses, its file, and what only its run is told."""

    name: str
    path: Path
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def is_notebook(self) -> bool:
        """Return whether the page comes from running a notebook."""
        return self.path.suffix == ".ipynb"


@dataclass(frozen=True)
class Job:
    """One run of a notebook: the page it makes and the parameters it gets.

    `figures` is how many it is known to draw. Where several books are made at once, `book` tells
    whose page it is.
    """

    page: str
    notebook: Path
    parameters: dict[str, Any]
    figures: int = 0
    book: str = ""

    @property
    def name(self) -> str:
        """Return what tells the run from all others of the same call."""
        return f"{self.book}/{self.page}" if self.book else self.page


def _written() -> dict[str, Any]:
    path = paths.root() / "_toc.yml"
    try:
        content = yamls.read(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PlanError(f"_toc.yml: {error}") from error
    if not isinstance(content, dict):
        raise PlanError("_toc.yml: expected 'root:' and 'chapters:' or 'parts:'")
    return content


def _copies(entry: dict[str, Any], edition: Edition) -> list[dict[str, Any]]:
    """Return one entry a country for an entry marked `each: countries`."""
    if entry["each"] != "countries":
        raise PlanError(f"_toc.yml: each: {entry['each']!r} is not known; it can be 'countries'")
    codes = [*edition.countries, *entry.get("also", [])]
    rest = {key: value for key, value in entry.items() if key not in ("each", "also")}
    return [
        {**rest, "file": f"{entry['file']}-{code.lower()}", "run": entry["file"], "country": code}
        for code in dict.fromkeys(codes)
    ]


def _expanded(content: Any, edition: Edition) -> Any:
    if isinstance(content, dict):
        return {key: _expanded(value, edition) for key, value in content.items()}
    if not isinstance(content, list):
        return content
    entries: list[Any] = []
    for entry in content:
        if isinstance(entry, dict) and "each" in entry:
            entries += _copies(entry, edition)
        else:
            entries.append(_expanded(entry, edition))
    return entries


def toc(edition: Edition) -> dict[str, Any]:
    """Return _toc.yml for an edition: as written, with one entry a country where it says so.

    Raises PlanError where it is missing or is not what Jupyter Book understands.
    """
    return dict(_expanded(_written(), edition))


def _entries(content: object) -> Iterator[dict[str, Any]]:
    """Yield the entries of a table of contents that name a page, in its order."""
    if isinstance(content, dict):
        if "root" in content or "file" in content:
            yield content
        for name in ("parts", "chapters", "sections", "entries", "subtrees"):
            yield from _entries(content.get(name))
    elif isinstance(content, list):
        for entry in content:
            yield from _entries(entry)


def pages(edition: Edition) -> list[Page]:
    """Return the pages in the order of _toc.yml, the only place where it is written.

    Raises PlanError that lists every page without a file, and every page named twice.
    """
    found: list[Page] = []
    faults = []
    for entry in _entries(toc(edition)):
        named = str(entry.get("root", entry.get("file")))
        stem = paths.root() / str(entry.get("run", named))
        files = [f for f in (stem.with_suffix(".ipynb"), stem.with_suffix(".md")) if f.is_file()]
        told = {"country": entry["country"]} if "country" in entry else edition.told(stem.name)
        if not files:
            faults.append(f"{named}: there is neither {stem.name}.ipynb nor {stem.name}.md")
        elif Path(named).name in [page.name for page in found]:
            faults.append(f"{named}: is named twice")
        else:
            found.append(Page(Path(named).name, files[0], told))
    if faults:
        raise PlanError("_toc.yml:\n  " + "\n  ".join(faults))
    return found


def jobs(edition: Edition) -> list[Job]:
    """Return the runs that an edition needs."""
    drawn = record.drawn(edition.id)
    return [
        Job(page.name, page.path, {**edition.parameters, **page.parameters}, drawn[page.name])
        for page in pages(edition)
        if page.is_notebook
    ]
