"""A small world of competitors: one company seen from inside, and all those that it must not see.

Every company has a row in every model, every text a canary that tells whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Model
from django.test import Client
from django.utils import timezone

from echelon.foundation.access import Right, Role
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services.keys import NEVER, make_key, revoke_key
from echelon.records.partners.models import Partner, Person
from echelon.records.partners.selectors import scope_of
from echelon.records.partners.services import viewing
from tests.echelon.isolation.filling import Filler, canary, ours
from tests.echelon.isolation.roles import NOTHING, RELATIONS, ROLES, VENDORS
from tests.factories.partners import NOW, partner, staff

_VENDOR_ROLES = {
    "account_manager": Role.ACCOUNT_MANAGER,
    "program_manager": Role.PROGRAM_MANAGER,
    "finance": Role.FINANCE,
    "compliance": Role.COMPLIANCE,
    "read_only": Role.VENDOR_READ_ONLY,
    "vendor_admin": Role.VENDOR_ADMIN,
}
_PARTNER_ROLES = {
    "member": Role.PARTNER_MEMBER,
    "admin": Role.PARTNER_ADMIN,
    "distributor": Role.DISTRIBUTOR_MEMBER,
    "distributor_admin": Role.DISTRIBUTOR_ADMIN,
    "left": Role.PARTNER_ADMIN,
    "disabled_partner": Role.PARTNER_ADMIN,
}


@dataclass
class World:
    """`made[relation][model]` is a row; `clients[role]` asks as somebody."""

    made: dict[str, dict[str, Model]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    #: What each browser holds once it has signed in.
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Whose an amount is.
    primes: dict[int, str] = field(default_factory=dict)
    nothing: UUID = field(default_factory=uuid4)

    def id(self, noun: str, relation: str) -> Any:
        """The id of a company's row, by the name that addresses have for it."""
        if relation == NOTHING:
            sample = self.made["own"].get(noun)
            return 987_654_321 if sample and isinstance(sample.pk, int) else self.nothing
        return self.made[relation][noun].pk

    def nouns(self) -> list[str]:
        """What there are ids of: a name is none, nor is the id of another row."""
        return sorted(
            noun
            for noun, row in self.made["own"].items()
            if isinstance(row.pk, UUID | int) and not row._meta.pk.is_relation
        )


def build() -> World:
    """Make the companies, their rows, and somebody of every role."""
    world = World()
    manager = staff(Role.ACCOUNT_MANAGER, "Manager of ours")
    parent = _company("parent")
    own = _company("own", parent=parent, manager=manager)
    companies = {
        "parent": parent,
        "own": own,
        "child": _company("child", parent=own),
        "sibling": _company("sibling", parent=parent),
        "other": _company("other", manager=staff(Role.ACCOUNT_MANAGER, "Manager of others")),
        "archived": _company("archived", archived_at=NOW),
    }
    for number, relation in enumerate(RELATIONS, start=1):
        _furnish(world, relation, companies[relation], number)
    _people(world, own, manager)
    _machines(world)
    for role, client in world.clients.items():
        world.cookies[role] = {name: cookie.value for name, cookie in client.cookies.items()}
    return world


def _company(relation: str, **more: Any) -> Partner:
    mark = canary(relation, "partner")
    return partner(
        f"{mark}name", key=f"{mark}key", region=mark, segment=mark, website=f"{mark}web",
        email=f"{mark}@mail.test", phone=mark, address=mark, description=mark, tags=[mark],
        **more,
    )  # fmt: skip


def _user(relation: str, role: Role, name: str) -> User:
    mark = canary(relation, "user")
    return User.objects.create_user(f"{mark}.{name}@user.test", name=f"{mark}{name}", role=role)


def _furnish(world: World, relation: str, company: Partner, number: int) -> None:
    """Give a company a person that signs in, and a row of everything else."""
    user = _user(relation, Role.PARTNER_MEMBER, "first")
    mark = canary(relation, "person")
    person = Person.objects.create(
        partner=company, user=user, name=f"{mark}name", email=f"{mark}@mail.test"
    )
    colleague = staff(Role.VENDOR_READ_ONLY, f"{canary(relation, 'colleague')}name")
    made: dict[str, Model] = {
        "partner": company, "person": person, "user": user, "colleague": colleague,
    }  # fmt: skip
    filler = Filler(relation, made, _amounts(world, relation, number))
    for model in ours():
        made[str(model._meta.model_name)] = filler.fill(model)
    world.made[relation] = made


def _amounts(world: World, relation: str, number: int) -> Iterator[int]:
    """Amounts that are nobody else's: 70,000,003 and so on for the first company."""
    for step in range(1, 1000):
        amount = 10_000_000 * (number + 6) + step * 1009
        world.primes[amount] = relation
        yield amount


def _people(world: World, own: Partner, manager: User) -> None:
    """Somebody of each role, signed in; the partners' people all work for the own company."""
    for role in ROLES:
        client = world.clients[role] = Client(raise_request_exception=False)
        world.headers[role] = {}
        if role == "account_manager":
            user = manager
        elif role == "viewing":
            user = staff(Role.PROGRAM_MANAGER, "The viewing")
        elif role in VENDORS:
            user = staff(_VENDOR_ROLES[role], f"The {role}")
        elif role == "applicant":
            user = _user("own", Role.APPLICANT, role)
        elif role == "disabled":
            user = staff(Role.VENDOR_ADMIN, "Somebody disabled")
        elif role in _PARTNER_ROLES:
            user = _user("own", _PARTNER_ROLES[role], role)
            mark = canary("own", "person")
            Person.objects.create(
                partner=own, user=user, name=f"{mark}{role}", email=f"{mark}.{role}@mail.test",
                left_at=NOW if role == "left" else None,
            )  # fmt: skip
        else:
            continue
        client.force_login(user)
        if role == "viewing":
            made = viewing.begin(scope_of(user), partner=own.pk, at=timezone.now())
            session = client.session
            session[viewing.IN_SESSION] = str(made.pk)
            session.save()
        if role.startswith("disabled"):
            User.objects.filter(pk=user.pk).update(is_active=False)


def _machines(world: World) -> None:
    """Keys: one that may all that keys can, one that may little, one that has ended."""
    scope = scope_of(User.objects.get(name="The vendor_admin"))
    every = [right for right in Right if scope.may(right) and right not in NEVER]
    for role, rights in (
        ("key", every),
        ("narrow_key", [Right.COMPANY_READ]),
        ("revoked_key", every),
    ):
        made, text = make_key(scope, name=role, rights=rights, at=NOW)
        world.headers[role] = {"authorization": f"Bearer {text}"}
        if role == "revoked_key":
            revoke_key(scope, key=made.id, at=NOW)
