"""What staging needs and no notebook changes, made ready while notebooks run."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import threading

import balkandefence
from balkandefence import editions, tables
from balkandefence.book import changes, record
from balkandefence.editions import Edition

#: The packages of functions that a record tells the fingerprints of.
_FUNCTIONS = ("measures", "charts")


def make_ready(edition: Edition) -> None:
    """Import and read what staging an edition will ask for; all of it is kept in memory."""
    for package in _FUNCTIONS:
        found = importlib.import_module(f"{balkandefence.__name__}.{package}")
        for module in pkgutil.iter_modules(found.__path__, f"{found.__name__}."):
            importlib.import_module(module.name)
    record.packages()
    before = changes.previous(edition.id)
    days = {edition.as_of} | ({editions.load(before).as_of} if before else set())
    for name in tables.names():
        for day in sorted(days):
            tables.known(name, day)


class Ahead:
    """Makes ready beside the caller, from when it is told to begin."""

    def __init__(self, edition: Edition) -> None:
        self._thread = threading.Thread(target=self._run, args=(edition,), daemon=True)

    def _run(self, edition: Edition) -> None:
        with contextlib.suppress(Exception):  # staging will meet and tell the same
            make_ready(edition)

    def begin(self) -> None:
        """Begin, unless it has begun."""
        if self._thread.ident is None:
            self._thread.start()

    def wait(self) -> None:
        """Return when all is ready, at once where it has not begun."""
        if self._thread.ident is not None:
            self._thread.join()
