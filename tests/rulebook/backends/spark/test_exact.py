"""Numbers, texts and days through Spark: exact or refused, whatever the caller's session says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from sqlglot import exp, parse_one

from rulebook.backends.sql.engine import EngineError, TooWide
from rulebook.dataset.spec import Dataset

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from rulebook.backends.spark import Spark

NINES = Decimal("9" * 38)
NONE = pa.array([], pa.string())
PARTNER = {"partner": pa.table({"id": NONE})}


@pytest.fixture(scope="module")
def engine(spark: SparkSession) -> Iterator[Spark]:
    from rulebook.backends.spark import Spark, table_views
    from rulebook.backends.spark.sources import Sources

    with table_views(spark, PARTNER) as tables:
        sources = Sources(spark, tables, Dataset())
        yield Spark(sources)
        sources.close()


def answered(engine: Spark, query: str, **columns: pa.Array) -> list[tuple[Any, ...]]:
    """The rows of a query, written as DuckDB reads it, over a relation `t`."""
    if columns:
        engine.put("t", columns)
    found = engine.answer(parse_one(query, dialect="duckdb"))
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))


def numbers(digits: int, scale: int, *values: str) -> pa.Array:
    return pa.array(map(Decimal, values), pa.decimal128(digits, scale))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # One digit more than Spark would keep after the point of a product of such types.
        ('SELECT CAST("a" AS DECIMAL(38, 12)) * "a" AS x FROM t', "1.000000000002000000000001"),
        # Compared as they are, not at the digits that both types leave room for.
        ('SELECT CAST("b" = CAST(1 AS DECIMAL(38, 0)) AS INT) AS x FROM t', "0"),
        ('SELECT COALESCE("b", 0) AS x FROM t', "1." + "0" * 29 + "1"),
        ('SELECT GREATEST(CAST(1 AS DECIMAL(38, 6)), "a") AS x FROM t', "1.000000000001"),
        ('SELECT COALESCE(SUM("b"), 0) AS x FROM t', "1." + "0" * 29 + "1"),
        # Half away from zero.
        ("SELECT ROUND(CAST(0.125 AS DECIMAL(9, 3)), 2) AS x", "0.13"),
        ("SELECT ROUND(-CAST(0.125 AS DECIMAL(9, 3)), 2) AS x", "-0.13"),
        ("SELECT ROUND(CAST(2.5 AS DECIMAL(9, 3)), 0) AS x", "3"),
    ],
)
def test_numbers_to_the_last_digit(engine: Spark, query: str, expected: str) -> None:
    rows = answered(
        engine,
        query,
        a=numbers(19, 12, "1.000000000001"),
        b=numbers(38, 30, "1." + "0" * 29 + "1"),
    )
    assert rows == [(Decimal(expected),)]


@pytest.mark.parametrize(
    "query",
    [
        'SELECT SUM("n") AS x FROM t',
        'SELECT "n" * "n" AS x FROM t',
        'SELECT "n" + "n" AS x FROM t',
        'SELECT CAST("n" AS DECIMAL(9, 2)) AS x FROM t',
        'SELECT SUM("i") AS x FROM t',
        'SELECT "i" * "i" AS x FROM t',
    ],
)
def test_a_number_that_does_not_fit_is_refused_and_never_null(engine: Spark, query: str) -> None:
    columns = {"n": pa.array([NINES, NINES], pa.decimal128(38, 0)), "i": pa.array([2**62] * 2)}
    with pytest.raises(TooWide):
        answered(engine, query, **columns)


@pytest.mark.parametrize(
    ("setting", "otherwise", "query"),
    [
        ("spark.sql.ansi.enabled", "false", 'SELECT SUM("n") AS x FROM t'),
        (
            "spark.sql.decimalOperations.allowPrecisionLoss",
            "true",
            'SELECT CAST("a" AS DECIMAL(38, 12)) * "a" AS x FROM t',
        ),
        (
            "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate",
            "false",
            'SELECT COALESCE(SUM("b"), 0) AS x FROM t',
        ),
        ("spark.sql.variable.substitute", "true", "SELECT '${spark.app.name}' AS x"),
        ("spark.sql.parser.escapedStringLiterals", "true", "SELECT 'a\\b' AS x"),
        ("spark.sql.parser.quotedRegexColumnNames", "true", 'SELECT "N" AS x FROM t'),
        ("spark.sql.groupByOrdinal", "true", "SELECT COUNT(*) AS x FROM t GROUP BY 1"),
    ],
)
def test_without_the_setting_the_answer_differs(
    engine: Spark, setting: str, otherwise: str, query: str
) -> None:
    """Each setting of ours is needed: set as a caller may have it, the answer is another."""
    columns = {
        "n": pa.array([NINES, NINES], pa.decimal128(38, 0)),
        "a": numbers(19, 12, "1.000000000001", "1.000000000001"),
        "b": numbers(38, 30, *["1." + "0" * 29 + "1"] * 2),
        "N": pa.array([1, 2]),
    }

    def outcome() -> Any:
        try:
            return answered(engine, query, **columns)
        except (TooWide, EngineError) as error:
            return type(error)

    ours = engine.session.conf.get(setting)
    right = outcome()
    try:
        engine.session.conf.set(setting, otherwise)
        assert outcome() != right
    finally:
        engine.session.conf.set(setting, ours)
    assert outcome() == right


TEXTS = ["\\", "\\'", "it's", 'q"q', "`", "${x}", "%_", "\n\t\r", "\U0001f600", "\uffee", "ﬀ", "A",
         "a", "a ", "", "é", "e\u0301", "\\u0041", "--", "/*", "?", ":x", "{x}"]  # fmt: skip


def test_texts_are_taken_letter_by_letter(engine: Spark) -> None:
    wanted = exp.select("*").from_("t")
    for index, text in enumerate(TEXTS):
        test = exp.Count(this=exp.Star())
        same = exp.EQ(this=exp.column("w", quoted=True), expression=exp.Literal.string(text))
        counted = exp.Filter(this=test, expression=exp.Where(this=same))
        wanted = wanted.select(exp.alias_(counted, f"a{index}"), append=index > 0)
    engine.put("t", {"w": pa.array(TEXTS)})
    assert [column.to_pylist() for column in engine.answer(wanted).columns] == [[1]] * len(TEXTS)


def test_texts_are_in_the_order_of_their_code_points(engine: Spark) -> None:
    """UTF-16 would put the last but one after the last."""
    words = ["B", "a", "é", "\uffee", "\U0001f600"]
    columns = {"w": pa.array(words[::-1]), "k": pa.array([1] * 5)}
    query = 'SELECT MIN("w") AS low, MAX("w") AS high FROM t GROUP BY "k"'
    assert answered(engine, query, **columns) == [(words[0], words[-1])]
    query = "SELECT COUNT(*) FILTER (WHERE \"w\" < '\U0001f600') AS n FROM t"
    assert answered(engine, query) == [(4,)]


def test_names_that_differ_by_case_or_have_marks_in_them(engine: Spark) -> None:
    names = ["a", "A", "a.b", "a`b", "a b", "ſ", "s", "S", "^41^", "(a)?+.+", "select"]
    query = exp.select(
        *(exp.column(name, "T", quoted=True).as_(name, quoted=True) for name in names)
    )
    source = exp.Table(this=exp.to_identifier("odd", quoted=True))
    query = query.from_(exp.alias_(source, "T", quoted=True, table=True))
    other = exp.alias_(source.copy(), "t", quoted=True, table=True)
    query = query.join(other, on=exp.condition("1 = 1"), join_type="inner")
    engine.put("odd", {name: pa.array([index]) for index, name in enumerate(names)})
    found = engine.answer(query)
    assert found.column_names == names
    assert [column.to_pylist() for column in found.columns] == [[n] for n in range(len(names))]


def test_days_are_the_days_that_they_are(engine: Spark) -> None:
    days = [date.min, date(1500, 2, 28), date(1582, 10, 10), date(1970, 1, 1), date.max]
    query = """SELECT "d", EXTRACT(YEAR FROM "d") AS y, EXTRACT(DAY FROM "d") AS n,
        DATE_DIFF('DAY', CAST('1970-01-01' AS DATE), "d") AS since,
        "d" >= CAST('1582-10-10' AS DATE) AS late FROM t"""
    rows = answered(engine, query, d=pa.array(days))
    epoch = date(1970, 1, 1)
    assert sorted(rows) == [
        (d, d.year, d.day, (d - epoch).days, d >= date(1582, 10, 10)) for d in days
    ]


def test_nulls_and_nothing_at_all(engine: Spark) -> None:
    query = """SELECT COUNT(*) AS a, COUNT("n") AS b, COUNT(DISTINCT "n") AS c,
        COUNT(DISTINCT "n") FILTER (WHERE "f") AS d, COALESCE(SUM("n") FILTER (WHERE "f"), 0) AS e,
        MAX("n") FILTER (WHERE NOT "f") AS f, MIN("w") AS g FROM t"""
    columns = {
        "n": numbers(9, 2, "1", "1", "2"),
        "f": pa.array([True, None, True]),
        "w": pa.array([None, "b", "a"]),
    }
    columns = {name: pa.concat_arrays([c, pa.nulls(1, c.type)]) for name, c in columns.items()}
    assert answered(engine, query, **columns) == [(4, 3, 2, 2, Decimal(3), None, "a")]
    empty = {name: column[:0] for name, column in columns.items()}
    assert answered(engine, query, **empty) == [(0, 0, 0, 0, Decimal(0), None, None)]


def test_what_fails_is_said_in_one_line(engine: Spark) -> None:
    with pytest.raises(EngineError) as caught:
        answered(engine, 'SELECT "nothing" AS x FROM t', n=pa.array([1]))
    assert "`nothing` cannot be resolved" in str(caught.value)
    assert "\n" not in str(caught.value)
    query = "SELECT CAST(CAST('x' || \"n\" AS TEXT) AS INT) AS x FROM t"
    with pytest.raises(EngineError, match="CAST_INVALID_INPUT") as caught:
        answered(engine, query)
    assert "\n" not in str(caught.value)
