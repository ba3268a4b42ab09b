"""Reads requests, for who may ask for such or decide them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import one, visible
from echelon.foundation.approvals.kinds import KINDS, Words
from echelon.foundation.approvals.models import Approval
from echelon.foundation.approvals.states import RequestState


def requests(scope: Scope, *, partner: UUID | None = None) -> QuerySet[Approval]:
    """Return requests of the kinds that the scope may ask for or decide, the newest first."""
    rows = visible(_known(scope), scope, Right.REQUESTS_READ)
    if partner is not None:
        rows = rows.filter(partner=partner)
    return rows.order_by("-asked_at", "id")


def queue(scope: Scope, *, partner: UUID | None = None) -> QuerySet[Approval]:
    """Return the requests that wait, the oldest first."""
    rows = requests(scope, partner=partner).filter(state=RequestState.WAITING)
    return rows.order_by("asked_at", "id")


def request(scope: Scope, which: UUID) -> Approval:
    """Return one request; Hidden if it can't be seen."""
    return one(_known(scope), scope, Right.REQUESTS_READ, id=which)


def words(rows: Iterable[Approval], at: datetime) -> dict[UUID, Words]:
    """Return how requests read, by their ids; many of a kind at once."""
    found: dict[UUID, Words] = {}
    by_kind: dict[str, list[Approval]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    for name, alike in by_kind.items():
        kind = KINDS[name]
        said = kind.words([kind.form.model_validate(row.asked) for row in alike], at)
        found.update(zip((row.pk for row in alike), said, strict=True))
    return found


def may_decide(scope: Scope, row: Approval, at: datetime) -> bool:
    """Whether the actor may decide a request that waits: another's, or an own one if alone."""
    kind = KINDS[row.kind]
    if row.state != RequestState.WAITING or not kind.may(kind.decides, scope, row.partner):
        return False
    asked = kind.form.model_validate(row.asked)
    return row.asked_by != scope.actor.id or not kind.needs_another(row.partner, asked, at)


def may_withdraw(scope: Scope, row: Approval) -> bool:
    """Whether the actor may take a request back that waits."""
    kind = KINDS[row.kind]
    return row.state == RequestState.WAITING and kind.may(kind.asks, scope, row.partner)


def _known(scope: Scope) -> QuerySet[Approval]:
    kinds = [
        name for name, kind in KINDS.items() if scope.may(kind.asks) or scope.may(kind.decides)
    ]
    return Approval.objects.filter(kind__in=kinds)
