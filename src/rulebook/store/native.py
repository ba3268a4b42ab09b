"""The derived form: a DuckDB file sorted by partner code and day, built from the kept form.

It is read-only once it stands, so that any number of processes share it. A note beside it says
what it was made of; a file that is stale beyond use, of another version, or not as it was written,
is left alone and built anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from rulebook.store.errors import StoreError, conflict, told
from rulebook.store.kept import kept, paths
from rulebook.store.manifest import Manifest, Table
from rulebook.store.places import (
    Places,
    digest_of,
    note_seen,
    settle,
    stamp,
    text_digest,
    untouched,
)
from rulebook.store.sql import literal, parquet, quoted
from rulebook.store.worker import Given, Worker

#: Raised when native files written before are not to be read any more.
FORMAT = 1

#: Text columns with at most so many values become an ENUM. Measured: two bytes a row scan and
#: compare several times faster than texts; beyond, opening the file costs more than it gives.
ENUM_VALUES = 65_535

#: So many native files are kept: those used last.
PURPOSES = 8

#: What a derived row must still have, to be told from others and found again.
NEEDED = {"_code": "INTEGER", "_batch": "INTEGER", "_line": "BIGINT"}


@dataclass(frozen=True)
class Purpose:
    """What a derived form is for: a name, and the SELECT that makes its rows from `kept`.

    `select` reads the relation `kept` (the kept columns and `_code`) and those in `given`; it
    makes one row of each kept row and keeps `_code`, `_batch` and `_line`. A relation that is
    given as a function is made of what it asks `kept` for, which may be some rows alone. `key`
    stands for all that the SELECT depends on, the content of `given` too. `order` is the order of
    rows; by default partner code and day.
    """

    key: str
    select: str = "SELECT * FROM kept"
    given: Mapping[str, Given] = field(default_factory=dict, hash=False)
    order: str = ""


class Note(BaseModel):
    """What a native file was made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    duckdb: str
    made: str
    file: str
    size: int
    digest: str
    rows: int
    columns: dict[str, str]
    shape: dict[str, str]
    enums: dict[str, str]
    batches: dict[int, str]
    level: int
    chain: str
    codes: int
    point: str

    def serves(self, manifest: Manifest, table: Table) -> bool:
        """Whether the file's rows, with what came since put right, are the table's."""
        return (
            (self.format, self.duckdb, self.columns) == (FORMAT, duckdb.__version__, table.columns)
            and self.level <= table.level
            and self.chain == table.chain_at(self.level)
            and self.point == manifest.codes.points.get(self.codes)
            and all(
                table.batches[number].identity == identity
                for number, identity in self.batches.items()
                if number in table.batches
            )
        )

    def holds(self, table: Table) -> bool:
        """Whether the file's rows are the table's as they stand."""
        return self.level == table.level and self.batches.keys() == table.batches.keys()

    def types(self) -> Iterable[tuple[str, str]]:
        """Return the columns of its facts with their types, of an ENUM its name in the file."""
        return [(name, self.enums.get(name, kind)) for name, kind in self.shape.items()]

    @property
    def alias(self) -> str:
        """The name under which the file is attached, the same in every connection."""
        return f"native_{self.digest[:16]}"


def made_by(table: Table, purpose: Purpose) -> str:
    """Return the name of all native files for one purpose, as long as it stays the same."""
    return text_digest(table.name, purpose.key, purpose.select, purpose.order)[:16]


def find(places: Places, manifest: Manifest, table: Table, purpose: Purpose) -> Note | None:
    """Return the note of the file that holds most of what is needed, its bytes as written."""
    notes = [
        (len(note.batches.keys() & table.batches.keys()), note.level, note.file, note, path)
        for path in sorted(places.native.glob(f"{made_by(table, purpose)}-*.json"))
        if (note := read(path)) is not None and note.serves(manifest, table)
    ]
    for *_, note, path in sorted(notes, key=lambda entry: entry[:3], reverse=True):
        if _whole(places, note, path):
            return note
    return None


def read(path: Path) -> Note | None:
    """Read a note; None if it isn't as it was written: then its file is of no use."""
    try:
        body, _, check = path.read_text("utf-8").removesuffix("\n").rpartition("\n")
        return Note.model_validate_json(body) if text_digest(body) == check else None
    except (OSError, UnicodeDecodeError, ValidationError):
        return None


def _whole(places: Places, note: Note, path: Path) -> bool:
    """Whether a file's bytes are those written."""
    try:
        return untouched(places.native / note.file, note.digest, path.with_suffix(".seen"))
    except (StoreError, OSError):
        return False


