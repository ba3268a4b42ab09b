"""A decision in the making: the steps that `rulebook.standing.movement` puts in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from rulebook.standing.decision import (
    Decision,
    Direction,
    Pending,
    Proposal,
    Reached,
    Reason,
    Standing,
)
from rulebook.standing.ladder import Ladder
from rulebook.standing.proposing import waiting
from rulebook.standing.risk import at_risk_from

_MOVED = {Direction.PROMOTION: Reason.PROMOTED, Direction.DEMOTION: Reason.DEMOTED}


@dataclass
class _Move:
    """A move that is due but for its review day and its approval."""

    direction: Direction
    rank: int


class Making:
    """One decision in the making: begun in one of four ways, ended by `finish`."""

    def __init__(self, ladder: Ladder, before: Standing, reached: Reached, as_of: date) -> None:
        self.ladder, self.before, self.reached, self.as_of = ladder, before, reached, as_of
        self.standing = replace(before, proposal=None)
        self.highest = ladder.highest(reached)
        self.qualified = ladder.rank(reached.qualified)
        self.locked = ladder.locked(as_of)
        self.floor = ladder.floor(as_of)
        self.clock = before.below_since if self.decided > self.highest else None
        self.reason = Reason.KEPT

    @property
    def held(self) -> int:
        return self.ladder.rank(self.standing.tier)

    @property
    def decided(self) -> int:
        """The rank held, or the one that it will be once what is decided takes effect."""
        pending = self.standing.pending
        return self.ladder.rank(pending.tier) if pending else self.held

    @property
    def counts_from(self) -> date | None:
        """The day from which the decided rank counts."""
        pending = self.standing.pending
        return pending.effective if pending else self.standing.since

    def below_since(self) -> date | None:
        """Return since when the decided tier is below its bar; None at or above it."""
        if self.decided <= self.highest:
            return None
        return self.clock or self.as_of

    # the ways to a decision

    def level_first(self) -> None:
        """Go straight from the tier given to what is qualified, whatever day it is.

        What waits for a person waits; a newcomer keeps the tier given. Until a proposal is
        answered it stays the first levelling, so `since` stays empty.
        """
        goal = self._straight()
        if goal < self.held and self._is_newcomer():
            goal, self.reason = self.held, Reason.NEWCOMER
        else:
            self._explain(Reason.FIRST)
        if goal != self.held:
            move = _Move(Direction.PROMOTION if goal > self.held else Direction.DEMOTION, goal)
            if self._asks(move.direction):
                self._propose(move)
            else:
                self._settle(goal)
        if self.standing.proposal is None:
            self.standing = replace(self.standing, since=self.as_of)
        self.standing = replace(self.standing, reviewed=self.as_of, pending=None)

    def follow(self) -> None:
        """Hold what is qualified: a ladder without movement."""
        self.standing = replace(self.standing, reviewed=self.as_of, pending=None)
        goal = self._straight()
        if goal != self.held:
            self.reason = Reason.PROMOTED if goal > self.held else Reason.DEMOTED
            self._settle(goal)

    def _straight(self) -> int:
        """Return the rank qualified for, as far as lock and floor let it."""
        if self.locked:
            return self.held
        if self.qualified < self.held == self.floor:
            self.reason = Reason.FLOOR
        return max(self.qualified, min(self.floor, self.held))

    def land(self) -> None:
        """Let a move that was decided take effect on its day, or on the first day unlocked.

        A demotion that lands while a floor is in force ends at the floor.
        """
        pending = self.standing.pending
        if pending is None:
            return
        day = self.ladder.unlocked_from(pending.effective)
        if day is None or day > self.as_of:
            self.reason = Reason.DECIDED
            return
        held, rank = self.held, self.ladder.rank(pending.tier)
        rank = max(rank, min(held, self.ladder.floor(day)))
        self.standing = replace(self.standing, pending=None)
        if rank != held:
            self.standing = replace(self.standing, tier=self.ladder.tier(rank), since=day)
            self.reason = Reason.PROMOTED if rank > held else Reason.DEMOTED

    def review(self) -> None:
        """Decide what is due, if a review day has come; the review takes place in any case."""
        since = self.standing.since
        after = self.standing.reviewed or since
        assert after is not None
        due = {
            Direction.PROMOTION: self.ladder.reviews(False, since).due(after, self.as_of),
            Direction.DEMOTION: self.ladder.reviews(True, since).due(after, self.as_of),
        }
        if any(due.values()):
            self.standing = replace(self.standing, reviewed=self.as_of)
        if self.locked:
            return
        move = self._promotion() or self._demotion()
        if move is None:
            return
        if self._asks(move.direction):
            self._propose(move, due[move.direction])
        elif due[move.direction]:
            self._decide(move)
        else:
            self._explain(Reason.NOT_DUE)

    # what is due, but for the day and the approval

    def _promotion(self) -> _Move | None:
        if self.qualified <= self.decided:
            return None
        if self.ladder.moved_this_month(False, self.counts_from, self.as_of):
            self._explain(Reason.ONE_A_MONTH)
            return None
        one = self.ladder.policy.up == "one"
        return _Move(Direction.PROMOTION, self.decided + 1 if one else self.qualified)

    def _demotion(self) -> _Move | None:
        below_since = self.below_since()
        if below_since is None:
            return None
        goal = self.decided - 1 if self.ladder.policy.down == "one" else self.highest
        goal = max(goal, self.floor)
        if goal >= self.decided:
            self._explain(Reason.FLOOR)
            return None
        for end, reason in self.ladder.protections(self.counts_from, below_since):
            if self.as_of < end:
                self._explain(reason)
                return None
        if self.ladder.moved_this_month(True, self.counts_from, self.as_of):
            self._explain(Reason.ONE_A_MONTH)
            return None
        return _Move(Direction.DEMOTION, goal)

    def _is_newcomer(self) -> bool:
        end = self.ladder.newcomer_until()
        return end is not None and self.as_of < end

    def _asks(self, direction: Direction) -> bool:
        approval = self.ladder.policy.approval
        asked = {
            Direction.PROMOTION: approval.promotion,
            Direction.DEMOTION: approval.demotion,
        }
        return asked[direction] == "required"

    # what comes of it

    def _explain(self, reason: Reason) -> None:
        """Keep the word for what happened; a word for what didn't comes second."""
        if self.reason is Reason.KEPT:
            self.reason = reason

    def _decide(self, move: _Move) -> None:
        effective = self.ladder.effective(self.as_of)
        if move.rank == self.held or effective <= self.as_of:
            self.reason = _MOVED[move.direction] if move.rank != self.held else Reason.KEPT
            self._settle(move.rank)
        else:
            pending = Pending(self.ladder.tier(move.rank), effective)
            self.standing = replace(self.standing, pending=pending)
            self.reason = Reason.DECIDED

    def _settle(self, rank: int) -> None:
        """Hold a tier from as-of on; nothing else waits any more."""
        self.standing = replace(self.standing, pending=None)
        if rank != self.held:
            self.standing = replace(self.standing, tier=self.ladder.tier(rank), since=self.as_of)

    def _propose(self, move: _Move, review: bool = True) -> None:
        wanted = Proposal(move.direction, self.ladder.tier(move.rank), self.as_of)
        waits = waiting(self.before.proposal, wanted, self.ladder, review)
        if waits is None:
            self._explain(Reason.NOT_DUE)
        else:
            self.standing, self.reason = replace(self.standing, proposal=waits), Reason.PROPOSED

    # the end of it

    def finish(self) -> Decision:
        """Apply lock and floor, set the clock, and say what a partner wants to know."""
        if self.locked:
            self.reason = Reason.LOCK
        elif self.held < self.floor:
            self._lift()
        self.standing = replace(self.standing, below_since=self.below_since())
        below = self.held > self.highest
        return Decision(
            self.standing,
            self.reason,
            below=below,
            due=self.ladder.tier(self.highest) if below else None,
            at_risk_from=at_risk_from(self.ladder, self.standing, self.highest, self.as_of),
            suspended=self.ladder.suspended(self.as_of),
        )

    def _lift(self) -> None:
        """Lift to the floor at once; a move to a tier not above it waits no more."""
        since = self.as_of if self.before.since or not self.standing.proposal else None
        self.standing = replace(self.standing, tier=self.ladder.tier(self.floor), since=since)
        pending, proposal = self.standing.pending, self.standing.proposal
        if pending and self.ladder.rank(pending.tier) <= self.floor:
            self.standing = replace(self.standing, pending=None)
        if proposal and self.ladder.rank(proposal.tier) <= self.floor:
            self.standing = replace(self.standing, proposal=None, since=self.as_of)
        self.reason = Reason.FLOOR
