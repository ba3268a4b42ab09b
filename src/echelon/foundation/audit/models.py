"""The trail: one chain of events a stream, each sealed by the hash of the one before it."""

from __future__ import annotations

from django.db import models


class Stream(models.Model):
    """The head of a chain: locked while an event is added, so that numbers have no gap."""

    partner_path = None
    name = models.CharField(max_length=100, primary_key=True)
    count = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")


class AuditEvent(models.Model):
    """What one actor did. Never changed and never deleted."""

    partner_path = None
    stream = models.CharField(max_length=100)
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    behalf = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=100)
    partner = models.UUIDField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["stream", "number"], name="audit_numbers_once"),
        )
        indexes = (
            models.Index(fields=["subject", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["at"], name="audit_by_day"),
        )
