"""What was answered to calls that change something, so that a call sent twice is done once."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """The answer to one call, by who called and the key that they gave it.

    Written in the transaction of what the call did: the row is there if and only if that is. While
    it is being written, the database lets nobody else have the same key.
    """

    partner_path = None  # shown to its caller alone, by the caller's own key

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    #: The hash of what was asked: method, address and body.
    asked = models.CharField(max_length=64)
    #: The hash of what the caller could see: who sees less now isn't shown the answer again.
    reach = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="api_answered_once"),)
        indexes = (models.Index(fields=["made_at"], name="api_answers_by_day"),)
