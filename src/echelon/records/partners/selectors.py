"""Reads partners, and says what somebody may see: the scope of a user."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from echelon.foundation.access import (
    NOBODY,
    RIGHTS,
    VENDOR_ROLES,
    Actor,
    Hidden,
    Right,
    Role,
    Scope,
    system,
)
from echelon.foundation.access.rows import one, visible
from echelon.foundation.access.walls import entered
from echelon.foundation.accounts.models import User
from echelon.records.partners.models import Field, Partner, Person, View, Viewing


def scope_of(user: User | AnonymousUser) -> Scope:
    """Return what a user may do now: role and company as the database has them."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    actor, role = Actor("person", str(user.id), user.name), Role(user.role)
    if role in VENDOR_ROLES and role is not Role.ACCOUNT_MANAGER:
        return Scope(actor, RIGHTS[role])
    with entered(system("scope")):
        return _scope_with_partners(user, actor, role)


def _scope_with_partners(user: User, actor: Actor, role: Role) -> Scope:
    if role is Role.ACCOUNT_MANAGER:
        reached = Q(manager=user) | Q(region__in=user.regions)
        own = frozenset(Partner.objects.filter(reached).values_list("id", flat=True))
        return Scope(actor, RIGHTS[role], own)
    people = Person.objects.filter(user=user, left_at=None)
    # Whose company is archived, or has no enrollment any more, keeps an applicant's rights.
    person = people.filter(partner__archived_at=None, partner__ended_at=None).first()
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


