"""Brings data to Spark: a loaded folder, Parquet files or Arrow tables as temporary views."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from rulebook.backends.spark.failures import told
from rulebook.backends.spark.names import plain
from rulebook.loading.folder import Folder
from rulebook.loading.sql import quoted


class Views(Mapping[str, str]):
    """Temporary views in a session, by the table each stands for; `close`, or `with`, drops them.

    It is what `SparkOver` takes as `tables`. Raises EngineError.
    """

    def __init__(
        self, session: SparkSession, frames: Mapping[str, Callable[[], DataFrame]]
    ) -> None:
        """Make a view of each frame, under a name that no view of the session has."""
        self.session = session
        self._names: dict[str, str] = {}
        try:
            with told():
                taken = {table.name for table in session.catalog.listTables() if table.isTemporary}
                prefix = next(
                    start
                    for start in (f"folder_{number}_" for number in count(1))
                    if not any(name.startswith(start) for name in taken)
                )
                for name, frame in frames.items():
                    view = prefix + plain(name)
                    frame().createOrReplaceTempView(f"`{view}`")
                    self._names[name] = view
        except BaseException:
            self.close()
            raise

    def __getitem__(self, name: str) -> str:
        return f"`{self._names[name]}`"

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def close(self) -> None:
        """Drop the views."""
        with told():
            for view in self._names.values():
                self.session.catalog.dropTempView(view)

    def __enter__(self) -> Views:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def table_views(session: SparkSession, tables: Mapping[str, pa.Table]) -> Views:
    """Show Arrow tables: `partner`, `ref_<name>`, `fact_<name>`."""
    return Views(session, {name: partial(_framed, session, each) for name, each in tables.items()})


def parquet_views(session: SparkSession, files: Mapping[str, Path | str]) -> Views:
    """Show Parquet files, or folders of them, by the table that each holds.

    A path is the cluster's: on more than one machine, a place that all of them reach.
    """
    # Days before 1582 as they are written: the calendar is the one that we have.
    reader = session.read.option("datetimeRebaseMode", "CORRECTED")
    return Views(session, {name: partial(reader.parquet, str(at)) for name, at in files.items()})


def folder_views(session: SparkSession, folder: Folder, into: Path | None = None) -> Views:
    """Show the tables of a loaded folder.

    They travel through memory; with `into`, a folder that the cluster reaches, as Parquet.
    """
    names = [
        "partner",
        *(f"ref_{name}" for name in folder.spec.references),
        *(f"fact_{name}" for name in folder.spec.facts),
    ]
    if into is None:
        return table_views(session, {name: _batches(folder, name).read_all() for name in names})
    files = {name: into / f"{name}.parquet" for name in names}
    for name, place in files.items():
        batches = _batches(folder, name)
        with pq.ParquetWriter(place, batches.schema) as writer:
            for batch in batches:
                writer.write_batch(batch)
    return parquet_views(session, files)


def _batches(folder: Folder, name: str) -> pa.RecordBatchReader:
    query = f"SELECT * FROM {quoted(name)}"
    return folder.connection.cursor().sql(query).to_arrow_reader()


def _framed(session: SparkSession, table: pa.Table) -> DataFrame:
    return session.createDataFrame(table)
