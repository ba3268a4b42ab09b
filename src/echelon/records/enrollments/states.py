"""Where an enrollment stands, and the moves there are: one table, read by services and pages.

Both sides may have to say yes: the vendor approves, the partner accepts the terms, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from echelon.foundation.access import Right


class State(TextChoices):
    """Where an enrollment stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved, not yet accepted")
    ACCEPTED = "accepted", _("Accepted, not yet approved")
    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")
    RENEWED = "renewed", _("Renewed")
    REJECTED = "rejected", _("Rejected")


class Counts(TextChoices):
    """Which facts count in a program for who is enrolled."""

    ACCOUNT = "account", _("Everything of the account and its family")
    PRIMARY_USER = "primary_user", _("Only records of people whom the primary user may see")


#: Not agreed on yet.
OPEN = frozenset({State.DRAFT, State.SUBMITTED, State.APPROVED, State.ACCEPTED})
#: Agreed on at some time: their periods count, and never overlap in one program.
COUNTING = frozenset({State.ACTIVE, State.EXPIRED, State.TERMINATED, State.RENEWED})
#: Nothing leads out of these.
TERMINAL = frozenset({State.EXPIRED, State.TERMINATED, State.RENEWED, State.REJECTED})
#: What keeps a partner's people signed in with their rights.
LIVE = frozenset({State.SUBMITTED, State.APPROVED, State.ACCEPTED, State.ACTIVE})

COLOURS = {
    State.DRAFT: "secondary",
    State.SUBMITTED: "azure",
    State.APPROVED: "azure",
    State.ACCEPTED: "azure",
    State.ACTIVE: "green",
    State.EXPIRED: "orange",
    State.TERMINATED: "red",
    State.RENEWED: "secondary",
    State.REJECTED: "red",
}


@dataclass(frozen=True)
class Move:
    """A verb: whose it is, and where it leads from each state that it may start in."""

    right: Right
    to: dict[State, State]


MOVES = {
    "submit": Move(Right.ENROLLMENTS_MANAGE, {State.DRAFT: State.SUBMITTED}),
    "approve": Move(
        Right.ENROLLMENTS_MANAGE,
        {State.SUBMITTED: State.APPROVED, State.ACCEPTED: State.ACTIVE},
    ),
    "accept": Move(
        Right.ENROLLMENTS_APPLY,
        {State.SUBMITTED: State.ACCEPTED, State.APPROVED: State.ACTIVE},
    ),
    "reject": Move(Right.ENROLLMENTS_MANAGE, dict.fromkeys(OPEN, State.REJECTED)),
    "decline": Move(Right.ENROLLMENTS_APPLY, dict.fromkeys(OPEN - {State.DRAFT}, State.REJECTED)),
    "expire": Move(Right.ENROLLMENTS_MANAGE, {State.ACTIVE: State.EXPIRED}),
    "terminate": Move(Right.ENROLLMENTS_MANAGE, {State.ACTIVE: State.TERMINATED}),
    # A new row follows; the old one is renewed on the day that the new one is agreed on.
    "renew": Move(
        Right.ENROLLMENTS_MANAGE, {State.ACTIVE: State.RENEWED, State.EXPIRED: State.EXPIRED}
    ),
}

#: What was done, for sentences.
DONE = {
    "submit": _("submitted"),
    "approve": _("approved"),
    "accept": _("accepted"),
    "reject": _("rejected"),
    "decline": _("declined"),
    "expire": _("expired"),
    "terminate": _("terminated"),
    "renew": _("renewed"),
}
