"""Proposals: which move waits for a person, given the one that waited before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rulebook.program.movement import Movement
from rulebook.standing.decision import Direction, Pending, Proposal, Standing
from rulebook.standing.ladder import Ladder, effective
from rulebook.values.calendar import Calendar


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


def approved(standing: Standing, movement: Movement, calendar: Calendar, day: date) -> Standing:
    """Return the standing once a person has said yes, on a day, to what is proposed.

    The tier counts from that day or, where moves take effect later, from their day. The clock
    stays: the next levelling says whether it still runs.
    """
    if standing.proposal is None:
        raise ValueError("nothing is proposed")
    tier, counts_from = standing.proposal.tier, effective(movement, calendar, day)
    if standing.since is None or counts_from <= day:  # a first levelling waits for no period
        return replace(standing, tier=tier, since=day, pending=None, proposal=None)
    return replace(standing, pending=Pending(tier, counts_from), proposal=None)
