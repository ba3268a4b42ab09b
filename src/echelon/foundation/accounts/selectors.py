"""Reads who signs in."""

from __future__ import annotations

from django.db.models import QuerySet

from echelon.foundation.access import VENDOR_ROLES, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.accounts.models import ApiKey, Invitation, User


def staff(scope: Scope) -> QuerySet[User]:
    """Return the vendor's own people, for who manages settings."""
    return visible(User.objects.filter(role__in=VENDOR_ROLES), scope, Right.SETTINGS_MANAGE)


def invitations(scope: Scope) -> QuerySet[Invitation]:
    """Return invitations to the companies whose people a scope manages, newest first."""
    return visible(Invitation.objects.exclude(partner=None), scope, Right.PEOPLE_MANAGE).order_by(
        "-made_at", "id"
    )


def staff_invitations(scope: Scope) -> QuerySet[Invitation]:
    """Return invitations of the vendor's own people, newest first."""
    rows = Invitation.objects.filter(partner=None)
    return visible(rows, scope, Right.SETTINGS_MANAGE).order_by("-made_at", "id")


def keys(scope: Scope) -> QuerySet[ApiKey]:
    """Return the keys of machines, newest first."""
    return visible(ApiKey.objects.select_related("made_by"), scope, Right.SETTINGS_MANAGE).order_by(
        "-made_at", "id"
    )
