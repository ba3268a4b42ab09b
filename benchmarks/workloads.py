"""The workloads in the order in which they are run and shown.

Each names what makes its files, and its contestants.

A contestant is `module:function` with what it is given beside the size, if anything: by name, so
that a process imports the one it runs and no other.
"""

from __future__ import annotations

from types import ModuleType

from benchmarks import (
    w1_level,
    w2_scenarios,
    w2_thresholds,
    w3_filter,
    w4_one_partner,
    w5_history,
    w6_ingest,
)

WORKLOADS: tuple[ModuleType, ...] = (
    w1_level,
    w2_thresholds,
    w2_scenarios,
    w3_filter,
    w4_one_partner,
    w5_history,
    w6_ingest,
)


def find(name: str) -> ModuleType:
    """Return a workload by its name."""
    return next(workload for workload in WORKLOADS if name == workload.NAME)
