"""The page "How fast": what was measured, beside what was aimed at, from a kept result.

Building the book measures nothing: `balkandefence bench` does, and its kept result and picture
stand beside the page.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from balkandefence import BookError, atomic, paths

#: What a kept result consists of, beside the page.
NAME, PICTURES = "speed.json", ("speed.svg", "speed-narrow.svg")
WAYS = {
    "ours": "This book",
    "papermill": "papermill, then Jupyter Book",
    "force": "Jupyter Book, executing all",
    "cache": "Jupyter Book, with its cache",
    "nbconvert": "nbconvert, then Jupyter Book",
    "floor": "The floor: one warm process",
}
CASES = {
    "cold": "Cold build",
    "nothing": "Nothing changed",
    "prose": "One prose edit",
    "preview": "One prose edit, previewed",
    "incident": "One incident more",
    "previewed": "One incident more, previewed",
    "row": "One data row, widely read",
    "chart": "One chart module",
    "eight": "Eight editions at once",
    "quarter": "25 small notebooks, cold",
    "hundred": "100 small notebooks, cold",
}
#: Cases in which a way does not see what changed, so that its time is no comparison.
_BLIND = {"cache": ("incident", "row", "chart")}
#: A preview does not tell how many notebooks it runs.
_PREVIEWS = ("preview", "previewed")
_NONE = "No measurement is kept yet.\n`make bench` makes one; it takes hours on an idle machine."

Result = Mapping[str, Any]
#: Figures by the turn in which they were measured.
Series = Mapping[int, float]


@dataclass(frozen=True)
class Target:
    """One thing aimed at: in which case, what, what was found, and whether that is met."""

    case: str
    wanted: str
    found: str
    met: bool


@dataclass(frozen=True)
class _Entry:
    """One case in one way: seconds by turn, and the medians of the rest."""

    series: Series
    executing: Series
    memory: float
    ran: float

    @property
    def seconds(self) -> float:
        """Return the median."""
        return statistics.median(self.series.values())


def _ratio(slow: Series, fast: Series) -> float:
    """Return how many times as long one takes, 0 where one was not measured.

    A machine is quicker in one hour than in the next: it is the median of the ratios within each
    turn that measured both; only where there is none, that of the medians.
    """
    both = [slow[turn] / fast[turn] for turn in slow if fast.get(turn)]
    if both:
        return statistics.median(both)
    if not slow or not any(fast.values()):
        return 0.0
    return statistics.median(slow.values()) / statistics.median(fast.values())


def read(path: Path) -> Result | None:
    """Return a result, None where there is none; raise BookError where it is damaged."""
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _entries(found)
        return {**found, "machine": {**found["machine"]}}
    except (ValueError, KeyError, TypeError, statistics.StatisticsError) as error:
        raise BookError(f"{path.name}: not a result of the bench: {error!r}") from error


def _entries(result: Result) -> dict[tuple[str, str], _Entry]:
    return {
        (found["case"], found["way"]): _Entry(
            series=dict(zip(found["turns"], found["seconds"], strict=True)),
            executing=dict(zip(found["turns"], found["execution"], strict=True)),
            memory=float(statistics.median(found["memory"])),
            ran=float(statistics.median(found["ran"])),
        )
        for found in result["measured"]
    }


def _execution(entries: Mapping[tuple[str, str], _Entry], way: str) -> Series:
    """Return the seconds in which a way executes, cold, as far as that is known.

    Jupyter Book executes and compiles in one go: its compiling is taken to be as long as that of
    the same content by the first way.
    """
    cold, loop = entries.get(("cold", way)), entries.get(("cold", "papermill"))
    if cold is None:
        return {}
    if way not in ("force", "cache"):
        return cold.executing
    if loop is None:
        return {}
    compiling = {turn: loop.series[turn] - loop.executing[turn] for turn in loop.series}
    return {turn: seconds - compiling[turn] for turn, seconds in cold.series.items()
            if turn in compiling}  # fmt: skip


class _Targets:
    """Compares what was measured with what was aimed at, as far as it was measured."""

    def __init__(self, result: Result) -> None:
        self.entries = _entries(result)
        self.found: list[Target] = []

    def series(self, case: str, way: str = "ours") -> Series:
        """Return the seconds by turn, none where it was not measured."""
        entry = self.entries.get((case, way))
        return entry.series if entry else {}

    def seconds(self, case: str) -> float:
        """Return our median, 0 where it was not measured."""
        return statistics.median(self.series(case).values() or [0.0])

    def at_least(self, case: str, wanted: str, times: float, slow: Series, fast: Series) -> None:
        """Compare a ratio with what it should reach."""
        if ratio := _ratio(slow, fast):
            self.found.append(Target(case, wanted, f"{ratio:.2f}×", ratio >= times))

    def at_most(self, case: str, wanted: str, limit: float, value: float, unit: str = " s") -> None:
        """Compare a figure with what it should stay under."""
        if value:
            self.found.append(Target(case, wanted, f"{value:,.2f}{unit}", value <= limit))


def targets(result: Result) -> list[Target]:
    """Return each target of which there is a measurement, met or missed."""
    to = _Targets(result)
    ours = _execution(to.entries, "ours")
    cold = to.series("cold")
    loop = to.series("cold", "papermill")
    to.at_least("cold", "execution at least 5× faster than papermill's", 5,
                _execution(to.entries, "papermill"), ours)  # fmt: skip
    to.at_least("cold", "execution at least 3× faster than Jupyter Book's", 3,
                _execution(to.entries, "force"), ours)  # fmt: skip
    to.at_least("cold", "whole build at least 3× faster than papermill's", 3, loop, cold)
    floor = to.series("cold", "floor")
    to.at_most("cold", "within 1.5× of the floor", 1.5, _ratio(cold, floor), "×")
    to.at_most("nothing", "under 1 s", 1, to.seconds("nothing"))
    to.at_least("nothing", "at least 20× faster than papermill's", 20, loop, to.series("nothing"))
    to.at_most("preview", "under 2.5 s from the edit to the page", 2.5, to.seconds("preview"))
    for case in ("incident", "previewed", "row"):
        wanted = "at least 4× faster than our own cold build"
        to.at_least(case, wanted, 4, cold, to.series(case))
    to.at_most("eight", "under 3× the time of one", 3, _ratio(to.series("eight"), cold), "×")
    hundred = to.entries.get(("hundred", "ours"))
    if hundred:
        to.at_most("hundred", "at most 0.5 s a notebook", 0.5, hundred.seconds / 100)
        to.at_most("hundred", "peak memory under 2 GB", 2, hundred.memory / 1e9, " GB")
        to.at_most("hundred", "linear: at most 4× the time of a quarter of them", 4,
                   _ratio(hundred.series, to.series("quarter")), "×")  # fmt: skip
    pages = result["weights"]
    if pages:
        share = max(page["ours"] / page["stock"] for page in pages)
        to.at_most("weight", "a chapter's page weighs at most half of Jupyter Book's", 0.5, share,
                   " of it, the heaviest chapter")  # fmt: skip
    return to.found


def frame(result: Result) -> pd.DataFrame:
    """Return what the chart shows: case, way, label and median seconds, in the page's order."""
    entries = {
        (case, way): entry
        for (case, way), entry in _entries(result).items()
        if case not in _BLIND.get(way, ())
    }
    rows = [
        {"case": title, "way": way, "label": label, "seconds": entries[case, way].seconds}
        for case, title in CASES.items()
        for way, label in WAYS.items()
        if (case, way) in entries and sum(found == case for found, _ in entries) > 1
    ]
    return pd.DataFrame(rows, columns=["case", "way", "label", "seconds"])


