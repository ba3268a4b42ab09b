"""Reads the trail, for who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import one, visible
from echelon.foundation.audit.models import AuditEvent, Stream, Verification
from echelon.foundation.jobs.selectors import unended


def trail(scope: Scope) -> QuerySet[AuditEvent]:
    """Return what was done, newest first; who has an area of their own sees that area's partners.

    Narrow it down by `actor_id`, `verb`, `subject` and `subject_id`, `partner` or `at`.
    """
    rows = visible(AuditEvent.objects.all(), scope, Right.AUDIT_READ)
    return rows.order_by("-at", "-number", "id")


@dataclass(frozen=True)
class Wanted:
    """Which part of the trail: each that is given narrows it."""

    who: str = ""
    what: str = ""
    object: str = ""
    partner: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def find(scope: Scope, wanted: Wanted) -> QuerySet[AuditEvent]:
    """Return the part of the trail that is wanted; `until` itself is no part of it.

    `who` is a part of a name or an id, also of on whose behalf; `what` a part of a verb; `object`
    a kind of object or its id.
    """
    rows = trail(scope)
    if wanted.who:
        named = Q(actor_name__icontains=wanted.who) | Q(behalf__icontains=wanted.who)
        rows = rows.filter(named | Q(actor_id=wanted.who))
    if wanted.what:
        rows = rows.filter(verb__icontains=wanted.what)
    if wanted.object:
        rows = rows.filter(Q(subject=wanted.object) | Q(subject_id=wanted.object))
    if wanted.partner:
        rows = rows.filter(partner=wanted.partner)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def event(scope: Scope, which: UUID) -> AuditEvent:
    """Return one thing that was done; Hidden if it can't be seen."""
    return one(AuditEvent.objects.all(), scope, Right.AUDIT_READ, pk=which)


@dataclass(frozen=True)
class Chains:
    """How the chains stand: how much they hold, and what the last verification found."""

    events: int
    streams: int
    #: The event that was added last, with its place and its seal.
    last: AuditEvent | None
    verified: Verification | None
    #: Whether one is on its way.
    waits: bool


def chains(scope: Scope) -> Chains:
    """Return how the chains stand."""
    rows = visible(Stream.objects.all(), scope, Right.AUDIT_READ)
    held = rows.aggregate(events=Sum("count"), streams=Count("name"))
    walks = visible(Verification.objects.all(), scope, Right.AUDIT_READ)
    return Chains(
        held["events"] or 0,
        held["streams"],
        trail(scope).first(),
        walks.order_by("-at").first(),
        next(unended("audit.verify"), None) is not None,
    )
