"""Work that comes back by itself: enrollments whose last day is over expire."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.access import system
from echelon.foundation.jobs.services import Task, job
from echelon.records.enrollments.services import ending


@job("enrollments.expire", every="*/15 * * * *")
def expire(_task: Task, at: datetime) -> None:
    """Expire what is due: every zone's midnight falls on a quarter of an hour."""
    ending.expire(system("enrollments.expire"), at=at)
