"""A partner's standing as the engine has it, turned into what is kept: plain, exact, in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from echelon.outcomes.standings.criteria import Asking
from echelon.outcomes.standings.ladders import Values
from rulebook.explain import Sentences
from rulebook.standing.decision import Decision, Direction, Proposal, Reason
from rulebook.standing.result import LadderStanding, Levelling, PartnerStanding, TrackStanding
from rulebook.standing.run import Run
from rulebook.standing.written import gap_json, value_text

#: A proposal as rows have it: direction, tier, since when.
Proposed = tuple[str, str | None, date]

_MADE = {str(reason) for reason in (Reason.FIRST, Reason.PROMOTED, Reason.DEMOTED)}


@dataclass(frozen=True)
class Told:
    """One partner on one ladder: the columns of a standing, and the move that waits, if any."""

    partner: str
    track: str
    enrolled: bool
    columns: dict[str, Any]
    reviewed: date | None
    proposed: Proposed | None
    #: What it has of the ladder's criteria, by their numbers.
    criteria: list[Values] = field(default_factory=list)

    @property
    def seal(self) -> str:
        """The hash of what it says; that a move was made on its day is said by the tier itself."""
        said = self.columns
        if said["reason"] in _MADE:
            said = said | {"reason": str(Reason.KEPT)}
        said = said | {"criteria": self.criteria}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def told(
    run: Run,
    answer: Levelling,
    begun: dict[str, date],
    rejected: dict[tuple[str, str], Proposed],
    asking: Asking,
) -> Iterator[Told]:
    """Yield all that was levelled; a proposal that a person has rejected is not told again."""
    said = Sentences.levelled(run, answer.partners.table)
    tracks = ["", *run.program.tracks]
    for place, standing in enumerate(answer.partners):
        found = {track: _ladder(standing, track).decision for track in tracks}
        for track, decision in found.items():
            if decision.proposal and _plain(decision.proposal) == rejected.get(
                (standing.partner, track)
            ):
                standing = _silenced(standing, track, decision)
        for track in tracks:
            columns = _columns(standing, track, begun.get(standing.partner))
            columns["sentence"] = said.of(standing, track)
            decision = found[track]
            yield Told(
                standing.partner,
                track,
                standing.enrolled,
                columns,
                decision.standing.reviewed,
                decision.proposal and _plain(decision.proposal),
                asking.of(track, place),
            )


def _ladder(standing: PartnerStanding, track: str) -> LadderStanding:
    return standing.tracks[track].ladder if track else standing.ladder


def _plain(proposal: Proposal) -> Proposed:
    return str(proposal.direction), proposal.tier, proposal.since


def _silenced(standing: PartnerStanding, track: str, decision: Decision) -> PartnerStanding:
    """Return a standing as if nothing were proposed on a ladder: somebody said no."""
    down = decision.proposal is not None and decision.proposal.direction is Direction.DEMOTION
    quiet = replace(
        decision,
        standing=replace(decision.standing, proposal=None),
        reason=Reason.KEPT if decision.reason is Reason.PROPOSED else decision.reason,
        at_risk_from=None if down else decision.at_risk_from,
    )
    ladder = replace(_ladder(standing, track), decision=quiet)
    if down and ladder.keep is not None:
        ladder = replace(ladder, keep=replace(ladder.keep, lost_from=None))
    if not track:
        return replace(standing, ladder=ladder)
    tracks = {**standing.tracks, track: TrackStanding(standing.tracks[track].metrics, ladder)}
    return replace(standing, tracks=tracks)


def _columns(standing: PartnerStanding, track: str, begun: date | None) -> dict[str, Any]:
    ladder = _ladder(standing, track)
    metrics = standing.tracks[track].metrics if track else standing.metrics
    decision, keep = ladder.decision, ladder.keep
    after = decision.standing
    return {
        "begun": begun if standing.enrolled else None,
        "qualified": ladder.qualified,
        "held": ladder.held,
        "since": after.since,
        "below_since": after.below_since,
        "pending": (
            after.pending
            and {"tier": after.pending.tier, "from": after.pending.effective.isoformat()}
        )
        or {},
        "reason": str(decision.reason),
        "at_risk_from": decision.at_risk_from,
        "suspended": decision.suspended,
        "metrics": {name: value_text(value) for name, value in metrics.items()},
        "next": ladder.next_tier,
        "gaps": [gap_json(gap) for gap in ladder.gaps],
        "keep": (
            keep
            and {
                "tier": keep.tier,
                "lost_from": value_text(keep.lost_from),
                "gaps": [gap_json(gap) for gap in keep.gaps],
            }
        )
        or {},
    }
