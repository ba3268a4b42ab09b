"""Somebody asks for a levelling: looked at at once, done by a job, in the asker's name."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from echelon.foundation.access import EVERY, Hidden, Right, Scope
from echelon.foundation.audit import services as audit
from echelon.foundation.jobs.services import enqueue
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.services.levelling import version_on
from echelon.outcomes.standings.states import LEVEL_ASKED
from echelon.records.partners import selectors as companies
from echelon.records.programs import selectors as programs


def ask(scope: Scope, *, program: UUID, at: datetime, as_of: date | None = None) -> int:
    """Ask for a run of everybody, as of today or a day; return the id of its job.

    Refused at once for a day for which `levelling.run` would refuse it.
    """
    scope.demand(Right.STANDINGS_RUN, EVERY)
    found = programs.program(scope, program)
    _version, day = version_on(program, at, as_of)
    actor = scope.actor
    who = {"kind": actor.kind, "id": actor.id, "name": actor.name}
    asked = {"program": str(program), "as_of": day.isoformat(), "actor": who}
    with transaction.atomic():
        audit.record(
            scope, "standings.run_asked", "program", program, at=at,
            after={"program": found.slug, "as_of": day},
        )  # fmt: skip
        return enqueue(LEVEL_ASKED, asked, key=f"{program}:{day}:{actor.id}", at=at)


def ask_for(scope: Scope, *, program: UUID, partner: UUID, at: datetime) -> None:
    """Ask for one partner to be levelled anew, within seconds."""
    scope.demand(Right.STANDINGS_RUN, partner)
    found = programs.program(scope, program)
    if not companies.keys_of([partner]):
        raise Hidden
    with transaction.atomic():
        audit.record(
            scope, "standings.levelling_asked", "partner", partner, at=at, partner=partner,
            after={"program": found.slug},
        )  # fmt: skip
        mark(program, [partner], at=at)
