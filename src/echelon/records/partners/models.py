"""Companies, their families, and who works for which."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class Partner(models.Model):
    """A company in the vendor's programs. `key` is what outside systems call it."""

    partner_path = "id"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=60, blank=True)
    segment = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list, blank=True)
    #: Fields that the vendor has defined, by their names.
    more = models.JSONField(default=dict, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    manager = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["name"], name="partners_by_name"),
            models.Index(fields=["region"], name="partners_by_region"),
        )

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who works for a partner, and the user that signs in for it, once there is one."""

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="people")
    user = models.OneToOneField(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["partner", "email"], name="people_once_a_partner"),
        )

    def __str__(self) -> str:
        return self.name
