"""Invitations: who is to sign in for a company, and has yet to come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Status

from echelon.foundation.access import Right
from echelon.foundation.access.routes import guarded, scope_of
from echelon.foundation.accounts import selectors
from echelon.foundation.accounts.services import invitations
from echelon.records.partners.services import people
from echelon.surfaces.api.paging import Page, Paging, page
from echelon.surfaces.api.shapes import Given, Told

TAG = "Invitations"
router = Router()


class Invitation(Told):
    """A word to somebody that an account waits. Its link is in the mail alone."""

    id: UUID
    partner: UUID
    email: str
    name: str
    role: str
    made_at: datetime
    ends_at: datetime = Field(description="When its link works no more.")
    mailed_at: datetime | None = Field(description="When the mail left. Null: not yet.")
    accepted_at: datetime | None
    withdrawn_at: datetime | None


class NewPerson(Given):
    """Who is to work for a company, and as what."""

    name: str = Field(examples=["Ann Example"])
    email: str = Field(examples=["ann@contoso.example"])
    role: str = Field("partner_member", examples=["partner_admin"])


def _invitation(row: Any) -> Invitation:
    return Invitation.from_orm(row)


@router.get("/invitations", response=Page[Invitation])
@guarded(Right.PEOPLE_MANAGE)
def listed(request: HttpRequest, paging: Query[Paging], partner: UUID | None = None) -> Any:
    """List invitations to the companies whose people the caller manages, the newest first."""
    rows = selectors.invitations(scope_of(request))
    return page(rows if partner is None else rows.filter(partner=partner), paging, _invitation)


@router.post("/partners/{uuid:partner}/invitations", response={201: Invitation, 204: None})
@guarded(Right.PEOPLE_MANAGE)
def invite(request: HttpRequest, partner: UUID, given: NewPerson) -> Any:
    """Invite somebody to work for a company: they get a mail.

    Who worked for it before and has an account is back at once: 204, and no mail.
    """
    scope = scope_of(request)
    person, token = people.invite(scope, partner=partner, at=timezone.now(), **given.dict())
    if not token:
        return Status(204, None)
    waiting = selectors.invitations(scope).filter(partner=partner, email=person.email)
    return Status(201, _invitation(waiting.filter(accepted_at=None, withdrawn_at=None).first()))


@router.post("/invitations/{uuid:invitation}/renew", response=Invitation)
@guarded(Right.PEOPLE_MANAGE)
def renew(request: HttpRequest, invitation: UUID) -> Any:
    """Have an invitation wait anew: another mail, whose link alone works."""
    scope = scope_of(request)
    made, _token = invitations.renew(scope, invitation=invitation, at=timezone.now())
    return _invitation(made)


@router.post("/invitations/{uuid:invitation}/withdraw", response={204: None})
@guarded(Right.PEOPLE_MANAGE)
def withdraw(request: HttpRequest, invitation: UUID) -> Any:
    """End an invitation that waits: its link works no more."""
    people.withdraw(scope_of(request), invitation=invitation, at=timezone.now())
    return Status(204, None)
