"""W6: a CSV file read as text, validated, freed of re-sent lines and kept as Parquet.

Asked for is what a data folder promises: every cell of its type, currencies those of ISO 4217, the
partner known, no two lines under one key that differ. Lines sent again are the same in every
column, so they are removed by all columns; that a key then stands once is checked.
"""

from __future__ import annotations

import csv
from pathlib import Path

import moneyed
import numpy as np

from benchmarks.answers import Answer
from benchmarks.generator import make_resent
from benchmarks.sizes import Size
from benchmarks.timing import Measured, measured

_COLUMNS = (
    "line_id", "order_date", "partner_id", "customer_id",
    "product_line", "deal_type", "status", "amount", "currency",
)  # fmt: skip


def _partners(folder: Path) -> list[str]:
    with (folder / "partners.csv").open(newline="", encoding="utf-8") as file:
        return [row["partner_id"] for row in csv.DictReader(file)]


def _currencies() -> list[str]:
    return sorted(moneyed.CURRENCIES)


def _answer(counts: tuple[int, int, int]) -> Answer:
    accepted, rejected, keys = counts
    if keys != accepted:
        raise ValueError("two lines under one key differ")
    return {"counts": np.array([accepted, rejected])}


def duckdb_ingest(size: Size) -> Measured:
    """DuckDB: one statement, DISTINCT over all columns."""
    import duckdb

    folder = make_resent(size)
    out = folder / "duckdb.parquet"
    texts = ", ".join(name for name in _COLUMNS[2:] if name != "amount")

    def again() -> tuple[int, int, int]:
        connection = duckdb.connect()
        connection.execute(
            f"CREATE TABLE known AS SELECT partner_id FROM read_csv('{folder}/partners.csv')"
        )
        codes = ", ".join(f"'{code}'" for code in _currencies())
        # A table of texts first: over read_csv itself DuckDB 2.0 makes a failing CAST of try_cast.
        connection.execute(
            f"CREATE TABLE raw AS FROM read_csv('{folder}/sales.csv', all_varchar = true)"
        )
        connection.execute(
            f"CREATE VIEW typed AS SELECT try_cast(line_id AS BIGINT) AS line_id, try_cast("
            f"order_date AS DATE) AS order_date, {texts}, try_cast(amount AS DECIMAL(18,2)) "
            "AS amount FROM raw"
        )
        filled = " AND ".join(f"{name} IS NOT NULL" for name in _COLUMNS)
        connection.execute(
            "CREATE TABLE good AS SELECT * FROM typed SEMI JOIN known USING (partner_id) "
            f"WHERE {filled} AND currency IN ({codes})"
        )
        connection.execute(f"COPY (SELECT DISTINCT * FROM good) TO '{out}' (FORMAT parquet)")
        count = "SELECT (SELECT count(*) FROM raw), (SELECT count(*) FROM good)"
        total, good = connection.execute(count).fetchall()[0]
        kept = f"SELECT count(*), count(DISTINCT line_id) FROM read_parquet('{out}')"
        accepted, keys = connection.execute(kept).fetchall()[0]
        connection.close()
        return accepted, total - good, keys

    return measured(again, _answer)


def polars_ingest(size: Size) -> Measured:
    """polars: a lazy scan, unique over all columns, the streaming engine."""
    import polars as pl

    folder = make_resent(size)
    known = _partners(folder)

    def again() -> tuple[int, int, int]:
        raw = pl.scan_csv(folder / "sales.csv", infer_schema=False)
        typed = raw.with_columns(
            pl.col("line_id").cast(pl.Int64, strict=False),
            pl.col("order_date").str.to_date("%Y-%m-%d", strict=False),
            pl.col("amount").cast(pl.Decimal(18, 2), strict=False),
        )
        filled = pl.all_horizontal(*(pl.col(name).is_not_null() for name in _COLUMNS))
        good = filled & pl.col("partner_id").is_in(known)
        good &= pl.col("currency").is_in(_currencies())
        counts, kept = pl.collect_all(
            [typed.select(total=pl.len(), good=good.sum()), typed.filter(good).unique()],
            engine="streaming",
        )
        kept.write_parquet(folder / "polars.parquet")
        return kept.height, counts["total"][0] - counts["good"][0], kept["line_id"].n_unique()

    return measured(again, _answer)


def pandas_ingest(size: Size) -> Measured:
    """pandas: everything read as text, converted column by column, drop_duplicates.

    An amount becomes cents by way of a binary fraction: rounded to whole cents, that is exact for
    amounts below ninety million million.
    """
    import pandas as pd

    folder = make_resent(size)
    known = _partners(folder)

    def again() -> tuple[int, int, int]:
        frame = pd.read_csv(folder / "sales.csv", dtype="str", keep_default_na=False)
        frame["line_id"] = pd.to_numeric(frame["line_id"], errors="coerce")
        frame["order_date"] = pd.to_datetime(
            frame["order_date"], format="%Y-%m-%d", errors="coerce"
        )
        amount = pd.to_numeric(frame.pop("amount"), errors="coerce")
        frame["cents"] = (amount * 100).round().astype("Int64")
        good = frame["partner_id"].isin(known) & frame["order_date"].notna()
        good &= frame["line_id"].notna() & frame["cents"].notna()
        good &= frame["currency"].isin(_currencies())
        kept = frame[good].drop_duplicates()
        kept.to_parquet(folder / "pandas.parquet")
        return len(kept), len(frame) - int(good.sum()), kept["line_id"].nunique()

    return measured(again, _answer)
