"""Spark: the same queries on a cluster, over tables that outgrew one machine."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.spark.failures import told
from rulebook.backends.spark.names import plain, spoken
from rulebook.backends.spark.settings import own_session
from rulebook.backends.spark.sources import Sources
from rulebook.backends.sql.engine import Shapes


class Spark:
    """A session of its own: the relations of one program are its temporary views."""

    name = "Spark"
    dialect = "spark"

    def __init__(self, sources: Sources) -> None:
        """Open a session beside that in which the tables were found."""
        self.sources = sources
        with told():
            self.session = own_session(sources.session)

    def table(self, name: str) -> exp.Table:
        """Return where a table lies."""
        schema, view = self.sources.place(name)
        return exp.Table(
            this=exp.to_identifier(view, quoted=True), db=exp.to_identifier(schema, quoted=True)
        )

    def shapes(self, name: str) -> Shapes:
        """Return the digits of every number of a table."""
        return self.sources.shapes(name)

    def put(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Make or replace a view of rows that travel with the query."""
        table = pa.table(list(columns.values()), [plain(column) for column in columns])
        with told():
            self.session.createDataFrame(table).createOrReplaceTempView(f"`{plain(name)}`")

    def answer(self, query: exp.Expression) -> pa.Table:
        """Return all rows of a query."""
        assert isinstance(query, exp.Query)
        with told():
            found: pa.Table = self.session.sql(spoken(query)).toArrow()
        return found.rename_columns(query.named_selects)


__all__ = ["Spark"]
