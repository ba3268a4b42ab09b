"""On PostgreSQL the database itself shows only what a scope reaches, whatever a query asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from echelon.foundation.access import EVERY, NOBODY, Right, Role, system
from echelon.foundation.access.walls import entered, reached, role
from echelon.records.partners.models import Partner, Person
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import partner, person, staff

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the wall is PostgreSQL's"),
]


def names():
    return set(Partner.objects.values_list("name", flat=True))


def test_a_query_without_any_filter_shows_the_scope_alone():
    ours, theirs = partner("Ours"), partner("Theirs")
    below = partner("Below", parent=ours)
    member, distributor = person(ours), person(ours, Role.DISTRIBUTOR_MEMBER)
    person(theirs)
    person(below)
    with entered(scope_of(member)):
        assert names() == {"Ours"}
        assert set(Person.objects.values_list("partner", flat=True)) == {ours.id}
    with entered(scope_of(distributor)):
        assert names() == {"Ours", "Below"}
        assert set(Person.objects.values_list("partner", flat=True)) == {ours.id}
    with entered(scope_of(staff(Role.PROGRAM_MANAGER))):
        assert names() == {"Ours", "Theirs", "Below"}
    with entered(NOBODY):
        assert names() == set()


def test_a_role_that_serves_sees_nothing_until_a_scope_is_entered():
    partner("Ours")
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{role()}"')
        cursor.execute("SELECT count(*) FROM partners_partner")
        assert cursor.fetchone() == (0,)
        cursor.execute("RESET ROLE")


def test_writing_for_another_partner_is_refused():
    ours, theirs = partner("Ours"), partner("Theirs")
    with entered(scope_of(person(ours))):
        assert Partner.objects.filter(pk=theirs.pk).update(name="Mine now") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Person.objects.create(partner=theirs, name="Spy", email="spy@ours.test")
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_scopes_are_left_as_they_were_found_also_after_an_error():
    ours = partner("Ours")
    partner("Theirs")
    mine = scope_of(person(ours))
    with entered(mine):
        with entered(system("nightly")):
            assert names() == {"Ours", "Theirs"}
        assert names() == {"Ours"}
        with pytest.raises(DatabaseError), transaction.atomic(), entered(system("nightly")):
            connection.cursor().execute("SELECT 1 / 0")
        assert names() == {"Ours"}


def test_a_scope_within_the_same_scope_asks_the_database_nothing(django_assert_num_queries):
    ours = partner("Ours")
    partner("Theirs")
    mine = scope_of(person(ours))
    with entered(mine):
        with django_assert_num_queries(1), entered(mine):
            assert names() == {"Ours"}
        with entered(NOBODY), entered(mine):
            assert names() == {"Ours"}
        assert names() == {"Ours"}
    with django_assert_num_queries(3), entered(mine):
        assert names() == {"Ours"}


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_scope_lasts_for_the_block():
    ours = partner("Ours")
    partner("Theirs")
    mine = scope_of(person(ours))
    with entered(mine):
        assert names() == {"Ours"}
        with transaction.atomic():
            assert names() == {"Ours"}
        with pytest.raises(ZeroDivisionError), entered(NOBODY):
            raise ZeroDivisionError
        assert names() == {"Ours"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user")
        assert cursor.fetchone() == (True,)


def test_rights_that_reach_no_partner_open_no_partner():
    manager = staff(Role.ACCOUNT_MANAGER)
    mine = partner("Mine", manager=manager)
    partner("Other")
    scope = scope_of(manager)
    assert scope.partners(Right.PROGRAMS_READ) is EVERY
    assert reached(scope) == (str(mine.id), "")
    with entered(scope):
        assert names() == {"Mine"}
