"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event


class EnrollmentActivated(Event):
    """Both sides agreed: the period counts from now on."""

    enrollment: UUID
    partner: UUID
    program: UUID


class EnrollmentChanged(Event):
    """An active enrollment has another period, tier or primary user."""

    enrollment: UUID
    partner: UUID
    program: UUID


class EnrollmentEnded(Event):
    """It expired or was terminated. A renewal ends nothing: the new one goes on."""

    enrollment: UUID
    partner: UUID
    program: UUID


class CountingChanged(Event):
    """Other facts count in a program than before, for all who are in it."""

    program: UUID
