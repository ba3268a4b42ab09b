"""Runs plans in bulk: each becomes a query for whatever database holds the tables.

What SQL can't say with the same answer, and what outgrows a database's digits on the way, is
walked fact by fact instead: one plan, several ways to run it, one answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.backend import Ask, Figure, MissingRate, Occasion
from rulebook.backends.by_record import ByRecord, Kept
from rulebook.backends.families import Families
from rulebook.backends.sql.engine import Engine, EngineError, Shapes, TooWide
from rulebook.backends.sql.expressions import NotInSql
from rulebook.backends.sql.query import Given, Query, column
from rulebook.backends.sql.relations import Relations
from rulebook.dataset.data import Data, Value
from rulebook.errors import MeasureError, Problem
from rulebook.expressions.evaluate import getter
from rulebook.expressions.functions import AGGREGATES
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import Exchanged, Plan
from rulebook.values.money import Exchange


class Bulk:
    """One program's plans over one database."""

    def __init__(
        self,
        data: Data,
        engine: Engine,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Put no relation yet."""
        self.data, self.engine, self.exchange = data, engine, exchange
        self.amounts, self.at_window_end = amounts, at_window_end
        self.relations = Relations(engine, families, exchange)
        self.by_record = ByRecord(data, exchange, families, amounts, at_window_end)
        self._shapes: dict[str, Shapes] = {}
        self._missing: dict[str, frozenset[str]] = {}
        self._known_pairs: dict[tuple[str, Exchanged, str], list[tuple[str, date]]] = {}

    def missing_rates(
        self, table: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        found = (
            self.by_record.missing_rates(table, amounts, day)
            if self._lacking(table, amounts, day)
            else []
        )
        self._missing[table] = frozenset(row.column for row in found)
        return found

    def unconverted(self, ask: Ask) -> list[MissingRate]:
        """Return the facts in a plan's windows whose amounts have no rate on the last day."""
        if not self.at_window_end:
            return []
        plan, days = ask.plan, _last_days(ask.occasions)
        for amount in plan.convert.amounts:
            pairs = self._pairs(plan.scan.table, amount, plan.convert.day)
            currencies = {currency for currency, _ in pairs}
            if any(self.exchange.rate(c, day) is None for c in currencies for day in days):
                return self.by_record.unconverted(ask)
        return []

    def _lacking(self, table: str, amounts: Sequence[Exchanged], day: str) -> bool:
        return any(
            self.exchange.rate(currency, when) is None
            for amount in amounts
            for currency, when in self._pairs(table, amount, day)
        )

    def _pairs(self, table: str, amount: Exchanged, day: str) -> list[tuple[str, date]]:
        """Return the currencies and days of a table's amounts, each pair once."""
        key = (table, amount, day)
        if key not in self._known_pairs:
            currency: exp.Expression = column(amount.currency, "f")
            if amount.constant:
                currency = exp.Literal.string(amount.currency or self.exchange.currency)
            query = (
                exp.select(currency.as_("currency"), column(day, "f").as_("day"))
                .distinct()
                .from_(self.engine.table(f"fact_{table}").as_("f", quoted=True))
                .where(
                    exp.Is(this=column("_aside", "f"), expression=exp.null()),
                    exp.Not(this=exp.Is(this=column(amount.column, "f"), expression=exp.null())),
                )
            )
            answer = self._answer(query, f"the amounts of {table}")
            pairs = zip(answer.column(0).to_pylist(), answer.column(1).to_pylist(), strict=True)
            self._known_pairs[key] = list(pairs)
        return self._known_pairs[key]

    def _answer(self, query: exp.Expression, what: str) -> pa.Table:
        try:
            return self.engine.answer(query)
        except EngineError as error:
            message = f"{self.engine.name} failed on {what}: {error}"
            raise MeasureError([Problem(message)]) from error

    def measure(self, asks: Sequence[Ask]) -> list[list[Figure]]:
        """Return for each ask, for each occasion, the metric of every partner in order."""
        return [self._measure(ask) for ask in asks]

    def _measure(self, ask: Ask) -> list[Figure]:
        try:
            answer = self._answer(self.query(*ask), f"the metric {ask.plan.metric}")
        except (NotInSql, TooWide):
            return self.by_record.measure([ask])[0]
        return _figures(*ask, answer)

    def query(self, plan: Plan, occasions: Sequence[Occasion]) -> exp.Expression:
        """Return a plan's query, with the relations that it reads put in place, or NotInSql."""
        by_partner = any(len(occasion.spans) > 1 for occasion in occasions)
        self.relations.put_members(plan.reach.family, occasions[0].partners)
        self.relations.put_spans(occasions, by_partner)
        constants = self.relations.put_constants(plan, occasions)
        amounts = tuple(self.amounts.get(plan.scan.table, ()))
        given = Given(
            self.data.spec,
            self.engine.table,
            self._all_shapes(plan),
            self.exchange.currency,
            self.exchange.places,
            self.relations.put_rates(self._rated(plan, amounts, occasions)),
            by_partner,
            constants,
            self._lacking_amounts(plan),
            amounts,
            self.at_window_end,
        )
        return Query(plan, given).sql()

    def _lacking_amounts(self, plan: Plan) -> frozenset[str]:
        if self.at_window_end:
            return frozenset(amount.column for amount in plan.convert.amounts)
        return self._missing.get(plan.scan.table, frozenset())

    def _rated(
        self, plan: Plan, amounts: Sequence[Exchanged], occasions: Sequence[Occasion]
    ) -> frozenset[tuple[str, date]]:
        """Return the currencies and days of which the plan's table needs rates."""
        found = [self._pairs(plan.scan.table, each, plan.convert.day) for each in amounts]
        pairs = frozenset(pair for pairs in found for pair in pairs)
        if not self.at_window_end:
            return pairs
        days = _last_days(occasions)
        return frozenset((currency, day) for currency, _ in pairs for day in days)

    def _all_shapes(self, plan: Plan) -> Mapping[str, Shapes]:
        """Return the digits of every numeric column of the tables that a plan can reach."""
        references = (f"ref_{name}" for name in self.data.spec.references)
        for name in (f"fact_{plan.scan.table}", "partner", *references):
            if name not in self._shapes:
                self._shapes[name] = self.engine.shapes(name)
        return self._shapes


def _last_days(occasions: Sequence[Occasion]) -> set[date]:
    return {span.high for each in occasions for span in each.spans if span is not None}


def _figures(plan: Plan, occasions: Sequence[Occasion], answer: pa.Table) -> list[Figure]:
    """Return the value of every partner, from the aggregates of those that have facts."""
    nothing = tuple(AGGREGATES[agg.name]([]) for agg in plan.total.aggregates)
    by_occasion: list[dict[int, tuple[Any, ...]]] = [{} for _ in occasions]
    columns = [each.to_pylist() for each in answer.columns]
    for place, index, *totals in zip(*columns, strict=True):
        by_occasion[index][place] = tuple(map(_value, totals))
    figures: list[Figure] = []
    for occasion, found in zip(occasions, by_occasion, strict=True):
        run = getter(plan.total.value, _binder(occasion))
        places = range(len(occasion.partners))
        figures.append([run(Kept(place, (), found.get(place, nothing))) for place in places])
    return figures


def _binder(occasion: Occasion) -> Any:
    def bind(ref: Ref) -> Any:
        if ref.kind == "aggregate":
            index = int(ref.path[0])
            return lambda row: row.totals[index]
        values = occasion.constants[ref]
        return lambda row: values[row.place]

    return bind


def _value(value: Any) -> Value:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


__all__ = ["Bulk"]
