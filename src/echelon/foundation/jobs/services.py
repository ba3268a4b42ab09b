"""Asks for work and does it: leased, retried with growing pauses, each attempt fenced."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from echelon.foundation.jobs.models import Job

LEASE = timedelta(minutes=5)
ATTEMPTS = 8
Work = Callable[["Job", datetime], None]
_KINDS: dict[str, Work] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Register a function as the work of a kind: `def work(job, at)`, safe to run twice."""

    def wrap(work: Work) -> Work:
        if kind in _KINDS:
            raise ValueError(f"there is a job {kind!r} already")
        _KINDS[kind] = work
        return work

    return wrap


def enqueue(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    key: str = "",
    after: timedelta = timedelta(0),
) -> None:
    """Ask for work, in the transaction of whoever needs it. One waiting job a key is enough."""
    if kind not in _KINDS:
        raise ValueError(f"there is no job {kind!r}")
    try:
        with transaction.atomic():
            Job.objects.create(
                kind=kind, payload=dict(payload or {}), key=key, not_before=at + after, made_at=at
            )
    except IntegrityError:
        if not key:
            raise


def lease(at: datetime) -> Job | None:
    """Take the job that is due for longest, or one whose worker was lost; None if there is none."""
    due = Q(state=Job.State.WAITING, not_before__lte=at)
    lost = Q(state=Job.State.RUNNING, leased_until__lt=at)
    for found in Job.objects.filter(due | lost).order_by("not_before", "id")[:10]:
        taken = uuid4()
        won = Job.objects.filter(pk=found.pk, state=found.state, lease=found.lease).update(
            state=Job.State.RUNNING,
            lease=taken,
            leased_until=at + LEASE,
            attempts=F("attempts") + 1,
        )
        if won:
            return Job.objects.get(pk=found.pk)
    return None


def run_one(clock: Callable[[], datetime]) -> bool:
    """Do one job that is due, if there is one; return whether there was."""
    taken = lease(clock())
    if taken is None:
        return False
    mine = Job.objects.filter(pk=taken.pk, lease=taken.lease)
    try:
        _KINDS[taken.kind](taken, clock())
    except Exception:
        again = taken.attempts < ATTEMPTS
        mine.update(
            state=Job.State.WAITING if again else Job.State.FAILED,
            not_before=clock() + timedelta(seconds=2**taken.attempts),
            lease=None,
            error=traceback.format_exc(limit=20),
        )
        return True
    mine.update(state=Job.State.DONE, ended_at=clock(), lease=None, progress=100, error="")
    return True


def run_due(clock: Callable[[], datetime], limit: int = 10_000) -> int:
    """Do all that is due, and what that asks for in turn; return how many jobs were done."""
    count = 0
    while count < limit and run_one(clock):
        count += 1
    return count
