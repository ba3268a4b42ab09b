"""A job as a row: what is to be done, who does it until when, and what came of it."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from echelon.foundation.jobs.states import State

_WAITING, _RUNNING = Q(state=State.WAITING), Q(state=State.RUNNING)
_KEYED, _IN_LINE = ~Q(key=""), ~Q(line="")


class Job(models.Model):
    """The truth about one piece of work; whatever wakes a worker may be lost."""

    partner_path = None

    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    #: The same key twice is one job, as long as the first waits: work is coalesced.
    key = models.CharField(max_length=200, blank=True)
    #: Jobs in the same line are done one after another, in the order of their ids.
    line = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    #: The fencing token: another one for each attempt, none while nobody works.
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
                fields=["kind", "key"], condition=_RUNNING & _KEYED, name="jobs_key_runs_once"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=_RUNNING & _IN_LINE, name="jobs_line_runs_once"
            ),
        )
        indexes = (
            models.Index(fields=["not_before", "id"], condition=_WAITING, name="jobs_due"),
            models.Index(fields=["leased_until"], condition=_RUNNING, name="jobs_leased"),
            models.Index(fields=["kind", "key"], condition=_WAITING & _KEYED, name="jobs_by_key"),
            models.Index(
                fields=["line", "id"],
                condition=(_WAITING | _RUNNING) & _IN_LINE,
                name="jobs_by_line",
            ),
            models.Index(fields=["state", "ended_at"], name="jobs_by_state"),
        )


class Schedule(models.Model):
    """Work that comes back: a cron expression, and the next due time that it gives."""

    partner_path = None

    name = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    expression = models.CharField(max_length=100)
    zone = models.CharField(max_length=60)
    next_due = models.DateTimeField(db_index=True)
