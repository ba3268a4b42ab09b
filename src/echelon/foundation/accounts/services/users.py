"""Lets people in and keeps them out: roles, disabling, the end of all sessions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from echelon.foundation.access import VENDOR_ROLES, Hidden, Role, Scope
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.events import UserDisabled
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services.granting import demand_people, demand_role, reach_of
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce


def disable(scope: Scope, *, user: UUID, partner: UUID | None, at: datetime) -> None:
    """Keep somebody out from the next request on: sessions and the keys they made end with it.

    `partner` is the company that they work for, as `partners` has found it for this scope; None
    for the vendor's own people.
    """
    with transaction.atomic():
        found = _managed(scope, user, partner)
        _keep_an_admin(found)
        if _oneself(scope, found):
            raise Refused(_("You can't deactivate yourself. Ask another administrator."))
        User.objects.filter(pk=found.pk).update(is_active=False, sessions=F("sessions") + 1)
        _record(scope, "accounts.disabled", found, partner, at, {"active": True}, {"active": False})
        announce(UserDisabled(user=found.pk), at=at)


def enable(scope: Scope, *, user: UUID, partner: UUID | None, at: datetime) -> None:
    """Let somebody in again, who must sign in anew."""
    with transaction.atomic():
        found = _managed(scope, user, partner)
        User.objects.filter(pk=found.pk).update(is_active=True)
        _record(scope, "accounts.enabled", found, partner, at, {"active": False}, {"active": True})


def set_role(
    scope: Scope,
    *,
    user: UUID,
    partner: UUID | None,
    role: Role,
    at: datetime,
    regions: Collection[str] = (),
) -> None:
    """Give somebody another role, of those that this scope may give, and the reach that it has."""
    demand_role(scope, role, partner)
    reach = reach_of(role, regions)
    with transaction.atomic():
        found = _managed(scope, user, partner)
        demand_role(scope, Role(found.role), partner)  # nobody brings down who stands higher
        if found.role == Role.VENDOR_ADMIN and role is not Role.VENDOR_ADMIN:
            _keep_an_admin(found)
        before: dict[str, object] = {"role": found.role}
        after: dict[str, object] = {"role": role}
        if found.regions != reach:
            before["regions"], after["regions"] = found.regions, reach
        User.objects.filter(pk=found.pk).update(role=role, regions=reach)
        _record(scope, "accounts.role_changed", found, partner, at, before, after)


def end_sessions(scope: Scope, *, user: UUID, partner: UUID | None, at: datetime) -> None:
    """Sign somebody out everywhere: what the own person or who manages them may ask for."""
    with transaction.atomic():
        if scope.actor.kind == "person" and scope.actor.id == str(user):
            found = User.objects.select_for_update().get(pk=user)
        else:
            found = _managed(scope, user, partner)
        User.objects.filter(pk=found.pk).update(sessions=F("sessions") + 1)
        _record(scope, "accounts.sessions_ended", found, partner, at, {}, {})


def forget_second_factors(scope: Scope, *, user: UUID, partner: UUID | None, at: datetime) -> None:
    """Let somebody in by password alone who has lost the phone; all their sessions end."""
    with transaction.atomic():
        found = _managed(scope, user, partner)
        kept = Authenticator.objects.filter(user=found)
        kinds = sorted(kept.values_list("type", flat=True))
        if not kinds:
            raise Refused(_("%(name)s has no second factor.") % {"name": found.name})
        kept.delete()
        User.objects.filter(pk=found.pk).update(sessions=F("sessions") + 1)
        _record(
            scope, "accounts.second_factors_forgotten", found, partner, at, {"kinds": kinds}, {}
        )


def _oneself(scope: Scope, user: User) -> bool:
    return scope.actor.kind == "person" and scope.actor.id == str(user.pk)


def _managed(scope: Scope, user: UUID, partner: UUID | None) -> User:
    demand_people(scope, partner)
    found = User.objects.select_for_update().filter(pk=user).first()
    if found is None or (found.role in VENDOR_ROLES) != (partner is None):
        raise Hidden
    return found


def _keep_an_admin(user: User) -> None:
    """Refuse to lose the last one who could let anybody in again."""
    admins = User.objects.filter(role=Role.VENDOR_ADMIN, is_active=True).select_for_update()
    if user.role == Role.VENDOR_ADMIN and [admin.pk for admin in admins] == [user.pk]:
        raise Refused(_("This is the last administrator. Make another one first."))


def _record(
    scope: Scope,
    verb: str,
    user: User,
    partner: UUID | None,
    at: datetime,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    record(scope, verb, "user", user.pk, at=at, partner=partner, before=before, after=after)
