"""One plan on one occasion, walked fact by fact: what counts, and why the rest does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from rulebook.backends.backend import Occasion
from rulebook.backends.by_record.facts import Facts
from rulebook.backends.by_record.trace import Counted, Kept, Trace
from rulebook.dataset.data import NO_RATE, Fact, Value
from rulebook.dataset.spec import Column
from rulebook.expressions.evaluate import aggregator, getter
from rulebook.expressions.functions import Getter
from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.typed import Agg, Ref
from rulebook.plan.steps import FILTERED, GROUP, NOT_ENROLLED, NOT_VISIBLE, OUTSIDE, Plan
from rulebook.values.windows import Span

Total = Callable[[Iterable[Any]], Any]


class Walk:
    """A plan's expressions bound to facts, each when it is first needed."""

    def __init__(self, facts: Facts, plan: Plan, occasion: Occasion) -> None:
        """Bind nothing yet: often there is no fact to look at."""
        self.facts, self.plan, self.occasion = facts, plan, occasion

    def trace(self, place: int) -> Trace:
        """Follow every fact of the partner at a place to where it ends."""
        trace = Trace(None)
        span = self.occasion.span(place)
        rows: list[Counted] = []
        for counted in self._reached(place, span):
            reason = counted.fact.aside or self._reason(counted, span)
            if reason is None:
                rows.append(counted)
            else:
                trace.others.append((counted, reason))
        if self.plan.grouped is None:
            trace.counted = rows
            totals = tuple(total(rows) for total in self.totals)
        else:
            trace.groups = self._groups(rows, place, trace)
            totals = tuple(total(trace.groups) for total in self.totals)
        trace.value = self._value(Kept(place, (), totals))
        return trace

    def _reached(self, place: int, span: Span | None) -> Iterable[Counted]:
        last_day = self.occasion.as_of if span is None else span.high
        partner = self.occasion.partners[place]
        plan = self.plan
        for fact, owner, branch in self.facts.reached(
            plan.scan.table, partner, plan.reach.family, plan.convert.day
        ):
            yield Counted(fact, owner, branch, place, last_day)

    def _reason(self, row: Counted, span: Span | None) -> str | None:
        """Return why a fact does not count, or None if it does (so far)."""
        day = row.fact.values[self.day]
        if span is None or not self._enrolled(row, day):
            return NOT_ENROLLED
        if not isinstance(day, date) or day > span.high:
            return OUTSIDE
        if span.low is not None and day < span.low:
            return OUTSIDE
        if span.holds is not None and not self._holds(row.fact, span.holds):
            return OUTSIDE
        if self.facts.at_window_end and self._unconverted(row):
            return NO_RATE
        if self._where is not None and self._where(row) is not True:
            return FILTERED
        if self._visible is not None and self._visible(row) is not True:
            return NOT_VISIBLE
        return None

    def _enrolled(self, row: Counted, day: Value) -> bool:
        """Whether a fact's day lies in the enrollment that cuts the window, if one does."""
        term = self.occasion.terms[row.place] if self.occasion.terms else None
        if term is None or not isinstance(day, date):
            return True
        begun = term.start is None or term.start <= day
        return begun and (term.end is None or day <= term.end)

    def _holds(self, fact: Fact, day: date) -> bool:
        """Whether a fact holds on a day: from <= day < until; no end: still."""
        start, until = (
            self.cell(fact, name)
            for name in (self.plan.during.valid_from, self.plan.during.valid_until)
        )
        return (start is None or start <= day) and (until is None or day < until)

    def cell(self, fact: Fact, column: str | None) -> Any:
        """Return a fact's value in a column; None without a column."""
        return None if column is None else fact.values[self.columns.index(column)]

    def _unconverted(self, row: Counted) -> bool:
        """Whether an amount that the plan reads has no rate on the window's last day."""
        return any(
            self.cell(row.fact, amount.column) is not None
            and self.facts.converted(amount, self.columns, self.plan.convert.day)(
                row.fact, row.last_day
            )
            is None
            for amount in self.plan.convert.amounts
        )

    def _groups(self, rows: list[Counted], place: int, trace: Trace) -> list[Kept]:
        """Group the facts, keep groups by `having`, work out `each`."""
        members: dict[tuple[Any, ...], list[Counted]] = {}
        for row in rows:
            keys = tuple(seen(key(row)) for key in self.keys)
            if None in keys:
                trace.others.append((row, GROUP))
            else:
                members.setdefault(keys, []).append(row)
        kept = []
        for keys, inside in members.items():
            group = Kept(place, keys, tuple(total(inside) for total in self._inner))
            if self._having is not None and self._having(group) is not True:
                trace.others += [(row, GROUP) for row in inside]
                continue
            group.each = None if self._each is None else self._each(group)
            trace.counted += inside
            kept.append(group)
        return kept

    # -- expressions, bound when first needed ----------------------------------------------

    @cached_property
    def columns(self) -> list[str]:
        """The columns of the plan's table."""
        return list(self.facts.data.facts.columns(self.plan.scan.table))

    @cached_property
    def day(self) -> int:
        """Where the day stands by which a fact counts."""
        return self.columns.index(self.plan.during.day)

    @cached_property
    def _where(self) -> Getter | None:
        return None if self.plan.keep is None else getter(self.plan.keep.where, self.bind)

    @cached_property
    def _visible(self) -> Getter | None:
        return None if self.plan.visible is None else getter(self.plan.visible.where, self.bind)

    @cached_property
    def keys(self) -> list[Getter]:
        """What facts are grouped by; nothing without groups."""
        grouped = self.plan.grouped
        return [] if grouped is None else [getter(key, self.bind) for key in grouped.keys]

    @cached_property
    def _inner(self) -> list[Total]:
        grouped = self.plan.grouped
        return [] if grouped is None else self._aggregators(grouped.aggregates, self.bind)

    @cached_property
    def _having(self) -> Getter | None:
        grouped = self.plan.grouped
        if grouped is None or grouped.having is None:
            return None
        return getter(grouped.having, self.bind_group)

    @cached_property
    def _each(self) -> Getter | None:
        grouped = self.plan.grouped
        if grouped is None or grouped.each is None:
            return None
        return getter(grouped.each, self.bind_group)

    @cached_property
    def totals(self) -> list[Total]:
        """The aggregates that the value is made of."""
        bind = self.bind if self.plan.grouped is None else self.bind_group
        return self._aggregators(self.plan.total.aggregates, bind)

    @cached_property
    def _value(self) -> Getter:
        return getter(self.plan.total.value, self.bind_group)

    def _aggregators(self, found: tuple[Agg, ...], bind: Callable[[Ref], Getter]) -> list[Total]:
        return [aggregator(aggregate, bind) for aggregate in found]

    def bind_group(self, ref: Ref) -> Getter:
        """Return the getter of a reference over groups and totals."""
        match ref.kind:
            case "aggregate":
                index = int(ref.path[0])
                return lambda group: group.totals[index]
            case "key":
                index = int(ref.path[0])
                return lambda group: group.keys[index]
            case "each":
                return lambda group: group.each
        return self._constant(ref)

    def _constant(self, ref: Ref) -> Getter:
        """Return the getter of what is one value per partner levelled."""
        column = self.occasion.constants[ref]
        return lambda row: column[row.place]

    def bind(self, ref: Ref) -> Getter:
        """Return the getter of a reference over facts."""
        match ref.kind:
            case "branch":
                return lambda row: row.branch
            case "partner":
                partners, first = self.facts.data.partners, ref.path[0]
                entry = self.facts.data.spec.partners.columns.get(first)
                return self._through(
                    lambda row: partners[row.owner].get(first), ref.path[1:], entry
                )
            case "column":
                return self._column(ref)
        return self._constant(ref)

    def _column(self, ref: Ref) -> Getter:
        """Return the getter of a column: its own value, an amount converted, a reference's."""
        first = ref.path[0]
        amount = next((a for a in self.plan.convert.amounts if a.column == first), None)
        if amount is not None and len(ref.path) == 1:
            convert = self.facts.converted(amount, self.columns, self.plan.convert.day)
            return lambda row: convert(row.fact, row.last_day)
        index = self.columns.index(first)
        entry = self.facts.data.spec.facts[self.plan.scan.table].type_of(first)
        return self._through(lambda row: row.fact.values[index], ref.path[1:], entry)

    def _through(self, start: Getter, path: tuple[str, ...], entry: Column | None) -> Getter:
        """Follow references from a value to a column of what it points to."""
        data = self.facts.data
        for part in path:
            assert entry is not None
            assert entry.references is not None
            start = _step(start, data.references[entry.references], part)
            entry = data.spec.references[entry.references].columns.get(part)
        return start


def _step(start: Getter, table: Mapping[Value, Mapping[str, Value]], column: str) -> Getter:
    def follow(row: Any) -> Value:
        found = table.get(start(row))
        return None if found is None else found.get(column)

    return follow
