"""The bench measures what it says, keeps it as it comes, and the page tells of hits and misses."""

import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

import psutil
import pytest

from balkandefence.bench import cases, measuring, previewing, project, weights
from balkandefence.bench.measuring import BenchError
from balkandefence.book import speed

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "book"))
import desk as desks

pytestmark = pytest.mark.xdist_group("desk")

#: The tanks of the parade that the desk tells of, in its table and on its page.
COUNT = re.compile(r"(?<=2023,)\d+")
SHOWN = re.compile(r'#num-tanks-total">(?:<[^>]*>)?(\d+)')


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A small root with nothing built, which this process works on."""
    return desks.enter(tmp_path / "desk", monkeypatch)


def entry(case, way, seconds, execution=0.0, memory=1e9, ran=1, turns=None):
    return {"case": case, "way": way, "seconds": seconds, "memory": [memory],
            "execution": [execution] * len(seconds), "ran": [ran],
            "turns": turns or [*range(len(seconds))]}  # fmt: skip


@pytest.fixture
def result():
    """A result with targets met and missed, of three turns."""
    return {
        "machine": {"processor": "Slow & Sons", "cores": 2, "memory": 8e9, "system": "Linux x",
                    "python": "3.11.7"},
        "day": "2026-11-22",
        "edition": "2026.11.0",
        "load": [0.1, 0.2, 0.1],
        "measured": [
            entry("cold", "ours", [21.0, 20.0, 90.0], 14.0, ran=14),
            entry("cold", "papermill", [100.0, 102.0, 98.0], 80.0),
            entry("cold", "force", [110.0, 110.0, 110.0]),
            entry("cold", "floor", [15.0, 15.0, 15.0]),
            entry("nothing", "ours", [0.5, 0.4, 0.6], ran=0),
            entry("row", "ours", [10.0, 10.0, 10.0], ran=5),
            entry("eight", "ours", [60.0, 60.0, 60.0]),
            entry("hundred", "ours", [40.0, 40.0, 40.0], memory=3e9),
        ],
        "weights": [{"page": "spending", "ours": 40_000, "stock": 100_000}],
    }  # fmt: skip


@pytest.mark.long
def test_two_cases_of_a_small_book_are_measured_in_two_ways(desk, tmp_path, capsys):
    out = tmp_path / "made" / "result.json"
    told = []
    found = cases.measure(
        ["nothing", "cold"], ["papermill", "ours"], runs=1, out=out, tell=told.append
    )
    assert json.loads(out.read_text()) == found
    measured = {(e["case"], e["way"]): e for e in found["measured"]}
    assert list(measured) == [("cold", "ours"), ("nothing", "ours"), ("cold", "papermill")]
    for one in measured.values():
        assert len(one["seconds"]) == 1
        assert one["seconds"][0] > 0
        assert one["memory"][0] > 1_000_000
    assert measured["cold", "ours"]["ran"] == [1]
    assert measured["nothing", "ours"]["ran"] == [0]
    for way in ("ours", "papermill"):
        cold = measured["cold", way]
        assert 0 < cold["execution"][0] < cold["seconds"][0]
    assert found["machine"]["cores"] == os.cpu_count()
    (weight,) = found["weights"]
    assert weight["page"] == "tanks"
    assert weight["ours"] > 1000
    assert weight["stock"] > 1000
    assert len(told) == 3
    assert not (desk.root / "_build").exists()
    assert speed.targets(found)


def earlier(**other):
    """A result of this machine and day with one figure, as an earlier turn left it."""
    made = cases.Bench(Path(), [], Path(), print).result
    return {**made, "load": [0.1], "measured": [entry("preview", "ours", [1.0])], **other}


@pytest.mark.long
def test_an_edit_is_timed_until_the_preview_serves_it_and_joins_earlier_figures(
    desk, tmp_path, monkeypatch
):
    monkeypatch.setattr(previewing, "_REST", 0.3)
    out = tmp_path / "result.json"
    out.write_text(json.dumps(earlier()))
    found = cases.measure(["preview"], ["ours"], runs=1, out=out, tell=print, add=True)
    (one,) = found["measured"]
    first, second = one["seconds"]
    assert first == 1.0
    assert 0 < second < 60
    assert one["memory"][1] > 50_000_000
    assert len(found["load"]) == 2
    assert json.loads(out.read_text()) == found
    left = [child.cmdline() for child in psutil.Process().children(recursive=True)]
    assert not [command for command in left if "preview" in command]


@pytest.mark.long
def test_a_row_is_timed_until_the_number_that_it_raises_is_served(desk, tmp_path, monkeypatch):
    def parade(project, turn):
        path = project.root / "data/parades.csv"
        rows = path.read_text(encoding="utf-8")
        path.write_text(COUNT.sub(lambda found: str(int(found[0]) + 1), rows), encoding="utf-8")

    def shown(page):
        shows.append(int(SHOWN.search(page)[1]))
        return shows[-1]

    shows = []
    monkeypatch.setattr(previewing, "_REST", 0.3)
    edit = previewing.Edit(parade, lambda project: "tanks", shown)
    monkeypatch.setattr(previewing, "EDITS", {"previewed": edit})
    found = cases.measure(["previewed"], ["ours"], runs=1, out=tmp_path / "r.json", tell=print)
    (one,) = found["measured"]
    assert (one["case"], len(one["seconds"])) == ("previewed", 1)
    assert shows[-1] == shows[0] + 2  # the second of two edits is timed


def test_each_turn_begins_without_the_incidents_of_the_last_and_without_their_runs(desk, tmp_path):
    ledger = "incident_id,country\n202606-XKX-1,XKX\n"
    copy = tmp_path / "copy"
    (copy / "data").mkdir(parents=True)
    for root in (desk.root, copy):
        (root / "data/incidents.csv").write_text(ledger)
    bench = cases.Bench(tmp_path, [], tmp_path / "r.json", print)
    bench._projects["ours"] = project.Project(copy)
    for _ in range(2):
        project.add_incident(bench._projects["ours"], 0)
    assert (copy / "data/incidents.csv").read_text().endswith("202606-XKX-3,XKX\n")
    (copy / "_build/runs").mkdir(parents=True)
    bench.turn(1, [])
    assert not (copy / "_build").exists()
    assert (copy / "data/incidents.csv").read_text() == ledger


def test_the_number_of_incidents_is_read_off_their_page():
    link = '<a href="numbers.html#num-incidents-incidents-count"><span class="std">160</span></a>'
    assert previewing._incidents(f"<p>{link} incidents and 12 others</p>") == 160
    with pytest.raises(BenchError, match="does not tell their number"):
        previewing._incidents("<p>160 incidents</p>")


@pytest.mark.parametrize("other", [{"day": "2020-01-01"}, {"edition": "2025.9.0"}])
def test_figures_of_another_day_or_edition_are_not_joined(desk, tmp_path, other):
    out = tmp_path / "result.json"
    out.write_text(json.dumps(earlier(**other)))
    before = out.read_bytes()
    with pytest.raises(BenchError, match=f"holds figures of another {next(iter(other))}, 20"):
        cases.measure(["cold"], ["ours"], runs=1, out=out, tell=print, add=True)
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            (["warm"], ["ours"]),
            "case warm: there are cold, nothing, prose, incident, row, chart, preview, previewed",
        ),
        ((["cold"], ["make"]), "way make: there are ours, papermill, force, cache, nbconvert"),
        ((["cold"], ["floor"]), "way floor needs ours"),
    ],
)
def test_what_is_not_known_is_refused_before_anything_is_measured(desk, tmp_path, asked, said):
    with pytest.raises(BenchError, match=said):
        cases.measure(*asked, runs=1, out=tmp_path / "r.json", tell=print)
    assert not (tmp_path / "r.json").exists()


def test_memory_is_that_of_all_processes_and_lines_have_their_second(tmp_path):
    child = "import time; held = bytearray(60_000_000); print('held', flush=True); time.sleep(1)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    made = measuring.run([sys.executable, "-c", code], at=tmp_path, environment=os.environ)
    assert made.memory > 60_000_000
    assert 0 < made.second_of("held") < made.seconds
    assert made.second_of("nothing") == 0
    twice = made.then(made)
    assert twice.seconds == 2 * made.seconds
    assert twice.second_of("held") == made.seconds + made.second_of("held")


@pytest.mark.parametrize(("works", "once"), [(0, False), (0.1, True)])
def test_a_look_that_works_long_at_the_memory_is_not_soon_followed_by_another(
    tmp_path, monkeypatch, works, once
):
    looks = []

    def look(_):
        looks.append(until := time.thread_time() + works)
        while time.thread_time() < until:
            pass
        return 1

    monkeypatch.setattr(measuring, "of_tree", look)
    code = "import time; time.sleep(0.6)"
    measuring.run([sys.executable, "-c", code], at=tmp_path, environment=os.environ)
    assert (len(looks) == 1) == once


def test_a_command_that_fails_is_told_with_its_last_lines(tmp_path):
    code = "import sys; print('why'); sys.exit(3)"
    with pytest.raises(BenchError, match=r"ended with 3:\n  why"):
        measuring.run([sys.executable, "-c", code], at=tmp_path, environment=os.environ)


def test_each_edit_changes_a_copy_and_never_the_project(desk, tmp_path):
    rows = "iso3,constant_usd_millions\nSRB,2554.0135\n"
    desk.write("data/military_expenditure.csv", rows)
    desk.write("data/incidents.csv", "incident_id,iso3\n202605-ALB-9,ALB\n202606-XKX-1,XKX\n")
    before = desks.contents(desk.root)
    copy = project.copied(tmp_path / "copy")
    for turn in (0, 1):
        for name, edit in project.EDITS.items():
            state = desks.contents(copy.root)
            edit(copy, turn)
            changed = {file for file, sha in desks.contents(copy.root).items()
                       if state[file] != sha}  # fmt: skip
            assert (
                changed
                == {
                    "prose": {"chapters/tanks.ipynb"},
                    "incident": {"data/incidents.csv"},
                    "row": {"data/military_expenditure.csv"},
                    "chart": {"balkandefence/charts/spending.py"},
                }[name]
            )
    assert desks.contents(desk.root) == before
    ledger = (copy.root / "data/incidents.csv").read_text(encoding="utf-8").splitlines()
    assert ledger[-3:] == ["202606-XKX-1,XKX", "202606-XKX-2,XKX", "202606-XKX-3,XKX"]


def test_an_edit_that_finds_nothing_to_change_is_refused(desk, tmp_path):
    desk.write("data/military_expenditure.csv", "iso3\nSRB\n")
    copy = project.copied(tmp_path / "copy")
    with pytest.raises(BenchError, match="finds nothing there that it could change"):
        project.edit_row(copy, 0)
    with pytest.raises(BenchError, match=r"incidents\.csv: the bench finds nothing"):
        project.add_incident(copy, 0)


@pytest.mark.long
def test_the_floor_of_many_notebooks_is_measured_after_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(cases, "MANY", {"hundred": 2})
    found = cases.measure(
        ["hundred"], ["floor", "ours"], runs=1, out=tmp_path / "r.json", tell=print
    )
    ours, floor = found["measured"]
    assert (ours["way"], ours["ran"]) == ("ours", [2])
    assert floor["way"] == "floor"
    assert 0 < floor["execution"][0] < floor["seconds"][0]


def test_no_two_of_many_notebooks_are_equal_or_a_cache_would_run_them_once():
    made = [project._notebook(number) for number in range(100)]
    assert len({"\n".join(c.source for c in n.cells if c.cell_type == "code") for n in made}) == 100


@pytest.mark.long
def test_many_notebooks_are_many_and_pass_the_checks(tmp_path, monkeypatch):
    made = project.many(tmp_path / "many", 3)
    assert len(list((made.root / "chapters").glob("*.ipynb"))) == 3
    command = [sys.executable, "-m", "balkandefence", "check"]
    checked = measuring.run(command, at=made.root, environment=made.environment)
    assert checked.lines[-1][1] == "all is well"


def test_a_pages_weight_is_that_of_what_loads_first_without_figures(tmp_path):
    (tmp_path / "s.css").write_text("a" * 5000 + "".join(map(str, range(2000))))
    page = '<link rel="stylesheet" href="s.css?v=1"><script src="https://else/x.js"></script>{}'
    (tmp_path / "a.html").write_text(page.format(""))
    noise = " ".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(200))
    (tmp_path / "b.html").write_text(page.format(f"<svg>{noise}</svg>"))
    assert weights.weight(tmp_path / "a.html") == weights.weight(tmp_path / "b.html")
    (tmp_path / "s.css").write_text("")
    assert weights.weight(tmp_path / "a.html") < 500


def test_targets_compare_medians_and_tell_misses(result):
    found = {(t.case, t.wanted.split(":")[0]): (t.found, t.met) for t in speed.targets(result)}
    assert found["cold", "execution at least 5× faster than papermill's"] == ("5.71×", True)
    assert found["cold", "execution at least 3× faster than Jupyter Book's"] == ("6.43×", True)
    assert found["cold", "whole build at least 3× faster than papermill's"] == ("4.76×", True)
    assert found["cold", "within 1.5× of the floor"] == ("1.40×", True)
    assert found["nothing", "at least 20× faster than papermill's"] == ("200.00×", True)
    assert found["row", "at least 4× faster than our own cold build"] == ("2.10×", False)
    assert found["eight", "under 3× the time of one"] == ("2.86×", True)
    assert found["hundred", "peak memory under 2 GB"] == ("3.00 GB", False)
    assert not [case for case, _ in found if case == "prose"]


def test_what_was_measured_in_the_same_turn_is_compared_and_else_the_medians(result):
    def previewed(found):
        return next(t.found for t in speed.targets(found) if t.case == "previewed")

    result["measured"].append(entry("previewed", "ours", [3.0, 4.0, 45.0]))
    assert previewed(result) == "5.00×", "of 7, 5 and 2, each within a turn"
    result["measured"][-1] = entry("previewed", "ours", [3.0, 4.0, 45.0], turns=[3, 4, 5])
    assert previewed(result) == "5.25×", "21 by 4, of different turns"
    result["measured"][-1] = entry("previewed", "ours", [3.0, 45.0], turns=[2, 5])
    assert previewed(result) == "30.00×", "of the one turn that measured both"


def test_notebooks_are_counted_where_a_build_tells_of_them(desk, result):
    result["measured"].append(entry("previewed", "ours", [5.0], ran=0))
    speed.keep(result, desk.root / "chapters")
    page = speed.page()
    assert "| Cold build (14 run) | 21.00 | – | 1.00 |" in page
    assert "| One incident more, previewed | 5.00 | – | 1.00 |" in page


def test_a_way_that_does_not_see_what_changed_is_named_and_not_compared(desk, result):
    for case in ("nothing", "row"):
        result["measured"].append(entry(case, "cache", [2.0, 2.0, 2.0]))
    speed.keep(result, desk.root / "chapters")
    page, cache = speed.page(), "Jupyter Book, with its cache"
    assert f"| Nothing changed: {cache} | 2.00 | 4.0× | 1.00 |" in page
    assert f"| One data row, widely read: {cache} (shows the old page) | 2.00 | – | 1.00 |" in page
    assert set(speed.frame(result)["case"]) == {"Cold build", "Nothing changed"}


def test_the_page_tells_how_often_each_case_was_measured(desk, result):
    speed.keep(result, desk.root / "chapters")
    assert "\nEach time is the median of 3 runs, taken in turns" in speed.page()
    result["measured"].append(entry("prose", "ours", [5.0]))
    speed.keep(result, desk.root / "chapters")
    assert "median of 3 runs (One prose edit, 1), taken in turns" in speed.page()
    result["measured"].append(entry("cold", "nbconvert", [5.0, 6.0]))
    speed.keep(result, desk.root / "chapters")
    assert "(Cold build in other ways, 2 or 3; One prose edit, 1), taken in turns" in speed.page()


def test_a_page_can_be_made_where_this_books_own_way_was_not_measured(desk, result):
    result["measured"] = [entry("cold", "papermill", [5.0, 6.0])]
    speed.keep(result, desk.root / "chapters")
    assert "median of 2 runs, taken in turns" in speed.page()


def test_the_page_is_made_of_the_kept_result_alone(desk, result):
    assert "No measurement is kept yet." in speed.page()
    kept = speed.keep(result, desk.root / "chapters")
    assert [path.name for path in kept] == ["speed.json", "speed.svg", "speed-narrow.svg"]
    page = speed.page()
    assert page.startswith("9 of 11 targets are met.\n")
    assert "on Slow & Sons, 2 cores, 8 GB" in page
    assert (
        "| One data row, widely read | at least 4× faster than our own cold build | 2.10×, "
        "**missed** |" in page
    )
    assert "| Cold build: papermill, then Jupyter Book | 100.00 | 4.8× | 1.00 |" in page
    assert "\nThe load of the machine when a turn began was between 0.1 and 0.2.\n" in page
    assert "\nNot measured: Jupyter Book, with its cache; nbconvert, then Jupyter Book.\n" in page
    assert "| spending | 40 | 100 |" in page
    assert 'alt="Bar chart of the median seconds that each way takes. Cold build: This book' in page
    pictures = [path.read_bytes() for path in kept]
    assert [path.read_bytes() for path in speed.keep(result, desk.root / "chapters")] == pictures
    speed.lay_out_files(desk.root / "out")
    assert (desk.root / "out/figures/speed/speed-narrow.svg").read_bytes() == pictures[2]


def test_a_damaged_result_is_refused(desk):
    for content in ("{", "[]", '{"measured": [{}]}', '{"measured": []}'):
        desk.write("chapters/speed.json", content)
        with pytest.raises(speed.BookError, match=r"speed\.json: not a result of the bench"):
            speed.page()


def test_the_command_line_puts_a_result_on_the_page(desk, result):
    kept = desk.write("result.json", json.dumps(result))
    ran = desk.run("bench", "--keep", str(kept))
    assert ran.code == 0
    assert f"wrote {desk.root / 'chapters/speed.json'}" in ran.out
    ran = desk.run("bench", "--keep", str(desk.root / "none.json"))
    assert ran.code == 1
    assert "there is no such file" in ran.err