def _title(result: Result) -> str:
    entries = _entries(result)
    ours, loop = entries.get(("cold", "ours")), entries.get(("cold", "papermill"))
    if not ours or not loop:
        return "How long each way takes to make the book"
    times = _ratio(loop.series, ours.series)
    return f"A cold build is {times:.1f} times as fast as a shell loop"


def _drawn(result: Result, data: pd.DataFrame) -> dict[str, str]:
    """Return the chart's pictures by file."""
    from balkandefence import drawings
    from balkandefence.charts import speed

    machine = result["machine"]
    foot = f"Measured on {result['day']}, {machine['processor']}, {machine['cores']} cores."
    picture = drawings.drawn(speed.bars, data, f"{foot} CC BY 4.0.", {"title": _title(result)})
    return dict(zip(PICTURES, (picture["svg"], picture["narrow"]), strict=True))


def keep(result: Result, folder: Path) -> list[Path]:
    """Write a result and its pictures into the folder of the page; return the files.

    There are pictures where a case was measured in two ways; the result then says what they show.
    """
    from balkandefence.charts.speed import describe_bars

    data = frame(result)
    drawn = {} if data.empty else _drawn(result, data)
    told = {**result, "alt": describe_bars(data)} if drawn else result
    texts = {NAME: json.dumps(told, indent=1) + "\n", **drawn}
    atomic.write({folder / name: text for name, text in texts.items()})
    return [folder / name for name in texts]


