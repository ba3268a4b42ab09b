"""PostgreSQL: plans run where the tables lie, on a connection that the caller gives.

Only the aggregates of each partner come out. Nothing is written: no temporary table, no
transaction ended that the caller began.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.postgres import arrays
from rulebook.backends.postgres.catalog import Catalog
from rulebook.backends.postgres.dialect import said
from rulebook.backends.sql.engine import EngineError, Shapes, TooWide

#: So many members of families may be looked up one by one, by an index.
FEW = 100
_NONE = arrays.Array("INT", "{}", 0)


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
        many = len(self.relations.get("member", {}).get("place", _NONE)) > FEW
        names, rows = self.catalog.session.rows(*self.written(query), hashed=many)
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        return pa.Table.from_arrays([_column(each) for each in columns], names)


def _column(values: tuple[Any, ...]) -> pa.Array:
    if any(isinstance(value, Decimal) and not value.is_finite() for value in values):
        raise EngineError("a number was written meanwhile that is none, such as NaN")
    try:
        return pa.array(values)
    except pa.ArrowInvalid as error:
        raise TooWide from error
