"""Reads standings, runs, what waits for a person, and what a person decided."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import (
    Count,
    F,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from echelon.foundation.access import EVERY, Every, Hidden, Reach, Right, Scope
from echelon.foundation.access.rows import one, visible
from echelon.foundation.jobs import selectors as jobs
from echelon.outcomes.standings.ladders import Ladder, read
from echelon.outcomes.standings.models import (
    Current,
    Due,
    Override,
    Pace,
    Proposal,
    Run,
    Standing,
)
from echelon.outcomes.standings.states import LEVEL_ASKED, Answer, Direction, Often, Outcome

M = TypeVar("M", bound=Model)


def standings(
    scope: Scope,
    program: UUID | None = None,
    *,
    tier: str = "",
    manager: UUID | None = None,
    name: str = "",
) -> QuerySet[Current]:
    """Return who stands where now, with the standing, by partner's name.

    Of a tier, of the partners of an account manager, or of those whose name has some letters in
    it, if these are named. Of companies below a distributor only `tiers` are shared.
    """
    rows = _whole(Current.objects.all(), scope)
    if program is not None:
        rows = rows.filter(program=program)
    if tier:
        rows = rows.filter(standing__held=tier)
    if manager is not None:
        rows = rows.filter(partner__manager=manager)
    if name:
        rows = rows.filter(partner__name__icontains=name)
    rows = rows.select_related("standing", "partner", "program", "run")
    return rows.order_by("partner__name", "partner", "program", "track")


def tiers(scope: Scope, program: UUID | None = None) -> QuerySet[Current, dict[str, object]]:
    """Return the tier alone of everybody in reach, the companies below a distributor too."""
    rows = visible(Current.objects.all(), scope, Right.STANDINGS_READ)
    if program is not None:
        rows = rows.filter(program=program)
    return rows.order_by("partner__name", "partner", "program", "track").values(
        "partner", "program", "track", "standing__held", "standing__since"
    )


def spread(scope: Scope) -> dict[UUID, dict[str, int]]:
    """Return by program how many in reach hold which tier of its own ladder; "" is none."""
    rows = _whole(Current.objects.filter(track=""), scope).order_by()
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for program, tier, count in rows.values_list("program", "standing__held").annotate(Count("id")):
        found[program][tier or ""] = count
    return dict(found)


def of_partner(scope: Scope, partner: UUID, program: UUID | None = None) -> list[Current]:
    """Return where one partner stands: in a program, or in all; the program's own ladder first."""
    return list(standings(scope, program).filter(partner=partner))


def previous(scope: Scope, partner: UUID) -> dict[tuple[UUID, str], Standing]:
    """Return, by program and track, the standing before the one that counts now."""
    place = Window(RowNumber(), partition_by=["program", "track"], order_by=F("id").desc())
    rows = _whole(Standing.objects.filter(partner=partner), scope).annotate(place=place)
    return {(row.program_id, row.track): row for row in rows.filter(place=2)}


def ladders(scope: Scope, program: UUID) -> dict[str, Ladder]:
    """Return how a program's ladders read for anybody, by track; nothing before its first run.

    Who may read the program is told by `programs`: the caller has asked there.
    """
    scope.demand(Right.PROGRAMS_READ)
    rows = Run.objects.filter(program=program, outcome=Outcome.DONE, levelled__gt=0)
    kept = rows.order_by("-started_at").values_list("ladders", flat=True).first()
    return {track: read(ladder) for track, ladder in (kept or {}).items()}


def ladder_of(current: Current) -> Ladder:
    """Return the ladder that a partner stands on, with what it has of its criteria."""
    kept = current.run.ladders if current.run else {}
    return read(kept.get(current.track, {}), current.criteria)


def history(scope: Scope, partner: UUID, program: UUID, track: str = "") -> QuerySet[Standing]:
    """Return a partner's standings on a ladder, the newest first: one for each change."""
    rows = _whole(Standing.objects.all(), scope)
    return rows.filter(partner=partner, program=program, track=track).order_by("-id")


def standing_on(
    scope: Scope, partner: UUID, program: UUID, day: date, track: str = ""
) -> Standing | None:
    """Return where a partner stood on a day; None before it was levelled."""
    return history(scope, partner, program, track).filter(as_of__lte=day).first()


def at_risk(scope: Scope, program: UUID | None = None, **more: Any) -> QuerySet[Current]:
    """Return who may lose its tier, the soonest first; `more` as `standings` takes it."""
    rows = standings(scope, program, **more).filter(standing__at_risk_from__isnull=False)
    return rows.order_by("standing__at_risk_from", "partner__name", "id")


def runs(scope: Scope, program: UUID | None = None) -> QuerySet[Run]:
    """Return runs, the newest first: for who may see everybody, because they count everybody."""
    rows = Run.objects.all()
    if not isinstance(scope.partners(Right.STANDINGS_READ), Every):
        rows = rows.none()
    if program is not None:
        rows = rows.filter(program=program)
    return rows.select_related("program", "version").order_by("-started_at", "id")


def run(scope: Scope, which: UUID) -> Run:
    """Return one run, for who may see everybody; else Hidden."""
    found = runs(scope).filter(pk=which).first()
    if found is None:
        raise Hidden
    return found


