"""Reads facts, batches and what came with them, as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.access.scope import Every
from echelon.foundation.access.walls import entered
from echelon.records.facts import builtin
from echelon.records.facts.models import (
    Attestation,
    BadRow,
    Batch,
    Fact,
    FactType,
    Rate,
    Reference,
)
from echelon.records.facts.services.batches import WALL, find
from echelon.records.facts.states import BatchState


@dataclass(frozen=True)
class Kind:
    """A fact type as people choose it; version 0 is built in and was never used."""

    slug: str
    label: str
    spec: dict[str, Any]
    version: int


def types(scope: Scope) -> list[Kind]:
    """Return every kind of fact, by label, for who may read or load any."""
    if not (scope.may(Right.FACTS_READ) or scope.may(Right.FACTS_LOAD)):
        return []
    found = {one.slug: Kind(one.slug, _(one.label), one.spec, 0) for one in _files()}
    for row in FactType.objects.all():
        found[row.slug] = Kind(row.slug, row.label, row.spec, row.version)
    return sorted(found.values(), key=lambda one: one.label)


def _files() -> list[builtin.Builtin]:
    return list(builtin.fact_types().values())


def facts(scope: Scope, *, type: str = "", partner: UUID | None = None) -> QuerySet[Fact]:
    """Return the facts that count, latest first."""
    rows = visible(Fact.objects.all(), scope, Right.FACTS_READ)
    rows = rows.filter(ended_by=None, withdraws=False)
    if type:
        rows = rows.filter(type=type)
    if partner is not None:
        rows = rows.filter(partner=partner)
    return rows.order_by("-date", "-id")


def history(scope: Scope, *, type: str, key: str) -> QuerySet[Fact]:
    """Return every row of a key, latest first: corrected, withdrawn and undone ones too."""
    rows = visible(Fact.objects.all(), scope, Right.FACTS_READ).filter(type=type, key=key)
    return rows.select_related("batch", "ended_by").order_by("-id")


def batches(scope: Scope, *, state: BatchState | None = None, limit: int = 100) -> list[Batch]:
    """Return the latest batches: all for the vendor's, the own ones for who loads for some."""
    if not scope.may(Right.FACTS_LOAD):
        return []
    with entered(WALL):
        rows = Batch.objects.select_related("type", "file").order_by("-made_at", "-id")
        if not isinstance(scope.partners(Right.FACTS_LOAD), Every):
            mine = Q(actor_id=scope.actor.id) | Q(partner__in=scope.own)
            rows = rows.filter(mine)
        if state is not None:
            rows = rows.filter(state=state)
        return list(rows[:limit])


def batch(scope: Scope, which: UUID) -> Batch:
    """Return one batch that somebody may work on, or raise Hidden."""
    return find(scope, which)


def bad_rows(scope: Scope, which: UUID, *, after: int = 0, limit: int = 100) -> list[BadRow]:
    """Return rows of a batch that are still bad, from a line on."""
    found = find(scope, which)
    with entered(WALL):
        rows = BadRow.objects.filter(batch=found, mended_at=None, line__gt=after)
        return list(rows.order_by("line")[:limit])


def references(scope: Scope, *, type: str) -> QuerySet[Reference]:
    """Return the rows of a reference type by key."""
    return visible(Reference.objects.filter(type=type), scope, Right.FACTS_READ).order_by("key")


def attestations(scope: Scope, *, partner: UUID | None = None) -> QuerySet[Attestation]:
    """Return what is confirmed of partners, latest first."""
    rows = visible(Attestation.objects.all(), scope, Right.FACTS_READ)
    rows = rows.select_related("partner").order_by("-made_at", "-id")
    return rows if partner is None else rows.filter(partner=partner)


def last_rates() -> date | None:
    """Return the latest day that has exchange rates."""
    found: date | None = Rate.objects.aggregate(last=Max("date"))["last"]
    return found


def freshness() -> dict[str, datetime]:
    """Return when facts of each type were last committed."""
    with entered(WALL):
        done = Batch.objects.filter(state=BatchState.COMMITTED).values("type")
        return dict(done.annotate(last=Max("committed_at")).values_list("type", "last"))
