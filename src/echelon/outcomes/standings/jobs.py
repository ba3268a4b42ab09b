"""Levelling by itself: what is due within seconds, everybody by the program's pace."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from echelon.foundation.access import system
from echelon.foundation.jobs.services import Task, enqueue, job
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Due, Run
from echelon.outcomes.standings.services.due import LEVEL_DUE, taken
from echelon.outcomes.standings.services.levelling import run
from echelon.outcomes.standings.states import Every, Kind, Outcome
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs

LEVEL_ALL = "standings.level_all"


@job(LEVEL_DUE)
def level_due(task: Task, at: datetime) -> None:
    """Level all partners of a program that were noted, in one run."""
    program = UUID(task.payload["program"])
    notes, partners = taken(program)
    if notes:
        _run(task, program, at, Kind.FACTS, partners, notes)


@job(LEVEL_ALL)
def level_all(task: Task, at: datetime) -> None:
    """Level everybody in a program."""
    _run(task, UUID(task.payload["program"]), at, Kind.SCHEDULED, None, [])


@job("standings.look", every="10 * * * *")
def look(_task: Task, at: datetime) -> None:
    """Ask for the runs whose day, week, month, quarter or year has begun without one."""
    for version in programs.in_force(at.date()):
        begun = first_day(documents.day_of(version, at), Every(selectors.pace(version.program_id)))
        done = Run.objects.filter(
            program=version.program_id, whole=True, outcome=Outcome.DONE, as_of__gte=begun
        )
        if not done.exists():
            program = str(version.program_id)
            with transaction.atomic():
                enqueue(LEVEL_ALL, {"program": program}, key=program, at=at)


def first_day(day: date, every: Every) -> date:
    """Return the first day of the period that a day lies in."""
    match every:
        case Every.DAY:
            return day
        case Every.WEEK:
            return day - timedelta(days=day.weekday())
        case Every.MONTH:
            return day.replace(day=1)
        case Every.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Every.YEAR:
            return day.replace(month=1, day=1)


def _run(
    task: Task,
    program: UUID,
    at: datetime,
    kind: Kind,
    partners: set[UUID] | None,
    notes: list[int],
) -> None:
    """Level and end the job in one transaction; a program that isn't in force needs nothing."""
    try:
        run(
            system(task.kind), program=program, at=at, kind=kind, partners=partners,
            settled=notes, within=lambda: task.finish(at),
        )  # fmt: skip
    except Refused:
        with transaction.atomic():
            Due.objects.filter(pk__in=notes).delete()
            task.finish(at)
