"""Why a run was made and what came of it; where a proposal stands; what an override does."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: The job of a run of everybody that somebody has asked for.
LEVEL_ASKED = "standings.level_asked"


class Kind(TextChoices):
    """Why partners were levelled."""

    SCHEDULED = "scheduled", _("On schedule")
    ASKED = "asked", _("Asked for")
    FACTS = "facts", _("Something changed")


class Outcome(TextChoices):
    """What came of a run; one that is under way is a job."""

    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Direction(TextChoices):
    """Which way a move goes."""

    PROMOTION = "promotion", _("Promotion")
    DEMOTION = "demotion", _("Demotion")


class Answer(TextChoices):
    """Where a proposal stands."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Protection(TextChoices):
    """What an override does."""

    LOCK = "lock", _("Lock: no move")
    FLOOR = "floor", _("Floor: not below a tier")
    SUSPEND = "suspend", _("Suspend: no benefits")


class Often(TextChoices):
    """How often a program is levelled by itself."""

    DAY = "daily", _("Daily")
    WEEK = "weekly", _("Weekly, on Monday")
    MONTH = "monthly", _("Monthly, on the first")
    QUARTER = "quarterly", _("Quarterly, on its first day")
    YEAR = "yearly", _("Yearly, on 1 January")


COLOURS = {
    Answer.WAITING: "azure",
    Answer.APPROVED: "green",
    Answer.REJECTED: "orange",
    Answer.WITHDRAWN: "secondary",
}
