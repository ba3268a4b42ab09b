"""Pages of a list that begin after the last row of the one before, not at a number of rows.

Nothing is shown twice or left out while rows come and go, and page 200 is as quick as page 1. The
rows must be ordered, by columns that are never null, the last of them unique.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

SIZE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins ("": nowhere)."""

    rows: list[Any]
    next: str


def page(rows: QuerySet[Any], after: str = "", size: int = SIZE) -> Page:
    """Return the rows after one, named by its id; the first ones if it isn't among them."""
    order = [str(name) for name in rows.query.order_by]
    where = _values(rows, order, after) if after else None
    found = list((rows.filter(_beyond(order, where)) if where else rows)[: size + 1])
    onward = str(found[size - 1].pk) if len(found) > size else ""
    return Page(found[:size], onward)


def _values(rows: QuerySet[Any], order: list[str], after: str) -> tuple[Any, ...] | None:
    kind = rows.model._meta.pk.get_internal_type()
    try:
        key: Any = UUID(after) if kind == "UUIDField" else int(after)
    except ValueError:
        return None
    names = [name.removeprefix("-") for name in order]
    return rows.filter(pk=key).values_list(*names).first()


def _beyond(order: list[str], where: tuple[Any, ...]) -> Q:
    """Return what comes after `where`: further in a column, level in all those before it."""
    found, level = Q(), Q()
    for name, value in zip(order, where, strict=True):
        column = name.removeprefix("-")
        found |= level & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        level &= Q(**{column: value})
    return found
