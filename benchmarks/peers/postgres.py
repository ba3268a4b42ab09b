"""PostgreSQL, when one answers: W1 by parallel scans, W4 by an index on partner and day.

Tables are made once per size, in a schema of their own; memory is the server's and not counted.
"""

from __future__ import annotations

import os
from datetime import date

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as parquet

from benchmarks.answers import Answer
from benchmarks.generator import make_folder
from benchmarks.generator.chance import as_date
from benchmarks.peers.duckdb_tables import reach
from benchmarks.peers.one_partner import each_change
from benchmarks.peers.small_tables import RATE_ONE, SmallTables, bars
from benchmarks.peers.tiers import levelled
from benchmarks.sizes import AS_OF, VERSION, Size
from benchmarks.timing import Measured, NotYet, measured
from benchmarks.w4_one_partner import Change

_URLS = (
    "postgresql:///postgres?host=/var/run/postgresql",
    "postgresql://127.0.0.1:5432/postgres",
)
_NOTE = "memory without the server's"
_COLUMNS = (
    "partner integer", "day date", "customer integer", "line smallint", "deal text",
    "status text", "currency text", "cents bigint",
)  # fmt: skip

#: Sums in one parallel scan; customers made distinct by a second.
_METRICS = """
WITH member AS (
    SELECT * FROM pair {chosen}
), counted AS (
    SELECT m.ancestor, s.customer, s.line, s.deal, s.day >= m.low AS here,
           (s.cents * r.rate + {half}) / {one} AS usd
    FROM sales s JOIN rate r ON r.currency = s.currency AND r.day = s.day
         JOIN member m ON m.partner = s.partner
    WHERE s.status = 'won' AND s.day BETWEEN '{first}' AND '{last}'
      AND (s.day BETWEEN m.low AND m.high OR s.day BETWEEN m.previous_low AND m.previous_high)
), sums AS (
    SELECT ancestor, sum(usd) FILTER (WHERE here)::bigint AS revenue,
           sum(usd) FILTER (WHERE here AND deal = 'new')::bigint AS new_revenue,
           sum(usd) FILTER (WHERE here AND line < 6)::bigint AS strategic_revenue,
           sum(usd) FILTER (WHERE NOT here)::bigint AS previous_revenue,
           count(*) FILTER (WHERE here) AS deals,
           count(DISTINCT customer) FILTER (WHERE here) AS customers,
           bit_count((bit_or(1 << line) FILTER (WHERE here))::bit(24)) AS product_lines
    FROM counted GROUP BY ancestor
), holders AS (
    SELECT m.ancestor, count(*) AS certificates
    FROM certificate c JOIN member m ON m.partner = c.partner
    WHERE c.valid_from <= '{last}' AND (c.valid_until IS NULL OR c.valid_until > '{last}')
    GROUP BY m.ancestor
)
SELECT ancestor, coalesce(revenue, 0), coalesce(new_revenue, 0), coalesce(strategic_revenue, 0),
       coalesce(deals, 0), coalesce(customers, 0), coalesce(product_lines, 0),
       coalesce(certificates, 0), coalesce(previous_revenue, 0)
FROM sums FULL JOIN holders USING (ancestor)
"""
_NAMES = (
    "revenue", "new_revenue", "strategic_revenue", "deals", "customers", "product_lines",
    "certificates", "previous_revenue",
)  # fmt: skip


def level(size: Size) -> Measured:
    """W1."""
    tables = SmallTables(make_folder(size))
    connection = _open(size, tables)
    enrolled, asked = tables.spans(AS_OF).enrolled, bars()

    def again() -> Answer:
        everyone = range(len(tables.partners))
        return levelled(_metrics(connection, "", everyone), enrolled, asked)

    return measured(again, lambda answer: answer, (_NOTE,))


def one_partner(size: Size) -> Measured:
    """W4, in a transaction that is rolled back at the end."""
    tables = SmallTables(make_folder(size))
    connection = _open(size, tables)
    enrolled, asked = tables.spans(AS_OF).enrolled, bars()

    def again(change: Change) -> Answer:
        ancestors = sorted(tables.ancestors(change.partner))
        chosen = f"WHERE ancestor IN ({', '.join(map(str, ancestors))})"
        return levelled(_metrics(connection, chosen, ancestors), enrolled[ancestors], asked)

    try:
        done = each_change(size, lambda change: _append(connection, change), again)
    finally:
        connection.rollback()
    done.notes.append(_NOTE)
    return done


def _metrics(connection: psycopg.Connection, chosen: str, partners: object) -> Answer:
    """Return the metrics of some partners, zeros for those that have nothing."""
    first, last = reach(AS_OF)
    statement = _METRICS.format(
        chosen=chosen, first=first, last=last, half=RATE_ONE // 2, one=RATE_ONE
    )
    rows = np.array(connection.execute(statement).fetchall(), dtype=np.int64)
    rows = rows.reshape(-1, len(_NAMES) + 1)
    figures = np.zeros((len(_NAMES), len(partners)), dtype=np.int64)
    figures[:, np.searchsorted(np.array(partners), rows[:, 0])] = rows[:, 1:].T
    return dict(zip(_NAMES, figures, strict=True))


