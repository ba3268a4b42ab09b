"""A slow reference evaluator: the contract, row by row, in plain Python.

It shares nothing with `rulebook` but the parsed document (the program's typed model, the
expressions' trees, a folder's `Dataset`), so that an error in the engine has no twin here.
`README.md` lists what it decides where the contract is silent.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.reference.evaluator.ladders import gaps, qualified
from tests.reference.evaluator.numbers import Overflow, shown
from tests.reference.evaluator.tables import read_tables
from tests.reference.evaluator.world import World

__all__ = ["Overflow", "World", "evaluate", "open_world"]


def open_world(program: Any, folder: Path) -> World:
    """A program beside the data of a folder."""
    return World(program, read_tables(folder, program.time_zone))


def evaluate(program: Any, folder: Path, as_of: date) -> dict[str, dict[str, Any]]:
    """Each partner's tier, metrics, gaps and tracks; `Overflow` names the metric that is too large.

    `{partner: {"qualified", "metrics": {name: value}, "gaps": [...], "tracks": {name: {...}}}}`,
    numbers rounded as output is.
    """
    world = open_world(program, folder)
    return {partner: answer(world, partner, as_of) for partner in sorted(world.tables.partners)}


def answer(world: World, partner: str, as_of: date) -> dict[str, Any]:
    result = _ladder(world, None, partner, as_of)
    result["tracks"] = {name: _ladder(world, name, partner, as_of) for name in world.program.tracks}
    return result


def _ladder(world: World, track: str | None, partner: str, as_of: date) -> dict[str, Any]:
    ladder = world.program if track is None else world.program.tracks[track]
    metrics = {}
    for name in ladder.metrics:
        value = world.metric(track, name, partner, as_of)
        metrics[name] = shown(value) if isinstance(value, Decimal) else value
    return {
        "qualified": qualified(world, track, partner, as_of),
        "metrics": metrics,
        "gaps": gaps(world, track, partner, as_of),
    }
