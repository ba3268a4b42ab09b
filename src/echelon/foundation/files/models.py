"""What is kept of a file: its content by digest, what it is for, and whose it is."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class StoredFile(models.Model):
    """A file that somebody brought or may take. The same bytes twice are two rows, one content."""

    partner_path = "partner"
    opened_by = "opened"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.UUIDField(null=True)
    #: Badges and the like, and personal files: no partner's, so the purpose decides alone.
    opened = models.BooleanField()
    purpose = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    kept_by = models.CharField(max_length=64)
    kept_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["digest"], name="files_by_digest"),
            models.Index(fields=["purpose", "kept_at"], name="files_by_purpose"),
        )

    def __str__(self) -> str:
        return self.name
