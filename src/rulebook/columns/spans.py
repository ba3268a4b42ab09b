"""Windows cut to enrollments, of many partners at once: days as numbers, in arrays.

The counterpart of `rulebook.values.windows` for all partners; each is read as a sequence of
exactly the spans and terms that would be worked out partner by partner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import EPOCH, Flags, Places
from rulebook.values.calendar import Calendar, add
from rulebook.values.windows import NEVER, Span, Term, Window

DayNumbers = NDArray[np.int32]

#: Day numbers count from 1970-01-01; these two say that there is no limit.
NO_START, NO_END = -(2**31), 2**31 - 1


def day_number(day: date) -> int:
    """Return a day as its number since 1970-01-01."""
    return day.toordinal() - EPOCH


def _day(number: int) -> date | None:
    return None if number in (NO_START, NO_END) else date.fromordinal(number + EPOCH)


@dataclass(frozen=True, eq=False)
class Terms(Sequence[Term | None]):
    """Enrollments' days, one a place: `start`, `end`, and `there` where there is an enrollment."""

    start: DayNumbers
    end: DayNumbers
    there: Flags

    def __len__(self) -> int:
        return len(self.there)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not self.there[place]:
            return None
        return Term(_day(int(self.start[place])), _day(int(self.end[place])))

    def take(self, places: Places) -> Terms:
        """Return the terms at some places."""
        return Terms(self.start[places], self.end[places], self.there[places])


@dataclass(frozen=True, eq=False)
class Spans(Sequence[Span | None]):
    """The days that count, one a place.

    `low` is NO_START where nothing limits it; `holds` is the day on which facts must hold, the
    same for all; `there` says where there is an enrollment to cut to.
    """

    low: DayNumbers
    high: DayNumbers
    there: Flags
    holds: date | None = None

    def __len__(self) -> int:
        return len(self.there)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not self.there[place]:
            return None
        high = date.fromordinal(int(self.high[place]) + EPOCH)
        return Span(_day(int(self.low[place])), high, self.holds)

    @property
    def counting(self) -> Flags:
        """Where some day is inside."""
        return self.there & (self.low <= self.high)

    @property
    def keys(self) -> NDArray[np.int64]:
        """The same number where the days are the same, of spans with one `holds`."""
        before_all = day_number(date.min) - 1
        low = np.maximum(self.low, before_all).astype(np.int64) - before_all
        found = (low << 32) + (self.high.astype(np.int64) - before_all)
        return np.where(self.there, found, -1)

    def take(self, places: Places) -> Spans:
        """Return the spans at some places."""
        return Spans(self.low[places], self.high[places], self.there[places], self.holds)


TermsAt = Callable[[date], Terms]


def spans_of(
    window: Window, as_of: date, calendar: Calendar, terms_at: TermsAt, length: int
) -> Spans:
    """Return `window.span` for all places; `terms_at(day)` gives the terms of a day."""
    if not window.by_enrollment:
        return _alike(window.span(as_of, calendar, lambda _: None), length)
    assert window.of is not None
    if window.kind == "ago":
        try:
            earlier = add(as_of, -window.count, window.unit)
        except OverflowError:
            return _alike(NEVER, length)
        return spans_of(window.of, earlier, calendar, terms_at, length)
    whole, terms = spans_of(window.of, as_of, calendar, terms_at, length), terms_at(as_of)
    return Spans(
        np.maximum(whole.low, terms.start),
        np.minimum(whole.high, terms.end),
        whole.there & terms.there,
        whole.holds,
    )


def _alike(span: Span | None, length: int) -> Spans:
    assert span is not None  # only what is cut to an enrollment can lack one
    low = NO_START if span.low is None else day_number(span.low)
    return Spans(
        np.full(length, low, np.int32),
        np.full(length, day_number(span.high), np.int32),
        np.ones(length, np.bool_),
        span.holds,
    )


def terms_of(window: Window, as_of: date, terms_at: TermsAt, length: int) -> Terms:
    """Return `window.term` for all places."""
    day = as_of
    while window.kind == "ago" and window.of is not None:
        try:
            day = add(day, -window.count, window.unit)
        except OverflowError:
            break
        window = window.of
    if window.kind == "enrolled":
        return terms_at(day)
    none = np.zeros(length, np.int32)
    return Terms(none, none, np.zeros(length, np.bool_))
