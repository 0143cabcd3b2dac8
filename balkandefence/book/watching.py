"""Notice what an author saves: chapters, data, editions, sources, settings, package and styles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter, watch

import balkandefence
from balkandefence import paths

#: Folders of the project that are watched with all that is in them.
_FOLDERS = ("chapters", "data", "editions")
#: Files beside them.
_FILES = ("references.bib", "_config.yml", "_toc.yml")
#: Endings of what makes the book; all else in the folders is an editor's or a system's own.
_ENDINGS = (".ipynb", ".md", ".csv", ".yml", ".yaml", ".geojson", ".json", ".bib", ".py", ".css",
            ".js", ".svg")  # fmt: skip
#: Milliseconds without another change after which those so far are told, and the most they wait.
_STILL, _MOST = 50, 1000


def package() -> Path:
    """Return the folder of the package that makes the book."""
    return Path(balkandefence.__file__).resolve().parent


class _Filter(DefaultFilter):
    """Lets through the files that make the book, saved by whatever editor."""

    def __init__(self, wanted: Callable[[Path], bool]) -> None:
        super().__init__()
        self._wanted = wanted

    def __call__(self, change: object, path: str) -> bool:
        """Return whether a change of this file is told."""
        file = Path(path)
        plain = not file.name.startswith((".", "~", "#")) and file.suffix in _ENDINGS
        return plain and self._wanted(file) and super().__call__(change, path)  # type: ignore[arg-type]


def _beside(file: Path) -> bool:
    """Return whether a file in the root itself makes the book; modules of a chapter's own do."""
    return file.parent == paths.root() and (file.name in _FILES or file.suffix == ".py")


class Watch:
    """What was saved since it was last asked for, noticed from the moment it is opened."""

    def __init__(self) -> None:
        self._found: set[Path] = set()
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Watch:
        folders = [paths.root() / name for name in _FOLDERS]
        inside = [str(folder) for folder in (*folders, package()) if folder.is_dir()]
        self._begin(inside, lambda file: True, deep=True)
        # the folder and not the files: most editors save by putting a new file in the old's place
        self._begin([str(paths.root())], _beside, deep=False)
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(5)

    def _begin(self, places: list[str], wanted: Callable[[Path], bool], *, deep: bool) -> None:
        def look() -> None:
            for changes in watch(
                *places,
                watch_filter=_Filter(wanted),
                step=_STILL,
                debounce=_MOST,
                stop_event=self._stop,
                rust_timeout=500,
                recursive=deep,
                raise_interrupt=False,
            ):
                with self._news:
                    self._found |= {Path(path) for _, path in changes}
                    self._news.notify()

        self._threads.append(threading.Thread(target=look, daemon=True))
        self._threads[-1].start()

    def waiting(self) -> frozenset[Path]:
        """Return the files that were saved and not yet asked for."""
        with self._news:
            return frozenset(self._found)

    def next(self) -> set[Path]:
        """Return the files that were saved, as soon as there are any."""
        with self._news:
            while not self._found:
                self._news.wait(0.5)  # short: so that Ctrl-C is heard everywhere
            found, self._found = self._found, set()
        return found
