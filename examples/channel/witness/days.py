"""Days, months, and the windows that the two programs use, both ends inclusive."""

from __future__ import annotations

from datetime import date, timedelta

Span = tuple[date, date]
ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day number some months on, or that month's last day where it has none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, last_of_month(date(year, month, 1)).day))


def last_of_month(day: date) -> date:
    """The last day of the day's month."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - ONE_DAY


def trailing_months(as_of: date, months: int) -> Span:
    """From the day after as-of minus the months, to as-of."""
    return add_months(as_of, -months) + ONE_DAY, as_of


def fiscal_year(as_of: date) -> Span:
    """`this fiscal year` where the year starts on 1 February."""
    year = as_of.year if as_of.month >= 2 else as_of.year - 1
    return date(year, 2, 1), as_of


def last_fiscal_quarter(as_of: date) -> Span:
    """The whole fiscal quarter before this one: they start in February, May, August, November."""
    start = fiscal_year(as_of)[0]
    while add_months(start, 3) <= as_of:
        start = add_months(start, 3)
    return add_months(start, -3), start - ONE_DAY


def inside(day: date | None, span: Span) -> bool:
    """Whether a day lies in the span; no day lies in none."""
    return day is not None and span[0] <= day <= span[1]


def holds(start: date | None, until: date | None, as_of: date) -> bool:
    """`valid`: from <= as_of < until, where no until is still valid."""
    return start is not None and start <= as_of and (until is None or as_of < until)
