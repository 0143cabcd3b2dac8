"""SHA256SUMS, as `sha256sum -c` reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from balkandefence import BookError
from balkandefence.book import publish, record

NAME = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class ChecksumsError(BookError, ValueError):
    """A SHA256SUMS cannot be read."""


def files(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by its path, its own SHA256SUMS and the marks apart."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    left_out = (NAME, publish.MARK, publish.SITE_MARK)
    return {n: found[n] for n in sorted(found) if found[n].is_file() and n not in left_out}


def write(folder: Path) -> None:
    """Write a folder's SHA256SUMS, sorted by path."""
    lines = [f"{record.sha256(path.read_bytes())}  {name}" for name, path in files(folder).items()]
    (folder / NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, str]:
    """Return the hashes that a folder's SHA256SUMS lists, by path.

    Raises ChecksumsError where there is none or a line is none of its own.
    """
    path = folder / NAME
    if not path.is_file():
        raise ChecksumsError(f"there is no {path}")
    listed = {}
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise ChecksumsError(f"{path}:{number} is not 'HASH  FILE': {line[:80]!r}")
        listed[match[2]] = match[1]
    return listed


def faults(folder: Path, only: Iterable[str] | None = None) -> list[tuple[str, str, str]]:
    """Return file, hash as listed and hash as it is, of each file that differs from SHA256SUMS.

    Of `only` some files, where given. A hash is "none" where the file is not there or not listed.
    """
    listed, there = read(folder), files(folder)
    names = sorted({*listed, *there} if only is None else {*only} & {*listed, *there})
    found = []
    for name in names:
        is_now = record.sha256(there[name].read_bytes()) if name in there else "none"
        if listed.get(name, "none") != is_now:
            found.append((name, listed.get(name, "none"), is_now))
    return found
