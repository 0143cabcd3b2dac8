"""Put a finished book in the place of the last one, in a single step."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

from balkandefence import BookError
from balkandefence.book import leftovers

#: The file by which a folder is known as a book that this program made, and as a site of editions.
MARK, SITE_MARK = ".balkandefence", ".balkandefence-site"

_AT_FDCWD, _RENAME_EXCHANGE, _RENAME_SWAP = -100, 2, 2


class PublishError(BookError):
    """The book cannot be put where it was asked for."""


def refuse(out: Path, mark: str = MARK) -> None:
    """Raise PublishError where nothing can be put in the place of `out`.

    Either it holds something that this program did not make as such, or it cannot be written.
    """
    if out.is_file():
        raise PublishError(f"{out} is a file; name a folder for the book")
    if out.is_dir() and any(out.iterdir()) and not (out / mark).is_file():
        if (out / SITE_MARK).is_file():
            raise PublishError(f"{out} holds released editions; name another folder for the book")
        raise PublishError(f"{out} holds other files; name an empty or a new folder for the book")
    nearest = next(folder for folder in out.absolute().parents if folder.exists())
    try:
        os.rmdir(tempfile.mkdtemp(prefix=f".{out.name}.new-{os.getpid()}-", dir=nearest))
    except OSError as error:
        reason = error.strerror or str(error)
        raise PublishError(f"{out} cannot be made, {nearest}: {reason}; name another") from error


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one step; return False where the system cannot."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        names = os.fsencode(first), os.fsencode(second)
        if sys.platform == "darwin":
            return bool(library.renamex_np(*names, _RENAME_SWAP) == 0)
        return bool(
            library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0
        )
    except (OSError, AttributeError, TypeError):
        return False


def _previous(out: Path) -> Path:
    return out.with_name(f".{out.name}.previous")


def recover(out: Path, mark: str = MARK) -> None:
    """Put back the book that a killed build had set aside, where none took its place."""
    previous = _previous(out)
    if not out.exists() and (previous / mark).is_file():
        os.rename(previous, out)


def _exchange_by_renames(beside: Path, out: Path, mark: str) -> None:
    """Set the old book aside for the instant between two renames, and remove it."""
    previous = _previous(out)
    shutil.rmtree(previous, ignore_errors=True)
    os.rename(out, previous)
    try:
        os.rename(beside, out)
    finally:
        recover(out, mark)
    shutil.rmtree(previous, ignore_errors=True)


def publish(made: Path, out: Path, mark: str = MARK) -> None:
    """Move the finished folder `made` to `out`; whatever happens, `out` is the old or the new.

    Where the system cannot exchange two folders in one step, two renames do it; of a build killed
    between them, `recover` puts the old book back.
    """
    refuse(out, mark)
    (made / mark).write_text("made by balkandefence; replaced as a whole by the next build\n")
    out.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{out.name}.new-"
    leftovers.sweep(out.parent, prefix)
    beside = out.with_name(f"{prefix}{os.getpid()}")
    try:
        shutil.move(made, beside)
        if not out.exists():
            os.replace(beside, out)
        elif not _exchange(beside, out):
            _exchange_by_renames(beside, out, mark)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
