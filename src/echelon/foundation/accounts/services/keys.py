"""Makes and revokes keys of machines. A key is shown once and kept as its hash."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.accounts.errors import Refused
from echelon.foundation.accounts.models import ApiKey, User
from echelon.foundation.accounts.services.invitations import digest
from echelon.foundation.audit.services import record

#: What a key begins with, so that one that leaked can be searched for.
MARK = "ech_"
#: Uses are noted this coarsely: a note on each call would make every read a write.
NOTED = timedelta(hours=1)
#: No machine is given these: rows of the roles' table in which keys have a dash.
NEVER = frozenset(
    {
        Right.PEOPLE_MANAGE,
        Right.PROGRAMS_PUBLISH,
        Right.ENROLLMENTS_APPLY,
        Right.MOVES_PROPOSE,
        Right.MOVES_DECIDE,
        Right.OVERRIDES_PROPOSE,
        Right.OVERRIDES_GRANT,
        Right.REQUESTS_READ,
        Right.LIBRARY_EDIT,
        Right.AUDIT_READ,
        Right.SETTINGS_MANAGE,
        Right.VIEW_AS_PARTNER,
        Right.VENDOR_ENTER,
        Right.PORTAL_ENTER,
    }
)


def make_key(
    scope: Scope,
    *,
    name: str,
    rights: Collection[Right],
    at: datetime,
    ends_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key with some of the maker's rights; return it and the text that is shown once."""
    scope.demand(Right.SETTINGS_MANAGE)
    problems = []
    if not name.strip():
        problems.append(_("The key needs a name."))
    if not rights:
        problems.append(_("The key needs at least one right."))
    if beyond := sorted(r for r in rights if r in NEVER or not scope.may(r)):
        problems.append(_("A key can't have: %(rights)s.") % {"rights": ", ".join(beyond)})
    if problems:
        raise Refused(problems)
    text = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        made = ApiKey.objects.create(
            name=name.strip(),
            start=text[:12],
            digest=digest(text),
            rights=sorted(rights),
            made_by=User.objects.get(pk=scope.actor.id),
            made_at=at,
            ends_at=ends_at,
        )
        after = {"name": made.name, "rights": made.rights, "ends_at": ends_at}
        record(scope, "accounts.key_made", "key", made.id, at=at, after=after)
    return made, text


def revoke_key(scope: Scope, *, key: UUID, at: datetime) -> None:
    """End a key; the next call with it is a stranger's."""
    with transaction.atomic():
        found = one(ApiKey.objects.all(), scope, Right.SETTINGS_MANAGE, pk=key)
        if found.revoked_at is None:
            ApiKey.objects.filter(pk=found.pk).update(revoked_at=at)
            record(scope, "accounts.key_revoked", "key", found.id, at=at)


def key_of(text: str, *, at: datetime) -> ApiKey:
    """Return the key of a text while it works, with its maker, or raise Hidden.

    A key works as long as it and whoever made it do.
    """
    unended = Q(ends_at=None) | Q(ends_at__gt=at)
    found = (
        ApiKey.objects.select_related("made_by")
        .filter(unended, digest=digest(text), revoked_at=None, made_by__is_active=True)
        .first()
    )
    if found is None or not text.startswith(MARK):
        raise Hidden
    if found.used_at is None or at - found.used_at >= NOTED:
        ApiKey.objects.filter(pk=found.pk).update(used_at=at)
    return found
