"""Reads the cells that are written plainly, which are nearly all: 2026-01-31, -12.50, 7.

What is not plain (a sign, a time, 19 digits, a slip of the pen) is left to `typing_sql`, which
reads every spelling and is the measure of this one: it may only say less, never something else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy
import pyarrow as pa

from rulebook.loading.layout import Kind
from rulebook.loading.typing_sql import Shape

#: In how many rows at least plain cells are looked for: what it takes to begin must pay.
WORTH = 100_000
#: A number of more characters may have more digits than 64 bits hold.
_LONGEST = 18
_FIRST_YEAR, _LAST_YEAR = 1, 9999
_ZERO, _DOT, _MINUS = b"0.-"


@dataclass(frozen=True)
class Plain:
    """The values of a block's cells, null where a cell is not plain; those cells; the shape.

    Of a cell that repeats `odd` may have one alone.
    """

    values: pa.Array
    odd: pa.Array
    shape: Shape


def read_plain(cells: pa.ChunkedArray | pa.Array, kind: Kind, worth: int = 0) -> Plain | None:
    """Read a block of cells; None where the kind, or most of the block, isn't plain.

    Text of fewer than `worth` rows is left alone. A column that isn't text is `fitting`.
    """
    if not pa.types.is_string(cells.type):
        return fitting(cells, kind)
    if kind not in ("date", "integer", "number") or len(cells) < worth:
        return None
    text = one_piece(cells)
    if len(text) == text.null_count:
        return Plain(text.cast(pa.date32() if kind == "date" else _decimal(0)), text[:0], Shape())
    return _repeating_dates(text) if kind == "date" else _numbers(text, kind)


def one_piece(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return a column as one array, copied only where it isn't one."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def fitting(column: pa.ChunkedArray | pa.Array, kind: Kind) -> Plain | None:
    """Return the values of a typed column that says the same as its text would; else None."""
    type_ = column.type
    if kind == "date" and pa.types.is_date32(type_):
        days = _whole_numbers(column, pa.int32())
        ends = numpy.array(["0001-01-01", "9999-12-31"], "datetime64[D]").astype(numpy.int64)
        inside = not len(days) or (days.min() >= ends[0] and days.max() <= ends[1])
        return Plain(column, pa.array([], pa.string()), Shape()) if inside else None
    if pa.types.is_integer(type_) and not pa.types.is_uint64(type_):
        scale = 0
    elif pa.types.is_decimal128(type_) and type_.precision <= _LONGEST and 0 <= type_.scale <= 12:
        scale = type_.scale
    else:
        return None
    if kind != "number" and (kind != "integer" or scale):
        return None
    numbers = _whole_numbers(column, pa.int64())
    return Plain(column, pa.array([], pa.string()), _shape(numbers, scale, faulty=False))


def _whole_numbers(column: pa.ChunkedArray | pa.Array, type_: pa.DataType) -> numpy.ndarray:
    """Return days, whole numbers, or decimals without their points, 0 for null."""
    array = one_piece(column)
    if pa.types.is_decimal128(array.type):
        halves = numpy.frombuffer(array.buffers()[1], numpy.int64).reshape(-1, 2)
        low = halves[array.offset : array.offset + len(array), 0]
        return numpy.where(_filled(array), low, 0)
    return numpy.asarray(array.cast(type_).fill_null(0))


def _shape(numbers: numpy.ndarray, scale: int, faulty: bool) -> Shape:
    """Return the narrowest shape of numbers with so many digits behind their points."""
    if not len(numbers):
        return Shape(faulty)
    largest = max(int(numbers.max()), -int(numbers.min())) // 10**scale
    return Shape(faulty, len(str(largest)) if largest else 0, _scale(numbers, scale))


def _parts(text: pa.Array) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return the bytes of all cells, one after the other, and where each begins and ends."""
    offsets = numpy.frombuffer(text.buffers()[1], numpy.int32)
    offsets = offsets[text.offset : text.offset + len(text) + 1]
    data = numpy.frombuffer(text.buffers()[2] or b"", numpy.uint8)
    return data[offsets[0] : offsets[-1]], offsets - offsets[0]


def _filled(text: pa.Array) -> numpy.ndarray | bool:
    """Return which cells hold something; there may be bytes in those that hold nothing."""
    return text.is_valid().to_numpy(zero_copy_only=False) if text.null_count else True


def _odd(text: pa.Array, plain: numpy.ndarray) -> pa.Array:
    """Return the cells that are filled and not plain."""
    return text.filter(pa.array(~plain)).drop_null()


@cache
def _months() -> numpy.ndarray:
    """Return the first day of every month, counted from 1970, and of the one after the last."""
    first, last = f"{_FIRST_YEAR:04}-01", f"{_LAST_YEAR:04}-12"
    months = numpy.arange(first, numpy.datetime64(last, "M") + 2, dtype="datetime64[M]")
    return months.astype("datetime64[D]").astype(numpy.int32)


def _repeating_dates(text: pa.Array) -> Plain | None:
    """Read each day once, since most columns have few of them."""
    days = text.dictionary_encode()
    if len(days.dictionary) > len(text) // 8:
        return _dates(text)
    plain = _dates(days.dictionary)
    return plain and replace(plain, values=plain.values.take(days.indices))


