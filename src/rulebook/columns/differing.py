"""Differences and sums of columns that may be of any kind: null where a side is no number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rulebook.columns import arithmetic
from rulebook.columns.column import Booleans, Column, Days, Nulls, Texts
from rulebook.columns.making import from_values
from rulebook.columns.numbers import Beyond, Numbers
from rulebook.columns.rounding import comparable
from rulebook.expressions.functions.comparison import seen
from rulebook.values.numbers import add, subtract


def seen_differences(one: Column, other: Column) -> Column:
    """Return one minus the other, both as comparisons see them."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        try:
            return arithmetic.subtract(comparable(one), comparable(other))
        except Beyond:
            pass
    return _each(one, other, lambda left, right: subtract(seen(left), seen(right)))


def differences(one: Column, other: Column) -> Column:
    """Return one minus the other."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        try:
            return arithmetic.subtract(one, other)
        except Beyond:
            pass
    return _each(one, other, subtract)


def sums(one: Column, other: Column) -> Column:
    """Return the sums."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        try:
            return arithmetic.add(one, other)
        except Beyond:
            pass
    return _each(one, other, add)


def _each(one: Column, other: Column, work: Callable[[Any, Any], Any]) -> Column:
    if any(isinstance(side, Nulls | Days | Texts | Booleans) for side in (one, other)):
        return Nulls(one.length, None)
    return from_values(
        [
            work(left, right) if isinstance(left, Decimal) and isinstance(right, Decimal) else None
            for left, right in zip(one, other, strict=True)
        ]
    )
