"""Reads who signs in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from echelon.foundation.access import VENDOR_ROLES, Right, Role, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.accounts.models import ApiKey, Invitation, User, Vendor

#: Who may look after partners: an account manager by reach, these because they reach all.
MANAGING = (Role.ACCOUNT_MANAGER, Role.PROGRAM_MANAGER, Role.VENDOR_ADMIN)


def staff(scope: Scope) -> QuerySet[User]:
    """Return the vendor's own people by name, for who manages settings.

    `factor` says of each whether they have a second factor or a passkey.
    """
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    rows = User.objects.filter(role__in=VENDOR_ROLES).annotate(
        factor=Exists(factors.exclude(type=Authenticator.Type.RECOVERY_CODES))
    )
    return visible(rows, scope, Right.SETTINGS_MANAGE).order_by("name", "id")


def managers(scope: Scope) -> QuerySet[User]:
    """Return whom partners can be assigned to, for who assigns them."""
    rows = User.objects.filter(role__in=MANAGING, is_active=True)
    return visible(rows, scope, Right.COMPANY_CREATE).order_by("name", "id")


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


def vendor() -> Vendor:
    """Return what the vendor says of itself; every page and the sign-in show some of it."""
    return Vendor.objects.first() or Vendor()


def has_second_factor(user: User) -> bool:
    """Whether somebody shows more than a password."""
    kinds = Authenticator.objects.filter(user=user)
    return kinds.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def lacks_second_factor(user: object, of: Vendor) -> bool:
    """Whether somebody has no second factor where the vendor asks its people for one."""
    return isinstance(user, User) and of.second_factor and not has_second_factor(user)
