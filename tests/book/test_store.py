"""Kept runs: found where nothing changed, never used where damaged, bounded in what they take."""

import dataclasses
import json
import os
import time
from types import SimpleNamespace

import desk as desks
import nbformat
import pytest

from balkandefence.book import inputs
from balkandefence.book.inputs import Inputs
from balkandefence.book.store import INJECTED, Found, Store, spliced


@pytest.fixture
def notebook():
    """A notebook as written."""
    cells = [
        desks.text("opening", "# Tanks"),
        desks.code("parameters", "first_year = 2006", tags=("parameters",)),
        desks.code("total", "1 + 1"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def ran(notebook):
    """The same notebook after its run."""
    made = nbformat.from_dict(json.loads(json.dumps(notebook)))
    injected = desks.code(INJECTED, "first_year = 2014", tags=(INJECTED,))
    made.cells.insert(2, injected)
    data = {"text/plain": "2"}
    made.cells[3].outputs = [nbformat.v4.new_output("execute_result", data, execution_count=3)]
    made.cells[3].execution_count = 3
    return made


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


NOTHING_READ = SimpleNamespace(module=lambda name: "same", read=lambda what: "same")


def made_of(notebook, **parameters):
    return Inputs(inputs.code(notebook), parameters, {"Python": "3"}, {"m.py": "same"}, {})


def find(store, notebook, page="tanks", **parameters):
    fixed = dataclasses.replace(made_of(notebook, **parameters), modules={})
    return store.find(page, notebook, fixed, NOTHING_READ)


def files(store, suffix):
    return sorted(store.folder.glob(f"*{suffix}"))


def test_a_kept_run_comes_back_with_how_long_it_took(store, notebook, ran):
    store.put("tanks", ran, made_of(notebook), 2.5)
    found = find(store, notebook)
    assert found.notebook == ran
    assert (found.reasons, store.seconds("tanks")) == ((), 2.5)


def test_where_nothing_is_kept_the_notebook_never_ran(store, notebook, ran):
    assert find(store, notebook) == Found(None, ("it never ran before",))
    assert store.seconds("tanks") == 0
    store.put("tanks", ran, made_of(notebook), 2.5)
    assert find(store, notebook, page="guns").reasons == ("it never ran before",)


def test_a_run_of_other_inputs_is_not_used_though_its_time_is_a_hint(store, notebook, ran):
    store.put("tanks", ran, made_of(notebook, first_year=2006), 2.5)
    changed = ("parameter first_year: 2006 before, 2014 now",)
    assert find(store, notebook, first_year=2014) == Found(None, changed)
    assert store.seconds("tanks") == 2.5


def test_among_several_runs_the_nearest_says_what_changed(store, notebook, ran):
    store.put("tanks", ran, made_of(notebook, first_year=2006, last_year=2020), 1)
    store.put("tanks", ran, made_of(notebook, first_year=2006, last_year=2025), 1)
    store.put("tanks", ran, made_of(notebook, first_year=2010, last_year=2020), 1)
    reasons = find(store, notebook, first_year=2006, last_year=2024).reasons
    assert len(reasons) == 1
    assert reasons[0].startswith("parameter last_year: ")


def test_earlier_inputs_that_come_back_find_their_run(store, notebook, ran):
    for year in (2006, 2014):
        store.put("tanks", ran, made_of(notebook, first_year=year), year)
    for year in (2014, 2006, 2014):
        assert find(store, notebook, first_year=year).notebook == ran
        assert store.seconds("tanks") == year, "that of the run used last"


@pytest.mark.parametrize("suffix", [".json", ".ipynb"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"total", b"totem"),
        lambda content: content + b" ",
        lambda content: b"",
        lambda content: b"[]",
        lambda content: b'{"head": []}',
        lambda content: b"\xff\xfe",
        lambda content: None,
    ],
    ids=["cut", "altered", "longer", "empty", "a list", "of another form", "not text", "gone"],
)
def test_a_damaged_run_is_never_used_and_the_next_one_takes_its_place(
    store, notebook, ran, suffix, damage
):
    store.put("tanks", ran, made_of(notebook), 2.5)
    (kept,) = files(store, suffix)
    content = damage(kept.read_bytes())
    if content is None:
        kept.unlink()
    elif content == kept.read_bytes() + b" " and suffix == ".json":
        kept.write_bytes(b"x" + content)  # white space after a head changes nothing
    else:
        assert content != kept.read_bytes()
        kept.write_bytes(content)
    found = find(store, notebook)
    assert found.notebook is None
    gone = suffix == ".json" and content is None
    assert found.reasons == ("it never ran before" if gone else "the kept run is damaged",)
    store.put("tanks", ran, made_of(notebook), 2.5)
    assert find(store, notebook).notebook == ran


def test_a_head_with_a_true_hash_but_of_another_form_is_not_used(store, notebook, ran):
    from balkandefence.book import store as stores

    for change in ({"form": 2}, {"inputs": {"code": {}}}, {"inputs": None}):
        store.put("tanks", ran, made_of(notebook), 2.5)
        (kept,) = files(store, ".json")
        head = json.loads(kept.read_text(encoding="utf-8"))["head"] | change
        sealed = {"head": head, "sha256": stores._sha(json.dumps(head, sort_keys=True))}
        kept.write_text(json.dumps(sealed), encoding="utf-8")
        assert find(store, notebook).reasons == ("the kept run is damaged",)


def test_a_damaged_run_beside_a_sound_one_hides_nothing(store, notebook, ran):
    store.put("tanks", ran, made_of(notebook, first_year=2006), 1)
    (sound,) = files(store, ".json")
    store.put("tanks", ran, made_of(notebook, first_year=2014), 1)
    (other,) = (path for path in files(store, ".json") if path != sound)
    other.write_bytes(b"{")
    assert find(store, notebook, first_year=2006).notebook == ran


def test_the_store_stays_within_its_limit_and_drops_the_longest_unused(store, notebook, ran):
    names = {}
    for year in range(2006, 2012):
        store.put("tanks", ran, made_of(notebook, first_year=year), 1)
        (names[year],) = set(files(store, ".json")) - set(names.values())
        os.utime(names[year], (year, year))
    assert find(store, notebook, first_year=2006).notebook  # used just now
    size = sum(path.stat().st_size for path in store.folder.iterdir())
    bounded = Store(store.folder, limit=size // 2)
    bounded.put("guns", ran, made_of(notebook), 1)
    kept = [year for year in names if find(bounded, notebook, first_year=year).notebook]
    assert kept == [2006, 2011]
    assert find(bounded, notebook, page="guns").notebook == ran
    left = [path.stat().st_size for path in store.folder.iterdir()]
    assert sum(left) <= size // 2
    assert len(left) == 6


def test_the_last_run_is_kept_however_small_the_limit(store, notebook, ran):
    small = Store(store.folder, limit=1)
    for year in (2006, 2014):
        small.put("tanks", ran, made_of(notebook, first_year=year), 1)
    assert find(small, notebook, first_year=2006).notebook is None
    assert find(small, notebook, first_year=2014).notebook == ran


def test_what_a_killed_build_left_half_written_goes_after_a_while(store, notebook, ran):
    store.put("tanks", ran, made_of(notebook), 1)
    old = time.time() - 2 * 3600
    for name in (".tanks@ab.json-7.part", "tanks@ab.ipynb", "tanks-0ld.json", ".new.part"):
        (store.folder / name).write_text("{}", encoding="utf-8")
        if name != ".new.part":
            os.utime(store.folder / name, (old, old))
    for path in (*files(store, "json"), *files(store, "ipynb")):
        if "@ab" not in path.name and path.name != "tanks-0ld.json":
            os.utime(path, (old, old))
    store.put("guns", ran, made_of(notebook), 1)
    left = {path.name.split("@")[0] for path in store.folder.iterdir()}
    assert left == {"tanks", "guns", ".new.part"}
    assert find(store, notebook).notebook == ran


def test_outputs_go_into_the_notebook_as_it_is_written_now(notebook, ran):
    notebook.cells.insert(2, desks.text("more", "More words."))
    notebook.cells[0].source = "# Guns"
    made = spliced(notebook, ran)
    assert [cell.id for cell in made.cells] == [
        "opening", "parameters", INJECTED, "more", "total",
    ]  # fmt: skip
    assert made.cells[0].source == "# Guns"
    assert made.cells[-1].outputs[0].data == {"text/plain": "2"}
    assert made.cells[-1].execution_count == 3
    assert notebook.cells[-1].outputs == []


def test_outputs_do_not_go_into_a_notebook_with_code_that_never_ran(notebook, ran):
    notebook.cells.append(desks.code("new", "2 + 2"))
    assert spliced(notebook, ran) is None


def test_a_run_without_parameters_gets_no_cell_for_them(notebook, ran):
    ran.cells.pop(2)
    assert INJECTED not in [cell.id for cell in spliced(notebook, ran).cells]
