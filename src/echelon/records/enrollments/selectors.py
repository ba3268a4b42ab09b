"""Reads enrollments, and which programs a partner may see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from echelon.foundation.access import EVERY, Right, Scope
from echelon.foundation.access.rows import one, visible
from echelon.records.enrollments.models import Enrollment, Policy, Terms
from echelon.records.enrollments.policies import open_to, policy_of, terms_of
from echelon.records.enrollments.states import COUNTING, Counts, State
from echelon.records.partners import selectors as partners

__all__ = ["policy_of", "terms_of"]


def enrollments(
    scope: Scope,
    *,
    partner: UUID | None = None,
    program: UUID | None = None,
    states: Collection[State] = (),
) -> QuerySet[Enrollment]:
    """Return enrollments by company, the newest period first; drafts are the vendor's alone."""
    rows = _readable(scope)
    if partner is not None:
        rows = rows.filter(partner=partner)
    if program is not None:
        rows = rows.filter(program=program)
    if states:
        rows = rows.filter(state__in=states)
    rows = rows.select_related("partner", "program", "user", "terms", "renews")
    return rows.order_by("partner__sorting", "partner_id", "-start", "pk")


def enrollment(scope: Scope, which: UUID) -> Enrollment:
    """Return one enrollment; Hidden if it can't be seen."""
    rows = _readable(scope).select_related("partner", "program", "user", "terms", "renews")
    return one(rows, scope, Right.ENROLLMENTS_READ, pk=which)


def counts(scope: Scope) -> dict[UUID, dict[State, int]]:
    """Return for each program how many enrollments are in each state, as far as the scope sees."""
    rows = _readable(scope).values_list("program", "state").annotate(count=Count("pk"))
    found: dict[UUID, dict[State, int]] = {}
    for program, state, count in rows.order_by():
        found.setdefault(program, {})[State(state)] = count
    return found


def programs_open_to(scope: Scope) -> frozenset[UUID]:
    """Return the programs that a partner may see: it is or was in them, or may apply.

    The `among` of `programs.selectors`, for who can't read all programs.
    """
    if not scope.may(Right.PROGRAMS_READ) or not scope.own:
        return frozenset()
    inside = Enrollment.objects.filter(partner__in=scope.own).exclude(state=State.DRAFT)
    found = set(inside.exclude(state=State.REJECTED).values_list("program", flat=True))
    return frozenset(found) | programs_to_apply_for(scope)


def programs_to_apply_for(scope: Scope) -> frozenset[UUID]:
    """Return the programs that are open to one of the own companies, in them or not."""
    if not scope.may(Right.PROGRAMS_READ) or not scope.own:
        return frozenset()
    companies = [partners.company(scope, each) for each in scope.own]
    policies = Policy.objects.filter(self_application=True, program__archived_at=None)
    return frozenset(
        policy.program_id
        for policy in policies
        if any(open_to(policy, company) for company in companies)
    )


def terms(scope: Scope, program: UUID) -> list[Terms]:
    """Return all terms of a program, the newest first, for who may see the program."""
    scope.demand(Right.PROGRAMS_READ)
    rows = Terms.objects.filter(program=program)
    if scope.partners(Right.PROGRAMS_READ) is not EVERY:
        rows = rows.filter(program__in=programs_open_to(scope))
    return list(rows.order_by("-version"))


def narrowed() -> frozenset[UUID]:
    """Return the programs in which only what the primary user may see counts. For rooms."""
    rows = Policy.objects.filter(counts=Counts.PRIMARY_USER)
    return frozenset(rows.values_list("program", flat=True))


def in_force(program: UUID, day: date) -> QuerySet[Enrollment]:
    """Return the enrollments of a program that cover a day. For rooms, not for people."""
    rows = Enrollment.objects.filter(program=program, state__in=COUNTING, start__lte=day)
    return rows.filter(Q(end=None) | Q(end__gte=day)).select_related("partner")


def _readable(scope: Scope) -> QuerySet[Enrollment]:
    rows = visible(Enrollment.objects.all(), scope, Right.ENROLLMENTS_READ)
    if scope.may(Right.ENROLLMENTS_MANAGE) or scope.partners(Right.ENROLLMENTS_READ) is EVERY:
        return rows
    return rows.exclude(state=State.DRAFT)
