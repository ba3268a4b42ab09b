"""Mails leave by jobs: tried again while the mail server doesn't answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from echelon.foundation.jobs.services import Task, job
from echelon.surfaces.shell import mails


@job(mails.INVITATION)
def mail_invitation(task: Task, at: datetime) -> None:
    """Send the mail of an invitation."""
    mails.mail_invitation(UUID(task.payload["invitation"]), at=at)


@job(mails.RESET)
def mail_reset(task: Task, at: datetime) -> None:
    """Send the link to a new password."""
    mails.mail_reset(
        UUID(task.payload["user"]), language=task.payload["language"], identity=str(task.id)
    )
