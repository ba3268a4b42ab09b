"""Where a request stands, and what may follow."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    """waiting → approved, refused or withdrawn: each is the end of it."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


COLOURS = {
    RequestState.WAITING: "azure",
    RequestState.APPROVED: "green",
    RequestState.REFUSED: "orange",
    RequestState.WITHDRAWN: "secondary",
}
