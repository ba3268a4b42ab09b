"""Comparisons, `in`, `between`, `is null`: numbers compare as rounded to 12 decimals."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rulebook.expressions.functions.operation import Getter, Operation, strict
from rulebook.values.numbers import comparable


def seen(value: Any) -> Any:
    """Return a value as comparisons see it."""
    return comparable(value) if isinstance(value, Decimal) else value


def _comparison(name: str, test: Callable[[Any, Any], bool]) -> Operation:
    return strict(name, lambda left, right: test(seen(left), seen(right)))


def _in(operand: Getter, *items: Getter) -> Getter:
    def run(row: Any) -> Any:
        value = operand(row)
        if value is None:
            return None
        others = [item(row) for item in items]
        if any(other is not None and seen(other) == seen(value) for other in others):
            return True
        return None if None in others else False

    return run


def _in_list(operand: Getter, items: Getter) -> Getter:
    def run(row: Any) -> Any:
        value, others = operand(row), items(row)
        if value is None or others is None:
            return None
        if any(other is not None and seen(other) == seen(value) for other in others):
            return True
        return None if None in others else False

    return run


def _is_null(operand: Getter) -> Getter:
    return lambda row: operand(row) is None


def _count_true(*tests: Getter) -> Getter:
    return lambda row: Decimal(sum(test(row) is True for test in tests))


OPERATIONS = (
    _comparison("=", operator.eq),
    _comparison("<>", operator.ne),
    _comparison("<", operator.lt),
    _comparison("<=", operator.le),
    _comparison(">", operator.gt),
    _comparison(">=", operator.ge),
    Operation("in", _in),
    Operation("in_list", _in_list),
    Operation("is_null", _is_null),
    Operation("count_true", _count_true),
)
