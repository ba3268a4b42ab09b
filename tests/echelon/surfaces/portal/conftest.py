"""A channel that the engine can level, and a count of what a page asks the database."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.echelon.outcomes.standings.conftest import channel, tables

__all__ = ["channel", "tables"]
#: Statements of transactions and of the wall between partners: every request has them.
_FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@pytest.fixture
def few_queries():
    """Refuse a page that asks the database more than 15 times."""

    @contextmanager
    def counted(most=15):
        with CaptureQueriesContext(connection) as found:
            yield
        asked = [each["sql"] for each in found]
        asked = [sql for sql in asked if not sql.startswith(_FRAME) and "pg_has_role" not in sql]
        asked = [sql for sql in asked if "set_config('app." not in sql]
        assert len(asked) <= most, "\n".join(asked)

    return counted
