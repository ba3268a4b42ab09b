"""Random expressions: printed they parse to the same tree; typed they give an answer of that type.

And what is asked of DuckDB is what Python works out, row by row: the two must never drift.
"""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal, DecimalException
from random import Random

import duckdb
import pyarrow as pa
import pytest

from rulebook.backends.sql.expressions import NotInSql, Part, part
from rulebook.backends.sql.expressions import total as sql_total
from rulebook.expressions import ExpressionError, parse, show
from rulebook.expressions.evaluate import aggregator, getter
from rulebook.expressions.functions.comparison import seen
from rulebook.expressions.typed import Agg, Ref, Type
from rulebook.expressions.typer import type_expression
from rulebook.values.numbers import TooLarge
from tests.frame.figures import Figures
from tests.frame.size import PROOF
from tests.rulebook.expressions.random_trees import Trees, row
from tests.rulebook.expressions.scopes import Rows, bind

Sample = Callable[..., int]
SHARDS = range(4)
PYTHON = {Type.NUMBER: Decimal, Type.TEXT: str, Type.DATE: date, Type.BOOLEAN: bool}


def randomness(shard: int) -> Random:
    """The same on every run of a build, fresh in the proof."""
    return Random(os.urandom(16) if PROOF else shard)


@pytest.mark.parametrize("shard", SHARDS)
def test_printed_and_parsed_again_it_is_the_same(shard: int, sample: Sample) -> None:
    random = randomness(shard)
    trees = Trees(random)
    for _ in range(sample(ci=2_000, proof=100_000) // len(SHARDS)):
        tree = trees.total(2) if random.random() < 0.2 else trees.any(random.randint(0, 4))
        text = show(tree)
        assert parse(text).tree == tree, text
        assert show(parse(text).tree) == text


@pytest.mark.parametrize("shard", SHARDS)
def test_what_is_typed_gives_an_answer_of_its_type(shard: int, sample: Sample) -> None:
    random = randomness(shard)
    trees = Trees(random)
    answers = 0
    for _ in range(sample(ci=2_000, proof=100_000) // len(SHARDS)):
        tree = trees.any(random.randint(0, 4))
        try:
            typed = type_expression(tree, Rows())
        except ExpressionError as error:
            assert "a month can't be compared with a quarter" in str(error)  # noqa: PT017
            continue
        run = getter(typed, bind)
        for _ in range(5):
            try:
                found = run(row(random))
            except (TooLarge, DecimalException):
                continue
            kind = PYTHON.get(typed.type, Decimal)
            assert found is None or isinstance(found, kind), show(tree)
            answers += found is not None
    assert answers > 1_000


class Table:
    """Random rows in DuckDB, and how a column of them is said in SQL."""

    def __init__(self, random: Random, count: int) -> None:
        self.rows = [row(random) for _ in range(count)]
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        types = {"t": pa.string(), "u": pa.string(), "d": pa.date32(), "e": pa.date32()}
        types |= {"b": pa.bool_(), "c": pa.bool_(), "n": pa.decimal128(23, 12)}
        types["m"] = pa.decimal128(23, 12)
        arrow = pa.table(
            {name: pa.array([r[name] for r in self.rows], types[name]) for name in types}
        )
        self.connection.register("incoming", arrow)
        self.connection.execute(
            "CREATE TABLE rows AS SELECT *, row_number() OVER () AS i FROM incoming"
        )

    def resolve(self, ref: Ref) -> Part:
        from sqlglot import exp

        column = exp.Column(this=exp.to_identifier(ref.path[0], quoted=True))
        return Part(column, 11, 12) if ref.type is Type.NUMBER else Part(column)

    def ask(self, sql: str, order: str = "") -> list[object] | None:
        """Return one value a row; None where the engine would walk the facts instead."""
        try:
            return [found for (found,) in self.connection.execute(sql + order).fetchall()]
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            return None


def same(found: object, wanted: object) -> bool:
    if isinstance(found, int) and not isinstance(found, bool):
        found = Decimal(found)
    return found == wanted and (found is None) == (wanted is None)


@pytest.mark.parametrize("shard", SHARDS)
def test_a_database_says_what_python_says(shard: int, sample: Sample, figures: Figures) -> None:
    random = randomness(shard)
    trees, table = Trees(random, every=False), Table(random, 60)
    said = 0
    size = sample(ci=2_000, proof=100_000) // len(SHARDS)
    for _ in range(size):
        tree = trees.any(random.randint(1, 3))
        try:
            typed = type_expression(tree, Rows())
            sql = part(typed, table.resolve).sql.sql(dialect="duckdb")
        except (ExpressionError, NotInSql):
            continue
        found = table.ask(f"SELECT {sql} FROM rows", " ORDER BY i")
        if found is None:
            continue
        said += 1
        run = getter(typed, bind)
        for given, value in zip(table.rows, found, strict=True):
            assert same(value, run(given)), f"{show(tree)}\n{sql}\n{given}"
    assert said > size // 3
    figures.record(
        "Two engines", f"row expressions that agree, part {shard + 1}", f"{said:,} × 60 rows"
    )


@pytest.mark.parametrize(
    "form",
    ["least({}, n)", "clamp({}, n, m)", "if({} in (1, 2, 3), 1, 2)", "greatest({}, {}, n)"],
)
def test_what_would_double_at_every_level_is_left_to_python(form: str) -> None:
    """A short text must not become SQL without end."""
    inner = "n"
    for _ in range(12 if form.count("{}") > 1 else 50):
        inner = form.format(*[inner] * form.count("{}"))
        if len(inner) > 15_000:
            break
    table = Table(Random(1), 1)
    with pytest.raises(NotInSql):
        part(type_expression(parse(inner).tree, Rows()), table.resolve)


@pytest.mark.parametrize(
    "form",
    ["least({wide}, {fine})", "greatest({wide}, {fine})", "clamp({fine}, {wide}, {wide})",
     "coalesce({fine}, {wide})", "if(b, {fine}, {wide})"],
)  # fmt: skip
def test_a_number_with_many_decimals_beside_a_wide_one_keeps_them(form: str) -> None:
    """A database that has no room for all digits of both would drop decimals without a word."""
    table = Table(Random(1), 20)
    wide = "(year(d) * 1000000000000000)"  # a product of many digits is a decimal without scale
    typed = type_expression(parse(form.format(wide=wide, fine="n")).tree, Rows())
    found = table.ask(f"SELECT {part(typed, table.resolve).sql.sql(dialect='duckdb')} FROM rows")
    assert found is not None
    run = getter(typed, bind)
    assert found == [run(given) for given in table.rows]
    wider = type_expression(
        parse(form.format(wide=wide.replace("1", "100000"), fine="n")).tree, Rows()
    )
    with pytest.raises(NotInSql):
        part(wider, table.resolve)


@pytest.mark.parametrize("shard", SHARDS)
def test_a_database_adds_up_what_python_adds_up(
    shard: int, sample: Sample, figures: Figures
) -> None:
    random = randomness(shard + 100)
    trees, table = Trees(random, every=False), Table(random, 40)
    said = 0
    size = sample(ci=1_000, proof=50_000) // len(SHARDS)
    for _ in range(size):
        tree = trees.total(2)
        try:
            typed = type_expression(tree, Rows({}, inner=Rows()))
            assert isinstance(typed, Agg)
            sql = sql_total(typed, table.resolve).sql.sql(dialect="duckdb")
        except (ExpressionError, NotInSql):
            continue
        low = random.randint(0, 40)
        rows = table.rows[low : low + random.choice((0, 1, 5, 40))]
        inside = f" FROM rows WHERE i > {low} AND i <= {low + len(rows)}"
        found = table.ask(f"SELECT {sql}{inside}")
        if found is None:
            continue
        said += 1
        wanted = aggregator(typed, bind)(rows)
        assert same(seen(found[0]), seen(wanted)), f"{show(tree)}\n{sql}\n{rows}"
    assert said > size // 5
    figures.record("Two engines", f"aggregates that agree, part {shard + 1}", f"{said:,}")
