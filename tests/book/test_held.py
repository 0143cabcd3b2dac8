"""Forks are lent modules as if each had imported them itself, while they are what is on disk."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from balkandefence import paths
from balkandefence.book.held import Held

CHAPTERS = sorted(path.stem for path in paths.chapters().glob("*.ipynb"))

#: Forks carry out the imports of each chapter, lent modules and by themselves, and tell of each
#: module of the package that they have then what it names, and of what kind that is.
PROBE = """import json, os, sys
from balkandefence.book.held import Held
from balkandefence.book.warm import _PACKAGE, _UNUSED
for name in [name for name in sys.modules if name.startswith(_PACKAGE)]:
    del sys.modules[name]
held = Held(_PACKAGE, _UNUSED)
def told(code, lent):
    ours, theirs = os.pipe()
    if not os.fork():
        if lent:
            held.lend()
            assert held in sys.meta_path
        exec(code, {})
        found = {name: {own: type(value).__name__ for own, value in vars(module).items()}
                 for name, module in sys.modules.items() if name.startswith(_PACKAGE)}
        with open(theirs, "w") as to:
            json.dump(found, to)
        os._exit(0)
    os.close(theirs)
    with open(ours) as answer:
        return json.load(answer)
chapters = json.loads(sys.stdin.read())
print(json.dumps({name: [told(c, True), told(c, False)] for name, c in chapters.items()}))
"""


@pytest.fixture(scope="module")
def imported():
    """Return, by chapter, what its imports leave where modules are lent and where not."""
    code = {}
    for name in CHAPTERS:
        cells = nbformat.read(paths.chapters() / f"{name}.ipynb", as_version=4).cells
        lines = [
            line for cell in cells if cell.cell_type == "code" for line in cell.source.split("\n")
        ]
        code[name] = "\n".join(line for line in lines if line.startswith(("from ", "import ")))
    ran = subprocess.run(
        [sys.executable, "-P", "-c", PROBE],
        input=json.dumps(code), capture_output=True, text=True, check=True, cwd=paths.root(),
    )  # fmt: skip
    return json.loads(ran.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_that_is_lent_modules_has_just_those_that_it_would_import(imported, chapter):
    lent, plain = imported[chapter]
    assert len(plain) > 20
    assert lent == plain


@pytest.fixture
def toys(tmp_path, monkeypatch):
    """A package that tells in `ran` which of its modules ran."""
    ran = "import builtins\nbuiltins.ran = [*getattr(builtins, 'ran', ()), __name__]\n"
    for name, code in {
        "__init__": "",
        "bricks": "",
        "cranes": "from toys import bricks\ndef lift():\n    from toys import dolls",
        "dolls": "from toys.eyes import eyes",
        "eyes/__init__": "from toys.eyes.eyes import eyes",
        "eyes/eyes": "def eyes(): return 2",
        "fails": "from toys import bricks\n1 / 0",
        "games": "import_now = __import__('toys.cranes').cranes.lift()",
        "unused": "",
    }.items():
        path = tmp_path / "toys" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{ran}{code}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr("builtins.ran", [], raising=False)
    yield tmp_path / "toys"
    for name in loaded():
        del sys.modules[name]


def loaded():
    return sorted(name for name in sys.modules if name.partition(".")[0] == "toys")


def ran():
    import builtins

    return builtins.ran


def test_what_is_held_is_as_if_it_had_never_been_imported(toys):
    Held("toys", ["unused"])
    assert "toys.games" in ran()
    assert "toys.unused" not in ran()
    assert loaded() == []
    importlib.import_module("toys.bricks")
    assert ran().count("toys.bricks") == 2


def test_a_module_comes_with_all_that_it_imported_and_with_nothing_else(toys):
    Held("toys", ["unused"]).lend()
    before = list(ran())
    cranes = importlib.import_module("toys.cranes")
    assert loaded() == ["toys", "toys.bricks", "toys.cranes"]
    assert not hasattr(sys.modules["toys"], "dolls")
    cranes.lift()
    assert loaded()[3:] == ["toys.dolls", "toys.eyes", "toys.eyes.eyes"]
    assert ran() == before
    assert cranes.__spec__.loader is cranes.__loader__


def test_a_function_of_a_modules_name_is_not_hidden_by_the_module(toys):
    Held("toys", ["unused"]).lend()
    assert importlib.import_module("toys.dolls").eyes() == 2
    assert sys.modules["toys.eyes"].eyes() == 2


def test_what_a_module_calls_as_it_is_imported_imports_for_it_too(toys):
    Held("toys", ["unused"]).lend()
    importlib.import_module("toys.games")
    assert "toys.dolls" in loaded()


def test_what_is_not_held_is_imported_as_ever(toys):
    Held("toys", ["unused"]).lend()
    importlib.import_module("toys.unused")
    assert ran()[-1] == "toys.unused"
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            importlib.import_module("toys.fails")


@pytest.mark.parametrize("change", ["edited", "new", "gone", "elsewhere"])
def test_nothing_is_lent_once_the_package_is_another(toys, change, tmp_path, monkeypatch):
    held = Held("toys", ["unused"])
    if change == "edited":
        (toys / "dolls.py").write_text("changed = True\n", encoding="utf-8")
    elif change == "new":
        (toys / "hats.py").write_text("", encoding="utf-8")
    elif change == "gone":
        (toys / "unused.py").unlink()
    else:
        (tmp_path / "other/toys").mkdir(parents=True)
        (tmp_path / "other/toys/__init__.py").write_text("", encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path / "other"))
    held.lend()
    assert held not in sys.meta_path


def test_a_package_that_is_not_there_or_fails_is_not_held(toys):
    (toys / "__init__.py").write_text("1 / 0\n", encoding="utf-8")
    for name in ("toys", "no_such_package"):
        held = Held(name, [])
        held.lend()
        assert held not in sys.meta_path


def test_no_module_that_notebooks_use_reads_a_file_as_it_is_imported():
    opened = """import json, os, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from balkandefence.book.held import Held
from balkandefence.book.warm import _PACKAGE, _UNUSED
Held(_PACKAGE, _UNUSED)
print(json.dumps(opened))"""
    ran = subprocess.run(
        [sys.executable, "-P", "-c", opened], capture_output=True, text=True, check=True,
        cwd=paths.root(),
    )  # fmt: skip
    opened = {Path(path) for path in json.loads(ran.stdout)}
    ours = {p for p in opened if p.is_relative_to(paths.root())} - {
        p for p in opened if p.is_relative_to(sys.prefix)
    }
    assert {path for path in ours if path.suffix not in (".py", ".pyc")} == set()
