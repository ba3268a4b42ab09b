"""Keeps the typed facts of a folder in the fact store, and takes them from there until they change.

A table is kept as it was settled: typed, repeats and unknown partners marked. Its key is all that
this rests on: the bytes of its files, how they are read, who the partners are. Only where there
are many: small ones are read as quickly as looked up.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb

from rulebook.dataset.data import BAD_ROW
from rulebook.errors import Problem
from rulebook.loading.contents import fingerprint_file, typing_inputs
from rulebook.loading.digest import RowSums
from rulebook.loading.files import TableFiles
from rulebook.loading.layout import Layout
from rulebook.loading.sql import fetch, listing, literal, quoted
from rulebook.loading.tables import Loading
from rulebook.store import Form, Store, StoreDamaged, StoreError, StoreForeign

#: Facts whose files come to fewer bytes, in all tables, are read each time.
SMALLEST = 16 << 20
#: A file changed so shortly before it was looked at may change again unseen.
_RACY = 2_000_000_000


class Settled(NamedTuple):
    """What is known of a kept table without reading it."""

    aside: Mapping[str, int]
    sums: RowSums


class Wanted(NamedTuple):
    """What a table rests on: the key of each file's rows by its name, and of the settled whole."""

    files: Mapping[str, str]
    key: str


