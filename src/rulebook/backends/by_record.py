"""Runs a plan fact by fact in Python: exact for every program, and able to say why.

It is the engine of examples and of evidence, and takes over where a bulk engine's numbers
are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from rulebook.backends.backend import MissingRate, Occasion
from rulebook.backends.families import Families
from rulebook.dataset.data import NO_RATE, Data, Fact, Value
from rulebook.dataset.spec import Column
from rulebook.expressions.evaluate import aggregator, getter
from rulebook.expressions.functions import Getter
from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import FILTERED, GROUP, NOT_ENROLLED, OUTSIDE, Exchanged, Plan
from rulebook.values.money import Exchange
from rulebook.values.windows import Span


@dataclass(slots=True)
class Counted:
    """A fact on its way to one partner: whose it is, through which branch it came."""

    fact: Fact
    owner: str
    branch: str
    place: int
    last_day: date


@dataclass(slots=True)
class Kept:
    """A group on its way to the total."""

    place: int
    keys: tuple[Any, ...]
    totals: tuple[Any, ...] = ()
    each: Any = None


@dataclass
class Trace:
    """What one partner's figure is made of: the facts that count, the others with reasons."""

    value: Value
    counted: list[Counted] = field(default_factory=list)
    others: list[tuple[Counted, str]] = field(default_factory=list)
    groups: list[Kept] = field(default_factory=list)


