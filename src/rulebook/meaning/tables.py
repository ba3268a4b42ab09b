"""What the tables offer to expressions: columns and their types, through references.

Without a description of the tables (no data and no `reads`) every name is let through,
with an unknown type.
"""

from __future__ import annotations

from dataclasses import dataclass

from rulebook.dataset.spec import Column, Columns, Dataset, Facts
from rulebook.errors import nearest
from rulebook.expressions.scope import unknown
from rulebook.expressions.tokens import ExpressionError
from rulebook.expressions.tree import Name
from rulebook.expressions.typed import Ref, Type

TYPES = {
    "text": Type.TEXT,
    "integer": Type.NUMBER,
    "number": Type.NUMBER,
    "money": Type.NUMBER,
    "boolean": Type.BOOLEAN,
    "date": Type.DATE,
}
ENROLLMENT = {
    "partner": Type.TEXT,
    "start": Type.DATE,
    "end": Type.DATE,
    "since": Type.DATE,
    "below_since": Type.DATE,
    "reviewed": Type.DATE,
    "user": Type.TEXT,
    "tier": Type.TEXT,
    "program": Type.TEXT,
}


@dataclass(frozen=True)
class Tables:
    """The tables of a folder or of a program's `reads`; `spec` None lets everything through."""

    spec: Dataset | None

    def facts(self, table: str) -> Facts | None:
        """Return the description of a fact table, or None where nothing is described."""
        return None if self.spec is None else self.spec.facts.get(table)

    def column(self, facts: Facts, name: Name) -> Ref | None:
        """Return the column that a name means in a fact table, through references, or None."""
        first, *rest = name.parts
        entry = facts.type_of(first)
        if not rest:
            return None if entry is None else Ref("column", name.parts, TYPES[entry.type])
        if entry is None or entry.references is None:
            pointing = [
                column for column, item in facts.columns.items() if item.references == first
            ]
            if len(pointing) > 1:
                raise ExpressionError(
                    f"{first!r} is reached by two columns",
                    name.at,
                    f"name the column: {' or '.join(f'{c}.{rest[0]}' for c in pointing)}",
                )
            if not pointing:
                return None
            first, entry = pointing[0], facts.columns[pointing[0]]
        return self._through("column", (first,), entry, rest, name)

    def partner(self, name: Name) -> Ref:
        """Return the attribute of a partner that `partner.x` means."""
        first, *rest = name.parts[1:]
        if self.spec is None:
            return Ref("partner", name.parts[1:], Type.UNKNOWN)
        table = self.spec.partners
        entries: dict[str, Column] = {**dict(table.columns)}
        for text in (table.key, table.parent):
            if text is not None:
                entries.setdefault(text, Column())
        if not rest:
            if first in entries:
                return Ref("partner", (first,), _plain(entries[first], name))
            raise unknown(name, [f"partner.{column}" for column in entries])
        return self._through("partner", (first,), entries.get(first), rest, name)

    def enrollment(self, name: Name) -> Ref:
        """Return the field of an enrollment that `enrollment.x` means."""
        field = ".".join(name.parts[1:])
        if field not in ENROLLMENT:
            raise unknown(name, [f"enrollment.{known}" for known in ENROLLMENT])
        return Ref("enrollment", (field,), ENROLLMENT[field])

    def _through(
        self, kind: str, path: tuple[str, ...], entry: Column | None, rest: list[str], name: Name
    ) -> Ref:
        """Follow references, one part of the name at a time."""
        assert self.spec is not None
        for index, part in enumerate(rest):
            if entry is None or entry.references is None:
                raise ExpressionError(f"{'.'.join(path)} points to no reference", name.at)
            reference = self.spec.references.get(entry.references)
            columns: Columns = {} if reference is None else reference.columns
            if reference is not None and part == reference.key and part not in columns:
                columns = {**columns, part: Column(type=entry.type)}
            if part not in columns:
                raise ExpressionError(
                    f"unknown column {part!r} of {entry.references}",
                    name.at,
                    nearest(part, columns),
                )
            path, entry = (*path, part), columns[part]
            if index == len(rest) - 1:
                return Ref(kind, path, _plain(entry, name))
        raise AssertionError(name)


def _plain(entry: Column, name: Name) -> Type:
    """Return a column's type, or refuse an amount that no day gives a rate to."""
    if entry.type == "money":
        raise ExpressionError(
            f"{name.text!r} is an amount without a day, so no rate can convert it",
            name.at,
            "keep amounts in a fact table",
        )
    return TYPES[entry.type]
