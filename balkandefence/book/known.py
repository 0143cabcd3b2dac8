"""The hash of what a table said on a day, remembered under _build for the bytes that said it.

Working out what was known takes a second for all tables of the book; between two builds few of
them change. What is remembered rests on the table's files, the sources and the code that reads
them; a damaged memory is none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path

from balkandefence import paths, sealed, tables
from balkandefence.tables import verdicts

#: Answers that are remembered at most; those asked for longest ago go first.
_MOST = 4000


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _said(name: str, day: str, where: str = "") -> str:
    """Return what a table said on a day, of some of its rows with their lines."""
    known = tables.known(name, dt.date.fromisoformat(day))
    if not where:
        return known.text
    rows = tables.holding(known.rows, tables.sidecar(name), json.loads(where))
    return json.dumps([list(rows.columns), rows.index.tolist(), rows.to_numpy().tolist()])


class Memory:
    """What is remembered, and what has been asked for since."""

    @property
    def _file(self) -> Path:
        return paths.build() / "known.json"

    def __init__(self) -> None:
        self._is_sound = cache(lambda name: not tables.check(name))

    @cached_property
    def _kept(self) -> dict[str, str]:
        content = sealed.read(self._file)
        return {} if content is None else dict(json.loads(content))

    @cached_property
    def _key(self) -> Callable[[str, Iterable[Path]], str]:
        return verdicts.keying()

    def hash(self, name: str, *rest: str) -> str:
        """Return the hash of what a table said: its name, the day, and of which rows.

        Raises what `tables.known` and `tables.holding` raise.
        """
        if not self._is_sound(name):
            return _sha(_said(name, *rest))  # which tells what is wrong
        data = paths.data()
        files = [data / tables.sidecar(name).file, data / f"{name}.yml", paths.references()]
        asked = json.dumps([name, *rest])
        key = self._key(asked, files)
        found = self._kept.pop(key, None)
        if found is None:
            found = _sha(_said(name, *rest))
            if verdicts.keying()(asked, files) != key:  # a file changed meanwhile
                return found
        self._kept[key] = found  # the last asked for stand last
        return found

    def keep(self) -> None:
        """Remember it all for the next build."""
        sealed.write(self._file, json.dumps(dict(list(self._kept.items())[-_MOST:])).encode())
