"""The fingerprint of a function: it changes when what the function does may have changed.

It covers the function's own source and that of every function, class and plain constant of the
project that it uses, directly or not. Docstrings, comments and blank lines do not count.

Those of the package's functions are kept below _build: they stay as they are while it does.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from balkandefence import paths, sealed

#: Modules that every measure and chart stands on; the record's `program` covers them.
_COMMON = ("book", "editions", "paths", "provenance", "publishing", "sources", "tables")
_PLAIN = (str, int, float, bool, bytes, type(None))


def function(name: str) -> Callable[..., Any]:
    """Return the function of a dotted name, without its decorators."""
    module, _, attribute = name.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return inspect.unwrap(found)


def _definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Yield each function and class in a tree, itself too; statements alone are looked at."""
    if isinstance(tree, ast.FunctionDef | ast.ClassDef):
        yield tree
    for part in ("body", "orelse", "handlers", "finalbody", "cases"):
        for statement in getattr(tree, part, ()):
            yield from _definitions(statement)


def _docstring_lines(tree: ast.AST) -> set[int]:
    lines: set[int] = set()
    for node in _definitions(tree):
        if ast.get_docstring(node, clean=False):
            first = node.body[0]
            lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


def _bare(lines: Sequence[str], tree: ast.AST, first: int) -> str:
    """Return the lines of a definition without its docstrings, whole-line comments and blanks.

    `first` is the number of the first line, as the tree counts them.
    """
    left_out = _docstring_lines(tree)
    dedented = textwrap.dedent("\n".join(lines)).split("\n")
    kept = [line.rstrip() for n, line in enumerate(dedented, first) if n not in left_out]
    return "\n".join(line for line in kept if line and not line.lstrip().startswith("#"))


def bare(source: str) -> str:
    """Return source code without docstrings, whole-line comments and blank lines."""
    text = textwrap.dedent(source)
    return _bare(text.split("\n"), ast.parse(text), 1)


@cache
def _of_file(file: str) -> dict[int, tuple[str, str]]:
    """Return the source of every function and class of a file by its first line, and it bare."""
    text = Path(file).read_text(encoding="utf-8")
    lines = text.split("\n")
    found = {}
    for node in _definitions(ast.parse(text)):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        own = lines[first - 1 : node.end_lineno]
        found[first] = ("\n".join(own), _bare(own, node, first))
    return found


def read(module: ModuleType) -> None:
    """Read the file of a module, so that the source of its functions is at hand."""
    if module.__file__:
        _of_file(module.__file__)


def _found(value: object) -> tuple[str, str] | None:
    """Return the source of a function, and it bare, looked up in its file.

    inspect reads a file word by word for each function in it.
    """
    if not isinstance(value, FunctionType):
        return None
    return _of_file(value.__code__.co_filename).get(value.__code__.co_firstlineno)


def source(function: Callable[..., Any]) -> str:
    """Return a function's source code, its decorators too."""
    found = _found(function)
    return found[0] if found else inspect.getsource(function)


@cache
def _bare_source(value: Any) -> str:
    """Return the bare source of a function or class; it does not change while the program runs."""
    found = _found(value)
    return found[1] if found else bare(inspect.getsource(value))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _constant(value: object) -> str | None:
    """Return a plain value as text that is the same each time, None for anything else."""
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, re.Pattern):
        return repr(value.pattern)
    parts: list[str | None]
    if isinstance(value, dict):
        parts = [_constant(part) for pair in value.items() for part in pair]
    elif isinstance(value, list | tuple):
        parts = [_constant(part) for part in value]
    elif isinstance(value, set | frozenset):
        parts = [*sorted(str(_constant(part)) for part in value)]
    else:
        return None
    return f"{type(value).__name__}({', '.join(map(str, parts))})"


class _Walk:
    """Collects the sources of all that a function uses, by name."""

    def __init__(self, root: str) -> None:
        self.roots = {root, "balkandefence"}
        self.found: dict[str, str] = {}

    def _is_own(self, module: str) -> bool:
        parts = module.split(".")
        common = parts[0] == "balkandefence" and parts[1:2] and parts[1] in _COMMON
        return parts[0] in self.roots and not common

    def add(self, name: str, value: Any) -> None:
        value = inspect.unwrap(value) if callable(value) else value
        if isinstance(value, FunctionType | type):
            full = f"{value.__module__}.{value.__qualname__}"
            if full in self.found or not self._is_own(value.__module__):
                return
            self.found[full] = _bare_source(value)
            inside = vars(value).values() if isinstance(value, type) else [value]
            for part in inside:
                if isinstance(part, FunctionType) and part.__module__ == value.__module__:
                    self._uses(part)
        elif (text := _constant(value)) is not None:
            self.found[name] = text

    def _uses(self, user: FunctionType) -> None:
        names = {name for code in _codes(user.__code__) for name in code.co_names}
        for name in sorted(names & user.__globals__.keys()):
            value = user.__globals__[name]
            if not isinstance(value, ModuleType):
                self.add(f"{user.__module__}.{name}", value)
            elif self._is_own(value.__name__):
                for attribute in sorted(names & vars(value).keys()):
                    self.add(f"{value.__name__}.{attribute}", getattr(value, attribute))


def fingerprint(name: str) -> str:
    """Return the SHA-256 of a function's source and of all of the project that it uses."""
    walk = _Walk(name.partition(".")[0])
    walk.add(name, function(name))
    text = "\n".join(f"{key}\n{walk.found[key]}" for key in sorted(walk.found))
    return hashlib.sha256(text.encode()).hexdigest()


def _kept() -> Path:
    return paths.build() / "fingerprints.json"


def known(program: str) -> dict[str, str]:
    """Return the fingerprints kept of a package with the hash `program`, by function."""
    content = sealed.read(_kept())
    kept = {} if content is None else json.loads(content)
    return dict(kept["functions"]) if kept.get("program") == program else {}


def of_all(names: Iterable[str], program: str) -> dict[str, str]:
    """Return the fingerprint of each function by its name, and keep those of the package.

    `program` is the hash of the whole package.
    """
    before = known(program)
    found = {name: before.get(name) or fingerprint(name) for name in sorted(names)}
    own = {name: one for name, one in found.items() if name.startswith("balkandefence.")}
    if own.keys() - before.keys():
        kept = {"program": program, "functions": {**before, **own}}
        sealed.write(_kept(), json.dumps(kept).encode())
    return found
