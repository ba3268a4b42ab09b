"""Runs a typed expression: turns its tree into one function of a row.

What a row is, the caller decides: it gives a getter for each reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from rulebook.expressions.functions import AGGREGATES, OPERATIONS, Getter
from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.typed import Agg, Const, Op, Ref, Typed


def getter(node: Typed, bind: Callable[[Ref], Getter]) -> Getter:
    """Return the function that gives the node's value for a row."""
    match node:
        case Const(value):
            return lambda _: value
        case Ref():
            return bind(node)
        case Op(name, args):
            return OPERATIONS[name].build(*(getter(arg, bind) for arg in args))
    raise TypeError(f"{node} stands outside an aggregate's rows")


def aggregator(node: Agg, bind: Callable[[Ref], Getter]) -> Callable[[Iterable[Any]], Any]:
    """Return the function that gives the aggregate over rows."""
    where = None if node.where is None else getter(node.where, bind)
    function = AGGREGATES[node.name]
    if node.arg is None:

        def count(rows: Iterable[Any]) -> Any:
            return Decimal(sum(1 for row in rows if where is None or where(row) is True))

        return count
    value_of = getter(node.arg, bind)

    def run(rows: Iterable[Any]) -> Any:
        if where is not None:
            rows = [row for row in rows if where(row) is True]
        values = [value for value in map(value_of, rows) if value is not None]
        return function(list({seen(value) for value in values}) if node.distinct else values)

    return run
