"""The same answer to the last digit and letter, whatever the owner of the tables has done."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from rulebook import DataError, MeasureError
from rulebook.backends.postgres import Postgres, PostgresOver, Table
from rulebook.backends.postgres.dialect import short
from rulebook.dataset.data import NO_DATE, NO_PARTNER
from rulebook.dataset.spec import Dataset
from tests.rulebook.backends.postgres.conftest import AS_OF, metrics
from tests.rulebook.backends.postgres.filling import SCHEMA

WORDS = """
first: {from: sales, value: min(item)}
last: {from: sales, value: max(item)}
after: {from: sales, value: count(), where: "item > 'Z'"}
before: {from: sales, value: count(), where: "'ä' < 'z'"}
same: {from: sales, value: count(), where: "item = 'a'"}
kinds: {from: sales, value: count(distinct item)}
"""
ITEMS = ["a", "A", "ä", "Z", "z", ""]
SALES = "\n".join(f"s{n},A,2020-05-01,1,USD,1,{item},," for n, item in enumerate(ITEMS))
BY_CODE_POINT = {"first": "A", "last": "ä", "after": "3", "before": "0", "same": "1", "kinds": "5"}


@pytest.mark.parametrize("collation", ["", "und-x-icu", "blind"])
def test_texts_compare_by_code_point(connection: Any, channel: Any, collation: str):
    """Even where the columns take a, A and ä for equal."""
    made = channel(WORDS, sales=SALES)
    connection.execute(
        f"CREATE SCHEMA {SCHEMA}_words; SET LOCAL search_path TO {SCHEMA}_words; "
        "CREATE COLLATION blind "
        "(provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
    )
    made.fill(connection, collation=collation)
    assert metrics(made.there(connection)) == BY_CODE_POINT


NUMBERS = """
total: {from: sales, value: sum(points)}
squares: {from: sales, value: sum(points * points)}
halves: {from: sales, value: "sum(round(points, 2))"}
money: {from: sales, value: sum(amount)}
days: {from: sales, value: "sum(days_between(closed, day))"}
flagged: {from: sales, value: count(), where: flag}
months: {from: sales, value: count(distinct month(day))}
"""
POINTS = """s1,A,2020-05-01,0.005,USD,0.125,,2020-02-28,yes
s2,A,2020-04-30,-0.005,USD,-0.125,,2020-03-01,no
s3,A,2019-05-01,12345678901234567890123456.01,USD,9999999999.123456789012,,,"""
SAID = {
    "total": "9999999999.123456789012",
    "squares": "99999999982469135781.039578000729",
    "halves": "9999999999.12",
    "money": "12345678901234567890123456.01",
    "days": "123",
    "flagged": "1",
    "months": "3",
}


@pytest.mark.parametrize("digits", [True, False])
def test_numbers_are_exact_with_and_without_declared_digits(
    connection: Any, channel: Any, digits: bool
):
    made = channel(NUMBERS, sales=POINTS)
    made.fill(connection, digits=digits)
    assert metrics(made.there(connection)) == SAID


def test_a_finer_number_written_meanwhile_is_not_rounded(connection: Any, channel: Any):
    made = channel("total: {from: sales, value: sum(points * 2)}", sales="s1,A,2020-05-01,,,1.5,,,")
    made.fill(connection, digits=False)
    run = made.there(connection)
    run.backend.tables.engine.shapes("fact_sales")
    connection.execute(f"UPDATE {SCHEMA}.fact_sales SET points = 1.25")
    with pytest.raises(MeasureError, match=r'"finer than before: 1.25" \(a number was written'):
        run.level(AS_OF)
    assert metrics(made.there(connection)) == {"total": "2.5"}


@pytest.mark.parametrize("text", ["100%", "%s", "$1", r"\'", "it''s", '"', "a;b--", "{x}", "\t"])
def test_a_text_of_the_program_is_a_constant(connection: Any, channel: Any, text: str):
    said = text.replace("'", "''").replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    sales = "s1,A,2020-05-01,1,USD,1,other,,"
    made = channel(f"n: {{from: sales, value: count(), where: \"item = '{said}'\"}}", sales=sales)
    made.fill(connection)
    connection.execute(f"UPDATE {SCHEMA}.fact_sales SET item = %s", [text])
    assert metrics(made.there(connection)) == {"n": "1"}


def test_a_text_that_postgres_cannot_hold_is_walked(connection: Any, channel: Any):
    made = channel(
        "n: {from: sales, value: count(), where: \"item = 'a\\0b'\"}",
        sales="s1,A,2020-05-01,1,USD,1,a,,",
    )
    made.fill(connection)
    assert metrics(made.there(connection)) == {"n": "0"}


def test_long_names_stay_unlike() -> None:
    names = ["x" * 63, "x" * 64, "x" * 65, "ö" * 40, "ö" * 41, "rate>" + "x" * 80]
    cut = [short(name) for name in names]
    assert len(set(cut)) == len(names)
    assert all(len(name.encode()) <= 63 for name in cut)
    assert cut[0] == names[0]


def test_columns_with_long_names_are_mapped(connection: Any, channel: Any):
    """Two that begin alike in their first 63 bytes are not one."""
    made = channel("n: {from: sales, value: sum(points)}", sales="s1,A,2020-05-01,1,USD,7,a,,")
    made.fill(connection)
    connection.execute(f"ALTER TABLE {SCHEMA}.fact_sales ADD other numeric DEFAULT 3")
    first, second = "p" * 70 + "1", "p" * 70 + "2"
    columns = {first: "number", second: "number"}
    entry = {"key": "id", "date": "day", "columns": columns}
    spec = Dataset.model_validate({"facts": {"sales": entry}})
    own = Table("fact_sales", SCHEMA, {first: "points", second: "other"})
    over = PostgresOver(connection, SCHEMA, {"fact_sales": own})
    (fact,) = over.facts(spec).rows("sales", ["A"])
    assert fact.values[:2] == (Decimal(7), Decimal(3))
    engine = Postgres(over.catalog(spec))
    read = [exp.column(name, "f", quoted=True) for name in (first, second)]
    query = exp.select(*read).from_(exp.alias_(engine.table("fact_sales"), "f", table=True))
    assert engine.answer(query).to_pylist() == [{short(first): 7, short(second): 3}]
    with pytest.raises(DataError, match=f"{first}: is a name of over 63 bytes"):
        PostgresOver(connection, SCHEMA).facts(spec).rows("sales", ["A"])


OWN = """
CREATE TABLE {schema}.deals (
    id bigint PRIMARY KEY, company bigint, sold date, value numeric(18, 4), code varchar(3),
    score integer, sku uuid, ended date, ok boolean, "key" text
);
INSERT INTO {schema}.deals VALUES
    (1, 7, '2020-05-01', 10, 'USD', 3, '5dd1fcf4-1c5e-4ef8-9f31-9c0f6f1b7c33', NULL, true, 'k1'),
    (2, 7, NULL, 10, 'XXX', 3, NULL, NULL, true, 'k2'),
    (3, NULL, '2020-05-01', 10, 'XXX', 3, NULL, NULL, true, 'k3'),
    (4, 9, '2020-05-02', 5, 'USD', 2147483647, NULL, NULL, false, 'k4');
