"""Windows: over which days a metric counts, as a document writes them.

`trailing 12 months, 12 months ago, enrolled` reads from left to right: each suffix
applies to all that stands before it. A window is resolved to a `Span` of days for one
as-of date; both ends are inclusive. No date arithmetic ever happens in a query.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rulebook.values.calendar import FISCAL_PERIODS, PERIODS, Calendar, add


@dataclass(frozen=True)
class Term:
    """An enrollment's days as windows see them; None is without limit."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Span:
    """The days that count: `low` to `high`, and `holds` for facts that must hold on a day."""

    low: date | None
    high: date
    holds: date | None = None

    @property
    def empty(self) -> bool:
        """Whether no day is inside."""
        return self.low is not None and self.low > self.high


NEVER = Span(date.max, date.min)
TermAt = Callable[[date], Term | None]


@dataclass(frozen=True)
class Window:
    """One window. `kind` is trailing, this, last, since, lifetime, valid, ago or enrolled."""

    kind: str
    count: int = 1
    unit: str = ""
    before: int = 0
    since: date | None = None
    of: Window | None = None

    def __str__(self) -> str:
        unit = self.unit + ("s" if self.count != 1 else "")
        match self.kind:
            case "trailing":
                return f"trailing {self.count} {unit}"
            case "this":
                return f"this {self.unit}" + (f" and {self.before} before" if self.before else "")
            case "last":
                return f"last {self.unit}" if self.count == 1 else f"last {self.count} {unit}"
            case "since":
                return f"since {self.since}"
            case "ago":
                return f"{self.of}, {self.count} {unit} ago"
            case "enrolled":
                return f"{self.of}, enrolled"
        return self.kind

    @property
    def calendar_bound(self) -> bool:
        """Whether it follows whole periods (`this`, `last`), so that earlier dates snap to them."""
        return self.kind in ("this", "last") or (self.of is not None and self.of.calendar_bound)

    @property
    def by_enrollment(self) -> bool:
        """Whether it is cut to the partner's own enrollment."""
        return self.kind == "enrolled" or (self.of is not None and self.of.by_enrollment)

    @property
    def holding(self) -> bool:
        """Whether it counts facts that hold at a date (`valid`) and not those of a span."""
        return self.kind == "valid" or (self.of is not None and self.of.holding)

    def term(self, as_of: date, term_at: TermAt) -> Term | None:
        """Return the enrollment to which the window is cut at `as_of`; None where it isn't cut."""
        if self.kind == "enrolled":
            return term_at(as_of)
        if self.kind != "ago" or self.of is None:
            return None
        try:
            return self.of.term(add(as_of, -self.count, self.unit), term_at)
        except OverflowError:
            return None

    def span(self, as_of: date, calendar: Calendar, term_at: TermAt) -> Span | None:
        """Return the days that count at `as_of`, or None where there is no enrollment to cut to.

        `term_at(day)` gives the enrollment in force on a day, else the last that ended,
        else None.
        """
        try:
            return self._span(as_of, calendar, term_at)
        except OverflowError:  # beyond the calendar's first day: nothing lies before it
            return NEVER if self.kind == "ago" else Span(None, as_of)

    def _first(self, calendar: Calendar, start: date) -> date | None:
        """Return the first day of the whole periods before one; None beyond the calendar."""
        try:
            return calendar.shift(self.unit, start, -self.count)
        except OverflowError:
            return None

    def _span(self, as_of: date, calendar: Calendar, term_at: TermAt) -> Span | None:
        match self.kind:
            case "trailing":
                return Span(add(as_of, -self.count, self.unit) + timedelta(days=1), as_of)
            case "this":
                start = calendar.start_of(self.unit, as_of)
                return Span(calendar.shift(self.unit, start, -self.before), as_of)
            case "last":
                start = calendar.start_of(self.unit, as_of)
                if start == date.min:
                    return NEVER
                return Span(self._first(calendar, start), start - timedelta(days=1))
            case "since":
                return Span(self.since, as_of)
            case "lifetime":
                return Span(None, as_of)
            case "valid":
                return Span(None, as_of, holds=as_of)
        assert self.of is not None
        if self.kind == "ago":
            return self.of.span(add(as_of, -self.count, self.unit), calendar, term_at)
        span, term = self.of.span(as_of, calendar, term_at), term_at(as_of)
        if span is None or term is None:
            return None
        starts = [day for day in (span.low, term.start) if day is not None]
        latest = max(starts) if starts else None
        high = span.high if term.end is None else min(span.high, term.end)
        return Span(latest, high, span.holds)


LIFETIME = Window("lifetime")

_UNIT = r"(day|week|month|quarter|half|year)(?:s)?"
_PERIOD = "|".join(sorted((*FISCAL_PERIODS, *PERIODS), key=len, reverse=True))
_FORMS = (
    (re.compile(rf"trailing ([0-9]+) {_UNIT}"), "trailing"),
    (re.compile(rf"this ({_PERIOD})(?: and ([0-9]+) before)?"), "this"),
    (re.compile(rf"last (?:([0-9]+) )?({_PERIOD})s?"), "last"),
    (re.compile(r"since (\S+)"), "since"),
    (re.compile(r"lifetime"), "lifetime"),
    (re.compile(r"valid"), "valid"),
)
MAX_SUFFIXES = 10
_AGO = re.compile(rf"([0-9]+) {_UNIT} ago")
_HALVES = re.compile(r"\bhalves\b")


def read_window(text: str) -> Window:
    """Read a window as a document writes it, or raise ValueError with what is possible."""
    first, *suffixes = [_HALVES.sub("half", part.strip()) for part in text.split(",")]
    window = _read_base(" ".join(first.split()))
    if len(suffixes) > MAX_SUFFIXES:
        raise ValueError(f"a window has at most {MAX_SUFFIXES} suffixes")
    for suffix in suffixes:
        words = " ".join(suffix.split())
        if words == "enrolled":
            window = Window("enrolled", of=window)
        elif ago := _AGO.fullmatch(words):
            window = Window("ago", count=_whole(ago[1]), unit=ago[2], of=window)
        else:
            raise ValueError(
                f"{suffix!r} can't follow a window; '12 months ago' and 'enrolled' can"
            )
    return window


def _read_base(words: str) -> Window:
    for form, kind in _FORMS:
        found = form.fullmatch(words)
        if found is None:
            continue
        if kind == "trailing":
            return Window(kind, count=_whole(found[1]), unit=found[2])
        if kind == "this":
            return Window(kind, unit=found[1], before=int(found[2] or 0) and _whole(found[2]))
        if kind == "last":
            return Window(kind, count=_whole(found[1] or "1"), unit=found[2])
        if kind == "since":
            return Window(kind, since=_day(found[1]))
        return Window(kind)
    raise ValueError(
        f"{words!r} is not a window; windows are 'trailing 12 months', 'this year', "
        "'last 3 months', 'this month and 5 before', 'since 2026-01-01', 'lifetime', 'valid'"
    )


def _whole(text: str) -> int:
    count = int(text[:6])
    if not 1 <= count <= 9999 or len(text) > 6:
        shown = text if len(text) < 12 else text[:12] + "…"
        raise ValueError(f"a window of {shown} periods is outside 1 to 9999")
    return count


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"{text!r} is not a date such as 2026-01-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar") from None
