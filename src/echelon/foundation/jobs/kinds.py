"""The kinds of work there are: what each room's `jobs.py` registers by being imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from echelon.foundation.jobs.task import Task

Work = Callable[[Task, datetime], None]


@dataclass(frozen=True)
class Kind:
    """One kind: its function, and the cron expression by which it comes back, if it does."""

    work: Work
    every: str = ""


KINDS: dict[str, Kind] = {}


def job(kind: str, *, every: str = "") -> Callable[[Work], Work]:
    """Register a function as the work of a kind: `def work(task, at)`, safe to run twice.

    `every` is a cron expression in the vendor's time zone, such as `15 3 * * *`.
    """

    def wrap(work: Work) -> Work:
        if kind in KINDS:
            raise ValueError(f"there is a job {kind!r} already")
        KINDS[kind] = Kind(work, every)
        return work

    return wrap
