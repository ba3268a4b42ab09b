"""What surfaces do on news from below: who was invited gets a mail."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.accounts.events import UserInvited
from echelon.foundation.jobs.services import enqueue
from echelon.foundation.outbox.services import subscribe
from echelon.surfaces.shell.mails import INVITATION


@subscribe(UserInvited)
def invitation_is_mailed(event: UserInvited, at: datetime) -> None:
    """Ask for the mail; asked twice before it left, it is one."""
    said = {"invitation": str(event.invitation)}
    enqueue(INVITATION, said, key=str(event.invitation), at=at)
