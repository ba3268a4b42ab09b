"""W4 in DuckDB: lines are inserted into a copy of the sorted file, few partners levelled again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from statistics import median

import duckdb
import numpy as np

from benchmarks.answers import Answer
from benchmarks.generator import make_folder
from benchmarks.generator.chance import as_date
from benchmarks.peers import duckdb_sql as sql
from benchmarks.peers.duckdb_by_hand import by_partner, prepare
from benchmarks.peers.duckdb_tables import open_sorted, reach, sorted_file
from benchmarks.peers.small_tables import SmallTables
from benchmarks.sizes import AS_OF, Size
from benchmarks.timing import Measured, clocked
from benchmarks.w4_one_partner import Change, changes

#: So often a partner is levelled again; the median counts.
AGAIN = 3


def each_change(
    size: Size, append: Callable[[Change], object], level: Callable[[Change], Answer]
) -> Measured:
    """Append and level, change by change; answers are put one behind the other."""
    times: dict[str, list[float]] = {"random": [], "heaviest": [], "append": []}
    answers = []
    for change in changes(size):
        times["append"].append(clocked(lambda change=change: append(change))[0])
        runs = [clocked(lambda change=change: level(change)) for _ in range(AGAIN)]
        times["heaviest" if change.heavy else "random"].append(median(s for s, _ in runs))
        answers.append(runs[-1][1])
    together = {name: np.concatenate([part[name] for part in answers]) for name in answers[0]}
    return Measured(together, times)


def duckdb_sorted(size: Size) -> Measured:
    """Over a copy of the native file, which the lines are appended to."""
    tables = SmallTables(make_folder(size))
    copy = sorted_file(tables).with_name("w4.duckdb")
    shutil.copyfile(sorted_file(tables), copy)
    connection = open_sorted(tables, copy)
    try:
        prepare(connection, tables, AS_OF)
        return each_change(
            size,
            lambda change: _append(connection, change),
            lambda change: _level(connection, tables, change),
        )
    finally:
        connection.close()
        copy.unlink()


def _append(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    connection.execute("BEGIN")
    for day, customer, cents in zip(change.day, change.customer, change.cents, strict=True):
        connection.execute(
            "INSERT INTO sales (partner_id, order_date, customer_id, product_line, deal_type, "
            "status, currency, cents) VALUES (?, ?, ?, 'L00', 'new', 'won', 'USD', ?)",
            [change.partner, as_date(day), customer, cents],
        )
    connection.execute("COMMIT")


def _level(connection: duckdb.DuckDBPyConnection, tables: SmallTables, change: Change) -> Answer:
    ancestors = tables.ancestors(change.partner)
    statement = sql.few(*reach(AS_OF), ancestors, tables.below(ancestors[-1]))
    return by_partner(connection.sql(statement).to_arrow_table())
