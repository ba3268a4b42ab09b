"""The same change for many companies: looked at before it is made, row by row.

Unlike `companies.edit_many`, which does all or none, a row that can't be changed is left out with
its reason, and the others are changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.accounts.models import User
from echelon.records.partners import values
from echelon.records.partners.errors import Refused
from echelon.records.partners.models import Partner
from echelon.records.partners.services import companies

#: What may be set for many; a name or a key belongs to one company.
SETTABLE = ("kind", "country", "region", "segment")


class Kept:
    """Nothing was said: the account managers stay."""


KEPT = Kept()


@dataclass(frozen=True)
class Wanted:
    """What is to be the same afterwards: `values` by name, the vendor's own fields among them."""

    values: Mapping[str, Any] = field(default_factory=dict)
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    manager: UUID | Kept | None = KEPT


@dataclass(frozen=True)
class Row:
    """One company: what of it would be other than it is, or why nothing can."""

    company: Partner
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = ""
    #: What was asked for, as the service of one company takes it.
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether anything becomes other than it is."""
        return bool(self.after)


def preview(scope: Scope, *, partners: Sequence[UUID], wanted: Wanted) -> list[Row]:
    """Return what a change would do to each company, in the order named; nothing is changed.

    Raises Refused with what is wrong with the change itself, Hidden for a company that can't be
    seen.
    """
    return _rows(scope, partners, _read(scope, wanted), lock=False)


def change(scope: Scope, *, partners: Sequence[UUID], wanted: Wanted, at: datetime) -> list[Row]:
    """Change all companies that can be, an event each; return what was done, in the order named."""
    read = _read(scope, wanted)
    with transaction.atomic():
        rows = _rows(scope, partners, read, lock=True)
        for row in rows:
            if "manager" in row.after:
                companies.assigned(scope, row.company, read.manager, at)
            companies.changed(scope, row.company, dict(row.given), at)
    return rows


@dataclass(frozen=True)
class _Read:
    """A wanted change, read: values as they are kept."""

    values: Mapping[str, Any]
    added: Sequence[str]
    removed: frozenset[str]
    manager: User | None
    assigns: bool


def _read(scope: Scope, wanted: Wanted) -> _Read:
    own = companies.own_fields()
    known = {*SETTABLE, *(each.name for each in own)}
    problems = {
        name: _("this can't be set for many companies at once")
        for name in wanted.values
        if name not in known
    }
    kept, wrong = values.read(
        {name: value for name, value in wanted.values.items() if name in known}, own
    )
    problems |= wrong
    added: list[str] = []
    removed: list[str] = []
    for name, given, found in (
        ("add_tags", wanted.add_tags, added),
        ("remove_tags", wanted.remove_tags, removed),
    ):
        try:
            found += values.tags(list(given))
        except values.Wrong as error:
            problems[name] = str(error)
    assigns = not isinstance(wanted.manager, Kept)
    manager = None
    if not isinstance(wanted.manager, Kept):
        scope.demand(Right.COMPANY_CREATE)
        manager = companies.staff(wanted.manager)
    if problems:
        raise Refused(**problems)
    if not (kept or added or removed or assigns):
        raise Refused(_("nothing is to be changed: fill in at least one field"))
    gone = frozenset(tag.casefold() for tag in removed)
    return _Read(kept, added, gone, manager, assigns)


def _rows(scope: Scope, partners: Sequence[UUID], read: _Read, *, lock: bool) -> list[Row]:
    wanted = list(dict.fromkeys(partners))
    if not wanted:
        raise Refused(_("no company was chosen"))
    if len(wanted) > companies.MOST_AT_ONCE:
        raise Refused(
            _("at most %(most)s at once; narrow the filter, or load a file")
            % {"most": companies.MOST_AT_ONCE}
        )
    rows = Partner.objects.select_for_update(of=("self",)) if lock else Partner.objects.all()
    rows = visible(rows, scope, Right.COMPANY_READ).filter(pk__in=wanted)
    found = {each.pk: each for each in rows.select_related("manager").order_by("pk")}
    if len(found) < len(wanted):
        raise Hidden
    return [_row(scope, found[each], read) for each in wanted]


def _row(scope: Scope, company: Partner, read: _Read) -> Row:
    if not scope.reaches(Right.COMPANY_MANAGE, company.pk):
        return Row(company, refusal=_("you don't look after this company"))
    if company.archived_at:
        return Row(company, refusal=_("this company is archived: restore it first"))
    given = dict(read.values)
    if read.added or read.removed:
        stay = [tag for tag in company.tags if tag.casefold() not in read.removed]
        try:
            given["tags"] = values.tags([*stay, *read.added])
        except values.Wrong as error:
            return Row(company, refusal=str(error))
    before, after = companies.difference(company, given)
    if read.assigns and company.manager_id != (read.manager and read.manager.pk):
        before["manager"], after["manager"] = company.manager, read.manager
    return Row(company, before, after, given=given)
