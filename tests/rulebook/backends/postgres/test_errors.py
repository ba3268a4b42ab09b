"""What goes wrong in a database is told with its name, the table, and what to do."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from rulebook import DataError, MeasureError
from rulebook.backends.postgres import Table
from rulebook.standing.run import Run
from tests.rulebook.backends.postgres.conftest import AS_OF
from tests.rulebook.backends.postgres.filling import SCHEMA

LINES = """
revenue: {from: sales, value: sum(amount)}
middle: {from: sales, value: median(points)}
"""
TABLES: dict[str, Any] = {"partners": "A,,,", "sales": "s1,A,2020-05-01,10,USD,1.5,,,"}


@pytest.fixture
def made(connection: Any, channel: Any) -> Any:
    found = channel(LINES, **TABLES)
    found.fill(connection)
    return found


def refusal(made: Any, connection: Any, **over: Any) -> str:
    with pytest.raises((DataError, MeasureError)) as caught:
        made.there(connection, **over).level(AS_OF)
    return str(caught.value)


def test_a_table_that_is_missing(made: Any, connection: Any):
    connection.execute(f"DROP TABLE {SCHEMA}.fact_sales")
    assert refusal(made, connection) == (
        f"{SCHEMA}.fact_sales: PostgreSQL has no such table "
        "(say where it lies: PostgresOver(…, tables={…}))"
    )
    assert connection.execute("SELECT 1").fetchone() == (1,)  # the caller's transaction lives


def test_columns_that_are_missing_all_at_once(made: Any, connection: Any):
    connection.execute(f"ALTER TABLE {SCHEMA}.fact_sales RENAME amount TO amounts")
    connection.execute(f"ALTER TABLE {SCHEMA}.fact_sales DROP closed")
    told = refusal(made, connection).splitlines()
    assert told[0] == (f"{SCHEMA}.fact_sales: column amount: is not there (did you mean amounts?)")
    assert told[1].startswith(f"{SCHEMA}.fact_sales: column closed: is not there (")


@pytest.mark.parametrize(
    ("type_", "told"),
    [
        ("float8", "is float8, not numeric, smallint, integer or bigint"),
        ("numeric", "holds NaN, which is not a number"),
        ("numeric ", "holds Infinity, which is not a number"),
    ],
)
def test_numbers_that_are_none(made: Any, connection: Any, type_: str, told: str):
    value = {"float8": "0.1", "numeric": "NaN", "numeric ": "Infinity"}[type_]
    connection.execute(f"ALTER TABLE {SCHEMA}.fact_sales ALTER amount TYPE {type_}")
    connection.execute(f"UPDATE {SCHEMA}.fact_sales SET amount = '{value}'")
    assert refusal(made, connection).startswith(f"{SCHEMA}.fact_sales: column amount: {told} (")


def test_days_outside_the_calendar(made: Any, connection: Any):
    connection.execute(f"UPDATE {SCHEMA}.fact_sales SET closed = 'infinity'")
    told = f"{SCHEMA}.fact_sales: column closed: holds days outside 0001-01-01 to 9999-12-31 ("
    assert refusal(made, connection).startswith(told)


def test_a_timestamp_is_no_day(made: Any, connection: Any):
    connection.execute(f"ALTER TABLE {SCHEMA}.fact_sales ALTER closed TYPE timestamptz")
    told = f"{SCHEMA}.fact_sales: column closed: is timestamptz, not date ("
    assert refusal(made, connection).startswith(told)


def test_a_table_that_the_role_may_not_read(made: Any, connection: Any):
    connection.execute("CREATE ROLE rulebook_nobody; GRANT USAGE ON SCHEMA "
                       f"{SCHEMA} TO rulebook_nobody; SET LOCAL ROLE rulebook_nobody")  # fmt: skip
    assert refusal(made, connection) == (
        f"PostgreSQL failed on {SCHEMA}.fact_sales: permission denied for table fact_sales "
        "(grant the connection's role SELECT on the program's tables)"
    )


def test_a_table_that_no_dataset_has(made: Any, connection: Any):
    told = refusal(made, connection, tables={"sales": Table("sales")})
    assert told == "the dataset has no table 'sales' (did you mean fact_sales?)"


def test_a_server_that_goes_away_in_the_middle(url: str, made: Any, connection: Any):
    """Between one metric and the next: there is no half answer, and the next run says so too."""
    run = made.there(connection)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
    told = failure(run)
    assert told.startswith("PostgreSQL failed on ")
    assert told.endswith("(there is no answer: connect and run again)")
    assert "the connection is closed (there is no answer: connect and run again)" in failure(run)


def test_a_server_that_goes_away_while_facts_pass(url: str, channel: Any, connection: Any):
    made = channel("middle: {from: sales, value: median(points)}", **TABLES)
    made.fill(connection)
    run = made.there(connection)
    source, fetch = run.backend.by_record.facts.source, None
    fetch = source.catalog.session.fetch

    def fetch_late(*given: Any) -> Any:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
        return fetch(*given)

    source.catalog.session.fetch = fetch_late
    told = failure(run)
    assert told.startswith("PostgreSQL failed on the facts of sales: ")
    assert told.endswith("(there is no answer: connect and run again)")


def test_a_statement_that_takes_too_long(made: Any, connection: Any):
    run = made.there(connection)
    connection.execute(
        f"ALTER TABLE {SCHEMA}.fact_sales RENAME TO slow; CREATE VIEW {SCHEMA}.fact_sales AS "
        f"SELECT s.* FROM {SCHEMA}.slow s, pg_sleep(2)"
    )
    connection.execute("SET LOCAL statement_timeout TO 50")
    told = failure(run)
    assert told.startswith("PostgreSQL failed on ")
    assert "canceling statement due to statement timeout (it was cancelled or ran into" in told
    connection.execute("SET LOCAL statement_timeout TO 0")
    assert connection.execute("SELECT 1").fetchone() == (1,)


def failure(run: Run) -> str:
    with pytest.raises(MeasureError) as caught:
        run.level(AS_OF)
    return str(caught.value)
