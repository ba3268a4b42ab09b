"""Functions of whole columns of days: parts of a date, days between, dates moved by a period."""

from __future__ import annotations

from datetime import date

import numpy as np

from rulebook.columns.column import EPOCH, Column, Days, Texts, Whole, both
from rulebook.columns.making import from_units
from rulebook.columns.numbers import Beyond, Numbers, tightened
from rulebook.columns.rounding import rounded
from rulebook.values.calendar import MONTHS

_FIRST, _LAST = 1 - EPOCH, date.max.toordinal() - EPOCH
_FIRST_MONTH = -12 * (1970 - 1)
_LAST_MONTH = _FIRST_MONTH + 9999 * 12 - 1
_DAYS = {"day": 1, "week": 7}


def _days(column: Column) -> Days:
    if not isinstance(column, Days):
        raise Beyond
    return column


def _months(days: Days) -> Whole:
    """Return months since January 1970."""
    return days.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_of(months: Whole) -> Whole:
    """Return the first day of months."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _numbers(like: Column, whole: Whole) -> Numbers:
    found = from_units(whole, 0, like.valid)
    found.length = like.length
    return found


def year(column: Column) -> Column:
    """Return the years."""
    return _numbers(column, _months(_days(column)) // 12 + 1970)


def month(column: Column) -> Column:
    """Return the months, counted from the year 0."""
    return _numbers(column, _months(_days(column)) + 1970 * 12)


def quarter(column: Column) -> Column:
    """Return the quarters, counted from the year 0."""
    return _numbers(column, (_months(_days(column)) + 1970 * 12) // 3)


def day(column: Column) -> Column:
    """Return the day of the month."""
    days = _days(column)
    return _numbers(column, days.days - _first_of(_months(days)) + 1)


def bare_month(column: Column) -> Column:
    """Return the number of a counted month in its year."""
    return _rest(column, 12)


def bare_quarter(column: Column) -> Column:
    """Return the number of a counted quarter in its year."""
    return _rest(column, 4)


def _rest(column: Column, of: int) -> Column:
    if not isinstance(column, Numbers) or column.scale or column.high is not None:
        raise Beyond
    return _numbers(column, np.fmod(column.units, of) + 1)


def days_between(first: Column, second: Column) -> Column:
    """Return the days from the first to the second."""
    one, other = _days(first), _days(second)
    found = from_units(other.days.astype(np.int64) - one.days, 0, both(one.valid, other.valid))
    found.length = first.length
    return found


def date_add(column: Column, count: Column, unit: Column) -> Column:
    """Return dates moved by so many units; a count with decimals is rounded first."""
    days = _days(column)
    if not isinstance(count, Numbers) or not isinstance(unit, Texts):
        raise Beyond
    if not unit.same or unit.valid is not None:
        raise Beyond
    word = unit.at(0).removeprefix("fiscal ")
    steps = tightened(rounded(count, 0))
    if steps.high is not None or steps.bound > 10**9 or word not in {*_DAYS, *MONTHS}:
        raise Beyond
    if word in _DAYS:
        found = days.days + steps.units * _DAYS[word]
        inside = (found >= _FIRST) & (found <= _LAST)
    else:
        own = _months(days)
        months = own + steps.units * MONTHS[word]
        inside = (months >= _FIRST_MONTH) & (months <= _LAST_MONTH)
        months = np.clip(months, _FIRST_MONTH, _LAST_MONTH)
        first = _first_of(months)
        past = np.minimum(days.days - _first_of(own), _first_of(months + 1) - first - 1)
        found = first + past
    valid = both(days.valid, count.valid)
    if not (inside if valid is None else inside | ~valid).all():
        raise Beyond
    return Days(column.length, valid, np.where(inside, found, 0).astype(np.int32))
