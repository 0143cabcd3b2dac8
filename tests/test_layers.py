"""Imports point down only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import balkandefence

PACKAGE = Path(balkandefence.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Highest first; a module may import its own layer and those below it. `provenance` imports
#: nothing of ours and lends its name for a row's line to the tables, so it stands below them.
LAYERS = [
    "__main__", "scaffold", "bench", "book", "editions", "claims", "findings", "charts", "measures",
    "publishing", "drawings", "rendering", "raster", "pictures", "style", "axes", "tables",
    "provenance", "sources", "recording", "spelling", "yamls", "sealed", "atomic", "paths",
]  # fmt: skip

#: What the layers that only compute or draw may know of us, beside their own siblings.
NARROW = {
    "findings": {"measures", "provenance", "publishing", "spelling"},
    "charts": {"measures", "style"},
    "measures": {"provenance", "spelling"},
    "drawings": {"paths", "pictures", "rendering", "style"},
    "rendering": {"raster"},
    "raster": set(),
    "pictures": {"sealed"},
    "style": {"axes", "spelling"},
    "axes": set(),
    "provenance": set(),
    "recording": set(),
    "spelling": set(),
    "yamls": set(),
    "atomic": set(),
    "sealed": set(),
    "paths": set(),
}

#: A measure is a function of frames: it has no files, clock, processes or plots.
IMPURE = {
    "os", "io", "sys", "pathlib", "time", "random", "subprocess", "tempfile", "urllib", "csv",
    "json", "yaml", "matplotlib", "seaborn", "IPython",
}  # fmt: skip


def layer(module: Path) -> str:
    """Return the layer of a module: the name of its file or folder in the package."""
    inside = module.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


@cache
def imported(text: str) -> list[tuple[str, str]]:
    """Return the absolute module and, of `from … import`, the name of every import in a source."""
    return list(_imported(text))


def _imported(text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package in full"
            yield from ((str(node.module), alias.name) for alias in node.names)


def layers_used(text: str) -> set[str]:
    """Return the layers of ours that a source imports, wherever in it."""
    used = set()
    for module, name in imported(text):
        parts = module.split(".")
        if parts[0] == "balkandefence":
            used |= {parts[1]} if len(parts) > 1 else {name or "__init__"} & set(LAYERS)
    return used


def upward(of: str, text: str) -> list[str]:
    """Return the layers that a source of layer `of` imports although they stand above it."""
    below = LAYERS[LAYERS.index(of) :]
    return sorted(layers_used(text) - set(below))


def named(module: Path) -> str:
    return str(module.relative_to(PACKAGE))


def test_every_module_belongs_to_a_layer():
    assert len(MODULES) > 20
    assert {layer(module) for module in MODULES} <= {*LAYERS, "__init__"}


@pytest.mark.parametrize(
    ("of", "text", "found"),
    [
        ("tables", "from balkandefence import editions, paths, CURRENT", ["editions"]),
        ("paths", "import balkandefence.tables.clock", ["tables"]),
        ("style", "def f():\n    from balkandefence.charts.spending import level", ["charts"]),
        ("book", "from balkandefence.book import plan\nimport balkandefence", []),
        ("editions", "from balkandefence import __main__", ["__main__"]),
    ],
)
def test_an_import_that_points_up_is_seen(of, text, found):
    assert upward(of, text) == found


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_imports_its_own_layer_and_those_below(module):
    text = module.read_text(encoding="utf-8")
    if layer(module) == "__init__":
        assert layers_used(text) == set()
    else:
        assert upward(layer(module), text) == []


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) in NARROW], ids=named)
def test_a_module_that_computes_or_draws_knows_only_what_it_needs(module):
    used = layers_used(module.read_text(encoding="utf-8"))

    assert used - NARROW[layer(module)] <= {layer(module)}


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) == "measures"], ids=named)
def test_a_measure_has_no_files_clock_or_plots(module):
    found = {name.split(".")[0] for name, _ in imported(module.read_text(encoding="utf-8"))}

    assert found & IMPURE == set()


def test_only_the_book_uses_papermill_and_jupyter_book():
    users = {
        layer(module)
        for module in MODULES
        for name, _ in imported(module.read_text(encoding="utf-8"))
        if name.split(".")[0] in ("papermill", "jupyter_book", "sphinx", "nbformat")
    }

    assert users - {"bench"} == {"book"}  # the bench measures stock tools, as other processes


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_stays_under_four_hundred_lines_and_says_what_it_is(module):
    text = module.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text))


def fractions_summed(text: str) -> Iterator[int]:
    """Yield the lines on which the built-in `sum` adds what is plainly no whole number.

    Its last digits differ between Python 3.11 and 3.12; those of `math.fsum` do not.
    """
    for node in ast.walk(ast.parse(text)):
        is_sum = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_sum and node.func.id == "sum":
            for part in ast.walk(node):
                constant = isinstance(part, ast.Constant) and isinstance(part.value, float)
                divided = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div)
                if constant or divided:
                    yield node.lineno
                    break


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = 1\nb = sum(0.5 + n for n in x)", [2]),
        ("sum(a / b for a in c)", [1]),
        ("sum(a > 2 for a in c)", []),
        ("math.fsum(a / b for a in c); frame.sum(0.5)", []),
    ],
)
def test_a_sum_of_fractions_is_seen(text, lines):
    assert list(fractions_summed(text)) == lines


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) != "book"], ids=named)
def test_fractions_are_summed_the_same_on_every_python(module):
    assert list(fractions_summed(module.read_text(encoding="utf-8"))) == []
