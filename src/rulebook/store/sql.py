"""The SQL that the rooms of the store share: names, texts, and the digest of a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from rulebook.store.errors import conflict

#: By reason ("" for rows that count): rows, and the sums of both halves of their digests.
Sums = dict[str, tuple[int, int, int]]

#: Columns that every kept relation has beside the table's own.
ADDRESS = ("_file", "_line", "_aside", "_batch")
_PLAIN = ("VARCHAR", "DATE", "BOOLEAN", "BIGINT")
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_DIGITS = 38


def quoted(name: str) -> str:
    """Return a name as SQL takes any name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def listed(items: Iterable[object]) -> str:
    """Return texts, paths or numbers as the inside of an SQL list."""
    return ", ".join(str(i) if isinstance(i, int) else literal(str(i)) for i in items)


def parquet(files: Iterable[Path]) -> str:
    """Return the SQL that reads Parquet files."""
    return f"read_parquet([{listed(files)}], hive_partitioning = false)"


def known_type(table: str, column: str, kind: str) -> str:
    """Return a column's type if the store keeps such, else refuse it."""
    if kind in _PLAIN or _DECIMAL.fullmatch(kind):
        return kind
    kinds = f"{', '.join(_PLAIN)} or DECIMAL"
    raise conflict(table, f"column {column} has the type {kind}", f"cast it to {kinds}")


def wider(table: str, column: str, one: str, two: str) -> str:
    """Return the type that holds the values of both, or refuse: only decimals have one."""
    if one == two:
        return one
    left, right = _DECIMAL.fullmatch(one), _DECIMAL.fullmatch(two)
    if left is None or right is None:
        what = f"column {column} is {one} in one source and {two} in another"
        raise conflict(table, what, "put all sources with the same type")
    scale = max(int(left[2]), int(right[2]))
    whole = max(int(left[1]) - int(left[2]), int(right[1]) - int(right[2]))
    if whole + scale > _DIGITS:
        what = f"column {column} needs {whole} digits before the point and {scale} after"
        raise conflict(table, what, f"a column holds {_DIGITS} digits in all")
    return f"DECIMAL({whole + scale},{scale})"


def row_digest(columns: Mapping[str, str], alias: str) -> str:
    """Return the SQL of a row's digest, 128 bits.

    Equal values give equal digests whatever the order of columns, the digits after the point
    or whether a column without values is there.
    """
    # One concat over all, which leaves nulls out: joining piece by piece takes twice as long.
    parts = []
    for name in sorted(columns):
        value = f"{alias}.{quoted(name)}"
        for part in (f"{literal(name)} || chr(0)", None, "chr(0)"):
            text = _shortest(value, columns[name])
            parts.append(text if part is None else f"CASE WHEN {value} IS NOT NULL THEN {part} END")
    return f"md5_number(concat({', '.join(parts)}))"


def _shortest(value: str, kind: str) -> str:
    """Return the SQL of a value's text, of a number's without zeros after its last digit."""
    decimal = _DECIMAL.fullmatch(kind)
    if decimal is None or not int(decimal[2]):
        return f"CAST({value} AS VARCHAR)"
    if decimal[1] == decimal[2] != str(_DIGITS):  # else no 0 is written before the point
        value = f"CAST({value} AS DECIMAL({int(decimal[1]) + 1},{decimal[2]}))"
    text = f"CAST({value} AS VARCHAR)"
    # Trimming is slow: only numbers that are not whole and end in 0 are trimmed.
    whole = f"CAST({value} AS DECIMAL({int(decimal[1]) - int(decimal[2]) + 1},0))"
    return f"""CASE WHEN {value} = {whole} THEN CAST({whole} AS VARCHAR)
        WHEN suffix({text}, '0') THEN rtrim({text}, '0') ELSE {text} END"""


def digest_sums(digest: str) -> str:
    """Return the SQL of the count of rows and the sums of both halves of their digests."""
    half = "18446744073709551615::UHUGEINT"
    return (
        f"count(*), coalesce(sum(CAST(CAST({digest} >> 64 AS UBIGINT) AS HUGEINT)), 0), "
        f"coalesce(sum(CAST(CAST({digest} & {half} AS UBIGINT) AS HUGEINT)), 0)"
    )
