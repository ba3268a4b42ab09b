"""`case`, `if`, `coalesce`: they see nulls as SQL does and look only at what they need."""

from __future__ import annotations

from typing import Any

from rulebook.expressions.functions.operation import Getter, Operation


def _case(*arguments: Getter) -> Getter:
    """Take condition, value, condition, value, …, otherwise."""
    pairs = list(zip(arguments[:-1:2], arguments[1:-1:2], strict=True))
    otherwise = arguments[-1]

    def run(row: Any) -> Any:
        for condition, value in pairs:
            if condition(row) is True:
                return value(row)
        return otherwise(row)

    return run


def _coalesce(*arguments: Getter) -> Getter:
    def run(row: Any) -> Any:
        for argument in arguments:
            value = argument(row)
            if value is not None:
                return value
        return None

    return run


OPERATIONS = (Operation("case", _case), Operation("coalesce", _coalesce))
