"""Merges small segments, and writes anew those of which much is withdrawn.

Batches keep their numbers, so what was built from them stays good. Amendments are worked in only
when all segments are written anew; big segments are left alone otherwise.
"""

from __future__ import annotations

from rulebook.store.change import Change
from rulebook.store.kept import kept
from rulebook.store.manifest import Segment, Table
from rulebook.store.sql import literal, parquet, quoted
from rulebook.store.worker import PARQUET

#: A change merges by itself what is small beyond so many, and everything where withdrawn rows
#: are more than a fourth.
SMALL_SEGMENTS = 32


def compact(change: Change, name: str, *, whole: bool) -> None:
    """Merge a table's small segments, or (whole) all of them, amendments worked in."""
    table = change.tables[name]
    chosen = list(table.segments) if whole else _small(table)
    if not whole and len(chosen) < 2:
        return
    if whole:
        clean = not table.amendments and all(set(s.batches) <= set(table.batches) for s in chosen)
        if clean and len(chosen) < 2:
            return
    _rewrite(change, table, chosen, whole)


def compact_if_due(change: Change, name: str) -> None:
    """Merge what has become too many or too empty."""
    table = change.tables[name]
    stored = sum(segment.file.rows for segment in table.segments)
    if stored - table.rows > stored // 4 and len(table.segments) + len(table.amendments) > 1:
        _rewrite(change, table, list(table.segments), True)
    elif len(_small(table)) > SMALL_SEGMENTS:
        compact(change, name, whole=False)


def _small(table: Table) -> list[Segment]:
    """Return the segments that are less than a sixteenth of the table."""
    rows = sum(segment.file.rows for segment in table.segments)
    return [segment for segment in table.segments if segment.file.rows * 16 < rows]


def _rewrite(change: Change, table: Table, chosen: list[Segment], whole: bool) -> None:
    """Write the live rows of segments as one."""
    live = {number for segment in chosen for number in segment.batches} & set(table.batches)
    batches = sorted(live)
    part = table.model_copy(
        update={
            "segments": tuple(chosen),
            "batches": {number: table.batches[number] for number in batches},
            "amendments": table.amendments if whole else (),
        }
    )
    draft = change.worker.draft("merged.parquet")
    order = f"{quoted(table.partner)} NULLS LAST, {quoted(table.day)} NULLS LAST, _batch, _line"
    change.worker.run(
        f"""COPY (SELECT * FROM ({kept(change.places, part)}) ORDER BY {order})
        TO {literal(str(draft))} ({PARQUET})""",
        f"{table.name}: merging {len(chosen)} segments",
    )
    counted = change.worker.run(
        f"SELECT _batch, count(*) FROM {parquet([draft])} GROUP BY _batch ORDER BY _batch"
    )
    rows = dict.fromkeys(batches, 0) | dict(counted)
    merged = Segment(
        file=change.keep(draft, sum(rows.values())), columns=table.columns, batches=rows
    )
    others = tuple(segment for segment in table.segments if segment not in chosen)
    changes: dict[str, object] = {"segments": (*others, merged)}
    if whole:
        changes |= {
            "amendments": (),
            "settled": table.level,
            "chain": table.chain_at(table.level) or "",
        }
    change.tables[table.name] = table.model_copy(update=changes)
