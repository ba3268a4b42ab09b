"""A job as a row: what is to be done, who does it until when, and what came of it."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """The truth about one piece of work; whatever carries it may be lost."""

    partner_path = None

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    #: The same key twice is one job, as long as the first waits: work is coalesced.
    key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=models.Q(state="waiting") & ~models.Q(key=""),
                name="jobs_waiting_once",
            ),
        )
        indexes = (models.Index(fields=["state", "not_before"], name="jobs_due"),)
