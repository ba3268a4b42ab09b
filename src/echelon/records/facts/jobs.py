"""Work on imports that takes longer than a page may: checked and committed by a worker."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from echelon.foundation.jobs.services import job
from echelon.foundation.jobs.task import Task
from echelon.records.facts.services import batches, imports


@job("facts.check")
def check(task: Task, at: datetime) -> None:
    """Look at every row of a batch, from where it stands."""
    imports.check(UUID(task.payload["batch"]), task, at=at)


@job("facts.commit")
def commit(task: Task, at: datetime) -> None:
    """Make a batch count, for whoever loaded it."""
    batches.commit_asked(UUID(task.payload["batch"]), task, at=at)
