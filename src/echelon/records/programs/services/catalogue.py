"""Writes the vendor's catalogue of tiers: what is called how, its colour, its badge.

Programs name tiers by their keys; one that is here is shown with its badge wherever it is named.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.audit import services as audit
from echelon.foundation.files import services as files
from echelon.foundation.files.errors import Refused as FileRefused
from echelon.records.programs.editing.ladders import KEY
from echelon.records.programs.errors import Refused
from echelon.records.programs.models import TierEntry

BADGE = "programs.badge"


def define(scope: Scope, *, key: str, name: str, colour: str, at: datetime) -> TierEntry:
    """Add a tier to the catalogue; its key is what programs call it, and stays."""
    scope.demand(Right.LIBRARY_EDIT)
    key, wrong = key.strip(), _wrong(name, colour)
    if not KEY.fullmatch(key) or len(key) > 80:
        wrong.append(_("A tier's key is small letters, digits and _, such as gold."))
    elif TierEntry.objects.filter(key=key).exists():
        wrong.append(_("The tier {key} is in the catalogue already.").format(key=key))
    if wrong:
        raise Refused(wrong)
    with transaction.atomic():
        made = TierEntry.objects.create(key=key, name=name.strip(), colour=colour, made_at=at)
        after = {"key": key, "name": made.name, "colour": colour}
        audit.record(scope, "tiers.defined", "tier", made.id, at=at, after=after)
    return made


def edit(scope: Scope, *, entry: UUID, name: str, colour: str, at: datetime) -> TierEntry:
    """Change what a tier is called in lists, and its colour."""
    scope.demand(Right.LIBRARY_EDIT)
    if wrong := _wrong(name, colour):
        raise Refused(wrong)
    return _changed(scope, entry, "tiers.edited", at, name=name.strip(), colour=colour)


def set_badge(scope: Scope, *, entry: UUID, name: str, content: Any, at: datetime) -> TierEntry:
    """Give a tier its badge: a picture that its bytes show to be one, of at most 1 MiB."""
    scope.demand(Right.LIBRARY_EDIT)
    with transaction.atomic():
        try:
            kept = files.keep(scope, name=name, content=content, purpose=BADGE, at=at)
        except FileRefused as refused:
            raise Refused(str(refused)) from None
        return _changed(scope, entry, "tiers.badged", at, badge_id=kept.id, digest=kept.digest)


def clear_badge(scope: Scope, *, entry: UUID, at: datetime) -> TierEntry:
    """Take a tier's badge away; its colour is shown instead."""
    scope.demand(Right.LIBRARY_EDIT)
    return _changed(scope, entry, "tiers.badged", at, badge_id=None, digest="")


def remove(scope: Scope, *, entry: UUID, at: datetime) -> None:
    """Take a tier out of the catalogue; programs that name it go on without a badge."""
    scope.demand(Right.LIBRARY_EDIT)
    with transaction.atomic():
        found = _locked(scope, entry)
        before = {"key": found.key, "name": found.name}
        audit.record(scope, "tiers.removed", "tier", found.id, at=at, before=before)
        found.delete()


def _wrong(name: str, colour: str) -> list[str]:
    wrong = []
    if not name.strip() or len(name.strip()) > 80:
        wrong.append(_("A tier needs a name of at most 80 characters."))
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        wrong.append(_("A colour is written as #c0a040."))
    return wrong


def _changed(scope: Scope, entry: UUID, verb: str, at: datetime, **given: Any) -> TierEntry:
    with transaction.atomic():
        found = _locked(scope, entry)
        before = {name: getattr(found, name) for name in given}
        if before == given:
            return found
        for name, value in given.items():
            setattr(found, name, value)
        found.save()
        audit.record(scope, verb, "tier", found.id, at=at, before=before, after=given)
    return found


def _locked(scope: Scope, entry: UUID) -> TierEntry:
    return one(TierEntry.objects.select_for_update(), scope, Right.LIBRARY_EDIT, pk=entry)
