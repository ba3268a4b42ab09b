"""Facts as they came, which of them stand, and what came with them: types, references, rates.

Facts are added and never changed: a correction and a withdrawal are rows of their own. All that
moves is `ended_by`, which says by which batch a row's time ended; a row without one is the head
of its key, and there is one head a key.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q

from echelon.records.facts.states import BatchState


class Columns(models.TextField):
    """A row's columns by name, as JSON written in one way: the same content is the same text.

    No JSON type of the database: a million rows are copied and compared in half the time as text.
    """

    def from_db_value(self, value: str | None, *_: Any) -> dict[str, str] | None:
        """Return the columns that a text says."""
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Return columns as the text that is kept."""
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class FactType(models.Model):
    """A kind of fact: `spec` is its section of a dataset document, without files."""

    partner_path = None

    slug = models.CharField(max_length=60, primary_key=True)
    label = models.CharField(max_length=120)
    spec = models.JSONField()
    #: The column that says whose record a fact is, by mail address; "" where none does.
    owner = models.CharField(max_length=60, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class ReferenceType(models.Model):
    """A kind of thing that facts point to, such as products."""

    partner_path = None

    slug = models.CharField(max_length=60, primary_key=True)
    label = models.CharField(max_length=120)
    spec = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class Reference(models.Model):
    """One thing that facts point to. `payload` holds its columns as text."""

    partner_path = None

    type = models.ForeignKey(ReferenceType, on_delete=models.PROTECT, related_name="rows")
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["type", "key"], name="references_once_a_key"),
        )


class Mapping(models.Model):
    """Which column of a file is which of a type, remembered by the file's header."""

    partner_path = "partner"

    type = models.ForeignKey(FactType, on_delete=models.PROTECT, related_name="mappings")
    partner = models.ForeignKey("partners.Partner", null=True, on_delete=models.PROTECT)
    signature = models.CharField(max_length=64)
    columns = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["type", "signature"],
                condition=Q(partner=None),
                name="mappings_of_the_vendor_once",
            ),
            models.UniqueConstraint(
                fields=["type", "signature", "partner"], name="mappings_of_a_partner_once"
            ),
        )


class Batch(models.Model):
    """What came in one go: a file, or the rows of one call. It counts as a whole or not at all."""

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    type = models.ForeignKey(FactType, on_delete=models.PROTECT, related_name="batches")
    #: Whose own report it is; none where the vendor's people loaded it.
    partner = models.ForeignKey("partners.Partner", null=True, on_delete=models.PROTECT)
    #: The partners that whoever loaded it may load for, as keys of theirs; none: all.
    reach = models.JSONField(null=True)
    actor = models.JSONField(default=dict)
    actor_id = models.CharField(max_length=64)
    source = models.CharField(max_length=255)
    file = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.UPLOADED)
    #: Up to which line of the file rows are staged: where a lost import goes on.
    checkpoint = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    trouble = models.TextField(blank=True)
    made_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["made_at"], name="batches_by_day"),)


class Staged(models.Model):
    """A row that was read and is good, and counts nowhere yet."""

    partner_path = None

    pk = models.CompositePrimaryKey("batch", "line")
    batch = models.UUIDField()
    line = models.BigIntegerField()
    partner = models.UUIDField()
    date = models.DateField()
    key = models.CharField(max_length=200)
    withdraws = models.BooleanField(default=False)
    payload = Columns()

    class Meta:
        db_table = "facts_staged"


class BadRow(models.Model):
    """A row that can't be taken as it is: its cells by the type's columns, and what is wrong."""

    partner_path = "partner"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="bad")
    partner = models.ForeignKey("partners.Partner", null=True, on_delete=models.PROTECT)
    line = models.BigIntegerField()
    cells = models.JSONField(default=dict)
    #: What somebody put in place of cells, kept beside them.
    patch = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    mended_by = models.CharField(max_length=64, blank=True)
    mended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "line"], name="bad_rows_once_a_line"),
        )


class Fact(models.Model):
    """What happened, with its columns as text in `payload`; or, if it withdraws, that it did not.

    Keys to other tables are not checked by the database: a million checks take longer than a
    million rows. They are joined when a batch is committed, and nothing they name is deleted.
    """

    partner_path = "partner"
    shared_upward = True

    id = models.BigAutoField(primary_key=True)
    type = models.ForeignKey(
        FactType, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    partner = models.ForeignKey(
        "partners.Partner", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    date = models.DateField()
    key = models.CharField(max_length=200)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="facts"
    )
    line = models.BigIntegerField()
    withdraws = models.BooleanField(default=False)
    #: The batch that superseded or withdrew it; its own, if that was undone.
    ended_by = models.ForeignKey(
        Batch,
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="ended",
    )
    payload = Columns()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["type", "key"], condition=Q(ended_by=None), name="facts_one_head_a_key"
            ),
            models.UniqueConstraint(fields=["batch", "line"], name="facts_once_a_line"),
        )
        indexes = (
            models.Index(fields=["partner", "type", "date"], name="facts_of_a_partner"),
            models.Index(
                fields=["ended_by"], condition=~Q(ended_by=None), name="facts_by_what_ended"
            ),
            models.Index(
                fields=["type", "key"], condition=~Q(ended_by=None), name="facts_before_by_key"
            ),
        )


class Watermark(models.Model):
    """How many changes a table has seen: `facts:sales`, `references:product`, `rates` …

    The row is locked by whoever changes the table, so that its changes come one by one.
    """

    partner_path = None
    table = models.CharField(max_length=80, primary_key=True)
    number = models.BigIntegerField(default=0)


class Change(models.Model):
    """Which pages of a type's facts one change touched: what the columns are brought up to."""

    partner_path = None
    only_grows = True
    table = models.CharField(max_length=80)
    number = models.BigIntegerField()
    pages = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["table", "number"], name="changes_once_a_number"),
        )


class Attestation(models.Model):
    """What somebody of the vendor confirmed of a partner, for a time."""

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT)
    metric = models.CharField(max_length=60)
    value = models.CharField(max_length=60, blank=True)
    starts = models.DateField(null=True)
    until = models.DateField(null=True)
    note = models.TextField(blank=True)
    actor_id = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class Rate(models.Model):
    """How much of a currency one euro was on a day. Text, since SQLite has no decimals."""

    partner_path = None
    date = models.DateField()
    currency = models.CharField(max_length=3)
    rate = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["date", "currency"], name="rates_once_a_day"),
        )
