"""What this room does when accounts has news: who accepted an invitation works for the company."""

from __future__ import annotations

from datetime import datetime

from echelon.foundation.access import system
from echelon.foundation.accounts.events import InvitationAccepted, UserRenamed
from echelon.foundation.outbox.services import subscribe
from echelon.records.partners.services import people


@subscribe(InvitationAccepted)
def user_works_for_the_company(event: InvitationAccepted, at: datetime) -> None:
    """Tie the new user to the company that invited it."""
    if event.partner is not None:
        people.join(system("invitations"), partner=event.partner, user=event.user, at=at)


@subscribe(UserRenamed)
def person_is_called_as_the_user(event: UserRenamed, at: datetime) -> None:
    """Call somebody who works for a company as they call themselves."""
    people.rename(system("accounts"), user=event.user, name=event.name, at=at)
