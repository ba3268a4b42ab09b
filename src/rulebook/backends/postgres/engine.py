"""PostgreSQL: plans run where the tables lie, on a connection that the caller gives.

Only the aggregates of each partner come out. Nothing is written: no temporary table, no
transaction ended that the caller began.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.postgres import arrays
from rulebook.backends.postgres.catalog import MAX_DIGITS, NUMERIC, Catalog
from rulebook.backends.postgres.dialect import said
from rulebook.backends.sql.engine import EngineError, Shapes, TooWide

#: Where no relation of a query has more rows, the planner may look them up one by one.
FEW = 100
_TYPES = {16: pa.bool_(), 1082: pa.date32(), 21: pa.int64(), 23: pa.int64(), 20: pa.int64()}


class Postgres:
    """One connection; the relations of one program wait here to travel with a query."""

    name = "PostgreSQL"
    dialect = "postgres"

    def __init__(self, catalog: Catalog) -> None:
        """Hold no relation yet."""
        self.catalog = catalog
        self.relations: dict[str, arrays.Relation] = {}

    def table(self, name: str) -> exp.Table:
        """Return a table under our name; where it lies is said before the query."""
        return exp.Table(this=exp.to_identifier(name, quoted=True))

    def shapes(self, name: str) -> Shapes:
        """Return the digits of every number of a table. Raises DataError, MeasureError."""
        return self.catalog.shapes(name)

    def put(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Make or replace a relation; it stays on this side until a query reads it."""
        self.relations[name] = arrays.relation(columns)

    def written(self, query: exp.Expression, pretty: bool = False) -> tuple[str, list[str]]:
        """Return a query as PostgreSQL is given it, with its parameters `$1`, `$2` …"""
        parameters: list[str] = []

        def source(name: str, used: Collection[str]) -> exp.Select | None:
            if name in self.relations:
                first = len(parameters) + 1
                parameters.extend(array.text for array in self.relations[name].values())
                return arrays.select(self.relations[name], first)
            return self.catalog.select(name, used) if name in self.catalog.tables else None

        return said(query, source, self._is_boolean).sql(self.dialect, pretty=pretty), parameters

    def _is_boolean(self, relation: str, column: str) -> bool:
        found = self.relations.get(relation, {})
        return column in found and found[column].boolean

    def answer(self, query: exp.Expression) -> pa.Table:
        """Return all rows of a query. Raises TooWide, EngineError; DataError on a first look."""
        text, parameters = self.written(query)
        many = any(len(found) > FEW for found in self._read(query))
        columns, rows = self.catalog.session.rows(text, parameters, hashed=many)
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        found = [
            _column(each, column.type_code) for each, column in zip(values, columns, strict=True)
        ]
        return pa.Table.from_arrays(found, [column.name for column in columns])

    def _read(self, query: exp.Expression) -> Iterator[arrays.Array]:
        """Yield a column of each relation that a query reads."""
        names = {table.name for table in query.find_all(exp.Table)} & self.relations.keys()
        for name in names:
            yield from list(self.relations[name].values())[:1]


def _column(values: tuple[Any, ...], type_: int) -> pa.Array:
    """Return a column of an answer in the type that PostgreSQL says it has."""
    if type_ == NUMERIC:
        return pa.array(values, pa.decimal128(MAX_DIGITS, _scale(values)))
    return pa.array(values, _TYPES.get(type_, pa.string()))


def _scale(values: tuple[Decimal | None, ...]) -> int:
    """Return the digits after the point that all numbers fit in. Raises TooWide, EngineError."""
    whole = scale = 0
    for value in values:
        if value is None:
            continue
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int):
            raise EngineError("a number was written meanwhile that is none, such as NaN")
        scale = max(scale, -exponent)
        whole = max(whole, value.adjusted() + 1)
    if whole + scale > MAX_DIGITS:
        raise TooWide
    return scale
