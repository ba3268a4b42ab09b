"""The room's own work: delivering, and forgetting what was delivered long ago."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.jobs.services import Task, job
from echelon.foundation.outbox import services


@job(services.DELIVER)
def deliver(task: Task, at: datetime) -> None:
    """Give one event to one handler."""
    services.deliver(task, at)


@job("outbox.sweep", every="50 3 * * *")
def forget(task: Task, at: datetime) -> None:
    """Forget what was delivered long ago."""
    services.sweep(at)
