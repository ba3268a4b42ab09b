"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event

#: Above so many partners an event names none, which means all.
MOST = 1_000


class FactsRecorded(Event):
    """Facts were added, corrected or withdrawn. No partners: more than a thousand, so all."""

    types: list[str]
    partners: list[UUID]
    batch: UUID


class BatchUndone(Event):
    """A batch doesn't count any more, and what it had superseded does again."""

    types: list[str]
    partners: list[UUID]
    batch: UUID


class AttestationChanged(Event):
    """Something was confirmed of a partner, or that was taken back."""

    partner: UUID
    metric: str
