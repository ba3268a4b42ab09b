"""Companies: create, edit, move in the family, assign, archive; many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import VENDOR_ROLES, Hidden, Right, Role, Scope
from echelon.foundation.access.rows import one, visible
from echelon.foundation.accounts.models import User
from echelon.foundation.audit.services import record
from echelon.foundation.outbox.services import announce
from echelon.records.partners import values
from echelon.records.partners.errors import Refused
from echelon.records.partners.events import FamilyChanged, PartnerChanged
from echelon.records.partners.models import Field, Partner
from echelon.records.partners.selectors import ancestors

#: More at once are a file's work.
MOST_AT_ONCE = 1000
_FAMILY_LOCK = 0x66616D69  # "fami"


def create(
    scope: Scope,
    *,
    key: str,
    name: str,
    at: datetime,
    parent: UUID | None = None,
    manager: UUID | None = None,
    **more: Any,
) -> Partner:
    """Add a company; `more` are its other values and those of the vendor's own fields."""
    scope.demand(Right.COMPANY_CREATE)
    kept, problems = values.read({"key": key, "name": name, **more}, own_fields())
    if "key" in kept and Partner.objects.filter(key=kept["key"]).exists():
        problems["key"] = _("there is a company %(key)s already") % kept
    if problems:
        raise Refused(**problems)
    with transaction.atomic():
        above = one(Partner.objects.all(), scope, Right.COMPANY_READ, id=parent) if parent else None
        kept["more"] = without_none(kept.get("more", {}))
        company = Partner(**kept, parent=above, manager=staff(manager), made_at=at, changed_at=at)
        company.save(force_insert=True)
        record(
            scope,
            "partners.created",
            "partner",
            company.id,
            at=at,
            partner=company.id,
            after={**kept, "parent": above and above.key, "manager": manager},
        )
    return company


def edit(scope: Scope, *, partner: UUID, at: datetime, **changes: Any) -> Partner:
    """Change values of a company; a company's own admin may change its profile alone."""
    return edit_many(scope, partners=[partner], at=at, **changes)[0]


def edit_many(
    scope: Scope,
    *,
    partners: Sequence[UUID],
    at: datetime,
    add_tags: Iterable[str] = (),
    remove_tags: Iterable[str] = (),
    **changes: Any,
) -> list[Partner]:
    """Give many companies the same values, all or none; return them in the order named."""
    kept, problems = values.read(changes, own_fields())
    added, removed = [], []
    try:
        added, removed = values.tags(list(add_tags)), values.tags(list(remove_tags))
    except values.Wrong as wrong:
        problems["tags"] = str(wrong)
    if "key" in kept:
        problems["key"] = _("a company keeps its key: facts and files call it by that")
    managed = set(kept) - set(values.PROFILE)
    if added or removed:
        managed.add("tags")
    with transaction.atomic():
        found = locked(scope, Right.COMPANY_EDIT, partners)
        if managed and not all(scope.reaches(Right.COMPANY_MANAGE, each.id) for each in found):
            raise Refused(**dict.fromkeys(managed, _("the vendor keeps this: ask them for it")))
        if problems:
            raise Refused(**problems)
        for company in found:
            given = dict(kept)
            if added or removed:
                gone = {tag.casefold() for tag in removed}
                stay = [
                    tag for tag in given.get("tags", company.tags) if tag.casefold() not in gone
                ]
                given["tags"] = tagged([*stay, *added])
            changed(scope, company, given, at)
    return found


def move(scope: Scope, *, partner: UUID, parent: UUID | None, at: datetime) -> Partner:
    """Put a company under another one, or under none; circles are refused."""
    scope.demand(Right.COMPANY_CREATE, partner)
    with transaction.atomic():
        hold_family()
        company = locked(scope, Right.COMPANY_CREATE, [partner])[0]
        above = one(Partner.objects.all(), scope, Right.COMPANY_READ, id=parent) if parent else None
        before = ancestors(company.id)
        line = [above.id, *ancestors(above.id)] if above else []
        if above and company.id in line:
            raise Refused(
                parent=_("%(below)s stands below %(company)s: a company can't stand below itself")
                % {"below": above.name, "company": company.name}
            )
        if company.parent_id == parent:
            return company
        old = Partner.objects.filter(pk=company.parent_id).first()
        company.parent, company.changed_at = above, at
        company.save()
        record(
            scope,
            "partners.moved",
            "partner",
            company.id,
            at=at,
            partner=company.id,
            before={"parent": old and old.key},
            after={"parent": above and above.key},
        )
        concerned = dict.fromkeys([company.id, *before, *line])
        announce(FamilyChanged(partners=list(concerned)), at=at)
    return company


def assign(
    scope: Scope, *, partners: Sequence[UUID], manager: UUID | None, at: datetime
) -> list[Partner]:
    """Give companies an account manager, or none."""
    scope.demand(Right.COMPANY_CREATE)
    with transaction.atomic():
        found = locked(scope, Right.COMPANY_CREATE, partners)
        person = staff(manager)
        for company in found:
            if company.manager_id != manager:
                assigned(scope, company, person, at)
    return found


def assigned(scope: Scope, company: Partner, person: User | None, at: datetime) -> None:
    """Give a locked company another account manager, with audit and announcement."""
    before = {"manager": company.manager_id}
    company.manager, company.changed_at = person, at
    company.save()
    after = {"manager": person and person.pk}
    _say(scope, "partners.assigned", company, before, after, at)


