"""Who may give which role: the one place where an account could climb."""

from __future__ import annotations

from uuid import UUID

from echelon.foundation.access import VENDOR_ROLES, Hidden, Reach, Right, Role, Scope

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
