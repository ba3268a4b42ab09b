"""When a tier may be lost: the first day that a partner should know of while it is below."""

from __future__ import annotations

from datetime import date, timedelta

from rulebook.standing.decision import Direction, Standing
from rulebook.standing.ladder import Ladder, last_until

_DAY = timedelta(days=1)


def at_risk_from(ladder: Ladder, standing: Standing, highest: int, as_of: date) -> date | None:
    """Return the first day on which what is held may be lost if nothing else changes.

    `highest` is the highest rank that is met. A demotion that is decided counts from its
    day, one that is proposed may be approved any day, and otherwise the first review counts
    on which nothing protects the tier any more. None: it isn't at risk, or never.
    """
    held, pending = ladder.rank(standing.tier), standing.pending
    if pending and ladder.rank(pending.tier) < held:
        return ladder.unlocked_from(pending.effective)
    if standing.proposal and standing.proposal.direction is Direction.DEMOTION:
        return as_of
    if held <= highest or standing.below_since is None:
        return None
    counts_from = pending.effective if pending else standing.since
    ends = ladder.protections(counts_from, standing.below_since)
    last_asked = max(as_of, standing.reviewed or as_of)
    if last_asked == date.max:
        return None
    earliest = max((last_asked + _DAY, *(end for end, _ in ends)))
    return _first_loss(ladder, held, counts_from, earliest)


def _first_loss(ladder: Ladder, rank: int, last: date | None, earliest: date) -> date | None:
    """Return the first day from `earliest` on from which a demotion from `rank` may count.

    `last` is the day from which the tier counts. Each turn leaves the day on which an
    override ends or a month begins, so it comes to an end with them.
    """
    reviews = ladder.reviews(True, last)
    day: date | None = earliest
    while day is not None and day < date.max:
        day = reviews.first_from(day)
        if day is None:
            return None
        floors = (each for each in ladder.in_force("floor", day) if ladder.rank(each.tier) >= rank)
        if guards := [*ladder.in_force("lock", day), *floors]:
            day = last_until(guards)
        elif ladder.moved_this_month(True, last, day):
            day = ladder.calendar.end_of("month", day) + _DAY
        else:
            return ladder.unlocked_from(ladder.effective(day))
    return None
