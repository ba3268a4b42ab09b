"""The kept form as a relation: all segments of a table, amended, without what was withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from rulebook.store.manifest import File, Segment, Table
from rulebook.store.places import Places, check
from rulebook.store.sql import listed, parquet, quoted


def paths(places: Places, files: Iterable[File]) -> list[Path]:
    """Return where files are, each checked."""
    found = []
    for file in files:
        path = places.segments / file.name
        check(path, file.size, file.digest, places.folder)
        found.append(path)
    return found


def kept(places: Places, table: Table, batches: Collection[int] | None = None) -> str:
    """Return the SELECT of a table's rows: its columns, `_file`, `_line`, `_aside`, `_batch`.

    With `batches` only of these, of which those that are withdrawn have no rows.
    """
    live = set(table.batches) if batches is None else set(table.batches) & set(batches)
    names = [quoted(name) for name in table.columns]
    found = _rows(places, table, live)
    if not table.amendments:
        return found
    columns = ", ".join(f"k.{name}" for name in names)
    return f"""SELECT {columns}, k._file, k._line,
        CASE WHEN a._batch IS NULL THEN k._aside ELSE a._aside END AS _aside, k._batch
        FROM ({found}) AS k LEFT JOIN ({amended(places, table)}) AS a
        ON a._batch = k._batch AND a._line = k._line
        WHERE a._withdrawn IS NOT TRUE"""


def amended(places: Places, table: Table, above: int = 0) -> str:
    """Return the SELECT of the last amendment of each row, of those above a number."""
    return f"""SELECT * FROM {amendments(places, table, above)} QUALIFY
        row_number() OVER (PARTITION BY _batch, _line ORDER BY _amendment DESC) = 1"""


def amendments(places: Places, table: Table, above: int) -> str:
    """Return the relation of all amendments above a number; a row may have several."""
    chosen = [amendment for amendment in table.amendments if amendment.number > above]
    return parquet(paths(places, [amendment.file for amendment in chosen]))


def _rows(places: Places, table: Table, live: set[int]) -> str:
    """Return the SELECT over the segments that hold any live batch, by their columns' types."""
    groups: dict[tuple[tuple[str, str], ...], list[Segment]] = {}
    for segment in table.segments:
        if not live.isdisjoint(segment.batches):
            groups.setdefault(tuple(segment.columns.items()), []).append(segment)
    if not groups:
        columns = [f"NULL::{kind} AS {quoted(name)}" for name, kind in table.columns.items()]
        columns += ["''::VARCHAR AS _file", "0::BIGINT AS _line", "NULL::VARCHAR AS _aside"]
        return f"SELECT {', '.join(columns)}, 0::INTEGER AS _batch WHERE false"
    return " UNION ALL ".join(_same(places, table, segments, live) for segments in groups.values())


def _same(
    places: Places, table: Table, segments: Collection[Segment], live: Collection[int]
) -> str:
    columns = []
    for name, kind in table.columns.items():
        stored = next(iter(segments)).columns.get(name)
        text = "NULL" if stored is None else quoted(name)
        columns.append(text if stored == kind else f"CAST({text} AS {kind}) AS {quoted(name)}")
    files = parquet(paths(places, [segment.file for segment in segments]))
    sql = f"SELECT {', '.join(columns)}, _file, _line, _aside, _batch FROM {files}"
    present = {number for segment in segments for number in segment.batches}
    if present <= set(live):
        return sql
    return f"{sql} WHERE _batch IN ({listed(sorted(present & set(live)))})"
