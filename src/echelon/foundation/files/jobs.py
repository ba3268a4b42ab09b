"""The room's own work: removing content that nothing names."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.files import services
from echelon.foundation.jobs.services import Task, job


@job("files.sweep", every="20 4 * * *")
def forget(task: Task, at: datetime) -> None:
    """Remove content that nothing names."""
    services.sweep(at)
