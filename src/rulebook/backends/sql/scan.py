"""Turns a shared scan into one query: place, then one column for each aggregate wanted.

Beside the tables it reads `scope`: for the partner at a place, whose facts count (and through
which branch), and the days of each slot where these differ by partner. Days that are alike for
all are literals, so that a database can leave out what lies outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlglot import exp

from rulebook.backends.backend import Occasion
from rulebook.backends.sql.expressions import (
    NotInSql,
    Part,
    literal,
    part,
    seen,
    total,
)
from rulebook.backends.sql.source import (
    FACT,
    Given,
    Source,
    column,
    equal,
    name,
    named,
    table,
    within,
)
from rulebook.columns.column import EPOCH
from rulebook.columns.spans import Spans, day_number
from rulebook.expressions.typed import Typed
from rulebook.plan.scans import SharedScan, Slot, Wanted
from rulebook.values.windows import Span

EARLIEST = date.min
#: Where facts have it, the code of their partner: a number where `partner` is a text.
CODE = "_code"


@dataclass(frozen=True)
class Days:
    """The days of a slot: alike for all, or by partner in columns `low<n>`, `high<n>` of scope."""

    alike: Span | None
    number: int
    holds: date | None
    first: date  # over all partners
    last: date


def days_of(
    occasions: Mapping[Slot, Occasion],
) -> tuple[dict[Slot, Days], list[Sequence[Span | None]]]:
    """Return the days of every slot, and the spans by partner in the order of their numbers."""
    days: dict[Slot, Days] = {}
    by_partner: list[Sequence[Span | None]] = []
    for slot, occasion in occasions.items():
        spans = occasion.spans
        first, last, holds = _bounds(spans)
        alike = spans[0] if len(spans) == 1 else None
        if alike is not None and not alike.empty:
            days[slot] = Days(alike, 0, holds, first, last)
        else:
            days[slot] = Days(None, len(by_partner), holds, first, last)
            for_all = len(spans) == 1 and len(occasion.partners) != 1
            by_partner.append([None] * len(occasion.partners) if for_all else spans)
    return days, by_partner


def _bounds(spans: Sequence[Span | None]) -> tuple[date, date, date | None]:
    """Return the first and the last day of all, and the day on which facts must hold."""
    if isinstance(spans, Spans):
        counting = spans.counting
        if not counting.any():
            return date.max, EARLIEST, spans.holds
        low, high = (int(each) for each in (spans.low[counting].min(), spans.high[counting].max()))
        first = EARLIEST if low < day_number(EARLIEST) else date.fromordinal(low + EPOCH)
        return first, date.fromordinal(high + EPOCH), spans.holds
    there = [span for span in spans if span is not None and not span.empty]
    first = min((span.low or EARLIEST for span in there), default=date.max)
    last = max((span.high for span in there), default=EARLIEST)
    return first, last, next((span.holds for span in there), None)


class NotSayable(NotInSql):
    """One of those who share the scan can't be said in SQL; `ask` is its place."""

    def __init__(self, ask: int) -> None:
        """Keep who it is."""
        super().__init__()
        self.ask = ask


