"""Review days: on which days a cadence lets a move be made.

Only days are answered here. Whether a missed review is caught up (it is, once, at as-of)
and what a review decides stands in `rulebook.standing.movement`.
"""

from __future__ import annotations

import calendar as _gregorian
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rulebook.program.movement import Cadence
from rulebook.values.calendar import Calendar, add_months

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reviews:
    """The review days of one cadence; `anchor` is the day whose anniversaries count."""

    cadence: Cadence
    calendar: Calendar
    anchor: date | None

    @property
    def always(self) -> bool:
        """Whether each day is a review day, however often it is asked about."""
        return self.cadence.kind == "immediately"

    def due(self, after: date, as_of: date) -> bool:
        """Whether a review day lies after `after` and not after `as_of`.

        With `immediately` the day of `after` itself counts too: what is learnt later on a
        day that was worked out before moves a tier on that day.
        """
        if self.always:
            return after <= as_of
        latest = self._latest(as_of)
        return latest is not None and latest > after

    def first_from(self, day: date) -> date | None:
        """Return the first review day that isn't before `day`; None for never."""
        if self.always:
            return day
        return min((found for found in self._around(day) if found >= day), default=None)

    def _latest(self, day: date) -> date | None:
        return max((found for found in self._around(day) if found <= day), default=None)

    def _around(self, day: date) -> Iterator[date]:
        """Yield some review days, among them the nearest on both sides of `day`."""
        cadence = self.cadence
        if cadence.kind == "anniversary" and self.anchor is not None:
            yield from anniversaries(self.anchor, max(day, self.anchor))
        elif cadence.kind == "days":
            for year in range(day.year - 1, day.year + 2):
                if date.min.year <= year <= date.max.year:
                    yield from (_clamped(year, *each) for each in cadence.days)
        elif cadence.kind in ("period", "each"):
            for start, end in self._periods(day):
                yield (
                    end
                    if cadence.kind == "period"
                    else min(start + timedelta(days=cadence.day - 1), end)
                )

    def _periods(self, day: date) -> Iterator[tuple[date, date]]:
        """Yield the period before, around and after `day`, but none beyond the calendar."""
        unit, calendar = self.cadence.unit, self.calendar
        try:
            start = calendar.start_of(unit, day)
            before = calendar.start_of(unit, start - _DAY)
            yield before, start - _DAY
            end = calendar.end_of(unit, day)
            yield start, end
            yield end + _DAY, calendar.end_of(unit, end + _DAY)
        except (OverflowError, ValueError):
            return


def anniversaries(anchor: date, day: date) -> Iterator[date]:
    """Yield the anniversaries of `anchor` around `day`, from the first one on.

    That of 29 February is 28 February in common years.
    """
    for years in range(day.year - anchor.year - 1, day.year - anchor.year + 2):
        if years >= 1 and anchor.year + years <= date.max.year:
            yield add_months(anchor, 12 * years)


def next_anniversary(anchor: date, after: date) -> date:
    """Return the first anniversary of `anchor` that lies after a day; the calendar's last if none.

    An anchor in the future has its first anniversary a year after it.
    """
    first = max(after, anchor)
    return min((day for day in anniversaries(anchor, first) if day > first), default=date.max)


def _clamped(year: int, month: int, number: int) -> date:
    """Return the day, or the month's last where it has no such day."""
    return date(year, month, min(number, _gregorian.monthrange(year, month)[1]))
