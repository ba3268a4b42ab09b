"""Two people at the same moment: the lock lets one of them be first, and the other sees it."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import close_old_connections, connection

from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import making
from echelon.records.partners import selectors
from echelon.records.partners.errors import Refused
from echelon.records.partners.services import companies
from tests.factories.enrollments import START, open_program
from tests.factories.partners import NOW, admin, partner

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> int:
    """Do works in threads that start together; return how many were refused."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite whoever writes is alone")
    ready, refused = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        ready.wait()
        try:
            work()
        except Refused as error:
            refused.append(error)
        finally:
            connection.close()
            close_old_connections()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


@pytest.mark.parametrize("number", range(5))
def test_two_moves_make_no_circle(number):
    me, one, other = admin(), partner(f"One {number}"), partner(f"Other {number}")
    refused = at_once(
        lambda: companies.move(me, partner=one.pk, parent=other.pk, at=NOW),
        lambda: companies.move(me, partner=other.pk, parent=one.pk, at=NOW),
    )
    assert refused == 1
    assert sorted([len(selectors.ancestors(one.pk)), len(selectors.ancestors(other.pk))]) == [0, 1]


@pytest.mark.parametrize("number", range(5))
def test_two_enrollments_share_no_day(number):
    me, ours, scheme = admin(), partner(f"Ours {number}"), open_program()
    given = {"partner": ours.pk, "program": scheme.pk, "start": START, "at": NOW, "submit": True}
    assert at_once(*[lambda: making.create(me, **given)] * 3) == 2
    assert Enrollment.objects.filter(partner=ours).count() == 1
