"""A levelling is asked for, done by a job in the asker's name, and its movers are listed."""

from datetime import timedelta

import pytest
from django.db import transaction

from echelon.foundation.access import Hidden, Role, system
from echelon.foundation.jobs import selectors as jobs
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings import selectors
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Run
from echelon.outcomes.standings.services import asking, levelling
from echelon.outcomes.standings.services.due import mark
from echelon.records.partners.selectors import scope_of
from tests.factories.partners import NOW, person, staff, trail

pytestmark = pytest.mark.django_db

SYSTEM = system("test")
TODAY = NOW.date()


@pytest.fixture
def mara():
    return scope_of(staff(Role.PROGRAM_MANAGER, "Mara"))


def due(days: int = 0) -> None:
    run_due(lambda: NOW + timedelta(days=days))


def test_a_run_is_done_by_a_job_in_the_name_of_who_asked(channel, mara):
    job = asking.ask(mara, program=channel.program.id, at=NOW)
    assert Run.objects.count() == 0
    due()
    made = Run.objects.get()
    assert (made.kind, made.asked_by, made.as_of, made.whole) == ("asked", "Mara", TODAY, True)
    assert jobs.progress(job).state == "done"
    [event] = trail("standings.run_asked")
    assert (event.actor_name, event.after["program"]) == ("Mara", "solar")
    assert [each.actor_name for each in trail("standings.run_done")] == ["Mara"]


def test_a_day_that_no_run_may_have_is_refused_at_once(channel, mara):
    levelling.run(SYSTEM, program=channel.program.id, at=NOW)
    for day, said in ((TODAY + timedelta(1), "still to come"), (TODAY - timedelta(1), "already")):
        with pytest.raises(Refused, match=said):
            asking.ask(mara, program=channel.program.id, as_of=day, at=NOW)
    assert trail("standings.run_asked") == []


def test_one_partner_is_levelled_anew_by_who_may(channel, mara):
    ann, bob, _cid = channel.partners
    ann.manager = staff(Role.ACCOUNT_MANAGER, "Meg")
    ann.save()
    meg = scope_of(ann.manager)
    asking.ask_for(meg, program=channel.program.id, partner=ann.id, at=NOW)
    due()
    made = Run.objects.get()
    assert (made.levelled, made.whole) == (1, False)
    with pytest.raises(Hidden):
        asking.ask_for(meg, program=channel.program.id, partner=bob.id, at=NOW)
    for scope in (meg, scope_of(staff(Role.FINANCE)), scope_of(person(ann, Role.PARTNER_ADMIN))):
        with pytest.raises(Hidden):
            asking.ask(scope, program=channel.program.id, at=NOW)


def test_a_run_counts_and_lists_who_moved(channel, mara):
    ann, bob, _cid = channel.partners
    levelling.run(SYSTEM, program=channel.program.id, at=NOW)
    channel.tables.sold(ann, 1000, TODAY)
    channel.tables.sold(bob, 10, TODAY)
    made = levelling.run(SYSTEM, program=channel.program.id, at=NOW + timedelta(1))
    made.refresh_from_db()
    assert (made.levelled, made.changed, made.moved) == (3, 2, 1)
    assert made.ended_at > made.started_at
    rows = selectors.movers(mara, made.id)
    assert [(row.partner.name, row.was, row.held) for row in rows] == [
        ("Ann", "registered", "silver")
    ]
    first = Run.objects.exclude(pk=made.pk).get()
    assert (first.moved, selectors.movers(mara, first.id).count()) == (3, 3)


def test_who_does_not_see_everybody_sees_no_runs(channel, mara):
    meg = staff(Role.ACCOUNT_MANAGER, "Meg")
    ann = channel.partners[0]
    ann.manager = meg
    ann.save()
    made = levelling.run(SYSTEM, program=channel.program.id, at=NOW)
    assert selectors.run(mara, made.id) == made
    with transaction.atomic():
        mark(channel.program.id, [ann.id], at=NOW)
    for user in (meg, person(ann, Role.PARTNER_ADMIN)):
        scope = scope_of(user)
        with pytest.raises(Hidden):
            selectors.run(scope, made.id)
        assert selectors.waiting(scope) == []
        assert {row.partner for row in selectors.movers(scope, made.id)} == {ann}


def test_what_waits_is_counted_by_program(channel, mara):
    ann, bob, _cid = channel.partners
    with transaction.atomic():
        mark(channel.program.id, [ann.id, bob.id], at=NOW)
        mark(channel.program.id, [ann.id], at=NOW + timedelta(1))
    [found] = selectors.waiting(mara)
    assert (found.program, found.partners, found.since) == (channel.program.id, 2, NOW)
    with transaction.atomic():
        mark(channel.program.id, None, at=NOW)
    assert [each.partners for each in selectors.waiting(mara)] == [None]
    due(1)
    assert selectors.waiting(mara) == []
