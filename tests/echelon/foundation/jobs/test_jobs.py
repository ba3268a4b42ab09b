"""A job is done once by one worker, tried again when it fails, and lost only when it says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from echelon.foundation.access import NOBODY, system
from echelon.foundation.jobs import selectors
from echelon.foundation.jobs.errors import Lost
from echelon.foundation.jobs.leases import ATTEMPTS, LEASE, reap, renew, take
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.services import (
    again,
    cancel,
    enqueue,
    give_back,
    job,
    run_due,
    run_one,
    sweep,
)
from echelon.foundation.jobs.states import State

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
did: list[object] = []


def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def nothing_done():
    did.clear()


@job("test.note")
def note(task, at):
    did.append(task.payload.get("say"))


@job("test.break")
def break_(task, at):
    did.append(task.attempt)
    raise ValueError("the disk is full")


@job("test.ask")
def ask(task, at):
    enqueue("test.note", {"say": "asked for"}, at=at)


def states() -> list[str]:
    return list(Job.objects.order_by("id").values_list("state", flat=True))


def test_what_is_due_is_done_and_what_it_asks_for():
    enqueue("test.ask", at=NOW)
    assert run_due(now) == 2
    assert did == ["asked for"]
    assert states() == ["done", "done"]


def test_what_is_not_due_waits():
    enqueue("test.note", at=NOW, after=SECOND)
    assert run_due(now) == 0
    assert run_due(lambda: NOW + SECOND) == 1


def test_what_nobody_can_do_is_refused():
    with pytest.raises(ValueError, match=r"there is no job 'test\.nothing'"):
        enqueue("test.nothing", at=NOW)
    assert states() == []


def test_failing_is_tried_again_after_growing_pauses_and_then_seen():
    which = enqueue("test.break", at=NOW)
    at, pauses = NOW, []
    while (row := Job.objects.get(pk=which)).state == State.WAITING:
        pauses.append((row.not_before - at).total_seconds())
        at = row.not_before
        assert run_due(lambda due=at: due) == 1
    assert pauses == [0, 2, 4, 8, 16, 32, 64, 128]
    assert did == list(range(1, ATTEMPTS + 1))
    (failed,) = selectors.jobs(system("test"), state=State.FAILED)
    assert failed.error.endswith("ValueError: the disk is full\n")
    assert selectors.jobs(NOBODY) == []


def test_a_failed_job_is_tried_anew_when_somebody_asks():
    which = enqueue("test.break", at=NOW)
    Job.objects.update(state=State.FAILED, attempts=ATTEMPTS)
    assert again(which, at=NOW)
    assert run_due(now) == 1
    assert did == [1]
    assert not again(which, at=NOW)  # it waits already


def test_a_key_is_one_job_while_it_waits_and_the_earliest_time_counts():
    first = enqueue("test.note", {"say": 1}, at=NOW, key="a", after=9 * SECOND)
    assert enqueue("test.note", {"say": 2}, at=NOW, key="a", after=3 * SECOND) == first
    assert enqueue("test.note", {"say": 2}, at=NOW, key="a", after=5 * SECOND) == first
    assert enqueue("test.note", {"say": 3}, at=NOW, key="b") != first
    assert run_due(lambda: NOW + 3 * SECOND) == 2
    assert did == [3, 1]


def test_one_that_runs_gets_one_successor_which_waits_for_its_end():
    enqueue("test.note", {"say": "first"}, at=NOW, key="a")
    running = take(NOW)
    second = enqueue("test.note", {"say": "second"}, at=NOW, key="a")
    assert enqueue("test.note", {"say": "third"}, at=NOW, key="a") == second
    assert run_due(now) == 0
    with transaction.atomic():
        running.finish(NOW)
    assert run_due(now) == 1
    assert did == ["second"]


def test_one_that_failed_and_its_successor_are_done_as_one():
    enqueue("test.break", at=NOW, key="a")
    failing = take(NOW)
    enqueue("test.break", at=NOW, key="a")
    reap(NOW + LEASE + SECOND)
    assert states() == ["waiting", "waiting"]
    assert run_one(lambda: NOW + LEASE + SECOND)
    assert did == [failing.attempt + 1]
    assert states() == ["waiting"]


def test_a_line_is_done_in_its_order_and_one_that_fails_holds_it_up():
    enqueue("test.break", at=NOW, line="l")
    enqueue("test.note", {"say": "behind"}, at=NOW, line="l")
    enqueue("test.note", {"say": "beside"}, at=NOW, line="k")
    assert run_due(now) == 2
    assert did == [1, "beside"]
    for attempt in range(2, ATTEMPTS + 1):
        assert run_one(lambda a=attempt: NOW + timedelta(seconds=2**a))
    assert did == [1, "beside", *range(2, ATTEMPTS + 1)]
    assert run_due(now) == 1
    assert did[-1] == "behind"


def test_what_a_lost_worker_held_is_taken_up_when_its_lease_has_run_out():
    enqueue("test.note", at=NOW)
    assert take(NOW) is not None
    assert take(NOW + LEASE) is None
    second = take(NOW + LEASE + SECOND)
    assert second.attempt == 2


def test_a_lease_that_is_renewed_does_not_run_out():
    enqueue("test.note", at=NOW)
    first = take(NOW)
    renew([first.lease], NOW + 2 * LEASE)
    assert take(NOW + LEASE + SECOND) is None


def test_a_job_that_kills_its_workers_ends_as_failed():
    enqueue("test.note", at=NOW)
    for attempt in range(ATTEMPTS):
        assert take(NOW + 2 * attempt * LEASE).attempt == attempt + 1
    assert take(NOW + 2 * ATTEMPTS * LEASE) is None
    (failed,) = selectors.jobs(system("test"), state=State.FAILED)
    assert failed.error == "attempt 8 of 8: its worker was lost"


def test_who_lost_the_lease_commits_nothing():
    enqueue("test.note", at=NOW)
    first = take(NOW)
    second = take(NOW + LEASE + SECOND)
    with pytest.raises(Lost):
        _write_and_fence(first)
    with pytest.raises(Lost), transaction.atomic():
        first.finish(NOW)
    with pytest.raises(Lost):
        first.progress(50)
    assert states() == ["running"]
    with transaction.atomic():
        second.fence()
        second.finish(NOW)
    assert states() == ["done"]


@transaction.atomic
def _write_and_fence(task):
    enqueue("test.note", {"say": "written"}, at=NOW)
    task.fence()


def test_a_result_after_the_lease_was_lost_changes_nothing():
    enqueue("test.note", at=NOW)

    def lose(task):
        Job.objects.update(state=State.WAITING, lease=None, leased_until=None)

    assert run_one(now, holding=lose)
    assert states() == ["waiting"]


def test_finished_in_the_transaction_of_the_effect_is_finished_once():
    @job("test.finish")
    def finish(task, at):
        with transaction.atomic():
            did.append(task.id)
            task.finish(at)

    which = enqueue("test.finish", at=NOW)
    assert run_due(now) == 1
    assert did == [which]
    assert states() == ["done"]


@pytest.mark.django_db(transaction=True)
def test_a_fence_outside_a_transaction_would_hold_nothing_and_is_refused():
    enqueue("test.note", at=NOW)
    task = take(NOW)
    with pytest.raises(RuntimeError, match="open one"):
        task.fence()


def test_progress_is_seen_while_it_runs():
    which = enqueue("test.note", at=NOW)
    take(NOW).progress(140, "reading the file")
    seen = selectors.progress(which)
    assert (seen.state, seen.progress, seen.doing) == ("running", 100, "reading the file")


def test_cancelling_ends_what_waits_and_what_runs():
    waiting = enqueue("test.note", at=NOW, after=LEASE)
    running = enqueue("test.note", at=NOW)
    task = take(NOW)
    assert cancel(waiting, at=NOW)
    assert cancel(running, at=NOW)
    with pytest.raises(Lost):
        task.progress(10)
    assert states() == ["cancelled", "cancelled"]
    assert not cancel(running, at=NOW)


def test_what_a_stopping_worker_gives_back_is_done_at_once():
    enqueue("test.note", at=NOW)
    give_back([take(NOW).lease], at=NOW)
    assert run_due(now) == 1


def test_what_ended_long_ago_is_forgotten_and_failures_are_kept_longer():
    enqueue("test.note", at=NOW)
    enqueue("test.break", at=NOW)
    run_due(now)
    Job.objects.filter(kind="test.break").update(state=State.FAILED, ended_at=NOW)
    day = timedelta(days=1)
    assert sweep(NOW + 7 * day) == 0
    assert sweep(NOW + 8 * day) == 1
    assert states() == ["failed"]
    assert sweep(NOW + 91 * day) == 1


def test_counts_and_the_oldest_that_is_due():
    enqueue("test.note", at=NOW)
    enqueue("test.note", at=NOW, after=LEASE)
    assert selectors.counts() == {
        "waiting": 2, "running": 0, "done": 0, "failed": 0, "cancelled": 0
    }  # fmt: skip
    assert selectors.oldest_due(NOW + SECOND) == NOW
    assert selectors.oldest_due(NOW - SECOND) is None


def test_a_room_finds_the_latest_job_of_its_kind_and_key():
    assert selectors.latest("test.note", "k") is None
    first = enqueue("test.note", {"say": "one"}, at=NOW, key="k")
    run_due(now)
    second = enqueue("test.note", {"say": "two"}, at=NOW, key="k")
    enqueue("test.note", {"say": "other"}, at=NOW, key="other")
    found = selectors.latest("test.note", "k")
    assert found is not None
    assert (first < second, found.id, found.state) == (True, second, State.WAITING)
