"""Reads the cells that are written plainly, which are nearly all: 2026-01-31, -12.50, 7.

What is not plain (a sign, a time, 19 digits, a slip of the pen) is left to `typing_sql`, which
reads every spelling and is the measure of this one: it may only say less, never something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
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
    """The values of a block's cells, null where a cell is not plain; those cells; the shape."""

    values: pa.Array
    odd: pa.Array
    shape: Shape


def read_plain(cells: pa.ChunkedArray | pa.Array, kind: Kind) -> Plain | None:
    """Read a block of text cells; None where the kind, or most of the block, isn't plain."""
    if kind not in ("date", "integer", "number"):
        return None
    text = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if len(text) == text.null_count:
        return Plain(text.cast(pa.date32() if kind == "date" else _decimal(0)), text[:0], Shape())
    return _dates(text) if kind == "date" else _numbers(text, kind)


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
def _allowed(kind: Kind) -> numpy.ndarray:
    allowed = numpy.zeros(256, numpy.bool_)
    allowed[list(b"0123456789-" if kind == "integer" else b"0123456789-.")] = True
    return allowed


def _numbers(text: pa.Array, kind: Kind) -> Plain | None:
    # Imported here: a twentieth of a second that a small folder shouldn't pay.
    import pyarrow.compute as compute

    data, offsets = _parts(text)
    plain = (offsets[1:] - offsets[:-1]) <= _LONGEST
    strange = numpy.flatnonzero(~_allowed(kind)[data])
    if len(strange) > len(text) // 2:
        return None
    plain[numpy.searchsorted(offsets, strange, side="right") - 1] = False
    odd = _odd(text, plain)
    fractions, scale = _fractions(data, offsets, plain & _filled(text))
    if len(odd):
        text = compute.if_else(pa.array(plain), text, pa.scalar(None, pa.string()))
    if fractions > 12:
        return None
    try:
        values = text.cast(_decimal(fractions))
    except pa.ArrowInvalid:  # 1.2.3, 1-2 and whatever else these characters can be put to
        return None
    ends = compute.min_max(values)
    largest = max(abs(ends[end].as_py() or Decimal(0)) for end in ("min", "max"))
    whole = len(str(int(largest))) if largest >= 1 else 0
    return Plain(values, odd, Shape(len(odd) > 0, whole, scale))


def _fractions(
    data: numpy.ndarray, offsets: numpy.ndarray, plain: numpy.ndarray
) -> tuple[int, int]:
    """Return how many digits follow a point at most: with zeros at the end, and without."""
    dots = numpy.flatnonzero(data == _DOT)
    behind = numpy.searchsorted(offsets, dots, side="right")
    here = plain[behind - 1]
    dots, behind = dots[here], behind[here]
    if not len(dots):
        return 0, 0
    widths = offsets[behind] - dots - 1
    most = int(widths.max())
    for scale in range(most, 0, -1):
        if (data[dots[widths >= scale] + scale] != _ZERO).any():
            return most, scale
    return most, 0
