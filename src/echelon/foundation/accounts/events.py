"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event


class UserInvited(Event):
    """Somebody was invited. The token isn't here: see `invitations.letter`."""

    invitation: UUID
    partner: UUID | None


class InvitationAccepted(Event):
    """An account was made of an invitation."""

    invitation: UUID
    user: UUID
    partner: UUID | None


class UserDisabled(Event):
    """Somebody may no longer sign in."""

    user: UUID


class UserRenamed(Event):
    """Somebody is called otherwise now."""

    user: UUID
    name: str