class ByRecord:
    """Walks facts; keeps them by partner once read."""

    def __init__(
        self,
        data: Data,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Take the data, the rates, and for each table the amounts that the program reads."""
        self.data, self.exchange, self.families = data, exchange, families
        self.amounts, self.at_window_end = amounts, at_window_end
        self._facts: dict[str, dict[str, list[Fact]]] = {}

    @cached_property
    def partners(self) -> list[str]:
        """The partners in their order."""
        return list(self.data.partners)

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        columns = list(self.data.facts.columns(table))
        found = []
        for fact in self.data.facts.rows(table, None):
            if fact.aside is not None:
                continue
            for amount in amounts:
                missing = self._missing(fact, columns, amount, columns.index(day))
                if missing is not None:
                    when = fact.values[columns.index(day)]
                    found.append(
                        MissingRate(
                            table,
                            fact.file,
                            fact.line,
                            amount.column,
                            missing,
                            when if isinstance(when, date) else None,
                        )
                    )
        return found

    def _missing(self, fact: Fact, columns: list[str], amount: Exchanged, day: int) -> str | None:
        if fact.values[columns.index(amount.column)] is None:
            return None
        currency = self._currency(amount, columns)(fact)
        when = fact.values[day]
        assert isinstance(when, date)
        return None if self.exchange.rate(currency, when) is not None else currency

    def _currency(self, amount: Exchanged, columns: list[str]) -> Callable[[Fact], str]:
        if amount.constant:
            return lambda _: amount.currency or self.exchange.currency
        place = columns.index(amount.currency)
        return lambda fact: str(fact.values[place])

    def facts_of(self, table: str, partner: str, day: str) -> list[Fact]:
        """Return a partner's facts, those set aside included, in the order of the files."""
        if table not in self._facts:
            spec = self.data.spec.facts[table]
            columns = list(self.data.facts.columns(table))
            owner, when = columns.index(spec.partner), columns.index(day)
            by_partner: dict[str, list[Fact]] = {}
            amounts = () if self.at_window_end else self.amounts.get(table, ())
            for fact in self.data.facts.rows(table, list(self.data.partners)):
                if fact.aside is None and any(
                    self._missing(fact, columns, amount, when) for amount in amounts
                ):
                    fact = fact._replace(aside=NO_RATE)
                by_partner.setdefault(str(fact.values[owner]), []).append(fact)
            self._facts[table] = by_partner
        return self._facts[table].get(partner, [])

    def measure(self, plan: Plan, occasions: Sequence[Occasion]) -> list[list[Value]]:
        """Return for each occasion the metric of every partner, in the partners' order."""
        answers = []
        for occasion in occasions:
            walk = _Walk(self, plan, occasion)
            answers.append([walk.trace(place).value for place in range(len(self.partners))])
        return answers

    def trace(self, plan: Plan, occasion: Occasion, place: int) -> Trace:
        """Return what the figure of the partner at a place is made of."""
        return _Walk(self, plan, occasion).trace(place)


class _Walk:
    """One plan on one occasion: its expressions bound to facts."""

    def __init__(self, backend: ByRecord, plan: Plan, occasion: Occasion) -> None:
        self.backend, self.plan, self.occasion = backend, plan, occasion
        self.columns = list(backend.data.facts.columns(plan.scan.table))
        self.where = plan.keep and getter(plan.keep.where, self.bind)
        during = plan.during
        self.day = self.columns.index(during.day)
        self.valid_from = during.valid_from and self.columns.index(during.valid_from)
        self.valid_until = during.valid_until and self.columns.index(during.valid_until)
        grouped = plan.grouped
        self.keys = [] if grouped is None else [getter(key, self.bind) for key in grouped.keys]
        inner = grouped.aggregates if grouped else plan.total.aggregates
        self.inner = [aggregator(aggregate, self.bind) for aggregate in inner]
        self.having = grouped and grouped.having and getter(grouped.having, self.bind_group)
        self.each = grouped and grouped.each and getter(grouped.each, self.bind_group)
        self.outer = (
            [aggregator(a, self.bind_group) for a in plan.total.aggregates] if grouped else []
        )
        self.value = getter(plan.total.value, self.bind_group)

    def trace(self, place: int) -> Trace:
        """Follow every fact of the partner at a place to where it ends."""
        trace = Trace(None)
        span = self.occasion.span(place)
        rows: list[Counted] = []
        for counted in self.reached(place, span):
            reason = counted.fact.aside or self.reason(counted, span)
            if reason is None:
                rows.append(counted)
            else:
                trace.others.append((counted, reason))
        if self.plan.grouped is None:
            trace.counted = rows
            totals = tuple(total(rows) for total in self.inner)
        else:
            trace.groups = self.groups(rows, place, trace)
            totals = tuple(total(trace.groups) for total in self.outer)
        trace.value = self.value(Kept(place, (), totals))
        return trace

    def reached(self, place: int, span: Span | None) -> Iterable[Counted]:
        """Yield the facts of the partner, or of its family, set aside or not."""
        partner = self.backend.partners[place]
        last_day = self.occasion.as_of if span is None else span.high
        members = (
            [(partner, partner)]
            if not self.plan.reach.family
            else self.backend.families.members(partner)
        )
        for owner, branch in members:
            for fact in self.backend.facts_of(self.plan.scan.table, owner, self.plan.convert.day):
                yield Counted(fact, owner, branch, place, last_day)

    def reason(self, row: Counted, span: Span | None) -> str | None:
        """Return why a fact does not count, or None if it does (so far)."""
        if span is None:
            return NOT_ENROLLED
        missing = self.backend.at_window_end and self.unconverted(row)
        if missing:
            return NO_RATE
        day = row.fact.values[self.day]
        if not isinstance(day, date):
            return OUTSIDE
        if day > span.high or (span.low is not None and day < span.low):
            return OUTSIDE
        if span.holds is not None and not self.holds(row.fact, span.holds):
            return OUTSIDE
        if self.where is not None and self.where(row) is not True:
            return FILTERED
        return None

    def holds(self, fact: Fact, day: date) -> bool:
        """Whether a fact holds on a day: from <= day < until; no end: still."""
        start: Any = None if self.valid_from is None else fact.values[int(self.valid_from)]
        until: Any = None if self.valid_until is None else fact.values[int(self.valid_until)]
        return (start is None or start <= day) and (until is None or day < until)

    def unconverted(self, row: Counted) -> bool:
        """Whether an amount that the plan reads has no rate on the window's last day."""
        for amount in self.plan.convert.amounts:
            if row.fact.values[self.columns.index(amount.column)] is not None:
                currency = self.backend._currency(amount, self.columns)(row.fact)
                if self.backend.exchange.rate(currency, row.last_day) is None:
                    return True
        return False

    def groups(self, rows: list[Counted], place: int, trace: Trace) -> list[Kept]:
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
            group = Kept(place, keys, tuple(total(inside) for total in self.inner))
            if self.having is not None and self.having(group) is not True:
                trace.others += [(row, GROUP) for row in inside]
                continue
            group.each = None if self.each is None else self.each(group)
            trace.counted += inside
            kept.append(group)
        return kept

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
        return self.constant(ref)

    def constant(self, ref: Ref) -> Getter:
        """Return the getter of what is one value per partner levelled."""
        column = self.occasion.constants[ref]
        return lambda row: column[row.place]

    def bind(self, ref: Ref) -> Getter:
        """Return the getter of a reference over facts."""
        match ref.kind:
            case "branch":
                return lambda row: row.branch
            case "partner":
                partners = self.backend.data.partners
                entries = self.backend.data.spec.partners.columns
                first = ref.path[0]
                own: Getter = lambda row: partners[row.owner].get(first)  # noqa: E731
                return self.through(own, ref.path[1:], entries.get(first))
            case "column":
                return self.column(ref)
        return self.constant(ref)

    def column(self, ref: Ref) -> Getter:
        """Return the getter of a column: its own value, an amount converted, a reference's."""
        first = ref.path[0]
        index = self.columns.index(first)
        amount = next((a for a in self.plan.convert.amounts if a.column == first), None)
        if amount is not None and len(ref.path) == 1:
            return self.amount(index, amount)
        entry = self.backend.data.spec.facts[self.plan.scan.table].type_of(first)
        return self.through(lambda row: row.fact.values[index], ref.path[1:], entry)

    def amount(self, index: int, amount: Exchanged) -> Getter:
        """Return the getter of an amount in the program's currency."""
        exchange, currency = self.backend.exchange, self.backend._currency(amount, self.columns)
        day = self.columns.index(self.plan.convert.day)

        def convert(row: Counted) -> Decimal | None:
            value: Any = row.fact.values[index]
            if value is None:
                return None
            when: Any = row.last_day if self.backend.at_window_end else row.fact.values[day]
            rate = exchange.rate(currency(row.fact), when)
            return None if rate is None else exchange.convert(value, rate)

        return convert

    def through(self, start: Getter, path: tuple[str, ...], entry: Column | None) -> Getter:
        """Follow references from a value to a column of what it points to."""
        references = self.backend.data.references
        for part in path:
            assert entry is not None
            assert entry.references is not None
            start = _step(start, references[entry.references], part)
            entry = self.backend.data.spec.references[entry.references].columns.get(part)
        return start


def _step(start: Getter, table: Mapping[Value, Mapping[str, Value]], column: str) -> Getter:
    def follow(row: Any) -> Value:
        found = table.get(start(row))
        return None if found is None else found.get(column)

    return follow


__all__ = ["ByRecord", "Counted", "Kept", "Trace"]
