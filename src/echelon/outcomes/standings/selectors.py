"""Reads standings, runs, what waits for a person, and what a person decided."""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from echelon.foundation.access import Every, Reach, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.outcomes.standings.models import Current, Override, Pace, Proposal, Run, Standing
from echelon.outcomes.standings.states import Answer
from echelon.outcomes.standings.states import Every as Often

M = TypeVar("M", bound=Model)


def standings(scope: Scope, program: UUID | None = None) -> QuerySet[Current]:
    """Return who stands where now, with the standing, by partner's name.

    Of companies below a distributor only `tiers` are shared.
    """
    rows = _whole(Current.objects.all(), scope)
    if program is not None:
        rows = rows.filter(program=program)
    rows = rows.select_related("standing", "partner", "program")
    return rows.order_by("partner__name", "partner", "program", "track")


def tiers(scope: Scope, program: UUID | None = None) -> QuerySet[Current, dict[str, object]]:
    """Return the tier alone of everybody in reach, the companies below a distributor too."""
    rows = visible(Current.objects.all(), scope, Right.STANDINGS_READ)
    if program is not None:
        rows = rows.filter(program=program)
    return rows.order_by("partner__name", "partner", "program", "track").values(
        "partner", "program", "track", "standing__held", "standing__since"
    )


def of_partner(scope: Scope, partner: UUID, program: UUID | None = None) -> list[Current]:
    """Return where one partner stands: in a program, or in all; the program's own ladder first."""
    return list(standings(scope, program).filter(partner=partner))


def history(scope: Scope, partner: UUID, program: UUID, track: str = "") -> QuerySet[Standing]:
    """Return a partner's standings on a ladder, the newest first: one for each change."""
    rows = _whole(Standing.objects.all(), scope)
    return rows.filter(partner=partner, program=program, track=track).order_by("-id")


def standing_on(
    scope: Scope, partner: UUID, program: UUID, day: date, track: str = ""
) -> Standing | None:
    """Return where a partner stood on a day; None before it was levelled."""
    return history(scope, partner, program, track).filter(as_of__lte=day).first()


def at_risk(scope: Scope, program: UUID | None = None) -> QuerySet[Current]:
    """Return who may lose its tier, the soonest first."""
    rows = standings(scope, program).filter(standing__at_risk_from__isnull=False)
    return rows.order_by("standing__at_risk_from", "partner__name")


def runs(scope: Scope, program: UUID | None = None) -> QuerySet[Run]:
    """Return runs, the newest first: for who may see everybody, because they count everybody."""
    rows = Run.objects.all()
    if not isinstance(scope.partners(Right.STANDINGS_READ), Every):
        rows = rows.none()
    if program is not None:
        rows = rows.filter(program=program)
    return rows.select_related("program", "version").order_by("-started_at", "id")


def queue(scope: Scope, program: UUID | None = None) -> QuerySet[Proposal]:
    """Return the moves that wait, the oldest first; for who may propose or decide some."""
    rows = proposals(scope, program).filter(answer=Answer.WAITING)
    return rows.order_by("made_at", "partner__name", "track")


def proposals(scope: Scope, program: UUID | None = None) -> QuerySet[Proposal]:
    """Return all proposals, waiting or answered, the newest first."""
    rows = visible(Proposal.objects.all(), scope, Right.MOVES_PROPOSE)
    if program is not None:
        rows = rows.filter(program=program)
    return rows.select_related("partner", "program", "standing").order_by("-made_at", "id")


def overrides(scope: Scope, program: UUID | None = None) -> QuerySet[Override]:
    """Return overrides, those that end last first; for who may propose some."""
    rows = visible(Override.objects.all(), scope, Right.OVERRIDES_PROPOSE)
    if program is not None:
        rows = rows.filter(program=program)
    return rows.select_related("partner", "program").order_by("-until", "id")


def pace(program: UUID) -> str:
    """Return how often a program is levelled by itself."""
    found = Pace.objects.filter(program=program).first()
    return found.every if found else Often.DAY


def _whole(rows: QuerySet[M], scope: Scope) -> QuerySet[M]:
    """Return the rows whose figures a scope may see: never those of companies below it."""
    rows = visible(rows, scope, Right.STANDINGS_READ)
    if scope.rights.get(Right.STANDINGS_READ) is Reach.BELOW:
        rows = rows.filter(partner__in=scope.own)
    return rows
