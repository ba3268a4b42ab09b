"""Who does which job until when: taken, renewed while work goes on, taken back from the dead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.states import OPEN, State
from echelon.foundation.jobs.task import Task

#: How long a worker that says nothing is believed to live.
LEASE = timedelta(seconds=60)
ATTEMPTS = 8


def take(at: datetime, lease: timedelta = LEASE) -> Task | None:
    """Take the job that has been due for longest; None if there is none.

    Two workers never get the same: on PostgreSQL a row that one is taking is locked, and skipped
    by the others; SQLite has one writer at a time.
    """
    reap(at)
    while _due(at).exists():  # a plain read: SQLite isn't locked for looking
        try:
            with transaction.atomic():
                found = _due(at).select_for_update(skip_locked=True).first()
                return _begin(found, at + lease) if found else None
        except IntegrityError:  # its key or line began to run meanwhile: the database saw it
            continue
    return None


def _due(at: datetime) -> QuerySet[Job]:
    """Return the jobs that may be taken, longest due first."""
    same_key = Job.objects.filter(state=State.RUNNING, kind=OuterRef("kind"), key=OuterRef("key"))
    ahead = Job.objects.filter(state__in=OPEN, line=OuterRef("line"), id__lt=OuterRef("id"))
    return Job.objects.filter(
        Q(key="") | ~Exists(same_key),
        Q(line="") | ~Exists(ahead),
        state=State.WAITING,
        not_before__lte=at,
    ).order_by("not_before", "id")


def _begin(found: Job, until: datetime) -> Task:
    """Begin an attempt, which does for all others of its key that wait."""
    if found.key:
        others = Job.objects.filter(kind=found.kind, key=found.key, state=State.WAITING)
        same = list(others.exclude(pk=found.pk).select_for_update(skip_locked=True))
        found.attempts = max([found.attempts, *(other.attempts for other in same)])
        Job.objects.filter(pk__in=[other.pk for other in same]).delete()
    found.state = State.RUNNING
    found.attempts += 1
    found.lease, found.leased_until = uuid4(), until
    found.save(update_fields=["state", "attempts", "lease", "leased_until"])
    return Task(found.pk, found.kind, found.payload, found.key, found.attempts, found.lease)


def renew(leases: Iterable[UUID], until: datetime) -> None:
    """Prolong leases; one whose row its own work has locked is safe, and isn't waited for."""
    with transaction.atomic():
        held = Job.objects.filter(lease__in=list(leases), state=State.RUNNING)
        rows = list(held.select_for_update(skip_locked=True).values_list("pk", flat=True))
        held.filter(pk__in=rows).update(leased_until=until)


def reap(at: datetime) -> int:
    """Take back what lost workers held: to be done again, or failed after the last attempt."""
    lost = Job.objects.filter(state=State.RUNNING, leased_until__lt=at)
    if not lost.exists():
        return 0
    with transaction.atomic():
        found = list(lost.select_for_update(skip_locked=True))
        for row in found:
            final = row.attempts >= ATTEMPTS
            row.state = State.FAILED if final else State.WAITING
            row.ended_at = at if final else None
            row.error = f"attempt {row.attempts} of {ATTEMPTS}: its worker was lost"
            row.lease = row.leased_until = None
            row.save(update_fields=["state", "ended_at", "error", "lease", "leased_until"])
    return len(found)
