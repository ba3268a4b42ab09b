"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event


class VersionPublished(Event):
    """A version was published; it may be in force from a later day."""

    program: UUID
    version: UUID


class VersionWithdrawn(Event):
    """A published version was withdrawn before its day."""

    program: UUID
    version: UUID
