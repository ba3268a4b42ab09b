"""People of a company: invited, tied to their user, given roles, leaving."""

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.foundation.accounts.models import User
from echelon.foundation.accounts.services import invitations
from echelon.foundation.jobs.services import run_due
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Person
from echelon.records.partners.services import people
from tests.factories.partners import NOW, admin, partner, person, said, scope, staff, trail

pytestmark = pytest.mark.django_db


def test_who_accepts_the_invitation_works_for_the_company():
    ours = partner("Ours")
    me = scope(person(ours, Role.PARTNER_ADMIN))
    invited, token = people.invite(
        me, partner=ours.pk, name="Ida", email="Ida@Ours.test ", role="partner_member", at=NOW
    )
    assert (invited.email, invited.user, selectors.role_of(invited)) == (
        "ida@ours.test",
        None,
        "partner_member",
    )
    user = invitations.accept(token, password="a long word or two", at=NOW)
    assert scope(user).own == frozenset()
    run_due(lambda: NOW)
    assert scope(user).own == {ours.pk}
    assert Person.objects.get(user=user).pk == invited.pk
    assert trail()[0].verb == "people.invited"
    assert said("partners.PersonInvited") == [{"person": str(invited.pk), "partner": str(ours.pk)}]


def test_wrong_values_are_said_and_nobody_is_invited():
    ours = partner("Ours")
    me = scope(person(ours, Role.PARTNER_ADMIN))
    with pytest.raises(Refused) as refused:
        people.invite(me, partner=ours.pk, name="", email="x", role="partner_member", at=NOW)
    assert set(refused.value.fields) == {"name", "email"}
    with pytest.raises(Refused, match="choose one of"):
        people.invite(me, partner=ours.pk, name="A", email="a@b.cd", role="vendor_admin", at=NOW)
    with pytest.raises(Hidden):  # it would reach further than the admin's own hand
        people.invite(
            me, partner=ours.pk, name="A", email="a@b.cd", role="distributor_admin", at=NOW
        )
    email = User.objects.get(pk=me.actor.id).email
    with pytest.raises(Refused, match="already"):
        people.invite(me, partner=ours.pk, name="A", email=email, role="partner_member", at=NOW)
    assert Person.objects.count() == 1
    assert trail() == []


@pytest.mark.parametrize("role", [Role.PARTNER_MEMBER, Role.VENDOR_READ_ONLY, Role.FINANCE])
def test_who_manages_no_people_finds_nobody(role):
    ours = partner("Ours")
    somebody = person(ours).person
    me = scope(person(ours, role) if "partner" in role else staff(role))
    with pytest.raises(Hidden):
        people.invite(me, partner=ours.pk, name="A", email="a@b.cd", role="partner_member", at=NOW)
    with pytest.raises(Hidden):
        people.leave(me, person=somebody.pk, at=NOW)
    with pytest.raises(Hidden):
        people.change_role(me, person=somebody.pk, role="partner_admin", at=NOW)
    assert trail() == []


def test_people_of_others_are_not_there():
    ours, theirs = partner("Ours"), partner("Theirs")
    me = scope(person(ours, Role.PARTNER_ADMIN))
    other = person(theirs).person
    for attempt in (
        lambda: people.leave(me, person=other.pk, at=NOW),
        lambda: people.change_role(me, person=other.pk, role="partner_admin", at=NOW),
        lambda: selectors.people(me, theirs.pk),
        lambda: selectors.person(me, other.pk),
    ):
        with pytest.raises(Hidden):
            attempt()
    other.refresh_from_db()
    assert (other.left_at, other.user.role) == (None, "partner_member")


def test_the_last_admin_leaves_only_when_it_is_confirmed():
    ours = partner("Ours")
    first, second = person(ours, Role.PARTNER_ADMIN), person(ours, Role.PARTNER_ADMIN)
    me = scope(first)
    people.leave(me, person=second.person.pk, at=NOW)
    for attempt in (
        lambda: people.leave(me, person=first.person.pk, at=NOW),
        lambda: people.change_role(me, person=first.person.pk, role="partner_member", at=NOW),
    ):
        with pytest.raises(Refused, match="last admin"):
            attempt()
    assert scope(first).own == {ours.pk}
    people.leave(me, person=first.person.pk, at=NOW, anyway=True)
    assert scope(first).own == frozenset()
    assert [event.verb for event in trail()] == ["people.left"] * 2


def test_a_role_changes_with_the_next_request():
    ours = partner("Ours")
    user, me = person(ours), admin()
    people.change_role(me, person=user.person.pk, role="distributor_admin", at=NOW)
    user.refresh_from_db()
    assert user.role == "distributor_admin"
    event = trail("people.role")[0]
    assert (event.before, event.after) == (
        {"role": "partner_member"},
        {"role": "distributor_admin"},
    )


def test_who_comes_back_keeps_the_user():
    ours, me = partner("Ours"), admin()
    user = person(ours)
    people.leave(me, person=user.person.pk, at=NOW)
    back, token = people.invite(
        me, partner=ours.pk, name=user.name, email=user.email, role="partner_admin", at=NOW
    )
    user.refresh_from_db()
    assert (back.user_id, token, user.role) == (user.pk, "", "partner_admin")
    assert scope(user).own == {ours.pk}
