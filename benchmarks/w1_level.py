"""W1: a full level run, from facts to metrics, tiers and gaps of all partners."""

from benchmarks.generator import make_folder

NAME = "W1"
TITLE = "a full level run: facts to metrics, tiers and gaps of all partners"
MAKE = make_folder
CONTESTANTS = {
    "Echelon": "benchmarks.ours:level",
    "DuckDB by hand, sorted": "benchmarks.peers.duckdb_by_hand:level",
    "DuckDB by hand, Parquet": "benchmarks.peers.duckdb_by_hand:level_parquet",
    "polars": "benchmarks.peers.polars_scan:level",
    "pandas": "benchmarks.peers.pandas_frames:level",
    "PostgreSQL": "benchmarks.peers.postgres:level",
}
