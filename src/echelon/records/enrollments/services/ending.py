"""Enrollments end: terminated by the vendor, expired by themselves."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.records.enrollments import policies
from echelon.records.enrollments.days import day_before
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.notices import warnings
from echelon.records.enrollments.services.agreeing import reason_given
from echelon.records.enrollments.services.making import Made
from echelon.records.enrollments.services.moving import held, move
from echelon.records.enrollments.states import MOVES, State


def terminate(
    scope: Scope, *, enrollment: UUID, reason: str, at: datetime, on: date | None = None
) -> Made:
    """End an active enrollment; `on` is its last day, by default today.

    Later days are a matter of its end: edit that, and it expires by itself. One that hasn't begun
    keeps no day at all.
    """
    with transaction.atomic():
        row = held(scope, MOVES["terminate"].right, enrollment)
        today = policies.today(row.program_id, at)
        last = on or today
        if last > today:
            raise Refused(on=_("this day is yet to come: change the end of the enrollment instead"))
        was = (row.start, row.end)
        last = max(last, day_before(row.start))
        end = last if row.end is None else min(last, row.end)
        move(scope, row, "terminate", at, end=end, reason=reason_given(reason), ended_at=at)
    return Made(row, warnings(scope, row, at, was))


def expire(scope: Scope, *, at: datetime) -> int:
    """Expire all whose last day is over where their program counts its days; return how many."""
    scope.demand(Right.ENROLLMENTS_MANAGE)
    due: dict[UUID, list[UUID]] = defaultdict(list)
    rows = Enrollment.objects.filter(state=State.ACTIVE, end__lte=at.date())
    for program, enrollment in rows.order_by("end", "pk").values_list("program", "pk"):
        due[program].append(enrollment)
    count = 0
    for program, enrollments in due.items():
        today = policies.today(program, at)
        for enrollment in enrollments:
            with transaction.atomic():
                row = held(scope, MOVES["expire"].right, enrollment)
                if row.state == State.ACTIVE and row.end is not None and row.end < today:
                    move(scope, row, "expire", at, ended_at=at)
                    count += 1
    return count
