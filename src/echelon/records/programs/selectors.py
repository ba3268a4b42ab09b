"""Reads programs and their versions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from echelon.foundation.access import Every, Hidden, Right, Scope
from echelon.foundation.access.rows import visible
from echelon.records.programs import documents
from echelon.records.programs.comparing import Difference, differences
from echelon.records.programs.models import Program, Version
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
    newest = {row.program_id: row for row in rows.select_related("program").order_by("effective")}
    return sorted(newest.values(), key=lambda row: row.program.slug)


def compare(scope: Scope, version_id: UUID, other: UUID) -> list[Difference]:
    """Return what a version says differently from another: tiers, bars, benefits, movement."""
    before, after = version(scope, other), version(scope, version_id)
    return differences(documents.read(before.text), documents.read(after.text))
