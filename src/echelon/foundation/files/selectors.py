"""Finds files for those who may take them."""

from __future__ import annotations

from django.db.models import QuerySet

from echelon.foundation.access import Hidden, Scope
from echelon.foundation.access.rows import identity, visible
from echelon.foundation.files.models import StoredFile
from echelon.foundation.files.purposes import PURPOSES


def files(scope: Scope, purpose: str) -> QuerySet[StoredFile]:
    """Return the files of a purpose that a scope may take, the latest first."""
    what = PURPOSES[purpose]
    rows = visible(StoredFile.objects.filter(purpose=purpose), scope, what.take)
    if what.personal and scope.actor.kind != "system":
        rows = rows.filter(kept_by=scope.actor.id)
    return rows.order_by("-kept_at", "id")


def file(scope: Scope, which: str) -> StoredFile:
    """Return the file with an id, or raise Hidden: missing and not visible are the same."""
    found = StoredFile.objects.filter(pk=identity(which)).values_list("purpose", flat=True).first()
    row = files(scope, found).filter(pk=identity(which)).first() if found else None
    if row is None:
        raise Hidden
    return row
