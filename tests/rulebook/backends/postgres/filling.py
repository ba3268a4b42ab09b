"""Puts the typed tables of a loaded folder into a schema of a PostgreSQL, as its owner would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from rulebook.loading import Folder

#: Of this process: others test at the same time.
SCHEMA = f"rulebook_test_{os.getpid()}"


def tables(folder: Folder) -> list[str]:
    """Our names of a folder's tables."""
    spec = folder.spec
    references, facts = (f"ref_{n}" for n in spec.references), (f"fact_{n}" for n in spec.facts)
    return ["partner", *references, *facts]


def fill(
    connection: psycopg.Connection[Any],
    folder: Folder,
    schema: str = SCHEMA,
    *,
    digits: bool = True,
    collation: str = "",
) -> None:
    """Make a schema with a folder's tables; numbers without `digits` declare none."""
    statements = [f'CREATE SCHEMA "{schema}"']
    described: dict[str, list[tuple[str, str]]] = {}
    for table in tables(folder):
        with folder.connection.cursor() as cursor:
            rows = cursor.execute(f'DESCRIBE "{table}"').fetchall()
        described[table] = [(row[0], _type(row[1], digits, collation)) for row in rows]
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in described[table])
        statements.append(f'CREATE TABLE "{schema}"."{table}" ({columns})')
    connection.execute("; ".join(statements).encode(), prepare=False)
    for table, columns in described.items():
        with folder.connection.cursor() as cursor:
            rows = cursor.execute(f'SELECT * FROM "{table}"').fetchall()
        if rows:
            names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
            copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(schema, table), names)
            with connection.cursor() as cursor, cursor.copy(copy) as sink:
                for row in rows:
                    sink.write_row(row)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _type(kind: str, digits: bool, collation: str) -> str:
    if kind == "VARCHAR":
        return f'text COLLATE "{collation}"' if collation else "text"
    if kind.startswith("DECIMAL"):
        return kind if digits else "numeric"
    return {"HUGEINT": "numeric(38, 0)", "TINYINT": "smallint"}.get(kind, kind)


@contextmanager
def filled(url: Any, folder: Folder, **how: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection with a folder's tables, all of it undone afterwards."""
    with psycopg.connect(url) as connection:
        fill(connection, folder, **how)
        try:
            yield connection
        finally:
            if not connection.closed:
                connection.rollback()
