"""Notebooks run by papermill, each in a kernel of its own; one that fails stops no other."""

import json
import os
from concurrent.futures import Future
from dataclasses import replace

import desk as desks
import pytest

from balkandefence import BookError, editions, pictures
from balkandefence.book import execute, inputs, plan, running, warming
from balkandefence.book.store import Store

pytestmark = [pytest.mark.xdist_group("execute"), pytest.mark.usefixtures("warm")]

#: Each notebook leaves marks wherever it can, and tells of those that it found.
MARKING = """import json, os, random, sys
import numpy, pandas
found = [hasattr(desk, "MARK"), "MARK" in os.environ, os.getcwd(), sys.path[:2],
         pandas.get_option("display.max_rows"), hasattr(numpy, "MARK")]
chance = [random.random(), numpy.random.random()]
print(json.dumps([found, chance]))
desk.MARK = numpy.MARK = os.environ["MARK"] = "left"
pandas.set_option("display.max_rows", 7)
os.chdir("/")
random.seed(1)
numpy.random.seed(1)"""


def run_all(desk, **more):
    """Run the desk's notebooks; return what was made, the failures and the events."""
    events = []
    settings = {"count": 2, "folder": desk.root / "_build" / "raw", "fresh": False} | more
    settings = {"report": events.append, "store": Store(desk.root / "_build" / "runs")} | settings
    done, failures = execute.execute(plan.jobs(editions.load()), **settings)
    return done, failures, events


def kept_runs(desk):
    return sorted((desk.root / "_build" / "runs").glob("*.json"))


def printed(notebook):
    return notebook.cells[-1].outputs[0].text


@pytest.mark.parametrize("fresh", [False, True])
def test_kernels_take_pictures_that_were_drawn_before_unless_all_is_made_afresh(bare_desk, fresh):
    told = desks.code("told", f"import os\nprint(os.environ.get({pictures.FOLDER!r}))")
    bare_desk.write_notebook("tanks", desks.chapter(told))
    done, _, _ = run_all(bare_desk, fresh=fresh)
    folder = bare_desk.root / "_build" / "drawn"
    assert printed(done["tanks"]).strip() == ("None" if fresh else str(folder))


def test_a_notebook_gets_the_editions_values_and_not_its_own_defaults(bare_desk):
    shown = desks.code("shown", "print(first_year, countries, highlight)")
    bare_desk.write_notebook("tanks", desks.chapter(shown))
    changes = {"first_year": 2014, "countries": ["XKX", "ALB"], "highlight": "ALB"}
    (job,) = plan.jobs(editions.load(changes=changes))
    store = Store(bare_desk.root / "runs")
    done, failures = execute.execute(
        [job], count=1, folder=bare_desk.root / "raw", store=store, fresh=True, report=print
    )
    assert failures == []
    assert printed(done["tanks"]) == "2014 ['XKX', 'ALB'] ALB\n"


def test_one_report_comes_at_the_start_one_for_each_cell_and_one_for_a_kept_run(bare_desk):
    made, _, events = run_all(bare_desk)
    assert [event.done for event in events] == list(range(events[0].total + 1))
    assert events[0].why == ("it never ran before",)
    assert not any(event.reused or event.why for event in events[1:])
    kept, _, events = run_all(bare_desk)
    assert [(event.page, event.reused) for event in events] == [("tanks", True)]
    assert kept == made
    again, _, events = run_all(bare_desk, fresh=True)
    assert events[0].why == ("all are run anew",)
    assert again == made


class Waiting:
    """A runner that runs nothing and notes when it was handed what."""

    def __init__(self, noted):
        self.noted = noted

    def submit(self, job, folder, first, report):
        self.noted.append(f"{job.page} begins")
        ended = Future()
        ended.set_exception(RuntimeError("it was not run"))
        return ended

    def stop(self):
        self.noted.append("stop")


def test_a_run_begins_before_it_is_known_what_else_must_run(bare_desk, monkeypatch):
    for page in ("guns", "tanks"):
        bare_desk.write_notebook(page, desks.chapter())
    bare_desk.list_pages("guns", "tanks")
    noted, find = [], Store.find

    def found(store, page, *more):
        noted.append(f"{page} is looked for")
        return find(store, page, *more)

    monkeypatch.setattr(Store, "find", found)
    done, failures, _ = run_all(bare_desk, runner=Waiting(noted))
    assert (done, [failure.page for failure in failures]) == ({}, ["guns", "tanks"])
    assert noted == [
        "guns is looked for", "guns begins", "tanks is looked for", "tanks begins", "stop",
    ]  # fmt: skip


def test_each_good_run_is_handed_on_whether_made_or_kept_and_no_other(bare_desk):
    broken = desks.code("broken", "1 / 0")
    bare_desk.write_notebook("guns", desks.chapter(broken))
    bare_desk.list_pages("guns", "tanks")
    for _ in range(2):
        told = {}
        done, failures, _ = run_all(bare_desk, made=told.__setitem__)
        assert [failure.page for failure in failures] == ["guns"]
        assert list(told) == ["tanks"]
        assert told["tanks"] is done["tanks"]


