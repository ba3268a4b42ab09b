"""Kinds of facts and references: built in, and the vendor's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.audit.services import record as audit
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import layout, reference_specs
from echelon.records.facts.models import FactType, ReferenceType
from echelon.records.facts.specs import layout_of, reference_layout
from echelon.records.facts.switching import advance


def define_type(
    scope: Scope, *, slug: str, label: str, spec: Mapping[str, Any], at: datetime
) -> FactType:
    """Make a type, or change one: what was recorded is read anew by its new columns.

    The key, the partner and the date of a type that has facts stay as they are. Raises Refused.
    """
    scope.demand(Right.PROGRAMS_DRAFT)
    made = layout_of(slug, spec, reference_specs())
    with transaction.atomic():
        before = FactType.objects.select_for_update().filter(slug=slug).first()
        if before is not None and before.batches.exists():
            was = layout(before)
            if (was.key, was.attained) != (made.key, made.attained):
                raise Refused(_("there are facts of this type: its key and date stay as they are"))
        advance(f"facts:{slug}")
        return _defined(scope, FactType, before, slug, label, dict(spec), at)


def define_reference(
    scope: Scope, *, slug: str, label: str, spec: Mapping[str, Any], at: datetime
) -> ReferenceType:
    """Make a kind of things that facts point to, or change one. Raises Refused."""
    scope.demand(Right.PROGRAMS_DRAFT)
    reference_layout(slug, spec)
    with transaction.atomic():
        before = ReferenceType.objects.select_for_update().filter(slug=slug).first()
        advance(f"references:{slug}")
        return _defined(scope, ReferenceType, before, slug, label, dict(spec), at)


def _defined(
    scope: Scope, model: Any, before: Any, slug: str, label: str, spec: dict[str, Any], at: datetime
) -> Any:
    version = 1 if before is None else before.version + 1
    values = {"label": label, "spec": spec, "version": version, "changed_at": at}
    after, _made = model.objects.update_or_create(slug=slug, defaults=values)
    subject = "fact_type" if model is FactType else "reference_type"
    was = {} if before is None else {"label": before.label, "spec": before.spec}
    now = {"label": label, "spec": spec}
    audit(scope, f"facts.{subject}_defined", subject, slug, at=at, before=was, after=now)
    return after
