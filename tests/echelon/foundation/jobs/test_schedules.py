"""Each due time is asked for once; what was missed is made good by one job."""

from datetime import UTC, datetime, timedelta

import pytest

from echelon.foundation.jobs.kinds import KINDS
from echelon.foundation.jobs.models import Job, Schedule
from echelon.foundation.jobs.schedules import declare, schedule, tick, unschedule
from echelon.foundation.jobs.services import job

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@job("test.level")
def level(task, at):
    """Nothing: what is tested is when it is asked for."""


def due() -> list[str]:
    return [payload["due"] for payload in Job.objects.order_by("id").values_list("payload", flat=1)]


def test_a_due_time_is_asked_for_once():
    assert schedule("daily", "test.level", "0 2 * * *", at=NOW) == datetime(
        2026, 7, 1, 2, tzinfo=UTC
    )
    assert tick(NOW) == 0
    assert tick(NOW + 14 * HOUR) == 1
    assert tick(NOW + 14 * HOUR) == 0
    assert tick(NOW + DAY) == 0
    assert tick(NOW + 2 * DAY) == 1
    assert due() == ["2026-07-01T02:00:00+00:00", "2026-07-02T02:00:00+00:00"]


def test_what_was_missed_is_made_good_by_one_job_for_the_last():
    schedule("daily", "test.level", "0 2 * * *", at=NOW)
    assert tick(NOW + 10 * DAY) == 1
    assert due() == ["2026-07-10T02:00:00+00:00"]
    assert tick(NOW + 10 * DAY) == 0


def test_the_payload_goes_along():
    schedule("daily", "test.level", "0 2 * * *", at=NOW, payload={"program": "solar"})
    tick(NOW + DAY)
    assert Job.objects.get().payload == {"program": "solar", "due": "2026-07-01T02:00:00+00:00"}


def test_the_clock_on_the_wall_counts_in_summer_and_winter():
    zone = "Europe/Lisbon"
    assert schedule("a", "test.level", "0 2 * * *", at=NOW, zone=zone).hour == 1
    winter = datetime(2026, 12, 1, tzinfo=UTC)
    assert schedule("b", "test.level", "0 2 * * *", at=winter, zone=zone).hour == 2


def test_said_again_it_stays_changed_it_begins_anew_and_unsaid_it_ends():
    first = schedule("a", "test.level", "0 2 * * *", at=NOW)
    assert schedule("a", "test.level", "0 2 * * *", at=NOW + 5 * DAY) == first
    assert schedule("a", "test.level", "30 2 1 * *", at=NOW) == datetime(
        2026, 7, 1, 2, 30, tzinfo=UTC
    )
    unschedule("a")
    assert tick(NOW + 10 * DAY) == 0


@pytest.mark.parametrize(
    ("kind", "expression", "said"),
    [("test.level", "every day", "no cron expression"), ("test.none", "* * * * *", "no job")],
)
def test_what_can_never_come_is_refused(kind: str, expression: str, said: str):
    with pytest.raises(ValueError, match=said):
        schedule("a", kind, expression, at=NOW)
    assert not Schedule.objects.exists()


def test_what_jobs_declare_stands_after_a_start():
    declare(NOW)
    declare(NOW + DAY)
    named = {name for name, kind in KINDS.items() if kind.every}
    assert {"jobs.sweep", "outbox.sweep"} <= named
    assert set(Schedule.objects.values_list("name", flat=True)) == named
