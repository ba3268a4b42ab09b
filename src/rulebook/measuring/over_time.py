"""A metric at several dates: which dates, and what is taken of its values there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns import Beyond, Column, Nulls, Numbers, constant
from rulebook.columns.arithmetic import add, divide
from rulebook.columns.choosing import chosen, coalesce, count_true
from rulebook.columns.column import Flags, truth
from rulebook.columns.comparing import compared
from rulebook.errors import MeasureError, Problem
from rulebook.expressions.functions import AGGREGATES
from rulebook.meaning import Meaning
from rulebook.meaning.needs import metrics_under
from rulebook.meaning.scopes import MetricKey
from rulebook.metrics import Measured, OverTime
from rulebook.metrics.over_time import MAX_DATES
from rulebook.values.calendar import Calendar
from rulebook.values.calendar import add as add_to_day
from rulebook.values.windows import TermAt, Window


class Dates:
    """The dates at which a metric over time looks; `which` of the lists is each partner's."""

    def __init__(self, lists: Sequence[Sequence[date]], which: NDArray[np.int64] | None) -> None:
        """Without `which` there is one list, of all partners."""
        self.lists, self.which = lists, which
        self.every = sorted({day for each in lists for day in each}, reverse=True)

    def counts(self, day: date) -> Flags | None:
        """Return for which partners a date counts; None: for all."""
        if self.which is None:
            return None
        found: Flags = np.array([day in each for each in self.lists], np.bool_)[self.which]
        return found


def calendar_bound(meaning: Meaning, key: MetricKey) -> bool:
    """Whether the metric, or one under it, has a `this` or `last` window."""
    windows: list[Window | None] = []
    for under in metrics_under(meaning, key):
        metric = meaning.metrics[under].metric
        if isinstance(metric, Measured):
            windows.append(metric.window)
        elif isinstance(metric, OverTime):
            windows.append(metric.over)
    return any(window is not None and window.calendar_bound for window in windows)


def dates_of(
    metric: OverTime, as_of: date, calendar: Calendar, snap: bool, term_at: TermAt
) -> list[date]:
    """Return the dates at which the metric is measured, the latest first.

    With `snap`, each earlier date is the last day of its period.
    """
    if metric.over is None:
        assert metric.last is not None
        return _back(metric.each, as_of, calendar, snap, metric.last, None)
    span = metric.over.span(as_of, calendar, term_at)
    if span is None or span.empty:
        return []
    dates = _back(metric.each, span.high, calendar, snap, MAX_DATES + 1, span.low)
    if len(dates) > MAX_DATES:
        raise MeasureError([Problem(f"{metric.over} has more than {MAX_DATES:,} dates")])
    return dates


def _back(
    each: str, first: date, calendar: Calendar, snap: bool, count: int, low: date | None
) -> list[date]:
    dates: list[date] = []
    start = calendar.start_of(each, first)
    for steps in range(count):
        try:
            if steps == 0:
                day = first
            elif snap:
                day = calendar.shift(each, start, 1 - steps) - timedelta(days=1)
            else:
                day = add_to_day(first, -steps, each)
        except OverflowError:
            break
        if low is not None and day < low:
            break
        dates.append(day)
    return dates


def taken_at_once(take: str, columns: Sequence[Column], length: int) -> Column:
    """Return what `taken` takes, for all partners; values that don't count there are null.

    Raises Beyond where arrays can't do it.
    """
    if take == "count":
        return count_true(*columns) if columns else constant(Decimal(0), length)
    if take in ("min", "max"):
        best: Column = Nulls(length, None)
        for column in columns:
            if isinstance(column, Nulls):
                continue
            better = ~best.there
            if not isinstance(best, Nulls):
                better = better | compared("<" if take == "min" else ">", column, best)
            best = chosen(column.there & better, column, best)
        return best
    total = _number(constant(Decimal(0), length))
    for column in columns:
        if not isinstance(column, Nulls):
            total = add(total, _number(coalesce(column, constant(Decimal(0), length))))
    if take == "sum":
        return total
    there = (truth(column.there, length) for column in columns)
    return divide(total, _number(count_true(*there))) if columns else Nulls(length, None)


def _number(column: Column) -> Numbers:
    if not isinstance(column, Numbers):
        raise Beyond
    return column


def taken(take: str, values: Sequence[Any]) -> Any:
    """Return the sum, avg, min, max of the values there are, or the count of those true."""
    if take == "count":
        return Decimal(sum(value is True for value in values))
    return AGGREGATES[take]([value for value in values if value is not None])