def _table(head: list[str], rows: list[list[str]], words: int = 2) -> str:
    """Return a table of which so many columns are of words, and the others of figures."""
    lines = [f"| {' | '.join(head)} |", "|" + ":--|" * words + "--:|" * (len(head) - words)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _listed(result: Result) -> str:
    """Return the table of the targets, the misses too."""
    rows = [
        [CASES.get(t.case, "First paint"), t.wanted,
         f"{t.found}, {'met' if t.met else '**missed**'}"]
        for t in targets(result)
    ]  # fmt: skip
    return _table(["Case", "Aimed at", "Measured"], rows)


def _medians(result: Result) -> str:
    entries = _entries(result)
    rows = []
    for case, title in CASES.items():
        for way, label in WAYS.items():
            found = entries.get((case, way))
            if found:
                ours = entries.get((case, "ours"))
                blind = case in _BLIND.get(way, ())
                ratio = 0.0
                if ours and way != "ours" and not blind:
                    ratio = _ratio(found.series, ours.series)
                counted = way == "ours" and case not in _PREVIEWS
                ran = f" ({found.ran:.0f} run)" if counted else ""
                old = " (shows the old page)" if blind else ""
                name = f"{title}{ran}" if way == "ours" else f"{title}: {label}{old}"
                memory = f"{found.memory / 1e9:,.2f}"
                against = f"{ratio:.1f}×" if ratio else "–"
                rows.append([name, f"{found.seconds:,.2f}", against, memory])
    return _table(["Case (notebooks run)", "Seconds", "Times ours", "Peak memory, GB"], rows, 1)


def _runs(result: Result) -> str:
    """Return sentences on how often each case was measured in each way, and on the ratios."""
    runs: dict[str, set[int]] = {}
    for (case, way), found in _entries(result).items():
        name = CASES[case] if way == "ours" else f"{CASES[case]} in other ways"
        runs.setdefault(name, set()).add(len(found.series))
    usual = statistics.mode(number for numbers in runs.values() for number in numbers)
    others = [
        f"{name}, {' or '.join(map(str, sorted(numbers)))}"
        for name, numbers in runs.items()
        if numbers != {usual}
    ]
    but = f" ({'; '.join(others)})" if others else ""
    return (
        f"Each time is the median of {usual} runs{but}, taken in turns on the same machine.\n"
        "Each ratio is the median of those within the turns that measured both, since a machine is "
        "quicker in one hour than in the next; where no turn did, it is that of the medians."
    )


def _left_out(result: Result) -> str:
    """Return a sentence on the ways of which no cold build was measured, empty where all were."""
    entries = _entries(result)
    left = [label for way, label in WAYS.items() if ("cold", way) not in entries]
    return f"Not measured: {'; '.join(left)}.\n" if left else ""


def _weights(result: Result) -> str:
    rows = [
        [page["page"], f"{page['ours'] / 1e3:,.0f}", f"{page['stock'] / 1e3:,.0f}"]
        for page in result["weights"]
    ]
    if not rows:
        return ""
    table = _table(["Chapter", "This book, kB", "Jupyter Book, kB"], rows, 1)
    return f"## What a page weighs\n\n{table}\n\n"


def _picture(result: Result) -> str:
    if "alt" not in result or not all((paths.chapters() / name).is_file() for name in PICTURES):
        return ""
    alt = escape(result["alt"], quote=True)
    return (
        '<p><picture><source media="(max-width: 600px)" srcset="figures/speed/speed-narrow.svg">'
        f'<img src="figures/speed/speed.svg" alt="{alt}" loading="lazy"></picture></p>\n\n'
    )


def lay_out_files(folder: Path) -> None:
    """Write the pictures and the result that the page links to, where there are any."""
    for name in (NAME, *PICTURES):
        path = paths.chapters() / name
        if path.is_file():
            to = folder / "figures" / "speed" / name
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(path.read_bytes())


def page() -> str:
    """Return the page's content as MyST."""
    result = read(paths.chapters() / NAME)
    if result is None:
        return _NONE
    found = targets(result)
    met = sum(target.met for target in found)
    machine = result["machine"]
    return f"""{met} of {len(found)} targets are met.
Measured on {result["day"]} with edition {result["edition"]} on {machine["processor"]}, {machine["cores"]} cores, {machine["memory"] / 1e9:.0f} GB, {machine["system"]}, Python {machine["python"]}.
The load of the machine when a turn began was between {min(result["load"])} and {max(result["load"])}.

## What was aimed at

{_listed(result)}

## What was measured

{_runs(result)}
Where no other way is named, it is this book's.
{_left_out(result)}
{_picture(result)}{_medians(result)}

{_weights(result)}Every single run stands in <a href="figures/speed/{NAME}" download>the result file</a>.
"""  # noqa: E501
