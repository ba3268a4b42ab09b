"""Makes a channel to measure: partners in families, sales, certificates, rates; always the same.

Every table has its own stream of chance (PCG64, fixed seeds), every month of sales its own too, and
amounts are made of whole numbers only: the same files come out on every machine, month by month,
in memory that doesn't grow with the lines.
"""

from benchmarks.generator.folder import make_folder, make_history
from benchmarks.generator.resent import make_resent

__all__ = ["make_folder", "make_history", "make_resent"]
