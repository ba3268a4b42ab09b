"""With data, the folder must offer at least what the program says it reads."""

from __future__ import annotations

from collections.abc import Iterator

from rulebook.dataset.spec import Columns, Dataset, Table
from rulebook.errors import Problem, nearest
from rulebook.meaning import Meaning

_FITS = {("integer", "number"), ("money", "number"), ("number", "integer")}


def check(meaning: Meaning) -> Iterator[Problem]:
    """Yield tables and columns of `reads` that the folder lacks or has in another type."""
    reads, data = meaning.program.reads, meaning.tables.spec
    if reads is None:
        return
    yield from _inside(meaning, reads)
    if data is None or reads is data:
        return
    yield from _columns(meaning, ("partners",), reads.partners.columns, data.partners.columns)
    for kind in ("references", "facts"):
        asked, offered = getattr(reads, kind), getattr(data, kind)
        for name, table in asked.items():
            path = (kind, name)
            if name not in offered:
                yield meaning.document.problem(
                    ("reads", *path), f"the data has no table {name!r}", nearest(name, offered)
                )
                continue
            yield from _columns(meaning, path, table.columns, _offered(data, kind, name))


def _inside(meaning: Meaning, reads: Dataset) -> Iterator[Problem]:
    """Yield references that `reads` doesn't describe, and amounts without a currency."""
    tables: dict[tuple[str, ...], Table] = {("partners",): reads.partners}
    tables |= {("facts", name): table for name, table in reads.facts.items()}
    tables |= {("references", name): table for name, table in reads.references.items()}
    for path, table in tables.items():
        for name, entry in table.columns.items():
            where = ("reads", *path, "columns", name)
            if entry.references is not None and entry.references not in reads.references:
                yield meaning.document.problem(
                    where,
                    f"there is no reference {entry.references!r}",
                    nearest(entry.references, reads.references),
                )
            if entry.type == "money" and entry.currency is None and path[0] == "facts":
                yield meaning.document.problem(
                    where, f"{name} has no currency", "such as {type: money, currency: USD}"
                )


def _offered(data: Dataset, kind: str, name: str) -> Columns:
    if kind == "references":
        table = data.references[name]
        return {**dict(table.columns)}
    facts = data.facts[name]
    return {
        column: entry for column in facts.names() if (entry := facts.type_of(column)) is not None
    }


def _columns(
    meaning: Meaning, path: tuple[str, ...], asked: Columns, offered: Columns
) -> Iterator[Problem]:
    for name, entry in asked.items():
        where = ("reads", *path, "columns", name)
        if name not in offered:
            yield meaning.document.problem(
                where, f"the data's {path[-1]} has no column {name!r}", nearest(name, offered)
            )
        elif entry.type != offered[name].type and (entry.type, offered[name].type) not in _FITS:
            yield meaning.document.problem(
                where, f"{name} is {offered[name].type} in the data, {entry.type} here"
            )
