"""Proposals: moves that wait for a person."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.services import deciding
from echelon.outcomes.standings.states import Answer
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Given, PartnerName, ProgramName, Told

TAG = "Proposals"
router = Router()


class Proposal(Told):
    """A move that waits for a person, or waited."""

    id: UUID
    partner: PartnerName
    program: ProgramName
    track: str
    direction: str = Field(examples=["promotion"])
    before: str | None = Field(description="The tier held.")
    tier: str | None = Field(description="The tier proposed.")
    since: date
    sentence: str = Field(description="Where the partner stood when it was proposed.")
    answer: Answer
    reason: str
    decided_by: str
    decided_at: datetime | None
    made_at: datetime


class Approval(Given):
    """A yes."""

    reason: str = Field("", examples=["Agreed with sales."])


class Rejection(Given):
    """A no."""

    reason: str = Field(examples=["The accreditation is still to be shown."])


def _told(row: Any) -> Proposal:
    plain = ("id", "track", "direction", "before", "tier", "since", "answer", "reason",
             "decided_at", "made_at")  # fmt: skip
    return Proposal(
        **{name: getattr(row, name) for name in plain},
        partner=PartnerName.from_orm(row.partner),
        program=ProgramName.from_orm(row.program),
        sentence=row.standing.sentence,
        decided_by=row.decided_name,
    )


@router.get("/proposals", response=Page[Proposal])
@guarded(Right.MOVES_PROPOSE)
def listed(
    request: HttpRequest,
    paging: Query[Paging],
    program: UUID | None = None,
    waiting: bool = Query(False, description="Only those that wait, the oldest first."),
) -> Any:
    """List proposals, the newest first."""
    find = selectors.queue if waiting else selectors.proposals
    return page(find(scope_of(request), program), paging, _told)


@router.get("/proposals/{uuid:proposal}", response=Proposal)
@guarded(Right.MOVES_PROPOSE)
def read(request: HttpRequest, proposal: UUID) -> Any:
    """Read one proposal."""
    return _told(selectors.proposal(scope_of(request), proposal))


@router.post("/proposals/{uuid:proposal}/approve", response=Proposal)
@guarded(Right.MOVES_DECIDE)
def approve(request: HttpRequest, proposal: UUID, given: Approval) -> Any:
    """Say yes: the tier is held from today, or from the day on which moves take effect."""
    scope = scope_of(request)
    deciding.approve(scope, proposal=proposal, reason=given.reason, at=timezone.now())
    return _told(selectors.proposal(scope, proposal))


@router.post("/proposals/{uuid:proposal}/reject", response=Proposal)
@guarded(Right.MOVES_DECIDE)
def reject(request: HttpRequest, proposal: UUID, given: Rejection) -> Any:
    """Say no, and why: it isn't asked again while the rules go on to propose the same."""
    scope = scope_of(request)
    deciding.reject(scope, proposal=proposal, reason=given.reason, at=timezone.now())
    return _told(selectors.proposal(scope, proposal))


@router.post("/proposals/{uuid:proposal}/undo", response=Proposal)
@guarded(Right.MOVES_DECIDE)
def undo(request: HttpRequest, proposal: UUID) -> Any:
    """Take an answer back, for ten minutes: the move waits again."""
    scope = scope_of(request)
    deciding.undo(scope, proposal=proposal, at=timezone.now())
    return _told(selectors.proposal(scope, proposal))
