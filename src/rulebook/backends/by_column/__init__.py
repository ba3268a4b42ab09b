"""Runs shared scans over facts that lie in arrays, sorted by partner and day.

A window is then a slice of a partner's rows, found by bisection, and a sum over it the difference
of two running sums: one pass over the columns that count, whatever the number of windows. `files`
(arrays on disk), `pieces` (the rows of some partners), `kernel` (aggregates over slices).
"""

from rulebook.backends.by_column.files import ArrayFiles
from rulebook.backends.by_column.kernel import ByColumn

__all__ = ["ArrayFiles", "ByColumn"]
