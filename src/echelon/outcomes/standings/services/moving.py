"""A move by hand: a person says which tier a partner holds from today; the rules go on from there.

What the rules wouldn't keep they take away again, in their own time: who wants it kept asks for a
floor beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from echelon.foundation.access import Hidden, Right, Scope
from echelon.foundation.audit import services as audit
from echelon.outcomes.standings.errors import Refused
from echelon.outcomes.standings.models import Current, Proposal
from echelon.outcomes.standings.services import limits
from echelon.outcomes.standings.services.deciding import UNDO
from echelon.outcomes.standings.services.holding import (
    copied,
    current_of,
    is_locked,
    stand,
    take_turn,
)
from echelon.outcomes.standings.states import Answer
from echelon.records.partners import selectors as companies
from echelon.records.programs import documents
from echelon.records.programs import selectors as programs
from rulebook.explain.labels import ladder_of, tier_label

#: Why a standing is as it is, in the word that explains most; beside those of the rules.
BY_HAND = "by hand"


@dataclass(frozen=True)
class Wanted:
    """A move as it is wanted; `before` is the tier held when somebody wanted it."""

    program: UUID
    partner: UUID
    tier: str
    before: str | None
    track: str = ""


def held(program: UUID, partner: UUID, track: str) -> str | None:
    """Return the tier that a partner holds on a ladder now."""
    rows = Current.objects.filter(program=program, partner=partner, track=track)
    return rows.values_list("standing__held", flat=True).first()


def move(scope: Scope, wanted: Wanted, *, reason: str, at: datetime) -> None:
    """Put a partner onto a tier, from today. Moves that waited on this ladder are withdrawn.

    Called for a request that was approved, or that nobody else need agree to.
    """
    scope.demand(Right.MOVES_DECIDE, wanted.partner)
    with transaction.atomic():
        take_turn(wanted.program)
        rules, day = check(wanted, reason, at)
        current = current_of(wanted.program, wanted.partner, wanted.track)
        after = copied(current.standing)
        after.held, after.since, after.pending, after.reason = wanted.tier, day, {}, BY_HAND
        _settle(wanted, at)
        audit.record(
            scope, "standings.moved_by_hand", "partner", wanted.partner, at=at,
            partner=wanted.partner,
            before={"tier": wanted.before},
            after={"program": rules.program, "track": wanted.track, "tier": wanted.tier,
                   "reason": reason},
        )  # fmt: skip
        stand(current, after, tier_label(rules, wanted.track, wanted.tier), day, at)


def check(wanted: Wanted, reason: str, at: datetime) -> tuple[documents.Rules, date]:
    """Refuse a move that can't be made; return the rules in force, and today where they count."""
    version = programs.version_now(wanted.program, at)
    if version is None or not companies.keys_of([wanted.partner]):
        raise Hidden
    rules, track = documents.read(version.text)[0], wanted.track
    if track and track not in rules.tracks:
        said = _("This program has no track {track}.").format(track=track)
        raise Refused(said, {"ladder": said})
    day, tiers = documents.day_of(version, at), ladder_of(rules, track).tiers
    wrong: dict[str, str] = {}
    if wanted.tier not in tiers:
        known = ", ".join(tiers)
        wrong["tier"] = _("A move leads to a tier: {tiers}.").format(tiers=known)
    elif wanted.tier == wanted.before:
        wrong["tier"] = _("The partner holds this tier already.")
    if not reason.strip():
        wrong["reason"] = _("Say why: whoever reads the audit will ask.")
    if wrong:
        raise Refused(wrong.values(), wrong)
    rows = Current.objects.filter(program=wanted.program, partner=wanted.partner, track=track)
    current = rows.select_related("standing").first()
    if current is None or current.standing.begun is None:
        raise Refused(_("The partner isn't enrolled in this program, or not levelled yet."))
    if current.standing.held != wanted.before:
        raise Refused(_("The partner holds another tier by now than when this was asked for."))
    if is_locked(wanted.program, wanted.partner, track, day):
        raise Refused(_("A lock is in force for this partner: end it first."))
    return rules, day


def takes_two(wanted: Wanted, at: datetime) -> bool:
    """Whether nobody makes this move alone: it gives or takes a tier at the limit or above."""
    return limits.reached(wanted.program, wanted.track, (wanted.before, wanted.tier), at)


def _settle(wanted: Wanted, at: datetime) -> None:
    """Withdraw what waits on the ladder; an answer given before can't be taken back any more."""
    rows = Proposal.objects.filter(
        program=wanted.program, partner=wanted.partner, track=wanted.track
    )
    rows.filter(answer=Answer.WAITING).update(answer=Answer.WITHDRAWN, lapsed_at=at)
    rows.filter(answer=Answer.APPROVED, decided_at__gte=at - UNDO).update(lapsed_at=at)
