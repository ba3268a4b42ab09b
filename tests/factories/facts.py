"""Sales of partners, one row or a file of them, as small as a test needs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from echelon.foundation.access import Scope, system
from echelon.records.facts.models import Batch, Fact
from echelon.records.facts.services import batches, imports, recording

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
BOSS = system("test")
HEADER = "order_number,order_line,partner_id,order_date,product_id,quantity,amount,currency"


def sale(number: str, partner: str, amount: str = "100", **more: str) -> dict[str, str]:
    """A row of sales, in euros, of line 1."""
    row = {"order_number": number, "order_line": "1", "partner_id": partner}
    row |= {"order_date": "2026-05-01", "amount": amount, "currency": "EUR"}
    return row | more


def recorded(*rows: Mapping[str, str], scope: Scope = BOSS) -> Batch:
    """Rows of sales that count."""
    return recording.record(scope, type="sales", rows=rows, at=NOW, source="test")


def uploaded(lines: Iterable[str], scope: Scope = BOSS, header: str = HEADER) -> Batch:
    """A file of sales that has been checked, its columns mapped by their names."""
    text = "\n".join([header, *lines]) + "\n"
    batch = imports.upload(
        scope, type="sales", name="sales.csv", stream=io.BytesIO(text.encode()), at=NOW
    )
    imports.map_columns(scope, batch=batch.pk, columns=batch.mapping, at=NOW)
    imports.check(batch.pk, at=NOW)
    return Batch.objects.get(pk=batch.pk)


def committed(lines: Iterable[str], scope: Scope = BOSS) -> Batch:
    """A file of sales that counts."""
    return batches.commit(scope, batch=uploaded(lines, scope).pk, at=NOW)


def live() -> dict[str, dict[str, str]]:
    """What counts now: payloads by key."""
    heads = Fact.objects.filter(ended_by=None, withdraws=False)
    return dict(heads.order_by("key").values_list("key", "payload"))
