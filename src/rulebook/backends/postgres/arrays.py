"""An occasion's relations as arrays that travel with a query: nothing is made in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlglot import exp

from rulebook.backends.postgres.catalog import by_code_point
from rulebook.backends.sql.engine import TooWide


@dataclass(frozen=True)
class Array:
    """A column: its type in PostgreSQL, and its values in one text as arrays are written."""

    type: str
    text: str
    count: int

    def __len__(self) -> int:
        return self.count

    @property
    def boolean(self) -> bool:
        """Whether it is yes or no."""
        return self.type == "BOOLEAN"


Relation = Mapping[str, Array]


def relation(columns: Mapping[str, pa.Array]) -> Relation:
    """Return columns as they travel. Raises TooWide where PostgreSQL can't hold a text."""
    return {name: _array(column) for name, column in columns.items()}


def _array(column: pa.Array) -> Array:
    kind, values, count = column.type, column.to_pylist(), len(column)
    if pa.types.is_string(kind):
        return Array("TEXT", _joined(values, _quoted), count)
    if pa.types.is_boolean(kind):
        return Array("BOOLEAN", _joined(values, lambda value: "t" if value else "f"), count)
    if pa.types.is_date(kind):
        return Array("DATE", _joined(values, str), count)
    if pa.types.is_decimal(kind):
        shape = f"DECIMAL({kind.precision}, {kind.scale})"
        return Array(shape, _joined(values, lambda value: format(value, "f")), count)
    return Array("INT", _joined(values, str), count)


def _joined(values: Sequence[Any], write: Any) -> str:
    return "{" + ",".join("NULL" if value is None else write(value) for value in values) + "}"


def _quoted(text: str) -> str:
    if "\0" in text or (not text.isascii() and _lone(text)):
        raise TooWide
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lone(text: str) -> bool:
    """Whether a text holds half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def select(found: Relation, first: int) -> exp.Select:
    """Return the query of a relation whose arrays are the parameters from `$first` on."""
    arrays = [
        exp.cast(
            exp.Parameter(this=exp.Literal.number(first + place)),
            exp.DataType.build(f"{array.type}[]", dialect="postgres"),
        )
        for place, array in enumerate(found.values())
    ]
    names = [exp.to_identifier(name, quoted=True) for name in found]
    alias = exp.TableAlias(this=exp.to_identifier("given", quoted=True), columns=names)
    columns = [
        exp.alias_(by_code_point(read) if array.type == "TEXT" else read, name, quoted=True)
        for name, array in found.items()
        for read in (exp.column(name, quoted=True),)
    ]
    return exp.select(*columns).from_(exp.Unnest(expressions=arrays, alias=alias))
