"""Where a batch stands, and where it may go from there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Uploaded, checked, committed, undone; or dropped before it counted."""

    UPLOADED = "uploaded", _("uploaded")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    COMMITTING = "committing", _("being committed")
    COMMITTED = "committed", _("committed")
    UNDONE = "undone", _("undone")
    DROPPED = "dropped", _("dropped")


S = BatchState
#: From a state to those that may follow it. What is mapped anew is checked anew.
MOVES: dict[BatchState, frozenset[BatchState]] = {
    S.UPLOADED: frozenset({S.CHECKING, S.DROPPED}),
    S.CHECKING: frozenset({S.CHECKED, S.UPLOADED, S.CHECKING, S.DROPPED}),
    S.CHECKED: frozenset({S.CHECKING, S.COMMITTING, S.COMMITTED, S.DROPPED}),
    S.COMMITTING: frozenset({S.COMMITTED, S.CHECKED}),
    S.COMMITTED: frozenset({S.UNDONE}),
    S.UNDONE: frozenset(),
    S.DROPPED: frozenset(),
}
COLOURS: dict[BatchState, str] = {
    S.UPLOADED: "secondary",
    S.CHECKING: "blue",
    S.CHECKED: "blue",
    S.COMMITTING: "blue",
    S.COMMITTED: "green",
    S.UNDONE: "orange",
    S.DROPPED: "secondary",
}
