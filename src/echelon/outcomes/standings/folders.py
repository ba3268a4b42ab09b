"""The folders of data that the engine has open: composed once, then brought up to what changed.

A program has one under the cache folder, a process a place of its own in it: what a process adds to
its place nobody else may change. When only facts came or went, they alone are read; whatever else
changed, and whatever can't be done so, has the folder composed and loaded anew. Both give the same
digest.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from echelon.outcomes.standings.sources import Section, Source
from rulebook import RulebookError, Run, load_folder
from rulebook.loading import Folder, amend
from rulebook.program import Program as Rules
from rulebook.reading import Document

#: How many programs a process keeps open.
KEPT = 4
#: Beyond so many files or rows that changed, loading anew is quicker.
FILES, ROWS = 16, 20_000

#: By fact type its section, and its files.
Facts = dict[str, tuple[dict[str, Any], list[Path]]]
_OPEN: dict[str, Opened] = {}


@dataclass
class Opened:
    """A folder that is loaded: the words for what it was loaded from, and its place, locked.

    `mark` is another one after any change, `base` after any but of facts.
    """

    mark: str
    base: str
    facts: Facts
    folder: Folder
    lock: IO[str]
    #: The run that was looked at last, under the words for all that it rests on.
    made: tuple[object, Run] | None = None

    def looked(self, document: Document, digest: str, day: date, make: Callable[[], Run]) -> Run:
        """Return a run to look at figures of a day: the last one if it is on the same, or a new."""
        said = (self.mark, digest, document.content, day)
        if self.made is None or self.made[0] != said:
            self.made = (said, make())
        return self.made[1]

    def close(self) -> None:
        """Let go of the data and the place."""
        self.folder.close()
        self.lock.close()


def opened(
    source: Source,
    rules: Rules,
    tables: Collection[str],
    others: Mapping[str, Sequence[str]],
    also: Collection[str],
) -> Opened:
    """Return the data of a program as it is now; for one thread at a time. Raises RulebookError.

    `tables` are the fact types that it reads, `also` those to be there beside them, `others` the
    tiers of the programs that it names.
    """
    wanted = sorted({*tables, *also})
    name = rules.program if set(also) <= set(tables) else f"{rules.program}.trial"
    people = source.partners()
    said = (rules.time_zone, wanted, sorted((k, list(v)) for k, v in others.items()), people[0])
    there = hash_of(people[1])
    mark = hashed(source.watermark(), there, *said)
    found = _OPEN.get(name)
    if found is not None and found.mark == mark:
        return found
    base = hashed(source.beside_facts(), there, *said)
    facts = source.facts(wanted)
    if found is not None:
        if found.base == base and _brought_up(found, facts):
            found.mark = mark
            return found
        _OPEN.pop(name).close()
    while len(_OPEN) >= KEPT:
        _OPEN.pop(next(iter(_OPEN))).close()
    place, lock = _place(Path(settings.CACHE_FOLDER) / "engine" / name)
    try:
        _compose(place, source, people, facts, others)
        cache = Path(settings.CACHE_FOLDER) / "store"
        folder = load_folder(place, rules, allow_bad_rows=True, cache=cache)
    except BaseException:
        lock.close()
        raise
    _OPEN[name] = Opened(mark, base, facts, folder, lock)
    return _OPEN[name]


def close_all() -> None:
    """Close what this process has open."""
    while _OPEN:
        _OPEN.popitem()[1].close()


def _place(folder: Path) -> tuple[Path, IO[str]]:
    """Return the first place of a folder that no living process has, and the lock on it."""
    for number in count(1):
        place = folder / str(number)
        place.mkdir(parents=True, exist_ok=True)
        lock = (place / ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return place, lock
    raise AssertionError("unreachable")


# -- what changed -----------------------------------------------------------------------


def _brought_up(found: Opened, facts: Facts) -> bool:
    """Bring an open folder up to the files that there are now; whether that could be done."""
    if any(facts[slug][0] != found.facts[slug][0] for slug in facts):
        return False
    try:
        changes = {slug: _change(found.facts[slug][1], facts[slug][1]) for slug in facts}
        if any(change is None for change in changes.values()):
            return False
        for slug, change in changes.items():
            if change is not None and (change[0].num_rows or change[1].num_rows):
                amend(found.folder, slug, *change)
    except (RulebookError, OSError, duckdb.Error, pa.ArrowException):
        return False  # loading anew says what is wrong, if anything is
    found.facts = facts
    return True


def _change(before: Sequence[Path], after: Sequence[Path]) -> tuple[pa.Table, pa.Table] | None:
    """Return the rows that came and those that went; None where they are many."""
    new, old = ([p for p in a if p not in b] for a, b in ((after, before), (before, after)))
    if len(new) + len(old) > FILES:
        return None
    with duckdb.connect() as connection:
        known = (new or old or list(after))[0]
        for name, files in (("new", new), ("old", old)):
            rows = connection.read_parquet([str(p) for p in files or [known]], union_by_name=True)
            (rows if files else rows.limit(0)).create_view(name)
        columns = sorted(connection.table("new").columns)
        if columns != sorted(connection.table("old").columns):
            return None
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        come, gone = (
            connection.sql(
                f"(SELECT {names} FROM {one} EXCEPT ALL SELECT {names} FROM {other})"
                f" LIMIT {ROWS + 1}"
            ).to_arrow_table()
            for one, other in (("new", "old"), ("old", "new"))
        )
    return None if max(come.num_rows, gone.num_rows) > ROWS else (come, gone)


# -- anew -------------------------------------------------------------------------------


def _compose(
    place: Path,
    source: Source,
    people: Section,
    facts: Facts,
    others: Mapping[str, Sequence[str]],
) -> None:
    """Write a folder of data anew: small tables as files, facts as links to theirs."""
    for old in place.iterdir():
        if old.suffix in {".parquet", ".yaml"}:
            old.unlink()

    def put(name: str, section: Section) -> dict[str, Any]:
        pq.write_table(section[1], place / f"{name}.parquet")
        return {**section[0], "file": f"{name}.parquet"}

    document: dict[str, Any] = {"partners": put("partners", people)}
    document["references"] = {
        name: put(f"ref-{name}", section) for name, section in source.references().items()
    }
    document["facts"] = {}
    for name, (said, files) in facts.items():
        links = []
        for file in files:
            (place / f"{name}-{file.name}").symlink_to(file)
            links.append(f"{name}-{file.name}")
        document["facts"][name] = {**said, "file": links}
    for name in ("rates", "attestations"):
        section = getattr(source, name)()
        if section is not None:
            document[name] = put(name, section)
    if others:
        document["programs"] = {slug: list(tiers) for slug, tiers in others.items()}
    (place / "dataset.yaml").write_text(json.dumps(document), "utf-8")


def hash_of(table: pa.Table) -> str:
    """Return the hash of a table's content."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def hashed(*said: object) -> str:
    """Return the hash of what is said."""
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
