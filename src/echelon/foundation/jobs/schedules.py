"""Work that comes back by the calendar: each due time is asked for exactly once.

Who finds a schedule due moves it on and enqueues its job in one transaction, under a lock: of many
workers one does, and a crash leaves it as it was. Due times that went by while nobody worked are
made good by one job, for the last of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter
from django.conf import settings
from django.db import transaction

from echelon.foundation.jobs.kinds import KINDS
from echelon.foundation.jobs.models import Schedule
from echelon.foundation.jobs.services import enqueue


def schedule(
    name: str,
    kind: str,
    expression: str,
    *,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
    zone: str = "",
) -> datetime:
    """Have a job come back by a cron expression; the same name again replaces it.

    Returns the next due time. The job's payload gets `due`, the time it is for, as ISO text.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no job {kind!r}")
    zone = zone or settings.TIME_ZONE
    following = after(expression, zone, at)
    said = {"kind": kind, "payload": dict(payload or {}), "expression": expression, "zone": zone}
    with transaction.atomic():
        Schedule.objects.get_or_create(name=name, defaults={**said, "next_due": following})
        row = Schedule.objects.select_for_update().get(name=name)
        if {field: getattr(row, field) for field in said} != said:
            Schedule.objects.filter(name=name).update(**said, next_due=following)
            return following
        return row.next_due


def unschedule(name: str) -> None:
    """Have a job come back no more."""
    Schedule.objects.filter(name=name).delete()


def declare(at: datetime) -> None:
    """Bring the schedules that jobs declare (`every`) in line with this version."""
    for kind, known in KINDS.items():
        if known.every:
            schedule(kind, kind, known.every, at=at)


def tick(at: datetime) -> int:
    """Enqueue the job of each schedule that is due; return how many were."""
    if not Schedule.objects.filter(next_due__lte=at).exists():
        return 0
    with transaction.atomic():
        due = Schedule.objects.filter(next_due__lte=at).order_by("name")
        found = list(due.select_for_update())  # who comes second finds them moved on
        for row in found:
            last = before(row.expression, row.zone, at)
            payload = {**row.payload, "due": max(last, row.next_due).isoformat()}
            if row.kind in KINDS:
                enqueue(row.kind, payload, at=at)
            row.next_due = after(row.expression, row.zone, at)
            row.save(update_fields=["next_due"])
    return len(found)


def after(expression: str, zone: str, at: datetime) -> datetime:
    """Return the first due time after a moment, in UTC."""
    return _neighbour(expression, zone, at, forwards=True)


def before(expression: str, zone: str, at: datetime) -> datetime:
    """Return the last due time that is not after a moment, in UTC."""
    following = _neighbour(expression, zone, at, forwards=True)
    return _neighbour(expression, zone, following, forwards=False)


def _neighbour(expression: str, zone: str, at: datetime, *, forwards: bool) -> datetime:
    if not croniter.is_valid(expression):
        raise ValueError(f"{expression!r} is no cron expression, such as 15 3 * * *")
    walk = croniter(expression, at.astimezone(ZoneInfo(zone)))
    found: datetime = (walk.get_next if forwards else walk.get_prev)(datetime)
    return found.astimezone(UTC)
