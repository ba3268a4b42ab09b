"""How partners come into a program, and the terms that they accept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce
from echelon.records.enrollments.errors import Refused
from echelon.records.enrollments.events import CountingChanged
from echelon.records.enrollments.models import Policy, Terms
from echelon.records.enrollments.policies import newest_terms
from echelon.records.enrollments.services.moving import hold
from echelon.records.enrollments.states import Counts
from echelon.records.partners import values
from echelon.records.partners.kinds import Kind
from echelon.records.programs import selectors as programs

_SWITCHES = ("needs_approval", "needs_acceptance", "can_renew", "self_application")
_LISTS = {"kinds": lambda: Kind.values, "countries": values.countries}
LONGEST = 600  # months


def set_policy(scope: Scope, *, program: UUID, at: datetime, **changes: Any) -> Policy:
    """Change how partners come into a program; what waits already is agreed on as before.

    Which facts count changes for all who are in it, and whatever day is looked at.
    """
    scope.demand(Right.PROGRAMS_PUBLISH)
    given, wrong = _read(changes)
    if wrong:
        raise Refused(**wrong)
    with transaction.atomic():
        found = programs.program(scope, program, among=(program,))
        hold(found.pk)
        policy = Policy.objects.get(pk=found.pk)
        before = {name: getattr(policy, name) for name in given}
        if before == given:
            return policy
        for name, value in given.items():
            setattr(policy, name, value)
        policy.save()
        record(
            scope, "enrollments.policy", "program", found.pk, at=at, before=before, after=given
        )  # fmt: skip
        if before.get("counts") != given.get("counts"):
            announce(CountingChanged(program=found.pk), at=at)
    return policy


def publish_terms(scope: Scope, *, program: UUID, text: str, at: datetime) -> Terms:
    """Put new terms in force; who accepted earlier ones keeps those until renewal."""
    scope.demand(Right.PROGRAMS_PUBLISH)
    if not text.strip():
        raise Refused(text=_("terms need a text"))
    with transaction.atomic():
        found = programs.program(scope, program, among=(program,))
        hold(found.pk)
        terms = Terms.objects.create(
            program=found, version=newest_terms(found.pk) + 1, text=text, published_at=at
        )
        after = {"program": found.slug, "version": terms.version, "text": text}
        record(scope, "enrollments.terms", "terms", terms.pk, at=at, after=after)
    return terms


def _read(changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in changes.items():
        if name in _LISTS:
            known = set(_LISTS[name]())
            given[name] = list(dict.fromkeys(value))
            if strange := [each for each in given[name] if each not in known]:
                wrong[name] = _("there is no %(value)s") % {"value": strange[0]}
        elif name == "months":
            given[name] = value
            if value is not None and value not in range(1, LONGEST + 1):
                wrong[name] = _("a term is 1 to %(most)s months, or has no end") % {"most": LONGEST}
        elif name == "counts":
            given[name] = value
            if value not in Counts.values:
                words = _("choose one of: %(values)s")
                wrong[name] = words % {"values": ", ".join(Counts.values)}
        elif name in _SWITCHES and isinstance(value, bool):
            given[name] = value
        else:
            wrong[name] = _("yes or no is expected")
    return given, wrong
