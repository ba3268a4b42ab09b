"""The door of the fact store: open, change, and give relations to whoever queries."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from rulebook.errors import Problem
from rulebook.store.change import Change
from rulebook.store.compaction import compact, compact_if_due
from rulebook.store.errors import StoreError, conflict, damaged, told
from rulebook.store.kept import kept
from rulebook.store.manifest import Manifest, Snapshot, Table, clear_old, is_newest, newest
from rulebook.store.native import Note, Purpose, build, clear_stale, find, read
from rulebook.store.places import Places, clear_rooms, digest_of
from rulebook.store.sql import Sums, digest_sums, quoted, row_digest
from rulebook.store.view import Since, Standing, View, fresh_name, since
from rulebook.store.worker import Progress, Worker

#: How much memory sorting may take before it spills into the store's folder.
MEMORY = "1.5GB"


class Store:
    """A set of fact tables in a folder, as one generation has them.

    A store object reads the generation that was newest when it was opened or refreshed, or that
    it wrote itself; that generation's files stay while it is open. Not for several threads at
    once: open one a thread.
    """

    def __init__(self, places: Places, memory: str, progress: Progress | None) -> None:
        """Read the newest generation; `Store.open` is the way in."""
        self.places, self._memory, self._progress = places, memory, progress
        self._worker: Worker | None = None
        self._changing = False
        self._snapshot: Snapshot = newest(places)

    @classmethod
    def open(cls, folder: Path, *, memory: str = MEMORY, progress: Progress | None = None) -> Store:
        """Open the store in a folder, which is made by the first change.

        Raises StoreDamaged, StoreForeign or StoreError where it can't be read: `Store.clear`
        and put everything again.
        """
        return cls(Places(folder.absolute()), memory, progress)

    @staticmethod
    def clear(folder: Path) -> None:
        """Remove all that a store holds, whatever state it is in; its folder stays."""
        places = Places(folder.absolute())
        if not places.folder.exists():
            return
        with places.writing(), places.building():
            for place in (places.generations, places.native, places.segments, places.arrays):
                with told(place):
                    if place.exists():
                        shutil.rmtree(place)

    @property
    def manifest(self) -> Manifest:
        """The generation that is read."""
        return self._snapshot.manifest

    def tables(self) -> Mapping[str, Table]:
        """Return the tables by name: columns with types, sources with keys, rows by reason."""
        return self.manifest.tables

    def sums(self, table: str) -> Sums:
        """Return rows and digest sums of a table by reason ("" for those that count): read now."""
        known = self._table(table)
        self.places.prepare()
        rows = self._work().run(f"""SELECT coalesce(_aside, ''), {digest_sums("digest")}
            FROM (SELECT _aside, {row_digest(known.columns, "r")} AS digest
                FROM ({kept(self.places, known)}) AS r)
            GROUP BY ALL ORDER BY ALL""")
        return {reason: (count, high, low) for reason, count, high, low in rows}

    def refresh(self) -> None:
        """Read the newest generation from now on."""
        if not is_newest(self.places, self._snapshot):
            self._read(newest(self.places))

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Change the newest generation; all of it is written at the end, or nothing.

        Other writers wait. Afterwards the store reads what was written.
        """
        if self._changing:
            what = "a change of this store is under way"
            raise StoreError([Problem(what, str(self.places.folder), hint="end it first")])
        self.places.prepare()
        with self.places.writing(), self._alone():
            self.refresh()
            worker = self._work()
            change = Change(self.places, worker, self.manifest)
            try:
                yield change
                for name in change.changed():
                    compact_if_due(change, name)
                change.commit()
            except BaseException:
                worker.forget_codes()
                raise
            self.refresh()
            self._tidy()

    def compact(self, *, whole: bool = False) -> None:
        """Merge small segments; with `whole`, write everything anew without withdrawn rows."""
        with self.change() as change:
            for name in change.tables:
                compact(change, name, whole=whole)

    def attach(self, connection: duckdb.DuckDBPyConnection, table: str) -> str:
        """Make a view of a table's kept form, `kept_<table>`; return its name.

        Its columns are the table's, `_file`, `_line`, `_aside` (as marked) and `_batch`. It
        reads files of this generation: keep the store open while it is used.
        """
        name = f"kept_{table}"
        rows = self.select(table)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {rows}")
        return name

    def select(self, table: str, batches: Collection[int] | None = None) -> str:
        """Return the SELECT of which `attach` makes a view; of some batches' rows, if given."""
        return kept(self.places, self._table(table), batches)

    def native(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: str,
        purpose: Purpose,
        relation: str = "",
    ) -> str:
        """Make a view of a table's derived form (`fact_<table>`); return its name.

        Its columns are those of the purpose's SELECT, with texts of few values as ENUM (or
        VARCHAR, once a value came that wasn't there before), `_code` the partner's code in the
        relation `partner_code(code, partner)`, which is made too. The file is built if there is
        none that serves; batches and amendments since are put beside it in memory.
        """
        known = self._table(table)
        name = relation or f"fact_{table}"
        self.places.prepare()
        worker = self._work()
        view = View(self.places, worker, connection, self.manifest, known)
        note = find(self.places, self.manifest, known, purpose)
        if note is not None:
            after = since(self.places, worker, note, known)
            if after.small(note, known) and self._made(view, note, after, purpose, name):
                return name
        note = self._built(known, purpose)
        view.attach(note)
        view.make(note, since(self.places, worker, note, known), purpose, name)
        return name

    def standing(self, table: str, purpose: Purpose, relation: str = "") -> Standing | None:
        """Return the parts of the relation that `native` made.

        None where rows were withdrawn or marked since: then it takes a query to tell what stands.
        """
        known = self._table(table)
        note = find(self.places, self.manifest, known, purpose)
        if note is None:
            return None
        if note.holds(known):
            return Standing(note.digest, note.alias, None)
        after = since(self.places, self._work(), note, known)
        if after.dead or after.amended:
            return None
        return Standing(note.digest, note.alias, fresh_name(relation or f"fact_{table}"))

    def arrays(self, identity: str) -> Path:
        """Return the folder for arrays made of a derived file; those of files gone are cleared."""
        folder = self.places.arrays
        for place in folder.iterdir() if folder.exists() else ():
            if not any(self.places.native.glob(f"*-{place.name}.duckdb")):
                shutil.rmtree(place, ignore_errors=True)
        return folder / identity[:16]

    def verify(self) -> list[str]:
        """Read every file of this generation again; return what was found and thrown away.

        A damaged native file is removed: it is built again when it is needed. A damaged segment
        raises StoreDamaged.
        """
        folder = self.places.folder
        for kept_file in self.manifest.files():
            path = self.places.segments / kept_file.name
            if not path.exists():
                raise damaged(path, "this file is gone", folder)
            if digest_of(path) != kept_file.digest:
                raise damaged(path, "this file's bytes are not those that were written", folder)
        removed = []
        for path in sorted(self.places.native.glob("*.json")):
            note = read(path)
            file = path.with_suffix(".duckdb")
            if note is None or not file.exists() or digest_of(file) != note.digest:
                removed.append(str(file))
                for part in (path, file, path.with_suffix(".seen")):
                    with told(part):
                        part.unlink(missing_ok=True)
        return removed

    def close(self) -> None:
        """Let the generation go and clear what is under construction."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        self._snapshot.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if "_snapshot" in self.__dict__:
            self.close()

    def _table(self, name: str) -> Table:
        found = self.manifest.tables.get(name)
        if found is None:
            raise conflict(name, "the store has no such table")
        return found

    def _work(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(self.places, self._memory, self._progress)
        return self._worker

    def _read(self, snapshot: Snapshot) -> None:
        self._snapshot.close()
        self._snapshot = snapshot

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._changing = True
        try:
            yield
        finally:
            self._changing = False

    def _made(self, view: View, note: Note, after: Since, purpose: Purpose, name: str) -> bool:
        """Whether a native file could be used: it may be gone since, or fail DuckDB's checks."""
        try:
            view.attach(note)
            view.make(note, after, purpose, name)
        except (StoreError, duckdb.Error):
            return False
        return True

    def _built(self, table: Table, purpose: Purpose) -> Note:
        """Build a native file, unless somebody else did while we waited for our turn."""
        with self.places.building():
            note = find(self.places, self.manifest, table, purpose)
            if note is not None and note.holds(table):
                return note
            built = build(self.places, self._work(), self.manifest, table, purpose)
            clear_stale(self.places, built)
            return built

    def _tidy(self) -> None:
        clear_rooms(self.places)
        clear_old(self.places)
