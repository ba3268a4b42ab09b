"""Asks both for their answer to a case and says where they differ."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rulebook.reading import read_program
from tests.reference.case import Case
from tests.reference.compare import differences
from tests.reference.covered import Covered
from tests.reference.engine import Refused, engine_answer
from tests.reference.evaluator import Overflow, answer, open_world


def outcome(case: Case, covered: Covered | None = None) -> list[str]:
    """Where the engine's answer isn't the reference's; an overflow is one to both."""
    with TemporaryDirectory() as name:
        folder = case.write(Path(name))
        world = open_world(read_program(case.program)[0], folder)
        expected: dict[str, Any] = {}
        overflow = ""
        try:
            for partner in sorted(world.tables.partners):
                expected[partner] = answer(world, partner, case.as_of)
        except Overflow as error:
            overflow = error.metric
        try:
            found = engine_answer(case.program, folder, case.as_of)
        except Refused as error:
            if "no one can reach" in str(error):
                # Random tiers may stand in the wrong order: then there is nothing to compare.
                covered = covered or Covered()
                covered.others["tiers out of order"] += 1
                return []
            return [] if overflow and overflow in str(error) else [f"refused: {error}"]
        if overflow:
            return [f"no error, though {overflow} has more than 26 digits"]
        if covered is not None:
            covered.add(world, case.as_of, expected)
        return differences(expected, found)
