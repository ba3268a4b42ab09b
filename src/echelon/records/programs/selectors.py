"""Reads programs and their versions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from echelon.foundation.access import Every, Hidden, Right, Scope
from echelon.foundation.access.rows import one, visible
from echelon.records.programs import documents
from echelon.records.programs.comparing import Difference, differences
from echelon.records.programs.documents import has_begun
from echelon.records.programs.models import Program, TierEntry, Version
from echelon.records.programs.states import State


def programs(scope: Scope, *, among: Collection[UUID] = ()) -> QuerySet[Program]:
    """Return the programs that somebody may read.

    Who may not read all sees those `among` the ones that the caller knows to be open: which
    programs a partner is in, this room doesn't know.
    """
    rows = visible(Program.objects.filter(archived_at=None), scope, Right.PROGRAMS_READ)
    if not isinstance(scope.partners(Right.PROGRAMS_READ), Every):
        rows = rows.filter(id__in=among)
    return rows.order_by("name", "id")


def program(scope: Scope, which: UUID, *, among: Collection[UUID] = ()) -> Program:
    """Return one program, or raise Hidden."""
    found = programs(scope, among=among).filter(id=which).first()
    if found is None:
        raise Hidden
    return found


def versions(
    scope: Scope, of: UUID | None = None, *, among: Collection[UUID] = ()
) -> QuerySet[Version]:
    """Return versions, the newest first: drafts and withdrawn ones only for who may draft."""
    rows = Version.objects.filter(program__in=programs(scope, among=among))
    if of is not None:
        rows = rows.filter(program=of)
    if not scope.may(Right.PROGRAMS_DRAFT):
        rows = rows.filter(state=State.PUBLISHED)
    return rows.select_related("program").order_by("-made_at", "id")


def version(scope: Scope, which: UUID, *, among: Collection[UUID] = ()) -> Version:
    """Return one version, or raise Hidden."""
    found = versions(scope, among=among).filter(id=which).first()
    if found is None:
        raise Hidden
    return found


def version_at(program: UUID, day: date) -> Version | None:
    """Return the version in force on a day; None before the first. For rooms, not for people."""
    rows = Version.objects.filter(program=program, state=State.PUBLISHED, effective__lte=day)
    return rows.select_related("program").order_by("-effective").first()


def in_force(day: date) -> list[Version]:
    """Return the version of each program that is in force on a day. For rooms, not for people."""
    rows = Version.objects.filter(
        state=State.PUBLISHED, effective__lte=day, program__archived_at=None
    )
    return _newest(rows.select_related("program").order_by("effective"))


def version_now(program: UUID, at: datetime) -> Version | None:
    """Return the version in force at a moment: each begins where its program counts its days."""
    begun = [row for row in _perhaps_begun(at).filter(program=program) if has_begun(row, at)]
    return begun[-1] if begun else None


def all_now(at: datetime) -> list[Version]:
    """Return the version of each program that is in force at a moment."""
    rows = _perhaps_begun(at).filter(program__archived_at=None)
    return _newest(row for row in rows if has_begun(row, at))


def _perhaps_begun(at: datetime) -> QuerySet[Version]:
    """Return the versions that have begun somewhere on earth by a moment, the newest last."""
    tomorrow = at.astimezone(UTC).date() + timedelta(days=1)
    rows = Version.objects.filter(state=State.PUBLISHED, effective__lte=tomorrow)
    return rows.select_related("program").order_by("effective")


def _newest(rows: Iterable[Version]) -> list[Version]:
    """Return the last version of each program, by the program's short name."""
    newest = {row.program_id: row for row in rows}
    return sorted(newest.values(), key=lambda row: row.program.slug)


def compare(
    scope: Scope, version_id: UUID, other: UUID, *, among: Collection[UUID] = ()
) -> list[Difference]:
    """Return what a version says differently from another: tiers, bars, benefits, movement."""
    before, after = version(scope, other, among=among), version(scope, version_id, among=among)
    return differences(documents.read(before.text), documents.read(after.text))


def catalogue(scope: Scope) -> list[TierEntry]:
    """Return the vendor's catalogue of tiers, by name."""
    scope.demand(Right.PROGRAMS_READ)
    return list(TierEntry.objects.all())


def tier_entry(scope: Scope, which: UUID) -> TierEntry:
    """Return a tier of the catalogue, or raise Hidden."""
    return one(TierEntry.objects.all(), scope, Right.PROGRAMS_READ, pk=which)


def badge(scope: Scope, key: str) -> TierEntry:
    """Return the tier of a key that has a badge, or raise Hidden."""
    rows = TierEntry.objects.exclude(badge=None)
    return one(rows, scope, Right.PROGRAMS_READ, key=key)


def tiers_in_force(scope: Scope, day: date) -> dict[str, dict[str, list[str]]]:
    """Return which tiers programs in force have: by key, each label with the programs' names."""
    scope.demand(Right.PROGRAMS_READ)
    if not isinstance(scope.partners(Right.PROGRAMS_READ), Every):
        return {}
    found: dict[str, dict[str, list[str]]] = {}
    for row in in_force(day):
        rules, _document = documents.read(row.text)
        for _track, ladder in rules.ladders():
            for key, tier in ladder.tiers.items():
                names = found.setdefault(key, {}).setdefault(tier.label or "", [])
                if row.program.name not in names:
                    names.append(row.program.name)
    return found
