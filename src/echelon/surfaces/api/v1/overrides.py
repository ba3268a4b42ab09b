"""Overrides: what a person decided above the rules, why, and until when."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.services import overrides
from echelon.outcomes.standings.states import Protection
from echelon.records.partners import selectors as partners
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Day, Given, PartnerName, ProgramName, Told

TAG = "Overrides"
router = Router()


class Override(Told):
    """A lock, a floor or a suspension from a day until another (exclusive)."""

    id: UUID
    partner: PartnerName
    program: ProgramName
    track: str
    kind: Protection
    tier: str | None
    start: date
    until: date
    reason: str
    approver: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: str


class NewOverride(Given):
    """What is decided above the rules. Only a floor names a tier."""

    partner: UUID
    program: UUID
    track: str = ""
    kind: Protection
    tier: str | None = None
    start: Day = Field(examples=["2026-12-01"])
    until: Day = Field(examples=["2027-06-01"])
    reason: str = Field(examples=["Merger: figures of both companies come together in spring."])


def _told(row: Any) -> Override:
    plain = ("id", "track", "kind", "tier", "start", "until", "reason", "made_at", "ended_at",
             "ended_by")  # fmt: skip
    return Override(
        **{name: getattr(row, name) for name in plain},
        partner=PartnerName.from_orm(row.partner),
        program=ProgramName.from_orm(row.program),
        approver=row.approver_name,
    )


@router.get("/overrides", response=Page[Override])
@guarded(Right.OVERRIDES_PROPOSE)
def listed(request: HttpRequest, paging: Query[Paging], program: UUID | None = None) -> Any:
    """List overrides, those that end last first."""
    return page(selectors.overrides(scope_of(request), program), paging, _told)


@router.get("/overrides/{uuid:override}", response=Override)
@guarded(Right.OVERRIDES_PROPOSE)
def read(request: HttpRequest, override: UUID) -> Any:
    """Read one override."""
    return _told(selectors.override(scope_of(request), override))


@router.post("/overrides", response={201: Override})
@guarded(Right.OVERRIDES_GRANT)
def grant(request: HttpRequest, given: NewOverride) -> Any:
    """Grant a lock (no move), a floor (not below a tier) or a suspension (no benefits)."""
    scope = scope_of(request)
    partners.company(scope, given.partner)
    made = overrides.grant(scope, at=timezone.now(), **given.dict())
    return _told(selectors.override(scope, made.id))


@router.post("/overrides/{uuid:override}/end", response=Override)
@guarded(Right.OVERRIDES_GRANT)
def end(request: HttpRequest, override: UUID) -> Any:
    """End an override today; one that hasn't begun never does."""
    scope = scope_of(request)
    overrides.end(scope, override=override, at=timezone.now())
    return _told(selectors.override(scope, override))
