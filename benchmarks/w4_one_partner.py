"""W4: five lines are added for one partner; it and its ancestors are levelled again.

Twenty partners by chance, then the three with the most lines. What is timed as "random" and
"heaviest" is reading and levelling alone; "append" is writing the five lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.generator import make_folder
from benchmarks.generator.chance import days, stream
from benchmarks.generator.channel import make_channel
from benchmarks.sizes import AS_OF, Size

NAME = "W4"
TITLE = "one partner's facts change: it and its ancestors are levelled again"
RANDOM, HEAVIEST, LINES = 20, 3, 5
MAKE = make_folder
CONTESTANTS = {
    "Echelon": "benchmarks.ours:one_partner",
    "DuckDB by hand, sorted": "benchmarks.peers.one_partner:duckdb_sorted",
    "PostgreSQL": "benchmarks.peers.postgres:one_partner",
}


@dataclass(frozen=True)
class Change:
    """New lines of one partner: won, new business in USD with product line L00, today's prices.

    All but the partner by line: number, day, customer, cents. It may not know the customers.
    """

    partner: int
    heavy: bool
    line: tuple[int, ...]
    day: tuple[int, ...]
    customer: tuple[int, ...]
    cents: tuple[int, ...]


def changes(size: Size) -> list[Change]:
    """Return who changes, and how; the same for every contestant."""
    chance, channel = stream("changes", 4), make_channel(size)
    weight = np.diff(channel.heap, prepend=0)
    heaviest = np.argsort(-weight, kind="stable")[:HEAVIEST]
    random = np.setdiff1d(chance.permutation(size.partners)[: RANDOM + HEAVIEST], heaviest)[:RANDOM]
    found = []
    for number, partner in enumerate((*random, *heaviest)):
        found.append(
            Change(
                int(partner),
                number >= len(random),
                tuple(range(2_000_000_000 + number * LINES, 2_000_000_000 + (number + 1) * LINES)),
                tuple(int(days(AS_OF) - back) for back in chance.integers(0, 90, LINES)),
                tuple(int(number) for number in chance.integers(0, size.customers, LINES)),
                tuple(int(cents) for cents in chance.integers(10_000, 500_000, LINES)),
            )
        )
    return found
