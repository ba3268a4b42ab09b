"""Columns from what others have: Python values, Arrow arrays, one value for all.

Arrow takes time to import and is imported by whoever has an Arrow array.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rulebook.columns.column import (
    Booleans,
    Column,
    Days,
    Flags,
    Nulls,
    Objects,
    Texts,
)
from rulebook.columns.numbers import LIMB, ONE, TWO, Numbers, tightened

if TYPE_CHECKING:
    import pyarrow as pa


def column_of(values: Sequence[Any] | pa.Array[Any] | pa.ChunkedArray[Any]) -> Column:
    """Return values as a column, whatever they are; a column stays itself."""
    if isinstance(values, Column):
        return values
    if isinstance(values, Sequence):
        return from_values(values)
    return from_arrow(values)


def constant(value: Any, length: int) -> Column:
    """Return one value for all places."""
    return _constant(type(value).__name__, value, length)


@lru_cache(maxsize=1024)
def _constant(_kind: str, value: Any, length: int) -> Column:
    """Keep what is often asked for; the kind tells yes from 1."""
    found = from_values([value])
    found.length = length
    return found


def from_values(values: Sequence[Any]) -> Column:
    """Return Python values as a column of the type that they all have."""
    kinds = set(map(type, values))
    nulls = type(None) in kinds
    kinds.discard(type(None))
    if len(kinds) != 1:
        return Objects(len(values), None, list(values)) if kinds else Nulls(len(values), None)
    kind, length = kinds.pop(), len(values)
    valid = np.fromiter((each is not None for each in values), np.bool_, length) if nulls else None
    if kind is bool:
        return Booleans(length, valid, np.fromiter(map(bool, values), np.bool_, length))
    if kind is date:
        days = np.array(values, "datetime64[D]").astype(np.int64)  # in numpy's C: days are many
        return Days(
            length, valid, (days if valid is None else np.where(valid, days, 0)).astype(np.int32)
        )
    if kind is str:
        numbers: dict[str, int] = {}
        codes = (0 if text is None else numbers.setdefault(text, len(numbers)) for text in values)
        return Texts(length, valid, np.fromiter(codes, np.int32, length), list(numbers))
    if kind is Decimal:
        return _decimals(values, valid)
    return Objects(length, None, list(values))


def _decimals(values: Sequence[Decimal | None], valid: Flags | None) -> Column:
    """Return Decimals as numbers of the scale that they all need."""
    given = [Decimal(0) if value is None else value for value in values]
    exponents = {value.as_tuple().exponent for value in given}
    if not all(isinstance(each, int) for each in exponents):
        return Objects(len(values), None, list(values))
    scale = max(0, -min(int(each) for each in exponents))
    return whole_numbers([_units(value, scale) for value in given], scale, valid, values)


def _units(value: Decimal, scale: int) -> int:
    top, bottom = value.as_integer_ratio()
    return int(top * 10**scale // bottom)


def whole_numbers(
    units: Sequence[int],
    scale: int,
    valid: Flags | None = None,
    values: Sequence[Any] | None = None,
) -> Column:
    """Return Python integers × 10^-scale as numbers, or as `values` where two limbs are too few."""
    bound = max(map(abs, units), default=0)
    if bound <= ONE:
        return Numbers(len(units), valid, np.array(units, np.int64), scale, bound)
    if bound > TWO:
        if values is None:
            exact = Decimal(1).scaleb(-scale)
            values = [None if unit is None else unit * exact for unit in units]
        return Objects(len(units), None, list(values))
    limbs = [divmod(unit, LIMB) for unit in units]
    high = np.array([each for each, _ in limbs], np.int64)
    low = np.array([each for _, each in limbs], np.int64)
    return Numbers(len(units), valid, low, scale, bound, high)


def from_units(units: NDArray[Any], scale: int = 0, valid: Flags | None = None) -> Numbers:
    """Return whole units × 10^-scale, of any integer type that fits an int64, as numbers."""
    column = Numbers(len(units), valid, units.astype(np.int64, copy=False), scale, 0)
    return tightened(column)


def from_arrow(array: pa.Array[Any] | pa.ChunkedArray[Any]) -> Column:
    """Return an Arrow array (decimal128, integers, bool, date32, text, null) as a column.

    Other types (nested ones, decimal256, floats are never given) become Python values first.
    """
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):  # several chunks of one buffer each
            array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.nulls(0)
    kind, length = array.type, len(array)
    if pa.types.is_null(kind):
        return Nulls(length, None)
    valid = _valid(array)
    if pa.types.is_dictionary(kind):
        words = array.dictionary.to_pylist()
        if array.null_count == length:
            return Nulls(length, None)
        if not all(isinstance(word, str) for word in words) or len(set(words)) < len(words):
            return from_values(array.to_pylist())
        codes = array.indices.fill_null(0).to_numpy(zero_copy_only=False)
        return Texts(length, valid, codes.astype(np.int32, copy=False), words)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return from_arrow(array.dictionary_encode())
    if pa.types.is_boolean(kind):
        flags = array.fill_null(pa.scalar(value=False)).to_numpy(zero_copy_only=False)
        return Booleans(length, valid, flags)
    if pa.types.is_date32(kind):
        days = array.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
        return Days(length, valid, days)
    if pa.types.is_integer(kind) and kind != pa.uint64():
        whole = (array.fill_null(0) if array.null_count else array).to_numpy(zero_copy_only=False)
        return from_units(whole, 0, valid)
    if pa.types.is_decimal128(kind):
        return _decimal128(array, valid)
    return from_values(_values(array.to_pylist()))


def _values(found: Iterable[Any]) -> list[Any]:
    """Return integers, which Python gives for large ones, as Decimals."""
    return [
        Decimal(each) if isinstance(each, int) and not isinstance(each, bool) else each
        for each in found
    ]


def _valid(array: pa.Array[Any]) -> Flags | None:
    if array.null_count == 0:
        return None
    found: Flags = array.is_valid().to_numpy(zero_copy_only=False)
    return found


def _decimal128(array: pa.Array[Any], valid: Flags | None) -> Column:
    """Read the 16 bytes of each number: its low half, and its high half, which is mostly sign."""
    length, scale = len(array), array.type.scale
    buffer = array.buffers()[1]
    halves = np.frombuffer(buffer, np.int64, 2 * length, 16 * array.offset).reshape(length, 2)
    low, high = halves[:, 0], halves[:, 1]
    if valid is not None:
        low, high = np.where(valid, low, 0), np.where(valid, high, 0)
    if scale < 0 or (high != low >> 63).any():
        return from_values(array.to_pylist())
    column = tightened(Numbers(length, None, np.ascontiguousarray(low), scale, 0))
    column.valid = valid
    return column
