"""What is announced reaches every handler, in order, and never before its transaction is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.services import run_due
from echelon.foundation.outbox.models import Announcement
from echelon.foundation.outbox.services import (
    Event,
    announce,
    announce_all,
    subscribe,
    sweep,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
heard: list[tuple[str, int]] = []
failing: set[int] = set()


class Happened(Event):
    """Something with a number."""

    number: int


@subscribe(Happened)
def first(event, at):
    heard.append(("first", event.number))


@subscribe(Happened)
def second(event, at):
    if event.number in failing:
        announce(Happened(number=-1), at=at)  # an effect, to be rolled back
        raise ValueError("not now")
    heard.append(("second", event.number))


def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def silence():
    heard.clear()
    failing.clear()


def heard_by(name: str) -> list[int]:
    return [number for who, number in heard if who == name]


def test_each_handler_hears_each_event_in_order():
    for number in range(5):
        announce(Happened(number=number), at=NOW)
    assert heard == []
    assert run_due(now) == 10
    assert heard_by("first") == heard_by("second") == [0, 1, 2, 3, 4]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_many_events_are_kept_in_order_by_a_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        announce_all([Happened(number=number) for number in range(300)], at=NOW)
    assert run_due(now) == 600
    assert heard_by("first") == heard_by("second") == list(range(300))


def test_one_that_fails_is_tried_again_before_those_behind_it_and_leaves_no_half_effect():
    failing.add(1)
    for number in range(3):
        announce(Happened(number=number), at=NOW)
    run_due(now)
    assert heard_by("first") == [0, 1, 2]
    assert heard_by("second") == [0]
    assert Announcement.objects.count() == 3
    failing.clear()
    run_due(lambda: NOW + timedelta(seconds=2))
    assert heard_by("second") == [0, 1, 2]


def test_of_a_transaction_that_is_rolled_back_nothing_is_heard():
    with pytest.raises(ZeroDivisionError):
        _announce_and_fail()
    assert run_due(now) == 0
    assert heard == []
    assert not Announcement.objects.exists()


@transaction.atomic
def _announce_and_fail():
    announce(Happened(number=1), at=NOW)
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_an_announcement_without_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="the transaction of the change"):
        announce(Happened(number=1), at=NOW)
    assert not Announcement.objects.exists()


def test_a_handler_that_is_gone_is_said():
    announce(Happened(number=1), at=NOW)
    Job.objects.update(payload={"announcement": Announcement.objects.get().pk, "handler": "x.y"})
    run_due(now)
    assert "LookupError: this version has no x.y that hears of" in Job.objects.first().error


def test_what_reached_everybody_is_forgotten_after_a_month():
    announce(Happened(number=1), at=NOW)
    run_due(now)
    failing.add(2)
    announce(Happened(number=2), at=NOW)
    run_due(now)
    assert sweep(NOW + 30 * DAY) == 0
    assert sweep(NOW + 31 * DAY) == 1
    assert Announcement.objects.get().body == {"number": 2}
