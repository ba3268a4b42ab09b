"""Every operation of the language, one family a file; `OPERATIONS` and `AGGREGATES` list them.

An operation is given its arguments as functions of a row and returns a function of a row,
so that `case`, `if`, `and`, `or` and `coalesce` look only at what they need. Null is
"no value yet".
"""

from __future__ import annotations

from rulebook.expressions.functions import (
    arithmetic,
    choice,
    comparison,
    dates,
    logic,
    numbers,
    text,
)
from rulebook.expressions.functions.aggregates import AGGREGATES
from rulebook.expressions.functions.operation import Getter, Operation

FAMILIES = (arithmetic, comparison, logic, choice, numbers, text, dates)

OPERATIONS: dict[str, Operation] = {
    operation.name: operation for family in FAMILIES for operation in family.OPERATIONS
}

__all__ = ["AGGREGATES", "OPERATIONS", "Getter", "Operation"]
