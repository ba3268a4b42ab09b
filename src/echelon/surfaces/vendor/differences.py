"""What differs between a thing before and after: row by row, for who reads the trail."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of a text that changed: kept (" "), taken away ("-") or added ("+")."""

    sign: str
    text: str


@dataclass(frozen=True)
class Row:
    """One value: as it was and as it is. Of a longer text, the lines that changed."""

    name: str
    before: str
    after: str
    lines: tuple[Line, ...] = ()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """Return what was said of a thing before and after, by name; nested names with dots."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [_row(name, old.get(name, ""), new.get(name, "")) for name in sorted({*old, *new})]


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", _text(value)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case Mapping():
            return ""
        case list():
            return ", ".join(map(_text, value))
        case _:
            return str(value)


def _row(name: str, before: str, after: str) -> Row:
    if "\n" not in before + after:
        return Row(name, before, after)
    said = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    lines = [Line(line[:1], line[1:]) for line in said if line[:3] not in {"---", "+++"}]
    return Row(name, "", "", tuple(lines))
