"""What work is handed: what to do, and the fence that keeps a lost attempt from committing.

An attempt holds a lease with a token of its own. When a worker is taken for dead and another has
taken over, or somebody cancelled, the token no longer fits: `fence`, `finish` and `progress` raise
`Lost`, and what the transaction has written is rolled back with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from echelon.foundation.jobs.errors import Lost
from echelon.foundation.jobs.models import Job
from echelon.foundation.jobs.states import State


@dataclass(frozen=True)
class Task:
    """One attempt at one job. `attempt` counts from 1."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    key: str
    attempt: int
    lease: UUID

    def fence(self) -> None:
        """Hold the lease until this transaction ends, or raise Lost: call it last in each."""
        self._in_transaction()
        if not self._mine().update(lease=F("lease")):  # locks the row, changes nothing
            raise Lost

    def finish(self, at: datetime) -> None:
        """Mark the job done in the transaction of its effect: both stand, or neither."""
        self._in_transaction()
        if not self._mine().update(**done(at)):
            raise Lost

    def progress(self, percent: int, what: str = "") -> None:
        """Say how far it is (0 to 100) and what goes on; between transactions, so that it shows."""
        if not self._mine().update(progress=max(0, min(percent, 100)), doing=what[:200]):
            raise Lost

    def _mine(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.id, lease=self.lease, state=State.RUNNING)

    @staticmethod
    def _in_transaction() -> None:
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("a fence holds for a transaction: open one")


def done(at: datetime) -> dict[str, Any]:
    """Return the columns of a job that is done."""
    return {
        "state": State.DONE,
        "ended_at": at,
        "lease": None,
        "leased_until": None,
        "progress": 100,
        "error": "",
    }
