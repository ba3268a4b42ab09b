"""Dates: their parts, `date_add`, `days_between`.

A month and a quarter are those of their year (an ordinal), so that they can be counted,
grouped and compared with each other; `bare_month` and `bare_quarter` give 1 to 12 and
1 to 4.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from rulebook.expressions.functions.operation import strict
from rulebook.values.calendar import add
from rulebook.values.numbers import TooLarge, rounded


def _date_add(day: date, count: Decimal, unit: str) -> date:
    try:
        return add(day, int(rounded(count, 0)), unit)
    except (OverflowError, ValueError):
        raise TooLarge from None


OPERATIONS = (
    strict("year", lambda day: Decimal(day.year)),
    strict("month", lambda day: Decimal(day.year * 12 + day.month - 1)),
    strict("quarter", lambda day: Decimal(day.year * 4 + (day.month - 1) // 3)),
    strict("day", lambda day: Decimal(day.day)),
    strict("bare_month", lambda ordinal: ordinal % 12 + 1),
    strict("bare_quarter", lambda ordinal: ordinal % 4 + 1),
    strict("date_add", _date_add),
    strict("days_between", lambda first, second: Decimal((second - first).days)),
)
