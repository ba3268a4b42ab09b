"""How names become SQL: quoted here and nowhere else. Values travel as parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb


def quoted(name: str) -> str:
    """Return a name as an SQL identifier, whatever quotes, spaces or words it holds."""
    if "\0" in name:
        raise ValueError("a name has no NUL byte")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def listing(names: Iterable[str]) -> str:
    """Return names as a list of identifiers."""
    return ", ".join(map(quoted, names))


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Run a query and return all its rows: a result left half read would block the next."""
    return connection.execute(query, list(parameters)).fetchall()


def single(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()
) -> tuple[Any, ...]:
    """Run a query that has exactly one row."""
    return fetch(connection, query, parameters)[0]


def connect(spill: str, memory: int, cache: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return an empty database, which can't reach networks, extensions or files, but `cache`.

    It lies in memory up to so many bytes; what goes beyond lies in files of the folder `spill`.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A checkpoint writes all tables anew, compressed: every change would cost one.
            "checkpoint_threshold": "1TB",
            "memory_limit": f"{memory}B",
            "temp_directory": spill,
        },
    )
    if cache is not None:
        folder = str(cache.absolute()).replace("'", "''")
        connection.execute(f"SET allowed_directories = ['{folder}']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET enable_progress_bar = false")  # the engine prints nothing
    return connection
