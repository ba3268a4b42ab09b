"""Answers to proposals: yes, no, many at once, and back again for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Right, Scope
from echelon.foundation.access.rows import one
from echelon.foundation.audit import services as audit
from echelon.foundation.outbox.services import announce
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.events import TierChanged
from echelon.outcomes.standings.models import Current, Override, Pace, Proposal, Standing
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.states import Answer, Protection
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook.explain.labels import tier_label
from rulebook.program.movement import Movement
from rulebook.standing import proposing
from rulebook.standing.decision import Direction, Pending
from rulebook.standing.decision import Proposal as Proposed
from rulebook.standing.decision import Standing as Before

#: So long an answer can be taken back.
UNDO = timedelta(minutes=10)


@dataclass(frozen=True)
class Answered:
    """What came of one of many: the refusal is empty where it went well."""

    proposal: UUID
    refusal: str = ""


def approve(scope: Scope, *, proposal: UUID, at: datetime, reason: str = "") -> Proposal:
    """Say yes: the tier is held from today, or from the day on which moves take effect."""
    with transaction.atomic():
        found = _locked(scope, proposal)
        _must_wait(found)
        version = programs.version_at(found.program_id, at.date())
        if version is None:
            raise Refused(_("No version of this program is in force today."))
        rules = documents.read(version.text)[0]
        day = documents.day_of(version, at)
        ladder = rules.tracks.get(found.track, rules) if found.track else rules
        if found.tier is not None and found.tier not in ladder.tiers:
            raise Refused(_("The version in force has no such tier any more."))
        if _locked_by_override(found, day):
            raise Refused(_("A lock is in force for this partner: end it first."))
        current = Current.objects.select_for_update().select_related("standing").get(
            program=found.program_id, partner=found.partner_id, track=found.track
        )  # fmt: skip
        after = _approved(current, found, ladder.movement or Movement(), rules, day)
        found.left = current.standing
        _answer(scope, found, Answer.APPROVED, reason, at)
        name = after.held and tier_label(rules, found.track, after.held)
        _stand(current, after, name, day, at)
        return found


def reject(scope: Scope, *, proposal: UUID, reason: str, at: datetime) -> Proposal:
    """Say no, and why: it isn't asked again while the rules go on to propose the same."""
    if not reason.strip():
        raise Refused(_("Say why: the partner's people may ask."))
    with transaction.atomic():
        found = _locked(scope, proposal)
        _must_wait(found)
        _answer(scope, found, Answer.REJECTED, reason.strip(), at)
        mark(found.program_id, [found.partner_id], at=at)
        return found


def decide_many(
    scope: Scope, *, proposals: Collection[UUID], answer: Answer, at: datetime, reason: str = ""
) -> list[Answered]:
    """Answer many, each by itself: what one is refused for stops none of the others."""
    found = []
    for which in proposals:
        try:
            if answer is Answer.APPROVED:
                approve(scope, proposal=which, reason=reason, at=at)
            else:
                reject(scope, proposal=which, reason=reason, at=at)
            found.append(Answered(which))
        except Refused as refused:
            found.append(Answered(which, str(refused)))
    return found


def undo(scope: Scope, *, proposal: UUID, at: datetime) -> Proposal:
    """Take an answer back, for ten minutes: it waits again, and the tier is what it was."""
    with transaction.atomic():
        found = _locked(scope, proposal)
        if found.answer not in (Answer.APPROVED, Answer.REJECTED) or found.decided_at is None:
            raise Refused(_("There is no answer to take back."))
        if at - found.decided_at > UNDO or found.lapsed_at not in (None, found.decided_at):
            raise Refused(_("This was answered too long ago to be taken back."))
        waiting = Proposal.objects.filter(
            program=found.program_id, partner=found.partner_id, track=found.track,
            answer=Answer.WAITING,
        )  # fmt: skip
        if waiting.exists():
            raise Refused(_("Another move waits for this partner meanwhile."))
        if found.left is not None:
            current = Current.objects.select_for_update().select_related("standing").get(
                program=found.program_id, partner=found.partner_id, track=found.track
            )  # fmt: skip
            back = found.left
            _stand(current, _copied(back), back.held, current.as_of, at, sentence=back.sentence)
        before, found.answer = found.answer, Answer.WAITING
        found.left, found.decided_at, found.lapsed_at = None, None, None
        found.decided_by = found.decided_name = found.reason = ""
        found.save()
        audit.record(
            scope, "standings.answer_undone", "proposal", found.pk, at=at,
            partner=found.partner_id, before={"answer": before}, after={"answer": found.answer},
        )  # fmt: skip
        mark(found.program_id, [found.partner_id], at=at)
        return found


