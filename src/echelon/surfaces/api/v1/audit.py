"""The audit: who did what to which object, from what to what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.audit import selectors
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Told

TAG = "Audit"
router = Router()


class Event(Told):
    """What one actor did. Never changed and never deleted."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    behalf: str
    verb: str = Field(examples=["partners.edited"])
    subject: str
    subject_id: str
    partner: UUID | None
    before: dict[str, Any]
    after: dict[str, Any]
    seal: str


class WhichEvents(Schema):
    """Which events; each part narrows."""

    partner: UUID | None = None
    actor: str = Field("", max_length=64)
    verb: str = Field("", max_length=60)
    subject: str = Field("", max_length=60)
    subject_id: str = Field("", max_length=100)
    since: datetime | None = None
    until: datetime | None = Field(None, description="Exclusive.")


_COLUMNS = {
    "partner": "partner",
    "actor": "actor_id",
    "verb": "verb",
    "subject": "subject",
    "subject_id": "subject_id",
    "since": "at__gte",
    "until": "at__lt",
}


@router.get("/audit", response=Page[Event])
@guarded(Right.AUDIT_READ)
def listed(request: HttpRequest, which: Query[WhichEvents], paging: Query[Paging]) -> Any:
    """List what was done, the newest first; who has an area of their own sees that alone."""
    asked = {_COLUMNS[name]: value for name, value in which.dict().items() if value}
    rows = selectors.trail(scope_of(request)).filter(**asked)
    return page(rows, paging, lambda row: Event(**{n: getattr(row, n) for n in _NAMES}))


_NAMES = tuple(Event.model_fields)
