"""How large a measured channel is, and where its files are kept between runs.

The size is the number of sales lines; what else there is follows from it. Files are made once and
kept in ``ECHELON_BENCH`` (default ``~/.cache/echelon-bench``), in a folder named by the generator's
version and the size, so that changed generator code can't be measured on yesterday's data.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

#: Raised with every change of what the generator makes: old files are then made anew.
VERSION = 1
AS_OF = date(2026, 6, 30)
SMALL = "1M"
_UNITS = {"": 1, "k": 1_000, "M": 1_000_000}


@dataclass(frozen=True)
class Size:
    """One size of the work, such as 10M: ten million lines."""

    name: str
    lines: int

    @property
    def partners(self) -> int:
        """A hundred lines a partner, up to 100,000 partners."""
        return max(20, min(self.lines // 100, 100_000))

    @property
    def certificates(self) -> int:
        return 5 * self.partners

    @property
    def customers(self) -> int:
        return 5 * self.partners

    @property
    def history_lines(self) -> int:
        """Lines of the 72 months that the history workload reads: never above ten million."""
        return min(self.lines, 10_000_000)

    @property
    def ingest_lines(self) -> int:
        """Lines of the CSV file that the ingest workload reads, before re-sends."""
        return min(self.lines, 10_000_000)

    @property
    def folder(self) -> Path:
        return cache() / f"v{VERSION}" / self.name


def cache() -> Path:
    """Return the folder that keeps what was made."""
    return Path(os.environ.get("ECHELON_BENCH", "~/.cache/echelon-bench")).expanduser()


def read_size(text: str) -> Size:
    """Return the size that a text such as `10M` or `20k` names, or raise ValueError."""
    found = re.fullmatch(r"(\d{1,6})([kM]?)", text.strip())
    lines = int(found[1]) * _UNITS[found[2]] if found else 0
    if lines < 1_000:
        raise ValueError(f"{text!r} is no size: 1M, 10M and 100M are, or 20k to try something out")
    return Size(text.strip(), lines)
