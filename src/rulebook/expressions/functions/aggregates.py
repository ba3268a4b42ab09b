"""Aggregates over the values of rows; nulls are skipped before they arrive here.

`sum` and `count` of nothing are 0; `min max avg median` of nothing are null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from rulebook.expressions.functions.comparison import seen
from rulebook.values.numbers import add, divide

_ZERO, _TWO = Decimal(0), Decimal(2)


def _sum(values: Sequence[Decimal]) -> Decimal:
    total = _ZERO
    for value in values:
        total = add(total, value)
    return total


def _count(values: Sequence[Any]) -> Decimal:
    return Decimal(len(values))


def _avg(values: Sequence[Decimal]) -> Decimal | None:
    return divide(_sum(values), Decimal(len(values)))


def _median(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return divide(ordered[middle], Decimal(1))
    return divide(add(ordered[middle - 1], ordered[middle]), _TWO)


def _min(values: Sequence[Any]) -> Any:
    return min(values, key=seen, default=None)


def _max(values: Sequence[Any]) -> Any:
    return max(values, key=seen, default=None)


AGGREGATES: dict[str, Callable[[Sequence[Any]], Any]] = {
    "sum": _sum,
    "count": _count,
    "min": _min,
    "max": _max,
    "avg": _avg,
    "median": _median,
}
