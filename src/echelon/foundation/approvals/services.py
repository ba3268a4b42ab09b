"""Asks, decides, withdraws: what is approved is done in the transaction of the yes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.approvals.errors import Refused
from echelon.foundation.approvals.events import RequestAsked, RequestDecided, RequestWithdrawn
from echelon.foundation.approvals.kinds import KINDS, Asked, Kind
from echelon.foundation.approvals.models import Approval
from echelon.foundation.approvals.states import RequestState
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce

A = TypeVar("A", bound=Asked)


def ask(
    scope: Scope, *, kind: Kind[A], partner: UUID | None, asked: A, reason: str, at: datetime
) -> Approval:
    """Ask for something; it waits, unless the actor may decide it and nobody else need agree.

    Then it is approved and done at once, with a row that says so: the state tells which.
    """
    scope.demand(kind.asks, EVERY if partner is None else partner)
    with transaction.atomic(), _in_sentences(kind):
        kind.check(partner, asked, reason, at)
        if not reason.strip():
            said = _("Say why: who decides will ask.")
            raise Refused(said, {"reason": said})
        values = asked.model_dump(mode="json")
        same = Approval.objects.filter(kind=kind.name, partner=partner, state=RequestState.WAITING)
        if any(row.asked == values for row in same):
            raise Refused(_("This is asked for already, and waits."))
        made = Approval.objects.create(
            kind=kind.name, partner=partner, asked=values, reason=reason.strip(), asked_at=at,
            asked_by=scope.actor.id, asked_name=scope.actor.name,
        )  # fmt: skip
        after = {"kind": kind.name, **values, "reason": made.reason}
        record(scope, "approvals.asked", "request", made.pk, at=at, partner=partner, after=after)
        if kind.may(kind.decides, scope, partner) and not kind.needs_another(partner, asked, at):
            _approve(scope, kind, made, "", at)
        else:
            announce(RequestAsked(approval=made.pk, what=made.kind, partner=partner), at=at)
        return made


def approve(scope: Scope, *, approval: UUID, at: datetime, reason: str = "") -> Approval:
    """Say yes, and do it. What can't be done any more is refused, and the request goes on to wait.

    Who asked can't decide it where a second person is needed: neither by a yes nor by a no.
    """
    with transaction.atomic():
        found, kind = _decidable(scope, approval, at)
        with _in_sentences(kind):
            _approve(scope, kind, found, reason, at)
        return found


def refuse(scope: Scope, *, approval: UUID, reason: str, at: datetime) -> Approval:
    """Say no, and why."""
    if not reason.strip():
        said = _("Say why: who asked will read it.")
        raise Refused(said, {"reason": said})
    with transaction.atomic():
        found, _kind = _decidable(scope, approval, at)
        _end(scope, found, RequestState.REFUSED, reason.strip(), at)
        announce(_decided(found), at=at)
        return found


def withdraw(scope: Scope, *, approval: UUID, at: datetime) -> Approval:
    """Take a request back: who asked, or whoever may ask for it now."""
    with transaction.atomic():
        found, kind = _locked(scope, approval)
        scope.demand(kind.asks, EVERY if found.partner is None else found.partner)
        _must_wait(found)
        _end(scope, found, RequestState.WITHDRAWN, "", at)
        said = RequestWithdrawn(approval=found.pk, what=found.kind, partner=found.partner)
        announce(said, at=at)
        return found


def _decidable(scope: Scope, which: UUID, at: datetime) -> tuple[Approval, Kind[Any]]:
    """Return a request that waits and that the actor may decide, locked."""
    found, kind = _locked(scope, which)
    scope.demand(kind.decides, EVERY if found.partner is None else found.partner)
    _must_wait(found)
    own, asked = found.asked_by == scope.actor.id, kind.form.model_validate(found.asked)
    if own and kind.needs_another(found.partner, asked, at):
        raise Refused(_("You asked for this yourself: another person must decide."))
    return found, kind


def _locked(scope: Scope, which: UUID) -> tuple[Approval, Kind[Any]]:
    """Return a request, locked: who comes second sees what the first one made of it."""
    rows = Approval.objects.select_for_update()
    found = one(rows, scope, Right.REQUESTS_READ, id=which)
    return found, KINDS[found.kind]


def _must_wait(found: Approval) -> None:
    if found.state != RequestState.WAITING:
        said = _("This is decided already: {state}.")
        raise Refused(said.format(state=RequestState(found.state).label))


def _approve(scope: Scope, kind: Kind[Any], found: Approval, reason: str, at: datetime) -> None:
    asked = kind.form.model_validate(found.asked)
    _end(scope, found, RequestState.APPROVED, reason.strip(), at)
    kind.do(scope, found.partner, asked, found.reason, at)
    announce(_decided(found), at=at)


def _end(scope: Scope, found: Approval, state: RequestState, answer: str, at: datetime) -> None:
    found.state, found.answer, found.decided_at = state, answer, at
    found.decided_by, found.decided_name = scope.actor.id, scope.actor.name
    found.save()
    record(
        scope, f"approvals.{state}", "request", found.pk, at=at, partner=found.partner,
        before={"state": RequestState.WAITING}, after={"kind": found.kind, "reason": answer},
    )  # fmt: skip


def _decided(found: Approval) -> RequestDecided:
    return RequestDecided(
        approval=found.pk, what=found.kind, partner=found.partner, state=found.state
    )


@contextmanager
def _in_sentences(kind: Kind[Any]) -> Iterator[None]:
    """Say what a kind's room refuses as this room does: pages of requests know no other."""
    try:
        yield
    except kind.refuses as refused:
        problems = getattr(refused, "problems", [str(refused)])
        raise Refused(problems, getattr(refused, "fields", None)) from refused
