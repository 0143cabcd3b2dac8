"""Where pages are staged and compiled, and what the last build left there to go on from.

One place is kept below _build, for the one build at a time that holds its lock; other builds at
the same time compile from nothing. It is used only with the seal of a build that came to its end
there, and only where every file is as that build left it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import filecmp
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from balkandefence import paths, sealed

#: What of the staged files shows on all pages: where one changed, they are compiled from nothing.
_SHARED = ("_config.yml", "_toc.yml", "_static")


def _files(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True)
class Place:
    """A folder for what is staged, for the finished pages, and for what was read of them."""

    folder: Path

    @property
    def staged(self) -> Path:
        """Return the folder of staged pages, and of what they show."""
        return self.folder / "staged"

    @property
    def made(self) -> Path:
        """Return the folder of finished pages."""
        return self.folder / "made"

    @property
    def trees(self) -> Path:
        """Return the folder of what was read of the pages."""
        return self.folder / "trees"

    @property
    def _seal(self) -> Path:
        return self.folder / "seal.json"

    def forget(self) -> None:
        """Remove all that was compiled."""
        for folder in (self.made, self.trees):
            shutil.rmtree(folder, ignore_errors=True)

    def unseal(self, as_of: dt.date) -> None:
        """Open the place for a build of a day; what no seal of that day vouches for is removed."""
        kept = sealed.read(self._seal)
        self._seal.unlink(missing_ok=True)
        if kept is None or json.loads(kept) != self._state(as_of):
            shutil.rmtree(self.staged, ignore_errors=True)
            self.forget()

    def seal(self, as_of: dt.date) -> None:
        """Vouch for what is here now, of a day."""
        sealed.write(self._seal, json.dumps(self._state(as_of)).encode())

    def _state(self, as_of: dt.date) -> dict[str, Any]:
        """Return the names of all files, and the hash of those that compiling goes on from.

        The staged ones are compared with new ones byte by byte in any case.
        """
        state: dict[str, Any] = {"as_of": str(as_of), "staged": sorted(_files(self.staged))}
        for folder in (self.made, self.trees):
            state[folder.name] = {
                name: hashlib.sha256(path.read_bytes()).hexdigest()
                for name, path in _files(folder).items()
            }
        return state

    def take_over(self, staged: Path) -> None:
        """Bring what is staged here to the state of a folder, touching only what changed.

        Where a page or a file is new or gone, or all pages show what changed, nothing that was
        compiled stays.
        """
        new, old = _files(staged), _files(self.staged)
        changed = [
            name
            for name in new.keys() & old.keys()
            if not filecmp.cmp(new[name], old[name], shallow=False)
        ]
        if new.keys() != old.keys() or any(name.split("/")[0] in _SHARED for name in changed):
            self.forget()
            shutil.rmtree(self.staged, ignore_errors=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            os.rename(staged, self.staged)
            return
        for name in changed:
            os.replace(new[name], old[name])
            # read anew, even if by the clock it should have been read since
            (self.trees / f"{old[name].stem}.doctree").unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold a folder's lock; yield False where another build does, or where there are no locks."""
    try:
        import fcntl
    except ImportError:
        yield False
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


@contextlib.contextmanager
def kept(private: Path, as_of: dt.date) -> Iterator[Place]:
    """Yield the kept place, sealed again where all goes well, or `private` if that is in use.

    Pages of another day are no beginning: all of them may show it.
    """
    folder = paths.build() / "pages"
    with _alone(folder) as alone:
        if not alone:
            yield Place(private)
            return
        place = Place(folder)
        place.unseal(as_of)
        yield place
        place.seal(as_of)
