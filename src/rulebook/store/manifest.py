"""What a generation of the store holds: one file, written last, never changed.

`generations/00000017.json` names every file that belongs to generation 17, with digests, and
ends with a digest of its own. The newest is what the store is. Whoever reads a generation holds
a shared lock on its manifest, and files are removed only when no manifest names them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from rulebook.errors import Problem
from rulebook.store.errors import StoreForeign, damaged, told
from rulebook.store.locks import Lock
from rulebook.store.places import Places, settle, text_digest

#: Raised when a store written before can't be read any more.
FORMAT = 2

#: Rows by reason; "" for those that count.
Counts = dict[str, int]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Frozen):
    """An immutable Parquet file below `segments`."""

    name: str
    size: int
    digest: str
    rows: int


class Batch(_Frozen):
    """What was put at once: a source file, or rows that a caller added. Numbers never return."""

    number: int
    source: str
    key: str
    columns: dict[str, str]
    rows: int
    counts: Counts
    identity: str


class Segment(_Frozen):
    """A file of rows, of one batch or of several merged ones."""

    file: File
    columns: dict[str, str]
    batches: dict[int, int]  # batch → rows, also of batches that are withdrawn since


class Amendment(_Frozen):
    """Rows withdrawn or marked since they were put; `chain` stands for all up to this one."""

    number: int
    file: File
    chain: str


class Table(_Frozen):
    """One fact table."""

    name: str
    partner: str
    day: str
    columns: dict[str, str] = {}
    batches: dict[int, Batch] = {}
    segments: tuple[Segment, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    settled: int = 0  # amendments up to this number are worked into the segments
    chain: str = ""  # and this stands for them

    @property
    def level(self) -> int:
        """The number of the last amendment."""
        return self.amendments[-1].number if self.amendments else self.settled

    def chain_at(self, level: int) -> str | None:
        """Return what stands for the amendments up to a number, if that is still known."""
        if level == self.settled:
            return self.chain
        return next((a.chain for a in self.amendments if a.number == level), None)

    def source(self, name: str) -> Batch | None:
        """Return what a source holds."""
        return next((b for b in self.batches.values() if b.source == name), None)

    @property
    def rows(self) -> int:
        """How many rows it has, those set aside included and those withdrawn not."""
        return sum(self.counts().values())

    def counts(self) -> Counts:
        """Return the rows of the table by reason, as amended."""
        return added(*(batch.counts for batch in self.batches.values()))


class Codes(_Frozen):
    """The partner dictionary: its files in order, and digests of it at earlier lengths."""

    files: tuple[File, ...] = ()
    points: dict[int, str] = {0: ""}

    @property
    def count(self) -> int:
        """How many partners have a code."""
        return sum(file.rows for file in self.files)


class Manifest(_Frozen):
    """A whole generation."""

    generation: int = 0
    next_batch: int = 0
    tables: dict[str, Table] = {}
    codes: Codes = Codes()

    def files(self) -> Iterator[File]:
        """Yield the files below `segments` that belong to this generation."""
        for table in self.tables.values():
            yield from (segment.file for segment in table.segments)
            yield from (amendment.file for amendment in table.amendments)
        yield from self.codes.files


def added(*several: Mapping[str, int]) -> Counts:
    """Return counts added up, without the reasons that no row has."""
    total: Counter[str] = Counter()
    for counts in several:
        total.update(counts)
    return {reason: rows for reason, rows in sorted(total.items()) if rows}


@dataclass
class Snapshot:
    """A generation that is read: while it is held its files stay."""

    manifest: Manifest = field(default_factory=Manifest)
    lock: Lock | None = None

    def close(self) -> None:
        """Let the generation go."""
        if self.lock is not None:
            self.lock.close()


def write(places: Places, room: Path, manifest: Manifest) -> None:
    """Make a manifest the newest generation."""
    body = manifest.model_dump_json()
    name = f"{manifest.generation:08d}.json"
    with told(places.generations):
        (room / name).write_text(f"{FORMAT}\n{body}\n{text_digest(body)}\n", encoding="utf-8")
    settle(room / name, places.generations / name)


def newest(places: Places) -> Snapshot:
    """Return the newest generation, locked; an empty one if nothing was ever written."""
    while True:
        paths = _paths(places)
        if not paths:
            return Snapshot()
        lock = Lock.take(paths[-1], shared=True)
        if lock is not None:  # else a writer has just removed it: there is a newer one
            return Snapshot(read(paths[-1], places.folder), lock)


def is_newest(places: Places, snapshot: Snapshot) -> bool:
    """Whether no other generation was written since, nor the store cleared."""
    paths = _paths(places)
    if snapshot.lock is None:
        return not paths
    return bool(paths) and paths[-1] == snapshot.lock.path and snapshot.lock.alive()


def read(path: Path, folder: Path) -> Manifest:
    """Read a manifest, or refuse it."""
    with told(path):
        raw = path.read_bytes()
    version, _, rest = raw.partition(b"\n")
    if version.isdigit() and int(version) != FORMAT and rest:
        what = f"the store has the format {int(version)}, and this version reads {FORMAT}"
        hint = f"remove the folder {folder}, or name another in ECHELON_CACHE"
        raise StoreForeign([Problem(what, str(path), hint=hint)])
    body, _, check = rest.removesuffix(b"\n").rpartition(b"\n")
    try:
        text = body.decode()
        if version != str(FORMAT).encode() or text_digest(text).encode() != check:
            raise damaged(path, "this manifest is not as it was written", folder)
        return Manifest.model_validate(json.loads(text))
    except (UnicodeDecodeError, json.JSONDecodeError, ValidationError) as error:
        raise damaged(path, "this manifest can't be read", folder) from error


def clear_old(places: Places) -> None:
    """Remove older generations that nobody reads, and the files that only they name."""
    paths = _paths(places)
    kept = set(paths[-1:])
    for path in paths[:-1]:
        lock = Lock.take(path, wait=False)
        if lock is None:
            kept.add(path)
            continue
        with lock, told(path):
            path.unlink()
    named = {file.name for path in kept for file in read(path, places.folder).files()}
    with told(places.segments):
        for path in places.segments.iterdir():
            if path.name not in named:
                path.unlink()


def _paths(places: Places) -> list[Path]:
    with told(places.generations):
        if not places.generations.is_dir():
            return []
        return sorted(path for path in places.generations.iterdir() if path.suffix == ".json")
