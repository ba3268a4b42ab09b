"""All that is kept of imports and levellings, in words that are the same in every database.

Ids that chance has made are said by what they are of; times are left out. What is left may not
differ between a channel that was disturbed and one that was not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STANDING = (
    "track", "qualified", "held", "since", "below_since", "reason", "metrics", "next", "gaps",
    "keep", "sentence", "as_of",
)  # fmt: skip


def tell(file: str) -> None:
    """Write it down."""
    from echelon.foundation.access import system
    from echelon.foundation.access.walls import entered

    with entered(system("test")):
        said = {**_facts(), **_standings(), **_runs(), **_trail(), "evidence": _evidence()}
        names = _names()
    text = _ID.sub(lambda found: names.get(found[0], found[0]), json.dumps(said, default=str))
    found = json.loads(text)
    found["audit"].sort(key=json.dumps)
    Path(file).write_text(json.dumps(found), "utf-8")


def _names() -> dict[str, str]:
    """Return what each id is of."""
    from echelon.foundation.accounts.models import User
    from echelon.outcomes.standings.models import Proposal, Run
    from echelon.records.enrollments.models import Enrollment
    from echelon.records.facts.models import Batch
    from echelon.records.partners.models import Partner
    from echelon.records.programs.models import Program

    proposals = Proposal.objects.order_by("partner__key", "track", "made_at")
    runs = Run.objects.order_by("started_at").values_list("pk", flat=True)
    found = {
        **dict(Partner.objects.values_list("pk", "key")),
        **dict(User.objects.values_list("pk", "email")),
        **dict(Enrollment.objects.values_list("pk", "partner__key")),
        **dict(Program.objects.values_list("pk", "slug")),
        **dict(Batch.objects.values_list("pk", "source")),
        **{pk: f"run {number}" for number, pk in enumerate(runs)},
        **{pk: f"proposal {n}" for n, pk in enumerate(proposals.values_list("pk", flat=True))},
    }
    return {str(identity): name for identity, name in found.items()}


def _facts() -> dict[str, Any]:
    from echelon.records.facts.models import BadRow, Batch, Change, Fact, Staged

    facts: dict[str, list[Any]] = {}
    rows = Fact.objects.order_by("batch__source", "line").values_list(
        "batch__source", "line", "partner__key", "date", "key", "withdraws", "ended_by__source",
        "payload",
    )  # fmt: skip
    for source, *row in rows:
        facts.setdefault(source, []).append(row)
    batches = Batch.objects.order_by("source")
    bad = BadRow.objects.order_by("batch__source", "line")
    return {
        "facts": {source: [len(rows), _hash(rows)] for source, rows in facts.items()},
        "live": _hash(
            Fact.objects.filter(ended_by=None, withdraws=False)
            .order_by("key").values_list("key", "partner__key", "date", "payload")
        ),
        "batches": list(batches.values_list("source", "state", "checkpoint", "counts", "trouble")),
        "bad": list(bad.values_list("batch__source", "line", "cells", "problems")),
        "staged": Staged.objects.count(),
        "changes": list(Change.objects.order_by("table", "number").values_list("table", "number")),
    }  # fmt: skip


def _hash(rows: Iterable[Any]) -> str:
    return hashlib.sha256(json.dumps([list(row) for row in rows], default=str).encode()).hexdigest()


def _standings() -> dict[str, Any]:
    from echelon.outcomes.standings.models import Current, Due, Proposal, Standing

    held: dict[str, list[Any]] = {}
    rows = Standing.objects.order_by("partner__key", "track", "id")
    for key, run, *said in rows.values_list("partner__key", "run", *_STANDING):
        held.setdefault(key, []).append([run, *said])
    current = Current.objects.order_by("partner__key", "track")
    proposals = Proposal.objects.order_by("partner__key", "track", "made_at")
    return {
        "held": held,
        "current": list(
            current.values_list("partner__key", "track", "standing__held", "run", "as_of", "seal")
        ),
        "proposals": list(
            proposals.values_list(
                "pk", "partner__key", "track", "direction", "before", "tier", "since", "answer"
            )
        ),
        "due": Due.objects.count(),
    }


def _runs() -> dict[str, Any]:
    from echelon.outcomes.standings.models import Run

    names = ("kind", "as_of", "whole", "outcome", "digest", "levelled", "changed", "moved",
             "counts", "set_aside", "problems", "asked_by")  # fmt: skip
    return {"runs": list(Run.objects.order_by("started_at").values_list(*names))}


def _trail() -> dict[str, Any]:
    """Return what was audited, announced in this order, and asked for."""
    from echelon.foundation.audit import heads
    from echelon.foundation.audit.models import AuditEvent
    from echelon.foundation.audit.verifying import verify
    from echelon.foundation.jobs.models import Job
    from echelon.foundation.outbox.models import Announcement

    audited = AuditEvent.objects.order_by("at")
    said = audited.values_list("verb", "actor_id", "subject", "partner", "before", "after")
    jobs = Counter(f"{kind} {state}" for kind, state in Job.objects.values_list("kind", "state"))
    return {
        "audit": [list(event) for event in said],
        "findings": verify(heads.kept()).findings,
        "news": list(Announcement.objects.order_by("kind", "id").values_list("kind", "body")),
        "jobs": dict(sorted(jobs.items())),
    }


def _evidence() -> dict[str, Any]:
    """Return what each company's figure is made of, record by record."""
    from echelon.foundation.access import system
    from echelon.outcomes.standings.models import Run
    from echelon.outcomes.standings.questions import evidence
    from echelon.records.partners.models import Partner

    last = Run.objects.order_by("-started_at").values("program", "as_of").first()
    if last is None:
        return {}
    companies = Partner.objects.order_by("key").values_list("key", "pk")
    return {
        key: evidence(system("test"), partner=pk, metric="revenue", **last) for key, pk in companies
    }
