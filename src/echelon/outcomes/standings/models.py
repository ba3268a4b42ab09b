"""What the rules concluded: runs, standings that are only added to, proposals, overrides."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from echelon.outcomes.standings.states import (
    Answer,
    Direction,
    Kind,
    Often,
    Outcome,
    Protection,
)


class Pace(models.Model):
    """How often a program is levelled; its row is locked while results are written.

    `turn` counts what was written, so that nobody writes what an older standing led to.
    """

    partner_path = None

    program = models.OneToOneField(
        "programs.Program", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    every = models.CharField(max_length=9, choices=Often, default=Often.DAY)
    turn = models.BigIntegerField(default=0)


class Limit(models.Model):
    """From where on nobody decides alone in a program; without a row, nowhere."""

    partner_path = None

    program = models.OneToOneField(
        "programs.Program", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    #: By track ("": the program's own ladder), the lowest tier that takes two.
    tiers = models.JSONField(default=dict)
    #: Whether every override takes two.
    overrides = models.BooleanField(default=False)


class Run(models.Model):
    """One levelling of a program: of everybody in it (`whole`), or of those who were due."""

    partner_path = None

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("programs.Version", on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    kind = models.CharField(max_length=9, choices=Kind)
    outcome = models.CharField(max_length=6, choices=Outcome)
    whole = models.BooleanField()
    #: What the data was, in one word: the same data gives the same one.
    watermark = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True)
    levelled = models.PositiveIntegerField(default=0)
    #: How many of these have a standing that differs from the one before.
    changed = models.PositiveIntegerField(default=0)
    #: How many of those hold another tier than before.
    moved = models.PositiveIntegerField(default=0)
    #: By track, how many of the levelled qualify for and hold each tier.
    counts = models.JSONField(default=dict)
    #: By track, how its ladder reads: what tiers ask for, what figures are called.
    ladders = models.JSONField(default=dict)
    set_aside = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    asked_by = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["program", "-started_at"], name="standings_runs_newest"),
            models.Index(
                fields=["program", "version", "as_of", "watermark"],
                condition=models.Q(whole=True, outcome=Outcome.DONE),
                name="standings_runs_of_the_same",
            ),
        )


class Standing(models.Model):
    """One partner on one ladder, from a run or a decision on. A new row where anything differs.

    `track` "" is the program's own ladder. Never changed and never deleted.
    """

    partner_path = "partner"
    shared_upward = True
    only_grows = True

    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=80, blank=True)
    #: The run that concluded it; None where a person's decision did.
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    #: The first day of the enrollment in force; None: not enrolled on that day.
    begun = models.DateField(null=True)
    qualified = models.CharField(max_length=80, null=True)
    held = models.CharField(max_length=80, null=True)
    since = models.DateField(null=True)
    below_since = models.DateField(null=True)
    #: A move that is decided and counts later: {"tier", "from"}, or empty.
    pending = models.JSONField(default=dict)
    reason = models.CharField(max_length=20)
    at_risk_from = models.DateField(null=True)
    suspended = models.BooleanField(default=False)
    sentence = models.TextField()
    #: Figures as text by their names, exact; yes and no as they are.
    metrics = models.JSONField(default=dict)
    next = models.CharField(max_length=80, null=True)
    gaps = models.JSONField(default=list)
    #: Where more is held than qualified for: {"tier", "lost_from", "gaps"}.
    keep = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["partner", "program", "-id"], name="standings_history"),)


class Current(models.Model):
    """Which standing counts now, and as of which day that was last looked at."""

    partner_path = "partner"
    shared_upward = True

    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=80, blank=True)
    standing = models.OneToOneField(Standing, on_delete=models.PROTECT, related_name="current")
    as_of = models.DateField()
    #: When a review last took place; alone it makes no new standing.
    reviewed = models.DateField(null=True)
    #: The run that last looked.
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    #: The hash of what the standing says: the same is not written twice.
    seal = models.CharField(max_length=64)
    #: What the partner has of the criteria of the ladder as the run reads it, by their numbers.
    criteria = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["program", "partner", "track"], name="standings_one_current"
            ),
        )


class Proposal(models.Model):
    """A move that waits for a person, or waited.

    One that was rejected isn't asked again while the rules go on to propose it; `lapsed_at` is
    when they no longer did.
    """

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=80, blank=True)
    direction = models.CharField(max_length=9, choices=Direction)
    before = models.CharField(max_length=80, null=True)
    tier = models.CharField(max_length=80, null=True)
    since = models.DateField()
    #: The standing on which it was proposed: its figures at that time.
    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.WAITING)
    reason = models.TextField(blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    #: The standing that an approval led from: where an undo leads back to.
    left = models.ForeignKey(Standing, null=True, on_delete=models.PROTECT, related_name="+")
    lapsed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["program", "partner", "track"],
                condition=models.Q(answer=Answer.WAITING),
                name="standings_one_waits",
            ),
        )
        indexes = (models.Index(fields=["answer", "made_at"], name="standings_queue"),)


class Override(models.Model):
    """A person's decision above the rules, from a day until another (exclusive)."""

    partner_path = "partner"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=7, choices=Protection)
    tier = models.CharField(max_length=80, null=True)
    start = models.DateField()
    until = models.DateField()
    reason = models.TextField()
    approver = models.CharField(max_length=64)
    approver_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("start")), name="standings_override_days"
            ),
        )
        indexes = (models.Index(fields=["program", "until"], name="standings_overrides"),)


class Due(models.Model):
    """A partner whose standing may have changed; None: everybody in the program.

    Only added, and removed by the run that began after it: nothing said meanwhile is lost.
    """

    partner_path = None

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    partner = models.UUIDField(null=True)
    made_at = models.DateTimeField()
