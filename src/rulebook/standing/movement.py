"""Movement: from the standing before and what was reached, the tier held at a date.

`move` is pure and total: it has no clock, keeps nothing, and answers for each date. The
rules in their order, with a partner's year worked out, stand in docs/algorithms/movement.md;
why each choice was made, in docs/decisions/0010-movement-choices.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Movement
from rulebook.standing.decision import (
    Decision,
    Reached,
    Reason,
    Standing,
)
from rulebook.standing.ladder import Ladder
from rulebook.standing.making import Making
from rulebook.values.calendar import Calendar

__all__ = ["Decision", "Reached", "Reason", "Standing", "move"]


def move(
    tiers: Sequence[str],
    movement: Movement | None,
    calendar: Calendar,
    before: Standing,
    reached: Reached,
    as_of: date,
    *,
    enrollment: Enrollment | None,
    overrides: Sequence[Override] = (),
) -> Decision:
    """Decide what is held at `as_of`; `tiers` are lowest first.

    Raises ValueError for a tier that the ladder doesn't know, wherever it is named.
    """
    _check_names(tiers, before, reached, overrides)
    if enrollment is None or not enrollment.covers(as_of):
        return Decision(Standing(), Reason.NOT_ENROLLED)
    ladder = Ladder(tiers, movement or Movement(), calendar, enrollment, overrides)
    asked = (ladder, movement is not None, reached, as_of)
    decision = _ask(before, *asked)
    if decision.reason is Reason.FLOOR and decision.held != before.tier:
        # A second question would go on from the floor. One answer must do: so does the first.
        decision = replace(_ask(decision.standing, *asked), reason=Reason.FLOOR)
    return decision


def _ask(
    before: Standing, ladder: Ladder, has_movement: bool, reached: Reached, as_of: date
) -> Decision:
    making = Making(ladder, before, reached, as_of)
    if before.since is None:
        making.level_first()
    elif not has_movement:
        making.follow()
    else:
        making.land()
        making.review()
    return making.finish()


def _check_names(
    tiers: Sequence[str], before: Standing, reached: Reached, overrides: Sequence[Override]
) -> None:
    """Raise for a name that is no tier, also where it would play no part today."""
    named = {before.tier, reached.qualified, *reached.met}
    named |= {each.tier for each in (before.pending, before.proposal) if each}
    named |= {each.tier for each in overrides if each.kind == "floor"}
    if unknown := sorted(str(tier) for tier in named - {None, *tiers}):
        raise ValueError(f"there is no tier {unknown[0]!r} in this ladder")
