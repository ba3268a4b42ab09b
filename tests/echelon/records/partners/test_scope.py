"""What somebody sees follows from role and company, as the database has them at that moment."""

import pytest

from echelon.foundation.access import EVERY, NOBODY, Right, Role
from echelon.foundation.access.rows import visible
from echelon.records.partners.models import Partner, Person
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, partner, person, staff

pytestmark = pytest.mark.django_db


def seen(user: object, right: Right = Right.COMPANY_READ) -> set[str]:
    return set(visible(Partner.objects.all(), scope_of(user), right).values_list("name", flat=True))


def test_a_member_sees_the_own_company_alone():
    ours = partner("Ours")
    partner("Theirs")
    partner("Below", parent=ours)
    assert seen(person(ours)) == {"Ours"}
    assert seen(person(ours), Right.COMPANY_EDIT) == set()


def test_a_distributor_sees_what_is_below_it_but_not_its_siblings():
    top = partner("Top")
    ours = partner("Ours", parent=top)
    below = partner("Below", parent=ours)
    partner("Deep", parent=below)
    partner("Sibling", parent=top)
    user = person(ours, Role.DISTRIBUTOR_MEMBER)
    assert seen(user) == {"Ours", "Below", "Deep"}
    assert seen(user, Right.PEOPLE_READ) == {"Ours"}


def test_moving_a_company_out_of_the_family_cuts_access_at_once():
    ours = partner("Ours")
    below = partner("Below", parent=ours)
    user = person(ours, Role.DISTRIBUTOR_MEMBER)
    assert seen(user) == {"Ours", "Below"}
    below.parent = None
    below.save()
    assert seen(user) == {"Ours"}


def test_an_account_manager_sees_the_partners_assigned():
    manager = staff(Role.ACCOUNT_MANAGER)
    partner("Mine", manager=manager)
    partner("Other")
    assert seen(manager) == {"Mine"}
    assert scope_of(manager).partners(Right.PROGRAMS_READ) is EVERY


def test_who_left_or_is_disabled_keeps_nothing():
    ours = partner("Ours")
    left, disabled = person(ours), person(ours)
    Person.objects.filter(user=left).update(left_at=NOW)
    disabled.is_active = False
    disabled.save()
    assert seen(left) == set()
    assert scope_of(disabled) is NOBODY
