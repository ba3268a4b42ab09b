"""Where a dataset's tables lie in a database, and which columns they must have there.

A platform's own tables and views serve as they are: the caller says their names where they
differ from ours, and whether they set rows aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rulebook.dataset.spec import Column, Dataset
from rulebook.errors import DataError, Problem, listed, nearest

Kind = Literal["text", "number", "boolean", "date"]

#: What a fact has beside the dataset's columns.
FILE, LINE, ASIDE = "_file", "_line", "_aside"


@dataclass(frozen=True)
class Table:
    """One table or view: `name` in `schema`, each as the database spells it.

    `columns` gives the relation's own name of a column, where the dataset calls it otherwise.
    `aside` is the column that says why a fact is set aside; with None every fact counts that
    has a partner and a date. `file` and `line` say in evidence where a fact came from; without
    `file` that is the relation, without `line` the fact's place in the order of its key. A
    `line` (any whole number, such as a primary key) makes evidence of one partner quick.
    """

    name: str
    schema: str = "public"
    columns: Mapping[str, str] = field(default_factory=dict)
    aside: str | None = ASIDE
    file: str | None = FILE
    line: str | None = LINE

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    def own(self, column: str) -> str:
        """Return what the relation calls a column of the dataset."""
        return self.columns.get(column, column)


@dataclass(frozen=True)
class Tables:
    """All tables of a dataset: those in `given` by our name, the others under it in `schema`.

    Our names are `partner`, `ref_<name>` and `fact_<name>`.
    """

    spec: Dataset
    schema: str = "public"
    given: Mapping[str, Table] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse names that are none of ours: they would mean nothing."""
        wrong = [name for name in self.given if name not in self.names]
        if wrong:
            problems = [
                Problem(
                    f"the dataset has no table {name!r}",
                    hint=nearest(name, self.names) or f"it has {listed(self.names)}",
                )
                for name in wrong
            ]
            raise DataError(problems)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    @property
    def names(self) -> tuple[str, ...]:
        """Our names of all tables, in the dataset's order."""
        references = (f"ref_{name}" for name in self.spec.references)
        return ("partner", *references, *(f"fact_{name}" for name in self.spec.facts))

    def table(self, name: str) -> Table:
        """Return where a table lies."""
        return self.given.get(name) or Table(name, self.schema)

    def columns(self, name: str) -> dict[str, Kind]:
        """Return the dataset's columns of a table, with what their values are."""
        section, _, word = name.partition("_")
        if section == "fact":
            facts = self.spec.facts[word]
            return {each: _kind(facts.type_of(each)) for each in facts.names()}
        if section == "ref":
            reference = self.spec.references[word]
            key = self._key_kind(word)
            return {reference.key: key} | _kinds(reference.columns, reference.key)
        partners = self.spec.partners
        roles = {partners.key: Column()}
        if partners.parent is not None:
            roles[partners.parent] = Column()
        return _kinds(partners.columns | roles)

    def _key_kind(self, name: str) -> Kind:
        """Return what a reference's key is: what points to it."""
        reference = self.spec.references[name]
        if reference.key in reference.columns:
            return _kind(reference.columns[reference.key])
        pointing = (
            entry
            for _, table in self.spec.tables()
            for entry in table.columns.values()
            if entry.references == name
        )
        return _kind(next(pointing, Column()))


def _kinds(columns: Mapping[str, Column], but: str = "") -> dict[str, Kind]:
    return {name: _kind(entry) for name, entry in columns.items() if name != but}


def _kind(entry: Column | None) -> Kind:
    if entry is None or entry.type == "text":
        return "text"
    if entry.type in ("number", "integer", "money"):
        return "number"
    return "boolean" if entry.type == "boolean" else "date"


__all__ = ["ASIDE", "FILE", "LINE", "Kind", "Table", "Tables"]