def names(scope: Scope, partners: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of companies by their ids, of those that the scope sees."""
    rows = visible(Partner.objects.filter(id__in=partners), scope, Right.COMPANY_READ)
    return dict(rows.values_list("id", "name"))


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


def ancestors(partner: UUID) -> list[UUID]:
    """Return all companies above one, the nearest first."""
    found: list[UUID] = []
    parent = Partner.objects.filter(pk=partner).values_list("parent", flat=True).first()
    while parent is not None and parent not in found:
        found.append(parent)
        parent = Partner.objects.filter(pk=parent).values_list("parent", flat=True).first()
    return found


def company(scope: Scope, partner: UUID) -> Partner:
    """Return a company with its manager and, if the scope sees it, its parent; Hidden if not."""
    rows = Partner.objects.select_related("parent", "manager")
    return parent_if_seen(scope, one(rows, scope, Right.COMPANY_READ, pk=partner))


def parent_if_seen(scope: Scope, row: Partner) -> Partner:
    """Return a company that was read, without a parent that the scope doesn't see."""
    if row.parent_id and not scope.reaches(Right.COMPANY_READ, row.parent_id):
        Partner._meta.get_field("parent").set_cached_value(row, None)
    return row


def by_key(scope: Scope, key: str) -> Partner:
    """Return the company that outside systems call by a key; Hidden if it can't be seen."""
    return one(Partner.objects.all(), scope, Right.COMPANY_READ, key=key)


@dataclass(frozen=True)
class Family:
    """A company with its place: those above it, nearest last, and those right below it."""

    company: Partner
    above: Sequence[Partner]
    below: Sequence[Partner]


def family(scope: Scope, partner: UUID) -> Family:
    """Return a company's place in its family, as far as the scope sees it."""
    found = company(scope, partner)
    rows = visible(Partner.objects.all(), scope, Right.COMPANY_READ)
    line = _line(found)
    above = {each.pk: each for each in rows.filter(pk__in=line)}
    return Family(
        found,
        [above[each] for each in reversed(line) if each in above],
        list(rows.filter(parent=partner).order_by("sorting", "pk")),
    )


def _line(found: Partner) -> list[UUID]:
    """Return all companies above one that was read, asking no more than it takes."""
    if found.parent_id is None:
        return []
    if found.parent is not None and found.parent.parent_id is None:
        return [found.parent_id]
    return [found.parent_id, *ancestors(found.parent_id)]


def assigned(scope: Scope, manager: UUID) -> QuerySet[Partner]:
    """Return the companies that somebody of the vendor looks after, by name."""
    rows = Partner.objects.filter(manager=manager)
    return visible(rows, scope, Right.COMPANY_READ).order_by("sorting", "id")


def assigned_counts(scope: Scope) -> dict[UUID, int]:
    """Return how many companies each of the vendor's people looks after."""
    rows = visible(Partner.objects.exclude(manager=None), scope, Right.COMPANY_READ)
    return dict(rows.order_by().values_list("manager").annotate(count=Count("pk")))


def regions(scope: Scope) -> list[str]:
    """Return the regions that there are."""
    rows = visible(Partner.objects.exclude(region=""), scope, Right.COMPANY_READ)
    return list(rows.order_by("region").values_list("region", flat=True).distinct())


@dataclass(frozen=True)
class Branch:
    """A company in a family's tree, and how far below the top it stands."""

    depth: int
    company: Partner


#: A tree shows so many companies; larger families are searched in the list.
MOST_IN_TREE = 500


def tree(scope: Scope, partner: UUID) -> list[Branch]:
    """Return the family of a company from the topmost that the scope sees, each before its own.

    Of a branch that begins at a company which isn't seen nothing is shown.
    """
    company(scope, partner)
    top = partner
    for above in ancestors(partner):
        if not scope.reaches(Right.COMPANY_READ, above):
            break
        top = above
    rows = visible(Partner.objects.all(), scope, Right.COMPANY_READ)
    found = {top: rows.get(pk=top)}
    children: dict[UUID | None, list[UUID]] = {}
    layer = [top]
    while layer and len(found) <= MOST_IN_TREE:
        below = list(rows.filter(parent__in=layer).exclude(pk__in=found).order_by("sorting", "pk"))
        for each in below:
            found[each.pk] = each
            children.setdefault(each.parent_id, []).append(each.pk)
        layer = [each.pk for each in below]
    ordered: list[Branch] = []
    stack = [(0, top)]
    while stack:
        depth, which = stack.pop()
        ordered.append(Branch(depth, found[which]))
        stack += [(depth + 1, each) for each in reversed(children.get(which, []))]
    return ordered[:MOST_IN_TREE]


def people(scope: Scope, partner: UUID, *, left: bool = False) -> list[Person]:
    """Return who works for a company, and with `left` also who did, by name; with their users."""
    company(scope, partner)
    rows = visible(Person.objects.filter(partner=partner), scope, Right.PEOPLE_READ)
    if not left:
        rows = rows.filter(left_at=None)
    return list(rows.select_related("user").order_by("name", "pk"))


def person(scope: Scope, person: UUID) -> Person:
    """Return somebody who works for a company; Hidden if they can't be seen."""
    rows = Person.objects.select_related("user", "partner")
    return one(rows, scope, Right.PEOPLE_READ, pk=person)


def companies_of(person: UUID) -> list[UUID]:
    """Return the companies that somebody works or worked for, by mail address. For rooms."""
    mails = Person.objects.filter(pk=person).values("email")
    return list(Person.objects.filter(email__in=mails).values_list("partner", flat=True))


def role_of(person: Person) -> str:
    """Return what somebody is: the user's role, or what they were invited as."""
    return person.user.role if person.user else person.invited_as


def fields(scope: Scope, *, retired: bool = False) -> list[Field]:
    """Return the vendor's own fields of companies."""
    scope.demand(Right.COMPANY_READ)
    rows = Field.objects.all()
    return list(rows if retired else rows.filter(retired_at=None))


def field(scope: Scope, which: UUID) -> Field:
    """Return one of the vendor's own fields, also one out of use; Hidden if there is none."""
    return one(Field.objects.all(), scope, Right.COMPANY_READ, pk=which)


def of_the_vendor(scope: Scope) -> bool:
    """Whether lists that the vendor's people share are this actor's too."""
    return scope.may(Right.VENDOR_ENTER)


def views(scope: Scope) -> list[View]:
    """Return the actor's saved lists, then those shared with them."""
    scope.demand(Right.COMPANY_READ)
    if scope.actor.kind != "person":
        return []
    rows = Q(owner=scope.actor.id)
    if of_the_vendor(scope):
        rows |= Q(shared=True)
    found = View.objects.filter(rows).select_related("owner")
    return sorted(found, key=lambda view: str(view.owner_id) != scope.actor.id)


def view(scope: Scope, which: UUID) -> View:
    """Return one of the lists that the actor may open; Hidden if it isn't one of them."""
    for each in views(scope):
        if each.pk == which:
            return each
    raise Hidden


def default_view(scope: Scope) -> View | None:
    """Return the list that is opened first: the actor's own default, else a shared one."""
    return next((each for each in views(scope) if each.default), None)


def viewings(scope: Scope, partner: UUID, limit: int) -> list[Viewing]:
    """Return when the vendor's people looked at the portal as a company does, the latest first.

    For who manages the company's people: it is about who sees what.
    """
    rows = visible(Viewing.objects.filter(partner=partner), scope, Right.PEOPLE_MANAGE)
    return list(rows.order_by("-begun_at", "id")[:limit])