@dataclass
class Scan:
    """One shared scan and what its relations look like."""

    scan: SharedScan
    given: Given
    days: Mapping[Slot, Days]
    one: tuple[str, int | None] | None  # its facts alone, where nobody else's count; its code

    @cached_property
    def source(self) -> Source:
        """The scan's fact table."""
        day: exp.Expression = column(self.scan.rate_day, FACT)
        if self.given.at_window_end and self.scan.amounts:
            day = self.bounds(self.scan.slots[0])[1]
        return Source(self.given, self.scan.table, self.scan.partner, day, "s")

    def sql(self) -> exp.Select:
        """Return the query, or raise NotInSql; NotSayable names the one that is to blame."""
        return self.totals() if self.scan.distinct is None else self.distinct(self.scan.distinct)

    def totals(self) -> exp.Select:
        """Return the query of plain aggregates."""
        parts = [self.aggregate(wanted) for wanted in self.scan.wanted]
        place = column("place", "s")
        return self.filled(exp.select(place, *named(parts, "a")), []).group_by(place.copy())

    def distinct(self, value: Typed) -> exp.Select:
        """Return the query of distinct counts: each value once, then how many of them."""
        inside = seen(part(value, self.source.resolve))
        there = exp.Not(this=exp.Is(this=exp.Paren(this=inside.copy()), expression=exp.null()))
        place = column("place", "s")
        first = exp.select(place, exp.alias_(inside, "v", quoted=True))
        outer: list[exp.Expression] = [column("place", "d")]
        if len(self.scan.wanted) == 1:
            outer.append(exp.Alias(this=exp.Count(this=exp.Star()), alias=name("a0")))
        else:
            for index, wanted in enumerate(self.scan.wanted):
                own = exp.and_(exp.true(), *self.own(wanted))
                met = exp.Case().when(own, _one()).else_(_zero())
                first = first.select(exp.alias_(exp.Max(this=met), f"b{index}", quoted=True))
                ones = exp.cast(exp.Sum(this=column(f"b{index}", "d")), "BIGINT")
                outer.append(exp.Alias(this=ones, alias=name(f"a{index}")))
        inner = self.filled(first, [there]).group_by(place.copy(), inside.copy())
        return exp.select(*outer).from_(inner.subquery("d")).group_by(column("place", "d"))

    def aggregate(self, wanted: Wanted) -> Part:
        """Return one aggregate over the facts that are its own."""
        try:
            return total(wanted.agg, self.source.resolve, self.own(wanted))
        except NotInSql:
            raise NotSayable(wanted.ask) from None

    def own(self, wanted: Wanted) -> list[exp.Expression]:
        """Return the conditions of one aggregate beside those that all share."""
        try:
            tests = [part(each, self.source.resolve).sql for each in wanted.conditions]
        except NotInSql:
            raise NotSayable(wanted.ask) from None
        return [*self.within(wanted.slot), *tests] if len(self.scan.slots) > 1 else tests

    def filled(self, select: exp.Select, tests: list[exp.Expression]) -> exp.Select:
        """Return the query with its tables joined and the conditions that all share."""
        select = select.from_(self.source.lying(f"fact_{self.scan.table}", FACT))
        select = select.join(table("scope", "s"), on=self.owner(), join_type="inner")
        tests = [*self.source.counting(), *self.during(), *tests]
        tests += [part(each, self.source.resolve).sql for each in self.scan.conditions]
        if self.one is not None:
            tests.append(self.alone(self.one))
        return self.source.joined(select).where(*tests)

    def owner(self) -> exp.Expression:
        """Return whose fact it is: by code where facts have codes, else by name."""
        if CODE in self.given.digits[f"fact_{self.scan.table}"]:
            return equal(column("code", "s"), column(CODE, FACT))
        return equal(column("partner", "s"), column(self.scan.partner, FACT))

    def alone(self, one: tuple[str, int | None]) -> exp.Expression:
        """Return that a fact is one partner's."""
        partner, code = one
        if CODE in self.given.digits[f"fact_{self.scan.table}"] and code is not None:
            return equal(column(CODE, FACT), exp.Literal.number(code))
        return equal(column(self.scan.partner, FACT), exp.Literal.string(partner))

    def during(self) -> list[exp.Expression]:
        """Return the days that are common to all slots, or the slot's own if there is but one."""
        slots = self.scan.slots
        tests = self.within(slots[0]) if len(slots) == 1 else []
        columns = {slot.during.day for slot in slots}
        if len(columns) == 1 and (len(slots) > 1 or self.days[slots[0]].alike is None):
            day = column(columns.pop(), FACT)
            first = min(self.days[slot].first for slot in slots)
            last = max(self.days[slot].last for slot in slots)
            tests.append(exp.GTE(this=day, expression=literal(first).sql))
            tests.append(exp.LTE(this=day.copy(), expression=literal(last).sql))
        return tests

    def within(self, slot: Slot) -> list[exp.Expression]:
        """Return the conditions under which a fact lies in a slot."""
        holds = self.days[slot].holds
        held = None if holds is None else literal(holds).sql
        return within(slot.during, *self.bounds(slot), held)

    def bounds(self, slot: Slot) -> tuple[exp.Expression, exp.Expression]:
        """Return a slot's first and last day."""
        days = self.days[slot]
        if days.alike is not None:
            return literal(days.alike.low or EARLIEST).sql, literal(days.alike.high).sql
        return column(f"low{days.number}", "s"), column(f"high{days.number}", "s")


def _one() -> exp.Expression:
    return exp.Literal.number(1)


def _zero() -> exp.Expression:
    return exp.Literal.number(0)
