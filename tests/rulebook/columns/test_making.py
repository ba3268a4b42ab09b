"""Columns give back exactly the values that they were made from."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rulebook.columns import Booleans, Days, Nulls, Numbers, Objects, Texts, column_of, constant
from rulebook.columns.numbers import beyond_limit

D = Decimal
LOWEST = -(2**63)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([D("1.50"), None, D("-2"), D("1E+3")], Numbers),
        ([D(10) ** 35, D("0.1"), D(-1)], Numbers),
        ([D(10) ** 37, D(1)], Objects),
        ([D(LOWEST), D(2**63 - 1)], Numbers),
        ([True, None, False], Booleans),
        ([date(1, 1, 1), None, date(9999, 12, 31)], Days),
        (["b", "a", None, "b", ""], Texts),
        ([None, None], Nulls),
        ([], Nulls),
        ([("a", "b"), None], Objects),
        ([D(1), "a"], Objects),
    ],
)
def test_values_come_back(values: list[Any], kind: type) -> None:
    column = column_of(values)
    assert isinstance(column, kind)
    assert list(column) == values
    assert [column[place] for place in range(len(values))] == values
    assert len(column) == len(values)
    assert list(column.take(np.arange(len(values))[::-1])) == values[::-1]
    assert column[1:] == values[1:]
    assert column == values
    with pytest.raises(IndexError):
        column[len(values)]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([D("1.50"), None, D("-2.25")], pa.decimal128(38, 4)),
        pa.array([D(10) ** 30, D(-1), None], pa.decimal128(38, 2)),
        pa.array([D(LOWEST), D(LOWEST - 1), D(2**63)], pa.decimal128(38, 0)),
        pa.array([D(10) ** 50, None], pa.decimal256(60, 2)),
        pa.array([True, None, False, True]),
        pa.array([date(2020, 2, 29), None]),
        pa.array(["b", None, "a", "b"]),
        pa.array(["b", None, "a", "b"]).dictionary_encode(),
        pa.array([None, None], pa.string()),
        pa.nulls(3),
        pa.chunked_array([pa.array([D("1.5"), None]), pa.array([D("2.5"), D(0)])]),
    ],
)
def test_arrow_arrays_come_back(array: Any) -> None:
    wanted = array.to_pylist()
    assert list(column_of(array)) == wanted
    assert list(column_of(array[1:])) == wanted[1:]


def test_integers_are_numbers() -> None:
    found = column_of(pa.array([LOWEST, None, 2**63 - 1, 7]))
    assert list(found) == [D(LOWEST), None, D(2**63 - 1), D(7)]
    assert all(isinstance(value, Decimal) for value in found if value is not None)
    assert list(column_of(pa.array([2**64 - 1], pa.uint64()))) == [D(2**64 - 1)]


def test_what_is_under_a_null_bounds_nothing() -> None:
    data = np.array([2**62, 5], np.int64)
    array = pa.Array.from_buffers(
        pa.int64(), 2, [pa.py_buffer(bytes([0b10])), pa.py_buffer(data.tobytes())]
    )
    found = column_of(array)
    assert isinstance(found, Numbers)
    assert found.bound == 5


@pytest.mark.parametrize("value", [D("2.5"), True, date(2020, 1, 1), "a", None, (D(1), None)])
def test_one_value_for_all(value: Any) -> None:
    column = constant(value, 3)
    assert column.same
    assert list(column) == [value] * 3
    assert column[2] == value
    assert list(column.take(np.array([2, 0]))) == [value] * 2
    assert list(constant(value, 0)) == []


def test_more_than_26_digits_before_the_point_are_seen() -> None:
    assert not beyond_limit(column_of([D(10) ** 26 - 1, -(D(10) ** 26) + 1, D("0.1")]))
    assert beyond_limit(column_of([D(1), -(D(10) ** 26)]))
    assert beyond_limit(column_of([D(1), D(10) ** 40]))
