"""W1: a full level run, from facts to metrics, tiers and gaps of all partners."""

NAME = "W1"
TITLE = "a full level run: facts to metrics, tiers and gaps of all partners"
CONTESTANTS = {
    "Echelon": "benchmarks.ours:level",
    "DuckDB by hand, sorted": "benchmarks.peers.duckdb_by_hand:level",
    "DuckDB by hand, Parquet": "benchmarks.peers.duckdb_by_hand:level_parquet",
    "polars": "benchmarks.peers.polars_scan:level",
    "pandas": "benchmarks.peers.pandas_frames:level",
    "PostgreSQL": "benchmarks.peers.postgres:level",
}
