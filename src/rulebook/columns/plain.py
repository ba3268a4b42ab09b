"""Whole columns of numbers as texts, as `rulebook.values.numbers.plain` writes one."""

from __future__ import annotations

from collections.abc import Sequence


def plain_texts(units: Sequence[int], scale: int) -> list[str]:
    """Write units × 10^-scale (12 decimals at most) without exponent or trailing zeros."""
    if scale == 0:
        return list(map(str, units))
    size, width = 10**scale, scale + 1
    texts = []
    for unit in units:
        if unit % size == 0:
            texts.append(str(unit // size))
            continue
        digits = str(abs(unit)).zfill(width)
        sign = "-" if unit < 0 else ""
        texts.append(f"{sign}{digits[:-scale]}.{digits[-scale:].rstrip('0')}")
    return texts
