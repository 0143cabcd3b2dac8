"""What is measured: each case in each way that it tells apart, in turns, and kept as it comes."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from balkandefence import CURRENT, paths
from balkandefence.bench import previewing, weights
from balkandefence.bench.measuring import BenchError, Measured
from balkandefence.bench.project import EDITS, Project, copied, many
from balkandefence.bench.ways import FLOOR, OURS, WAYS, grid
from balkandefence.book import speed

#: The editions that are made at once: two, each of four sets of countries.
EIGHT = (
    "edition=[2025.9.0, 2026.11.0]",
    "countries=[[SRB, ALB, BIH, XKX, MNE, MKD], [XKX, ALB], [SRB, BIH], [MNE, MKD]]",
)
#: Small notebooks of the synthetic book, and of a quarter of it, by which growth is seen.
MANY = {"quarter": 25, "hundred": 100}
CASES = ("cold", "nothing", *EDITS, *previewing.EDITS, "eight", *MANY)

Tell = Callable[[str], None]


def _machine() -> dict[str, Any]:
    """Return what the figures depend on beside the code."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    return {
        "processor": model or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


class Bench:
    """Measures in turns and notes every figure."""

    def __init__(self, folder: Path, ways: Sequence[str], out: Path, tell: Tell) -> None:
        self._folder, self._out, self._tell = folder, out, tell
        self._ways = list(ways)
        self._projects: dict[str, Project] = {}
        self.result: dict[str, Any] = {
            "machine": _machine(),
            "day": dt.datetime.now(dt.UTC).date().isoformat(),
            "edition": CURRENT,
            "load": [],
            "measured": [],
            "weights": [],
        }

    def _project(self, name: str, make: Callable[[Path], Project] = copied) -> Project:
        if name not in self._projects:
            self._projects[name] = make(self._folder / name)
        return self._projects[name]

    def _begun(self, way: str, book: str = "", make: Callable[[Path], Project] = copied) -> Project:
        """Return a way's copy of a book with nothing built, the floor's with the runs of ours."""
        project = self._project(book + (OURS if way == FLOOR else way), make)
        if way != FLOOR:
            project.forget()
        return project

    def _note(self, case: str, way: str, made: tuple[Measured, float]) -> None:
        measured, execution = made
        found = next(
            (e for e in self.result["measured"] if (e["case"], e["way"]) == (case, way)), None
        )
        if found is None:
            found = {"case": case, "way": way, "seconds": [], "execution": [], "memory": [],
                     "ran": [], "turns": []}  # fmt: skip
            self.result["measured"].append(found)
        found["seconds"].append(round(measured.seconds, 2))
        found["execution"].append(round(execution, 2))
        found["memory"].append(measured.memory)
        found["ran"].append(sum(": done, " in line for _, line in measured.lines))
        found["turns"].append(len(self.result["load"]) - 1)
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self._out.write_text(json.dumps(self.result, indent=1) + "\n", encoding="utf-8")
        self._tell(
            f"{case:<9} {way:<10} {measured.seconds:8.1f} s  {measured.memory / 1e6:6.0f} MB"
        )

    def go_on_from(self, earlier: Mapping[str, Any]) -> None:
        """Let the figures join those of an earlier result."""
        for name in ("machine", "day", "edition"):
            if earlier[name] != self.result[name]:
                raise BenchError(
                    f"{self._out.name} holds figures of another {name}, {earlier[name]}: "
                    "measure without --add, into another file"
                )
        self.result = dict(earlier)

    def turn(self, number: int, cases: Sequence[str]) -> None:
        """Measure every case once in every way that tells it apart."""
        self.result["load"].append(round(os.getloadavg()[0], 2))
        for project in self._projects.values():
            project.forget()  # the same incidents are added again: no run of them may be there
            project.undo()
        for name in self._ways:
            self._of_way(name, number, cases)
        for case, edit in previewing.EDITS.items():
            if OURS in self._ways and case in cases:
                made = previewing.edit_to_page(self._project(OURS), edit, number)
                self._note(case, OURS, (made, 0.0))
        if OURS in self._ways and "eight" in cases:
            project = self._project("eight")
            project.forget()
            self._note("eight", OURS, grid(project, EIGHT))
        for case in (case for case in MANY if case in cases):
            for name in self._ways:
                if case == "hundred" or name == OURS:
                    self._of_many(case, name)

    def _of_way(self, name: str, number: int, cases: Sequence[str]) -> None:
        way = WAYS[name]
        later = [c for c in cases if c in ("nothing", *EDITS)] if way.reuses else []
        wanted = "cold" in cases
        if not wanted and not later:
            return
        project = self._begun(name)
        made = way.make(project)
        if wanted:
            self._note("cold", name, made)
            self._weigh(name, project)
        for case in later:
            if case in EDITS:
                EDITS[case](project, number)
            self._note(case, name, way.make(project))

    def _of_many(self, case: str, name: str) -> None:
        project = self._begun(name, f"{case}-", lambda at: many(at, MANY[case]))
        self._note(case, name, WAYS[name].make(project))

    def _weigh(self, name: str, project: Project) -> None:
        if name in (OURS, "papermill"):
            self._projects.setdefault(name, project)
            both = [self._projects.get(way) for way in (OURS, "papermill")]
            if both[0] and both[1]:
                self.result["weights"] = weights.of(both[0].root, both[1].root)


@contextmanager
def _workplace() -> Iterator[Path]:
    """Yield a folder outside the project, so that nothing measured looks at it."""
    folder = Path(tempfile.mkdtemp(prefix="balkandefence-bench-"))
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_unknown(kind: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise BenchError(f"{kind} {', '.join(unknown)}: there are {', '.join(known)}")


def measure(
    cases: Sequence[str],
    ways: Sequence[str],
    *,
    runs: int,
    out: Path,
    tell: Tell,
    add: bool = False,
) -> Mapping[str, Any]:
    """Measure the cases in the ways, `runs` times in turns; return the result, also in `out`.

    After each figure the file holds all until then. With `add` the figures join those that `out`
    holds already, of the same day, machine and edition. Raises BenchError for an unknown name,
    for figures that cannot stand together or where a way fails.
    """
    _refuse_unknown("case", cases, CASES)
    _refuse_unknown("way", ways, list(WAYS))
    earlier = speed.read(out) if add else None
    if FLOOR in ways and OURS not in ways:
        raise BenchError(f"way {FLOOR} needs {OURS}, of whose runs it makes the pages")
    with _workplace() as folder:
        ordered = [way for way in WAYS if way in ways]
        bench = Bench(folder, ordered, out, tell)
        if earlier:
            bench.go_on_from(earlier)
        for number in range(runs):
            bench.turn(number, [case for case in CASES if case in cases])
    out.write_text(json.dumps(bench.result, indent=1) + "\n", encoding="utf-8")
    return bench.result


def keep(result: Path) -> list[Path]:
    """Put a result on the page "How fast": its figures and its picture; return the files."""
    found = speed.read(result)
    if found is None:
        raise BenchError(f"{result}: there is no such file")
    return speed.keep(found, paths.chapters())
