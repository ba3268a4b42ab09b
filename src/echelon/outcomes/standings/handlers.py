"""What happens below may change where a partner stands: it is noted, and levelled in seconds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from echelon.foundation.outbox.services import subscribe
from echelon.outcomes.standings import engine
from echelon.outcomes.standings.services.due import mark
from echelon.records.enrollments import selectors as enrollments
from echelon.records.enrollments.events import (
    CountingChanged,
    EnrollmentActivated,
    EnrollmentChanged,
    EnrollmentEnded,
)
from echelon.records.facts.events import AttestationChanged, BatchUndone, FactsRecorded
from echelon.records.partners import selectors as companies
from echelon.records.partners.events import (
    FamilyChanged,
    PartnerChanged,
    PersonInvited,
    PersonLeft,
)
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from echelon.records.programs.events import VersionPublished


@subscribe(FactsRecorded)
def facts_recorded(event: FactsRecorded, at: datetime) -> None:
    """Level those whose facts these are, in the programs that read them."""
    _mark_all(event.partners or None, at, set(event.types))


@subscribe(BatchUndone)
def batch_undone(event: BatchUndone, at: datetime) -> None:
    """Level those whose facts are gone again."""
    _mark_all(event.partners or None, at, set(event.types))


@subscribe(AttestationChanged)
def attestation_changed(event: AttestationChanged, at: datetime) -> None:
    """What a person confirms may be asked for."""
    _mark_all([event.partner], at)


@subscribe(PartnerChanged)
def partner_changed(event: PartnerChanged, at: datetime) -> None:
    """A country or a segment may decide which bar is asked for."""
    _mark_all([event.partner], at)


@subscribe(FamilyChanged)
def family_changed(event: FamilyChanged, at: datetime) -> None:
    """Figures of families are others now."""
    _mark_all(event.partners, at)


@subscribe(EnrollmentActivated)
def enrollment_activated(event: EnrollmentActivated, at: datetime) -> None:
    """Say where a new partner stands."""
    _mark(event.program, [event.partner], at)


@subscribe(EnrollmentChanged)
def enrollment_changed(event: EnrollmentChanged, at: datetime) -> None:
    """Another period counts other facts."""
    _mark(event.program, [event.partner], at)


@subscribe(EnrollmentEnded)
def enrollment_ended(event: EnrollmentEnded, at: datetime) -> None:
    """Who is no longer enrolled has no tier."""
    _mark(event.program, [event.partner], at)


@subscribe(CountingChanged)
def counting_changed(event: CountingChanged, at: datetime) -> None:
    """Level everybody by what counts now."""
    _mark(event.program, None, at)


@subscribe(PersonInvited)
def person_came(event: PersonInvited, at: datetime) -> None:
    """Whose records these are may be seen by another company now."""
    _mark_sight(event.person, at)


@subscribe(PersonLeft)
def person_left(event: PersonLeft, at: datetime) -> None:
    """A primary user may be gone."""
    _mark_sight(event.person, at)


@subscribe(VersionPublished)
def version_published(event: VersionPublished, at: datetime) -> None:
    """Level everybody by a version in force; one that begins later is met on its day."""
    version = programs.version_now(event.program, at)
    if version is not None and version.id == event.version:
        _mark(event.program, None, at)


def _mark_all(
    partners: Collection[UUID] | None, at: datetime, types: set[str] | None = None
) -> None:
    """Note partners in every program in force, or in those that read some of the fact types."""
    with transaction.atomic():
        for version in programs.all_now(at):
            read = engine.tables(documents.read(version.text)[0])
            if types is None or types & read:
                mark(version.program_id, partners, at=at)


def _mark_sight(person: UUID, at: datetime) -> None:
    """Note the companies that somebody works or worked for, where sight decides what counts."""
    with transaction.atomic():
        for program in enrollments.narrowed():
            mark(program, companies.companies_of(person), at=at)


def _mark(program: UUID, partners: Collection[UUID] | None, at: datetime) -> None:
    with transaction.atomic():
        mark(program, partners, at=at)
