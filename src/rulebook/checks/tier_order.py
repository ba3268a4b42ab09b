"""Tiers stand lowest first: none may be out of reach before the one above it.

Only what can be said for certain is refused: requirements that are all-of criteria which
compare the same thing with fixed numbers. A single criterion that gets easier further up
is a notice, since the others may make up for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from rulebook.errors import Problem
from rulebook.expressions.typed import Const
from rulebook.meaning import Meaning
from rulebook.meaning.model import Asked, Criterion, Group
from rulebook.reading.document import undotted


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield tiers that no one can reach before the one above, and bars that go down."""
    for track, ladder in meaning.ladders.items():
        top = f"tracks.{track}." if track else ""
        for lower, upper in pairwise(ladder):
            below, above = _all_of(lower.requires), _all_of(upper.requires)
            if above is None or below is None:
                continue
            if all(any(_implies(one, other) for one in below) for other in above):
                yield meaning.document.problem(
                    undotted(f"{top}tiers.{lower.name}"),
                    f"no one can reach {lower.name} before {upper.name}: who qualifies for "
                    f"{lower.name} also qualifies for {upper.name}",
                    "tiers stand lowest first",
                )
                continue
            for one in below:
                for other in above:
                    if _same(one, other) and _implies(one, other) and not _implies(other, one):
                        yield meaning.document.problem(
                            undotted(other.path),
                            f"{upper.name} asks for less {other.left_text} than {lower.name}",
                            notice=True,
                        )
        for tier in ladder:
            yield from _keep(meaning, tier.requires, tier.keep)


def _keep(meaning: Meaning, requires: Asked | None, keep: Asked | None) -> Iterator[Problem]:
    for bar in _all_of(keep) or ():
        for asked in _all_of(requires) or ():
            if _same(bar, asked) and _implies(bar, asked) and not _implies(asked, bar):
                yield meaning.document.problem(
                    undotted(bar.path),
                    "the bar to stay is higher than the one to qualify",
                    notice=True,
                )


def _all_of(asked: Asked | None) -> list[Criterion] | None:
    """Return the criteria of a requirement that is all of them, or None where it is more."""
    if asked is None:
        return []
    if isinstance(asked, Criterion):
        return [asked]
    if isinstance(asked, Group) and asked.need == len(asked.parts):
        below = [_all_of(part) for part in asked.parts]
        return None if None in below else [c for part in below if part is not None for c in part]
    return None


def _bar(criterion: Criterion) -> Decimal | None:
    right = criterion.right
    return right.value if isinstance(right, Const) and isinstance(right.value, Decimal) else None


def _same(one: Criterion, other: Criterion) -> bool:
    return one.left == other.left and one.left is not None and one.op is not None


def _implies(one: Criterion, other: Criterion) -> bool:
    """Whether meeting one criterion is certain to meet the other."""
    if one.test == other.test:
        return True
    first, second = _bar(one), _bar(other)
    if not _same(one, other) or first is None or second is None:
        return False
    match one.op, other.op:
        case ((">=" | ">" | "="), ">="):
            return first >= second
        case (">", ">"):
            return first >= second
        case ((">=" | "="), ">"):
            return first > second
        case (("<=" | "<" | "="), "<="):
            return first <= second
        case ("<", "<"):
            return first <= second
        case (("<=" | "="), "<"):
            return first < second
    return False
