"""What is due to be levelled: noted by whoever changes something, done by one job a program."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.audit import services as audit
from echelon.foundation.jobs.services import enqueue
from echelon.outcomes.standings.models import Due, Pace
from echelon.outcomes.standings.states import Often
from echelon.records.programs import selectors as programs

#: Above so many partners a program is levelled whole: that is quicker than naming them.
MANY = 1_000
LEVEL_DUE = "standings.level_due"


def mark(program: UUID, partners: Collection[UUID] | None, *, at: datetime) -> None:
    """Note that partners of a program may stand differently (None: all), and ask for the job.

    In the transaction of whatever happened; asked a hundred times, the job comes once.
    """
    named = None if partners is None or len(partners) > MANY else partners
    rows = [Due(program_id=program, partner=each, made_at=at) for each in (named or ())]
    if named is None:
        rows = [Due(program_id=program, partner=None, made_at=at)]
    Due.objects.bulk_create(rows)
    enqueue(LEVEL_DUE, {"program": str(program)}, key=str(program), at=at)


def taken(program: UUID) -> tuple[list[int], set[UUID] | None]:
    """Return what is due in a program: the notes' ids, and the partners (None: all)."""
    rows = list(Due.objects.filter(program=program).values_list("pk", "partner"))
    partners = {partner for _, partner in rows}
    return [pk for pk, _ in rows], None if None in partners else partners


def set_pace(scope: Scope, *, program: UUID, every: Often, at: datetime) -> Pace:
    """Say how often a program is levelled by itself."""
    scope.demand(Right.PROGRAMS_PUBLISH)
    with transaction.atomic():
        if not programs.programs(scope).filter(id=program).exists():
            raise Hidden
        pace, _made = Pace.objects.select_for_update().get_or_create(program_id=program)
        before, pace.every = pace.every, every
        pace.save(update_fields=["every"])
        audit.record(
            scope, "standings.pace_set", "program", program, at=at,
            before={"every": before}, after={"every": every},
        )  # fmt: skip
        return pace
