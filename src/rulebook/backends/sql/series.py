"""Many dates in one reading: a window at sixty month-ends is read once, not sixty times.

The days between two neighbouring borders of windows are a stretch; no window cuts one. So facts
are added up by stretch, and a window is the sum over its stretches: the difference of two running
sums. A distinct value counts in a window if it is seen there; as windows move on, each sighting
counts from the first window that has it to the last, less those that an earlier one reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlglot import exp

from rulebook.backends.backend import Ask
from rulebook.backends.sql.expressions import part, seen
from rulebook.backends.sql.scan import EARLIEST, Scan
from rulebook.backends.sql.source import FACT, column, equal, name, named, table
from rulebook.expressions.typed import Typed
from rulebook.plan.scans import Wanted

_DAY = timedelta(days=1)
ADDS_UP = ("sum", "count")


@dataclass(frozen=True)
class Windows:
    """The days of one ask on its occasions, by their first and last day; empty ones are None."""

    days: tuple[tuple[date, date] | None, ...]

    @property
    def moving_on(self) -> bool:
        """Whether each begins and ends no earlier than the one before."""
        there = [pair for pair in self.days if pair is not None]
        return all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(there))


def windows_of(ask: Ask) -> Windows | None:
    """Return the windows of an ask that one reading can answer, else None.

    They must be alike for all partners, hold no facts by validity, and what is added up must add
    up; rates and parameters must not depend on the date.
    """
    plan = ask.plan
    sums = all(agg.name in ADDS_UP for agg in plan.total.aggregates)
    alike = all(len(occasion.spans) == 1 for occasion in ask.occasions)
    by_date = plan.constants or (plan.convert.at_window_end and plan.convert.amounts)
    if plan.grouped is not None or plan.during.window.holding or not (sums and alike) or by_date:
        return None
    spans = [occasion.spans[0] for occasion in ask.occasions]
    found = Windows(
        tuple(
            None if span is None or span.empty else (span.low or EARLIEST, span.high)
            for span in spans
        )
    )
    return found if found.moving_on and any(found.days) else None


@dataclass
class Stretches:
    """The stretches between the borders of several asks' windows."""

    borders: list[date]

    @classmethod
    def of(cls, windows: Sequence[Windows]) -> Stretches:
        """Return the stretches that no window cuts."""
        pairs = [pair for each in windows for pair in each.days if pair is not None]
        found = {low for low, _ in pairs} | {high + _DAY for _, high in pairs if high < date.max}
        return cls(sorted(found))

    def columns(self, first: date, last: date) -> dict[str, pa.Array]:
        """Return for each day from the first to the last the number of its stretch."""
        low, high = max(first, self.borders[0]), min(last, self.borders[-1] - _DAY)
        days = np.arange(low.toordinal(), high.toordinal() + 1)
        borders = np.array([day.toordinal() for day in self.borders])
        numbers = np.searchsorted(borders, days, side="right") - 1
        return {"day": _dates(days), "stretch": pa.array(numbers, pa.int32())}

    def of_window(self, low: date, high: date) -> tuple[int, int]:
        """Return the first stretch of a window, and the first after it."""
        return self.borders.index(low), self.borders.index(high + _DAY)


def sightings(windows: Windows, first: date, last: date) -> dict[str, pa.Array]:
    """Return for each day that some window has the number of the first and the last that has it."""
    there = [(n, *pair) for n, pair in enumerate(windows.days) if pair is not None]
    lows = np.array([low.toordinal() for _, low, _ in there])
    highs = np.array([high.toordinal() for _, _, high in there])
    days = np.arange(max(first.toordinal(), lows[0]), min(last.toordinal(), highs[-1]) + 1)
    begin = np.searchsorted(highs, days, side="left")  # the first that ends on the day or later
    end = np.searchsorted(lows, days, side="right") - 1  # the last that begins by then
    inside = begin <= end
    return {
        "day": _dates(days[inside]),
        "begins": pa.array(begin[inside], pa.int32()),
        "ends": pa.array(end[inside], pa.int32()),
    }


def _dates(ordinals: NDArray[np.int64]) -> pa.Array:
    days = ordinals - date(1970, 1, 1).toordinal()
    return pa.array(days, pa.int32()).cast(pa.date32())


class SeriesScan(Scan):
    """A shared scan over the relation `calendar`, which says of a day what it counts for."""

    def added(self) -> exp.Select:
        """Return the query of sums by place and stretch."""
        parts = [self.aggregate(wanted) for wanted in self.scan.wanted]
        keys = [column("place", "s"), column("stretch", "k")]
        select = exp.select(*keys, *named(parts, "a"))
        return self.filled(select, []).group_by(*[key.copy() for key in keys])

    def seen(self, wanted: Wanted, value: Typed) -> exp.Select:
        """Return the query of how many values count from one window to another, by place."""
        inside = seen(part(value, self.source.resolve))
        there = exp.Not(this=exp.Is(this=exp.Paren(this=inside.copy()), expression=exp.null()))
        keys = [column("place", "s"), exp.alias_(inside, "v", quoted=True)]
        spans = [column("begins", "k"), column("ends", "k")]
        each = self.filled(exp.select(*keys, *spans).distinct(), [there, *self.own(wanted)])
        before = exp.Window(
            this=exp.Lag(this=column("ends", "d")),
            partition_by=[column("place", "d"), column("v", "d")],
            order=exp.Order(
                expressions=[exp.Ordered(this=column(word, "d")) for word in ("ends", "begins")]
            ),
        )
        next_one = exp.Add(
            this=exp.Coalesce(this=before, expressions=[_number(-1)]), expression=_number(1)
        )
        begins = exp.Greatest(this=column("begins", "d"), expressions=[next_one])
        moved = exp.select(
            column("place", "d"),
            exp.Alias(this=begins, alias=name("begins")),
            column("ends", "d"),
        ).from_(each.subquery("d"))
        last = [column(word, "e") for word in ("place", "begins", "ends")]
        return (
            exp.select(*last, exp.Alias(this=exp.Count(this=exp.Star()), alias=name("a0")))
            .from_(moved.subquery("e"))
            .where(exp.LTE(this=column("begins", "e"), expression=column("ends", "e")))
            .group_by(*[key.copy() for key in last])
        )

    def filled(self, select: exp.Select, tests: list[exp.Expression]) -> exp.Select:
        """Return the query with its tables and the calendar joined."""
        day = column(self.scan.slots[0].during.day, FACT)
        on = equal(column("day", "k"), day)
        return super().filled(select.join(table("calendar", "k"), on=on), tests)

    def during(self) -> list[exp.Expression]:
        """The calendar has no other days."""
        return []

    def own(self, wanted: Wanted) -> list[exp.Expression]:
        """Return the conditions of one aggregate; its days are the calendar's."""
        return [part(each, self.source.resolve).sql for each in wanted.conditions]


def _number(value: int) -> exp.Expression:
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
