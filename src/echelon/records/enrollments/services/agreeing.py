"""Both sides say yes or no: the vendor approves, the partner accepts the terms."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Scope
from echelon.records.enrollments import policies
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services.moving import held, move, waive
from echelon.records.enrollments.states import MOVES


def submit(scope: Scope, *, enrollment: UUID, at: datetime) -> Enrollment:
    """Show a draft to the partner, to be agreed on."""
    return _agree(scope, enrollment, "submit", at)


def approve(scope: Scope, *, enrollment: UUID, at: datetime) -> Enrollment:
    """Say yes for the vendor."""
    said = {"approved_at": at, "approved_by": scope.actor.name}
    return _agree(scope, enrollment, "approve", at, **said)


def accept(scope: Scope, *, enrollment: UUID, at: datetime, terms: int | None = None) -> Enrollment:
    """Say yes for the partner, to the terms of a version that the person has read."""
    with transaction.atomic():
        row = held(scope, MOVES["accept"].right, enrollment)
        move(scope, row, "accept", at, **accepted(scope, row, terms, at))
        waive(scope, row, at)
    return row


def reject(scope: Scope, *, enrollment: UUID, reason: str, at: datetime) -> Enrollment:
    """Say no for the vendor, with the reason that the partner reads."""
    return _refuse(scope, enrollment, "reject", reason, at)


def decline(scope: Scope, *, enrollment: UUID, reason: str, at: datetime) -> Enrollment:
    """Say no for the partner, or take an application back."""
    return _refuse(scope, enrollment, "decline", reason, at)


def accepted(scope: Scope, row: Enrollment, terms: int | None, at: datetime) -> dict[str, Any]:
    """Return what is kept of an acceptance; refuse terms that aren't those in force."""
    if scope.actor.kind != "person":
        raise Hidden  # a machine can't have read them
    newest = policies.terms_of(row.program_id)
    if newest and terms != newest.version:
        raise Refused(
            terms=_("read and accept the terms in force now, version %(version)s")
            % {"version": newest.version}
        )
    return {
        "accepted_at": at,
        "accepted_by": scope.actor.name,
        "accepted_user_id": UUID(scope.actor.id),
        "terms": newest,
    }


def reason_given(reason: str) -> str:
    """Return a reason; refuse an empty one."""
    if not reason.strip():
        raise Refused(reason=_("say why: the other side reads it"))
    return reason.strip()


def _agree(scope: Scope, enrollment: UUID, verb: str, at: datetime, **said: Any) -> Enrollment:
    with transaction.atomic():
        row = held(scope, MOVES[verb].right, enrollment)
        move(scope, row, verb, at, **said)
        waive(scope, row, at)
    return row


def _refuse(scope: Scope, enrollment: UUID, verb: str, reason: str, at: datetime) -> Enrollment:
    with transaction.atomic():
        row = held(scope, MOVES[verb].right, enrollment)
        move(scope, row, verb, at, reason=reason_given(reason), ended_at=at)
    return row