@pytest.mark.long
def test_a_notebook_that_dies_or_hangs_is_told_by_name_and_the_others_go_on(bare_desk, monkeypatch):
    monkeypatch.setenv("BALKANDEFENCE_CELL_SECONDS", "15")
    killing = desks.code("killing", "import os\nos.kill(os.getpid(), 9)")
    hanging = desks.code("hanging", "import time\ntime.sleep(600)")
    bare_desk.write_notebook("killed", desks.chapter(killing))
    bare_desk.write_notebook("hung", desks.chapter(hanging))
    bare_desk.list_pages("killed", "hung", "tanks")
    done, failures, events = run_all(bare_desk)
    assert list(done) == ["tanks"]
    assert [(f.page, f.cell, f.error) for f in failures] == [
        (
            "hung",
            "hanging",
            "it ran longer than 15 seconds; BALKANDEFENCE_CELL_SECONDS sets the limit",
        ),
        ("killed", "killing", "the kernel was killed from outside or ended by itself"),
    ]
    assert [f.notebook for f in failures] == ["chapters/hung.ipynb", "chapters/killed.ipynb"]
    assert "a loop that does not end" in failures[0].hint
    assert "mostly memory ran out" in failures[1].hint
    assert [event.page for event in events if event.done == event.total] == ["tanks"]
    assert [path.name.split("@")[0] for path in kept_runs(bare_desk)] == ["tanks"]
    assert desks.processes_at(bare_desk.root) == []


@pytest.mark.parametrize("told", ["soon", "0", "-1", "1.5", ""])
def test_a_limit_that_is_no_time_is_refused_before_any_kernel(bare_desk, monkeypatch, told):
    monkeypatch.setenv("BALKANDEFENCE_CELL_SECONDS", told)
    monkeypatch.setattr(running, "run_one", None)
    with pytest.raises(BookError, match="expected whole seconds, such as 600"):
        run_all(bare_desk)


def test_notebooks_share_nothing_and_move_nothing(bare_desk):
    for page in ("one", "two"):
        bare_desk.write_notebook(page, desks.chapter(desks.code("marking", MARKING)))
    bare_desk.list_pages("one", "two")
    here = os.getcwd()
    done, failures, _ = run_all(bare_desk, count=1)
    assert failures == []
    (state, chance), (other_state, other_chance) = (json.loads(printed(n)) for n in done.values())
    assert state == other_state
    module, variable, folder, first, rows, numpy = state
    assert (module, variable, rows, numpy) == (False, False, 60, False)
    assert folder == str(bare_desk.root / "chapters")
    assert str(bare_desk.root) in first
    assert all(one != other for one, other in zip(chance, other_chance, strict=True))
    assert os.getcwd() == here
    assert "MARK" not in os.environ


def test_a_run_during_which_something_that_it_read_changed_is_not_kept(bare_desk):
    bare_desk.write("notes.txt", "before")
    reading = 'print(open("../notes.txt").read())\nprint("after", file=open("../notes.txt", "w"))'
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("reading", reading)))
    done, failures, _ = run_all(bare_desk)
    assert failures == []
    assert printed(done["tanks"]) == "before\n"
    assert kept_runs(bare_desk) == []


def test_a_notebook_that_is_edited_before_its_run_begins_is_used_but_not_kept(
    bare_desk, monkeypatch
):
    bare_desk.write_notebook("tanks", desks.chapter(desks.code("shown", "print('early')")))

    def edit():
        bare_desk.write_notebook("tanks", desks.chapter(desks.code("shown", "print('late')")))

    monkeypatch.setattr(warming, "wait_until_warm", edit)
    done, _, _ = run_all(bare_desk)
    assert printed(done["tanks"]) == "late\n"
    assert kept_runs(bare_desk) == []


def test_a_run_that_noted_nothing_is_not_kept(bare_desk, monkeypatch):
    monkeypatch.setattr(running, "_arguments", lambda reads: [])
    done, failures, _ = run_all(bare_desk)
    assert (list(done), failures) == (["tanks"], [])
    assert kept_runs(bare_desk) == []


def test_what_interrupts_the_runs_ends_their_kernels_at_once(bare_desk):
    sleeping = desks.code("sleeping", "import time\ntime.sleep(600)")
    bare_desk.write_notebook("tanks", desks.chapter(sleeping))

    def press(event):
        if event.done == event.total - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(bare_desk, report=press)
    assert desks.processes_at(bare_desk.root) == []


def test_the_longest_runs_begin_first(bare_desk):
    for page in ("one", "two"):
        more = [desks.code(f"cell-{n}", "1") for n in range(3 if page == "two" else 0)]
        bare_desk.write_notebook(page, desks.chapter(*more))
    bare_desk.list_pages("one", "two")
    store, now = Store(bare_desk.root / "runs"), inputs.Now()
    one, two = (execute._written(job, now) for job in plan.jobs(editions.load()))

    def length(of):
        return execute._length(of, store)

    assert length(two) > length(one)
    drawing = replace(one, job=replace(one.job, figures=9))
    assert length(drawing) > length(two), "figures take longer than other code"
    store.put("two", two.notebook, two.fixed, 60.0)
    assert length(two) == 60.0, "how long it took tells most"


def test_an_error_that_a_cell_may_raise_is_an_error_all_the_same(bare_desk):
    cell = desks.code("allowed", "1 / 0", tags=("raises-exception",))
    bare_desk.write_notebook("tanks", desks.chapter(cell))
    done, failures, _ = run_all(bare_desk)
    assert done == {}
    assert [(f.cell, f.error) for f in failures] == [
        ("allowed", "ZeroDivisionError: division by zero")
    ]
    assert kept_runs(bare_desk) == []
