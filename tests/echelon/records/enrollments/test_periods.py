"""Periods: never two at once, ended by hand or by the calendar, renewed; the past is warned of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from echelon.foundation.access import Hidden
from echelon.foundation.jobs.services import enqueue, run_due
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import agreeing, ending, making
from echelon.records.enrollments.states import State
from echelon.records.partners.services import companies
from tests.factories import programs
from tests.factories.enrollments import START, enrollment, open_program, partner_admin, program
from tests.factories.facts import recorded, sale
from tests.factories.partners import NOW, admin, partner, person, said, scope, trail

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
YEAR_END = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), True),
        (date(2025, 1, 1), START, False),
        (date(2025, 1, 1), None, False),
        (date(2026, 5, 1), date(2026, 6, 1), False),
        (YEAR_END, None, False),
        (date(2027, 1, 1), None, True),
    ],
)
def test_no_two_periods_share_a_day(start, end, free):
    ours, scheme = partner("Ours"), open_program()
    enrollment(ours, scheme, end=YEAR_END)
    if free:
        assert enrollment(ours, scheme, start, end=end).state == State.ACTIVE
    else:
        with pytest.raises(Refused, match="active, 2026-01-01 to 2026-12-31"):
            enrollment(ours, scheme, start, end=end)
        assert Enrollment.objects.count() == 1
    assert enrollment(ours, open_program(), start, end=end).state == State.ACTIVE
    assert enrollment(partner(), scheme, start, end=end).state == State.ACTIVE


def test_the_database_itself_refuses_an_overlap():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such constraint")
    row = enrollment(end=YEAR_END)
    more = {"made_at": NOW, "changed_at": NOW, "state": State.ACTIVE, "partner": row.partner}
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrollment.objects.create(program=row.program, start=YEAR_END, **more)
    Enrollment.objects.create(program=row.program, start=date(2027, 1, 1), **more)


def test_a_wrong_period_tier_or_user_is_said():
    ours, scheme = partner("Ours"), open_program()
    stranger = person(partner("Theirs")).person
    left = person(ours).person
    left.left_at = NOW
    left.save()
    with pytest.raises(Refused) as refused:
        enrollment(ours, scheme, end=date(2025, 1, 1), tier="iron", user=left.pk)
    assert refused.value.fields == {
        "end": "the end is before the start",
        "tier": "this program has no tier iron; it has: registered, silver, gold",
        "user": f"{left.name} has left the company",
    }
    with pytest.raises(Hidden):
        enrollment(ours, scheme, user=stranger.pk)
    unpublished = programs.program()
    with pytest.raises(Refused, match="hasn't been published"):
        enrollment(ours, unpublished)
    companies.archive(admin(), partner=ours.pk, at=NOW)
    with pytest.raises(Refused, match="archived"):
        enrollment(ours, scheme)
    assert not Enrollment.objects.exists()


def test_the_term_follows_from_the_policy_unless_it_is_said():
    scheme = open_program(months=12)
    assert enrollment(scheme=scheme).end == YEAR_END
    assert enrollment(scheme=scheme, start=date(2024, 2, 29)).end == date(2025, 2, 27)
    assert enrollment(scheme=scheme, end=None).end is None
    assert enrollment(scheme=open_program()).end is None


def test_it_expires_by_itself_after_its_last_day_where_the_program_is():
    zone = "time_zone: Pacific/Auckland\n"
    scheme = program(
        "south",
        text=programs.TEXT.format(slug="south", name="South", day=START) + zone,
        needs_approval=False,
        needs_acceptance=False,
    )
    row = enrollment(scheme=scheme, end=TODAY)
    midnight = datetime(2026, 6, 30, 12, tzinfo=UTC)  # in Auckland the first of July begins
    assert ending.expire(admin(), at=midnight - timedelta(minutes=1)) == 0
    assert ending.expire(admin(), at=midnight) == 1
    row.refresh_from_db()
    assert (row.state, row.end, row.ended_at) == (State.EXPIRED, TODAY, midnight)
    assert ending.expire(admin(), at=midnight) == 0
    assert len(said("enrollments.EnrollmentEnded")) == 1
    assert len(trail("enrollments.expire")) == 1


def test_the_job_expires_what_is_due():
    row = enrollment(end=TODAY)
    later = NOW + timedelta(days=1)
    enqueue("enrollments.expire", at=later)
    run_due(lambda: later)
    row.refresh_from_db()
    assert row.state == State.EXPIRED


def test_who_is_in_no_program_any_more_keeps_an_applicants_rights():
    ours = partner("Ours")
    row = enrollment(ours, end=TODAY)
    user = person(ours)
    assert scope(user).own == {ours.pk}
    ending.expire(admin(), at=NOW + timedelta(days=1))
    assert scope(user).own == frozenset()
    enrollment(ours, program(), start=date(2027, 1, 1))  # submitted: they are asked to accept
    assert scope(user).own == {ours.pk}
    assert row.state == State.ACTIVE


def test_terminated_it_keeps_its_days_up_to_the_last():
    row = enrollment()
    with pytest.raises(Refused, match="yet to come"):
        ending.terminate(admin(), enrollment=row.pk, reason="R", on=date(2026, 7, 1), at=NOW)
    with pytest.raises(Refused, match="say why"):
        ending.terminate(admin(), enrollment=row.pk, reason="", at=NOW)
    made = ending.terminate(admin(), enrollment=row.pk, reason="Sold", on=date(2026, 5, 1), at=NOW)
    assert (made.enrollment.end, made.enrollment.reason) == (date(2026, 5, 1), "Sold")
    assert made.warnings == ["What happened after 2026-05-01, the new last day, counts no more"]
    assert enrollment(row.partner, row.program, date(2026, 5, 2)).state == State.ACTIVE


def test_terminated_before_it_began_it_keeps_no_day():
    row = enrollment(start=date(2026, 9, 1))
    row = ending.terminate(admin(), enrollment=row.pk, reason="Changed", at=NOW).enrollment
    assert (row.start, row.end) == (date(2026, 9, 1), date(2026, 8, 31))
    assert enrollment(row.partner, row.program, date(2026, 9, 1)).state == State.ACTIVE


def test_a_renewal_is_a_new_enrollment_and_the_old_one_goes_on_until_it_is_agreed_on():
    ours, scheme = partner("Ours"), program(months=12)
    old = enrollment(ours, scheme)
    us = partner_admin(ours)
    agreeing.accept(us, enrollment=old.pk, at=NOW)
    agreeing.approve(admin(), enrollment=old.pk, at=NOW)
    new = making.renew(admin(), enrollment=old.pk, at=NOW).enrollment
    assert (new.renews, new.start, new.end) == (old, date(2027, 1, 1), date(2027, 12, 31))
    old.refresh_from_db()
    assert (new.state, old.state) == (State.SUBMITTED, State.ACTIVE)
    with pytest.raises(Refused, match="renewed already"):
        making.renew(admin(), enrollment=old.pk, at=NOW)
    agreeing.accept(us, enrollment=new.pk, at=NOW)
    new = agreeing.approve(admin(), enrollment=new.pk, at=NOW)
    old.refresh_from_db()
    assert (new.state, old.state) == (State.ACTIVE, State.RENEWED)
    assert said("enrollments.EnrollmentEnded") == []
    day = date(2026, 12, 31)
    assert [row.pk for row in selectors.in_force(scheme.pk, day)] == [old.pk]


def test_what_expired_can_be_renewed_and_stays_expired():
    row = enrollment(end=date(2026, 3, 31))
    ending.expire(admin(), at=NOW)
    made = making.renew(admin(), enrollment=row.pk, at=NOW, end=None)
    row.refresh_from_db()
    assert (row.state, made.enrollment.state) == (State.EXPIRED, State.ACTIVE)
    assert (made.enrollment.start, made.enrollment.end) == (date(2026, 4, 1), None)
    assert made.warnings == [
        "The start is 90 days back: what happened from 2026-04-01 to 2026-06-29 counts from now on"
    ]


def test_renewal_is_refused_where_there_is_nothing_to_renew():
    fixed = enrollment(scheme=open_program(can_renew=False), end=YEAR_END)
    endless = enrollment()
    waiting = enrollment(scheme=program(), end=YEAR_END)
    for row, why in (
        (fixed, "aren't renewed"),
        (endless, "has no end"),
        (waiting, "active or has expired"),
    ):
        with pytest.raises(Refused, match=why):
            making.renew(admin(), enrollment=row.pk, at=NOW)
    assert Enrollment.objects.count() == 3


def test_backdating_is_warned_of():
    ours, scheme = partner("Ours"), open_program()
    made = making.create(
        admin(), partner=ours.pk, program=scheme.pk, start=date(2026, 6, 1), at=NOW
    )
    assert made.warnings == [
        "The start is 29 days back: what happened from 2026-06-01 to 2026-06-29 counts from now on"
    ]
    which = made.enrollment.pk
    assert making.edit(admin(), enrollment=which, tier="gold", at=NOW).warnings == []
    back = making.edit(admin(), enrollment=which, start=date(2026, 5, 1), at=NOW)
    assert back.warnings == [
        "The start is 60 days back: what happened from 2026-05-01 to 2026-05-31 counts from now on"
    ]
    forth = making.edit(admin(), enrollment=which, start=date(2026, 6, 10), at=NOW)
    assert forth.warnings == ["What happened before 2026-06-10 counts no more"]
    ahead = making.create(admin(), partner=partner().pk, program=scheme.pk, start=TODAY, at=NOW)
    assert ahead.warnings == []


def test_an_active_enrollment_is_edited_and_told_of():
    row = enrollment(end=YEAR_END)
    other = enrollment(row.partner, row.program, date(2027, 1, 1))
    making.edit(admin(), enrollment=row.pk, at=NOW, end=date(2026, 11, 30))
    assert len(said("enrollments.EnrollmentChanged")) == 1
    with pytest.raises(Refused, match="from 2027-01-01 on"):
        making.edit(admin(), enrollment=row.pk, at=NOW, end=None)
    row.refresh_from_db()
    assert row.end == date(2026, 11, 30)
    making.edit(admin(), enrollment=row.pk, at=NOW, end=date(2026, 11, 30))  # nothing new
    assert len(trail("enrollments.edited")) == 1
    assert selectors.counts(admin()) == {row.program_id: {State.ACTIVE: 2}}
    assert other.state == State.ACTIVE


def test_a_warning_counts_the_facts_that_count_from_now_on():
    ours, scheme = partner("Ours"), open_program()
    recorded(
        sale("1", "ours", order_date="2026-05-31"),
        sale("2", "ours", order_date="2026-06-01"),
        sale("3", "ours", order_date="2026-06-29"),
        sale("4", "ours", order_date="2026-06-30"),
    )
    made = making.create(
        admin(), partner=ours.pk, program=scheme.pk, start=date(2026, 6, 1), at=NOW, submit=True
    )
    days = "2026-06-01 to 2026-06-29 counts from now on"
    assert made.warnings == [f"The start is 29 days back: what happened from {days}: 2 Sales"]
    made = ending.terminate(
        admin(), enrollment=made.enrollment.pk, reason="R", on=date(2026, 6, 20), at=NOW
    )
    assert made.warnings == [
        "What happened after 2026-06-20, the new last day, counts no more: 1 Sales"
    ]
