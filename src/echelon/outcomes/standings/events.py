"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event


class TierChanged(Event):
    """A partner holds another tier of a track ("": the program's own ladder) than before.

    `run` is None where a person's decision made the change.
    """

    partner: UUID
    program: UUID
    track: str
    before: str | None
    after: str | None
    run: UUID | None


class MoveProposed(Event):
    """A move waits for a person."""

    proposal: UUID
    partner: UUID
    program: UUID
