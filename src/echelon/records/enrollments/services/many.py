"""The same for many enrollments: a row that can't be is left out with its reason.

A preview does it all and takes it back, so that it says what the real thing would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.records.enrollments import selectors
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.models import Enrollment
from echelon.records.enrollments.services import agreeing, ending, making
from echelon.records.enrollments.services.making import Made
from echelon.records.partners import search
from echelon.records.partners.models import Partner

MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Row:
    """What became of one company or enrollment, or why nothing did."""

    partner: Partner
    enrollment: Enrollment | None = None
    warnings: Sequence[str] = field(default_factory=tuple)
    refusal: str = ""


class _TakenBack(Exception):
    """Raised to undo what a preview has done."""


def enroll(
    scope: Scope,
    *,
    partners: Sequence[UUID],
    program: UUID,
    start: date,
    at: datetime,
    submit: bool = False,
    preview: bool = False,
) -> list[Row]:
    """Enroll companies in a program from a day, by the program's policy; in the order named."""
    scope.demand(Right.ENROLLMENTS_MANAGE)
    wanted = _some(partners)
    rows = search.matching(scope, search.Filter(archived=None)).filter(pk__in=wanted)
    found = {each.pk: each for each in rows}
    if len(found) < len(wanted):
        raise Hidden

    def one(company: Partner) -> Row:
        if not scope.reaches(Right.ENROLLMENTS_MANAGE, company.pk):
            return Row(company, refusal=_("you don't look after this company"))
        done = making.create(
            scope, partner=company.pk, program=program, start=start, submit=submit, at=at
        )
        return Row(company, done.enrollment, done.warnings)

    made: list[Row] = []
    with _all_of_it(preview):
        made += [_tried(one, found[each], found[each]) for each in wanted]
    return made


def decide(
    scope: Scope,
    *,
    enrollments: Sequence[UUID],
    verb: str,
    at: datetime,
    reason: str = "",
    on: date | None = None,
    preview: bool = False,
) -> list[Row]:
    """Do one thing with many enrollments: submit, approve, reject, renew, terminate."""
    scope.demand(Right.ENROLLMENTS_MANAGE)
    wanted = _some(enrollments)
    rows = selectors.enrollments(scope).filter(pk__in=wanted)
    found = {each.pk: each for each in rows}
    if len(found) < len(wanted):
        raise Hidden

    def one(row: Enrollment) -> Row:
        if not scope.reaches(Right.ENROLLMENTS_MANAGE, row.partner_id):
            return Row(row.partner, row, refusal=_("you don't look after this company"))
        came = _VERBS[verb](scope, row.pk, at, reason, on)
        if isinstance(came, Made):
            return Row(row.partner, came.enrollment, came.warnings)
        return Row(row.partner, came)

    done: list[Row] = []
    with _all_of_it(preview):
        done += [_tried(one, found[each], found[each].partner) for each in wanted]
    return done


Verb = Callable[[Scope, UUID, datetime, str, "date | None"], "Made | Enrollment"]
_VERBS: dict[str, Verb] = {
    "submit": lambda scope, which, at, _why, _on: agreeing.submit(scope, enrollment=which, at=at),
    "approve": lambda scope, which, at, _why, _on: agreeing.approve(scope, enrollment=which, at=at),
    "reject": lambda scope, which, at, why, _on: agreeing.reject(
        scope, enrollment=which, reason=why, at=at
    ),
    "renew": lambda scope, which, at, _why, _on: making.renew(scope, enrollment=which, at=at),
    "terminate": lambda scope, which, at, why, on: ending.terminate(
        scope, enrollment=which, reason=why, on=on, at=at
    ),
}
#: What may be done with many.
VERBS = tuple(_VERBS)


def _some(ids: Sequence[UUID]) -> list[UUID]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise Refused(_("nothing was chosen"))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("at most %(most)s at once") % {"most": MOST_AT_ONCE})
    return wanted


def _tried(one: Callable[[Any], Row], what: Any, company: Partner) -> Row:
    """Do it for one, or return why it can't be; what it had begun is undone."""
    try:
        with transaction.atomic():
            return one(what)
    except Refused as refused:
        row = what if isinstance(what, Enrollment) else None
        return Row(company, row, refusal=" ".join(refused.problems))


@contextmanager
def _all_of_it(preview: bool) -> Iterator[None]:
    """Hold a transaction for all; of a preview nothing stays."""
    try:
        with transaction.atomic():
            yield
            if preview:
                raise _TakenBack
    except _TakenBack:
        pass
