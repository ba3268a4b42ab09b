"""A worker as a process of its own, to be killed: says on a line each time something is written.

`python -m tests.echelon.records.facts.worker prepare FILE` makes a database with the file uploaded
and mapped; `… work MINUTE` does the jobs that are due; `… tell` says what is there.
"""

import hashlib
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from echelon.foundation.jobs.services import run_due  # noqa: E402
from echelon.foundation.outbox.models import Announcement  # noqa: E402
from echelon.records.facts import sources, staging, switching  # noqa: E402
from echelon.records.facts.models import BadRow, Batch, Fact, Staged  # noqa: E402
from echelon.records.facts.services import imports  # noqa: E402
from tests.factories.facts import BOSS, NOW  # noqa: E402
from tests.factories.partners import partner  # noqa: E402

sources.CHUNK = 4096


def prepare(file: str) -> None:
    call_command("migrate", verbosity=0)
    partner("Acme")
    with Path(file).open("rb") as stream:
        batch = imports.upload(BOSS, type="sales", name="sales.csv", stream=stream, at=NOW)
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)


def work(minute: str) -> None:
    """Do what is due; a line is said inside each transaction, before it is committed."""
    at = NOW + timedelta(minutes=int(minute))
    for module, name in ((staging, "stage"), (switching, "commit"), (switching, "advance")):
        setattr(module, name, _said(name, getattr(module, name)))
    run_due(lambda: at)
    for batch in Batch.objects.filter(state="checked"):
        imports.commit_later(BOSS, batch=batch.pk, at=at)
    run_due(lambda: at)


def _said(name, what):
    def said(*given, **more):
        found = what(*given, **more)
        print(name, flush=True)
        return found

    return said


def tell() -> None:
    rows = Fact.objects.order_by("line").values_list("line", "key", "payload", "ended_by")
    digest = hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:12]
    batch = Batch.objects.get()
    news = Announcement.objects.filter(kind="facts.FactsRecorded").count()
    left = Staged.objects.count()
    bad = BadRow.objects.count()
    print(batch.state, len(rows), bad, left, news, batch.counts["rows"], digest)


if __name__ == "__main__":
    {"prepare": prepare, "work": work, "tell": tell}[sys.argv[1]](*sys.argv[2:])
    connection.close()
