"""What this room announces."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.outbox.services import Event


class PartnerChanged(Event):
    """What is known of a company changed: what programs read of it, or its profile."""

    partner: UUID


class FamilyChanged(Event):
    """Figures of these may have changed: a company moved in the tree, or many were loaded.

    Of a move: the company, and all that stand above its old and its new place.
    """

    partners: list[UUID]


class PersonInvited(Event):
    """Somebody is to sign in for a company; who has no user yet gets an invitation."""

    person: UUID
    partner: UUID


class PartnerViewed(Event):
    """One of the vendor's people began to look at the portal as a company sees it."""

    partner: UUID
    viewing: UUID


class PersonLeft(Event):
    """Somebody no longer works for a company."""

    person: UUID
    partner: UUID
