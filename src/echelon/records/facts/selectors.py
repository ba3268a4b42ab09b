"""Reads facts, batches and what came with them, as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.foundation.access.scope import Every
from echelon.foundation.access.walls import entered
from echelon.records.facts import builtin, mapping, sources
from echelon.records.facts.errors import Refused
from echelon.records.facts.kinds import layout
from echelon.records.facts.models import (
    Attestation,
    BadRow,
    Batch,
    Fact,
    FactType,
    Rate,
    Reference,
    ReferenceType,
)
from echelon.records.facts.services.batches import WALL, find, path_of
from echelon.records.facts.states import BatchState
from rulebook.loading.layout import Layout


@dataclass(frozen=True)
class Kind:
    """A fact type as people choose it; version 0 is built in and was never used."""

    slug: str
    label: str
    spec: dict[str, Any]
    version: int
    owner: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a type: what its cells are, and whether every row needs it."""

    name: str
    kind: str
    needed: bool
    key: bool


@dataclass(frozen=True)
class Undoing:
    """What taking a batch back changes.

    Facts that no longer count, facts that count again, and rows that something later has
    corrected: those change nothing.
    """

    removed: int
    restored: int
    corrected_since: int


def types(scope: Scope) -> list[Kind]:
    """Return every kind of fact, by label, for who may read or load any."""
    if not (scope.may(Right.FACTS_READ) or scope.may(Right.FACTS_LOAD)):
        return []
    found = {one.slug: Kind(one.slug, _(one.label), one.spec, 0, one.owner) for one in _files()}
    for row in FactType.objects.all():
        found[row.slug] = Kind(row.slug, row.label, row.spec, row.version, row.owner)
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


def batches(
    scope: Scope,
    *,
    state: BatchState | None = None,
    type: str = "",
    after: UUID | None = None,
    limit: int = 100,
) -> list[Batch]:
    """Return the latest batches: all for the vendor's, the own ones for who loads for some.

    `after` names the last one of those that were shown before.
    """
    if not scope.may(Right.FACTS_LOAD):
        return []
    with entered(WALL):
        rows = Batch.objects.select_related("type", "file").order_by("-made_at", "-id")
        if not isinstance(scope.partners(Right.FACTS_LOAD), Every):
            mine = Q(actor_id=scope.actor.id) | Q(partner__in=scope.own)
            rows = rows.filter(mine)
        if state is not None:
            rows = rows.filter(state=state)
        if type:
            rows = rows.filter(type=type)
        if (last := rows.filter(pk=after).first() if after else None) is not None:
            older = Q(made_at__lt=last.made_at) | Q(made_at=last.made_at, id__lt=last.id)
            rows = rows.filter(older)
        return list(rows[:limit])


def batch(scope: Scope, which: UUID) -> Batch:
    """Return one batch that somebody may work on, or raise Hidden."""
    return find(scope, which)


def sample(scope: Scope, which: UUID, *, rows: int = 5) -> list[list[str]]:
    """Return the first rows of a batch's file, as it has them, cell by cell of its header.

    Raises Refused for a file that can't be read.
    """
    found = find(scope, which)
    try:
        blocks = sources.blocks(path_of(found), found.header)
        block = next((one for one in blocks if len(one.lines)), None)
    except FileNotFoundError:
        raise Refused(_("the file is not there any more: load it anew")) from None
    if block is None:
        return []
    cells = [column.slice(0, rows).to_pylist() for column in block.columns]
    return [[sources.text(cell) or "" for cell in row] for row in zip(*cells, strict=True)]


def columns(type_: FactType, whose: str = "") -> list[Column]:
    """Return the columns of a type, those first that every row needs."""
    made = layout(type_)
    needed = mapping.needed(made, whose)
    found = [
        Column(one.name, one.kind, one.name in needed, one.name in made.key)
        for one in made.fields
        if one.name in needed or one.name != made.partner
    ]
    return sorted(found, key=lambda one: (not one.needed, not one.key))


