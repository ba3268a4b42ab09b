"""A place for expressions that needs no program: columns with types, a row for each value.

`Rows` stands for a table's rows (also for a partner's figures); `Totals` for aggregates over them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rulebook.expressions import parse
from rulebook.expressions.evaluate import aggregator, getter
from rulebook.expressions.scope import Inferred, unknown
from rulebook.expressions.tree import Name
from rulebook.expressions.typed import Agg, Const, Ref, Type, Typed
from rulebook.expressions.typer import type_expression

COLUMNS = {
    "n": Type.NUMBER,
    "m": Type.NUMBER,
    "t": Type.TEXT,
    "u": Type.TEXT,
    "d": Type.DATE,
    "e": Type.DATE,
    "b": Type.BOOLEAN,
    "c": Type.BOOLEAN,
    "texts": Type.LIST,
    "numbers": Type.LIST,
}


@dataclass
class Rows:
    """Columns by name."""

    columns: Mapping[str, Type] = field(default_factory=lambda: COLUMNS)
    inner: "Rows | None" = None
    inferred: Inferred = field(default_factory=Inferred)

    def name(self, name: Name) -> Ref:
        if name.text not in self.columns:
            raise unknown(name, list(self.columns), "column")
        return Ref("column", name.parts, self.columns[name.text])

    def call(self, *_: object) -> Typed | None:
        return None

    def tier(self, *_: object) -> tuple[Ref, Const]:
        raise AssertionError("no tiers here")


def typed(text: str, wanted: Type | None = None, columns: Mapping[str, Type] = COLUMNS) -> Typed:
    """Return an expression about rows, typed."""
    return type_expression(parse(text).tree, Rows(columns), wanted)


def bind(ref: Ref) -> Any:
    return lambda row: row.get(ref.path[0])


def value(text: str, /, **row: Any) -> Any:
    """Return what an expression gives for a row; columns that aren't given are null."""
    return getter(typed(text), bind)(row)


def total(text: str, *rows: Mapping[str, Any]) -> Any:
    """Return what one aggregate gives over rows."""
    found = type_expression(parse(text).tree, Rows({}, inner=Rows()))
    assert isinstance(found, Agg)
    return aggregator(found, bind)(rows)


def number(text: str) -> Decimal:
    return Decimal(text)
