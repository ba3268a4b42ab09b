"""Who works for a company: invite, join, leave, role."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Role, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.accounts import selectors as accounts
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services import invitations, users
from echelon.foundation.accounts.services.granting import demand_role
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce
from echelon.records.partners import selectors, values
from echelon.records.partners.errors import Refused
from echelon.records.partners.events import PersonInvited, PersonLeft
from echelon.records.partners.models import Partner, Person

#: What somebody can be who works for a partner.
PARTNER_ROLES = (
    Role.PARTNER_MEMBER,
    Role.PARTNER_ADMIN,
    Role.DISTRIBUTOR_MEMBER,
    Role.DISTRIBUTOR_ADMIN,
)
ADMINS = (Role.PARTNER_ADMIN, Role.DISTRIBUTOR_ADMIN)


def invite(
    scope: Scope, *, partner: UUID, name: str, email: str, role: str, at: datetime
) -> tuple[Person, str]:
    """Let somebody work for a company; return them and the token for the mail.

    The token is "" for somebody who comes back: they have a user and sign in as before. Whether
    the address has an account elsewhere isn't told.
    """
    scope.demand(Right.PEOPLE_MANAGE, partner)
    wrong = {}
    try:
        name = values.needed(200)(name)
    except values.Wrong as error:
        wrong["name"] = str(error)
    try:
        email = values.address_of(email)
    except values.Wrong as error:
        wrong["email"] = str(error)
    if wrong:
        raise Refused(**wrong)
    given = _to_give(scope, role, partner)
    with transaction.atomic():
        company = _company(scope, partner)
        if company.archived_at:
            raise Refused(_("this company is archived: restore it first"))
        person = Person.objects.filter(partner=company, email=email).first()
        if person and person.left_at is None and person.user_id:
            raise Refused(email=_("%(email)s is one of its people already") % {"email": email})
        person = person or Person(partner=company, email=email)
        person.name, person.invited_as, person.left_at = name, given, None
        person.save()
        after = {"name": name, "email": email, "role": role}
        _record(scope, "people.invited", person, at, after=after)
        announce(PersonInvited(person=person.pk, partner=company.pk), at=at)
        if person.user_id:
            users.set_role(scope, user=person.user_id, partner=partner, role=given, at=at)
            return person, ""
        token = invitations.invite(
            scope, email=email, name=name, role=given, partner=partner, at=at
        )[1]
    return person, token


def withdraw(scope: Scope, *, invitation: UUID, at: datetime) -> None:
    """End an invitation to a company that waits; who was invited works for it no more.

    Who works there by another way, such as an earlier invitation, goes on to.
    """
    with transaction.atomic():
        found = one(accounts.invitations(scope), scope, Right.PEOPLE_MANAGE, pk=invitation)
        invitations.withdraw(scope, invitation=found.pk, at=at)
        came = Person.objects.filter(partner=found.partner, email=found.email, left_at=None)
        if (person := came.filter(user=None).first()) is not None:
            leave(scope, person=person.pk, at=at, anyway=True)


def look_at(scope: Scope, *, partner: UUID, at: datetime, left: bool = False) -> list[Person]:
    """Return who works for a company. That somebody from outside it looked is kept."""
    found = selectors.people(scope, partner, left=left)
    if partner not in scope.own or not scope.may(Right.PORTAL_ENTER):
        with transaction.atomic():
            said = {"rows": len(found)}
            record(scope, "people.read", "partner", partner, at=at, partner=partner, after=said)
    return found


def join(scope: Scope, *, partner: UUID, user: UUID, at: datetime) -> Person:
    """Tie the user that was made of an invitation to the company: they sign in for it from now."""
    scope.demand(Right.PEOPLE_MANAGE, partner)
    with transaction.atomic():
        company = _company(scope, partner)
        known = User.objects.get(pk=user)
        if mine := Person.objects.filter(user=known).first():
            return mine
        person = Person.objects.filter(partner=company, email=known.email).first()
        person = person or Person(partner=company, email=known.email, name=known.name)
        person.user, person.left_at = known, None
        person.save()
        _record(scope, "people.joined", person, at, after={"user": user})
    return person


def rename(scope: Scope, *, user: UUID, name: str, at: datetime) -> None:
    """Call who signs in as a user by another name, wherever they work."""
    with transaction.atomic():
        for person in Person.objects.filter(user=user).exclude(name=name):
            scope.demand(Right.PEOPLE_MANAGE, person.partner_id)
            before, person.name = {"name": person.name}, name
            person.save()
            _record(scope, "people.renamed", person, at, before=before, after={"name": name})


def leave(scope: Scope, *, person: UUID, at: datetime, anyway: bool = False) -> Person:
    """End somebody's work for a company: at once they see nothing of it any more.

    The last admin leaves only `anyway`: after that the vendor alone can invite.
    """
    with transaction.atomic():
        found = _locked(scope, person)
        if found.left_at:
            return found
        if not anyway:
            _not_the_last(found, _("leaves"))
        found.left_at = at
        found.save()
        for each in accounts.invitations(scope).filter(
            partner=found.partner_id, email=found.email, accepted_at=None, withdrawn_at=None
        ):  # or who was invited and never came could come back by it
            invitations.withdraw(scope, invitation=each.pk, at=at)
        _record(scope, "people.left", found, at, before={"left_at": None}, after={"left_at": at})
        announce(PersonLeft(person=found.pk, partner=found.partner_id), at=at)
    return found


def change_role(
    scope: Scope, *, person: UUID, role: str, at: datetime, anyway: bool = False
) -> Person:
    """Give somebody another role; nobody outside the vendor gives more than they have."""
    with transaction.atomic():
        found = _locked(scope, person)
        if found.left_at:
            raise Refused(_("%(name)s has left") % {"name": found.name})
        given = _to_give(scope, role, found.partner_id)
        before = selectors.role_of(found)
        if before == role:
            return found
        if given not in ADMINS and not anyway:
            _not_the_last(found, _("is no longer admin"))
        found.invited_as = given
        found.save()
        if found.user_id:
            users.set_role(scope, user=found.user_id, partner=found.partner_id, role=given, at=at)
        _record(scope, "people.role", found, at, before={"role": before}, after={"role": role})
    return Person.objects.select_related("user").get(pk=person)


def _company(scope: Scope, partner: UUID) -> Partner:
    return one(Partner.objects.select_for_update(), scope, Right.PEOPLE_MANAGE, pk=partner)


def _locked(scope: Scope, person: UUID) -> Person:
    found = one(Person.objects.all(), scope, Right.PEOPLE_MANAGE, pk=person)
    _company(scope, found.partner_id)  # its people change one at a time: somebody must be last
    return Person.objects.select_related("user").get(pk=person)


def _to_give(scope: Scope, role: str, partner: UUID) -> Role:
    """Return a role that this scope may give; accounts decides who climbs."""
    if role not in PARTNER_ROLES:
        raise Refused(role=_("choose one of: %(roles)s") % {"roles": ", ".join(PARTNER_ROLES)})
    demand_role(scope, Role(role), partner)
    return Role(role)


def _not_the_last(person: Person, what: str) -> None:
    if selectors.role_of(person) not in ADMINS:
        return
    others = Person.objects.filter(partner=person.partner_id, left_at=None).exclude(pk=person.pk)
    for other in others.select_related("user"):
        if other.user and other.user.is_active and other.user.role in ADMINS:
            return
    raise Refused(
        _(
            "%(name)s is the last admin of this company: once %(name)s %(what)s, the vendor alone "
            "can invite its people. Make somebody else admin first, or confirm it"
        )
        % {"name": person.name, "what": what}
    )


def _record(scope: Scope, verb: str, person: Person, at: datetime, **what: object) -> None:
    record(scope, verb, "person", person.pk, at=at, partner=person.partner_id, **what)  # type: ignore[arg-type]
