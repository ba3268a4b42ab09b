"""The tiers' badges: pictures drawn point by point, so that no file of pictures is needed."""

from __future__ import annotations

import struct
import zlib

#: Points to a side; each is the mean of nine inside it, so that edges are smooth.
_SIDE, _FINE = 96, 3


def badge(colour: str, bars: int) -> bytes:
    """Return a PNG: a disc in a colour (#c0a040) with a ring, and so many bars across."""
    inner = tuple(bytes.fromhex(colour[1:]))
    dark, light = tuple(c * 6 // 10 for c in inner), (255, 255, 255)
    lines = []
    for y in range(_SIDE):
        line = bytearray([0])  # no filter
        for x in range(_SIDE):
            line += _point(x, y, bars, inner, dark, light)
        lines.append(bytes(line))
    size = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 6, 0, 0, 0)
    packed = zlib.compress(b"".join(lines), 9)
    parts = ((b"IHDR", size), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _point(x: int, y: int, bars: int, *colours: tuple[int, ...]) -> bytes:
    """Return one point with its opacity, as the mean of its fine ones."""
    seen = [
        found
        for down in range(_FINE)
        for across in range(_FINE)
        if (found := _colour(x * _FINE + across, y * _FINE + down, bars, *colours)) is not None
    ]
    if not seen:
        return bytes(4)
    mean = [sum(each[part] for each in seen) // len(seen) for part in range(3)]
    return bytes([*mean, 255 * len(seen) // _FINE**2])


def _colour(
    x: int, y: int, bars: int, inner: tuple[int, ...], dark: tuple[int, ...], light: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return what a fine point is: outside, the ring, a bar, or the disc."""
    half = _SIDE * _FINE // 2
    away = (2 * x + 1 - 2 * half) ** 2 + (2 * y + 1 - 2 * half) ** 2
    if away > (2 * half - 4) ** 2:
        return None
    if away > (2 * half - 28) ** 2:
        return dark
    top = half - (bars * 30 - 8) // 2
    row, within = divmod(y - top, 30)
    if 0 <= row < bars and within < 20 and abs(2 * x + 1 - 2 * half) < 160:
        return light
    return inner


def _chunk(name: bytes, data: bytes) -> bytes:
    sum_of = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", sum_of)