def _locked(scope: Scope, which: UUID) -> Proposal:
    """Return a proposal, its program locked so that no run is written meanwhile."""
    found = one(Proposal.objects.all(), scope, Right.MOVES_DECIDE, id=which)
    pace = Pace.objects.select_for_update().get(program_id=found.program_id)
    Pace.objects.filter(pk=pace.pk).update(turn=pace.turn + 1)
    return Proposal.objects.select_for_update().get(pk=found.pk)


def _must_wait(found: Proposal) -> None:
    if found.answer != Answer.WAITING:
        said = _("This was answered already: {answer}.")
        raise Refused(said.format(answer=Answer(found.answer).label))


def _locked_by_override(found: Proposal, day: date) -> bool:
    return Override.objects.filter(
        program=found.program_id, partner=found.partner_id, track=found.track,
        kind=Protection.LOCK, start__lte=day, until__gt=day,
    ).exists()  # fmt: skip


def _answer(scope: Scope, found: Proposal, answer: Answer, reason: str, at: datetime) -> None:
    found.answer, found.reason, found.decided_at = answer, reason, at
    found.decided_by, found.decided_name = scope.actor.id, scope.actor.name
    if answer is Answer.APPROVED:
        found.lapsed_at = at
    found.save()
    audit.record(
        scope, f"standings.move_{answer}", "proposal", found.pk, at=at, partner=found.partner_id,
        before={"tier": found.before}, after={"tier": found.tier, "reason": reason},
    )  # fmt: skip


def _approved(
    current: Current, found: Proposal, movement: Movement, rules: documents.Rules, day: date
) -> Standing:
    """Return the standing after a yes, not written yet."""
    now = current.standing
    waits = Proposed(Direction(found.direction), found.tier, found.since)
    pending = now.pending and Pending(now.pending["tier"], date.fromisoformat(now.pending["from"]))
    before = Before(now.held, now.since, now.below_since, current.reviewed, pending or None, waits)
    after = proposing.approved(before, movement, rules.calendar, day)
    made = _copied(now)
    made.held, made.since, made.reason = after.tier, after.since, "approved"
    made.pending = (
        {"tier": after.pending.tier, "from": after.pending.effective.isoformat()}
        if after.pending
        else {}
    )
    return made


def _copied(standing: Standing) -> Standing:
    """Return a standing that says the same, to be written as a new one."""
    names = [field.attname for field in Standing._meta.fields if field.attname != "id"]
    return Standing(**{name: getattr(standing, name) for name in names})


def _stand(
    current: Current, after: Standing, name: str | None, day: date, at: datetime, sentence: str = ""
) -> None:
    """Write a standing that a person decided on; the next levelling, in seconds, says the rest."""
    before = current.standing.held
    after.run, after.as_of, after.made_at = None, day, at
    after.sentence = sentence or (
        _("You are {tier}.").format(tier=name) if name else _("You have no tier yet.")
    )
    after.save(force_insert=True)
    current.standing, current.seal = after, ""
    current.save(update_fields=["standing", "seal"])
    if before != after.held:
        announce(
            TierChanged(
                partner=after.partner_id, program=after.program_id, track=after.track,
                before=before, after=after.held, run=None,
            ),
            at=at,
        )  # fmt: skip
    mark(after.program_id, [after.partner_id], at=at)