def build(
    places: Places, worker: Worker, manifest: Manifest, table: Table, purpose: Purpose
) -> Note:
    """Make a native file of a table as it is now."""
    draft = worker.draft("native.duckdb")
    draft.unlink(missing_ok=True)
    try:
        columns, enums = _fill(places, worker, draft, manifest, table, purpose)
    except BaseException:
        with suppress(StoreError, duckdb.Error):  # what matters is why it wasn't filled
            worker.run("DETACH DATABASE IF EXISTS native")
        raise
    worker.run("DETACH native")
    digest = digest_of(draft)
    made = made_by(table, purpose)
    note = Note(
        format=FORMAT,
        duckdb=duckdb.__version__,
        made=made,
        file=f"{made}-{digest[:16]}.duckdb",
        size=stamp(draft)[0],
        digest=digest,
        rows=table.rows,
        columns=table.columns,
        shape=columns,
        enums=enums,
        batches={number: batch.identity for number, batch in table.batches.items()},
        level=table.level,
        chain=table.chain_at(table.level) or "",
        codes=manifest.codes.count,
        point=manifest.codes.points[manifest.codes.count],
    )
    settle(draft, places.native / note.file)
    place = (places.native / note.file).with_suffix(".json")
    body = note.model_dump_json()
    text = worker.draft("native.json")
    with told(text):
        text.write_text(f"{body}\n{text_digest(body)}\n", "utf-8")
    settle(text, place)
    note_seen(places.native / note.file, note.digest, place.with_suffix(".seen"))
    return note


def _fill(
    places: Places, worker: Worker, draft: Path, manifest: Manifest, table: Table, purpose: Purpose
) -> tuple[dict[str, str], dict[str, str]]:
    """Write the tables of a native file; return the facts' columns and which are ENUMs."""
    worker.run(f"ATTACH {literal(str(draft))} AS native")
    worker.run("CREATE TABLE native.partner_code (code INTEGER, partner VARCHAR)")
    if manifest.codes.files:
        files = parquet(paths(places, manifest.codes.files))
        query = f"SELECT code, partner FROM {files} ORDER BY code"
        worker.run(f"INSERT INTO native.partner_code {query}")
    worker.run(coded("native.partner_code", table, kept(places, table)))
    with worker.given(purpose.given):
        columns = shape(worker, table, purpose)
        enums = _enums(worker, table, purpose, columns) if table.rows else {}
        typed = ", ".join(
            f"CAST({quoted(name)} AS native.{enums[name]}) AS {quoted(name)}"
            if name in enums
            else quoted(name)
            for name in columns
        )
        order = purpose.order or (
            f"_code NULLS LAST, {quoted(table.day)} NULLS LAST, _batch, _line"
        )
        worker.run(
            f"CREATE TABLE native.facts AS SELECT {typed} FROM ({purpose.select}) ORDER BY {order}",
            f"{table.name}: sorting by partner",
        )
    rows = worker.run("SELECT count(*) FROM native.facts")[0][0]
    if rows != table.rows:
        what = f"the SELECT for {purpose.key} makes {rows} rows of {table.rows}"
        raise conflict(table.name, what, "make one row of each row of kept")
    worker.run("CHECKPOINT native")
    return columns, enums


def coded(codes: str, table: Table, rows: str) -> str:
    """Return the statement that makes the view `kept`, on which a purpose's SELECT stands."""
    return f"""CREATE OR REPLACE TEMP VIEW kept AS SELECT k.*, p.code AS _code
        FROM ({rows}) AS k LEFT JOIN {codes} AS p ON p.partner = k.{quoted(table.partner)}"""


def shape(worker: Worker, table: Table, purpose: Purpose) -> dict[str, str]:
    """Return the columns that a purpose's SELECT makes, or refuse one that loses addresses."""
    columns = {row[0]: row[1] for row in worker.run(f"DESCRIBE {purpose.select}")}
    for name, kind in NEEDED.items():
        if columns.get(name) != kind:
            what = f"the SELECT for {purpose.key} loses the column {name}"
            raise conflict(table.name, what, "select it from kept as it is")
    return columns


def _enums(
    worker: Worker, table: Table, purpose: Purpose, columns: Mapping[str, str]
) -> dict[str, str]:
    """Make a type for each text column of few values, in code point order; return their names."""
    texts = [name for name, kind in columns.items() if kind == "VARCHAR"]
    if not texts:
        return {}
    counts = ", ".join(f"approx_count_distinct({quoted(name)})" for name in texts)
    query = f"SELECT {counts} FROM ({purpose.select})"
    found = zip(texts, worker.run(query, f"{table.name}: looking at texts")[0], strict=True)
    few = [name for name, count in found if count <= ENUM_VALUES * 9 // 10]  # it is near, not exact
    if not few:
        return {}
    enums = {name: f"e{number}" for number, name in enumerate(few)}
    values = ", ".join(f"list(DISTINCT {quoted(name)}) AS {e}" for name, e in enums.items())
    query = f"CREATE OR REPLACE TEMP TABLE _values AS SELECT {values} FROM ({purpose.select})"
    worker.run(query, f"{table.name}: values of texts")
    for e in enums.values():
        worker.run(
            f"""CREATE TYPE native.{e} AS ENUM (SELECT v FROM (SELECT unnest({e}) AS v FROM _values)
            WHERE v IS NOT NULL ORDER BY v)"""
        )
    worker.run("DROP TABLE _values")
    return enums


def clear_stale(places: Places, built: Note) -> None:
    """Remove what the file just built replaces, and what was not used for longest."""
    used: list[tuple[int, str]] = []
    for path in places.native.glob("*.json"):
        note = read(path)
        seen = path.with_suffix(".seen")
        if note is not None and note.made != built.made and seen.exists():
            used.append((stamp(seen)[1], path.stem))
    staying = {Path(built.file).stem, *(stem for _, stem in sorted(used)[-PURPOSES + 1 :])}
    with told(places.native):
        for path in places.native.iterdir():
            if path.stem not in staying:
                path.unlink(missing_ok=True)
