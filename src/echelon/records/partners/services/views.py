"""Saved lists of companies: save, remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.audit.services import record
from echelon.records.partners import search, values
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import View
from echelon.records.partners.selectors import fields, of_the_vendor

#: What a list can show beside the vendor's own fields.
COLUMNS = (*values.READERS, "parent", "manager", "made", "changed")


def save(
    scope: Scope,
    *,
    name: str,
    at: datetime,
    view: UUID | None = None,
    filter: Mapping[str, Any] | None = None,
    columns: Sequence[str] = (),
    order: str = "name",
    shared: bool = False,
    default: bool = False,
) -> View:
    """Save a list under a name, as a new one or (with `view`) in place of one of one's own."""
    scope.demand(Right.COMPANY_READ)
    if scope.actor.kind != "person":
        raise Hidden
    wrong = {}
    try:
        name = values.needed(80)(name)
    except values.Wrong as error:
        wrong["name"] = str(error)
    known = {*COLUMNS, *(field.name for field in fields(scope))}
    if strange := [column for column in columns if column not in known]:
        wrong["columns"] = _("there is no column %(name)s") % {"name": strange[0]}
    if order.removeprefix("-") not in search.ORDERS:
        wrong["order"] = _("lists can't be sorted by %(order)s") % {"order": order}
    if shared and not of_the_vendor(scope):
        wrong["shared"] = _("the vendor's people alone share lists")
    kept = search.filter_kept(search.filter_of(filter or {}))
    if wrong:
        raise Refused(**wrong)
    given = {
        "name": name,
        "filter": kept,
        "columns": list(dict.fromkeys(columns)),
        "order": order,
        "shared": shared,
        "default": default,
    }
    with transaction.atomic():
        mine = View.objects.select_for_update().filter(owner=scope.actor.id)
        here = {each.pk: each for each in mine}
        found = _one(here, view) if view else View(owner_id=UUID(scope.actor.id), made_at=at)
        if any(each.name == name and each.pk != found.pk for each in here.values()):
            raise Refused(name=_("you have a list of this name already"))
        before = {field: getattr(found, field) for field in given} if view else {}
        if before == given:
            return found
        if default:
            mine.filter(shared=shared, default=True).exclude(pk=found.pk).update(default=False)
        for field, value in given.items():
            setattr(found, field, value)
        found.save()
        record(scope, "views.saved", "view", found.pk, at=at, before=before, after=given)
    return found


def remove(scope: Scope, *, view: UUID, at: datetime) -> None:
    """Remove a list of one's own."""
    scope.demand(Right.COMPANY_READ)
    if scope.actor.kind != "person":
        raise Hidden
    with transaction.atomic():
        mine = View.objects.select_for_update().filter(owner=scope.actor.id)
        found = _one({each.pk: each for each in mine}, view)
        record(scope, "views.removed", "view", view, at=at, before={"name": found.name})
        found.delete()


def _one(here: Mapping[UUID, View], view: UUID) -> View:
    if view not in here:
        raise Hidden
    return here[view]
