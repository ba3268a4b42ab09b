"""Calendars: months of unequal length, periods, fiscal years, the days of a cadence.

A month earlier is the same day number, or the month's last day where it has none
(05-31 becomes 04-30); always counted from the first date, not step by step.
"""

from __future__ import annotations

import calendar as _gregorian
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
PERIODS = ("day", "week", *MONTHS)
FISCAL_PERIODS = ("fiscal month", "fiscal quarter", "fiscal half", "fiscal year")


def add_months(day: date, months: int) -> date:
    """Return the same day number `months` later (or earlier), or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"a date {months} months from {day} is beyond the calendar")
    return date(year, month + 1, min(day.day, _gregorian.monthrange(year, month + 1)[1]))


def add(day: date, count: int, unit: str) -> date:
    """Return `day` moved by `count` units: day, week, month, quarter, half or year.

    A fiscal period is as long as its calendar cousin. Raises OverflowError beyond the
    years 1 to 9999.
    """
    unit = unit.removeprefix("fiscal ")
    if unit == "day":
        return day + timedelta(days=count)
    if unit == "week":
        return day + timedelta(weeks=count)
    return add_months(day, count * MONTHS[unit])


@dataclass(frozen=True)
class Calendar:
    """A calendar with a fiscal year that starts on `month`-`day` (01-01 by default)."""

    month: int = 1
    day: int = 1

    def start_of(self, unit: str, day: date) -> date:
        """Return the first day of the `unit` (`week`, `fiscal quarter` …) around `day`."""
        if unit == "day":
            return day
        if unit == "week":
            return day - timedelta(days=day.weekday())
        if unit.startswith("fiscal "):
            return self._fiscal_start(MONTHS[unit.removeprefix("fiscal ")], day)
        months = MONTHS[unit]
        return date(day.year, (day.month - 1) // months * months + 1, 1)

    def end_of(self, unit: str, day: date) -> date:
        """Return the last day of the period of `unit` around `day`."""
        return self.shift(unit, self.start_of(unit, day), 1) - timedelta(days=1)

    def shift(self, unit: str, start: date, count: int) -> date:
        """Return the start of the period `count` periods after the one that starts at `start`."""
        if unit.startswith("fiscal "):
            months = MONTHS[unit.removeprefix("fiscal ")] * count
            year_start = self._fiscal_start(12, start)
            passed = (start.year - year_start.year) * 12 + start.month - year_start.month
            return add_months(year_start, passed + months)
        return add(start, count, unit)

    def _fiscal_start(self, months: int, day: date) -> date:
        first = date(day.year, self.month, self.day)
        if first > day and day.year == date.min.year:
            return date.min  # the fiscal year began before the calendar does
        year_start = first if first <= day else date(day.year - 1, self.month, self.day)
        start = year_start
        for count in range(12 // months):
            step = add_months(year_start, count * months)
            if step <= day:
                start = step
        return start


CIVIL = Calendar()
