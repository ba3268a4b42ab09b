"""W2: what-if on one threshold, with the metrics there: tiers after it, and how many move."""

from benchmarks.generator import make_folder

NAME = "W2"
TITLE = "what-if on one threshold (gold revenue 60,000 to 75,000), metrics there"
SETTINGS = ["tiers.gold.requires[0]=revenue >= 75000"]
#: The same for those that have numbers: tier, criterion, minor units.
CHANGE = (2, 0, 7_500_000)
MAKE = make_folder
CONTESTANTS = {
    "Echelon": ("benchmarks.ours:thresholds", SETTINGS),
    "Echelon, each mover's why and costs": ("benchmarks.ours:thresholds_in_full", SETTINGS),
    "numpy": ("benchmarks.peers.thresholds:numpy_whatif", CHANGE),
    "DuckDB": ("benchmarks.peers.thresholds:duckdb_whatif", CHANGE),
    "polars": ("benchmarks.peers.thresholds:polars_whatif", CHANGE),
    "pandas": ("benchmarks.peers.thresholds:pandas_whatif", CHANGE),
}
