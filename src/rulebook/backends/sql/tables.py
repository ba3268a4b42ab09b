"""The tables of one set of data in a database, as one program's money sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.sql.engine import Engine, EngineError, Shapes
from rulebook.backends.sql.expressions import Part
from rulebook.backends.sql.relations import Relations
from rulebook.backends.sql.source import Given, column, in_currency, name
from rulebook.dataset.data import Data
from rulebook.errors import MeasureError, Problem
from rulebook.expressions.typed import Ref
from rulebook.plan.steps import Exchanged
from rulebook.values.money import Exchange

Pairs = frozenset[tuple[str, date]]


class Tables:
    """What queries have to know of the tables, each looked up once."""

    def __init__(
        self,
        data: Data,
        engine: Engine,
        exchange: Exchange,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Look nothing up yet."""
        self.data, self.engine, self.exchange = data, engine, exchange
        self.amounts, self.at_window_end = amounts, at_window_end
        self.missing: dict[str, frozenset[str]] = {}  # by table, amounts without some rate
        self._shapes: dict[str, Shapes] = {}
        self._pairs: dict[tuple[str, Exchanged, str], Pairs] = {}
        self._have_rate: set[tuple[str, date]] = set()  # looked up before

    def look_again(self, came: Mapping[str, str | None]) -> None:
        """Forget what was looked up of the facts, but where rows came and none was changed.

        `came` has the relation of these rows by fact table, None where there is none. What a
        table's amounts have is then what they had, and what these rows have.
        """
        self.missing.clear()
        self._shapes.clear()
        for (table, amount, day), pairs in list(self._pairs.items()):
            if table not in came:
                del self._pairs[table, amount, day]
            elif (relation := came[table]) is not None:
                rows = exp.Table(this=name(relation))
                self._pairs[table, amount, day] = pairs | self._look(table, rows, amount, day)

    def answer(self, query: exp.Expression, what: str) -> pa.Table:
        """Return all rows of a query; raise MeasureError that names the database, or TooWide."""
        try:
            return self.engine.answer(query)
        except EngineError as error:
            message = f"{self.engine.name} failed on {what}: {error}"
            raise MeasureError([Problem(message)]) from error

    def pairs(self, table: str, amount: Exchanged, day: str) -> Pairs:
        """Return the currencies and days of a table's amounts."""
        key = (table, amount, day)
        if key not in self._pairs:
            self._pairs[key] = self._look(table, self.engine.table(f"fact_{table}"), amount, day)
        return self._pairs[key]

    def _look(self, table: str, rows: exp.Table, amount: Exchanged, day: str) -> Pairs:
        query = pairs_of(rows, amount, day, self.exchange.currency)
        return pairs_in(self.answer(query, f"the amounts of {table}"))

    def lacks_rate(self, table: str, amount: Exchanged, day: str) -> bool:
        """Whether some of a table's amounts have no rate on their day."""
        new = self.pairs(table, amount, day) - self._have_rate
        if any(self.exchange.rate(currency, when) is None for currency, when in new):
            return True
        self._have_rate |= new
        return False

    def rated(self, table: str, day: str, last_days: set[date]) -> Pairs:
        """Return the currencies and days of which a table needs rates.

        `last_days` are those of the windows, where rates are theirs.
        """
        found = [self.pairs(table, amount, day) for amount in self.amounts.get(table, ())]
        pairs = frozenset(pair for each in found for pair in each)
        if not self.at_window_end:
            return pairs
        return frozenset((currency, when) for currency, _ in pairs for when in last_days)

    def given(
        self,
        table: str,
        relations: Relations,
        day: str,
        last_days: set[date],
        constants: Mapping[Ref, tuple[str, Part]],
        converted: Collection[Exchanged],
    ) -> Given:
        """Return what a query over a fact table has to know; rates are put where it needs them.

        `converted` are the amounts that it reads: rates of a window's last day are theirs alone.
        Amounts that the table has converted need none.
        """
        amounts = tuple(self.amounts.get(table, ()))
        if self.at_window_end:
            lacking = frozenset(amount.column for amount in converted)
        else:
            lacking = self.missing.get(table, frozenset())
        shapes = self._all_shapes(table)
        facts, currency = shapes[f"fact_{table}"], self.exchange.currency
        ready = all(in_currency(each.column, currency) in facts for each in converted)
        rates = (1, 0)
        if lacking or self.at_window_end or not ready:
            rates = relations.put_rates(self.rated(table, day, last_days))
        return Given(
            self.data.spec,
            self.engine.table,
            shapes,
            currency,
            self.exchange.places,
            rates,
            constants,
            lacking,
            amounts,
            self.at_window_end,
        )

    def _all_shapes(self, table: str) -> Mapping[str, Shapes]:
        """Return the digits of every numeric column of the tables that a plan can reach."""
        references = (f"ref_{each}" for each in self.data.spec.references)
        for each in (f"fact_{table}", "partner", *references):
            if each not in self._shapes:
                self._shapes[each] = self.engine.shapes(each)
        return self._shapes


def pairs_of(rows: exp.Table, amount: Exchanged, day: str, currency: str) -> exp.Expression:
    """Return the query of the currencies and days of an amount in rows that are not set aside.

    `currency` is the program's: that of an amount whose currency the dataset leaves open.
    """
    of: exp.Expression = column(amount.currency, "f")
    if amount.constant:
        of = exp.Literal.string(amount.currency or currency)
    return (
        exp.select(of.as_("currency"), column(day, "f").as_("day"))
        .distinct()
        .from_(rows.as_("f", quoted=True))
        .where(
            exp.Is(this=column("_aside", "f"), expression=exp.null()),
            exp.Not(this=exp.Is(this=column(amount.column, "f"), expression=exp.null())),
        )
    )


def pairs_in(found: pa.Table) -> Pairs:
    """Return the rows of a query's two columns."""
    return frozenset(zip(*(each.to_pylist() for each in found.columns), strict=True))
