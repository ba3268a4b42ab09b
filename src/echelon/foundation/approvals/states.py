"""Where a request stands, and what may follow."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """waiting → approved, refused or withdrawn: each is the end of it."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


COLOURS = {
    State.WAITING: "azure",
    State.APPROVED: "green",
    State.REFUSED: "orange",
    State.WITHDRAWN: "secondary",
}
