"""A filter of partners as an address says it, as a saved list keeps it, and in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import identity
from echelon.records.partners import search
from echelon.records.partners.errors import Refused
from echelon.records.partners.kinds import Kind
from echelon.records.partners.services.companies import MOST_AT_ONCE

_LISTS = ("kinds", "countries", "regions", "segments", "tags")


def asked(given: QueryDict) -> dict[str, Any]:
    """Return the filter that an address says, as a saved list keeps it."""
    kept: dict[str, Any] = {
        name: [value for value in given.getlist(name) if value]
        for name in _LISTS
        if any(given.getlist(name))
    }
    if text := given.get("text", "").strip():
        kept["text"] = text
    if given.get("archived") == "yes":
        kept["archived"] = True
    return kept


def chosen(scope: Scope, given: QueryDict, right: Right) -> list[UUID]:
    """Return the companies that were chosen: by boxes, or all that the filter lets through.

    Raises Hidden if one that was named isn't there for the reader, before anything is shown of it.
    """
    if given.get("all") == "yes":
        rows = search.matching(scope, search.filter_of(asked(given)), right)
        found = list(rows.order_by("sorting", "pk").values_list("pk", flat=True))
    else:
        named = given.get("partners", "").split(",") + given.getlist("chosen")
        found = [identity(each) for each in dict.fromkeys(named) if each]
    if not found:
        raise Refused(_("Choose the partners first."))
    if len(found) > MOST_AT_ONCE:
        said = _("These are %(count)s; at most %(most)s can be changed at once: narrow the filter.")
        raise Refused(said % {"count": len(found), "most": MOST_AT_ONCE})
    if given.get("all") != "yes":
        there = search.matching(scope, search.Filter(archived=None)).filter(pk__in=found)
        if there.count() < len(found):
            raise Hidden
    return found


def back(given: QueryDict) -> str:
    """Return the address of the list as it was filtered when somebody chose from it."""
    try:
        kept = search.filter_kept(search.filter_of(asked(given)))
    except Refused:
        kept = {}
    return f"{reverse('vendor:partners')}?{query(kept, 'name')}"


def query(kept: dict[str, Any], order: str) -> str:
    """Return the address of a list's filter."""
    found = QueryDict(mutable=True)
    for name, value in kept.items():
        if isinstance(value, list):
            found.setlist(name, [str(each) for each in value])
        elif not isinstance(value, dict):
            found[name] = "yes" if value is True else value
    if order != "name":
        found["order"] = order
    return found.urlencode()


def words(kept: dict[str, Any]) -> str:
    """Say a filter in words."""
    kinds = dict(Kind.choices)
    labels = {
        "text": _("with"), "kinds": _("type"), "countries": _("country"), "regions": _("region"),
        "segments": _("segment"), "tags": _("tag"), "archived": _("archived"),
    }  # fmt: skip
    said = []
    for name, value in kept.items():
        listed_ = value if isinstance(value, list) else [value]
        values = [str(kinds.get(each, each)) for each in listed_ if not isinstance(each, bool)]
        said.append(f"{labels.get(name, name)} {' / '.join(values)}".strip())
    return " · ".join(said) or _("all partners")
