"""The store's own DuckDB: sorts, sums and merges in bounded memory, and knows the partner codes.

It spills into the store's folder, never beside the data. One store object has one worker, made
when it is first needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from rulebook.store.errors import StoreError, told
from rulebook.store.manifest import Codes
from rulebook.store.places import Places, Room, check
from rulebook.store.sql import parquet

#: Told what is being done and how much of it is, in percent.
Progress = Callable[[str, int], None]

#: A relation, or what makes it out of what it asks for by a query.
Given: TypeAlias = pa.Table | Callable[[Callable[[str], pa.Table]], pa.Table]

#: A group of rows that is read or skipped as one: small, so that one partner's rows are few reads.
GROUP_ROWS = 40960
PARQUET = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS}"


class Worker:
    """A DuckDB in memory, with `partner_code(code, partner)` as far as a generation has them."""

    def __init__(self, places: Places, memory: str, progress: Progress | None) -> None:
        """Open it; the room is where it spills and where files are drafted."""
        self.places, self.memory, self.progress = places, memory, progress
        self._room: Room | StoreError = _room(places)
        self.connection = self._connect()
        self._codes = -1

    def _connect(self) -> duckdb.DuckDBPyConnection:
        settings: dict[str, Any] = {
            "memory_limit": self.memory,
            "temp_directory": str(self.room / "spill") if isinstance(self._room, Room) else "",
        }
        connection = duckdb.connect(":memory:", config=settings)
        if self.progress is not None:
            connection.execute("SET enable_progress_bar = true")
            connection.execute("SET enable_progress_bar_print = false")
        return connection

    def run(self, sql: str, what: str = "") -> list[Any]:
        """Return a query's rows; a long one says what it does while it does it."""
        with told(self.places.folder), self._watched(what):
            return self.connection.execute(sql).fetchall()

    def arrow(self, sql: str) -> pa.Table:
        """Return a query's rows as Arrow."""
        with told(self.places.folder):
            return self.connection.sql(sql).to_arrow_table()

    @contextmanager
    def given(self, relations: Mapping[str, Given]) -> Iterator[None]:
        """Have relations under their names for a while."""
        for name, relation in relations.items():
            found = relation(self.arrow) if callable(relation) else relation
            self.connection.register(name, found)
        try:
            yield
        finally:
            for name in relations:
                self.connection.unregister(name)

    @contextmanager
    def _watched(self, what: str) -> Iterator[None]:
        if self.progress is None or not what:
            yield
            return
        progress, done = self.progress, threading.Event()

        def watch() -> None:
            last = 0
            while not done.wait(1):
                percent = int(self.connection.query_progress())
                if percent > last:
                    progress(what, last := percent)

        watcher = threading.Thread(target=watch, daemon=True)
        progress(what, 0)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
        progress(what, 100)

    def draft(self, name: str) -> Path:
        """Return the path of a file under construction."""
        return self.room / name

    @property
    def room(self) -> Path:
        """Where this worker may write, or the refusal of a system that doesn't allow it."""
        if isinstance(self._room, StoreError):
            raise self._room
        return self._room.path

    def load_codes(self, codes: Codes) -> None:
        """Have the partner codes of a generation, and no others."""
        if self._codes == codes.count:
            return
        files = []
        for file in codes.files:
            path = self.places.segments / file.name
            check(path, file.size, file.digest, self.places.folder)
            files.append(path)
        columns = "(code INTEGER, partner VARCHAR)"
        self.run(f"CREATE OR REPLACE TABLE partner_code {columns}")
        if files:
            self.run(f"INSERT INTO partner_code SELECT code, partner FROM {parquet(files)}")
        self._codes = codes.count

    def forget_codes(self) -> None:
        """The codes in memory are not those of a generation: read them again when needed."""
        self._codes = -1

    def add_codes(self, partners: str) -> None:
        """Give codes to the partners of a query that have none, in the order of their names."""
        count = self.run("SELECT count(*) FROM partner_code")[0][0]
        self.run(
            f"""INSERT INTO partner_code SELECT {count} - 1 + row_number() OVER (ORDER BY partner),
            partner FROM (SELECT DISTINCT partner FROM ({partners}) AS given(partner)
            WHERE partner IS NOT NULL) ANTI JOIN partner_code USING (partner)"""
        )

    def codes_settled(self, codes: Codes) -> None:
        """What is in memory was written."""
        self._codes = codes.count

    def close(self) -> None:
        """Close the database and clear the room."""
        self.connection.close()
        if isinstance(self._room, Room):
            self._room.close()


def _room(places: Places) -> Room | StoreError:
    """Return a room, or why there is none: a store that can't be written can still be read."""
    try:
        return Room(places)
    except StoreError as error:
        return error
