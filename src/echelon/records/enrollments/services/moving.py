"""One enrollment from one state to the next: locked, looked up in the table, audited, announced."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce
from echelon.records.enrollments.days import period
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.events import EnrollmentActivated, EnrollmentEnded
from echelon.records.enrollments.models import Enrollment, Policy
from echelon.records.enrollments.policies import policy_of
from echelon.records.enrollments.states import COUNTING, DONE, LIVE, MOVES, State
from echelon.records.partners.services import companies


def hold(program: UUID) -> None:
    """Let nobody else change this program's enrollments until the transaction ends."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a lock is held until the end of a transaction: there is none")
    Policy.objects.get_or_create(program_id=program)
    Policy.objects.select_for_update().get(pk=program)


def held(scope: Scope, right: Right, enrollment: UUID) -> Enrollment:
    """Return an enrollment, locked; Hidden where the right doesn't reach, as to others' drafts."""
    program = one(Enrollment.objects.all(), scope, right, pk=enrollment).program_id
    hold(program)
    rows = Enrollment.objects.select_related("partner", "program", "renews")
    found = rows.get(pk=enrollment)
    if found.state == State.DRAFT and not scope.may(Right.ENROLLMENTS_MANAGE):
        raise Hidden
    return found


def move(scope: Scope, row: Enrollment, verb: str, at: datetime, **given: Any) -> None:
    """Do a verb with a held enrollment, giving it values; Refused where the table has no way."""
    before = State(row.state)
    after = MOVES[verb].to.get(before)
    if after is None:
        raise Refused(
            _("this enrollment is %(state)s: it can't be %(done)s")
            % {"state": before.label.lower(), "done": DONE[verb]}
        )
    if after == State.ACTIVE:
        _may_begin(row)
    old = {"state": before, **{name: getattr(row, name) for name in given}}
    for name, value in given.items():
        setattr(row, name, value)
    row.state, row.changed_at = after, at
    row.save()
    say(scope, f"enrollments.{verb}", row, old, {"state": after, **given}, at)
    _news(scope, row, before, after, at)


def waive(scope: Scope, row: Enrollment, at: datetime) -> None:
    """Take the steps that the program asks of nobody."""
    policy = policy_of(row.program_id)
    if not policy.needs_approval and row.state in (State.SUBMITTED, State.ACCEPTED):
        move(scope, row, "approve", at)
    if not policy.needs_acceptance and row.state in (State.SUBMITTED, State.APPROVED):
        move(scope, row, "accept", at)


def no_overlap(row: Enrollment, *, among: frozenset[State]) -> None:
    """Refuse a period that shares a day with another of the partner in the program."""
    if row.end is not None and row.end < row.start:
        return
    rows = Enrollment.objects.filter(
        partner=row.partner_id, program=row.program_id, state__in=among
    ).exclude(pk=row.pk)
    rows = rows.filter(Q(end=None) | Q(end__gte=row.start))
    if row.end is not None:
        rows = rows.filter(start__lte=row.end)
    for other in rows.order_by("start"):
        if other.end is None or other.start <= other.end:
            raise Refused(
                start=_(
                    "this company has an enrollment in this program already: %(state)s, "
                    "%(period)s. Choose days outside of it, or change that one"
                )
                % {"state": State(other.state).label.lower(), "period": period(other)}
            )


def say(
    scope: Scope,
    verb: str,
    row: Enrollment,
    before: dict[str, Any],
    after: dict[str, Any],
    at: datetime,
) -> None:
    """Tell the audit what changed of an enrollment."""
    record(
        scope,
        verb,
        "enrollment",
        row.pk,
        at=at,
        partner=row.partner_id,
        before={name: _plain(value) for name, value in before.items()},
        after={name: _plain(value) for name, value in after.items()},
    )


def _plain(value: Any) -> Any:
    return getattr(value, "pk", value)


def _may_begin(row: Enrollment) -> None:
    if row.partner.archived_at:
        raise Refused(_("this company is archived: restore it first"))
    no_overlap(row, among=COUNTING)


def _news(scope: Scope, row: Enrollment, before: State, after: State, at: datetime) -> None:
    about = {"enrollment": row.pk, "partner": row.partner_id, "program": row.program_id}
    if after == State.ACTIVE:
        announce(EnrollmentActivated(**about), at=at)
        if row.renews and row.renews.state == State.ACTIVE:
            move(scope, row.renews, "renew", at)
    if before == State.ACTIVE and after in (State.EXPIRED, State.TERMINATED):
        announce(EnrollmentEnded(**about), at=at)
    if after in LIVE:
        companies.engage(scope, partner=row.partner_id, engaged=True, at=at)
        return
    rows = Enrollment.objects.filter(partner=row.partner_id)
    if rows.filter(state__in=COUNTING).exists() and not rows.filter(state__in=LIVE).exists():
        companies.engage(scope, partner=row.partner_id, engaged=False, at=at)
