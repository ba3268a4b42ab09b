"""Requests: what one person asks for and another decides before it is done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.approvals import selectors, services
from echelon.foundation.approvals.kinds import Asked, Kind
from echelon.foundation.approvals.states import RequestState
from echelon.outcomes.standings.approvals import MOVE, OVERRIDE, MoveAsked, OverrideAsked
from echelon.outcomes.standings.services.moving import held
from echelon.outcomes.standings.states import Protection
from echelon.records.partners import selectors as partners
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Day, Given, Told

TAG = "Requests"
router = Router()


class Request(Told):
    """What somebody asks for: it waits, or was decided; what is approved is done."""

    id: UUID
    kind: str = Field(examples=["standings.override"])
    partner: UUID | None
    asked: dict[str, Any] = Field(description="What is asked for, as its kind has it.")
    reason: str
    asked_by: str
    asked_at: datetime
    state: RequestState
    decided_by: str
    decided_at: datetime | None
    answer: str = Field(description="Why it was decided so.")


class AskedOverride(Given):
    """An override that somebody wants for a partner. Only a floor names a tier."""

    partner: UUID
    program: UUID
    track: str = ""
    kind: Protection
    tier: str | None = None
    start: Day = Field(examples=["2026-12-01"])
    until: Day = Field(examples=["2027-06-01"])
    reason: str = Field(examples=["Merger: figures of both companies come together in spring."])


class AskedMove(Given):
    """A tier that somebody wants a partner to hold."""

    partner: UUID
    program: UUID
    track: str = ""
    tier: str = Field(examples=["gold"])
    reason: str = Field(examples=["Strategic: opens the Nordic market with us."])


class Yes(Given):
    """A yes."""

    reason: str = Field("", examples=["Agreed with sales."])


class No(Given):
    """A no."""

    reason: str = Field(examples=["The figures of spring decide on it."])


def _told(row: Any) -> Request:
    plain = (
        "id",
        "kind",
        "partner",
        "asked",
        "reason",
        "asked_at",
        "state",
        "decided_at",
        "answer",
    )
    return Request(
        **{name: getattr(row, name) for name in plain},
        asked_by=row.asked_name,
        decided_by=row.decided_name,
    )


def _asked(scope: Scope, kind: Kind[Any], partner: UUID, asked: Asked, reason: str) -> Request:
    partners.company(scope, partner)
    made = services.ask(
        scope, kind=kind, partner=partner, asked=asked, reason=reason, at=timezone.now()
    )
    return _told(made)


@router.get("/requests", response=Page[Request])
@guarded(Right.REQUESTS_READ)
def listed(
    request: HttpRequest,
    paging: Query[Paging],
    partner: UUID | None = None,
    waiting: bool = Query(False, description="Only those that wait, the oldest first."),
) -> Any:
    """List requests, the newest first."""
    find = selectors.queue if waiting else selectors.requests
    return page(find(scope_of(request), partner=partner), paging, _told)


@router.get("/requests/{uuid:approval}", response=Request)
@guarded(Right.REQUESTS_READ)
def read(request: HttpRequest, approval: UUID) -> Any:
    """Read one request."""
    return _told(selectors.request(scope_of(request), approval))


@router.post("/requests/overrides", response={201: Request})
@guarded(Right.OVERRIDES_PROPOSE)
def ask_override(request: HttpRequest, given: AskedOverride) -> Any:
    """Ask for an override: it waits, or is granted at once to who may decide it alone."""
    values = given.dict(exclude={"partner", "reason"})
    asked = OverrideAsked(**values)
    return _asked(scope_of(request), OVERRIDE, given.partner, asked, given.reason)


@router.post("/requests/moves", response={201: Request})
@guarded(Right.MOVES_PROPOSE)
def ask_move(request: HttpRequest, given: AskedMove) -> Any:
    """Ask for a move by hand: it waits, or is made at once for who may decide it alone."""
    values = given.dict(exclude={"partner", "reason"})
    before = held(given.program, given.partner, given.track)
    asked = MoveAsked(**values, before=before)
    return _asked(scope_of(request), MOVE, given.partner, asked, given.reason)


@router.post("/requests/{uuid:approval}/approve", response=Request)
@guarded(Right.REQUESTS_READ)
def approve(request: HttpRequest, approval: UUID, given: Yes) -> Any:
    """Say yes: it is done at once, or refused with what is wrong."""
    scope = scope_of(request)
    at = timezone.now()
    return _told(services.approve(scope, approval=approval, reason=given.reason, at=at))


@router.post("/requests/{uuid:approval}/refuse", response=Request)
@guarded(Right.REQUESTS_READ)
def refuse(request: HttpRequest, approval: UUID, given: No) -> Any:
    """Say no, and why: who asked reads it."""
    scope = scope_of(request)
    return _told(services.refuse(scope, approval=approval, reason=given.reason, at=timezone.now()))


@router.post("/requests/{uuid:approval}/withdraw", response=Request)
@guarded(Right.REQUESTS_READ)
def withdraw(request: HttpRequest, approval: UUID) -> Any:
    """Take a request back that waits."""
    return _told(services.withdraw(scope_of(request), approval=approval, at=timezone.now()))
