"""A fingerprint of all data read: the same for the same values, whatever holds them.

Each row is written as one text of its typed values, each text hashed, the hashes added up: a sum
doesn't know an order. Names of files and lines are not in it, nor rows that repeat others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import duckdb

from rulebook.dataset.data import DUPLICATE
from rulebook.dataset.spec import Dataset
from rulebook.loading.layout import Layout
from rulebook.loading.sql import quoted, single

#: No cell holds it, and null is the only empty one: so no two rows are written alike.
_BETWEEN = "chr(0)"


def digest(connection: duckdb.DuckDBPyConnection, spec: Dataset, layouts: Iterable[Layout]) -> str:
    """Return the sha256, as hex, of what a dataset says and of every table's rows."""
    total = hashlib.sha256()
    meaning = _without_files(spec.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    total.update(json.dumps(meaning, sort_keys=True, ensure_ascii=True).encode())
    for layout in sorted(layouts, key=lambda layout: layout.place):
        fields = sorted(layout.fields, key=lambda field: field.name)
        header = [list(layout.place), [[field.name, field.kind] for field in fields]]
        columns = [quoted(field.name) for field in fields]
        sums = single(connection, _sums(quoted(layout.table), [*columns, "_aside = 'bad row'"]))
        total.update(json.dumps([header, [str(part) for part in sums]]).encode())
    return total.hexdigest()


def _sums(table: str, columns: list[str]) -> str:
    """Return the query of a table's rows, and of the sums of both halves of their hashes."""
    row = f"concat({f', {_BETWEEN}, '.join(columns)})"
    halves = [
        f"sum(CAST(CAST('0x' || h[{part}] AS UBIGINT) AS HUGEINT))" for part in ("1:16", "17:32")
    ]
    return f"""SELECT count(*), {", ".join(halves)} FROM (
        SELECT md5({row}) AS h FROM {table} WHERE coalesce(_aside, '') <> '{DUPLICATE}')"""


def _without_files(part: Any) -> Any:
    """How rows are spread over files says nothing about them."""
    if isinstance(part, dict):
        return {key: _without_files(value) for key, value in part.items() if key != "file"}
    return [_without_files(value) for value in part] if isinstance(part, list) else part