def _dates(text: pa.Array) -> Plain | None:
    data, offsets = _parts(text)
    ten = (offsets[1:] - offsets[:-1] == 10) & _filled(text)
    if 10 * int(ten.sum()) < len(data) // 2:
        return None
    if ten.all():
        rows = data.reshape(-1, 10)
    else:
        rows = data[offsets[:-1][ten][:, None] + numpy.arange(10)]
    digits = rows[:, [0, 1, 2, 3, 5, 6, 8, 9]] - numpy.uint8(_ZERO)
    good = (digits <= 9).all(axis=1) & (rows[:, 4] == _MINUS) & (rows[:, 7] == _MINUS)
    d = digits.astype(numpy.int32).T
    year = ((d[0] * 10 + d[1]) * 10 + d[2]) * 10 + d[3]
    month, day = d[4] * 10 + d[5], d[6] * 10 + d[7]
    good &= (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)
    months = _months()
    at = numpy.where(good, (year - _FIRST_YEAR) * 12 + month - 1, 0)
    found = months[at] + day - 1
    good &= (day >= 1) & (found < months[at + 1])
    plain = ten.copy()
    plain[ten] = good
    days = numpy.zeros(len(text), numpy.int32)
    days[ten] = found
    odd = _odd(text, plain)
    values = pa.array(days, mask=~plain).cast(pa.date32())
    return Plain(values, odd, Shape(faulty=len(odd) > 0))


def _decimal(scale: int) -> pa.DataType:
    return pa.decimal128(_LONGEST, scale)


@cache
def _strange(kind: Kind) -> numpy.ndarray:
    """Return which bytes don't occur in a plain number."""
    strange = numpy.ones(256, numpy.bool_)
    strange[list(b"0123456789-" if kind == "integer" else b"0123456789-.")] = False
    return strange


def _numbers(text: pa.Array, kind: Kind) -> Plain | None:
    data, offsets = _parts(text)
    plain = (offsets[1:] - offsets[:-1]) <= _LONGEST
    strange = numpy.flatnonzero(_strange(kind)[data])
    if len(strange) > len(text) // 2:
        return None
    plain[numpy.searchsorted(offsets, strange, side="right") - 1] = False
    odd = text[:0]
    if not plain.all():
        # Imported here: a twentieth of a second that a small folder shouldn't pay.
        import pyarrow.compute as compute

        odd = _odd(text, plain)
        text = compute.if_else(pa.array(plain), text, pa.scalar(None, pa.string()))
    found = _unscaled(text)
    if found is None:
        return None
    numbers, most = found
    shape = _shape(numbers, most, faulty=len(odd) > 0)
    return Plain(_decimals(numbers, most, _validity(text)), odd, shape)


def _validity(text: pa.Array) -> pa.Buffer | None:
    return pa.array(_filled(text)).buffers()[1] if text.null_count else None


def _unscaled(text: pa.Array) -> tuple[numpy.ndarray, int] | None:
    """Return numbers without their points, 0 for null, and how many digits stand behind each.

    None where that is not certain, such as 1.2.3, 1-2, or what needs more than 18 digits.
    """
    data, offsets = _parts(text)
    fractions = _fractions(data, offsets)
    signs = numpy.count_nonzero(data[offsets[:-1][offsets[:-1] < offsets[1:]]] == _MINUS)
    if fractions is None or signs != numpy.count_nonzero(data == _MINUS):
        return None
    dotted = fractions >= 0
    if dotted.any():
        offsets = offsets - numpy.concatenate(([0], numpy.cumsum(dotted))).astype(numpy.int32)
        data = data[data != _DOT]
    buffers = [_validity(text), pa.py_buffer(offsets), pa.py_buffer(data)]
    try:
        values = pa.Array.from_buffers(pa.string(), len(text), buffers).cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    numbers = values.fill_null(0).to_numpy()
    most = max(int(fractions.max()), 0)
    if (fractions == most).all() or not most:
        return numbers, most
    if max(int(numbers.max()), -int(numbers.min())) >= 10 ** (_LONGEST - most):
        return None
    return numbers * 10 ** (most - numpy.maximum(fractions, 0).astype(numpy.int64)), most


def _fractions(data: numpy.ndarray, offsets: numpy.ndarray) -> numpy.ndarray | None:
    """Return how many digits follow the point of each cell, -1 where there is none.

    None where a cell has two points, or more than 12 digits follow one.
    """
    found = numpy.full(len(offsets) - 1, -1, numpy.int8)
    left = numpy.count_nonzero(data == _DOT)
    for digits in range(13):
        if not left:
            break
        at = offsets[1:] - digits - 1
        here = (at >= offsets[:-1]) & (data[at] == _DOT)
        if (found[here] >= 0).any():
            return None
        found[here] = digits
        left -= numpy.count_nonzero(here)
    return None if left else found


def _scale(numbers: numpy.ndarray, most: int) -> int:
    """Return how many digits behind the point are needed, without zeros at the end."""
    first = numbers[:1000]
    for scale in range(most, 0, -1):
        unit = 10 ** (most - scale + 1)
        if (first % unit).any() or (numbers % unit).any():
            return scale
    return 0


def _decimals(numbers: numpy.ndarray, scale: int, validity: pa.Buffer | None) -> pa.Array:
    """Return whole numbers as decimals of so many digits behind the point."""
    halves = numpy.empty((len(numbers), 2), numpy.int64)
    halves[:, 0] = numbers
    halves[:, 1] = numbers >> 63
    return pa.Array.from_buffers(
        _decimal(scale), len(numbers), [validity, pa.py_buffer(halves.reshape(-1))]
    )
