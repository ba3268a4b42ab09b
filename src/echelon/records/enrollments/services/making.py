"""Enrollments come to be: created by the vendor, applied for by the partner, renewed, edited."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.outbox.services import announce
from echelon.records.enrollments import policies
from echelon.records.enrollments.days import day_after
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.events import EnrollmentChanged
from echelon.records.enrollments.models import Enrollment, Policy
from echelon.records.enrollments.notices import warnings
from echelon.records.enrollments.services.agreeing import accepted
from echelon.records.enrollments.services.moving import held, hold, move, no_overlap, say, waive
from echelon.records.enrollments.states import COUNTING, OPEN, State
from echelon.records.partners import selectors as partners
from echelon.records.programs import selectors as programs

#: What an enrollment says on which nobody has agreed yet.
_NOT_AGREED: Final = {
    "state": State.SUBMITTED,
    "approved_at": None,
    "approved_by": "",
    "accepted_at": None,
    "accepted_by": "",
    "accepted_user_id": None,
    "terms_id": None,
}


class Unset:
    """Nothing was said of a value: it stays, or follows from the policy."""


UNSET: Final = Unset()


@dataclass(frozen=True)
class Made:
    """An enrollment as it stands now, and what whoever changed it should know."""

    enrollment: Enrollment
    warnings: list[str] = field(default_factory=list)


def create(
    scope: Scope,
    *,
    partner: UUID,
    program: UUID,
    start: date,
    at: datetime,
    end: date | Unset | None = UNSET,
    tier: str = "",
    user: UUID | None = None,
    submit: bool = False,
) -> Made:
    """Enroll a company, as a draft or (with `submit`) to be agreed on at once.

    Without an `end` the program's term decides it; None means until somebody ends it.
    """
    scope.demand(Right.ENROLLMENTS_MANAGE, partner)
    with transaction.atomic():
        row = _new(scope, partner, program, start, end, at)
        row.tier, row.user_id = tier, user
        _check(scope, row, at)
        row.save(force_insert=True)
        say(scope, "enrollments.created", row, {}, _said(row), at)
        if submit:
            move(scope, row, "submit", at)
            waive(scope, row, at)
    return Made(row, warnings(scope, row, at))


def apply(
    scope: Scope,
    *,
    partner: UUID,
    program: UUID,
    at: datetime,
    terms: int | None = None,
    user: UUID | None = None,
) -> Made:
    """Apply for a program that is open to the company; its term begins today.

    `terms` is the version of the terms that the person has read and accepts with it.
    """
    scope.demand(Right.ENROLLMENTS_APPLY, partner)
    with transaction.atomic():
        company = partners.company(scope, partner)
        if not policies.open_to(policies.policy_of(program), company):
            raise Hidden
        row = _new(scope, partner, program, policies.today(program, at), UNSET, at)
        row.user_id, row.applied = user, True
        _check(scope, row, at)
        policy = policies.policy_of(program)
        agreed = accepted(scope, row, terms, at) if policy.needs_acceptance else {}
        row.save(force_insert=True)
        say(scope, "enrollments.applied", row, {}, _said(row), at)
        move(scope, row, "submit", at)
        if agreed:
            move(scope, row, "accept", at, **agreed)
        waive(scope, row, at)
    return Made(row)


def renew(
    scope: Scope,
    *,
    enrollment: UUID,
    at: datetime,
    start: date | None = None,
    end: date | Unset | None = UNSET,
    tier: str = "",
    user: UUID | Unset | None = UNSET,
) -> Made:
    """Follow an enrollment by a new one, submitted at once; by default it begins the day after.

    The old one is renewed when the new one is agreed on; until then it goes on, or expires.
    """
    with transaction.atomic():
        old = held(scope, Right.ENROLLMENTS_MANAGE, enrollment)
        policy = policies.policy_of(old.program_id)
        if not policy.can_renew:
            raise Refused(_("enrollments of this program aren't renewed"))
        if old.state not in (State.ACTIVE, State.EXPIRED):
            raise Refused(_("only an enrollment that is active or has expired can be renewed"))
        if old.end is None:
            raise Refused(_("this enrollment has no end: there is nothing to renew"))
        if Enrollment.objects.filter(renews=old).exclude(state=State.REJECTED).exists():
            raise Refused(_("this enrollment has been renewed already"))
        first = start or day_after(old.end)
        row = _new(scope, old.partner_id, old.program_id, first, end, at)
        row.renews, row.tier = old, tier
        row.user_id = old.user_id if isinstance(user, Unset) else user
        if isinstance(user, Unset) and old.user and old.user.left_at:
            row.user_id = None
        _check(scope, row, at)
        row.save(force_insert=True)
        say(scope, "enrollments.created", row, {}, _said(row), at)
        move(scope, row, "submit", at)
        waive(scope, row, at)
    return Made(row, warnings(scope, row, at))


def edit(
    scope: Scope,
    *,
    enrollment: UUID,
    at: datetime,
    start: date | Unset = UNSET,
    end: date | Unset | None = UNSET,
    tier: str | Unset = UNSET,
    user: UUID | Unset | None = UNSET,
) -> Made:
    """Change period, tier or primary user of an enrollment that hasn't ended.

    Other days than those that one side has said yes to are to be agreed on anew.
    """
    said = {"start": start, "end": end, "tier": tier, "user_id": user}
    given = {name: value for name, value in said.items() if not isinstance(value, Unset)}
    with transaction.atomic():
        row = held(scope, Right.ENROLLMENTS_MANAGE, enrollment)
        if row.state not in OPEN | {State.ACTIVE}:
            raise Refused(_("this enrollment has ended: enroll the company anew"))
        before = {name: getattr(row, name) for name in given}
        if before == given:
            return Made(row)
        was = (row.start, row.end)
        for name, value in given.items():
            setattr(row, name, value)
        _check(scope, row, at, new_user="user_id" in given)
        anew = was != (row.start, row.end) and row.state in (State.APPROVED, State.ACCEPTED)
        if anew:
            before |= {name: getattr(row, name) for name in _NOT_AGREED}
            given |= _NOT_AGREED
            for name, value in _NOT_AGREED.items():
                setattr(row, name, value)
        row.changed_at = at
        row.save()
        say(scope, "enrollments.edited", row, before, given, at)
        if row.state == State.ACTIVE:
            about = {"enrollment": row.pk, "partner": row.partner_id, "program": row.program_id}
            announce(EnrollmentChanged(**about), at=at)
        if anew:
            waive(scope, row, at)
    return Made(row, warnings(scope, row, at, was))


def _new(
    scope: Scope,
    partner: UUID,
    program: UUID,
    start: date,
    end: date | Unset | None,
    at: datetime,
) -> Enrollment:
    """Return a draft, with the program held."""
    company = partners.company(scope, partner)
    scheme = programs.program(scope, program, among=(program,))
    hold(scheme.pk)
    if company.archived_at:
        raise Refused(partner=_("this company is archived: restore it first"))
    if policies.rules_of(scheme.pk, at) is None:
        raise Refused(program=_("this program hasn't been published: publish it first"))
    last = policies.end_of_term(Policy.objects.get(pk=scheme.pk), start)
    return Enrollment(
        partner=company,
        program=scheme,
        start=start,
        end=last if isinstance(end, Unset) else end,
        made_at=at,
        changed_at=at,
    )


def _check(scope: Scope, row: Enrollment, at: datetime, new_user: bool = True) -> None:
    wrong = {}
    if row.end is not None and row.end < row.start:
        wrong["end"] = _("the end is before the start")
    rules = policies.rules_of(row.program_id, at)
    tiers = list(rules.tiers) if rules else []
    if row.tier and row.tier not in tiers:
        wrong["tier"] = _("this program has no tier %(tier)s; it has: %(tiers)s") % {
            "tier": row.tier,
            "tiers": ", ".join(tiers) or "–",
        }
    if new_user and row.user_id is not None:
        somebody = partners.person(scope, row.user_id)
        if somebody.partner_id != row.partner_id:
            raise Hidden
        if somebody.left_at:
            wrong["user"] = _("%(name)s has left the company") % {"name": somebody.name}
    if wrong:
        raise Refused(**wrong)
    no_overlap(row, among=OPEN | COUNTING)


def _said(row: Enrollment) -> dict[str, Any]:
    return {
        "partner": row.partner.key,
        "program": row.program.slug,
        "start": row.start,
        "end": row.end,
        "tier": row.tier,
        "user": row.user_id,
        "renews": row.renews_id,
    }
