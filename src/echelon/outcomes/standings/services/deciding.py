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
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Current, Proposal, Standing
from echelon.outcomes.standings.services.due import mark
from echelon.outcomes.standings.services.holding import (
    copied,
    current_of,
    is_locked,
    stand,
    take_turn,
)
from echelon.outcomes.standings.states import Answer
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
        version = programs.version_now(found.program_id, at)
        if version is None:
            raise Refused(_("No version of this program is in force today."))
        rules = documents.read(version.text)[0]
        day = documents.day_of(version, at)
        ladder = rules.tracks.get(found.track, rules) if found.track else rules
        if found.tier is not None and found.tier not in ladder.tiers:
            raise Refused(_("The version in force has no such tier any more."))
        if is_locked(found.program_id, found.partner_id, found.track, day):
            raise Refused(_("A lock is in force for this partner: end it first."))
        current = current_of(found.program_id, found.partner_id, found.track)
        after = _approved(current, found, ladder.movement or Movement(), rules, day)
        found.left = current.standing
        _answer(scope, found, Answer.APPROVED, reason, at)
        name = after.held and tier_label(rules, found.track, after.held)
        stand(current, after, name, day, at)
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
            current = current_of(found.program_id, found.partner_id, found.track)
            back = found.left
            stand(current, copied(back), back.held, current.as_of, at, sentence=back.sentence)
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
    take_turn(found.program_id)
    return Proposal.objects.select_for_update().get(pk=found.pk)


def _must_wait(found: Proposal) -> None:
    if found.answer != Answer.WAITING:
        said = _("This was answered already: {answer}.")
        raise Refused(said.format(answer=Answer(found.answer).label))


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
    made = copied(now)
    made.held, made.since, made.reason = after.tier, after.since, "approved"
    made.pending = (
        {"tier": after.pending.tier, "from": after.pending.effective.isoformat()}
        if after.pending
        else {}
    )
    return made
