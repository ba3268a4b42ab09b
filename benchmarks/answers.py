"""What a contestant answers, in one form, so that answers can be compared to the last cent.

An answer is a set of named columns of whole numbers: money in minor units, counts as they are,
a tier as its place (-1: none), growth in millionths of a millionth. No rounding hides in between.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

Answer = dict[str, np.ndarray]

#: The eight criteria's metrics in the program's order, growth last.
MEASURED = (
    "revenue",
    "new_revenue",
    "strategic_revenue",
    "deals",
    "customers",
    "product_lines",
    "certificates",
)
MONEY = ("revenue", "new_revenue", "strategic_revenue", "previous_revenue")
CRITERIA = (*MEASURED, "growth")
TIERS = ("bronze", "silver", "gold", "platinum")
#: Growth of 1 (that is 100 %), as answers count it; and how a gap without a number is written.
GROWTH_ONE = 10**12
NO_VALUE = -1


class Differ(Exception):
    """Two contestants don't agree: nothing they took can be compared."""


def save(answer: Answer, path: Path) -> None:
    np.savez(path, **{name: column.astype(np.int64) for name, column in answer.items()})


def load(path: Path) -> Answer:
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def compare(names: tuple[str, str], first: Answer, second: Answer) -> None:
    """Raise Differ with the first value of each column that two answers differ in.

    One of them may have run a part of the work alone: the columns of both are compared then.
    """
    one, other = names
    shared = [name for name in first if name in second]
    if len(shared) < min(len(first), len(second)):
        only = ", ".join(sorted(first.keys() ^ second.keys()))
        raise Differ(f"{one} and {other} don't answer the same columns: {only}")
    wrong = []
    for name in shared:
        column, theirs = first[name], second[name]
        if column.shape != theirs.shape:
            wrong.append(f"{name}: {column.shape} values and {theirs.shape}")
        elif (places := np.flatnonzero(column.ravel() != theirs.ravel())).size:
            place = places[0]
            pair = f"{column.ravel()[place]} and {theirs.ravel()[place]}"
            wrong.append(f"{name}: {places.size:,} values, the first at {place:,}: {pair}")
    if wrong:
        raise Differ(f"{one} and {other} differ. " + "; ".join(wrong))