def _append(connection: psycopg.Connection, change: Change) -> None:
    for day, customer, cents in zip(change.day, change.customer, change.cents, strict=True):
        connection.execute(
            "INSERT INTO sales VALUES (%s, %s, %s, 0, 'new', 'won', 'USD', %s)",
            (change.partner, as_date(day), customer, cents),
        )


def _open(size: Size, tables: SmallTables) -> psycopg.Connection:
    """Connect, and make the tables of a size where they aren't there."""
    connection, schema = _connect(), _schema(size)
    there = connection.execute("SELECT to_regclass(%s)", (f"{schema}.ready",)).fetchone()
    connection.execute(f"SET search_path TO {schema}")
    if there is None or there[0] is None:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
        _fill(connection, tables)
    connection.commit()
    return connection


def forget(size: Size) -> None:
    """Remove the tables of a size."""
    with _connect() as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {_schema(size)} CASCADE")


def _schema(size: Size) -> str:
    return f"echelon_bench_{VERSION}_{size.name.lower()}"


def _connect() -> psycopg.Connection:
    given = os.environ.get("DATABASE_URL", "")
    for url in (given,) if given.startswith("postgres") else _URLS:
        try:
            return psycopg.connect(url, connect_timeout=2)
        except psycopg.OperationalError:
            continue
    raise NotYet("no PostgreSQL answers; DATABASE_URL names one")


def _fill(connection: psycopg.Connection, tables: SmallTables) -> None:
    connection.execute(f"CREATE TABLE sales ({', '.join(_COLUMNS)})")
    for file in sorted((tables.folder / "sales").glob("*.parquet")):
        _copy(connection, "sales", _numbered(parquet.read_table(file), tables))
    connection.execute("CREATE INDEX ON sales (partner, day)")
    connection.execute(
        "CREATE TABLE certificate (partner integer, valid_from date, valid_until date)"
    )
    held = parquet.read_table(tables.certificates)
    partner = [tables.number[name] for name in held["partner_id"].to_pylist()]
    columns = {"partner": partner, "valid_from": held["valid_from"], "until": held["valid_until"]}
    _copy(connection, "certificate", pa.table(columns))
    connection.execute("CREATE INDEX ON certificate (partner)")
    connection.execute("CREATE TABLE rate (currency text, day date, rate bigint)")
    rates = [(currency, as_date(day), rate) for currency, day, rate in tables.daily_rates()]
    _copy(connection, "rate", pa.table(list(zip(*rates, strict=True)), ["currency", "day", "rate"]))
    _add_pairs(connection, tables, AS_OF)
    connection.execute("CREATE TABLE ready ()")
    connection.commit()
    connection.autocommit = True
    for name in ("sales", "certificate", "rate", "pair"):
        connection.execute(f"VACUUM ANALYZE {name}")
    connection.autocommit = False


def _add_pairs(connection: psycopg.Connection, tables: SmallTables, as_of: date) -> None:
    connection.execute(
        "CREATE TABLE pair (ancestor integer, partner integer, low date, high date, "
        "previous_low date, previous_high date)"
    )
    ancestor, partner = tables.pairs
    spans = tables.spans(as_of)
    limits = ("low", "high", "previous_low", "previous_high")
    far = 2_000_000  # what never begins stands in the year 7445, which a date can hold
    days = {
        name: pa.array(getattr(spans, name)[ancestor].clip(max=far).astype("int32")).cast("date32")
        for name in limits
    }
    _copy(connection, "pair", pa.table({"ancestor": ancestor, "partner": partner, **days}))
    connection.execute("CREATE INDEX ON pair (ancestor)")


def _numbered(table: pa.Table, tables: SmallTables) -> pa.Table:
    """Return sales with partners, customers and product lines as numbers, money as cents."""
    number = {
        name: pa.compute.cast(pa.compute.utf8_slice_codeunits(table[name], 1), pa.int32())
        for name in ("customer_id", "product_line")
    }
    partners = table["partner_id"].combine_chunks().dictionary_encode()
    places = np.array([tables.number[name] for name in partners.dictionary.to_pylist()])
    cents = pa.compute.multiply(table["amount"], 100).cast(pa.decimal128(38, 0)).cast(pa.int64())
    return pa.table(
        {
            "partner": places[partners.indices.to_numpy()],
            "day": table["order_date"],
            "customer": number["customer_id"],
            "line": number["product_line"],
            "deal": table["deal_type"],
            "status": table["status"],
            "currency": table["currency"],
            "cents": cents,
        }
    )


def _copy(connection: psycopg.Connection, name: str, table: pa.Table) -> None:
    buffer = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    pyarrow.csv.write_csv(table, buffer, options)
    with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        copy.write(buffer.getvalue().to_pybytes())
