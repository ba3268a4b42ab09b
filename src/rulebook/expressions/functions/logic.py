"""`and`, `or`, `not` with three values, as in SQL."""

from __future__ import annotations

from typing import Any

from rulebook.expressions.functions.operation import Getter, Operation, strict


def _and(left: Getter, right: Getter) -> Getter:
    def run(row: Any) -> Any:
        first = left(row)
        if first is False:
            return False
        second = right(row)
        if second is False:
            return False
        return None if first is None or second is None else True

    return run


def _or(left: Getter, right: Getter) -> Getter:
    def run(row: Any) -> Any:
        first = left(row)
        if first is True:
            return True
        second = right(row)
        if second is True:
            return True
        return None if first is None or second is None else False

    return run


OPERATIONS = (
    Operation("and", _and),
    Operation("or", _or),
    strict("not", lambda value: not value),
)
