"""How a program takes partners in: its policy and terms, its days and tiers, whom it is open to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max

from echelon.foundation.access import system
from echelon.records.enrollments.models import Policy, Terms
from echelon.records.partners.models import Partner
from echelon.records.programs import documents
from echelon.records.programs.selectors import version_now, versions
from echelon.records.programs.states import State as VersionState
from rulebook.values.calendar import add

_WITHIN = system("enrollments")


def policy_of(program: UUID) -> Policy:
    """Return a program's policy; one with the defaults where nobody has set any."""
    return Policy.objects.filter(pk=program).first() or Policy(program_id=program)


def terms_of(program: UUID) -> Terms | None:
    """Return the terms that are to be accepted now: the newest; None if there are none."""
    return Terms.objects.filter(program=program).order_by("-version").first()


def newest_terms(program: UUID) -> int:
    """Return the number of the newest terms; 0 if there are none."""
    found = Terms.objects.filter(program=program).aggregate(newest=Max("version"))
    return found["newest"] or 0


def rules_of(program: UUID, at: datetime) -> documents.Rules | None:
    """Return the program in force, else the first that will be; None if none was published."""
    version = version_now(program, at)
    if version is None:
        coming = versions(_WITHIN, program, among=(program,)).filter(state=VersionState.PUBLISHED)
        version = coming.order_by("effective").first()
    return documents.read(version.text)[0] if version else None


def today(program: UUID, at: datetime) -> date:
    """Return which day a moment is where a program counts its days."""
    rules = rules_of(program, at)
    return at.astimezone(ZoneInfo(rules.time_zone if rules else "UTC")).date()


def end_of_term(policy: Policy, start: date) -> date | None:
    """Return the last day of a term that begins on a day; None if terms have no end."""
    if policy.months is None:
        return None
    return add(add(start, policy.months, "month"), -1, "day")


def open_to(policy: Policy, partner: Partner) -> bool:
    """Whether a company may apply by itself."""
    return (
        policy.self_application
        and partner.archived_at is None
        and (not policy.kinds or partner.kind in policy.kinds)
        and (not policy.countries or partner.country in policy.countries)
    )
