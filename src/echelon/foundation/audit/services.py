"""Writes the trail, in the transaction of whoever did the thing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from echelon.foundation.access import Scope
from echelon.foundation.audit.models import AuditEvent, Stream


def record(
    scope: Scope,
    verb: str,
    subject: str,
    subject_id: object,
    *,
    at: datetime,
    partner: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    stream: str = "vendor",
) -> None:
    """Add an event: `partners.edited`, `partner`, its id, what was there and what is there now.

    Must be called inside the transaction that makes the change: both stand, or neither.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit event belongs to the transaction of the change")
    Stream.objects.get_or_create(name=stream)
    head = Stream.objects.select_for_update().get(name=stream)
    event = AuditEvent(
        stream=stream,
        number=head.count + 1,
        at=at,
        actor_kind=scope.actor.kind,
        actor_id=scope.actor.id,
        actor_name=scope.actor.name,
        behalf=scope.actor.behalf,
        verb=verb,
        subject=subject,
        subject_id=str(subject_id),
        partner=partner,
        before=plain(before),
        after=plain(after),
        previous=head.head,
    )
    event.seal = sealed(event)
    event.save(force_insert=True)
    head.count, head.head = event.number, event.seal
    head.save()


def plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return values as JSON has them: amounts and dates as text."""
    found: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return found


def sealed(event: AuditEvent) -> str:
    """Return the hash over all that an event says and the seal of the one before it."""
    said = [
        event.stream,
        event.number,
        event.at.isoformat(),
        event.actor_kind,
        event.actor_id,
        event.actor_name,
        event.behalf,
        event.verb,
        event.subject,
        event.subject_id,
        str(event.partner or ""),
        event.before,
        event.after,
        event.previous,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
