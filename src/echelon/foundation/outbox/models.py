"""Announced events, as they were in the transaction that announced them."""

from __future__ import annotations

from django.db import models


class Announcement(models.Model):
    """One event; its deliveries are jobs."""

    partner_path = None
    kind = models.CharField(max_length=80)
    body = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["kind", "at"], name="outbox_by_kind"),)
