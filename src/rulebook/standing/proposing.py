"""Proposals: which move waits for a person, given the one that waited before."""

from __future__ import annotations

from rulebook.standing.decision import Direction, Proposal
from rulebook.standing.ladder import Ladder


def waiting(
    before: Proposal | None, due: Proposal, ladder: Ladder, review: bool
) -> Proposal | None:
    """Return the proposal that waits from now on, or None.

    `due` is what would be proposed today. A review proposes it, and a proposal of the same
    tier goes on to wait since its own day. Between reviews nothing new is proposed: what
    waits stays while all of it is still due, and is withdrawn when it isn't.
    """
    same_way = before is not None and before.direction is due.direction
    if before is None or not same_way:
        return due if review else None
    if review:
        return before if before.tier == due.tier else due
    reach, limit = ladder.rank(before.tier), ladder.rank(due.tier)
    still_due = reach <= limit if due.direction is Direction.PROMOTION else reach >= limit
    return before if still_due else None
