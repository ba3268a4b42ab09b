"""The connection is the caller's: what it was before a run, it is after, whatever happened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg.types.numeric import FloatLoader

from rulebook import MeasureError
from tests.rulebook.backends.postgres.conftest import AS_OF, metrics
from tests.rulebook.backends.postgres.filling import SCHEMA

LINES = """
revenue: {from: sales, value: sum(amount)}
middle: {from: sales, value: median(points)}
"""
SALES = (
    "s1,A,2020-05-01,10.005,USD,1,,,\ns2,A,2020-05-02,0.995,USD,2,,,\ns3,B,2020-05-02,3,USD,5,,,"
)
TABLES: dict[str, Any] = {"partners": "A,,,\nB,A,,", "sales": SALES}
ANSWER = {"revenue": "11.01", "middle": "1.5"}


@pytest.fixture
def lasting(url: str, channel: Any) -> Any:
    """Tables that other connections see too, and a channel over them."""
    made = channel(LINES, **TABLES)
    with psycopg.connect(url, autocommit=True) as owner:
        with owner.transaction():
            made.fill(owner)
        yield made
        owner.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


@pytest.mark.parametrize("autocommit", [False, True])
def test_outside_of_a_transaction_none_is_left_open(url: str, lasting: Any, autocommit: bool):
    with psycopg.connect(url, autocommit=autocommit) as connection:
        assert metrics(lasting.there(connection)) == ANSWER
        assert connection.info.transaction_status == TransactionStatus.IDLE
        left = connection.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")
        assert left.fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM pg_cursors").fetchone() == (0,)


def test_a_transaction_stays_open_and_as_it_was(connection: Any, channel: Any):
    made = channel(LINES, **TABLES)
    made.fill(connection)
    connection.execute("SET LOCAL enable_nestloop TO on")
    assert metrics(made.there(connection)) == ANSWER
    assert connection.info.transaction_status == TransactionStatus.INTRANS
    settings = "SELECT current_setting('enable_nestloop'), current_setting('jit')"
    assert connection.execute(settings).fetchone() == ("on", "on")
    assert connection.execute("SELECT count(*) FROM pg_cursors").fetchone() == (0,)
    connection.rollback()
    there = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", [SCHEMA])
    assert there.fetchone() == (0,)


def test_a_read_only_transaction_will_do(url: str, lasting: Any):
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        assert metrics(lasting.there(connection)) == ANSWER


def test_what_the_connection_was_taught_plays_no_part(connection: Any, channel: Any):
    made = channel(LINES, **TABLES)
    made.fill(connection)
    connection.row_factory = dict_row
    connection.adapters.register_loader("numeric", FloatLoader)
    connection.execute("SET LOCAL DateStyle TO 'SQL, DMY'")
    connection.execute("SET LOCAL search_path TO nowhere")
    assert metrics(made.there(connection)) == ANSWER


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("SET LOCAL standard_conforming_strings TO off", "it would misread texts"),
        ("SET LOCAL client_encoding TO 'LATIN1'", "does not speak UTF8"),
    ],
)
def test_settings_that_would_change_texts_are_refused(
    connection: Any, channel: Any, setting: str, told: str
):
    made = channel(LINES, **TABLES)
    made.fill(connection)
    connection.execute(setting)
    with pytest.raises(MeasureError, match=told):
        made.there(connection).level(AS_OF)


def test_a_transaction_that_has_failed_is_said_to_have(connection: Any, channel: Any):
    made = channel(LINES, **TABLES)
    run = None
    made.fill(connection)
    run = made.there(connection)
    with pytest.raises(psycopg.Error):
        connection.execute("SELECT nonsense")
    with pytest.raises(MeasureError, match=r"PostgreSQL failed on .*has failed before: roll it"):
        run.level(AS_OF)
    assert connection.info.transaction_status == TransactionStatus.INERROR


def test_runs_share_a_connection(url: str, lasting: Any):
    """Also at the same time, each in a thread of its own: neither sees the other's relations."""
    with psycopg.connect(url, autocommit=True) as connection:
        runs = lasting.there(connection), lasting.there(connection)
        with ThreadPoolExecutor(2) as threads:
            found = list(threads.map(lambda run: [metrics(run) for _ in range(3)], runs))
        assert found == [[ANSWER] * 3] * 2
