"""Runs shared scans over facts that lie in arrays, sorted by partner and day.

A window is then a slice of a partner's rows, found by bisection, and a sum over it the difference
of two running sums: one pass over the columns that count, whatever the number of windows. `files`
(arrays on disk), `table` (read piece by piece), `pieces` (the rows of some partners), `scope`
(whose slices count for whom), `kernel` (sums and counts), `distinct` and `sightings` (values seen).
"""

from rulebook.backends.by_column.files import ArrayFiles
from rulebook.backends.by_column.table import ByColumn

__all__ = ["ArrayFiles", "ByColumn"]
