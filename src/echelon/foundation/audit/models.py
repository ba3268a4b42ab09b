"""The trail: chains of events, each sealed by the hash of the one before it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class Stream(models.Model):
    """The head of one chain, held by whoever adds to it until the transaction ends.

    There are as many as there ever were writers at once: a writer takes one that nobody holds.
    """

    partner_path = None
    name = models.CharField(max_length=100, primary_key=True)
    count = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")


class AuditEvent(models.Model):
    """What one actor did. Never changed and never deleted."""

    partner_path = "partner"
    added_by_all = True
    only_grows = True

    # Made here and not by the database, which would have to show the row that it has just got.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
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
            models.Index(fields=["partner", "at"], name="audit_by_partner"),
            models.Index(fields=["at"], name="audit_by_day"),
        )


class Verification(models.Model):
    """One walk along all chains: when, how many events, and what wasn't as it was written."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    events = models.BigIntegerField()
    streams = models.PositiveIntegerField()
    #: The first of what was found, as sentences; `found` counts them all.
    findings = models.JSONField(default=list)
    found = models.PositiveIntegerField(default=0)
