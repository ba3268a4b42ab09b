"""Work on imports that takes longer than a page may: checked and committed by a worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from echelon.foundation.jobs.services import job
from echelon.records.facts.services import batches, imports


@job("facts.check")
def check(task: Any, _at: datetime) -> None:
    """Look at every row of a batch, from where it stands."""
    imports.check(UUID(task.payload["batch"]))


@job("facts.commit")
def commit(task: Any, at: datetime) -> None:
    """Make a batch count, for whoever loaded it; done before, nothing is left to do."""
    batches.commit_asked(UUID(task.payload["batch"]), at=at)
