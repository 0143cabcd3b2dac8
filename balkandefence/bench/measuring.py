"""Run commands and measure them: seconds, when lines came, and the memory of all processes."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from balkandefence import BookError

#: Seconds from one look at the memory to the next: in the first second, and later.
_PAUSES = (0.05, 0.25)
#: At least how many times as long as a look works the next one waits. A look takes milliseconds a
#: process, and would slow most what has many processes and no core to spare: our own builds.
_APART = 40


class BenchError(BookError):
    """Something could not be measured."""


@dataclass
class Measured:
    """What a command took: seconds, peak bytes of all its processes, and each line's second."""

    seconds: float = 0.0
    memory: int = 0
    lines: list[tuple[float, str]] = field(default_factory=list)

    def second_of(self, part: str) -> float:
        """Return when the last line with a text came, 0 where none did."""
        return max((at for at, line in self.lines if part in line), default=0.0)

    def then(self, other: Measured) -> Measured:
        """Return this and what followed it as one."""
        later = [(self.seconds + at, line) for at, line in other.lines]
        seconds = self.seconds + other.seconds
        return Measured(seconds, max(self.memory, other.memory), self.lines + later)


def _bytes(process: psutil.Process) -> int:
    """Return the memory of a process, what it shares with others counted in part."""
    with contextlib.suppress(psutil.Error):
        whole = process.memory_full_info()
        return int(getattr(whole, "pss", 0) or whole.rss)
    return 0


def of_tree(top: psutil.Process) -> int:
    """Return the memory of a process and all that it started, in bytes."""
    with contextlib.suppress(psutil.Error):
        return sum(_bytes(process) for process in [top, *top.children(recursive=True)])
    return 0


def run(command: Sequence[str], *, at: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command in the folder `at` to its end; raise BenchError where it fails."""
    made = Measured()
    begun = time.monotonic()
    process = subprocess.Popen(
        list(command),
        cwd=at,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    ended = threading.Event()

    def watch() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(process.pid)
            while True:
                before = time.thread_time()
                made.memory = max(made.memory, of_tree(top))
                pause = _PAUSES[time.monotonic() - begun > 1]
                if ended.wait(max(pause, _APART * (time.thread_time() - before))):
                    return

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        assert process.stdout is not None
        for line in process.stdout:
            made.lines.append((time.monotonic() - begun, line.rstrip()))
        code = process.wait()
        made.seconds = time.monotonic() - begun
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        ended.set()
        watching.join()
    if code:
        last = "\n  ".join(line for _, line in made.lines[-12:])
        raise BenchError(f"{' '.join(command[:6])} … ended with {code}:\n  {last}")
    return made
