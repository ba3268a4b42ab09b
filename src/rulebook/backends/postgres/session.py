"""Statements over a connection that belongs to someone else, and what its errors mean.

Each statement stands in a savepoint of the caller's transaction, or in a transaction of its
own where there is none: whatever happens, the caller's work is as it was, and nothing is left
behind. What the caller has taught the connection (rows as dicts, numbers as floats) plays no
part here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow, tuple_row
from psycopg.types.bool import BoolLoader
from psycopg.types.datetime import DateLoader
from psycopg.types.numeric import IntLoader, NumericLoader
from psycopg.types.string import TextLoader

from rulebook.backends.sql.engine import EngineError, TooWide
from rulebook.errors import MeasureError, Problem

Row = tuple[Any, ...]
#: A connection of psycopg 3, with whatever rows its owner likes.
Connection = psycopg.Connection[Any]

OLDEST = 15

_LOADERS: dict[str, type[Any]] = {
    "numeric": NumericLoader,
    "int2": IntLoader,
    "int4": IntLoader,
    "int8": IntLoader,
    "text": TextLoader,
    "varchar": TextLoader,
    "bool": BoolLoader,
    "date": DateLoader,
}

#: What to do about an error, by the beginning of its SQLSTATE.
_HINTS = {
    "25P02": "the connection's transaction has failed before: roll it back, then run again",
    "57014": "it was cancelled or ran into statement_timeout: "
    "raise it for this connection, or level fewer dates at once",
    "55P03": "another transaction holds a lock: run again",
    "22P02": "a number was written meanwhile that is finer than those before: "
    "run again, best in one REPEATABLE READ transaction",
    "42501": "grant the connection's role SELECT on the program's tables",
    "57P": "there is no answer: connect and run again",
    "08": "there is no answer: connect and run again",
    "53": "the server is out of disk, memory or connections: its administrator knows more",
    "40": "run again",
}
_SETTINGS = b"SELECT current_setting('enable_nestloop'), current_setting('jit')"
_RESTORED = (
    b"SELECT set_config('enable_nestloop', $1::text, true), set_config('jit', $2::text, true)"
)
_HASHED = b"SET LOCAL enable_nestloop TO off; SET LOCAL jit TO off"
#: One statement at a time on a connection, whichever runs share it.
_LOCKS: WeakKeyDictionary[Connection, RLock] = WeakKeyDictionary()


class Session:
    """Runs statements on the caller's connection."""

    def __init__(self, connection: Connection) -> None:
        """Look whether the connection will do; MeasureError says why not."""
        self.connection = connection
        self._lock = _LOCKS.setdefault(connection, RLock())
        if wrong := _unfit(connection):
            raise MeasureError([Problem(f"PostgreSQL: {wrong[0]}", hint=wrong[1])])

    def rows(
        self, sql: str, parameters: Sequence[str] = (), *, hashed: bool = False
    ) -> tuple[list[psycopg.Column], list[Row]]:
        """Return the columns and rows of a query; its parameters are `$1`, `$2` …

        `hashed` keeps the planner from nested loops: where it takes many facts for few, it would
        compare each with every partner. (And from compiling, which the price that it puts on
        the loops that must be would set off.) Raises TooWide, EngineError.
        """
        with self.block() as cursor:
            if hashed:
                cursor.execute(_HASHED)
            cursor.execute(_bytes(sql), parameters or None, prepare=False)
            return list(cursor.description or ()), cursor.fetchall()

    def described(self, sql: str) -> list[psycopg.Column]:
        """Return the columns of a query. Raises EngineError and psycopg's own errors."""
        with self.savepoint() as cursor:
            cursor.execute(_bytes(sql), prepare=False)
            return list(cursor.description or ())

    # -- a result that passes by -------------------------------------------------------------

    def declare(self, name: str, sql: str, parameters: Sequence[str]) -> None:
        """Open a cursor of the server under a name. Raises EngineError."""
        with self._lock:  # of the caller, that is, and not of another run
            held = "" if self.in_transaction() else "WITH HOLD "
            self._declare(name, held, sql, parameters)

    def _declare(self, name: str, held: str, sql: str, parameters: Sequence[str]) -> None:
        with self.block(undone=False) as cursor:
            before = cursor.execute(_SETTINGS).fetchone()
            cursor.execute(_HASHED)
            statement = f'DECLARE "{name}" NO SCROLL CURSOR {held}FOR {sql}'
            cursor.execute(_bytes(statement), parameters or None, prepare=False)
            cursor.execute(_RESTORED, before, prepare=False)

    def fetch(self, name: str, count: int) -> list[Row]:
        """Return the next rows of a cursor. Raises EngineError."""
        with self.block(undone=False) as cursor:
            return cursor.execute(f'FETCH FORWARD {count} FROM "{name}"'.encode()).fetchall()

    def close(self, name: str) -> None:
        """Close a cursor, unless connection or transaction went before it."""
        with suppress(EngineError), self.block(undone=False) as cursor:
            cursor.execute(f'CLOSE "{name}"'.encode())

    @contextmanager
    def block(self, undone: bool = True) -> Iterator[psycopg.RawCursor[TupleRow]]:
        """Give a cursor in a savepoint, errors told in words."""
        try:
            with self.savepoint(undone) as cursor:
                yield cursor
        except psycopg.Error as error:
            raise told(error, self.connection) from error

    @contextmanager
    def savepoint(self, undone: bool = True) -> Iterator[psycopg.RawCursor[TupleRow]]:
        """Give a cursor in a savepoint; psycopg's errors come as they are.

        We only read: going back to the savepoint undoes nothing but our settings.
        """
        with self._lock:
            _check_usable(self.connection)
            with (
                self.connection.transaction(force_rollback=undone),
                psycopg.RawCursor(self.connection, row_factory=tuple_row) as cursor,
            ):
                for type_, loader in _LOADERS.items():
                    cursor.adapters.register_loader(type_, loader)
                yield cursor

    def in_transaction(self) -> bool:
        """Whether the caller is in a transaction."""
        return self.connection.info.transaction_status != TransactionStatus.IDLE


