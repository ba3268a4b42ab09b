"""Many enrollments at once: a preview leaves nothing, a refused row doesn't stop the others."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.foundation.outbox.models import Announcement
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import many, policies
from echelon.records.enrollments.states import State
from tests.factories.partners import NOW, admin, partner, scope, staff, trail
from tests.factories.programs import program, version

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def solar():
    made = program("solar")
    version(made)
    return made


def test_a_preview_says_all_and_leaves_nothing(solar):
    me, one, away = admin(), partner("One"), partner("Away", archived_at=NOW)
    begins = TODAY - timedelta(days=30)
    asked = {"partners": [one.pk, away.pk], "program": solar.pk, "start": begins, "submit": True}
    with pytest.raises(Hidden):
        many.enroll(me, **(asked | {"partners": [one.pk, uuid4()]}), at=NOW)
    rows = many.enroll(me, **(asked | {"partners": [one.pk]}), preview=True, at=NOW)
    assert rows[0].enrollment.state == State.SUBMITTED
    assert "30 days back" in rows[0].warnings[0]
    assert (Enrollment.objects.count(), Announcement.objects.count(), trail()) == (0, 0, [])
    rows = many.enroll(me, **asked, at=NOW)
    assert [row.refusal for row in rows] == ["", "this company is archived: restore it first"]
    assert Enrollment.objects.get().partner == one
    again = many.enroll(me, **asked, at=NOW)
    assert "has an enrollment in this program already" in again[0].refusal
    assert Enrollment.objects.count() == 1


def test_terms_are_approved_renewed_and_ended_in_one_go(solar):
    me, companies = admin(), [partner("One"), partner("Two")]
    policies.set_policy(me, program=solar.pk, needs_acceptance=False, months=12, at=NOW)
    made = many.enroll(
        me, partners=[each.pk for each in companies], program=solar.pk,
        start=date(2026, 1, 1), submit=True, at=NOW,
    )  # fmt: skip
    ids = [row.enrollment.pk for row in made]

    def done(verb, which=ids, **more):
        return [
            row.refusal for row in many.decide(me, enrollments=which, verb=verb, at=NOW, **more)
        ]

    assert done("approve") == ["", ""]
    assert set(Enrollment.objects.values_list("state", flat=True)) == {State.ACTIVE}
    assert done("approve", ids[:1]) == ["this enrollment is active: it can't be approved"]
    assert done("renew", ids[:1]) == [""]
    assert done("renew") == ["this enrollment has been renewed already", ""]
    assert Enrollment.objects.filter(start=date(2027, 1, 1)).count() == 2
    assert done("terminate") == ["say why: the other side reads it"] * 2
    assert done("terminate", preview=True, reason="Left") == ["", ""]
    assert done("terminate", ids[1:], reason="Left") == [""]
    states = {each.pk: each.state for each in Enrollment.objects.filter(pk__in=ids)}
    assert states == {ids[0]: State.ACTIVE, ids[1]: State.TERMINATED}


def test_who_looks_after_some_finds_no_others(solar):
    mara = staff(Role.ACCOUNT_MANAGER)
    mine, other = partner("Mine", manager=mara), partner("Other")
    me = scope(mara)
    asked = {"program": solar.pk, "start": TODAY, "at": NOW}
    for which in (other.pk, uuid4()):
        with pytest.raises(Hidden):
            many.enroll(me, partners=[mine.pk, which], **asked)
    assert not Enrollment.objects.exists()
    (row,) = many.enroll(admin(), partners=[other.pk], **asked)
    with pytest.raises(Hidden):
        many.decide(me, enrollments=[row.enrollment.pk], verb="submit", at=NOW)
    assert Enrollment.objects.get().state == State.DRAFT
