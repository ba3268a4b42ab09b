"""`least`, `greatest`, `clamp` (null with any null), `abs`, `round` (half away from zero)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.functions.operation import strict
from rulebook.values.numbers import rounded

MAX_PLACES = 60


def _least(*values: Any) -> Any:
    return min(values, key=seen)


def _greatest(*values: Any) -> Any:
    return max(values, key=seen)


def _clamp(value: Any, low: Any, high: Any) -> Any:
    return _least(_greatest(value, low), high)


def _round(value: Decimal, places: Decimal) -> Decimal:
    limit = Decimal(MAX_PLACES)
    return rounded(value, int(max(-limit, min(limit, rounded(places, 0)))))


OPERATIONS = (
    strict("least", _least),
    strict("greatest", _greatest),
    strict("clamp", _clamp),
    strict("abs", abs),
    strict("round", _round),
)