def _bytes(sql: str) -> bytes:
    """Return a statement as it is sent; a text that PostgreSQL can't hold is walked instead."""
    try:
        encoded = sql.encode()
    except UnicodeEncodeError as error:
        raise TooWide from error
    if b"\0" in encoded:
        raise TooWide
    return encoded


def _unfit(connection: Connection) -> tuple[str, str] | None:
    """Return what is wrong with a connection and what to do, or None."""
    if connection.closed:
        return "the connection is closed", "connect again"
    info = connection.info
    if info.server_version < OLDEST * 10_000:
        return f"the server is older than {OLDEST}", f"use {OLDEST} or newer"
    if info.parameter_status("server_encoding") != "UTF8":
        return "the database is not encoded in UTF8", "keep the tables in one that is"
    return None


def _check_usable(connection: Connection) -> None:
    """Refuse a connection on which a statement would fail, or say something else."""
    if connection.closed:
        raise EngineError("the connection is closed (there is no answer: connect and run again)")
    info = connection.info
    if info.transaction_status == TransactionStatus.INERROR:
        raise EngineError(_HINTS["25P02"])
    if info.encoding != "utf-8":
        raise EngineError("the connection does not speak UTF8 (SET client_encoding TO 'UTF8')")
    if info.parameter_status("standard_conforming_strings") != "on":
        raise EngineError("it would misread texts (SET standard_conforming_strings TO on)")


def told(error: psycopg.Error, connection: Connection) -> EngineError | TooWide:
    """Return an error in the engine's words: its own first line, and what to do."""
    state = error.sqlstate or ""
    if state == "22003":
        return TooWide()
    if state == "" and connection.closed:
        state = "08"
    hint = next((_HINTS[state[:n]] for n in (5, 3, 2) if state[:n] in _HINTS), "")
    lines = str(error).splitlines() or [type(error).__name__]
    return EngineError(f"{lines[0]} ({hint})" if hint else lines[0])
