"""Kinds of facts and references: built in, and the vendor's own."""

from __future__ import annotations

import re
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
    scope: Scope,
    *,
    slug: str,
    label: str,
    spec: Mapping[str, Any],
    at: datetime,
    owner: str | None = None,
) -> FactType:
    """Make a type, or change one: what was recorded is read anew by its new columns.

    `owner` is the column that says whose record a fact is, "" for none; None leaves it as it was.
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
        if owner is None:
            owner = "" if before is None else before.owner
        _check_owner(owner, spec)
        advance(f"facts:{slug}")
        return _defined(scope, FactType, before, slug, label, dict(spec), at, owner=owner)


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


def _check_owner(owner: str, spec: Mapping[str, Any]) -> None:
    """Refuse a column that can't say by mail address whose record a fact is."""
    if not owner:
        return
    found = spec.get("columns", {}).get(owner)
    entry = {"type": found} if isinstance(found, str) else found
    if entry is None or not re.fullmatch(r"[a-z][a-z0-9_]*", owner):
        words = _("the owner is a column of this type, in small letters, digits and _: {name}")
        raise Refused(words.format(name=owner))
    if entry.get("type", "text") != "text" or entry.get("references"):
        words = _("the owner's column {name} holds a mail address: it is text and points nowhere")
        raise Refused(words.format(name=owner))


def _defined(
    scope: Scope,
    model: Any,
    before: Any,
    slug: str,
    label: str,
    spec: dict[str, Any],
    at: datetime,
    **more: str,
) -> Any:
    version = 1 if before is None else before.version + 1
    values = {"label": label, "spec": spec, "version": version, "changed_at": at, **more}
    after, _made = model.objects.update_or_create(slug=slug, defaults=values)
    subject = "fact_type" if model is FactType else "reference_type"
    now = {"label": label, "spec": spec, **more}
    was = {} if before is None else {name: getattr(before, name) for name in now}
    audit(scope, f"facts.{subject}_defined", subject, slug, at=at, before=was, after=now)
    return after
