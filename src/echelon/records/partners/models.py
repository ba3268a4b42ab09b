"""Companies, their families, who works for which; a vendor's own fields; saved lists."""

from __future__ import annotations

import unicodedata
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


def fold(text: str) -> str:
    """Return a text as it is searched: small letters without accents, single spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


class Partner(models.Model):
    """A company in the vendor's programs. `key` is what outside systems call it."""

    partner_path = "id"
    shared_upward = True

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=60, blank=True)
    segment = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list, blank=True)
    #: Values of the fields that the vendor has defined, by their names; see `fields`.
    more = models.JSONField(default=dict, blank=True)
    #: The profile: what the company itself may edit too.
    website = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=400, blank=True)
    description = models.TextField(blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    manager = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    #: When its last enrollment ended: from then on its people keep an applicant's rights.
    ended_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    #: Derived: the name as lists are sorted by it, and all that a search looks through.
    sorting = models.CharField(max_length=200, editable=False, default="")
    searched = models.TextField(editable=False, default="")

    class Meta:
        indexes = (
            models.Index(fields=["sorting", "id"], name="partners_by_name"),
            models.Index(fields=["region"], name="partners_by_region"),
        )

    def derive(self) -> None:
        """Work out what lists are sorted by and searched through; bulk writes must call it."""
        self.sorting = fold(self.name)[:200]
        tags = "#".join(tag.casefold() for tag in self.tags)
        words = fold(" ".join([self.name, self.key, self.country, *self.tags]))
        self.searched = f"{words} #{tags}#"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with what is derived."""
        self.derive()
        super().save(*args, **kwargs)

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
    #: What they were invited as; once there is a user, its role is what counts.
    invited_as = models.CharField(max_length=30, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["partner", "email"], name="people_once_a_partner"),
        )

    def __str__(self) -> str:
        return self.name


class Field(models.Model):
    """A field of companies that the vendor has defined, such as "Vertical"."""

    partner_path = None

    class Kind(models.TextChoices):
        """What a field's values are."""

        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        INTEGER = "integer", _("Whole number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of a list")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    #: What programs and files call it: `partner.vertical`.
    name = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind)
    choices = models.JSONField(default=list, blank=True)
    #: Out of use: values stay where they are, and nobody sees them.
    retired_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("made_at", "name")

    def __str__(self) -> str:
        return self.label


class View(models.Model):
    """A saved list: which companies, which columns, in which order. It belongs to a person."""

    partner_path = None  # selectors.views is its door: the owner's, and what is shared with them

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    filter = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=list, blank=True)
    order = models.CharField(max_length=40, default="name")
    shared = models.BooleanField(default=False)
    #: Opened first: by its owner, or by everybody who has no default of their own if shared.
    default = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "name"], name="views_named_once"),
            models.UniqueConstraint(
                fields=["owner", "shared"],
                condition=models.Q(default=True),
                name="views_one_default",
            ),
        )
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Viewing(models.Model):
    """One of the vendor's people looks at the portal as a company sees it, for a while."""

    partner_path = "partner_id"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    #: As the partner is told, whatever becomes of the user.
    user_name = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    #: When it ends by itself, or has ended.
    until = models.DateTimeField()

    class Meta:
        ordering = ("-begun_at", "id")
        indexes = (models.Index(fields=["user", "begun_at"], name="viewings_by_user"),)

    def __str__(self) -> str:
        return f"{self.user_name} → {self.partner_id}"
