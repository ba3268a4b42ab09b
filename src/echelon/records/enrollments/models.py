"""Who is in which program from when to when, agreed by whom; each program's policy and terms."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from echelon.records.enrollments.states import COUNTING, Counts, State


class Policy(models.Model):
    """How partners come into a program. A program without one has these defaults."""

    partner_path = None

    program = models.OneToOneField(
        "programs.Program", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    needs_approval = models.BooleanField(default=True)
    needs_acceptance = models.BooleanField(default=True)
    can_renew = models.BooleanField(default=True)
    #: Partners may apply themselves; to whom it is open: no entry means all.
    self_application = models.BooleanField(default=False)
    kinds = models.JSONField(default=list, blank=True)
    countries = models.JSONField(default=list, blank=True)
    #: How long an enrollment lasts unless it says otherwise; None: without an end.
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Which facts count for who is in it.
    counts = models.CharField(max_length=12, choices=Counts, default=Counts.ACCOUNT)


class Terms(models.Model):
    """The text that a partner accepts. A version is never edited; a new one replaces it."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["program", "version"], name="terms_numbered_once"),
        )


class Enrollment(models.Model):
    """A partner in a program from `start` to `end`, both included; no `end`: until it is ended.

    An end before the start is an enrollment that was terminated before it began.
    """

    partner_path = "partner"
    shared_upward = True  # a distributor sees in which programs its resellers are

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    #: The tier that it begins with; what the rules conclude later stands in `standings`.
    tier = models.CharField(max_length=80, blank=True)
    #: The primary user: whose access decides what counts, where a program asks for that.
    user = models.ForeignKey(
        "partners.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The enrollment that this one renews.
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals"
    )
    #: Whether the partner asked for it.
    applied = models.BooleanField(default=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=200, blank=True)
    accepted_user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    terms = models.ForeignKey(
        Terms, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Why it was rejected, declined or terminated.
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["renews"],
                condition=~models.Q(state=State.REJECTED),
                name="enrollments_renewed_once",
            ),
            # On PostgreSQL the first migration adds that counting periods never overlap.
            models.CheckConstraint(
                condition=models.Q(end__isnull=True)
                | models.Q(end__gte=models.F("start"))
                | models.Q(state=State.TERMINATED),
                name="enrollments_end_after_start",
            ),
        )
        indexes = (
            models.Index(fields=["partner", "program", "start"], name="enrollments_of_partner"),
            models.Index(fields=["program", "state", "end"], name="enrollments_due"),
        )

    @property
    def counts(self) -> bool:
        """Whether its period counts: it was agreed on at some time."""
        return self.state in COUNTING
