"""Lets the vendor's people see the portal as a company does: reading only, announced, audited.

What is seen is what a member of the company may read, never more than the viewer may read anyway,
and never the companies below it. A row in the database grants it, for half an hour, to one user;
whoever loses the right over the company loses it at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Actor, Hidden, Right, Role, Scope
from echelon.foundation.access.roles import RIGHTS
from echelon.foundation.access.rows import one
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce
from echelon.records.partners.errors import Refused
from echelon.records.partners.events import PartnerViewed
from echelon.records.partners.models import Partner, Viewing

#: What a session calls the viewing that it is in.
IN_SESSION = "viewing"
LASTS = timedelta(minutes=30)
#: How often one person may begin in an hour: looking at one partner after the other is an export.
MOST = 30


def begin(scope: Scope, *, partner: UUID, at: datetime) -> Viewing:
    """Begin to look at the portal as a company does; any viewing of before ends."""
    scope.demand(Right.VIEW_AS_PARTNER, partner)
    if scope.actor.kind != "person":
        raise Hidden
    with transaction.atomic():
        company = one(
            Partner.objects.select_for_update(of=("self",)),
            scope,
            Right.VIEW_AS_PARTNER,
            pk=partner,
        )
        if company.archived_at or company.ended_at:
            raise Refused(_("Nobody of this company can enter the portal now: there is no view."))
        mine = Viewing.objects.filter(user=scope.actor.id)
        if mine.filter(begun_at__gt=at - timedelta(hours=1)).count() >= MOST:
            raise Refused(_("You have looked at many partners within an hour: try again later."))
        mine.filter(until__gt=at).update(until=at)
        made = Viewing.objects.create(
            partner=company, user_id=scope.actor.id, user_name=scope.actor.name,
            begun_at=at, until=at + LASTS,
        )  # fmt: skip
        record(
            scope, "partners.view_begun", "viewing", made.pk, at=at, partner=partner,
            after={"company": company.name, "until": made.until},
        )  # fmt: skip
        announce(PartnerViewed(partner=company.pk, viewing=made.pk), at=at)
        return made


def end(scope: Scope, *, viewing: UUID, at: datetime) -> None:
    """End one's own viewing."""
    with transaction.atomic():
        found = Viewing.objects.select_for_update().filter(
            pk=viewing, user=scope.actor.id, until__gt=at
        )
        row = found.first()
        if row is None:
            raise Hidden
        row.until = at
        row.save(update_fields=["until"])
        record(scope, "partners.view_ended", "viewing", row.pk, at=at, partner=row.partner_id)


def narrowed(scope: Scope, *, viewing: UUID, at: datetime) -> Scope | None:
    """Return what a viewer may see now instead of all that is theirs; None if it has ended."""
    row = Viewing.objects.filter(pk=viewing, user=scope.actor.id, until__gt=at)
    found = row.select_related("partner").first()
    if found is None or not scope.reaches(Right.VIEW_AS_PARTNER, found.partner_id):
        return None
    if found.partner.archived_at or found.partner.ended_at:
        return None
    actor = Actor(scope.actor.kind, scope.actor.id, scope.actor.name, found.partner.name)
    return Scope(actor, RIGHTS[Role.PARTNER_MEMBER], frozenset({found.partner_id}))
