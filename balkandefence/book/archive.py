"""Archives of an edition: the same bytes each time, and unpacked without trust."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from balkandefence import BookError

#: What an archive may hold at most: several times what an edition has.
_FILES, _BYTES = 20_000, 2 * 1024**3


class ArchiveError(BookError, ValueError):
    """An archive is not one that this program writes; nothing of it was unpacked."""


def name(id: str) -> str:
    """Return the name of an edition's archive."""
    return f"balkandefence-{id}.tar.gz"


def _member(path: str, size: int, second: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.size, member.mtime, member.mode = size, second, 0o644
    return member


def write(folder: Path, target: Path, *, top: str, day: dt.date) -> None:
    """Write every file of a folder into a .tar.gz, below one folder named `top`.

    Files stand in the order of their paths, dated `day`, owned by nobody, so that the same folder
    gives the same bytes.
    """
    second = int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())
    files = sorted(
        (path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file()
    )
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=second) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as made,
    ):
        for inside, path in files:
            content = path.read_bytes()
            member = _member(f"{top}/{inside}", len(content), second)
            made.addfile(member, io.BytesIO(content))


def _refusal(member: tarfile.TarInfo, seen: set[str], top: str) -> str:
    """Return why a member is refused, "" where it is fine."""
    parts = PurePosixPath(member.name).parts
    if not (member.isfile() or member.isdir()):
        return f"{member.name} is a link or a device, expected plain files"
    if "\\" in member.name or ":" in member.name or member.name.startswith("/") or ".." in parts:
        return f"{member.name} lies outside the archive"
    if parts[:1] != (top,):
        return f"{member.name} does not lie in the one folder {top!r}"
    if member.name in seen:
        return f"{member.name} stands twice in it"
    return ""


def _members(opened: tarfile.TarFile, file: str) -> Iterator[tarfile.TarInfo]:
    seen: set[str] = set()
    total, top = 0, ""
    for member in opened:
        top = top or next(iter(PurePosixPath(member.name).parts), "")
        if fault := _refusal(member, seen, top):
            raise ArchiveError(f"{file} is refused: {fault}; nothing was unpacked")
        seen.add(member.name)
        total += member.size
        if len(seen) > _FILES or total > _BYTES:
            said = f"it holds more than {_FILES:,} files or {_BYTES // 1024**3} GiB"
            raise ArchiveError(f"{file} is refused: {said}; nothing was unpacked")
        yield member


def unpack(file: Path, folder: Path) -> Path:
    """Unpack an archive into a new folder and return its one folder within.

    Raises ArchiveError, before anything is written, where a path leads outside, where a member is
    no plain file, or where the file is no whole archive.
    """
    try:
        with tarfile.open(file, "r:gz") as opened:
            members = [member for member in _members(opened, file.name) if member.isfile()]
            if not members:
                raise ArchiveError(f"{file.name} is refused: it holds no file")
            for member in members:
                content = opened.extractfile(member)
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read() if content else b"")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        said = "is not a whole .tar.gz archive of an edition"
        raise ArchiveError(f"{file.name} {said}: {error}") from error
    return folder / PurePosixPath(members[0].name).parts[0]
