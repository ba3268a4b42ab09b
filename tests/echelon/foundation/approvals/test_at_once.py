"""Two people decide at the same moment: one of them does it, the other is told."""

from threading import Barrier, Thread

import pytest
from django.db import close_old_connections, connection, transaction

from echelon.foundation.access import Role
from echelon.foundation.access.walls import entered
from echelon.foundation.approvals.errors import Refused
from echelon.foundation.approvals.models import Approval
from echelon.foundation.approvals.services import approve, ask, refuse, withdraw
from echelon.foundation.audit.models import AuditEvent
from echelon.outcomes.standings.approvals import MOVE, OVERRIDE, MoveAsked, OverrideAsked
from echelon.outcomes.standings.models import Current, Override, Pace, Standing
from tests.factories.partners import NOW, partner, said, scope, staff
from tests.factories.programs import program, version
from tests.factories.standings import stand

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Do works in threads that start together, behind the wall; return the refusals."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite whoever writes is alone")
    ready, refused = Barrier(len(works)), []

    def run(who, work):
        ready.wait()
        try:
            with transaction.atomic(), entered(who):
                work(who)
        except Refused as error:
            refused.append(str(error))
        finally:
            connection.close()
            close_old_connections()

    threads = [Thread(target=run, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.fixture
def there():
    """A partner on a ladder, its account manager, and two who decide."""
    scheme, meg = program("solar"), staff(Role.ACCOUNT_MANAGER, "Meg")
    version(scheme)
    Pace.objects.create(program=scheme)
    ann = partner("Ann", manager=meg)
    stand(ann, scheme, "registered")
    deciders = [scope(staff(Role.PROGRAM_MANAGER, name)) for name in ("Mona", "Max")]
    return scheme, ann, scope(meg), deciders


def override(meg, scheme, ann):
    asked = OverrideAsked(program=scheme.id, kind="lock", start="2026-07-01", until="2027-07-01")
    return ask(meg, kind=OVERRIDE, partner=ann.id, asked=asked, reason="Merger", at=NOW)


@pytest.mark.parametrize("number", range(5))
def test_two_yeses_have_one_effect(there, number):
    scheme, ann, meg, deciders = there
    made = override(meg, scheme, ann)
    refused = at_once(
        *[(who, lambda who: approve(who, approval=made.id, at=NOW)) for who in deciders]
    )
    assert refused == ["This is decided already: Approved."]
    assert Override.objects.count() == 1
    assert AuditEvent.objects.filter(verb="approvals.approved").count() == 1
    assert len(said("approvals.RequestDecided")) == 1


@pytest.mark.parametrize("number", range(5))
def test_of_a_yes_a_no_and_a_withdrawal_one_counts(there, number):
    scheme, ann, meg, (mona, max_) = there
    made = override(meg, scheme, ann)
    refused = at_once(
        (mona, lambda who: approve(who, approval=made.id, at=NOW)),
        (max_, lambda who: refuse(who, approval=made.id, reason="No", at=NOW)),
        (meg, lambda who: withdraw(who, approval=made.id, at=NOW)),
    )
    state = Approval.objects.get().state
    assert len(refused) == 2
    assert set(refused) == {f"This is decided already: {state.title()}."}
    assert Override.objects.count() == (1 if state == "approved" else 0)


@pytest.mark.parametrize("number", range(5))
def test_of_two_moves_of_one_partner_one_is_made(there, number):
    scheme, ann, meg, deciders = there
    wishes = [
        ask(
            meg, kind=MOVE, partner=ann.id, reason="Strategic", at=NOW,
            asked=MoveAsked(program=scheme.id, tier=tier, before="registered"),
        )
        for tier in ("silver", "gold")
    ]  # fmt: skip
    refused = at_once(
        *[
            (who, lambda who, made=made: approve(who, approval=made.id, at=NOW))
            for who, made in zip(deciders, wishes, strict=True)
        ]
    )
    assert refused == ["The partner holds another tier by now than when this was asked for."]
    assert Standing.objects.filter(reason="by hand").count() == 1
    held = Current.objects.get().standing.held
    assert sorted((row.asked["tier"], row.state) for row in Approval.objects.all()) == sorted(
        [(held, "approved"), ({"silver": "gold", "gold": "silver"}[held], "waiting")]
    )