@dataclass
class Keeping:
    """The store of one folder of data; `tell` hears why something could not be kept."""

    store: Store
    tell: Callable[[Problem], None]
    tables: set[str] = field(default_factory=set)
    #: Tables of which something kept could not be read: all of it is put again.
    untrusted: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, folder: Path, zone: str, cache: Path, tell: Callable[[Problem], None]) -> Keeping:
        """Open the store of a folder, anew if what lies there can't be trusted.

        Raises StoreError where the cache can't be used at all.
        """
        place = place_of(folder, zone, cache)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            hint = "name another cache folder in ECHELON_CACHE"
            why = (error.strerror or str(error)).lower()
            raise StoreError([Problem(why, str(place), hint=hint)]) from error
        try:
            return cls(Store.open(place), tell)
        except (StoreDamaged, StoreForeign) as error:
            for problem in error.problems:
                said = f"{problem.message}; what was kept is built again"
                tell(Problem(said, problem.file, notice=True))
            Store.clear(place)
            return cls(Store.open(place), tell)

    def wanted(
        self, loading: Loading, layout: Layout, names: Sequence[str], inputs: str
    ) -> Wanted | None:
        """Return what a table's settled rows rest on; None where its files can't be read.

        `names` are its files, `inputs` is what rows rest on beside them: who the partners are.
        """
        read = typing_inputs(layout, loading.zone)
        try:
            seen = Fingerprints(self.store.places.folder / "files.json")
            keys = {name: _hashed(seen.of(loading.folder / name), read) for name in names}
            seen.write()
        except OSError:
            return None
        return Wanted(keys, _hashed(keys, inputs))

    def settled(self, layout: Layout, wanted: Wanted, allow_bad_rows: bool) -> Settled | None:
        """Return what is known of a kept table; None where it must be read again."""
        try:
            said = json.loads(self._note(layout).read_text("utf-8"))
            note, check = said["note"], said["check"]
            sound = check == _hashed(note) and note["key"] == wanted.key
            if not sound or note["batches"] != self._batches(layout):
                return None
            if BAD_ROW in note["aside"] and not allow_bad_rows:
                return None  # to be told line by line
            return Settled(note["aside"], RowSums(*note["sums"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, loading: Loading, layout: Layout, wanted: Wanted, known: Settled) -> None:
        """Put a settled table; where that fails the run goes on without, and it is said.

        A file is left as it is kept if none of its rows is set aside, then or now.
        """
        form = Form(layout.table, layout.partner, layout.attained)
        try:
            with self.store.change() as change:
                kept = self.store.tables().get(layout.table)
                for batch in () if kept is None else kept.batches.values():
                    if batch.source not in wanted.files:
                        change.drop(layout.table, batch.source)
                if changed := self._changed(loading, layout, wanted):
                    rows = f"SELECT * FROM {quoted(layout.table)}"
                    if len(changed) < len(wanted.files):
                        rows += f" WHERE _file IN ({', '.join(map(literal, changed))})"
                    keys = {name: wanted.files[name] for name in changed}
                    change.put_all(form, keys, loading.connection.sql(rows))
            self._write_note(layout, wanted, known)
        except (StoreError, duckdb.Error, OSError) as error:
            self._tell(error, "facts were not kept for next time")
            return
        fetch(loading.connection, f"DROP TABLE {quoted(layout.table)}")
        self.use(loading.connection, layout)

    def _changed(self, loading: Loading, layout: Layout, wanted: Wanted) -> list[str]:
        """Return the files whose rows are not kept as they are now."""
        query = f"SELECT DISTINCT _file FROM {quoted(layout.table)} WHERE _aside IS NOT NULL"
        marked = {name for (name,) in fetch(loading.connection, query)}
        clean = self._clean(layout, wanted)
        return [name for name in wanted.files if name in marked or name not in clean]

    def _clean(self, layout: Layout, wanted: Wanted) -> Mapping[str, int]:
        """Return the batches, by file, that are what reading the file would give.

        A file of which rows are set aside is none: why they are may rest on other files and on
        partners. Nor is any once rows were withdrawn or marked one by one.
        """
        kept = self.store.tables().get(layout.table)
        if kept is None or kept.level or layout.table in self.untrusted:
            return {}
        return {
            batch.source: batch.number
            for batch in kept.batches.values()
            if batch.key == wanted.files.get(batch.source) and not set(batch.counts) - {""}
        }

    def take_clean(self, loading: Loading, layout: Layout, wanted: Wanted) -> Collection[str]:
        """Put the kept rows that need no reading into the table `_clean`; return their files.

        Where they can't be taken there are none, and all files are read.
        """
        clean = self._clean(layout, wanted)
        if not clean:
            return ()
        names = listing(["_file", "_line", "_aside", *(field.name for field in layout.fields)])
        try:
            rows = self.store.select(layout.table, clean.values())
            query = f"CREATE OR REPLACE TABLE _clean AS SELECT {names} FROM ({rows})"
            fetch(loading.connection, query)
        except (StoreError, duckdb.Error) as error:
            self.untrusted.add(layout.table)
            self._tell(error, "kept facts can't be used")
            return ()
        return clean.keys()

    def _note(self, layout: Layout) -> Path:
        return self.store.places.folder / f"settled-{_hashed(layout.table)[:16]}.json"

    def _batches(self, layout: Layout) -> dict[str, str]:
        table = self.store.tables().get(layout.table)
        batches = () if table is None else table.batches.values()
        return {batch.source: batch.identity for batch in batches}

    def _write_note(self, layout: Layout, wanted: Wanted, known: Settled) -> None:
        note = {
            "key": wanted.key,
            "batches": self._batches(layout),
            "aside": dict(known.aside),
            "sums": list(known.sums),
        }
        _write(self._note(layout), {"note": note, "check": _hashed(note)})

    def use(self, connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
        """Make the kept rows the table `fact_<name>` of all cursors."""
        rows = self.store.select(layout.table)
        connection.execute(f"CREATE OR REPLACE VIEW {quoted(layout.table)} AS {rows}")
        self.tables.add(layout.table)

    def _tell(self, error: Exception, what: str) -> None:
        problems = error.problems if isinstance(error, StoreError) else [Problem(str(error))]
        for problem in problems:
            said = f"{what}: {problem.message}"
            self.tell(Problem(said, problem.file, hint=problem.hint, notice=True))


def add_clean(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Add the rows of `_clean` to a typed table, its columns wide enough for both."""
    table = quoted(layout.table)
    both = f"DESCRIBE SELECT * FROM {table} UNION ALL BY NAME SELECT * FROM _clean"
    wide = {row[0]: row[1] for row in fetch(connection, both)}
    for column, kind, *_ in fetch(connection, "DESCRIBE _clean"):
        if kind != wide[column]:
            fetch(connection, f"ALTER TABLE _clean ALTER {quoted(column)} TYPE {wide[column]}")
    fetch(connection, f"INSERT INTO _clean BY NAME SELECT * FROM {table}")
    fetch(connection, f"DROP TABLE {table}")
    fetch(connection, f"ALTER TABLE _clean RENAME TO {table}")


def worth_keeping(loading: Loading, layouts: Iterable[Layout]) -> Mapping[str, Sequence[str]]:
    """Return the files of the fact tables that are worth keeping, by table; none if all are small.

    A table of which something is wrong already is not among them.
    """
    found: dict[str, Sequence[str]] = {}
    size = 0
    for layout in layouts:
        files = TableFiles(loading.folder, layout, loading.document)
        names = files.found()
        if not files.problems and not layout.unusable:
            found[layout.table] = names
            with suppress(OSError):
                size += sum((loading.folder / name).stat().st_size for name in names)
    return found if size >= SMALLEST else {}


def place_of(folder: Path, zone: str, cache: Path) -> Path:
    """Return where the store of a folder lies: by its whole path, and the time zone of its days."""
    real = folder.resolve()
    name = hashlib.sha256(f"{real}\0{zone}".encode()).hexdigest()[:16]
    return cache / f"{real.name or 'data'}-{name}"


class Fingerprints:
    """The contents of files by their stamps, so that what wasn't touched isn't read again."""

    def __init__(self, place: Path) -> None:
        """Read what was noted; anything odd there only costs reading."""
        self.place = place
        self.noted: dict[str, list[object]] = {}
        with suppress(OSError, ValueError):
            found = json.loads(place.read_text("utf-8"))
            if isinstance(found, dict):
                self.noted = found

    def of(self, path: Path) -> str:
        """Return the fingerprint of a file's bytes. Raises OSError."""
        stat = path.stat()
        stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        known = self.noted.get(str(path))
        if known is not None and known[1:] == stamp:
            return str(known[0])
        found = fingerprint_file(path)
        now = _now(self.place.parent)
        if now - max(stat.st_mtime_ns, stat.st_ctime_ns) > _RACY:
            self.noted[str(path)] = [found, *stamp]
        return found

    def write(self) -> None:
        """Note what was found; only speed is lost where that can't be written."""
        with suppress(OSError):
            _write(self.place, self.noted)


def _write(place: Path, said: object) -> None:
    """Write a small file whole or not at all. Raises OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(said), "utf-8")
    draft.replace(place)


def _hashed(*said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _now(folder: Path) -> int:
    """Return the time by the file system's clock, which stamps are of, in nanoseconds."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f"now.{os.getpid()}"
    probe.touch()
    now = probe.stat().st_mtime_ns
    probe.unlink()
    return now
