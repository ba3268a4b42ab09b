"""The one door for rows: what a scope sees of a table.

A model says by `partner_path` how a row leads to the partner that it belongs to, in the words of
the ORM; None says that its rows belong to nobody, and the right alone decides.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from echelon.foundation.access.rights import Right
from echelon.foundation.access.scope import Every, Hidden, Scope

M = TypeVar("M", bound=Model)


def visible(rows: QuerySet[M], scope: Scope, right: Right) -> QuerySet[M]:
    """Return the rows that a scope may use a right with."""
    if not scope.may(right):
        return rows.none()
    path = rows.model.partner_path  # a model without one can't be shown
    partners = scope.partners(right)
    if path is None or isinstance(partners, Every):
        return rows
    reached = Q(**{f"{path}__in": partners})
    if opened := getattr(rows.model, "opened_by", ""):
        reached |= Q(**{opened: True})
    return rows.filter(reached)


def one(rows: QuerySet[M], scope: Scope, right: Right, **which: Any) -> M:
    """Return the one visible row, or raise Hidden: missing and not visible are the same."""
    found = visible(rows, scope, right).filter(**which).first()
    if found is None:
        raise Hidden
    return found


def identity(text: str) -> UUID:
    """Return the id that somebody sent; what is no id is hidden as an unknown one is."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise Hidden from None
