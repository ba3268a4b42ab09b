"""W3: what-if on a filter: one money metric is measured again."""

from benchmarks.generator import make_folder

NAME = "W3"
TITLE = "what-if on one filter: revenue counts invoiced lines too, measured again"
WHERE = "status in ('won', 'invoiced')"
MAKE = make_folder
CONTESTANTS = {
    "Echelon": ("benchmarks.ours:refilter", WHERE),
    "DuckDB by hand, sorted": ("benchmarks.peers.duckdb_by_hand:refilter", WHERE),
    "DuckDB by hand, Parquet": ("benchmarks.peers.duckdb_by_hand:refilter_parquet", WHERE),
    "polars": ("benchmarks.peers.polars_scan:refilter", ["won", "invoiced"]),
    "pandas": ("benchmarks.peers.pandas_frames:refilter", ["won", "invoiced"]),
}
