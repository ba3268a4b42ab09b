"""Finds facts page by page, and tells what became of one: corrected, withdrawn, taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.access.walls import entered
from echelon.records.facts.kinds import layout
from echelon.records.facts.models import Batch, Fact
from echelon.records.facts.services.batches import WALL, works_on


class Became(Enum):
    """What became of a row."""

    COUNTS = _("counts")
    CORRECTED = _("corrected")
    WITHDRAWN = _("withdrawn")
    WITHDRAWS = _("withdraws it")
    UNDONE = _("taken back")


@dataclass(frozen=True)
class Filter:
    """Which facts; each part narrows."""

    type: str = ""
    partners: Collection[UUID] | None = None
    since: date | None = None
    until: date | None = None
    batch: UUID | None = None


@dataclass(frozen=True)
class Past:
    """A row of a key: what became of it, when it came; who brought it, for who may know."""

    fact: Fact
    became: Became
    at: datetime
    batch: Batch | None


def found(scope: Scope, which: Filter) -> QuerySet[Fact]:
    """Return the facts that count and fit, the latest recorded first.

    Of a batch that somebody may not work on there are none.
    """
    rows = visible(Fact.objects.all(), scope, Right.FACTS_READ)
    rows = rows.filter(ended_by=None, withdraws=False).select_related("type", "partner")
    if which.type:
        rows = rows.filter(type=which.type)
    if which.partners is not None:
        rows = rows.filter(partner__in=which.partners)
    if which.since:
        rows = rows.filter(date__gte=which.since)
    if which.until:
        rows = rows.filter(date__lte=which.until)
    if which.batch:
        with entered(WALL):
            batch = Batch.objects.filter(pk=which.batch).first()
        mine = batch is not None and works_on(scope, batch)
        rows = rows.filter(batch=which.batch) if mine else rows.none()
    return rows.order_by("-id")


def fact(scope: Scope, which: int) -> Fact:
    """Return a row, whether it counts or not; raises Hidden for one of others."""
    rows = visible(Fact.objects.all(), scope, Right.FACTS_READ)
    row = rows.select_related("type", "partner").filter(pk=which).first()
    if row is None:
        raise Hidden
    return row


def rows_of(scope: Scope, *, type: str, key: str) -> QuerySet[Fact]:
    """Return every row of a key that somebody may see, the latest first."""
    rows = visible(Fact.objects.all(), scope, Right.FACTS_READ)
    return rows.filter(type=type, key=key).order_by("-id")


def past(scope: Scope, which: Fact) -> list[Past]:
    """Return every row of a fact's key that somebody may see, with what became of it."""
    rows = rows_of(scope, type=which.type_id, key=which.key)
    seen = list(rows.select_related("partner"))
    named = {row.batch_id for row in seen} | {row.ended_by_id for row in seen if row.ended_by_id}
    with entered(WALL):
        brought = {one.pk: one for one in Batch.objects.filter(pk__in=named)}
        ends = Fact.objects.filter(batch__in=named, type=which.type_id, key=which.key)
        withdrawing = set(ends.filter(withdraws=True).values_list("batch_id", flat=True))
    told = []
    for row in seen:
        batch = brought[row.batch_id]
        at = batch.committed_at or batch.made_at
        theirs = batch if works_on(scope, batch) else None
        told.append(Past(row, _became(row, withdrawing), at, theirs))
    return told


def columns(which: Fact, *, brief: bool = False) -> list[tuple[str, str]]:
    """Return what a row says, by the columns of its kind; the partner stands beside it.

    In brief without its key and its day, where these stand beside it too.
    """
    made = layout(which.type)
    beside = {made.partner, *((*made.key, made.attained) if brief else ())}
    names = [one.name for one in made.fields if one.name not in beside]
    return [(name, which.payload[name]) for name in names if which.payload.get(name)]


def _became(row: Fact, withdrawing: set[UUID]) -> Became:
    if row.ended_by_id == row.batch_id:
        return Became.UNDONE
    if row.ended_by_id is not None:
        return Became.WITHDRAWN if row.ended_by_id in withdrawing else Became.CORRECTED
    return Became.WITHDRAWS if row.withdraws else Became.COUNTS
