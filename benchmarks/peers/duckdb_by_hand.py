"""DuckDB, with the best statement that we could write by hand, over two layouts of the sales."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.answers import Answer
from benchmarks.generator import make_folder
from benchmarks.peers import duckdb_sql as sql
from benchmarks.peers.duckdb_tables import (
    add_rates,
    add_spans,
    made_in,
    open_parquet,
    open_sorted,
    reach,
)
from benchmarks.peers.small_tables import SmallTables
from benchmarks.sizes import AS_OF, Size
from benchmarks.timing import Measured, measured


def level(size: Size) -> Measured:
    """W1 over a native file, sorted by partner."""
    tables = SmallTables(make_folder(size))
    done = _level(open_sorted(tables), tables)
    done.notes.append(made_in(tables))
    return done


def level_parquet(size: Size) -> Measured:
    """W1 over the folder's Parquet files, by month."""
    tables = SmallTables(make_folder(size))
    return _level(open_parquet(tables), tables)


def _level(connection: duckdb.DuckDBPyConnection, tables: SmallTables) -> Measured:
    prepare(connection, tables, AS_OF)
    statement = sql.full_run(*reach(AS_OF))
    return measured(lambda: connection.sql(statement).to_arrow_table(), by_partner)


def refilter(size: Size, where: str) -> Measured:
    """W3 over the native file."""
    tables = SmallTables(make_folder(size))
    return _refilter(open_sorted(tables), tables, where)


def refilter_parquet(size: Size, where: str) -> Measured:
    """W3 over the folder's Parquet files."""
    tables = SmallTables(make_folder(size))
    return _refilter(open_parquet(tables), tables, where)


def _refilter(connection: duckdb.DuckDBPyConnection, tables: SmallTables, where: str) -> Measured:
    prepare(connection, tables, AS_OF)
    statement = sql.revenue_only(where, *reach(AS_OF))
    count = len(tables.partners)
    return measured(
        lambda: connection.sql(statement).to_arrow_table(), lambda table: spread(table, count)
    )


def metrics(size: Size) -> tuple[Answer, SmallTables]:
    """Return the metrics of all partners, for the workloads that begin with them."""
    tables = SmallTables(make_folder(size))
    connection = open_sorted(tables)
    prepare(connection, tables, AS_OF)
    return by_partner(connection.sql(sql.metrics_only(*reach(AS_OF))).to_arrow_table()), tables


def prepare(connection: duckdb.DuckDBPyConnection, tables: SmallTables, as_of: date) -> None:
    add_rates(connection, tables)
    add_spans(connection, tables, as_of)


def by_partner(table: pa.Table) -> Answer:
    """Return a result that has every partner as columns in the partners' order."""
    order = np.argsort(table["ancestor"].to_numpy())
    names = [name for name in table.column_names if name != "ancestor"]
    return {name: table[name].to_numpy()[order].astype(np.int64) for name in names}


def spread(table: pa.Table, count: int) -> Answer:
    """Return a result that lacks partners without lines as columns that have zeros for them."""
    places = table["ancestor"].to_numpy()
    answer = {}
    for name in table.column_names[1:]:
        answer[name] = np.zeros(count, dtype=np.int64)
        answer[name][places] = table[name].to_numpy()
    return answer
