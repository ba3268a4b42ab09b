"""The tables of the DuckDB peers: a native file sorted by partner, or a folder's Parquet as it is.

The native file is made once per folder and kept; how long that took is told, and not part of any
time. Small tables are made for the date that is measured.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.generator.chance import EPOCH
from benchmarks.generator.sales import dates
from benchmarks.peers.small_tables import SmallTables, windows
from benchmarks.timing import clocked

_TEXTS = ("product_line", "deal_type", "status", "currency")
#: Partners and customers as numbers: DuckDB 2.0 plans for 0.3 s where an ENUM has 100,000 names.
_NUMBER = "substr(partner_id, 2)::INTEGER"
_COLUMNS = "partner_id, order_date, customer_id, product_line, deal_type, status, currency"


def sorted_file(tables: SmallTables) -> Path:
    """Return the native file of a folder, made if it isn't there."""
    path = tables.folder.parent / f"{tables.folder.name}-numbered.duckdb"
    if not path.is_file():
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        with duckdb.connect(str(making)) as connection:
            seconds, _ = clocked(lambda: _fill(connection, tables))
        path.with_suffix(".seconds").write_text(f"{seconds:.1f}", encoding="utf-8")
        making.rename(path)
    return path


def made_in(tables: SmallTables) -> str:
    """Return how long making the native file took, as a remark."""
    seconds = sorted_file(tables).with_suffix(".seconds").read_text(encoding="utf-8")
    return f"its file was made in {seconds} s"


def _fill(connection: duckdb.DuckDBPyConnection, tables: SmallTables) -> None:
    sales = f"read_parquet('{tables.sales}')"
    for column in _TEXTS:
        values = f"SELECT DISTINCT {column} FROM {sales} ORDER BY {column}"
        connection.execute(f"CREATE TYPE {column}_name AS ENUM ({values})")
    casts = ", ".join(f"{name}::{name}_name AS {name}" for name in _TEXTS)
    connection.execute(
        f"CREATE TABLE sales AS SELECT {_NUMBER} AS partner_id, order_date, "
        f"substr(customer_id, 2)::INTEGER AS customer_id, {casts}, "
        f"(amount * 100)::BIGINT AS cents FROM {sales} ORDER BY 1, 2"
    )
    connection.execute(
        f"CREATE TABLE certificate AS SELECT {_NUMBER} AS partner_id, valid_from, "
        f"valid_until FROM read_parquet('{tables.certificates}') ORDER BY 1"
    )


def open_sorted(tables: SmallTables, file: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open the native file to read, or a copy of it to write."""
    found = file or sorted_file(tables)
    connection = duckdb.connect(str(found), read_only=file is None)
    connection.execute(
        "CREATE TEMP TABLE product AS SELECT unnest(enum_range(NULL::product_line_name))"
        "::product_line_name AS product_line, generate_subscripts(enum_range("
        "NULL::product_line_name), 1) - 1 AS bit"
    )
    return connection


def open_parquet(tables: SmallTables) -> duckdb.DuckDBPyConnection:
    """Open the folder's Parquet files, with nothing made of them."""
    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW sales AS SELECT {_COLUMNS}, (amount * 100)::BIGINT AS cents "
        f"FROM read_parquet('{tables.sales}')"
    )
    connection.execute(
        f"CREATE VIEW certificate AS SELECT * FROM read_parquet('{tables.certificates}')"
    )
    connection.execute("CREATE TYPE currency_name AS VARCHAR")
    connection.execute(
        "CREATE TABLE product AS SELECT product_line, row_number() OVER () - 1 AS bit "
        "FROM (SELECT DISTINCT product_line FROM sales)"
    )
    return connection


def add_rates(connection: duckdb.DuckDBPyConnection, tables: SmallTables) -> None:
    """Make the table of a rate for every day and currency."""
    currency, day, rate = zip(*tables.daily_rates(), strict=True)
    given = {"currency": currency, "day": dates(np.array(day)), "rate": rate}
    connection.register("given_rates", pa.table(given))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE rate AS "
        "SELECT currency::currency_name AS currency, day, rate FROM given_rates"
    )


def add_spans(
    connection: duckdb.DuckDBPyConnection,
    tables: SmallTables,
    as_of: date,
    ancestors: list[int] | None = None,
) -> None:
    """Make the tables of families with their windows at a date, of all ancestors or of some."""
    ancestor, partner = tables.pairs
    if ancestors is not None:
        wanted = np.isin(ancestor, ancestors)
        ancestor, partner = ancestor[wanted], partner[wanted]
    spans = tables.spans(as_of)
    limits = ("low", "high", "previous_low", "previous_high")
    kind = connection.sql("SELECT typeof(partner_id) FROM sales LIMIT 1").fetchall()[0][0]
    below = partner if kind == "INTEGER" else pa.array(tables.partners).take(pa.array(partner))
    pairs = {"ancestor": ancestor, "partner_id": below}
    pairs |= {name: dates(getattr(spans, name)[ancestor]) for name in limits}
    connection.register("given_pairs", pa.table(pairs))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE pair AS SELECT * FROM given_pairs ORDER BY partner_id"
    )
    own = np.unique(ancestor)
    given = pa.table({"ancestor": own, "enrolled": spans.enrolled[own]})
    connection.register("given_spans", given)
    connection.execute("CREATE OR REPLACE TEMP TABLE span AS SELECT * FROM given_spans")


def reach(as_of: date) -> tuple[str, str]:
    """Return the first and the last day that any window of a date can reach."""
    (_, high), (low, _) = windows(as_of)
    return str(EPOCH + timedelta(days=low)), str(EPOCH + timedelta(days=high))
