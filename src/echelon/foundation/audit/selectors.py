"""Reads the trail, for who may."""

from __future__ import annotations

from django.db.models import QuerySet

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.audit.models import AuditEvent


def trail(scope: Scope) -> QuerySet[AuditEvent]:
    """Return what was done, newest first; who has an area of their own sees that area's partners.

    Narrow it down by `actor_id`, `verb`, `subject` and `subject_id`, `partner` or `at`.
    """
    return visible(AuditEvent.objects.all(), scope, Right.AUDIT_READ).order_by("-at", "-number")