"""
DEALS = Table(
    "deals",
    SCHEMA,
    {"partner": "company", "day": "sold", "amount": "value", "currency": "code", "points": "score",
     "item": "sku", "closed": "ended", "flag": "ok", "id": "key"},
    aside=None, file=None, line="id",
)  # fmt: skip


@pytest.mark.parametrize("line", ["id", None])
def test_a_platforms_own_table_serves_as_it_is(connection: Any, channel: Any, line: str | None):
    """Keys that are numbers, other names, no column that says why a row is set aside."""
    made = channel(
        """revenue: {from: sales, value: sum(amount)}
        items: {from: sales, value: count(distinct item)}
        score: {from: sales, value: "sum(points * points)"}
        middle: {from: sales, value: median(points)}""",
        partners="7,,,\n9,,,",
    )
    made.fill(connection)
    connection.execute(OWN.format(schema=SCHEMA))
    tables = {"fact_sales": replace(DEALS, line=line)}
    run = made.there(connection, tables=tables)
    assert metrics(run, "7") == {"revenue": "10", "items": "1", "score": "9", "middle": "3"}
    assert metrics(run, "9")["score"] == "4611686014132420609"
    facts = PostgresOver(connection, SCHEMA, tables).facts(made.folder.spec)
    whole = facts.rows("sales", None)
    assert [fact.line for fact in whole] == [1, 2, 3, 4]
    assert {fact.file for fact in whole} == {f"{SCHEMA}.deals"}
    assert [fact.aside for fact in whole] == [None, NO_DATE, NO_PARTNER, None]
    assert facts.rows("sales", ["7"]) == whole[:2]
    assert facts.rows("sales", ["nobody"]) == []


def test_only_what_is_asked_for_is_read(connection: Any, channel: Any):
    """Evidence of a partner reads that partner's facts; an index on the partner serves."""
    made = channel(
        "middle: {from: sales, value: median(points)}",
        partners="A,,,\nB,A,,",
        sales="s1,A,2020-05-01,1,USD,1,,,\ns2,B,2020-05-01,1,USD,1,,,",
    )
    made.fill(connection)
    run = made.there(connection)
    asked: list[Any] = []
    source = run.backend.by_record.facts.source
    rows = source.rows
    source.rows = lambda table, partners: asked.append(partners) or rows(table, partners)
    plan = run.figures.plan(run.meaning.metrics["", "middle"])
    occasion = run.figures.occasion(plan, AS_OF)
    trace = run.backend.by_record.trace(plan, occasion, occasion.partners.index("B"))
    key = list(source.columns("sales")).index("id")
    assert [each.fact.values[key] for each in trace.counted] == ["s2"]
    assert asked == [["B"]]


def test_a_yes_or_no_has_a_greatest(connection: Any):
    """PostgreSQL has no max of booleans; a parameter within a group needs one."""
    engine = Postgres(PostgresOver(connection).catalog(Dataset()))
    engine.put("constant", {"v0": pa.array([False, True]), "place": pa.array([1, 2], pa.int32())})
    read = [exp.Max(this=exp.column(name, "c", quoted=True)) for name in ("v0", "place")]
    table = exp.alias_(engine.table("constant"), "c", table=True)
    query = exp.select(exp.alias_(read[0], "flag"), exp.alias_(read[1], "place")).from_(table)
    assert engine.answer(query).to_pylist() == [{"flag": True, "place": 2}]
