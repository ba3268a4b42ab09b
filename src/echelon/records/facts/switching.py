"""The moment at which a batch counts, or doesn't any more: whole, in one transaction, in SQL.

The rows of a key are a chain: each but the last was ended by the batch of the next. To undo a
batch takes its rows out of their chains, wherever in them they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from echelon.records.facts.events import MOST
from echelon.records.facts.models import Change, Watermark
from echelon.records.facts.staging import written

#: How many ids of facts make a page: what is brought up to date as one file.
PAGE = 1 << 14
#: So many rows of a batch are joined with the facts at large. Below, each is looked up: without
#: counts of what was staged just now, PostgreSQL may look at all rows of the batch for each.
_MANY = 2_000

#: A staged row of which the head of its key says the same already.
_SAME = """EXISTS (SELECT 1 FROM facts_fact f WHERE f.type_id = %(type)s AND f.key = s.key
    AND f.ended_by_id IS NULL AND f.withdraws = s.withdraws
    AND (s.withdraws
        OR (f.partner_id = s.partner AND f.date = s.date AND f.payload = s.payload)))"""
#: A withdrawal of what isn't there.
_IDLE = """(s.withdraws AND NOT EXISTS (SELECT 1 FROM facts_fact f WHERE f.type_id = %(type)s
    AND f.key = s.key AND f.ended_by_id IS NULL AND NOT f.withdraws))"""


@dataclass(frozen=True)
class Switched:
    """What a switch did: rows by what became of them, and whose; no partners means all."""

    counts: dict[str, int]
    partners: list[UUID]


def advance(table: str, pages: list[int] | None = None) -> int:
    """Say that a table changes, and be the only one to do so until the transaction ends."""
    mark = _locked(table)
    mark.number += 1
    mark.save()
    Change.objects.create(table=table, number=mark.number, pages=pages or [])
    return mark.number


def _locked(table: str) -> Watermark:
    Watermark.objects.get_or_create(table=table)
    return Watermark.objects.select_for_update().get(table=table)


def compare(batch: UUID, type_: str) -> dict[str, int]:
    """Return how many staged rows are new, correct a fact, withdraw one, or say nothing new."""
    _join_at_large(batch, type_)
    found = _rows(
        """SELECT
            sum(CASE WHEN s.withdraws OR h.id IS NULL OR h.same THEN 0 ELSE 1 END),
            sum(CASE WHEN h.id IS NULL AND NOT s.withdraws THEN 1 ELSE 0 END),
            sum(CASE WHEN s.withdraws AND h.id IS NOT NULL THEN 1 ELSE 0 END), count(*)
        FROM facts_staged s LEFT JOIN (
            SELECT f.id, f.key, (f.partner_id = t.partner AND f.date = t.date
                AND f.payload = t.payload) AS same
            FROM facts_fact f JOIN facts_staged t ON t.batch = %(batch)s AND t.key = f.key
            WHERE f.type_id = %(type)s AND f.ended_by_id IS NULL AND NOT f.withdraws
        ) h ON h.key = s.key WHERE s.batch = %(batch)s""",
        batch,
        type_,
    )
    corrected, new, withdrawn, rows = (int(value or 0) for value in found[0])
    unchanged = rows - corrected - new - withdrawn
    return {"new": new, "corrected": corrected, "withdrawn": withdrawn, "unchanged": unchanged}


def commit(batch: UUID, type_: str) -> Switched:
    """Make the staged rows of a batch count, in the caller's transaction."""
    table = f"facts:{type_}"
    with transaction.atomic():
        _locked(table)
        counts = compare(batch, type_)
        if counts["unchanged"]:
            old = (
                f"DELETE FROM facts_staged AS s WHERE s.batch = %(batch)s AND ({_SAME} OR {_IDLE})"
            )
            _run(old, batch, type_)
        if sum(counts.values()) == counts["unchanged"]:
            return Switched(counts, [])
        ended = _rows(
            """UPDATE facts_fact SET ended_by_id = %(batch)s WHERE type_id = %(type)s
            AND ended_by_id IS NULL
            AND key IN (SELECT s.key FROM facts_staged s WHERE s.batch = %(batch)s)
            RETURNING id, partner_id""",
            batch,
            type_,
        )
        _run(
            """INSERT INTO facts_fact
                (type_id, partner_id, date, key, batch_id, line, withdraws, payload)
            SELECT %(type)s, p.id, s.date, s.key, s.batch, s.line, s.withdraws, s.payload
            FROM facts_staged s JOIN partners_partner p ON p.id = s.partner
            WHERE s.batch = %(batch)s ORDER BY s.line""",
            batch,
            type_,
        )
        _run("DELETE FROM facts_staged WHERE batch = %(batch)s", batch, type_)
        advance(table, sorted(_own_pages(batch, type_) | {row[0] // PAGE for row in ended}))
        return Switched(counts, _with(_partners(batch, type_), ended))


def undo(batch: UUID, type_: str) -> Switched:
    """Take a batch back in the caller's transaction: what it ended goes on where it stood."""
    with transaction.atomic():
        _locked(f"facts:{type_}")
        partners = _partners(batch, type_)
        pages = _own_pages(batch, type_)
        # What came after the batch's rows now comes after those that they had ended …
        _run(
            """UPDATE facts_fact AS p SET ended_by_id = r.ended_by_id FROM facts_fact AS r
            WHERE r.batch_id = %(batch)s AND r.ended_by_id IS NOT NULL
            AND p.type_id = r.type_id AND p.key = r.key
            AND p.ended_by_id = %(batch)s AND p.batch_id <> %(batch)s""",
            batch,
            type_,
        )
        removed = _run(
            "UPDATE facts_fact SET ended_by_id = %(batch)s WHERE batch_id = %(batch)s",
            batch,
            type_,
        )
        # … and where nothing came after, they are heads again.
        back = _rows(
            """UPDATE facts_fact SET ended_by_id = NULL
            WHERE ended_by_id = %(batch)s AND batch_id <> %(batch)s RETURNING id, partner_id""",
            batch,
            type_,
        )
        pages |= {row[0] // PAGE for row in back}
        advance(f"facts:{type_}", sorted(pages))
    return Switched({"removed": removed, "restored": len(back)}, _with(partners, back))


def _join_at_large(batch: UUID, type_: str) -> None:
    """Keep PostgreSQL from looking up many rows one by one: it has no counts of them yet."""
    if connection.vendor == "postgresql":
        some = "SELECT 1 FROM facts_staged WHERE batch = %(batch)s"
        many = _rows(f"{some} OFFSET {_MANY} LIMIT 1", batch, type_)
        _run(f"SET LOCAL enable_nestloop = {'off' if many else 'on'}", batch, type_)


def _own_pages(batch: UUID, type_: str) -> set[int]:
    query = f"SELECT DISTINCT id / {PAGE} FROM facts_fact WHERE batch_id = %(batch)s"
    return {row[0] for row in _rows(query, batch, type_)}


def _partners(batch: UUID, type_: str) -> list[UUID]:
    query = "SELECT DISTINCT partner_id FROM facts_fact WHERE batch_id = %(batch)s"
    return _few({_identity(row[0]) for row in _rows(f"{query} LIMIT {MOST + 1}", batch, type_)})


def _with(partners: list[UUID], rows: list[tuple[Any, ...]]) -> list[UUID]:
    """Add whose the other rows are that changed; no partners go on to mean all."""
    return _few({*partners, *(_identity(row[1]) for row in rows)}) if partners else []


def _few(partners: set[UUID]) -> list[UUID]:
    return sorted(partners) if len(partners) <= MOST else []


def _identity(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _rows(query: str, batch: UUID, type_: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"batch": written(batch), "type": type_})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _run(query: str, batch: UUID, type_: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, {"batch": written(batch), "type": type_})
        return int(cursor.rowcount)