def kind(scope: Scope, slug: str) -> Kind:
    """Return a kind of fact, or raise Hidden."""
    for one in types(scope):
        if one.slug == slug:
            return one
    raise Hidden


def example(type_: FactType) -> list[list[str]]:
    """Return a header and a row of a kind: what a file of it looks like."""
    made = layout(type_)
    names = [one.name for one in columns(type_)]
    return [names, [_cell(made, name) for name in names]]


def _cell(made: Layout, name: str) -> str:
    one = made.find(name)
    if name == made.partner:
        return "partner-key"
    if one.currency or one.guessed_currency:
        return "EUR"
    if name in made.key:
        return "1" if one.kind in ("integer", "number") else f"{name}-1"
    examples = {"integer": "1", "number": "100.00", "boolean": "true", "date": "2026-01-31"}
    return examples.get(one.kind, "")


def would_undo(scope: Scope, which: UUID) -> Undoing:
    """Return what it would change if a committed batch were taken back."""
    found = find(scope, which)
    with entered(WALL):
        rows = Fact.objects.filter(batch=found)
        live = rows.filter(ended_by=None)
        back = Fact.objects.filter(ended_by=found, withdraws=False).exclude(batch=found)
        back = back.filter(type=found.type_id, key__in=live.values("key"))
        return Undoing(
            removed=live.filter(withdraws=False).count(),
            restored=back.count(),
            corrected_since=rows.exclude(ended_by=None).count(),
        )


def bad_rows(scope: Scope, which: UUID, *, after: int = 0, limit: int = 100) -> list[BadRow]:
    """Return rows of a batch that are still bad, from a line on."""
    found = find(scope, which)
    with entered(WALL):
        rows = BadRow.objects.filter(batch=found, mended_at=None, line__gt=after)
        return list(rows.order_by("line")[:limit])


def references(scope: Scope, *, type: str) -> QuerySet[Reference]:
    """Return the rows of a reference type by key."""
    rows = Reference.objects.filter(type=type).order_by("key")
    return rows if scope.may(Right.FACTS_READ) else rows.none()


def attestations(scope: Scope, *, partner: UUID | None = None) -> QuerySet[Attestation]:
    """Return what is confirmed of partners, latest first."""
    rows = visible(Attestation.objects.all(), scope, Right.FACTS_READ)
    rows = rows.select_related("partner").order_by("-made_at", "-id")
    return rows if partner is None else rows.filter(partner=partner)


def newest_rates(scope: Scope) -> list[Rate]:
    """Return the latest rate of each currency, by currency: units of it for one euro."""
    rows = Rate.objects.all() if scope.may(Right.FACTS_READ) else Rate.objects.none()
    last = rows.filter(currency=OuterRef("currency")).order_by("-date").values("date")[:1]
    return list(rows.filter(date=Subquery(last)).order_by("currency"))


def reference_kinds(scope: Scope) -> list[Kind]:
    """Return every kind of thing that facts point to, by label."""
    if not (scope.may(Right.FACTS_READ) or scope.may(Right.FACTS_LOAD)):
        return []
    files = builtin.reference_types().values()
    found = {one.slug: Kind(one.slug, _(one.label), one.spec, 0) for one in files}
    for row in ReferenceType.objects.all():
        found[row.slug] = Kind(row.slug, row.label, row.spec, row.version)
    return sorted(found.values(), key=lambda one: one.label)


def last_rates() -> date | None:
    """Return the latest day that has exchange rates."""
    found: date | None = Rate.objects.aggregate(last=Max("date"))["last"]
    return found


def freshness() -> dict[str, datetime]:
    """Return when facts of each type were last committed."""
    with entered(WALL):
        done = Batch.objects.filter(state=BatchState.COMMITTED).values("type")
        return dict(done.annotate(last=Max("committed_at")).values_list("type", "last"))
