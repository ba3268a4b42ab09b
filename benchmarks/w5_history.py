"""W5: the tier of every partner at sixty month-ends, over six years of sales."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.generator import make_history
from benchmarks.generator.chance import month_after, months_until
from benchmarks.sizes import AS_OF

NAME = "W5"
TITLE = "the tier of every partner at 60 month-ends, over 72 months of sales (at most 10M lines)"


def month_ends() -> list[date]:
    """Return the last days of the sixty months up to the as-of date."""
    return [month_after(first) - timedelta(days=1) for first in months_until(AS_OF, 60)]


MAKE = make_history
CONTESTANTS = {
    "Echelon": ("benchmarks.ours:history", month_ends()),
    "DuckDB and numpy, one pass": ("benchmarks.peers.history:one_pass", month_ends()),
    "DuckDB, a run each": ("benchmarks.peers.history:run_each", month_ends()),
}
