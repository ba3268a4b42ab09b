"""What somebody of the vendor confirms of a partner: joint planning done, satisfaction measured."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.access.walls import entered
from echelon.foundation.audit.services import record as audit
from echelon.foundation.outbox.services import announce
from echelon.records.facts.errors import Refused
from echelon.records.facts.events import AttestationChanged
from echelon.records.facts.models import Attestation
from echelon.records.facts.switching import advance
from echelon.records.partners.selectors import keys


def attest(
    scope: Scope,
    *,
    partner: UUID,
    metric: str,
    at: datetime,
    value: str = "",
    starts: date | None = None,
    until: date | None = None,
    note: str = "",
) -> Attestation:
    """Confirm something of a partner: a metric of a program, with a value, for a time.

    `until` is the first day on which it doesn't hold any more. Raises Refused.
    """
    scope.demand(Right.ENROLLMENTS_MANAGE, partner)
    if not metric:
        raise Refused(_("say which metric is confirmed"))
    if starts and until and until <= starts:
        raise Refused(_("it ends on {until}, before it begins").format(until=until))
    with transaction.atomic(), entered(scope):
        if partner not in keys(scope, Right.ENROLLMENTS_MANAGE).values():
            raise Hidden
        made = Attestation.objects.create(
            partner_id=partner,
            metric=metric,
            value=value,
            starts=starts,
            until=until,
            note=note,
            actor_id=scope.actor.id,
            made_at=at,
        )
        after = {"metric": metric, "value": value, "starts": starts, "until": until, "note": note}
        _changed(scope, "facts.attested", made, at, after)
    return made


def withdraw(scope: Scope, *, attestation: UUID, at: datetime) -> Attestation:
    """Take a confirmation back; it stays in the list, and counts for no date any more."""
    scope.demand(Right.ENROLLMENTS_MANAGE)
    with transaction.atomic(), entered(scope):
        rows = visible(Attestation.objects.all(), scope, Right.ENROLLMENTS_MANAGE)
        found = rows.select_for_update().filter(pk=attestation, withdrawn_at=None).first()
        if found is None:
            raise Hidden
        found.withdrawn_at = at
        found.save()
        _changed(scope, "facts.attestation_withdrawn", found, at, {"metric": found.metric})
    return found


def _changed(
    scope: Scope, verb: str, row: Attestation, at: datetime, after: dict[str, object]
) -> None:
    advance("attestations")
    audit(scope, verb, "attestation", row.pk, at=at, partner=row.partner_id, after=after)
    announce(AttestationChanged(partner=row.partner_id, metric=row.metric), at=at)
