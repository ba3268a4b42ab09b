"""Both sides say yes, in any order, where a program asks for it; who says no says why."""

from datetime import date

import pytest

from echelon.foundation.access import Hidden, Role
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import agreeing, making, policies
from echelon.records.enrollments.states import MOVES, State
from tests.factories.enrollments import START, enrollment, partner_admin, program
from tests.factories.partners import NOW, admin, partner, person, said, scope, staff, trail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("approval", "acceptance", "expected"),
    [
        (True, True, State.SUBMITTED),
        (True, False, State.ACCEPTED),
        (False, True, State.APPROVED),
        (False, False, State.ACTIVE),
    ],
)
def test_each_side_is_asked_where_the_program_wants_it(approval, acceptance, expected):
    scheme = program(needs_approval=approval, needs_acceptance=acceptance)
    assert enrollment(scheme=scheme).state == expected


@pytest.mark.parametrize("order", ["approve first", "accept first"])
def test_it_is_active_when_both_have_said_yes(order):
    ours, scheme = partner("Ours"), program()
    row = enrollment(ours, scheme)
    vendor, us = admin(), partner_admin(ours)
    if order == "approve first":
        assert agreeing.approve(vendor, enrollment=row.pk, at=NOW).state == State.APPROVED
        row = agreeing.accept(us, enrollment=row.pk, at=NOW)
    else:
        assert agreeing.accept(us, enrollment=row.pk, at=NOW).state == State.ACCEPTED
        row = agreeing.approve(vendor, enrollment=row.pk, at=NOW)
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    assert (row.approved_by, row.approved_at) == (vendor.actor.name, NOW)
    assert (row.accepted_by, str(row.accepted_user_id)) == (us.actor.name, us.actor.id)
    about = {"enrollment": str(row.pk), "partner": str(ours.pk), "program": str(scheme.pk)}
    assert said("enrollments.EnrollmentActivated") == [about]
    assert [event.verb for event in trail() if event.subject == "enrollment"][:2] == [
        "enrollments.created",
        "enrollments.submit",
    ]


def test_terms_are_accepted_in_the_version_that_was_read():
    ours, scheme = partner("Ours"), program(needs_approval=False)
    policies.publish_terms(admin(), program=scheme.pk, text="One", at=NOW)
    row = enrollment(ours, scheme)
    us = partner_admin(ours)
    policies.publish_terms(admin(), program=scheme.pk, text="Two", at=NOW)
    before = list(Enrollment.objects.values())
    for terms in (None, 1, 3):
        with pytest.raises(Refused, match="version 2"):
            agreeing.accept(us, enrollment=row.pk, terms=terms, at=NOW)
    assert list(Enrollment.objects.values()) == before
    row = agreeing.accept(us, enrollment=row.pk, terms=2, at=NOW)
    assert (row.state, row.terms.text) == (State.ACTIVE, "Two")


def test_the_vendor_does_not_accept_for_the_partner_nor_the_partner_approve():
    ours = partner("Ours")
    row = enrollment(ours, program())
    with pytest.raises(Hidden):
        agreeing.accept(admin(), enrollment=row.pk, at=NOW)
    with pytest.raises(Hidden):
        agreeing.approve(partner_admin(ours), enrollment=row.pk, at=NOW)
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


@pytest.mark.parametrize("side", ["reject", "decline"])
def test_who_says_no_says_why(side):
    ours = partner("Ours")
    row = enrollment(ours, program())
    who = admin() if side == "reject" else partner_admin(ours)
    refuse = getattr(agreeing, side)
    with pytest.raises(Refused, match="say why"):
        refuse(who, enrollment=row.pk, reason=" ", at=NOW)
    row = refuse(who, enrollment=row.pk, reason="Too early.", at=NOW)
    assert (row.state, row.reason, row.ended_at) == (State.REJECTED, "Too early.", NOW)
    with pytest.raises(Refused, match="it can't be approved"):
        agreeing.approve(admin(), enrollment=row.pk, at=NOW)
    assert enrollment(ours, row.program).state == State.SUBMITTED  # another one may follow


def test_a_draft_is_the_vendors_alone():
    ours = partner("Ours")
    row = enrollment(ours, program(), submit=False)
    us = partner_admin(ours)
    for attempt in (
        lambda: agreeing.accept(us, enrollment=row.pk, at=NOW),
        lambda: agreeing.decline(us, enrollment=row.pk, reason="No", at=NOW),
        lambda: selectors.enrollment(us, row.pk),
    ):
        with pytest.raises(Hidden):
            attempt()
    assert list(selectors.enrollments(us)) == []
    assert selectors.programs_open_to(us) == frozenset()
    assert agreeing.submit(admin(), enrollment=row.pk, at=NOW).state == State.SUBMITTED
    assert selectors.enrollment(us, row.pk).pk == row.pk
    assert selectors.programs_open_to(us) == {row.program_id}


