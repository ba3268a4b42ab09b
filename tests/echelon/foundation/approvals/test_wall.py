"""Requests stand behind the database's own wall too."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from echelon.foundation.access import Role
from echelon.foundation.access.walls import entered
from echelon.foundation.approvals.models import Approval
from tests.factories.partners import NOW, partner, scope, staff

pytestmark = pytest.mark.django_db(transaction=True)


def row(company=None):
    return Approval(
        kind="standings.move", partner=company and company.id, reason="Strategic", asked_by="1",
        asked_name="Meg", asked_at=NOW,
    )  # fmt: skip


def test_a_request_is_shown_to_who_reaches_its_partner():
    if connection.vendor != "postgresql":
        pytest.skip("the second wall is PostgreSQL's")
    meg, mona = staff(Role.ACCOUNT_MANAGER), scope(staff(Role.PROGRAM_MANAGER))
    ours, others = partner("Ours", manager=meg), partner("Others")
    with transaction.atomic(), entered(mona):
        for each in (row(ours), row(others), row()):
            each.save(force_insert=True)
        assert Approval.objects.count() == 3
    with transaction.atomic(), entered(scope(meg)):
        assert [each.partner for each in Approval.objects.all()] == [ours.id]
        assert Approval.objects.update(reason="Mine") == 1
    for each in (row(others), row()):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
            entered(scope(meg)),
        ):
            each.save(force_insert=True)
    with transaction.atomic(), entered(scope(staff(Role.ACCOUNT_MANAGER, "Nobody's"))):
        assert Approval.objects.count() == 0
