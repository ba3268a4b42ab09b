"""One ladder and who stands on it: ranks, overrides, and the clocks that protect a tier.

What is asked here has one answer, whatever was decided before; decisions are made in
`rulebook.standing.movement`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rulebook.dataset.data import Enrollment, Override
from rulebook.program.movement import Movement, TimeSpan
from rulebook.standing.decision import Reached, Reason
from rulebook.standing.reviews import Reviews, next_anniversary
from rulebook.values.calendar import Calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Ladder:
    """The tiers, lowest first, the policy, and what stands beside them for one partner."""

    tiers: Sequence[str]
    policy: Movement
    calendar: Calendar
    enrollment: Enrollment
    overrides: Sequence[Override] = ()

    # ranks: 0 is no tier, 1 the lowest

    def rank(self, tier: str | None) -> int:
        """Return a tier's rank."""
        return 0 if tier is None else self.tiers.index(tier) + 1

    def tier(self, rank: int) -> str | None:
        """Return the tier of a rank."""
        return self.tiers[rank - 1] if rank else None

    def highest(self, reached: Reached) -> int:
        """Return the rank of the highest tier for which `requires` or `keep` is met."""
        return max(map(self.rank, (reached.qualified, *reached.met)))

    # overrides

    def locked(self, day: date) -> bool:
        """Whether no move is made on a day."""
        return any(self.in_force("lock", day))

    def suspended(self, day: date) -> bool:
        """Whether benefits are stopped on a day."""
        return any(self.in_force("suspend", day))

    def floor(self, day: date) -> int:
        """Return the highest rank below which no tier is held on a day; 0 without a floor."""
        return max((self.rank(each.tier) for each in self.in_force("floor", day)), default=0)

    def in_force(self, kind: str, day: date) -> Iterator[Override]:
        return (each for each in self.overrides if each.kind == kind and each.covers(day))

    def unlocked_from(self, day: date) -> date | None:
        """Return the first day from `day` on without a lock; None where one has no end."""
        while locks := list(self.in_force("lock", day)):
            if (day_after := last_until(locks)) is None:
                return None
            day = day_after
        return day

    # clocks

    def reviews(self, downwards: bool, since: date | None) -> Reviews:
        """Return the review days of one direction for who has a tier since `since`."""
        cadence = self.policy.demote if downwards else self.policy.promote
        return Reviews(cadence, self.calendar, self._anchor(since))

    def _anchor(self, since: date | None) -> date | None:
        return self.enrollment.start or since

    def protections(self, since: date | None, below_since: date) -> list[tuple[date, Reason]]:
        """Return until when what protects a tier from demotion, in the order of precedence.

        On the day itself the protection is over. `below_since` is when it fell below its bar.
        """
        ends = []
        if self.policy.hold is not None and since is not None:
            ends.append((self._hold_end(self.policy.hold, since), Reason.HOLD))
        if (end := self.newcomer_until()) is not None:
            ends.append((end, Reason.NEWCOMER))
        if self.policy.grace is not None:
            ends.append((self.policy.grace.after(below_since), Reason.GRACE))
        return ends

    def _hold_end(self, hold: TimeSpan | str, since: date) -> date:
        if isinstance(hold, TimeSpan):
            return hold.after(since)
        return next_anniversary(self._anchor(since) or since, since)

    def newcomer_until(self) -> date | None:
        """Return the day on which a partner stops to be a newcomer; None where it never was."""
        if self.policy.newcomers.hold is None or self.enrollment.start is None:
            return None
        return self.policy.newcomers.hold.after(self.enrollment.start)

    # days on which moves count

    def effective(self, decided: date) -> date:
        """Return the day from which a move decided on a day counts."""
        return effective(self.policy, self.calendar, decided)

    def moved_this_month(self, downwards: bool, last: date | None, decided: date) -> bool:
        """Whether a move decided on a day would be a second one in a month that allows only one.

        That is so with `one` and `immediately`. Months are those from which moves count;
        `last` is the day from which the tier counts that would be left.
        """
        policy = self.policy
        step, cadence = (policy.down, policy.demote) if downwards else (policy.up, policy.promote)
        if step != "one" or cadence.kind != "immediately" or last is None:
            return False
        effective = self.effective(decided)
        return (last.year, last.month) == (effective.year, effective.month)


def last_until(overrides: Sequence[Override]) -> date | None:
    """Return the latest end of some overrides in force; None where one has none."""
    ends = [each.until for each in overrides]
    return None if None in ends else max(end for end in ends if end is not None)


def effective(policy: Movement, calendar: Calendar, decided: date) -> date:
    """Return the day from which a move decided on a day counts."""
    if policy.effective == "immediately":
        return decided
    unit = policy.effective.removeprefix("next ")
    try:
        return calendar.end_of(unit, decided) + _DAY
    except OverflowError:
        return date.max
