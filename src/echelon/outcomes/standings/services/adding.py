"""Adds rows by the thousand, a statement for many: cell by cell they take longer than the rules.

Rows travel as one JSON text, which the database takes apart by the table's own types; its
constraints and walls stand as for any other insert.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

#: So many rows are one statement.
_MANY = 2_000
#: A row by the names of its columns. Of JSON columns only objects and lists.
Row = Mapping[str, Any]


def new_ids(model: type[Model], count: int) -> list[int]:
    """Return ids for new rows; on SQLite the caller's transaction must have written already."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return list(range(last + 1, last + 1 + count))


def add(model: type[Model], rows: Sequence[Row], onto: Sequence[str] = ()) -> None:
    """Add rows, all with the same columns; with `onto`, in place of those that are alike in these.

    What a row leaves out is what the database has for it.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), list(rows[0])
    listed = ", ".join(map(quote, names))
    if connection.vendor == "postgresql":
        source = f"SELECT {listed} FROM json_populate_recordset(NULL::{table}, %s::json)"
    else:
        cells = ", ".join(f"json_extract(value, '$.{name}')" for name in names)
        source = f"SELECT {cells} FROM json_each(%s) WHERE true"  # true: or ON would be a join's
    query = f"INSERT INTO {table} ({listed}) {source}"
    if onto:
        new = [quote(name) for name in names if name not in onto]
        changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in new)
        query += f" ON CONFLICT ({', '.join(map(quote, onto))}) DO UPDATE SET {changed}"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _MANY):
            some = [dict(row) for row in rows[start : start + _MANY]]
            cursor.execute(query, [json.dumps(some, default=_plain)])


def _plain(value: object) -> str:
    """Return a value as the database reads it from a text."""
    if isinstance(value, UUID):
        return str(value) if connection.vendor == "postgresql" else value.hex
    if isinstance(value, datetime):
        return str(connection.ops.adapt_datetimefield_value(value))
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no value of a row")
