"""Pages of a list by a cursor: nothing is shown twice or left out while rows come and go.

A cursor is the place of the last row in the order of the list, sealed: it means nothing outside,
and it goes on from there also when that row is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Schema

from echelon.surfaces.api.problems import Problem

T = TypeVar("T")
MOST = 200


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="At most so many items.")
    after: str = Field(
        "", description="`next` of the page before; nothing for the first one.", max_length=2000
    )


class Page(Schema, Generic[T]):
    """Part of a list."""

    items: list[T]
    next: str | None = Field(
        None, description="Where the next page begins: send it as `after`. Null: this is the last."
    )


def page(rows: QuerySet[Any], asked: Paging, told: Callable[[Any], T]) -> dict[str, Any]:
    """Return a page of rows, each as it is told. They must be in an order without nulls."""
    order = [str(name) for name in rows.query.order_by]
    if order[-1].removeprefix("-") not in ("pk", "id"):
        order.append("pk")
        rows = rows.order_by(*order)
    salt = f"api.page:{rows.model._meta.label}:{','.join(order)}"
    if asked.after:
        rows = rows.filter(_beyond(order, _opened(asked.after, salt)))
    found = list(rows[: asked.limit + 1])
    onward = None
    if len(found) > asked.limit:
        onward = signing.dumps([_value(found[asked.limit - 1], name) for name in order], salt=salt)
    return {"items": [told(row) for row in found[: asked.limit]], "next": onward}


def lost() -> Problem:
    """Return what is said of a cursor that leads nowhere."""
    said = _("This page can't be found: begin at the first one.")
    return Problem("invalid", errors=[{"detail": said, "parameter": "after"}])


def _opened(after: str, salt: str) -> list[Any]:
    try:
        found = signing.loads(after, salt=salt)
    except (signing.BadSignature, ValueError):
        raise lost() from None
    return list(found)


def _beyond(order: list[str], where: list[Any]) -> Q:
    """Return what comes after `where`: further in a column, level in all those before it."""
    found, level = Q(), Q()
    for name, value in zip(order, where, strict=True):
        column = name.removeprefix("-")
        found |= level & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        level &= Q(**{column: value})
    return found


def _value(row: Any, name: str) -> Any:
    name = name.removeprefix("-")
    if isinstance(row, dict):
        found = row[name]
    else:
        found = row
        for part in name.split("__"):
            found = getattr(found, part)
    if isinstance(found, Model):
        found = found.pk
    if isinstance(found, date):
        return found.isoformat()
    return str(found) if isinstance(found, UUID) else found
