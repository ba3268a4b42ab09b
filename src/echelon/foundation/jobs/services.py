"""Asks for work and does it: leased, retried with growing pauses, each attempt fenced."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from echelon.foundation.access import system
from echelon.foundation.access.walls import entered
from echelon.foundation.jobs import waking
from echelon.foundation.jobs.errors import Lost
from echelon.foundation.jobs.kinds import KINDS, job
from echelon.foundation.jobs.leases import ATTEMPTS, LEASE, take
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.states import OPEN, State
from echelon.foundation.jobs.task import Task, done

__all__ = [
    "Lost",
    "Task",
    "again",
    "cancel",
    "enqueue",
    "enqueue_all",
    "job",
    "run_due",
    "run_one",
    "sweep",
]

Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


def enqueue(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    key: str = "",
    line: str = "",
    after: timedelta = timedelta(0),
) -> int:
    """Ask for work, in the transaction of whoever needs it; return the id of the job.

    With a `key`, a job that waits does for all who ask, at the earliest time that one of them
    named; one that runs gets one successor. What such a job does must follow from its key. Jobs
    of a `line` are done one after another as they were asked for, and one that is tried again
    holds back those behind it.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no job {kind!r}")
    due = at + after
    with transaction.atomic():
        found = _waiting(kind, key) if key else None
        if found is None:
            found = Job.objects.create(
                kind=kind, payload=dict(payload or {}), key=key, line=line,
                not_before=due, made_at=at,
            )  # fmt: skip
        elif due < found.not_before:
            found.not_before = due
            found.save(update_fields=["not_before"])
        waking.call()
    return found.pk


def enqueue_all(
    kind: str, payloads: Sequence[Mapping[str, Any]], *, at: datetime, line: str = ""
) -> None:
    """Ask for many pieces of work at the price of a few queries: as `enqueue`, without keys."""
    if kind not in KINDS:
        raise ValueError(f"there is no job {kind!r}")
    with transaction.atomic():
        Job.objects.bulk_create(
            [
                Job(kind=kind, payload=dict(each), line=line, not_before=at, made_at=at)
                for each in payloads
            ],
            batch_size=1_000,
        )
        waking.call()


def _waiting(kind: str, key: str) -> Job | None:
    """Return the job of a key that waits, locked: no worker takes it before this commits.

    Else a worker could take it, look, and be done before it can see what this transaction did.
    One that somebody else holds is passed over rather than waited for, so that nobody deadlocks;
    then there are two for a moment, and whoever takes the first does both.
    """
    waiting = Job.objects.filter(kind=kind, key=key, state=State.WAITING)
    return waiting.select_for_update(skip_locked=True).order_by("not_before", "id").first()


def run_one(
    clock: Clock,
    lease: timedelta = LEASE,
    holding: Callable[[Task], object] = lambda _: None,
) -> bool:
    """Do one job that is due, if there is one; return whether there was.

    `holding` is told of the task before its work begins: whoever renews leases needs to know.
    """
    task = take(clock(), lease)
    if task is None:
        return False
    holding(task)
    try:
        if task.kind not in KINDS:
            raise LookupError(f"this version knows no job {task.kind!r}")
        with entered(system(task.kind)):
            KINDS[task.kind].work(task, clock())
    except Lost:
        log.warning("job %s %s: the lease was lost; nothing more is written", task.id, task.kind)
    except Exception:
        _failed(task, clock())
    else:
        mine = Job.objects.filter(pk=task.id, lease=task.lease, state=State.RUNNING)
        mine.update(**done(clock()))
    return True


def run_due(clock: Clock, limit: int = 10_000) -> int:
    """Do all that is due, and what that asks for in turn; return how many jobs were done."""
    count = 0
    while count < limit and run_one(clock):
        count += 1
    return count


def _failed(task: Task, at: datetime) -> None:
    """Have a job tried again later; after the last attempt leave it as failed, to be seen."""
    final = task.attempt >= ATTEMPTS
    log.exception("job %s %s: attempt %s of %s failed", task.id, task.kind, task.attempt, ATTEMPTS)
    Job.objects.filter(pk=task.id, lease=task.lease, state=State.RUNNING).update(
        state=State.FAILED if final else State.WAITING,
        not_before=at + timedelta(seconds=2**task.attempt),
        ended_at=at if final else None,
        lease=None,
        leased_until=None,
        error=traceback.format_exc(limit=20),
    )


def cancel(which: int, *, at: datetime) -> bool:
    """Call a job off; one that runs finds its lease gone. Return whether it was still open."""
    found = Job.objects.filter(pk=which, state__in=OPEN)
    return bool(found.update(state=State.CANCELLED, ended_at=at, lease=None, leased_until=None))


def again(which: int, *, at: datetime) -> bool:
    """Have a failed or cancelled job tried anew; return whether it was one."""
    with transaction.atomic():
        found = Job.objects.filter(pk=which, state__in=(State.FAILED, State.CANCELLED))
        changed = found.update(
            state=State.WAITING, attempts=0, not_before=at, ended_at=None, progress=0, doing=""
        )
        waking.call()
    return bool(changed)


def give_back(leases: Iterable[UUID], *, at: datetime) -> None:
    """Let others do at once what this process has begun and can't end."""
    held = Job.objects.filter(lease__in=list(leases), state=State.RUNNING)
    held.update(state=State.WAITING, not_before=at, lease=None, leased_until=None)


def sweep(at: datetime) -> int:
    """Forget what ended well a week ago, and what failed three months ago; return how many."""
    well = Job.objects.filter(
        state__in=(State.DONE, State.CANCELLED), ended_at__lt=at - timedelta(days=7)
    )
    badly = Job.objects.filter(state=State.FAILED, ended_at__lt=at - timedelta(days=90))
    return well.delete()[0] + badly.delete()[0]
