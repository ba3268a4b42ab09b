"""From the rows of an answer to figures: every partner in its place, what is missing filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from rulebook.backends.backend import Figure, Occasion
from rulebook.columns import Column, column_of, evaluate
from rulebook.expressions.typed import Agg, Ref
from rulebook.plan.steps import Plan

_ZERO_OF_NOTHING = ("sum", "count")


def spread(found: pa.ChunkedArray, places: Any, agg: Agg, occasion: Occasion) -> Column:
    """Return an aggregate of all partners, from its values at some places.

    Where there is no row, no fact counted: sums and counts are 0, the rest null.
    """
    rows = np.full(len(occasion.partners), -1, np.int64)
    rows[places] = np.arange(len(places))
    absent = rows < 0
    if absent.any():
        found = found.take(pa.array(rows, mask=absent))
        if agg.name in _ZERO_OF_NOTHING:
            found = found.fill_null(0)
    else:
        found = found.take(pa.array(rows))
    return column_of(found)


def figure(plan: Plan, occasion: Occasion, totals: Sequence[Column]) -> Figure:
    """Return the value of every partner from the aggregates that it is made of."""

    def resolve(ref: Ref) -> Column:
        if ref.kind == "aggregate":
            return totals[int(ref.path[0])]
        return column_of(occasion.constants[ref])

    return evaluate(plan.total.value, resolve, len(occasion.partners))
