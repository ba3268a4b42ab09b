"""Rules that rest on each other, one on another, stay within what a machine can follow.

A figure is worked out by following its expressions to the metrics, parameters and tracks that
they name. `LIMIT` is far beyond what people write by hand and keeps that walk inside Python's
own limit, so that a document made by a machine is refused here and never fails when it runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.errors import Problem
from rulebook.expressions.typed import Typed, parts
from rulebook.meaning import Meaning
from rulebook.meaning.needs import Need, needs, trees

LIMIT = 300
STEP = 5


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield the first metric of every chain that is too long."""
    reach: dict[Need, int] = {}
    for track, ladder in meaning.program.ladders():
        things: list[Need] = [("metric", track or "", name) for name in ladder.metrics]
        for thing in [*things, ("tier", track or "")]:
            fine = _reach(meaning, thing, reach)
            if fine or (thing[0] == "tier" and not ladder.tiers):
                continue
            top = ("tracks", track) if track else ()
            path = (*top, "metrics", thing[2]) if thing[0] == "metric" else (*top, "tiers")
            yield meaning.document.problem(
                path,
                "rests on too many others, one on another",
                "work more of it out from facts directly",
            )


def _reach(meaning: Meaning, thing: Need, reach: dict[Need, int]) -> bool:
    """Work out how deep a thing goes; False where it is this one that goes beyond the limit."""
    new = []
    waiting, entered = [(thing, False)], {thing}
    while waiting:
        current, after = waiting.pop()
        if after:
            below = [reach.get(need, 0) for need in needs(meaning, current)]
            own = max(map(levels, trees(meaning, current)), default=0)
            reach[current] = own + STEP + max(below, default=0)
            new.append(current)
            continue
        waiting.append((current, True))
        for need in needs(meaning, current):
            if need not in reach and need not in entered:
                entered.add(need)
                waiting.append((need, False))
    too_deep = [each for each in new if reach[each] > LIMIT]
    for each in too_deep:  # what rests on it is not told again
        reach[each] = 0
    return not too_deep


def levels(tree: Typed) -> int:
    """Return how many levels a tree has."""
    count, row = 0, [tree]
    while row:
        count += 1
        row = [part for node in row for part in parts(node)]
    return count
