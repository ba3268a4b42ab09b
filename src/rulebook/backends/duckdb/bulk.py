"""Runs plans in bulk over the tables of a loaded folder.

What SQL can't say with the same answer, and what outgrows 38 digits on the way, is walked
fact by fact instead: one plan, two ways to run it, one answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from rulebook.backends.backend import MissingRate, Occasion
from rulebook.backends.by_record import ByRecord, Kept
from rulebook.backends.duckdb.query import Given, Query, column, table
from rulebook.backends.duckdb.sql import NotInSql, Part
from rulebook.backends.families import Families
from rulebook.dataset.data import Data, Value
from rulebook.errors import MeasureError, Problem
from rulebook.expressions.evaluate import getter
from rulebook.expressions.functions import AGGREGATES
from rulebook.expressions.typed import Ref, Type
from rulebook.plan.steps import Exchanged, Plan
from rulebook.values.money import RATE_DECIMALS, Exchange

EARLIEST = date.min


class Bulk:
    """One program's plans over one folder's DuckDB connection."""

    def __init__(
        self,
        data: Data,
        connection: duckdb.DuckDBPyConnection,
        exchange: Exchange,
        families: Families,
        amounts: Mapping[str, Sequence[Exchanged]],
        at_window_end: bool,
    ) -> None:
        """Open a cursor of our own: the relations of this program are its temporary tables."""
        self.data, self.exchange, self.families = data, exchange, families
        self.connection = connection.cursor()
        self.amounts, self.at_window_end = amounts, at_window_end
        self.by_record = ByRecord(data, exchange, families, amounts, at_window_end)
        self.partners = list(data.partners)
        self._digits: dict[str, dict[str, tuple[int, int]]] = {}
        self._missing: dict[str, frozenset[str]] = {}
        self._rates_of: tuple[str, tuple[int, int]] | None = None
        self._members: bool | None = None

    def missing_rates(
        self, table_name: str, amounts: Sequence[Exchanged], day: str
    ) -> list[MissingRate]:
        """Return the facts of a table, not yet set aside, whose amounts have no rate."""
        found = (
            self.by_record.missing_rates(table_name, amounts, day)
            if self._lacking(table_name, amounts, day)
            else []
        )
        self._missing[table_name] = frozenset(row.column for row in found)
        return found

    def unconverted(self, plan: Plan, occasions: Sequence[Occasion]) -> list[MissingRate]:
        """Return the facts in a plan's windows whose amounts have no rate on the last day."""
        if not self.at_window_end:
            return []
        days = {span.high for occasion in occasions for span in occasion.spans if span is not None}
        for amount in plan.convert.amounts:
            pairs = self._pairs(plan.scan.table, amount, plan.convert.day)
            currencies = {currency for currency, _ in pairs}
            if any(self.exchange.rate(c, day) is None for c in currencies for day in days):
                return self.by_record.unconverted(plan, occasions)
        return []

    def _lacking(self, table_name: str, amounts: Sequence[Exchanged], day: str) -> bool:
        return any(
            self.exchange.rate(currency, when) is None
            for amount in amounts
            for currency, when in self._pairs(table_name, amount, day)
        )

    def _pairs(self, table_name: str, amount: Exchanged, day: str) -> list[tuple[str, date]]:
        currency: exp.Expression = column(amount.currency, "f")
        if amount.constant:
            currency = exp.Literal.string(amount.currency or self.exchange.currency)
        query = (
            exp.select(currency, column(day, "f"))
            .distinct()
            .from_(table(f"fact_{table_name}", "f"))
            .where(
                exp.Is(this=column("_aside", "f"), expression=exp.null()),
                exp.Not(this=exp.Is(this=column(amount.column, "f"), expression=exp.null())),
            )
        )
        return self._rows(query)

    def _rows(self, query: exp.Expression) -> list[Any]:
        return self.connection.execute(query.sql(dialect="duckdb")).fetchall()

    def measure(self, plan: Plan, occasions: Sequence[Occasion]) -> list[list[Value]]:
        """Return for each occasion the metric of every partner, in the partners' order."""
        try:
            query = self.query(plan, occasions)
            rows = self._rows(query)
        except (NotInSql, duckdb.OutOfRangeException, duckdb.ConversionException):
            return self.by_record.measure(plan, occasions)
        except duckdb.Error as error:
            message = f"DuckDB failed on the metric {plan.metric}: {str(error).splitlines()[0]}"
            raise MeasureError([Problem(message)]) from error
        return self._answers(plan, occasions, rows)

    def query(self, plan: Plan, occasions: Sequence[Occasion]) -> exp.Expression:
        """Return a plan's query, with the relations that it reads put in place, or NotInSql."""
        by_partner = any(len(occasion.spans) > 1 for occasion in occasions)
        self._put_members(plan.reach.family)
        self._put_spans(occasions, by_partner)
        constants = self._put_constants(plan, occasions)
        amounts = tuple(self.amounts.get(plan.scan.table, ()))
        given = Given(
            self.data.spec,
            self._shapes(plan),
            self.exchange.currency,
            self.exchange.places,
            self._put_rates(plan, amounts, occasions),
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

    def _answers(
        self, plan: Plan, occasions: Sequence[Occasion], rows: list[Any]
    ) -> list[list[Value]]:
        nothing = tuple(AGGREGATES[agg.name]([]) for agg in plan.total.aggregates)
        by_occasion: list[dict[int, tuple[Any, ...]]] = [{} for _ in occasions]
        for place, index, *totals in rows:
            by_occasion[index][place] = tuple(map(_value, totals))
        answers: list[list[Value]] = []
        for occasion, found in zip(occasions, by_occasion, strict=True):
            run = getter(plan.total.value, _binder(occasion))
            answers.append(
                [
                    run(Kept(place, (), found.get(place, nothing)))
                    for place in range(len(self.partners))
                ]
            )
        return answers

    # -- relations ----------------------------------------------------------------------

    def _put(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        arrow = pa.table(dict(columns))
        self.connection.register("incoming", arrow)
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM incoming')
        self.connection.unregister("incoming")

    def _put_members(self, family: bool) -> None:
        if self._members is family:
            return
        order = {partner: place for place, partner in enumerate(self.partners)}
        pairs = self.families.pairs() if family else [(p, p, p) for p in self.partners]
        self._put(
            "member",
            {
                "place": pa.array([order[top] for top, _, _ in pairs], pa.int32()),
                "partner": pa.array([member for _, member, _ in pairs], pa.string()),
                "branch": pa.array([branch for _, _, branch in pairs], pa.string()),
            },
        )
        self._members = family

    def _put_spans(self, occasions: Sequence[Occasion], by_partner: bool) -> None:
        rows = [
            (index, place, span.low or EARLIEST, span.high, span.holds)
            for index, occasion in enumerate(occasions)
            for place in (range(len(self.partners)) if by_partner else (0,))
            if (span := occasion.span(place)) is not None and not span.empty
        ]
        kinds = (
            ("o", pa.int32()),
            ("place", pa.int32()),
            ("low", pa.date32()),
            ("high", pa.date32()),
            ("holds", pa.date32()),
        )
        self._put(
            "span",
            {
                word: pa.array([row[i] for row in rows], kind)
                for i, (word, kind) in enumerate(kinds)
            },
        )

    def _put_constants(
        self, plan: Plan, occasions: Sequence[Occasion]
    ) -> dict[Ref, tuple[str, Part]]:
        if not plan.constants:
            return {}
        places = range(len(self.partners))
        columns = {
            "o": pa.array([o for o, _ in enumerate(occasions) for _ in places], pa.int32()),
            "place": pa.array([place for _ in occasions for place in places], pa.int32()),
        }
        shapes: dict[Ref, tuple[str, Part]] = {}
        for index, ref in enumerate(plan.constants):
            values = [occasion.constants[ref][place] for occasion in occasions for place in places]
            array, shape = _shaped(values, ref.type)
            columns[f"v{index}"] = array
            shapes[ref] = (f"v{index}", shape)
        self._put("constant", columns)
        return shapes

    def _put_rates(
        self, plan: Plan, amounts: Sequence[Exchanged], occasions: Sequence[Occasion]
    ) -> tuple[int, int]:
        """Put the rates that the plan's table needs; return their digits and scale."""
        if self.at_window_end:
            days = {span.high for o in occasions for span in o.spans if span is not None}
            return self._put_rate_table(
                {
                    (currency, day)
                    for amount in amounts
                    for currency, _ in self._pairs(plan.scan.table, amount, plan.convert.day)
                    for day in days
                }
            )
        if self._rates_of is None or self._rates_of[0] != plan.scan.table:
            found = [self._pairs(plan.scan.table, a, plan.convert.day) for a in amounts]
            shape = self._put_rate_table({pair for pairs in found for pair in pairs})
            self._rates_of = (plan.scan.table, shape)
        return self._rates_of[1]

    def _put_rate_table(self, pairs: set[tuple[str, date]]) -> tuple[int, int]:
        rates = [(c, day, self.exchange.rate(c, day)) for c, day in sorted(pairs)]
        known = [(c, day, rate) for c, day, rate in rates if rate is not None]
        whole = max((len(str(int(rate))) for _, _, rate in known), default=1)
        shape = (whole + RATE_DECIMALS, RATE_DECIMALS)
        self._put(
            "rate",
            {
                "currency": pa.array([c for c, _, _ in known], pa.string()),
                "day": pa.array([day for _, day, _ in known], pa.date32()),
                "rate": pa.array([rate for _, _, rate in known], pa.decimal128(*shape)),
            },
        )
        return shape

    def _shapes(self, plan: Plan) -> dict[str, dict[str, tuple[int, int]]]:
        """Return the digits of every numeric column of the tables that a plan can reach."""
        names = [
            f"fact_{plan.scan.table}",
            "partner",
            *(f"ref_{name}" for name in self.data.spec.references),
        ]
        for name in names:
            if name not in self._digits:
                query = exp.select("*").from_(table(name, "t")).limit(0)
                described = self.connection.execute(query.sql(dialect="duckdb")).description or []
                self._digits[name] = {
                    item[0]: shape for item in described if (shape := _digits(str(item[1])))
                }
        return self._digits


def _digits(type_: str) -> tuple[int, int] | None:
    if type_.startswith("DECIMAL("):
        digits, scale = type_[8:-1].split(",")
        return int(digits), int(scale)
    return {"BIGINT": (19, 0), "INTEGER": (10, 0), "HUGEINT": (38, 0)}.get(type_)


def _shaped(values: Sequence[Any], type_: Type) -> tuple[pa.Array, Part]:
    """Return constants as a column, with the digits that they have."""
    here = exp.null()
    kinds = {type(value) for value in values if value is not None}
    if tuple in kinds or type_ is Type.LIST:
        raise NotInSql
    if Decimal in kinds or type_ is Type.NUMBER:
        numbers = [value for value in values if value is not None]
        scale = max((-min(int(v.as_tuple().exponent), 0) for v in numbers), default=0)
        whole = max((len(str(abs(int(v)))) for v in numbers), default=1)
        if whole + scale > 38:
            raise NotInSql
        return pa.array(values, pa.decimal128(whole + scale, scale)), Part(here, whole, scale)
    by_type = {Type.BOOLEAN: pa.bool_(), Type.DATE: pa.date32()}
    return pa.array(values, by_type.get(type_, pa.string())), Part(here)


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
