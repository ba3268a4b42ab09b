"""Opens a measured figure: the walk through the partner's facts, with what each fact brought.

`Witness` is the walk by which figures are worked out fact by fact; it only keeps what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from rulebook.backends.backend import Occasion
from rulebook.backends.by_record.facts import Facts
from rulebook.backends.by_record.trace import Counted, Kept
from rulebook.backends.by_record.walk import Walk
from rulebook.dataset.data import Fact, Value
from rulebook.explain.figure import Aggregate, Amount, Bundle, Record, Records
from rulebook.expressions import show
from rulebook.expressions.evaluate import getter
from rulebook.expressions.functions import AGGREGATES, Getter
from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.tree import Call, Expression, Node, children
from rulebook.expressions.typed import Agg, Ref, Type
from rulebook.meaning.model import MeasuredMeaning
from rulebook.plan.steps import GROUP, Exchanged, Plan

_ONE = Decimal(1)


class Witness(Walk):
    """A walk that tells, of each fact, what it brought to the figure."""

    def __init__(
        self, facts: Facts, plan: Plan, occasion: Occasion, meaning: MeasuredMeaning
    ) -> None:
        """Take what a walk takes, and the metric as written."""
        super().__init__(facts, plan, occasion)
        assert meaning.facts is not None
        self.meaning, self.table = meaning, meaning.facts

    def records(self, place: int) -> Records:
        """Return the facts of the partner at a place: those that count, and the others."""
        trace, metric = self.trace(place), self.meaning.metric
        span, grouped = self.occasion.span(place), self.plan.grouped
        inner = self.plan.total.aggregates if grouped is None else grouped.aggregates
        totals: tuple[Value, ...] = (
            tuple(total(trace.counted) for total in self.totals)
            if grouped is None
            else (None,) * len(inner)
        )
        written = [metric.value] if grouped is None else [metric.having, metric.each]
        return Records(
            table=metric.table,
            value=metric.value.text,
            where="" if metric.where is None else metric.where.text,
            window=str(metric.window),
            low=None if span is None else span.low,
            high=None if span is None else span.high,
            holds=None if span is None else span.holds,
            family=metric.family,
            total=trace.value,
            aggregates=_named(inner, written, totals),
            per=tuple(key.text for key in metric.per or ()),
            groups=tuple(self._bundle(group) for group in trace.groups),
            over=self._over(trace.groups),
            counted=tuple(self._record(row, None) for row in trace.counted),
            others=tuple(self._record(row, reason) for row, reason in trace.others),
        )

    def _over(self, groups: list[Kept]) -> tuple[Aggregate, ...]:
        if self.plan.grouped is None:
            return ()
        values = tuple(total(groups) for total in self.totals)
        return _named(self.plan.total.aggregates, [self.meaning.metric.value], values)

    def _bundle(self, group: Kept) -> Bundle:
        inputs = tuple(run(group) for run in self._group_inputs)
        keys = tuple(map(legible, group.keys, self._key_types))
        return Bundle(keys, group.totals, group.each, inputs)

    def _record(self, row: Counted, reason: str | None) -> Record:
        fact, table, as_of = row.fact, self.table, self.occasion.as_of
        recorded = self.cell(fact, table.recorded)
        valid = table.valid
        counts = reason is None
        grouped = self.keys and (counts or reason == GROUP)
        return Record(
            file=fact.file,
            line=fact.line,
            key=tuple((column, self.cell(fact, column)) for column in table.key or ()),
            partner=row.owner,
            branch=row.branch,
            day=fact.values[self.day],
            valid_from=None if valid is None else self.cell(fact, valid.start),
            valid_until=None if valid is None else self.cell(fact, valid.until),
            amounts=tuple(run(row) for run in self._amounts),
            columns=tuple((name, run(row)) for name, run in self._looked_at),
            inputs=tuple(run(row) for run in self._inputs) if counts else (),
            group=tuple(run(row) for run in self._legible_keys) if grouped else None,
            recorded=recorded,
            late=isinstance(recorded, date) and recorded > as_of,
            reason=reason,
        )

    @property
    def _key_types(self) -> list[Type]:
        return [] if self.plan.grouped is None else [key.type for key in self.plan.grouped.keys]

    # -- what is told of a fact, bound when first needed -------------------------------------

    @cached_property
    def _legible_keys(self) -> list[Getter]:
        pairs = zip(self.keys, self._key_types, strict=True)
        return [_legible_of(key, kind) for key, kind in pairs]

    @cached_property
    def _inputs(self) -> list[Getter]:
        grouped = self.plan.grouped
        inner = self.plan.total.aggregates if grouped is None else grouped.aggregates
        return [_input(aggregate, self.bind) for aggregate in inner]

    @cached_property
    def _group_inputs(self) -> list[Getter]:
        return [_input(aggregate, self.bind_group) for aggregate in self.plan.total.aggregates]

    @cached_property
    def _looked_at(self) -> list[tuple[str, Getter]]:
        """What the metric looks at, but for what is told of each fact anyway."""
        amounts = {amount.column for amount in self.plan.convert.amounts}
        told = {*amounts, *(self.table.key or ()), self.plan.during.day}
        found: list[tuple[str, Getter]] = []
        for ref in self.plan.told:
            if ref.kind == "column" and (len(ref.path) > 1 or ref.path[0] not in told):
                found.append((".".join(ref.path), self.bind(ref)))
            elif ref.kind == "partner":
                found.append((".".join(("partner", *ref.path)), self.bind(ref)))
        return found

    @cached_property
    def _amounts(self) -> list[Callable[[Counted], Amount]]:
        return [self._amount(amount) for amount in self.plan.convert.amounts]

    def _amount(self, amount: Exchanged) -> Callable[[Counted], Amount]:
        facts, columns, day = self.facts, self.columns, self.plan.convert.day
        currency, convert = facts.currency(amount, columns), facts.converted(amount, columns, day)

        def told(row: Counted) -> Amount:
            fact: Fact = row.fact
            value = self.cell(fact, amount.column)
            code = "" if value is None else currency(fact)
            when: Any = row.last_day if facts.at_window_end else self.cell(fact, day)
            known = isinstance(when, date) and value is not None
            return Amount(
                amount.column,
                value,
                code,
                facts.exchange.rate(code, when) if known else None,
                when if known else None,
                convert(fact, row.last_day) if known else None,
            )

        return told


def legible(value: Any, kind: Type) -> Any:
    """Return a key or an input as people read it: months and quarters with their year."""
    if value is not None and kind is Type.MONTH:
        return f"{int(value) // 12}-{int(value) % 12 + 1:02}"
    if value is not None and kind is Type.QUARTER:
        return f"{int(value) // 4} Q{int(value) % 4 + 1}"
    return value


def _legible_of(run: Getter, kind: Type) -> Getter:
    return lambda row: legible(seen(run(row)), kind)


def _input(aggregate: Agg, bind: Callable[[Ref], Getter]) -> Getter:
    """Return what gives the value that an aggregate takes of a row; None plays no part."""
    where = None if aggregate.where is None else getter(aggregate.where, bind)
    argument = None if aggregate.arg is None else getter(aggregate.arg, bind)
    kind = Type.NUMBER if aggregate.arg is None else aggregate.arg.type

    def taken(row: Any) -> Any:
        if where is not None and where(row) is not True:
            return None
        return _ONE if argument is None else legible(argument(row), kind)

    return taken


def _named(
    aggregates: tuple[Agg, ...], written: Sequence[Expression | None], values: tuple[Value, ...]
) -> tuple[Aggregate, ...]:
    """Return aggregates in the document's words; the parser's order is that of the plan."""
    calls = [call for text in written if text is not None for call in _calls(text.tree)]
    texts = list(dict.fromkeys(show(call) for call in calls))
    if len(texts) != len(aggregates):
        texts = [aggregate.name for aggregate in aggregates]
    return tuple(
        Aggregate(text, aggregate.name, aggregate.distinct, value)
        for text, aggregate, value in zip(texts, aggregates, values, strict=True)
    )


def _calls(node: Node) -> list[Call]:
    if isinstance(node, Call) and node.function in AGGREGATES:
        return [node]
    return [call for child in children(node) for call in _calls(child)]
