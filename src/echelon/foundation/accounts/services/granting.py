"""Who may give which role: the one place where an account could climb."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from echelon.foundation.access import VENDOR_ROLES, Hidden, Reach, Right, Role, Scope
from echelon.foundation.accounts.errors import Refused

_DISTRIBUTORS = frozenset({Role.DISTRIBUTOR_MEMBER, Role.DISTRIBUTOR_ADMIN})


def demand_people(scope: Scope, partner: UUID | None) -> None:
    """Raise Hidden unless a scope may manage a company's people; None: the vendor's own."""
    if partner is None:
        scope.demand(Right.SETTINGS_MANAGE)
    else:
        scope.demand(Right.PEOPLE_MANAGE, partner)


def demand_role(scope: Scope, role: Role, partner: UUID | None) -> None:
    """Raise Hidden unless a scope may give a role to somebody of a company.

    Vendor's roles go to the vendor's people alone. A distributor's role reaches down the family,
    so only who reaches that far, or the vendor, can give it.
    """
    demand_people(scope, partner)
    if (role in VENDOR_ROLES) != (partner is None):
        raise Hidden
    reaches_down = Reach.BELOW in scope.rights.values() or scope.may(Right.VENDOR_ENTER)
    if role in _DISTRIBUTORS and not reaches_down:
        raise Hidden


def reach_of(role: Role, regions: Iterable[str]) -> list[str]:
    """Return the regions whose partners somebody is to reach: an account manager's alone."""
    found = sorted({region.strip() for region in regions} - {""})
    if found and role is not Role.ACCOUNT_MANAGER:
        raise Refused(
            _("Only an account manager works by region; every other role reaches all partners.")
        )
    return found
