"""W6: a CSV file read, validated, freed of re-sent lines, and kept.

Compared is how many lines were accepted and how many rejected; the rest were sent again.
"""

from benchmarks.generator import make_resent

NAME = "W6"
TITLE = "a CSV file validated and freed of re-sent lines (at most 10.2M lines)"
MAKE = make_resent
CONTESTANTS = {
    "Echelon": "benchmarks.ours:ingest",
    "polars": "benchmarks.peers.ingest:polars_ingest",
    "DuckDB": "benchmarks.peers.ingest:duckdb_ingest",
    "pandas": "benchmarks.peers.ingest:pandas_ingest",
}
