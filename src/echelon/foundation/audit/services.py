"""Writes the trail, in the transaction of whoever did the thing.

No writer waits for another: each takes a stream that nobody holds, or begins a new one. So bulk
paths aren't slowed and there is nothing to deadlock on; what `verify` walks is a few chains.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from echelon.foundation.access import Right, Scope
from echelon.foundation.audit import heads
from echelon.foundation.audit.models import AuditEvent, Stream
from echelon.foundation.audit.seals import SEALED, plain, sealed
from echelon.foundation.jobs.services import enqueue


@dataclass(frozen=True)
class Entry:
    """One thing done to one object, for `record_all`."""

    verb: str
    subject: str
    subject_id: object
    partner: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


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
) -> None:
    """Add an event: `partners.edited`, `partner`, its id, what was there and what is there now.

    Must be called inside the transaction that makes the change: both stand, or neither.
    """
    record_all(scope, [Entry(verb, subject, subject_id, partner, before, after)], at=at)


def record_all(scope: Scope, entries: Iterable[Entry], *, at: datetime) -> None:
    """Add many events at the price of a few queries. A load of rows is one event, not many."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit event belongs to the transaction of the change")
    stream = _free()
    events = []
    for entry in entries:
        event = AuditEvent(
            stream=stream.name,
            number=stream.count + 1,
            at=at,
            actor_kind=scope.actor.kind,
            actor_id=scope.actor.id,
            actor_name=scope.actor.name,
            behalf=scope.actor.behalf,
            verb=entry.verb,
            subject=entry.subject,
            subject_id=str(entry.subject_id),
            partner=entry.partner,
            before=plain(entry.before),
            after=plain(entry.after),
            previous=stream.head,
        )
        event.seal = sealed(tuple(getattr(event, name) for name in SEALED))
        stream.count, stream.head = event.number, event.seal
        events.append(event)
    if events:
        AuditEvent.objects.bulk_create(events, batch_size=500)
        stream.save()
        name, count, head = stream.name, stream.count, stream.head
        transaction.on_commit(lambda: heads.keep(name, count, head))


def ask_verification(scope: Scope, *, at: datetime) -> None:
    """Have all chains verified soon; asked twice, it is done once."""
    scope.demand(Right.AUDIT_READ)
    with transaction.atomic():
        enqueue("audit.verify", at=at, key="all")
        record(scope, "audit.verification_asked", "audit", "", at=at)


def _free() -> Stream:
    """Return a stream that nobody else holds, locked until the transaction ends."""
    rows = Stream.objects.order_by("name")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first() or Stream.objects.create(name=secrets.token_hex(4))
