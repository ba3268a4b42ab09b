"""Where a job stands, and what may follow."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """waiting → running → done; or from running to waiting, to try again; or to failed."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


#: What still has to be done.
OPEN = (State.WAITING, State.RUNNING)
