"""Passes over plans, one a file, from what is asked for to the fewest readings of the facts.

`averages` (a sum and a count), `sharing` (one scan a table; distinct counts apart), `conditions`
(what all share is said once).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rulebook.plan.passes.averages import averaged
from rulebook.plan.passes.conditions import hoisted
from rulebook.plan.passes.sharing import shared
from rulebook.plan.scans import SharedScan
from rulebook.plan.steps import Plan

__all__ = ["averaged", "hoisted", "scans", "shared"]


def scans(asked: Sequence[tuple[Plan, date]]) -> list[SharedScan]:
    """Return the scans that answer plans without groups, each on one date."""
    return [hoisted(scan) for scan in shared(asked)]
