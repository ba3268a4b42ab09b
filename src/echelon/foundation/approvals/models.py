"""A request as a row: what is asked for whom, by whom and why, and what became of it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from echelon.foundation.approvals.states import RequestState


class Approval(models.Model):
    """One request. Named for what it waits for: a request is Django's word for a call of a page."""

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    #: Which of the registered kinds, such as `standings.override`.
    kind = models.CharField(max_length=60)
    #: The company it concerns; None: none.
    partner = models.UUIDField(null=True)
    #: What is asked, as plain values: the kind's form reads them.
    asked = models.JSONField(default=dict)
    reason = models.TextField()
    asked_by = models.CharField(max_length=64)
    asked_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.WAITING)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    #: Why it was decided so.
    answer = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["state", "asked_at"], name="approvals_queue"),
            models.Index(fields=["partner", "state"], name="approvals_of_partner"),
        )
