"""From what a partner qualifies for to what it holds: section 7 of the language.

Tiers are places in the ladder: 0 is the lowest, -1 is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .days import add_months, last_of_month
from .reading import Enrollment, Record

NONE = -1


@dataclass(frozen=True)
class Movement:
    """The settings that the two programs use. Cadences: immediately, or months of a period."""

    promote: int | None = None  # None is immediately; 1 monthly, 3 quarterly, 6 half-yearly
    demote: int | None = None
    grace_days: int = 0
    one_up: bool = False
    one_down: bool = False
    hold_months: int = 0  # from since
    newcomer_months: int = 0  # from the enrollment's start
    demotion_needs_approval: bool = False


@dataclass(frozen=True)
class Ladder:
    """How a partner stands on the rungs at the as-of date."""

    tiers: tuple[str, ...]
    requires: tuple[bool, ...]
    keeps: tuple[bool, ...]  # False where a tier has no lower bar

    @property
    def qualified(self) -> int:
        """The highest tier whose own requirements are met."""
        return max((i for i, met in enumerate(self.requires) if met), default=NONE)

    @property
    def kept(self) -> int:
        """The highest tier of which requirements or lower bar are met."""
        either = [i for i in range(len(self.tiers)) if self.requires[i] or self.keeps[i]]
        return max(either, default=NONE)

    def name(self, place: int) -> str | None:
        """The tier's name."""
        return None if place == NONE else self.tiers[place]


def review_due(period: int | None, reviewed: date | None, as_of: date) -> bool:
    """Whether a review day lies after the last review and not after as-of."""
    if period is None:
        return True
    day = last_of_month(as_of)
    while day > as_of or day.month % period != 0:
        day = last_of_month(add_months(day.replace(day=1), -1))
    return reviewed is None or day > reviewed


def decide(
    ladder: Ladder,
    movement: Movement | None,
    enrollment: Enrollment,
    overrides: list[Record],
    as_of: date,
) -> tuple[int, int | None]:
    """The tier held, and the tier proposed where a proposal waits for approval."""
    if movement is None:
        return ladder.qualified, None
    given = NONE if enrollment.tier is None else ladder.tiers.index(enrollment.tier)
    kinds = {row["kind"] for row in overrides}
    floors = [ladder.tiers.index(row["tier"]) for row in overrides if row["kind"] == "floor"]
    floor = max(floors, default=NONE)
    if "lock" in kinds:
        return given, None
    if enrollment.since is None:  # the first levelling
        return max(ladder.qualified, floor), None
    held, proposed = given, None
    if ladder.qualified > given and review_due(movement.promote, enrollment.reviewed, as_of):
        held = given + 1 if movement.one_up else ladder.qualified
    elif _demotion_due(ladder, movement, enrollment, given, as_of):
        down = given - 1 if movement.one_down else ladder.kept
        target = max(down, ladder.kept, floor)
        if target < given:
            held, proposed = (given, target) if movement.demotion_needs_approval else (target, None)
    return max(held, floor), proposed


def _demotion_due(
    ladder: Ladder, movement: Movement, enrollment: Enrollment, given: int, as_of: date
) -> bool:
    """Below the bar, the grace over, no hold, and a review to do it."""
    if ladder.kept >= given:  # its own bar, or one above it, is met
        return False
    below_since = enrollment.below_since or as_of
    if as_of < below_since + timedelta(days=movement.grace_days):
        return False
    if enrollment.since and as_of < add_months(enrollment.since, movement.hold_months):
        return False
    if enrollment.start and as_of < add_months(enrollment.start, movement.newcomer_months):
        return False
    return review_due(movement.demote, enrollment.reviewed, as_of)
