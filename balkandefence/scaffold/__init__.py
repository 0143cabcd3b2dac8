"""Starting points for authors: each is complete, passes all checks, and is written whole or not.

A scaffold invents no fact: what only its author can know, it asks for and refuses without.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from balkandefence import BookError, atomic, paths


class ScaffoldError(BookError, ValueError):
    """Nothing was written; the message says why, and what to give instead."""


def words(name: str, what: str) -> str:
    """Return a name of lower-case words joined by '-'; refuse any other."""
    if not re.fullmatch(r"[a-z]+(?:-[a-z0-9]+)*", name):
        raise ScaffoldError(f"{name!r} is no name for {what}: use lower-case words joined by '-'")
    return name


def known_source(key: str) -> str:
    """Return a key of references.bib; refuse one that is not there, with the nearest."""
    from balkandefence import sources  # the command line imports this module at every start

    known = sources.keys()
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "add its entry first"
        raise ScaffoldError(f"source {key!r} is not in references.bib; {hint}")
    return key


def wanting(given: Mapping[str, str]) -> None:
    """Refuse where an option is empty; all that are missing are named at once."""
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        raise ScaffoldError(
            f"only you can know {', '.join(missing)}; give {'them' if missing[1:] else 'it'}"
        )


def write(new: Mapping[Path, str], changed: Mapping[Path, str] | None = None) -> list[str]:
    """Write new files and changed ones, all or none; return them relative to the root.

    Raises ScaffoldError where a new file is there already.
    """
    refuse_existing(new)
    texts = {**new, **(changed or {})}
    atomic.write(texts)
    return [path.relative_to(paths.root()).as_posix() for path in texts]


def refuse_existing(files: Iterable[Path]) -> None:
    """Refuse to write over a file."""
    there = [path.relative_to(paths.root()).as_posix() for path in files if path.exists()]
    if there:
        raise ScaffoldError(f"{', '.join(there)}: is there already; choose another name")
