"""Days, periods and windows, worked out from the parsed `Window` the plainest way."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FIRST_YEAR_STARTS = (1, 1)


def later(day: date, months: int) -> date:
    """The same day number so many months later, or the month's last day where it has none."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def moved(day: date, count: int, unit: str) -> date:
    """So many days, weeks, months, quarters, halves or years later."""
    unit = unit.removeprefix("fiscal ")
    if unit == "day":
        return day + timedelta(days=count)
    if unit == "week":
        return day + timedelta(days=7 * count)
    return later(day, count * MONTHS[unit])


def period_start(day: date, unit: str, back: int, year_starts: tuple[int, int]) -> date:
    """The first day of the period around `day`, or of the one `back` periods before it."""
    if unit == "day":
        return day - timedelta(days=back)
    if unit == "week":
        return day - timedelta(days=day.weekday() + 7 * back)
    fiscal = unit.startswith("fiscal ")
    month, number = year_starts if fiscal else FIRST_YEAR_STARTS
    length = MONTHS[unit.removeprefix("fiscal ")]
    starts = []
    for year in range(day.year - 2 - back * length // 12, day.year + 1):
        for index in range(0, 12, length):
            starts.append(later(date(year, month, number), index))
    begun = [start for start in starts if start <= day]
    return begun[-1 - back]


def period_end(day: date, unit: str, year_starts: tuple[int, int]) -> date:
    """The last day of the period around `day`."""
    end = day
    start = period_start(day, unit, 0, year_starts)
    while period_start(end + timedelta(days=1), unit, 0, year_starts) == start:
        end += timedelta(days=1)
    return end


@dataclass(frozen=True)
class Term:
    """The days of an enrollment; None is without limit."""

    start: date | None
    end: date | None


@dataclass(frozen=True)
class Days:
    """What a window comes to: from `first` (None: ever) to `last`; `holds` for `valid`."""

    first: date | None
    last: date
    holds: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and day <= self.last


def days_of(window: Any, as_of: date, year_starts: tuple[int, int], term_at: Any) -> Days | None:
    """The days of a window at a date; None where it asks for an enrollment and there is none."""
    kind, count, unit = window.kind, window.count, window.unit
    if kind == "trailing":
        return Days(moved(as_of, -count, unit) + timedelta(days=1), as_of)
    if kind == "this":
        return Days(period_start(as_of, unit, window.before, year_starts), as_of)
    if kind == "last":
        before = period_start(as_of, unit, 0, year_starts) - timedelta(days=1)
        return Days(period_start(as_of, unit, count, year_starts), before)
    if kind == "since":
        return Days(window.since, as_of)
    if kind == "lifetime":
        return Days(None, as_of)
    if kind == "valid":
        return Days(None, as_of, holds=as_of)
    if kind == "ago":
        return days_of(window.of, moved(as_of, -count, unit), year_starts, term_at)
    assert kind == "enrolled", kind
    whole, term = days_of(window.of, as_of, year_starts, term_at), term_at(as_of)
    if whole is None or term is None:
        return None
    first, last = whole.first, whole.last
    if term.start is not None and (first is None or term.start > first):
        first = term.start
    if term.end is not None and term.end < last:
        last = term.end
    return Days(first, last, whole.holds)
