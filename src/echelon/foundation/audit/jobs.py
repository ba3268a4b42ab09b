"""The room's own work: verifying the chains, each night and when somebody asks."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.audit import heads
from echelon.foundation.audit.verifying import check
from echelon.foundation.jobs.services import Task, job


@job("audit.verify", every="10 4 * * *")
def verify(task: Task, at: datetime) -> None:
    """Walk along all chains, and keep what was found."""
    check(heads.kept(), at=at)
