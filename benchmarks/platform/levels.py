"""P2 and P3: from facts that are committed to standings that are kept, of everybody and of one."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from benchmarks.platform.stages import engine, now, staged
from benchmarks.platform.vendor import BOSS, NOW, Vendor, imported
from benchmarks.sizes import Size
from echelon.foundation.access.walls import entered
from echelon.foundation.jobs.services import run_due
from echelon.outcomes.standings.models import Current, Run
from echelon.outcomes.standings.services.due import mark
from echelon.records.facts.services import recording

#: So many single facts are recorded, one after another.
_SINGLE = 5
#: What a standing says, in this order.
_SAID = ("partner__key", "standing__qualified", "standing__held", "standing__since",
         "standing__reason", "standing__sentence", "standing__metrics", "standing__gaps",
         "standing__keep", "standing__next", "criteria", "seal")  # fmt: skip


def everybody(vendor: Vendor) -> dict[str, Any]:
    """Level all by the jobs that the commit has left, then again a day later with new lines."""
    bare = _bare(vendor.size)
    first = _run_due(vendor, NOW)
    held = {row[0]: row[2] for row in _said()}
    wrong = [key for key in vendor.partners if held.get(key) != bare["held"].get(key)]
    if wrong:
        raise SystemExit(f"{len(wrong)} partners hold another tier than the bare engine says")
    first["digest"] = _digest()
    header, *lines = vendor.sales().read_text("utf-8").splitlines()
    some = lines[:: max(1, len(lines) * 2 // len(vendor.partners))]
    text = "\n".join([header, *(f"9{line}" for line in some)]) + "\n"
    imported("sales", "more.csv", io.BytesIO(text.encode()))
    again = _run_due(vendor, NOW + timedelta(days=1))
    again["digest"] = _digest()
    return {"bare": bare["times"], "first": first, "again": again}


def one_fact(vendor: Vendor) -> dict[str, Any]:
    """Record one fact of a partner and do what jobs there are, until its standing has it."""
    times, keys = [], list(vendor.partners)
    for number in range(_SINGLE):
        at = NOW + timedelta(days=1, hours=number + 1)
        key = keys[number * len(keys) // _SINGLE]
        row = {"line_id": str(number + 1), "order_date": "2026-06-29", "partner_id": key,
               "customer_id": "C1", "product_line": "L00", "deal_type": "new", "status": "won",
               "amount": "1000000", "currency": "USD"}  # fmt: skip
        begun = now()
        recording.record(BOSS, type="sales", rows=[row], at=at, source="bench")
        run_due(lambda at=at: at)
        ended = now()
        times.append([ended[0] - begun[0], ended[1] - begun[1]])
        done = Run.objects.order_by("-started_at").first()
        if done is None or done.started_at != at or not done.changed:
            raise SystemExit(f"the fact of {key} led to no new standing")
    walls = sorted(each[0] for each in times)
    return {"median": median(walls), "slowest": walls[-1], "cpu": median(c for _w, c in times)}


def _run_due(vendor: Vendor, at: datetime) -> dict[str, Any]:
    with transaction.atomic():
        mark(vendor.program, None, at=at)  # a small vendor's partners would be named one by one
    begun = now()
    with staged() as spent:
        run_due(lambda: at)
    ended = now()
    run = Run.objects.get(started_at=at, whole=True)
    return {
        "wall": ended[0] - begun[0], "cpu": ended[1] - begun[1], "stages": dict(spent),
        "engine": engine(spent), "levelled": run.levelled, "changed": run.changed,
        "moved": run.moved,
    }  # fmt: skip


def _said() -> list[tuple[Any, ...]]:
    with entered(BOSS):
        return list(Current.objects.order_by("partner__key", "track").values_list(*_SAID))


def _digest() -> str:
    """Return the hash of all that standings say: what is faster must say the same."""
    text = json.dumps(_said(), default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _bare(size: Size) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        out = Path(folder) / "bare.json"
        command = [sys.executable, "-m", "benchmarks.platform.bare", size.name, str(out)]
        subprocess.run(command, check=True)
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
        return found
