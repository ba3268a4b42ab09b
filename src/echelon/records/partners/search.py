"""Finds companies: filters, orders and pages that stay quick and don't shift at 10,000 of them.

A page begins after the last row of the one before it, not at a number of rows: nothing is shown
twice or left out when companies come and go in between.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import visible
from echelon.records.partners import values
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Field, Partner, fold
from echelon.records.partners.selectors import parent_if_seen

#: What lists may be sorted by, with the column that does it; a minus before it turns it round.
ORDERS = {
    "name": "sorting",
    "key": "key",
    "kind": "kind",
    "country": "country",
    "region": "region",
    "segment": "segment",
    "made": "made_at",
    "changed": "changed_at",
}
MOST = 200
_LISTS = ("kinds", "countries", "regions", "segments", "tags")


@dataclass(frozen=True)
class Filter:
    """Which companies: each part narrows; several values of one part mean any of them.

    `text` looks for each of its words in name, key, country and tags. `fields` are values of the
    vendor's own fields. `managers` are ids of users; None among them means nobody's.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    managers: tuple[UUID | None, ...] = ()
    parent: UUID | None = None
    archived: bool | None = False
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some companies, how many there are in all, and where the next page begins ("": nowhere)."""

    rows: list[Partner]
    total: int
    next: str


def search(
    scope: Scope,
    which: Filter | None = None,
    *,
    order: str = "name",
    after: str = "",
    limit: int = 50,
) -> Page:
    """Return a page of companies with their parents and managers, in at most three queries."""
    which = which or Filter()
    rows = matching(scope, which)
    total = rows.count()
    column, back = _column(order)
    if after:
        rows = rows.filter(_beyond(order, column, back, after))
    sign = "-" if back else ""
    rows = rows.select_related("parent", "manager").order_by(f"{sign}{column}", f"{sign}pk")
    limit = max(1, min(limit, MOST))
    found = [parent_if_seen(scope, row) for row in rows[: limit + 1]]
    onward = _cursor(order, column, found[limit - 1]) if len(found) > limit else ""
    return Page(found[:limit], total, onward)


def matching(scope: Scope, which: Filter, right: Right = Right.COMPANY_READ) -> QuerySet[Partner]:
    """Return the visible companies that a filter lets through."""
    rows = visible(Partner.objects.all(), scope, right)
    for word in fold(which.text).split():
        rows = rows.filter(searched__contains=word)
    for name, chosen in (
        ("kind", which.kinds),
        ("country", which.countries),
        ("region", which.regions),
        ("segment", which.segments),
    ):
        if chosen:
            rows = rows.filter(**{f"{name}__in": chosen})
    if which.tags:
        tags = (Q(searched__contains=f"#{tag.casefold()}#") for tag in which.tags)
        rows = rows.filter(_any(tags))
    if which.managers:
        some = [each for each in which.managers if each is not None]
        nobody = Q(manager=None) if None in which.managers else Q()
        rows = rows.filter(nobody | Q(manager__in=some) if some else nobody)
    if which.parent:
        rows = rows.filter(parent=which.parent)
    if which.archived is not None:
        rows = rows.filter(archived_at__isnull=not which.archived)
    return _with_fields(rows, which.fields) if which.fields else rows


def words(scope: Scope) -> dict[str, list[str]]:
    """Return what there is to filter by: the regions, segments and tags of visible companies."""
    rows = visible(Partner.objects.filter(archived_at=None), scope, Right.COMPANY_READ)
    found: dict[str, set[str]] = {"regions": set(), "segments": set(), "tags": set()}
    for region, segment, tags in rows.values_list("region", "segment", "tags").iterator():
        found["regions"].add(region)
        found["segments"].add(segment)
        found["tags"].update(tags)
    return {name: sorted(each - {""}) for name, each in found.items()}


def filter_of(kept: Mapping[str, Any]) -> Filter:
    """Return the filter that a saved list or an address keeps; what it doesn't know is refused."""
    given = dict(kept)
    try:
        managers = tuple(UUID(each) if each else None for each in given.pop("managers", ()))
        parent = UUID(given.pop("parent")) if given.get("parent") else given.pop("parent", None)
        own = given.pop("fields", {})
        archived = given.pop("archived", False)
        text = given.pop("text", "")
        lists = {name: tuple(map(str, given.pop(name, ()))) for name in _LISTS}
    except (ValueError, TypeError, AttributeError):
        raise Refused(filter=_("this filter can't be read; make it anew")) from None
    right = isinstance(own, dict) and archived in (True, False, None) and isinstance(text, str)
    if given or not right:
        raise Refused(filter=_("this filter can't be read; make it anew"))
    return Filter(
        text=text, managers=managers, parent=parent or None, archived=archived, fields=own, **lists
    )


def filter_kept(which: Filter) -> dict[str, Any]:
    """Return what a filter says, as a saved list keeps it; `filter_of` reads it."""
    nothing = _said(Filter())
    return {name: value for name, value in _said(which).items() if value != nothing[name]}


def _said(which: Filter) -> dict[str, Any]:
    said: dict[str, Any] = {name: list(getattr(which, name)) for name in _LISTS}
    said["managers"] = [str(each) if each else None for each in which.managers]
    said["parent"] = str(which.parent) if which.parent else None
    return said | {"text": which.text, "fields": dict(which.fields), "archived": which.archived}


def _any(conditions: Any) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _with_fields(rows: QuerySet[Partner], wanted: Mapping[str, Any]) -> QuerySet[Partner]:
    own = {each.name: each for each in Field.objects.filter(retired_at=None, name__in=wanted)}
    for number, (name, value) in enumerate(wanted.items()):
        if name not in own:
            raise Refused(filter=_("there is no field %(name)s") % {"name": name})
        try:
            kept = values.value_of(own[name], value)
        except values.Wrong as wrong:
            raise Refused(filter=str(wrong)) from None
        alias = f"own_{number}"
        rows = rows.alias(**{alias: KeyTransform(name, "more")})
        rows = rows.filter(**({f"{alias}__isnull": True} if kept is None else {alias: kept}))
    return rows


def _column(order: str) -> tuple[str, bool]:
    back = order.startswith("-")
    try:
        return ORDERS[order.removeprefix("-")], back
    except KeyError:
        raise Refused(order=_("lists can't be sorted by %(order)s") % {"order": order}) from None


def _cursor(order: str, column: str, last: Partner) -> str:
    value = getattr(last, column)
    said = [order, value.isoformat() if isinstance(value, datetime) else value, str(last.pk)]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _beyond(order: str, column: str, back: bool, after: str) -> Q:
    kept, where = None, None
    try:
        padded = after + "=" * (-len(after) % 4)
        kept, value, pk = json.loads(base64.urlsafe_b64decode(padded))
        where = datetime.fromisoformat(value) if column.endswith("_at") else str(value)
        pk = UUID(pk)
    except (ValueError, TypeError, AttributeError):
        kept = None
    if kept != order or "\0" in str(where):
        raise Refused(after=_("this page can't be found; begin at the first one"))
    turn = "lt" if back else "gt"
    return Q(**{f"{column}__{turn}": where}) | Q(**{column: where, f"pk__{turn}": pk})
