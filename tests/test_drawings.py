"""A picture is drawn once for the same data, words and code, and again for any other."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

import balkandefence
from balkandefence import drawings, pictures, style
from balkandefence.charts import outlook

CHARTS = Path(balkandefence.__file__).parent / "charts"


@pytest.fixture
def frame():
    return pd.DataFrame({"year": [2023, 2024], "amount": [1.5, None], "names": [("a", "b"), ()]})


@pytest.fixture
def chart(monkeypatch):
    """A chart that counts how often it is drawn, as if it were one of the book's."""

    def bars(frame, *, title, narrow=False, unit="million"):
        bars.drawn += 1
        made, axes = style.canvas(title, unit, narrow=narrow, height=1)
        axes.bar(frame["year"], frame["amount"])
        return made

    bars.drawn = 0
    bars.__module__ = outlook.__name__
    return bars


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(pictures.FOLDER, str(tmp_path / "drawn"))
    return tmp_path / "drawn"


def draw(chart, frame, foot="Source.", **settings):
    return drawings.drawn(chart, frame, foot, {"title": "More", **settings})


def test_the_same_picture_is_drawn_once_wide_and_narrow(chart, frame, folder):
    first = draw(chart, frame)
    assert chart.drawn == 2
    assert draw(chart, frame.copy()) == first
    assert chart.drawn == 2
    assert first["svg"] != first["narrow"]
    assert first["png"]


def test_a_kept_picture_is_that_which_is_drawn_without_a_folder(chart, frame, folder, monkeypatch):
    draw(chart, frame)
    kept = draw(chart, frame)
    monkeypatch.delenv(pictures.FOLDER)
    assert draw(chart, frame) == kept
    assert chart.drawn == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda frame, rest: frame.assign(year=[2023, 2025]),
        lambda frame, rest: frame.assign(amount=[1.5000000000000002, None]),
        lambda frame, rest: frame.assign(amount=[1.5, 0.0]),
        lambda frame, rest: frame.astype({"year": "float"}),
        lambda frame, rest: frame.rename(columns={"names": "name"}),
        lambda frame, rest: frame.set_axis([5, 6]),
        lambda frame, rest: frame[["amount", "year", "names"]],
        lambda frame, rest: rest.update(foot="Another source.") or frame,
        lambda frame, rest: rest.update(title="Less") or frame,
        lambda frame, rest: rest.update(unit="billion") or frame,
    ],
    ids=["value", "last digit", "known", "type", "name", "index", "order", "footer", "title",
         "option"],
)  # fmt: skip
def test_a_picture_of_anything_else_is_drawn_anew(chart, frame, folder, change):
    draw(chart, frame)
    rest = {}
    changed = change(frame, rest)
    draw(chart, changed, **rest)
    assert chart.drawn == 4


def test_other_code_of_the_chart_or_another_lock_draws_anew(chart, frame, folder, monkeypatch):
    draw(chart, frame)
    for name, value in (("_made_of", {"a": "b"}), ("_surroundings", ["3.14", ""])):
        monkeypatch.setattr(drawings, name, lambda *of, value=value: value)
    monkeypatch.setattr(drawings.importlib, "import_module", lambda name: None)
    draw(chart, frame)
    assert chart.drawn == 4


@pytest.mark.parametrize(
    "damage",
    [lambda text: text[:-9], lambda text: "", lambda text: "[]", lambda text: "\udcff",
     lambda text: text.replace("svg", "gvs", 1), lambda text: text.replace("<path", "<math", 1)],
    ids=["cut", "empty", "another form", "not text", "renamed", "altered"],
)  # fmt: skip
def test_a_damaged_picture_is_never_used(chart, frame, folder, damage):
    made = draw(chart, frame)
    (kept,) = folder.iterdir()
    text = kept.read_text(encoding="utf-8")
    assert damage(text) != text
    kept.write_bytes(damage(text).encode("utf-8", errors="surrogateescape"))
    assert draw(chart, frame) == made
    assert chart.drawn == 4
    assert draw(chart, frame) == made
    assert chart.drawn == 4


def test_a_chart_that_is_not_the_books_or_of_data_without_a_plain_form_is_drawn_each_time(
    chart, frame, folder
):
    odd = frame.assign(names=[object(), object()])
    draw(chart, odd)
    draw(chart, odd)
    chart.__module__ = "elsewhere"
    draw(chart, frame)
    draw(chart, frame)
    assert chart.drawn == 8
    assert not folder.exists()


def test_a_chart_is_made_of_all_modules_that_it_imports():
    found = drawings._made_of("balkandefence.charts.incidents_map")
    assert {"balkandefence.charts.incidents", "balkandefence.style", "balkandefence.spelling",
            "balkandefence.drawings"} <= found.keys()  # fmt: skip
    assert "balkandefence.charts.spending" not in found


def imported(path):
    """What a module imports of the package, as Python reads it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole module"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith("balkandefence") and drawings._source(name)}


@pytest.mark.parametrize("path", sorted(CHARTS.parent.rglob("*.py")), ids=lambda path: path.stem)
def test_every_import_of_a_module_is_found(path):
    inside = path.relative_to(CHARTS.parent).with_suffix("").parts
    _, found = drawings._module(".".join(["balkandefence", *inside]).removesuffix(".__init__"))
    assert imported(path) <= set(found)


@pytest.mark.parametrize("path", sorted(CHARTS.glob("*.py")), ids=lambda path: path.stem)
def test_a_chart_reads_nothing_that_the_picture_is_not_known_by(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert attributes & {"attrs", "provenance", "environ", "read_text", "load"} == set()
