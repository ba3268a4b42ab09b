"""The room's own work: forgetting what ended long ago."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.jobs.services import Task, job, sweep


@job("jobs.sweep", every="40 3 * * *")
def forget(task: Task, at: datetime) -> None:
    """Forget what ended long ago."""
    sweep(at)
