"""What staging needs and no notebook changes, made ready while notebooks run."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import threading
from types import ModuleType

import balkandefence
from balkandefence import editions, tables
from balkandefence.book import changes, fingerprint, record
from balkandefence.book.together import Staged
from balkandefence.editions import Edition


def _import_all(package: str) -> list[ModuleType]:
    found = importlib.import_module(f"{balkandefence.__name__}.{package}")
    inside = pkgutil.iter_modules(found.__path__, f"{found.__name__}.")
    return [importlib.import_module(module.name) for module in inside]


def make_ready(edition: Edition, staged: Staged) -> None:
    """Import and read what staging an edition will ask for; all of it is kept in memory."""
    for module in _import_all("measures"):
        fingerprint.read(module)
    if not fingerprint.known(record.program()):
        _import_all("charts")
    record.packages()
    before = changes.previous(edition.id)
    days = {edition.as_of} | ({editions.load(before).as_of} if before else set())
    for name in tables.names():
        for day in sorted(days):
            changes.facts(name, day)
    staged.make_ahead(edition.as_of)


class Ahead:
    """Makes ready beside the caller, from when it is told to begin."""

    def __init__(self, edition: Edition, staged: Staged) -> None:
        self._thread = threading.Thread(target=self._run, args=(edition, staged), daemon=True)

    def _run(self, edition: Edition, staged: Staged) -> None:
        with contextlib.suppress(Exception):  # staging will meet and tell the same
            make_ready(edition, staged)

    def begin(self) -> None:
        """Begin, unless it has begun."""
        if self._thread.ident is None:
            self._thread.start()

    def wait(self) -> None:
        """Return when all is ready, at once where it has not begun."""
        if self._thread.ident is not None:
            self._thread.join()
