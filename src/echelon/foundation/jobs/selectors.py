"""What is seen of jobs: how far one is, what failed, how much waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.states import State

#: No id is greater, and no database takes one.
MOST = 2**63 - 1


@dataclass(frozen=True)
class Seen:
    """A job as a page shows it; `error` is a traceback, for the vendor's administrators."""

    id: int
    kind: str
    state: State
    progress: int
    doing: str
    attempts: int
    not_before: datetime
    made_at: datetime
    ended_at: datetime | None
    error: str


def jobs(scope: Scope, *, state: State | None = None, limit: int = 100) -> list[Seen]:
    """Return jobs, the latest first; of one state if it is named."""
    rows = visible(Job.objects.all(), scope, Right.SETTINGS_MANAGE).order_by("-id")
    rows = rows.filter(state=state) if state else rows
    return [_seen(row) for row in rows[:limit]]


def progress(which: int) -> Seen | None:
    """Return how far a job is, for the room whose job it is; None once it is forgotten."""
    row = Job.objects.filter(pk=which).first() if which <= MOST else None
    return _seen(row) if row else None


def latest(kind: str, key: str) -> Seen | None:
    """Return the last job of a kind with a key, for the room whose job it is; None if none."""
    row = Job.objects.filter(kind=kind, key=key).order_by("-id").first()
    return _seen(row) if row else None


def counts() -> dict[str, int]:
    """Return how many jobs stand in each state."""
    found = dict(Job.objects.values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in State}


def oldest_due(at: datetime) -> datetime | None:
    """Return since when the job has been due that waits for longest; None if none does."""
    due = Job.objects.filter(state=State.WAITING, not_before__lte=at).order_by("not_before")
    return due.values_list("not_before", flat=True).first()


def unended(kind: str) -> Iterator[dict[str, Any]]:
    """Yield the payloads of a kind's jobs that aren't done: waiting, running or failed."""
    states = (State.WAITING, State.RUNNING, State.FAILED)
    rows = Job.objects.filter(kind=kind, state__in=states)
    yield from rows.values_list("payload", flat=True).iterator()


def _seen(row: Job) -> Seen:
    return Seen(
        row.pk, row.kind, State(row.state), row.progress, row.doing, row.attempts,
        row.not_before, row.made_at, row.ended_at, row.error,
    )  # fmt: skip
