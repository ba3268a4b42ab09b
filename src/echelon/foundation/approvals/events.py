"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event


class RequestAsked(Event):
    """A request waits for a decision."""

    approval: UUID
    what: str
    partner: UUID | None


class RequestDecided(Event):
    """A request was approved, and what it asks for is done; or it was refused."""

    approval: UUID
    what: str
    partner: UUID | None
    state: str


class RequestWithdrawn(Event):
    """A request no longer waits: it was taken back."""

    approval: UUID
    what: str
    partner: UUID | None
