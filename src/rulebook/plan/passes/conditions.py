"""A condition of all that share a scan is said once: rows that fail it never reach an aggregate."""

from __future__ import annotations

from dataclasses import replace

from rulebook.plan.scans import SharedScan


def hoisted(scan: SharedScan) -> SharedScan:
    """Return a scan whose common conditions are its own."""
    first, *rest = scan.wanted
    common = [each for each in first.conditions if all(each in one.conditions for one in rest)]
    wanted = tuple(
        replace(one, conditions=tuple(each for each in one.conditions if each not in common))
        for one in scan.wanted
    )
    return replace(scan, wanted=wanted, conditions=tuple(common))
