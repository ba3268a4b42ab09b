"""Brings a loaded fact table up to rows that came and rows that went, without reading the rest.

What came and went is typed by the same rules as a file of the folder; afterwards the folder is as
if it had been loaded anew, its digest too. What can't be done so is refused, and nothing is changed
then: the caller loads the folder again.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from rulebook.errors import DataError, Problem
from rulebook.loading.digest import RowSums, digest, row_sums
from rulebook.loading.folder import MEMORY, Folder
from rulebook.loading.keeping import Keeping
from rulebook.loading.layout import Layout
from rulebook.loading.problems import Problems
from rulebook.loading.rules import make_code_table
from rulebook.loading.settling import count_aside, settle_table
from rulebook.loading.sql import connect, fetch, quoted
from rulebook.loading.tables import load_table
from rulebook.store import Form
from rulebook.store.sql import wider

_FILE = "rows.parquet"


def amend(folder: Folder, title: str, come: pa.Table, gone: pa.Table) -> None:
    """Add rows to a fact table and take others out; both have the columns of its files.

    A row that went is found by its key, or where the table has none by all that it says. That no
    key comes that is there already, or twice, is for the caller to know: a folder that is read
    again checks it. For runs that are opened afterwards.

    Raises DataError where rows are bad, or went that weren't there; StoreError where they can't be
    kept.
    """
    layout = folder.layouts[f"fact_{title}"]
    if any(table == title for table, _reason in folder.aside):
        raise _refused(layout, "rows of it are set aside")
    added, took_added = _typed(folder, layout, come)
    taken, took_taken = _typed(folder, layout, gone)
    keeping = folder.keeping
    if keeping is not None and layout.table in keeping.tables:
        _keep(folder, keeping, layout, added, taken)
    else:
        _change(folder, layout, added, taken)
    sums = folder.sums[layout.table].plus(took_added).minus(took_taken)
    folder.sums[layout.table] = sums
    tables = [(each, folder.sums[each.table]) for each in folder.layouts.values()]
    folder.digest = digest(folder.spec, tables)


def _typed(folder: Folder, layout: Layout, rows: pa.Table) -> tuple[pa.Table, RowSums]:
    """Return rows typed as those of a file are, numbered, and their sums; refuse bad ones."""
    if folder.loading is None:
        raise _refused(layout, "the folder doesn't know how it was loaded")
    with TemporaryDirectory(prefix="rulebook-") as place:
        pq.write_table(rows, Path(place) / _FILE)
        connection = connect(place, MEMORY)
        try:
            make_code_table(connection)
            names = pa.table({"id": pa.array(list(folder.partners), pa.string())})
            connection.register("_names", names)
            fetch(connection, "CREATE TEMP TABLE _known AS SELECT id FROM _names")
            loading = replace(
                folder.loading, folder=Path(place), connection=connection, allow_bad_rows=True,
                progress=None, problems=Problems(), partners_known=True,
            )  # fmt: skip
            whole = load_table(loading, layout, [_FILE])
            settle_table(loading, layout, whole)
            set_aside = f"SELECT 1 FROM {quoted(layout.table)} WHERE _aside IS NOT NULL LIMIT 1"
            if not whole or loading.problems.total or fetch(connection, set_aside):
                reasons = ", ".join(count_aside(connection, layout)) or "they can't be read"
                raise _refused(layout, f"rows that came or went are bad: {reasons}")
            sums = row_sums(connection, quoted(layout.table), layout.fields)
            columns = ", ".join(quoted(field.name) for field in layout.fields)
            query = f"SELECT {columns}, _line FROM {quoted(layout.table)} ORDER BY _line"
            return connection.sql(query).to_arrow_table(), sums
        finally:
            connection.close()


def _keep(
    folder: Folder, keeping: Keeping, layout: Layout, added: pa.Table, taken: pa.Table
) -> None:
    """Change a table that is kept: all of it, or nothing."""
    form = Form(layout.table, layout.partner, layout.attained)
    columns = keeping.store.tables()[layout.table].columns
    with keeping.store.change() as change:
        if taken.num_rows:
            names = [layout.partner, *layout.key] if layout.key else taken.column_names[:-1]
            if change.withdraw(layout.table, taken.select(names)) != taken.num_rows:
                raise _refused(layout, "rows went that were not there")
        if added.num_rows:
            source = f"came after {keeping.store.manifest.generation}"
            change.put(form, source, source, _as_there(added, columns))
    keeping.use(folder.connection, layout)


def _change(folder: Folder, layout: Layout, added: pa.Table, taken: pa.Table) -> None:
    """Change a table that lies in the folder's own database: all of it, or nothing."""
    connection, table = folder.connection, quoted(layout.table)
    names = layout.key or tuple(taken.column_names[:-1])
    same = " AND ".join(f"f.{quoted(n)} IS NOT DISTINCT FROM g.{quoted(n)}" for n in names)
    with connection.cursor() as cursor:
        types = _types(cursor, table)
        cursor.register("_gone", taken)
        cursor.register("_come", _as_there(added, types))
        wide = {
            name: wider(layout.table, name, types[name], kind)
            for name, kind in _types(cursor, "_come").items()
            if name != "_line"
        }
        cursor.execute("BEGIN")
        try:
            if taken.num_rows:
                there = f"EXISTS (SELECT 1 FROM _gone AS g WHERE {same})"
                (count,) = fetch(cursor, f"DELETE FROM {table} AS f WHERE {there}")[0]
                if count != taken.num_rows:
                    raise _refused(layout, "rows went that were not there")
            for name, kind in wide.items():
                if kind != types[name]:
                    cursor.execute(f"ALTER TABLE {table} ALTER {quoted(name)} TYPE {kind}")
            listed = ", ".join(map(quoted, wide))
            cursor.execute(
                f"INSERT INTO {table} BY NAME SELECT {listed}, 'came' AS _file, _line FROM _come"
            )
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in fetch(connection, f"DESCRIBE SELECT * FROM {relation}")}


def _as_there(rows: pa.Table, types: dict[str, str]) -> pa.Table:
    """Return rows with numbers as wide as the table has them, where they fit."""
    with duckdb.connect() as connection:
        connection.register("_rows", rows)
        now = _types(connection, "_rows")
        other = [
            name
            for name, kind in now.items()
            if kind.startswith("DECIMAL") and types.get(name, kind) != kind
        ]
        tests = [
            f"coalesce(bool_and({quoted(name)} IS NULL OR coalesce("
            f"TRY_CAST({quoted(name)} AS {types[name]}) = {quoted(name)}, false)), true)"
            for name in other
        ]
        fits = fetch(connection, f"SELECT {', '.join(tests)} FROM _rows")[0] if other else ()
        casts = [
            f"CAST({quoted(name)} AS {types[name]}) AS {quoted(name)}"
            for name, fit in zip(other, fits, strict=True)
            if fit
        ]
        said = f"* REPLACE ({', '.join(casts)})" if casts else "*"
        return connection.sql(f"SELECT {said} FROM _rows").to_arrow_table()


def _refused(layout: Layout, why: str) -> DataError:
    return DataError([Problem(why, f"table {layout.title}", hint="load the folder again")])
