"""Standings before, fitted to the tiers of another document for a what-if.

A document under trial may rename, add or drop tiers. Who held a tier that it doesn't have starts
there without a tier, and is levelled for the first time: straight to what it qualifies for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter

from rulebook.dataset.data import Data, Enrollment, Override
from rulebook.program import Program

Ladders = Mapping[str, Collection[str]]
_NAMED = attrgetter("program", "track", "tier")
_CARRIED = attrgetter("program", "track", "tier", "pending", "proposal")


def fitted(data: Data, program: Program) -> Data:
    """Return the data without tiers and tracks that a program doesn't have.

    The same object where nothing is left out, and what isn't about standings always stays.
    """
    ladders = {track or "": ladder.tiers.keys() for track, ladder in program.ladders()}
    mine = (None, program.program)
    if not any(_left_out(row, mine, ladders) for row in _kinds(data)):
        return data
    enrollments: list[Enrollment] = []
    for row in data.enrollments or ():
        if row.program in mine and (row.track or "") not in ladders:
            continue
        if row.program in mine and _unknown(row, ladders):
            row = replace(
                row,
                tier=None,
                since=None,
                below_since=None,
                reviewed=None,
                pending=None,
                proposal=None,
            )
        enrollments.append(row)
    overrides: list[Override] = []
    for override in data.overrides:
        if override.program in mine and _unknown(override, ladders):
            if override.kind == "floor" or (override.track or "") not in ladders:
                continue
            override = replace(override, tier=None)  # a lock or suspension holds whatever the tier
        overrides.append(override)
    return replace(
        data, enrollments=None if data.enrollments is None else enrollments, overrides=overrides
    )


def _unknown(row: Enrollment | Override, ladders: Ladders) -> bool:
    tiers = ladders.get(row.track or "", ())
    named = {row.tier}
    if isinstance(row, Enrollment):
        named |= {row.pending[0]} if row.pending else set()
        named |= {row.proposal[1]} if row.proposal else set()
    return (row.track or "") not in ladders or not named <= {None, *tiers}


def _kinds(data: Data) -> Iterable[Enrollment | Override]:
    """Return a row of each kind that there is: rows are many, what they name is little."""
    given = data.enrollments or ()
    yield from dict(zip(map(_CARRIED, given), given, strict=True)).values()
    yield from dict(zip(map(_NAMED, data.overrides), data.overrides, strict=True)).values()


def _left_out(row: Enrollment | Override, mine: Collection[str | None], ladders: Ladders) -> bool:
    return row.program in mine and _unknown(row, ladders)
