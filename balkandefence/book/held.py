"""Modules that a warm process imported, lent to its forks as if each imported them itself.

A notebook's run must tell which modules of the package it used. So all are put aside once they are
imported, and a fork gets one, with all that it imports in its turn, only when it asks for it; from
then on the fork has it like any other. They are lent while they are what stands on disk. Of the
package nothing is imported here: `warm` loads this file by its path.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any


def _names(package: ModuleType, without: Sequence[str]) -> Iterator[str]:
    """Yield the names of all modules below a package, save of some of its parts."""
    for part in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if part.name.rpartition(".")[2] in without:
            continue
        yield part.name
        if part.ispkg:
            with contextlib.suppress(Exception):
                yield from _names(importlib.import_module(part.name), ())


class Held(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The modules of one package, save those of the parts `without`, put aside for forks."""

    def __init__(self, package: str, without: Sequence[str]) -> None:
        self._package = package
        self._modules: dict[str, ModuleType] = {}
        self._specs: dict[str, importlib.machinery.ModuleSpec | None] = {}
        self._needs: dict[str, list[str]] = defaultdict(list)
        self._shadows: dict[str, dict[str, Any]] = defaultdict(dict)
        self._files: list[tuple[str, int, int]] = []
        with contextlib.suppress(Exception), self._noting():
            found = importlib.import_module(package)
            before = self._state(found)
            for name in _names(found, without):
                with contextlib.suppress(Exception):  # whoever needs it will meet and tell the same
                    importlib.import_module(name)
            self._files = before if before == self._state(found) else []
        self._put_aside()

    def lend(self) -> None:
        """Lend what is held to this process, unless it is not what it would import by itself."""
        own = self._modules.get(self._package)
        with contextlib.suppress(ImportError, ValueError, OSError):
            there = importlib.util.find_spec(self._package)
            if own and there and there.origin == own.__file__ and self._files == self._state(own):
                sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Return how a held module is imported, None for any other."""
        held = self._modules.get(name)
        if held is None:
            return None
        is_package = hasattr(held, "__path__")
        return importlib.machinery.ModuleSpec(name, self, is_package=is_package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the held module."""
        return self._modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """Import what the module imported; its own code has run."""
        module.__spec__ = self._specs[module.__name__]
        for name in self._needs[module.__name__]:
            importlib.import_module(name)
        vars(module).update(self._shadows[module.__name__])

    def _is_ours(self, name: str) -> bool:
        return name == self._package or name.startswith(f"{self._package}.")

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        """Note which modules each one imports as it is imported, itself or by what it calls."""
        plain = builtins.__import__

        def noting(
            name: str, of: Any = None, own: Any = None, parts: Any = (), level: int = 0
        ) -> Any:
            made = plain(name, of, own, parts, level)
            caller: Any = sys._getframe(1)
            while caller and not (
                caller.f_code.co_name == "<module>"
                and self._is_ours(caller.f_globals.get("__name__", ""))
            ):
                caller = caller.f_back
            if caller:
                whole = importlib.util.resolve_name(
                    "." * level + name, (of or {}).get("__package__")
                )
                all_of_it = [whole, *(f"{whole}.{part}" for part in parts or ())]
                found = [each for each in all_of_it if self._is_ours(each) and each in sys.modules]
                self._needs[caller.f_globals["__name__"]] += found
            return made

        builtins.__import__ = noting  # type: ignore[assignment]
        try:
            yield
        finally:
            builtins.__import__ = plain

    def _put_aside(self) -> None:
        for name in [name for name in sys.modules if self._is_ours(name)]:
            self._modules[name] = sys.modules.pop(name)
            self._specs[name] = self._modules[name].__spec__
        for name, module in self._modules.items():
            parent, _, own = name.rpartition(".")
            of = vars(self._modules[parent]) if parent in self._modules else {}
            if of.get(own) is module:
                del of[own]  # it comes back when the module is imported
            elif own in of:  # a function of that name, say, which an import would hide
                self._shadows[parent][own] = of[own]

    def _state(self, package: ModuleType) -> list[tuple[str, int, int]]:
        """Return when each of the package's modules changed, and its size."""
        found = []
        for folder, _, files in os.walk(os.path.dirname(str(package.__file__))):
            for file in files:
                if file.endswith(".py"):
                    stat = os.stat(os.path.join(folder, file))
                    found.append((os.path.join(folder, file), stat.st_mtime_ns, stat.st_size))
        return sorted(found)
