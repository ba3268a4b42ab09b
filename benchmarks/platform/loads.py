"""P4 and P5: lines of a file to facts that count, and events of the trail that are verified."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from benchmarks.platform.stages import now
from benchmarks.platform.vendor import BOSS, NOW, Vendor
from echelon.foundation.audit import heads
from echelon.foundation.audit.services import Entry, record_all
from echelon.foundation.audit.verifying import verify
from echelon.foundation.jobs.models import Job
from echelon.outcomes.standings.models import Due
from echelon.records.facts.models import Batch
from echelon.records.facts.services import batches, imports

_AT_ONCE = 10_000


def load(vendor: Vendor) -> dict[str, Any]:
    """Load all sales, from the upload to the commit; what the vendor's making has left is gone."""
    Job.objects.all().delete()
    Due.objects.all().delete()
    path, before, server = vendor.sales(), _peak(), _server_cpu()
    begun = now()
    with path.open("rb") as stream:
        batch = imports.upload(BOSS, type="sales", name="sales.csv", stream=stream, at=NOW)
    imports.map_columns(BOSS, batch=batch.pk, columns=batch.mapping, at=NOW)
    mapped = now()
    imports.check(batch.pk, at=NOW)
    checked = now()
    batches.commit(BOSS, batch=batch.pk, at=NOW)
    ended = now()
    Job.objects.filter(kind="facts.check").delete()  # it was done above
    counts = Batch.objects.get(pk=batch.pk).counts
    assert counts["new"] == vendor.size.lines, counts
    wall, cpu = ended[0] - begun[0], ended[1] - begun[1]
    return {
        "lines": vendor.size.lines, "wall": wall, "cpu": cpu, "rate": vendor.size.lines / wall,
        "upload": mapped[0] - begun[0], "check": checked[0] - mapped[0],
        "commit": ended[0] - checked[0], "server_cpu": _server_cpu() - server,
        "memory_before": before, "memory": _peak(),
    }  # fmt: skip


def verified(count: int) -> dict[str, Any]:
    """Write so many events, and verify all that there are."""
    for start in range(0, count, _AT_ONCE):
        entries = [
            Entry(
                "partners.edited", "partner", number,
                before={"name": f"Company {number}", "region": "EMEA"},
                after={"name": f"Company {number} Ltd", "region": "APAC"},
            )
            for number in range(start, min(start + _AT_ONCE, count))
        ]  # fmt: skip
        with transaction.atomic():
            record_all(BOSS, entries, at=NOW)
    begun = now()
    found = verify(heads.kept())
    ended = now()
    if found.findings or found.events < count:
        raise SystemExit(f"{found.events} events of {count}: {found.findings[:3]}")
    wall, cpu = ended[0] - begun[0], ended[1] - begun[1]
    return {"events": found.events, "wall": wall, "cpu": cpu, "rate": found.events / wall}


def _server_cpu() -> float:
    """Return the CPU seconds of PostgreSQL's process for us; 0 where they can't be read."""
    if connection.vendor != "postgresql":
        return 0.0
    try:
        stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text("ascii")
    except OSError:
        return 0.0
    ticks = stat.rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)