def movers(scope: Scope, run: UUID) -> QuerySet[Standing]:
    """Return the standings of a run that hold another tier than before, which is in `was`."""
    before = Standing.objects.filter(
        partner=OuterRef("partner"), program=OuterRef("program"), track=OuterRef("track"),
        pk__lt=OuterRef("pk"),
    ).order_by("-pk")  # fmt: skip
    rows = _whole(Standing.objects.filter(run=run), scope).annotate(
        was=Coalesce(Subquery(before.values("held")[:1]), Value("")),
        now=Coalesce("held", Value("")),
    )
    rows = rows.exclude(now=F("was")).select_related("partner")
    return rows.order_by("partner__name", "pk")


@dataclass(frozen=True)
class Waiting:
    """What is to be levelled in a program: how many partners (None: all), since when."""

    program: UUID
    partners: int | None
    since: datetime


def waiting(scope: Scope) -> list[Waiting]:
    """Return by program what has changed and isn't levelled yet, for who may see everybody."""
    if not isinstance(scope.partners(Right.STANDINGS_READ), Every):
        return []
    rows = Due.objects.values("program").annotate(
        since=Min("made_at"),
        partners=Count("partner", distinct=True),
        whole=Count("pk", filter=Q(partner=None)),
    )
    return [
        Waiting(row["program"], None if row["whole"] else row["partners"], row["since"])
        for row in rows.order_by("since")
    ]


def queue(
    scope: Scope,
    program: UUID | None = None,
    *,
    direction: Direction | None = None,
    manager: UUID | None = None,
) -> QuerySet[Proposal]:
    """Return the moves that wait, the oldest first; for who may propose or decide some.

    Of one direction, or of the partners of an account manager, if these are named.
    """
    rows = proposals(scope, program, direction=direction, manager=manager)
    return rows.filter(answer=Answer.WAITING).order_by("made_at", "partner__name", "id")


def decided(
    scope: Scope,
    program: UUID | None = None,
    *,
    direction: Direction | None = None,
    manager: UUID | None = None,
) -> QuerySet[Proposal]:
    """Return the moves that a person has answered, the last answer first."""
    rows = proposals(scope, program, direction=direction, manager=manager)
    rows = rows.filter(answer__in=(Answer.APPROVED, Answer.REJECTED), decided_at__isnull=False)
    return rows.order_by("-decided_at", "id")


def proposals(
    scope: Scope,
    program: UUID | None = None,
    *,
    direction: Direction | None = None,
    manager: UUID | None = None,
) -> QuerySet[Proposal]:
    """Return all proposals, waiting or answered, the newest first."""
    rows = visible(Proposal.objects.all(), scope, Right.MOVES_PROPOSE)
    if program is not None:
        rows = rows.filter(program=program)
    if direction is not None:
        rows = rows.filter(direction=direction)
    if manager is not None:
        rows = rows.filter(partner__manager=manager)
    return rows.select_related("partner", "program", "standing").order_by("-made_at", "id")


def proposal(scope: Scope, which: UUID) -> Proposal:
    """Return one proposal, waiting or answered; Hidden if it can't be seen."""
    rows = Proposal.objects.select_related("partner", "program", "standing")
    return one(rows, scope, Right.MOVES_PROPOSE, pk=which)


def managers(scope: Scope, right: Right) -> list[tuple[UUID, str]]:
    """Return the account managers of the partners that a right reaches, by name."""
    rows = visible(Current.objects.all(), scope, right).exclude(partner__manager=None)
    found = rows.order_by().values_list("partner__manager", "partner__manager__name").distinct()
    return sorted(found, key=lambda each: each[1].casefold())


def overrides(scope: Scope, program: UUID | None = None) -> QuerySet[Override]:
    """Return overrides, those that end last first; for who may propose some."""
    rows = visible(Override.objects.all(), scope, Right.OVERRIDES_PROPOSE)
    if program is not None:
        rows = rows.filter(program=program)
    return rows.select_related("partner", "program").order_by("-until", "id")


def override(scope: Scope, which: UUID) -> Override:
    """Return one override; Hidden if it can't be seen."""
    rows = Override.objects.select_related("partner", "program")
    return one(rows, scope, Right.OVERRIDES_PROPOSE, pk=which)


def protections(scope: Scope, partner: UUID) -> QuerySet[Override]:
    """Return the overrides that concern a partner, for its own people; those to come, too."""
    return _whole(Override.objects.filter(partner=partner), scope).select_related("program")


def waiting_for(scope: Scope, partner: UUID) -> list[Proposal]:
    """Return the moves of one partner that wait, for who may propose or decide some."""
    return list(queue(scope).filter(partner=partner))


def changes(scope: Scope, partner: UUID, limit: int) -> list[Standing]:
    """Return the last standings of a partner in all its programs, the newest first."""
    rows = _whole(Standing.objects.filter(partner=partner), scope)
    rows = rows.select_related("program", "run").defer("run__ladders", "run__set_aside")
    return list(rows.order_by("-id")[:limit])


def asked(scope: Scope, job: int) -> jobs.Seen | None:
    """Return how far a run of everybody is that was asked for by this job; None if none was."""
    scope.demand(Right.STANDINGS_READ, EVERY)
    found = jobs.progress(job)
    return found if found and found.kind == LEVEL_ASKED else None


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