@pytest.mark.parametrize("role", list(Role))
def test_what_is_not_theirs_answers_like_what_is_not_there(role):
    ours, theirs = partner("Ours"), partner("Theirs")
    row = enrollment(theirs, program())
    outside = "partner" in role or "distributor" in role
    me = scope(person(ours, role) if outside else staff(role))
    before, events = list(Enrollment.objects.values()), len(trail())
    manages = role in {Role.VENDOR_ADMIN, Role.PROGRAM_MANAGER}
    for which in [theirs.pk] + ([] if manages else [row.pk]):  # a company's id is no enrollment's
        for verb in MOVES.keys() - {"expire", "renew", "terminate"}:
            more = {"reason": "No"} if verb in ("reject", "decline") else {}
            with pytest.raises(Hidden):
                getattr(agreeing, verb)(me, enrollment=which, at=NOW, **more)
        with pytest.raises(Hidden):
            making.edit(me, enrollment=which, at=NOW, tier="gold")
        with pytest.raises(Hidden):
            making.renew(me, enrollment=which, at=NOW)
    if not manages:
        with pytest.raises(Hidden):
            making.create(me, partner=theirs.pk, program=row.program_id, start=START, at=NOW)
        with pytest.raises(Hidden):
            making.apply(me, partner=theirs.pk, program=row.program_id, at=NOW)
    assert list(Enrollment.objects.values()) == before
    assert len(trail()) == events


def test_other_days_are_agreed_on_anew():
    ours = partner("Ours")
    row = enrollment(ours, program())
    us = partner_admin(ours)
    agreeing.accept(us, enrollment=row.pk, at=NOW)
    made = making.edit(admin(), enrollment=row.pk, at=NOW, tier="gold")
    assert made.enrollment.state == State.ACCEPTED
    made = making.edit(admin(), enrollment=row.pk, at=NOW, end=date(2026, 12, 31))
    row.refresh_from_db()
    assert (row.state, row.accepted_at, row.accepted_by) == (State.SUBMITTED, None, "")
    assert made.enrollment.state == State.SUBMITTED


def test_a_partner_applies_where_the_program_is_open_to_it():
    scheme = program(self_application=True, kinds=["var"], countries=["DE"], months=12)
    policies.publish_terms(admin(), program=scheme.pk, text="One", at=NOW)
    ours, other = partner("Ours", kind="var", country="DE"), partner("Other", kind="msp")
    us, them = partner_admin(ours), partner_admin(other)
    assert selectors.programs_open_to(us) == {scheme.pk}
    assert selectors.programs_open_to(them) == frozenset()
    with pytest.raises(Hidden):
        making.apply(them, partner=other.pk, program=scheme.pk, terms=1, at=NOW)
    with pytest.raises(Refused, match="version 1"):
        making.apply(us, partner=ours.pk, program=scheme.pk, at=NOW)
    assert not Enrollment.objects.exists()
    row = making.apply(us, partner=ours.pk, program=scheme.pk, terms=1, at=NOW).enrollment
    assert (row.state, row.applied, row.terms.version) == (State.ACCEPTED, True, 1)
    assert (row.start, row.end) == (date(2026, 6, 30), date(2027, 6, 29))
    with pytest.raises(Refused, match="already"):
        making.apply(us, partner=ours.pk, program=scheme.pk, terms=1, at=NOW)
    member = scope(person(ours))
    with pytest.raises(Hidden):
        making.apply(member, partner=ours.pk, program=scheme.pk, terms=1, at=NOW)
    assert Enrollment.objects.count() == 1


def test_a_policy_that_can_not_be_is_said_and_nothing_changes():
    scheme = program()
    with pytest.raises(Refused) as refused:
        policies.set_policy(
            admin(), program=scheme.pk, at=NOW, months=0, kinds=["shop"], can_renew="x", other=1
        )
    assert set(refused.value.fields) == {"months", "kinds", "can_renew", "other"}
    with pytest.raises(Hidden):
        policies.set_policy(scope(staff(Role.FINANCE)), program=scheme.pk, at=NOW, months=1)
    assert trail() == []
