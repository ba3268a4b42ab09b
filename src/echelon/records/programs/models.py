"""Programs, and their documents version by version."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from echelon.records.programs.states import State


class Program(models.Model):
    """A scheme of the vendor's. What it says stands in its versions; `slug` is in each of them."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)
    #: Whether who wrote a version may not be who publishes it.
    second_person = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """One document of a program, as text. Published, it is never edited; a new one replaces it."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    text = models.TextField()
    #: SHA-256 of the text: what somebody edits is named by it, so that no edit is lost.
    sha = models.CharField(max_length=64)
    #: The day from which it is in force: the document's `version`. None: a draft that says none.
    effective = models.DateField(null=True)
    notes = models.TextField(blank=True)
    author = models.CharField(max_length=64)
    author_name = models.CharField(max_length=200)
    #: The ids of all who wrote at it: where a second person is asked for, none of them publishes.
    writers = models.JSONField(default=list)
    publisher = models.CharField(max_length=64, blank=True)
    publisher_name = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["program", "effective"],
                condition=models.Q(state=State.PUBLISHED),
                name="programs_one_version_a_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.PUBLISHED) | models.Q(effective__isnull=False),
                name="programs_published_is_dated",
            ),
        )
        indexes = (models.Index(fields=["program", "state", "-effective"], name="programs_by_day"),)

    def __str__(self) -> str:
        return f"{self.program_id} {self.effective}"


class TierEntry(models.Model):
    """A tier of the vendor's catalogue. Programs name it by its key; the badge is shown for it."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    colour = models.CharField(max_length=7)
    badge = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The badge's content: its address changes with it, so that browsers may keep it.
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "key")

    def __str__(self) -> str:
        return self.name
