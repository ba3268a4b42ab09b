"""The surface's own work: forgetting answers that were kept long enough."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.jobs.services import Task, job
from echelon.surfaces.api import idempotency


@job("api.forget", every="20 * * * *")
def forget(task: Task, at: datetime) -> None:
    """Forget answers that were kept long enough."""
    idempotency.forget(at)
