"""Levelling by itself: what is due within seconds, everybody by the program's pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from echelon.foundation.access import Actor, Scope, system
from echelon.foundation.jobs.services import Task, enqueue, job
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Due, Run
from echelon.outcomes.standings.services.due import LEVEL_DUE, taken
from echelon.outcomes.standings.services.levelling import run
from echelon.outcomes.standings.states import LEVEL_ASKED, Kind, Often, Outcome
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


@job(LEVEL_ASKED)
def level_asked(task: Task, at: datetime) -> None:
    """Level everybody in a program as of the day that somebody has asked for, in their name."""
    asked = task.payload
    scope = replace(system(task.kind), actor=Actor(**asked["actor"]))
    day = date.fromisoformat(asked["as_of"])
    _run(task, UUID(asked["program"]), at, Kind.ASKED, None, [], scope=scope, as_of=day)


@job("standings.look", every="10 * * * *")
def look(_task: Task, at: datetime) -> None:
    """Ask for the runs whose day, week, month, quarter or year has begun without one."""
    for version in programs.all_now(at):
        begun = first_day(documents.day_of(version, at), Often(selectors.pace(version.program_id)))
        done = Run.objects.filter(
            program=version.program_id, whole=True, outcome=Outcome.DONE, as_of__gte=begun
        )
        if not done.exists():
            program = str(version.program_id)
            with transaction.atomic():
                enqueue(LEVEL_ALL, {"program": program}, key=program, at=at)


def first_day(day: date, every: Often) -> date:
    """Return the first day of the period that a day lies in."""
    match every:
        case Often.DAY:
            return day
        case Often.WEEK:
            return day - timedelta(days=day.weekday())
        case Often.MONTH:
            return day.replace(day=1)
        case Often.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Often.YEAR:
            return day.replace(month=1, day=1)


def _run(
    task: Task,
    program: UUID,
    at: datetime,
    kind: Kind,
    partners: set[UUID] | None,
    notes: list[int],
    *,
    scope: Scope | None = None,
    as_of: date | None = None,
) -> None:
    """Level and end the job in one transaction; a program that isn't in force needs nothing."""
    try:
        run(
            scope or system(task.kind), program=program, at=at, kind=kind, partners=partners,
            as_of=as_of, settled=notes, within=lambda: task.finish(at),
        )  # fmt: skip
    except Refused:
        with transaction.atomic():
            Due.objects.filter(pk__in=notes).delete()
            task.finish(at)
