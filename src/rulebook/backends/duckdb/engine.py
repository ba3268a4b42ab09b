"""DuckDB: the database that runs inside this process, over the tables of a loaded folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb
import numpy as np
import pyarrow as pa
from sqlglot import exp

from rulebook.backends.sql.engine import EngineError, Shapes, TooWide

_WHOLE = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 38}


class DuckDB:
    """A cursor of its own: the relations of one program are its temporary tables."""

    name = "DuckDB"
    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Open a cursor on the connection, which stays the caller's."""
        self.connection = connection.cursor()
        #: Tables that lie elsewhere than under their own name: laid out for one program.
        self.relations: dict[str, str] = {}
        #: The partner of each code that laid out facts have in `_code`.
        self.codes: pa.Array | None = None

    def table(self, name: str) -> exp.Table:
        """Return where a table of the folder lies."""
        return exp.Table(this=exp.to_identifier(self.relations.get(name, name), quoted=True))

    def read_codes(self) -> None:
        """Read which partner each code stands for; codes count from 0 without a gap."""
        query = "SELECT code, partner FROM partner_code ORDER BY code"
        found = self.connection.sql(query).to_arrow_table()
        assert (found.column("code").to_numpy() == np.arange(found.num_rows)).all()
        partners = found.column("partner").combine_chunks()
        if self.codes is None or not partners.equals(self.codes):
            self.codes = partners

    def shapes(self, name: str) -> Shapes:
        """Return the digits of every number of a table."""
        query = exp.select("*").from_(self.table(name)).limit(0)
        described = self.connection.execute(query.sql(dialect=self.dialect)).description or []
        found = {item[0]: _digits(str(item[1])) for item in described}
        return {column: shape for column, shape in found.items() if shape is not None}

    def put(self, name: str, columns: Mapping[str, pa.Array]) -> None:
        """Make or replace a temporary table."""
        self.connection.register("incoming", pa.table(dict(columns)))
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM incoming')
        self.connection.unregister("incoming")

    def answer(self, query: exp.Expression) -> pa.Table:
        """Return all rows of a query."""
        try:
            return self.connection.sql(query.sql(dialect=self.dialect)).to_arrow_table()
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            raise TooWide from error
        except duckdb.Error as error:
            raise EngineError(str(error).splitlines()[0]) from error

    def batches(self, query: exp.Expression, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield a query's rows, so many at a time, in the order of the table."""
        try:
            relation = self.connection.sql(query.sql(dialect=self.dialect))
            yield from relation.to_arrow_reader(rows)
        except duckdb.Error as error:
            raise EngineError(str(error).splitlines()[0]) from error


def _digits(type_: str) -> tuple[int, int] | None:
    if type_.startswith("DECIMAL("):
        digits, scale = type_[8:-1].split(",")
        return int(digits), int(scale)
    return (_WHOLE[type_], 0) if type_ in _WHOLE else None
