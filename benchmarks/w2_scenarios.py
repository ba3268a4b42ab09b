"""W2, a thousand times: scenarios that each move all thresholds, with the metrics there."""

from __future__ import annotations

import numpy as np

from benchmarks.generator import make_folder
from benchmarks.generator.chance import stream
from benchmarks.peers.small_tables import bars

NAME = "W2x1000"
TITLE = "1,000 scenarios of all 32 thresholds: how many partners have each tier, how many move"
COUNT = 1_000


def scenarios() -> np.ndarray:
    """Return bars by scenario, tier and criterion: each moved by up to a fifth, in percent."""
    moved = stream("changes").integers(80, 121, (COUNT, *bars().shape))
    return bars()[None, :, :] * moved // 100


MAKE = make_folder
CONTESTANTS = {
    "Echelon": ("benchmarks.ours:scenarios", scenarios()),
    "numpy": ("benchmarks.peers.thresholds:numpy_scenarios", scenarios()),
    "DuckDB": ("benchmarks.peers.thresholds:duckdb_scenarios", scenarios()),
}
