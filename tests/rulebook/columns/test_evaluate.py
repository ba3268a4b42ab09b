"""Arrays say what the evaluator says place by place: random trees over random columns."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal, DecimalException
from random import Random
from typing import Any

import pytest

from rulebook.columns import Beyond, Column, column_of, constant, evaluate
from rulebook.columns.evaluating import in_arrays
from rulebook.expressions import ExpressionError, parse, show
from rulebook.expressions.evaluate import getter
from rulebook.expressions.typed import Ref
from rulebook.expressions.typer import type_expression
from rulebook.values.numbers import TooLarge
from tests.frame.figures import Figures
from tests.frame.size import PROOF
from tests.rulebook.expressions.random_trees import Trees, row
from tests.rulebook.expressions.scopes import COLUMNS, Rows, bind, typed

Sample = Callable[..., int]
D = Decimal

#: Numbers around the edges: of one limb, of two, of the 12th decimal, of 26 digits.
EDGES = [
    D(text)
    for text in (
        "0.0000000000005 -0.0000000000005 0.0000000000015 0.00000000000049999999 "
        "9223372036854775807 -9223372036854775808 9223372036854775808 999999999999999999 "
        "1000000000000000000 -1000000000000000001 99999999999999999999999999.999999999999 "
        "1e25 1e-20 -1e-20 5e-21 33333333333333333333.33 0.3333333333333333333 2.5 -2.5 7 11 13 "
        "123456789012.34 -123456789012.35 98765432109876.5 1.1 0.1 1e10 3"
    ).split()
]


def randomness(shard: int) -> Random:
    return Random(os.urandom(16) if PROOF else shard)


def rows_of(random: Random, count: int) -> list[dict[str, Any]]:
    """Rows; in some tables numbers are at the edges, or the same for all, or never null."""
    rows: list[dict[str, Any]] = [row(random) for _ in range(count)]
    for name in "nm":
        kind = random.randrange(4)
        few = random.sample(EDGES, 4)
        for each in rows:
            if kind == 0 and each[name] is not None:
                each[name] = random.choice(EDGES)
            elif kind == 1:
                each[name] = random.choice(few)
            elif kind == 2:
                each[name] = D(random.randint(-(10**12), 10**12)).scaleb(-2)
    for name in COLUMNS:
        if random.random() < 0.15:
            for each in rows:
                each[name] = rows[0][name]
    return rows


def columns_of(random: Random, rows: list[dict[str, Any]]) -> dict[str, Column]:
    columns = {}
    for name in COLUMNS:
        values = [each[name] for each in rows]
        alike = all(value == values[0] for value in values)
        columns[name] = constant(values[0], len(rows)) if alike else column_of(values)
        assert list(columns[name]) == values
        place = random.randrange(len(rows))
        assert columns[name][place] == values[place]
    return columns


@pytest.mark.parametrize("shard", range(4))
def test_arrays_say_what_is_said_place_by_place(
    shard: int, sample: Sample, figures: Figures
) -> None:
    random = randomness(shard)
    trees, in_all, asked = Trees(random), 0, 0
    for _ in range(sample(ci=1_200, proof=60_000) // 4):
        rows = rows_of(random, random.choice((1, 7, 30)))
        columns = columns_of(random, rows)

        def resolve(ref: Ref, columns: dict[str, Column] = columns) -> Column:
            return columns[ref.path[0]]

        for _ in range(4):
            tree = trees.any(random.randint(1, 4))
            try:
                node = type_expression(tree, Rows())
            except ExpressionError:
                continue
            run = getter(node, bind)
            try:
                wanted = [run(each) for each in rows]
            except (TooLarge, DecimalException):
                with pytest.raises((TooLarge, DecimalException)):
                    evaluate(node, resolve, len(rows))
                continue
            found = evaluate(node, resolve, len(rows))
            assert list(found) == wanted, f"{show(tree)}\n{rows}"
            assert [found[place] for place in range(len(rows))] == wanted
            asked += 1
            try:
                in_arrays(node, resolve, len(rows))
                in_all += 1
            except Beyond:
                pass
    assert in_all > asked * 0.6
    figures.record(
        "Columns", f"expressions in arrays, part {shard + 1}", f"{in_all:,} of {asked:,}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "n / m",
        "n / m - 1 >= 0.10",
        "n / m * 100",
        "(n - m) / m >= 0.1",
        "n / m = 0.333333333333",
        "round(n / m, 2)",
        "round(n, 0 - 3)",
        "n * m",
        "n * m + n",
        "(n / m) / 7",
        "abs(n / m) - n",
        "least(n / m, n)",
    ],
)
def test_numbers_at_the_edges(text: str, sample: Sample) -> None:
    """Every pair: quotients that end in a tie at the 20th and the 12th decimal among them."""
    numbers = [*EDGES, *(-each for each in EDGES), D(0)]
    numbers += [D(1) + D(k).scaleb(-13) for k in range(-12, 13)]
    pairs = [(n, m) for n in numbers for m in numbers]
    node = typed(text)
    run = getter(node, bind)
    random = randomness(7)
    for _ in range(sample(ci=3, proof=60)):
        some = random.sample(pairs, 400)
        small = [pair for pair in some if max(map(abs, pair)) < 10**10]
        for chosen in (some, small):
            columns = {
                "n": column_of([n for n, _ in chosen]),
                "m": column_of([m for _, m in chosen]),
            }
            found = evaluate(node, lambda ref, of=columns: of[ref.path[0]], len(chosen))
            assert list(found) == [run({"n": n, "m": m}) for n, m in chosen]


def test_growth_of_money_stays_in_arrays() -> None:
    random = Random(3)
    now = [D(random.randint(0, 10**12)).scaleb(-2) for _ in range(500)]
    then = [D(random.choice((0, random.randint(1, 10**12)))).scaleb(-2) for _ in range(500)]
    now[:3], then[:3] = [D("110.00"), D("109.99"), D("5")], [D("100.00"), D("100.00"), D(0)]
    columns = {"n": column_of(now), "m": column_of(then)}
    found = in_arrays(typed("n / m - 1 >= 0.10"), lambda ref: columns[ref.path[0]], 500)
    assert found[:3] == [True, False, None]
    run = getter(typed("n / m - 1 >= 0.10"), bind)
    assert list(found) == [run({"n": n, "m": m}) for n, m in zip(now, then, strict=True)]


def test_days_beyond_the_calendar_are_refused_as_ever() -> None:
    columns = {"d": column_of([date(9999, 12, 31), None]), "n": column_of([D(1), D(1)])}
    with pytest.raises(TooLarge):
        evaluate(typed("date_add(d, n, 'day')"), lambda ref: columns[ref.path[0]], 2)
    kept = evaluate(typed("date_add(d, n - 1, 'day')"), lambda ref: columns[ref.path[0]], 2)
    assert list(kept) == [date(9999, 12, 31), None]


def test_null_is_in_no_list_even_an_empty_one_where_numbers_are_too_long_for_arrays():
    long = D("9" * 26 + "." + "9" * 12)
    rows = [{"m": value, "numbers": ()} for value in (long, None, D("5e-21"))]
    columns = {"m": column_of([each["m"] for each in rows]), "numbers": constant((), len(rows))}
    node = type_expression(parse("m not in numbers").tree, Rows())
    found = evaluate(node, lambda ref: columns[ref.path[0]], len(rows))
    assert list(found) == [getter(node, bind)(each) for each in rows] == [True, None, True]
