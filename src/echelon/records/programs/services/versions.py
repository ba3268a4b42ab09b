"""Writes programs: drafts that are edited, checked, published from a day, withdrawn before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.audit import services as audit
from echelon.foundation.outbox.services import announce
from echelon.records.programs import documents, editing, selectors
from echelon.records.programs.errors import Outdated, Refused
from echelon.records.programs.events import VersionPublished, VersionWithdrawn
from echelon.records.programs.models import Program, Version
from echelon.records.programs.states import State
from rulebook import ProgramError
from rulebook.dataset.spec import Dataset


def create(
    scope: Scope, *, slug: str, name: str, at: datetime, text: str = "", second_person: bool = False
) -> Version:
    """Add a program with its first draft: a text of the author's, or a small one to begin with."""
    scope.demand(Right.PROGRAMS_DRAFT)
    if not editing.SLUG.fullmatch(slug):
        raise Refused(_("A program's short name is small letters, digits and hyphens."))
    if Program.objects.filter(slug=slug).exists():
        raise Refused(_("There is a program {slug} already.").format(slug=slug))
    if not name.strip():
        raise Refused(_("A program needs a name."))
    with transaction.atomic():
        program = Program.objects.create(
            slug=slug, name=name.strip(), second_person=second_person, made_at=at, changed_at=at
        )
        after = {"slug": slug, "name": program.name, "second_person": second_person}
        audit.record(scope, "programs.created", "program", program.id, at=at, after=after)
        return _drafted(scope, program, text or editing.begun(slug, program.name, at.date()), at)


def draft(
    scope: Scope, *, program: UUID, at: datetime, text: str | None = None, notes: str = ""
) -> Version:
    """Add a draft: of a text, else as the version in force says, else as the newest one.

    What is taken from the version in force begins tomorrow: its own day can't be published again.
    """
    scope.demand(Right.PROGRAMS_DRAFT)
    found = _program(program)
    if text is None:
        versions = Version.objects.filter(program=found)
        if (now := selectors.version_now(found.id, at)) is not None:
            tomorrow = documents.day_of(now, at) + timedelta(days=1)
            text = editing.changed(now.text, [f"version={tomorrow}"])
        elif (newest := versions.order_by("-made_at").first()) is not None:
            text = newest.text
        else:
            text = editing.begun(found.slug, found.name, at.date())
    with transaction.atomic():
        return _drafted(scope, found, text, at, notes)


def edit(
    scope: Scope, *, version: UUID, text: str, sha: str, at: datetime, notes: str | None = None
) -> Version:
    """Replace the text of a draft; `sha` is that of the text which the author had before.

    Raises Outdated, with both texts, where somebody else has edited it since. A text with
    mistakes is kept too: nothing that was typed is lost.
    """
    scope.demand(Right.PROGRAMS_DRAFT)
    with transaction.atomic():
        found = _locked(version)
        _must_be(found, State.DRAFT, _("Only a draft can be edited; make a new version."))
        if found.sha != sha:
            said = _("Somebody else has edited this draft since you opened it.")
            raise Outdated(said, text, found.text, found.sha)
        before = found.sha
        found.text, found.sha = text, documents.sha_of(text)
        found.effective = documents.dated(text)
        found.notes = found.notes if notes is None else notes
        found.writers = sorted({*found.writers, scope.actor.id})
        found.changed_at = at
        found.save()
        audit.record(
            scope, "programs.edited", "version", found.id, at=at,
            before={"sha": before}, after={"sha": found.sha, "notes": found.notes},
        )  # fmt: skip
        return found


def change(
    scope: Scope, *, version: UUID, settings: Sequence[str], sha: str, at: datetime
) -> Version:
    """Change parts of a draft: `gold.revenue=250000`, `tiers.gold.label=Gold`, as what-if has it.

    The rest of the text stays as it is written, comments too.
    """
    scope.demand(Right.PROGRAMS_DRAFT)
    found = _version(version)
    try:
        text = editing.changed(found.text, settings)
    except ProgramError as error:
        raise Refused([str(problem) for problem in error.problems], error.problems) from None
    return edit(scope, version=version, text=text, sha=sha, at=at)


