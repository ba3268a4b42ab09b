"""The vendor's own fields of companies: define, edit, retire."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.audit.services import record
from echelon.records.partners import values
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Field, Partner

#: Names that a company has anyhow, or that files use.
TAKEN = frozenset(
    {"id", "parent", "manager", "archived", "partner", "enrollment", *values.READERS, "more"}
)
MOST = 100
#: What a field's values can be.
KINDS = Field.Kind


def define(
    scope: Scope, *, name: str, label: str, kind: str, at: datetime, choices: Iterable[str] = ()
) -> Field:
    """Add a field; programs read it as `partner.<name>`."""
    scope.demand(Right.SETTINGS_MANAGE)
    wrong = {}
    name = name.strip()
    if not re.fullmatch("[a-z][a-z0-9_]{0,39}", name):
        wrong["name"] = _("a name is small letters, digits and _, such as vertical")
    elif name in TAKEN:
        wrong["name"] = _("every company has %(name)s already; choose another name") % {
            "name": name
        }
    elif Field.objects.filter(name=name).exists():
        wrong["name"] = _("there is a field %(name)s already") % {"name": name}
    if kind not in Field.Kind.values:
        wrong["kind"] = _("choose one of: %(kinds)s") % {"kinds": ", ".join(Field.Kind.values)}
    shown, listed = _label(label, wrong), _choices(kind, choices, wrong)
    if Field.objects.count() >= MOST:
        wrong["name"] = _("there are %(most)s fields; no more can be kept") % {"most": MOST}
    if wrong:
        raise Refused(**wrong)
    with transaction.atomic():
        field = Field.objects.create(name=name, label=shown, kind=kind, choices=listed, made_at=at)
        after = {"name": name, "label": shown, "kind": kind, "choices": listed}
        record(scope, "fields.defined", "field", field.pk, at=at, after=after)
    return field


def edit(
    scope: Scope,
    *,
    field: UUID,
    at: datetime,
    label: str | None = None,
    choices: Iterable[str] | None = None,
) -> Field:
    """Change what a field is called on pages, or its choices; one in use can't be taken away."""
    scope.demand(Right.SETTINGS_MANAGE)
    with transaction.atomic():
        found = _locked(scope, field)
        wrong: dict[str, str] = {}
        given: dict[str, Any] = {}
        if label is not None:
            given["label"] = _label(label, wrong)
        if choices is not None:
            given["choices"] = _choices(found.kind, choices, wrong)
            gone = [each for each in found.choices if each not in given["choices"]]
            rows = Partner.objects.alias(own=KeyTransform(found.name, "more"))
            for each in gone:
                if count := rows.filter(own=each).count():
                    wrong["choices"] = _(
                        "%(count)s companies have %(choice)s: give them another one first"
                    ) % {"count": count, "choice": each}
        if wrong:
            raise Refused(**wrong)
        _change(scope, found, "fields.edited", given, at)
    return found


def retire(scope: Scope, *, field: UUID, at: datetime) -> Field:
    """Take a field out of use; its values stay, and come back with `resume`."""
    scope.demand(Right.SETTINGS_MANAGE)
    with transaction.atomic():
        found = _locked(scope, field)
        if found.retired_at is None:
            _change(scope, found, "fields.retired", {"retired_at": at}, at)
    return found


def resume(scope: Scope, *, field: UUID, at: datetime) -> Field:
    """Bring a retired field back."""
    scope.demand(Right.SETTINGS_MANAGE)
    with transaction.atomic():
        found = _locked(scope, field)
        _change(scope, found, "fields.resumed", {"retired_at": None}, at)
    return found


def _locked(scope: Scope, field: UUID) -> Field:
    return one(Field.objects.select_for_update(), scope, Right.SETTINGS_MANAGE, pk=field)


def _change(scope: Scope, field: Field, verb: str, given: dict[str, Any], at: datetime) -> None:
    before = {name: getattr(field, name) for name in given}
    if before == given:
        return
    for name, value in given.items():
        setattr(field, name, value)
    field.save()
    record(scope, verb, "field", field.pk, at=at, before=before, after=given)


def _label(label: str, wrong: dict[str, str]) -> str:
    try:
        return values.needed(80)(label)
    except values.Wrong as error:
        wrong["label"] = str(error)
        return ""


def _choices(kind: str, choices: Iterable[str], wrong: dict[str, str]) -> list[str]:
    found: list[str] = []
    try:
        given = (values.text(each, 200) for each in choices)
        found = list(dict.fromkeys(each for each in given if each))
    except values.Wrong as error:
        wrong["choices"] = str(error)
    if kind == Field.Kind.CHOICE and not found and "choices" not in wrong:
        wrong["choices"] = _("list at least one choice")
    if kind != Field.Kind.CHOICE and found:
        wrong["choices"] = _("only a field of kind choice has a list of them")
    return found
