"""Lets a test that commits empty the tables after itself, also those that only grow.

On SQLite, emptying a table is a DELETE, which the audit's trigger refuses. It is taken away for
that moment and put back as it was.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def _growing_tables_can_be_emptied() -> Iterator[None]:
    if find_spec("django") is None:  # the engine is tested without it too
        yield
        return
    from django.db.backends.sqlite3.base import DatabaseOperations

    plain = DatabaseOperations.sql_flush

    def flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        emptying = plain(self, *args, **kwargs)
        return [
            *(f'DROP TRIGGER "{name}"' for name, _ in triggers),
            *emptying,
            *(sql for _, sql in triggers),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", flush)
        yield