def publish(
    scope: Scope,
    *,
    version: UUID,
    at: datetime,
    spec: Dataset | None = None,
    effective: date | None = None,
) -> Version:
    """Publish a draft, in force from `effective`, which becomes its text's `version`.

    Refused while the check finds an error, an example fails, or another version begins that day;
    and for a day that has passed, unless it is the program's first. Who wrote at it may not
    publish it, where the program asks for a second person.
    """
    scope.demand(Right.PROGRAMS_PUBLISH)
    with transaction.atomic():
        found = _locked(version)
        _must_be(found, State.DRAFT, _("Only a draft can be published."))
        program = Program.objects.select_for_update().get(pk=found.program_id)
        if program.second_person and scope.actor.id in found.writers:
            raise Refused(_("A second person must publish this: you have written at it."))
        if effective is not None and effective != documents.dated(found.text):
            found.text = editing.redated(found.text, effective)
            found.sha = documents.sha_of(found.text)
        checked = documents.check(found.text, program.slug, spec)
        if checked.errors:
            raise Refused([str(problem) for problem in checked.errors], checked.errors)
        rules, _document = documents.read(found.text)
        _refuse_day(found, rules.version, at)
        found.state, found.effective = State.PUBLISHED, rules.version
        found.publisher, found.publisher_name = scope.actor.id, scope.actor.name
        found.published_at = found.changed_at = at
        found.save()
        program.name, program.changed_at = rules.name or program.name, at
        program.save()
        audit.record(
            scope, "programs.published", "version", found.id, at=at,
            after={"program": program.slug, "effective": rules.version, "sha": found.sha},
        )  # fmt: skip
        announce(VersionPublished(program=program.id, version=found.id), at=at)
        return found


def withdraw(scope: Scope, *, version: UUID, at: datetime) -> Version:
    """Withdraw a draft, or a published version before the day from which it is in force."""
    with transaction.atomic():
        found = _locked(version)
        published = found.state == State.PUBLISHED
        scope.demand(Right.PROGRAMS_PUBLISH if published else Right.PROGRAMS_DRAFT)
        if found.state == State.WITHDRAWN:
            raise Refused(_("This version is withdrawn already."))
        if published and documents.has_begun(found, at):
            raise Refused(_("This version is in force; publish one that replaces it."))
        before = found.state
        found.state, found.withdrawn_at, found.changed_at = State.WITHDRAWN, at, at
        found.save()
        audit.record(
            scope, "programs.withdrawn", "version", found.id, at=at,
            before={"state": before}, after={"state": found.state},
        )  # fmt: skip
        if published:
            announce(VersionWithdrawn(program=found.program_id, version=found.id), at=at)
        return found


def set_second_person(scope: Scope, *, program: UUID, asked: bool, at: datetime) -> Program:
    """Say whether a version must be published by somebody who hasn't written at it."""
    scope.demand(Right.PROGRAMS_PUBLISH)
    with transaction.atomic():
        found = Program.objects.select_for_update().filter(pk=program).first()
        if found is None:
            raise Hidden
        before, found.second_person, found.changed_at = found.second_person, asked, at
        found.save()
        audit.record(
            scope, "programs.second_person", "program", found.id, at=at,
            before={"second_person": before}, after={"second_person": asked},
        )  # fmt: skip
        return found


def _drafted(scope: Scope, program: Program, text: str, at: datetime, notes: str = "") -> Version:
    made = Version.objects.create(
        program=program,
        text=text,
        sha=documents.sha_of(text),
        effective=documents.dated(text),
        notes=notes,
        author=scope.actor.id,
        author_name=scope.actor.name,
        writers=[scope.actor.id],
        made_at=at,
        changed_at=at,
    )
    after = {"program": program.slug, "sha": made.sha}
    audit.record(scope, "programs.drafted", "version", made.id, at=at, after=after)
    return made


def _refuse_day(version: Version, effective: date, at: datetime) -> None:
    others = Version.objects.filter(program=version.program_id, state=State.PUBLISHED)
    if others.filter(effective=effective).exists():
        raise Refused(
            _("Another version is in force from {day}; choose another day.").format(day=effective)
        )
    if others.exists() and effective < documents.day_of(version, at):
        raise Refused(
            _("{day} has passed: tiers of that time stand. Choose today or later.").format(
                day=effective
            )
        )


def _must_be(version: Version, state: State, said: str) -> None:
    if version.state != state:
        raise Refused(said)


def _program(which: UUID) -> Program:
    found = Program.objects.filter(pk=which, archived_at=None).first()
    if found is None:
        raise Hidden
    return found


def _version(which: UUID) -> Version:
    found = Version.objects.filter(pk=which).first()
    if found is None:
        raise Hidden
    return found


def _locked(which: UUID) -> Version:
    found = Version.objects.select_for_update().filter(pk=which).first()
    if found is None:
        raise Hidden
    return found
