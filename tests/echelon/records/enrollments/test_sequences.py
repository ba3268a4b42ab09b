"""Whatever is done in whatever order: no overlap, ends stay ends, and the trail has it all."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from echelon.foundation.access import Hidden, Scope
from echelon.foundation.audit.models import AuditEvent
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import agreeing, ending, making, policies
from echelon.records.enrollments.states import COUNTING, TERMINAL
from echelon.records.partners.models import Partner
from echelon.records.programs.models import Program
from tests.factories.enrollments import partner_admin, program
from tests.factories.partners import NOW, admin, partner
from tests.frame.size import sample_size

pytestmark = pytest.mark.django_db
DAYS = st.integers(-40, 40).map(lambda n: NOW.date() + timedelta(days=n))
ENDS = st.none() | DAYS
WHICH = st.integers(0, 5)

STEPS = st.one_of(
    st.tuples(st.just("create"), DAYS, ENDS, st.booleans()),
    st.tuples(st.just("edit"), WHICH, DAYS, ENDS),
    st.tuples(st.just("renew"), WHICH, st.none() | DAYS, ENDS),
    st.tuples(st.just("terminate"), WHICH, st.none() | DAYS),
    st.tuples(st.just("wait"), st.integers(0, 30)),
    st.tuples(st.just("policy"), st.booleans(), st.booleans()),
    *(
        st.tuples(st.just(verb), WHICH)
        for verb in ("submit", "approve", "accept", "reject", "decline")
    ),
)


class Play:
    """One partner, one program, two sides; every step is tried, and refused or done."""

    def __init__(self, company: Partner, scheme: Program, vendor: Scope, us: Scope) -> None:
        self.company, self.scheme, self.vendor, self.us = company, scheme, vendor, us
        self.at = NOW

    def step(self, verb: str, *how: object) -> None:
        rows = list(Enrollment.objects.order_by("made_at", "start", "end", "state", "pk"))
        chosen = rows[how[0] % len(rows)].pk if rows and isinstance(how[0], int) else None
        one = {"enrollment": chosen, "at": self.at}
        match verb:
            case "create":
                making.create(
                    self.vendor, partner=self.company.pk, program=self.scheme.pk,
                    start=how[0], end=how[1], submit=how[2], at=self.at,
                )  # fmt: skip
            case "wait":
                self.at += timedelta(days=how[0])
                ending.expire(self.vendor, at=self.at)
            case "policy":
                policies.set_policy(
                    self.vendor, program=self.scheme.pk, at=self.at,
                    needs_approval=how[0], needs_acceptance=how[1],
                )  # fmt: skip
            case _ if chosen is None:
                return
            case "edit":
                making.edit(self.vendor, **one, start=how[1], end=how[2])
            case "renew":
                making.renew(self.vendor, **one, start=how[1], end=how[2])
            case "terminate":
                ending.terminate(self.vendor, **one, on=how[1], reason="R")
            case "reject":
                agreeing.reject(self.vendor, **one, reason="R")
            case "accept":
                agreeing.accept(self.us, **one)
            case "decline":
                agreeing.decline(self.us, **one, reason="R")
            case _:
                getattr(agreeing, verb)(self.vendor, **one)


@pytest.fixture
def play() -> Play:
    company, scheme = partner("Ours"), program()
    return Play(company, scheme, admin(), partner_admin(company))


@settings(
    max_examples=sample_size(ci=40, proof=1500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_states_keep_their_promises(play, steps):
    with transaction.atomic():
        play.at = NOW
        for step in steps:
            before = everything()
            heard = AuditEvent.objects.count()
            try:
                with transaction.atomic():
                    play.step(*step)
            except (Refused, Hidden):
                assert everything() == before
                assert AuditEvent.objects.count() == heard
            look(before, heard)
        transaction.set_rollback(True)


def everything() -> dict[str, dict[str, object]]:
    """All enrollments as they are, by id."""
    return {str(row["id"]): row for row in Enrollment.objects.values()}


def look(before: dict[str, dict[str, object]], heard: int) -> None:
    """Check what is promised after every step."""
    after = everything()
    assert before.keys() <= after.keys()
    told = set(AuditEvent.objects.filter(number__gt=heard).values_list("subject_id", flat=True))
    for which, row in after.items():
        old = before.get(which)
        assert which in told if row != old else True, f"{row} changed, and the trail is silent"
        if old and old["state"] in TERMINAL:
            assert row == old
    days: Counter[date] = Counter()
    for row in after.values():
        if row["state"] in COUNTING:
            last = row["end"] or NOW.date() + timedelta(days=500)
            days.update(
                row["start"] + timedelta(days=n) for n in range((last - row["start"]).days + 1)
            )
    assert max(days.values(), default=0) <= 1
