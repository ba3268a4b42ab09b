"""Reads partners, and says what somebody may see: the scope of a user."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from echelon.foundation.access import NOBODY, RIGHTS, VENDOR_ROLES, Actor, Right, Role, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.accounts.models import User
from echelon.records.partners.models import Partner, Person


def scope_of(user: User | AnonymousUser) -> Scope:
    """Return what a user may do now: role and company as the database has them."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    actor, role = Actor("person", str(user.id), user.name), Role(user.role)
    if role in VENDOR_ROLES:
        own: frozenset[UUID] = frozenset()
        if role is Role.ACCOUNT_MANAGER:
            own = frozenset(Partner.objects.filter(manager=user).values_list("id", flat=True))
        return Scope(actor, RIGHTS[role], own)
    person = Person.objects.filter(user=user, left_at=None).first()
    if person is None:
        return Scope(actor, RIGHTS[Role.APPLICANT])
    below = frozenset[UUID]()
    if role in {Role.DISTRIBUTOR_MEMBER, Role.DISTRIBUTOR_ADMIN}:
        below = descendants(person.partner_id)
    return Scope(actor, RIGHTS[role], frozenset({person.partner_id}), below)


def keys(scope: Scope, right: Right) -> dict[str, UUID]:
    """Return the companies that a right reaches, by their keys."""
    return dict(visible(Partner.objects.all(), scope, right).values_list("key", "id"))


def keys_of(partners: Collection[UUID]) -> dict[UUID, str]:
    """Return the keys of companies by their ids, for whoever has these ids already."""
    return dict(Partner.objects.filter(id__in=partners).values_list("id", "key"))


def all_keys() -> dict[UUID, str]:
    """Return the keys of all companies by their ids: what the engine calls them."""
    return dict(Partner.objects.values_list("id", "key"))


def descendants(partner: UUID) -> frozenset[UUID]:
    """Return all companies below one in its family."""
    found: set[UUID] = set()
    layer = {partner}
    while layer:
        children = Partner.objects.filter(parent__in=layer).values_list("id", flat=True)
        layer = set(children) - found
        found |= layer
    return frozenset(found)