def hand_over(scope: Scope, *, manager: UUID, to: UUID | None, at: datetime) -> int:
    """Give all companies of an account manager to somebody else, or to nobody; return how many."""
    scope.demand(Right.COMPANY_CREATE)
    if manager == to:
        raise Refused(manager=_("they have these companies already; choose somebody else"))
    with transaction.atomic():
        rows = visible(Partner.objects.filter(manager=manager), scope, Right.COMPANY_CREATE)
        wanted = list(rows.order_by("pk").values_list("pk", flat=True))
        if not wanted:
            raise Refused(_("nobody is assigned to them"))
        for start in range(0, len(wanted), MOST_AT_ONCE):
            part = wanted[start : start + MOST_AT_ONCE]
            assign(scope, partners=part, manager=to, at=at)
    return len(wanted)


def archive(scope: Scope, *, partner: UUID, at: datetime) -> Partner:
    """Put a company away: its people keep an applicant's rights, its history stays."""
    scope.demand(Right.COMPANY_CREATE, partner)
    with transaction.atomic():
        company = locked(scope, Right.COMPANY_CREATE, [partner])[0]
        if below := Partner.objects.filter(parent=company, archived_at=None).count():
            raise Refused(
                _("%(count)s companies stand below it: move or archive them first")
                % {"count": below}
            )
        return _put(scope, company, "archived_at", at, "partners.archived", at)


def restore(scope: Scope, *, partner: UUID, at: datetime) -> Partner:
    """Bring an archived company back."""
    scope.demand(Right.COMPANY_CREATE, partner)
    with transaction.atomic():
        company = locked(scope, Right.COMPANY_CREATE, [partner])[0]
        return _put(scope, company, "archived_at", None, "partners.restored", at)


def engage(scope: Scope, *, partner: UUID, engaged: bool, at: datetime) -> None:
    """Note whether a company has an enrollment that goes on; without one its people are applicants.

    For `enrollments`, in its transaction; it has asked for the right to what it does.
    """
    with transaction.atomic():
        company = Partner.objects.select_for_update().get(pk=partner)
        if engaged and company.ended_at:
            _put(scope, company, "ended_at", None, "partners.engaged", at)
        if not engaged and not company.ended_at:
            _put(scope, company, "ended_at", at, "partners.ended", at)


def own_fields() -> list[Field]:
    """Return the vendor's own fields in use."""
    return list(Field.objects.filter(retired_at=None))


def without_none(more: dict[str, Any]) -> dict[str, Any]:
    """Return the values of own fields that are there."""
    return {name: value for name, value in more.items() if value is not None}


def tagged(words: list[str]) -> list[str]:
    """Return tags each once, or refuse."""
    try:
        return values.tags(words)
    except values.Wrong as wrong:
        raise Refused(tags=str(wrong)) from None


def staff(manager: UUID | None) -> User | None:
    """Return an account manager: one of the vendor's people who signs in."""
    if manager is None:
        return None
    person = User.objects.filter(pk=manager, is_active=True).first()
    if person is None or Role(person.role) not in VENDOR_ROLES:
        raise Refused(manager=_("that is none of the vendor's people; choose one of them"))
    return person


def locked(scope: Scope, right: Right, partners: Sequence[UUID]) -> list[Partner]:
    """Return companies, locked until the transaction ends; Hidden if one can't be had."""
    wanted = list(dict.fromkeys(partners))
    if not wanted:
        raise Refused(_("no company was chosen"))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("at most %(most)s at once; load a file for more") % {"most": MOST_AT_ONCE})
    rows = visible(Partner.objects.select_for_update(), scope, right).filter(pk__in=wanted)
    found = {company.pk: company for company in rows.order_by("pk")}
    if len(found) < len(wanted):
        raise Hidden
    return [found[each] for each in wanted]


def hold_family() -> None:
    """Let nobody else move companies until the transaction ends: two moves can make a circle.

    SQLite needs nothing: there a transaction that writes is alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FAMILY_LOCK])


def changed(scope: Scope, company: Partner, given: dict[str, Any], at: datetime) -> bool:
    """Give a locked company its new values, with audit and announcement; whether any is new."""
    before, after = difference(company, given)
    if not after:
        return False
    for name, value in after.items():
        setattr(company, name, value)
    company.changed_at = at
    company.save()
    _say(scope, "partners.edited", company, before, after, at)
    return True


def difference(company: Partner, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what of the given values is new: as it was, and as it is to be."""
    wanted = dict(given)
    if "more" in wanted:
        wanted["more"] = without_none({**company.more, **wanted["more"]})
    after = {name: value for name, value in wanted.items() if getattr(company, name) != value}
    return {name: getattr(company, name) for name in after}, after


def _put(
    scope: Scope, company: Partner, name: str, moment: datetime | None, verb: str, at: datetime
) -> Partner:
    before = getattr(company, name)
    if bool(before) == bool(moment):
        return company
    setattr(company, name, moment)
    company.changed_at = at
    company.save()
    _say(scope, verb, company, {name: before}, {name: moment}, at)
    return company


def _say(
    scope: Scope,
    verb: str,
    company: Partner,
    before: dict[str, Any],
    after: dict[str, Any],
    at: datetime,
) -> None:
    record(
        scope,
        verb,
        "partner",
        company.id,
        at=at,
        partner=company.id,
        before=before,
        after=after,
    )
    announce(PartnerChanged(partner=company.id), at=at)
