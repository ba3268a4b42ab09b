"""How often something is run, and what is kept of it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.answers import Answer

RUNS = 5
#: Above so many seconds a run isn't repeated: it is its own median, and the table says so.
LONG = 20
T = TypeVar("T")


class NotYet(Exception):
    """The contestant can't do this workload; the reason is shown in its place."""


@dataclass
class Measured:
    """What one contestant did: its answer, seconds by what was timed, remarks for the reader."""

    answer: Answer
    times: dict[str, list[float]]
    notes: list[str] = field(default_factory=list)


def clocked(run: Callable[[], T]) -> tuple[float, T]:
    """Return how long a call took, and what it returned."""
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def repeated(run: Callable[[], T]) -> tuple[list[float], T]:
    """Run once uncounted, then `RUNS` times; a long first run is the only one, and counts."""
    first, result = clocked(run)
    if first > LONG:
        return [first], result
    times = []
    for _ in range(RUNS):
        del result  # two answers in memory at once would be our doing, not the contestant's
        gc.collect()  # and so would what a run before left in circles
        seconds, result = clocked(run)
        times.append(seconds)
    return times, result


def measured(
    run: Callable[[], T], answer: Callable[[T], Answer], notes: tuple[str, ...] = ()
) -> Measured:
    """Time a call, then bring its result into the form that is compared, untimed."""
    times, result = repeated(run)
    return Measured(answer(result), {"run": times}, list(notes))
